"""How far a report has come, as a row of stops: received, sent on, worked on, answered, ended."""

from __future__ import annotations

from typing import NamedTuple

from ntbcare.casework import forwarding
from ntbcare.domain import clock as promises
from ntbcare.domain.lifecycle import LABELS, State
from ntbcare.records import journal
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

_STEPS: tuple[tuple[str, str | None], ...] = (
    ("Diterima", "case:submit"),
    ("Diteruskan", "case:dispose"),
    ("Dikerjakan", "case:start"),
    ("Dijawab", "case:respond"),
    ("Selesai", None),
)
_SAME_STOP = {
    "case:approve": "case:respond",
    "case:answer": "case:start",
    "case:relay": "case:respond",
}  # line of the book → the stop it is


class Step(NamedTuple):
    """One stop of the way a report goes."""

    label: str
    done: bool
    current: bool
    when_text: str


def steps(work: Work, case: Case, entries: list[journal.Event]) -> list[Step]:
    """The stops of one case, from its book; what never happened to a case that ended is no stop on its way."""
    outside = forwarding.answered_outside(case)
    same = {**_SAME_STOP, "case:forward": "case:dispose"} if outside else _SAME_STOP
    reached: dict[str, journal.Event] = {}
    for entry in entries:
        reached.setdefault(same.get(entry.tag, entry.tag), entry)
    position = {
        State.RECEIVED: 0, State.VERIFIED: 0, State.DISPOSITIONED: 1, State.IN_PROGRESS: 2, State.AWAITING_CHECK: 2, State.RESPONDED: 3,
        State.NEEDS_INFO: 2 if case.state_before == State.IN_PROGRESS else 1 if case.unit_id else 0,
    }.get(State(case.state), 4)  # fmt: skip
    cut_short = case.state in (State.ARCHIVED, State.FORWARDED, State.MERGED)
    found = []
    for number, (label, tag) in enumerate(_STEPS):
        made = reached.get(tag) if tag else None
        if (cut_short or outside) and tag and made is None:
            continue
        when = made.at if made else case.closed_at if tag is None else None
        if number == 4 and cut_short:
            label = LABELS[State(case.state)][1]
        done = number <= position and (number < position or number == 4 or made is not None)
        found.append(Step(label, done, number == position, promises.short_moment(when, work.ref.calendar) if when and done else ""))
    return found
