"""The ladder: who above hears of a promise that is in danger or broken, when, and how long those below have to answer (domain.md 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from ntbcare.domain.calendar import Calendar
from ntbcare.domain.clock import Measure, Promise, due, resumed
from ntbcare.domain.errors import CalendarTooShort

# who may stand on a rung, from below, with the words for them
LEVELS = {
    "unit": "petugas", "coordinator": "koordinator", "phone": "koordinator, untuk menelepon",
    "head": "kepala unit", "checker_head": "atasan pemeriksa", "kominfo_head": "kepala unit koordinator",
    "ppid": "PPID", "sekda": "sekretaris daerah", "leader": "kepala daerah",
}  # fmt: skip
LAST = "leader"  # above the head of the region there is nobody
ELSEWHERE = frozenset({"citizen", "operator", "inspector_head", "data_officer"})  # told by another door than the ladder


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule's ladder: after `amount` (in the rule's own measure) these levels are told; None = only when nobody answered."""

    amount: int | None
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The ladder of one rule row; `urgent`: the row is for urgent matters only, so its own amounts are the hurried ones already."""

    steps: tuple[Step, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """The table [ladder] of a deployment (deployment.toml). Every number is the deployment's own choice, none is law.

    `faster` multiplies the amounts of the steps and the time to answer where waiting is worse; `least` = what an amount never falls below.
    """

    faster: float = 0.5
    least: Mapping[Measure, int] | None = None
    answer: timedelta = timedelta(hours=8)  # of office time
    snooze_days: int = 2  # working days
    vulnerable: tuple[str, ...] = ()

    def patience(self, *, hurry: bool) -> timedelta:
        """Office time within which somebody on a rung must answer before the next level is told."""
        return self.answer * self.faster if hurry else self.answer


@dataclass(frozen=True, slots=True)
class Rise:
    """A step with its moment: when these levels are told (aware UTC); None = only when nobody below answered."""

    at: datetime | None
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """How one level that was reached stands: by when its people should have answered (None: nobody was told yet), whether one of them has
    it in hand, until when it was put off."""

    level: str
    answer_by: datetime | None = None
    acknowledged: bool = False
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Height:
    """Where a promise stands: how many steps were reached, the levels of all of them, and when to look again (None: nothing more comes)."""

    reached: int
    levels: tuple[str, ...]
    look_at: datetime | None


def parse(text: str, *, urgent: bool = False) -> Ladder:
    """`"3:unit;5:head;7:sekda"` → a ladder. Levels of other doors are left out. Raises ValueError for what cannot be read."""
    steps: list[Step] = []
    for part in (part.strip() for part in text.split(";") if part.strip()):
        amount, colon, names = part.partition(":")
        levels = tuple(name.strip() for name in names.split(","))
        if not colon or not amount.isdecimal() or int(amount) < 1 or not all(name in LEVELS or name in ELSEWHERE for name in levels):
            raise ValueError(f"no step of a ladder: {part!r}")
        if steps and steps[-1].amount is not None and int(amount) <= steps[-1].amount:
            raise ValueError(f"steps of a ladder go up: {text!r}")
        steps.append(Step(int(amount), levels))
    ours = tuple(
        Step(step.amount, tuple(name for name in step.levels if name in LEVELS)) for step in steps if not {*step.levels} <= ELSEWHERE
    )
    named = [name for step in ours for name in step.levels]
    if len(named) != len(set(named)):
        raise ValueError(f"each level stands on a ladder once: {text!r}")
    return Ladder(ours, urgent)


def read(facts: Mapping[str, Any]) -> Manners:
    """[ladder] of deployment.toml → Manners. Raises ValueError or TypeError, with the name, for a value that is none."""
    usual = Manners()
    faster = float(facts.get("faster", usual.faster))
    if not 0 < faster <= 1:
        raise ValueError(f"[ladder] faster = {faster}: above 0, at most 1")
    numbers = {name: int(facts.get(name, 1)) for name in ("least_minutes", "least_hours", "least_days")}
    answer, days = float(facts.get("answer_hours", 8)), int(facts.get("snooze_days", usual.snooze_days))
    if min(*numbers.values(), answer, days) <= 0:
        raise ValueError("[ladder] least_minutes, least_hours, least_days, answer_hours and snooze_days are above 0")
    least = {
        Measure.minutes: numbers["least_minutes"], Measure.hours: numbers["least_hours"],
        Measure.working_days: numbers["least_days"], Measure.calendar_days: numbers["least_days"],
    }  # fmt: skip
    words = facts.get("vulnerable_words", ())
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) and word.strip() for word in words):
        raise TypeError("[ladder] vulnerable_words is a list of words")
    return Manners(faster, least, timedelta(hours=answer), days, tuple(words))


def hurries(ladder: Ladder, *, urgent: bool, vulnerable: bool) -> bool:
    """Is this ladder climbed faster: for vulnerable people always, for an urgent matter unless the row was made for urgent matters?"""
    return vulnerable or (urgent and not ladder.urgent)


def rises(
    promise: Promise, ladder: Ladder, started: datetime, due_at: datetime, calendar: Calendar, manners: Manners, *, hurry: bool
) -> list[Rise]:
    """The steps of a running promise with their moments, in order; the head of the region is always last. [] without a ladder.

    A step after `amount` is due like a promise of that amount: days end at 23:59:59, hours and minutes run on the wall. Whatever moved
    the due date (a pause, a new calendar) moves every step by as much, so the step of the whole amount is due with the promise itself.
    A step beyond the last known day of the calendar has no moment. Errors: ValueError (naive), CalendarTooShort for the promise itself.
    """
    if not ladder.steps:
        return []
    first_due = due(promise, started, calendar)
    stretch = replace(promise, pauses=True)
    found = []
    for step in ladder.steps:
        amount = step.amount or promise.amount
        if hurry:
            amount = max((manners.least or {}).get(promise.measure, 1), ceil(amount * manners.faster))
        try:
            moment = due(replace(promise, amount=amount), started, calendar)
            found.append(Rise(resumed(stretch, moment, first_due, max(first_due, due_at), calendar), step.levels))
        except CalendarTooShort:  # lateness on top may lie beyond the known years; the promise itself does not
            found.append(Rise(None, step.levels))
    if LAST not in ladder.steps[-1].levels:
        found.append(Rise(None, (LAST,)))
    return found


def height(steps: Sequence[Rise], stands: Iterable[Stand], now: datetime) -> Height:
    """How high a promise has climbed at `now`: by its own steps, and past a level whose people were told and did not answer.

    `stands` = the levels of this promise that stand now. Levels are told one after the other: who was not told yet cannot have failed
    to answer. Acknowledging ends the waiting for an answer, putting off moves it; neither holds up a step of the rule itself: a broken
    promise is told above in any case.
    """
    by_level = {stand.level: stand for stand in stands}
    by_rule = sum(1 for step in steps if step.at is not None and step.at <= now)
    topmost = max((n for n, step in enumerate(steps) if any(level in by_level for level in step.levels)), default=-1)
    reached, waits_until = max(by_rule, topmost + 1), None
    if topmost >= 0 and topmost + 1 >= reached and topmost + 1 < len(steps):
        waits_until = _unanswered([by_level[level] for level in steps[topmost].levels if level in by_level])
        if waits_until is not None and waits_until <= now:
            reached, waits_until = topmost + 2, None
    comes = [step.at for step in steps[reached:] if step.at is not None and step.at > now]
    moments = [*comes[:1], *([waits_until] if waits_until else [])]
    return Height(reached, tuple(level for step in steps[:reached] for level in step.levels), min(moments, default=None))


def _unanswered(stands: list[Stand]) -> datetime | None:
    """When the patience with the people of one step ends; None while somebody has it in hand or somebody was not told yet."""
    ends = [stand.answer_by for stand in stands if stand.answer_by is not None]
    if any(stand.acknowledged for stand in stands) or len(ends) < len(stands):
        return None
    return max([*ends, *(stand.snoozed_until for stand in stands if stand.snoozed_until)])


def snooze_limit(now: datetime, calendar: Calendar, manners: Manners, steps: Sequence[Rise]) -> datetime:
    """Until when (aware UTC) a level may be put off at most: the end of the last allowed working day, or the next step of the rule.

    Putting off is for those who need a day to look; it never keeps those above from hearing that a promise was broken.
    """
    latest = calendar.end_of_day(calendar.add_working_days(calendar.local_date(now), manners.snooze_days))
    return min([latest, *(step.at for step in steps if step.at is not None and step.at > now)])
