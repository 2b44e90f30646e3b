"""The lawful clock: when a promise is due, how a pause moves it, how near it is, and all of that in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from ntbcare.domain.calendar import DAY_NAMES, Calendar

MONTH_NAMES = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
NEAR_DAYS = {0: "hari ini", 1: "besok", 2: "lusa", -1: "kemarin"}
_DAYS_FROM = 48  # hours: nobody reads "161 jam"
SOON_SHARE = 5  # "soon" from the last fifth of the promise, i.e. 80 % of the way

Stage = Literal["on_time", "soon", "late"]
Pauses = Sequence[tuple[datetime, datetime]]  # (paused_at, resumed_at), in order, aware


class Measure(StrEnum):
    """What a promise is counted in: office days, days of the calendar, or the wall clock."""

    working_days = "working_days"
    calendar_days = "calendar_days"
    hours = "hours"
    minutes = "minutes"


UNIT_WORDS = {Measure.working_days: "hari kerja", Measure.calendar_days: "hari kalender", Measure.hours: "jam", Measure.minutes: "menit"}
WALL_UNITS = {Measure.hours: timedelta(hours=1), Measure.minutes: timedelta(minutes=1)}


@dataclass(frozen=True)
class Promise:
    """One row of the SLA table (domain.md 9.2), as a case keeps it.

    code     name of the row · clock  which running clock of a case it feeds ("verify", "complete" ...)
    amount   how many of `measure`, at least 1 · pauses  whether it stands still while we wait for the citizen
    label    what people call it · source  article or decree · version  of the row · yellow, red  marks for the ladder, not read here
    Errors: ValueError for an amount below 1 or an unknown measure.
    """

    code: str
    clock: str
    amount: int
    measure: Measure
    pauses: bool
    label: str
    source: str
    version: str
    yellow: str = ""
    red: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "measure", Measure(self.measure))
        if self.amount < 1:
            raise ValueError(f"promise {self.code} must be at least 1 {self.measure.value}")

    @property
    def wall(self) -> timedelta | None:
        """The length of an hour- or minute-based promise; None for a day-based one."""
        return self.amount * WALL_UNITS[self.measure] if self.measure in WALL_UNITS else None


@dataclass(frozen=True)
class Remaining:
    """What is left of a promise, or by how much it was missed: `amount` >= 0 whole units of `measure`, and the words for it."""

    amount: int
    measure: Measure
    late: bool
    words: str


@dataclass(frozen=True)
class DayCount:
    """One local day on the way to a due date: counted or not, why, and which of the promised days it is (None if not counted)."""

    day: date
    counted: bool
    why: str
    number: int | None


def due(promise: Promise, started: datetime, calendar: Calendar) -> datetime:
    """The moment (aware UTC) until which a promise that started at `started` is kept (domain.md 8.3 no. 2 and 3).

    Days: the local day of `started` is not counted and the end is 23:59:59 local of the n-th day; an arrival after hours or on a day
    off needs no special case. Hours and minutes run on the wall clock, also at night. Errors: ValueError (naive), CalendarTooShort.
    """
    day = calendar.local_date(started)
    if promise.wall is not None:
        return started.astimezone(UTC) + promise.wall
    return calendar.end_of_day(_later(promise, day, promise.amount, calendar))


def resumed(promise: Promise, due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: Calendar) -> datetime:
    """The due moment (aware UTC) after a pause: moved by exactly the time paused, never earlier (domain.md 8.3 no. 5, 9.2).

    Working-day promises move by the working days d with day of pause < d <= day of resumption, calendar-day promises by the calendar
    days between them, wall-clock promises by the exact time. Two pauses one after the other add up; a pause within one day moves
    nothing. A promise with pauses=False does not move. Whether a pause is allowed at all is decided elsewhere (QuestionNotDelivered).
    Errors: ValueError when resumed before paused or naive; CalendarTooShort.
    """
    from_day, to_day, due_day = (calendar.local_date(moment) for moment in (paused_at, resumed_at, due_at))
    if resumed_at < paused_at:
        raise ValueError("a pause cannot end before it begins")
    due_at = due_at.astimezone(UTC)
    if not promise.pauses:
        return due_at
    if promise.wall is not None:
        return due_at + (resumed_at - paused_at)
    days = _days(promise, from_day, to_day, calendar)
    return calendar.end_of_day(_later(promise, due_day, days, calendar)) if days else due_at


def recounted(promise: Promise, started: datetime, pauses: Pauses, due_at: datetime, calendar: Calendar) -> datetime:
    """The due moment under another calendar, for the logged act of applying it: counted afresh, never before the stored `due_at`.

    Nothing calls this silently; a stored due date stays as it is until an officer applies a new calendar (domain.md 8.2, 9.5 row 6).
    """
    moment = due(promise, started, calendar)
    for paused_at, resumed_at in pauses:
        moment = resumed(promise, moment, paused_at, resumed_at, calendar)
    return max(moment, due_at.astimezone(UTC))


def remaining(promise: Promise, due_at: datetime, now: datetime, calendar: Calendar) -> Remaining:
    """How much is left at `now`, in the promise's own unit, rounded down; `late` once `now` is past `due_at`.

    On the last day 0 days are left ("hari ini hari terakhir"). For a paused clock ask with now = paused_at. Errors: CalendarTooShort.
    """
    late = now > due_at
    early, later = (due_at, now) if late else (now, due_at)
    if promise.wall is not None:
        words = f"lewat {_span(later - early)}" if late else f"tinggal {_span(later - early)}"
        return Remaining((later - early) // WALL_UNITS[promise.measure], promise.measure, late, words)
    from_day, to_day, unit = calendar.local_date(early), calendar.local_date(later), UNIT_WORDS[promise.measure]
    amount = _days(promise, from_day, to_day, calendar)
    if late:
        words = f"lewat {amount} {unit}" if amount else "baru saja lewat tenggat"
    else:
        words = "hari ini hari terakhir" if from_day == to_day else f"tinggal {amount or 'kurang dari 1'} {unit}"
    return Remaining(amount, promise.measure, late, words)


def stage(promise: Promise, started: datetime, due_at: datetime, now: datetime, calendar: Calendar) -> Stage:
    """How urgent a running clock is at `now`: 'late' after `due_at`; 'soon' from 80 % of the way or on the last day; else 'on_time'.

    80 % of the way = at most a fifth of the promised amount is left (of the way from start to due, should that be shorter). What is
    left is measured, not what has passed, so time spent paused never makes a case look urgent. Errors: CalendarTooShort.
    """
    if now > due_at:
        return "late"
    if promise.wall is not None:
        return "soon" if (due_at - now) * SOON_SHARE <= min(promise.wall, due_at - started) else "on_time"
    start_day, today, due_day = (calendar.local_date(moment) for moment in (started, now, due_at))
    way = min(promise.amount, _days(promise, start_day, due_day, calendar))
    return "soon" if _days(promise, today, due_day, calendar) * SOON_SHARE <= way else "on_time"


def day_by_day(promise: Promise, started: datetime, due_at: datetime, calendar: Calendar, *, pauses: Pauses = ()) -> list[DayCount]:
    """Each local day from the start to the due day, counted or skipped, with the reason in words (field.md B5).

    With the pauses that moved `due_at` the numbers end at the promised amount; without them they run on through the paused days.
    A wall-clock promise runs through all its days and numbers none. Errors: ValueError (naive), CalendarTooShort (working days).
    """
    first, last = calendar.local_date(started), calendar.local_date(due_at)
    stood = [(calendar.local_date(a), calendar.local_date(b)) for a, b in pauses] if promise.pauses else []
    rows: list[DayCount] = []
    number = 0
    for day in (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)):
        off = calendar.why_off(day) if promise.measure == Measure.working_days else None
        if promise.wall is not None:
            rows.append(DayCount(day, True, "dihitung siang malam", None))
        elif day == first:
            rows.append(DayCount(day, False, "hari mulai, tidak dihitung", None))
        elif off is not None:
            rows.append(DayCount(day, False, off, None))
        elif any(a < day <= b for a, b in stood):
            rows.append(DayCount(day, False, "waktu berhenti: menunggu jawaban pelapor", None))
        else:
            number += 1
            rows.append(DayCount(day, True, UNIT_WORDS[promise.measure], number))
    return rows


def explain(promise: Promise, started: datetime, due_at: datetime, calendar: Calendar, *, pauses: Pauses | None = None) -> str:
    """One Indonesian sentence that says how the due moment came about, as a neighbour would (field.md B5).

    Time added is read from the difference between the promise and the way to `due_at`; with the `pauses` it is told apart what
    was waited and what remains because a date that was named is never moved earlier. Give the calendar the case was pinned to;
    if another one no longer adds up, the sentence says so instead of naming wrong numbers. Errors: CalendarTooShort.
    """
    unit, end = UNIT_WORDS[promise.measure], f"jadi paling lambat {moment_words(due_at, calendar)}"
    added = " selama menunggu jawaban pelapor" if promise.pauses else " tambahan"
    lead = f"{promise.amount} {unit} sejak"
    if promise.wall is not None:
        extra = due_at - started - promise.wall
        more = f", ditambah {_span(extra)}{added}" if extra >= timedelta(minutes=1) else ""
        return f"{lead} {moment_words(started, calendar)}, siang malam termasuk hari libur{more}, {end}."
    start_day, due_day = calendar.local_date(started), calendar.local_date(due_at)
    lead = f"{lead} {date_words(start_day)} (hari itu tidak dihitung)"
    days = _days(promise, start_day, due_day, calendar) - promise.amount
    if days < 0:
        return f"{lead}, menurut kalender yang berlaku waktu tenggat ini ditetapkan, {end}."
    waited = days if pauses is None else min(days, waited_days(promise, pauses, calendar))
    more = f", ditambah {waited} {unit}{added}" if waited else ""
    if days > waited:
        more += f"{' dan' if waited else ', ditambah'} {days - waited} {unit} karena tenggat yang sudah disebut tidak pernah dimajukan"
    return f"{lead}{more}, {end}{_skipped(promise, start_day, due_day, calendar)}."


def waited_days(promise: Promise, pauses: Pauses, calendar: Calendar) -> int:
    """How many days of the promise's kind stood still in these pauses; 0 for a promise that does not pause. Errors: CalendarTooShort."""
    if not promise.pauses:
        return 0
    return sum(_days(promise, calendar.local_date(a), calendar.local_date(b), calendar) for a, b in pauses)


def date_words(day: date) -> str:
    """A day in words: "Jumat, 27 Maret 2026"."""
    return f"{DAY_NAMES[day.weekday()]}, {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def moment_words(moment: datetime, calendar: Calendar, today: date | None = None) -> str:
    """A moment in words: "Jumat, 27 Maret 2026 pukul 23.59 WITA".

    With `today` (the reader's local day) a near day is named: "besok (Jumat, 27 Maret 2026) pukul 23.59 WITA".
    Seconds are dropped, so a promise is never read as later than it is. Errors: ValueError when naive.
    """
    local = calendar.local(moment)
    words = date_words(local.date())
    near = NEAR_DAYS.get((local.date() - today).days) if today else None
    return f"{f'{near} ({words})' if near else words} pukul {local:%H.%M} {calendar.zone_label}"


def short_moment(moment: datetime, calendar: Calendar) -> str:
    """A moment for SMS, "Jum 27 Mar 23.59 WITA": at most 21 characters, all of them GSM-7. Errors: ValueError when naive."""
    local = calendar.local(moment)
    return f"{DAY_NAMES[local.weekday()][:3]} {local.day} {SHORT_MONTHS[local.month - 1]} {local:%H.%M} {calendar.zone_label}"


def _later(promise: Promise, day: date, amount: int, calendar: Calendar) -> date:
    """`day` plus `amount` days of the promise's kind."""
    return calendar.add_working_days(day, amount) if promise.measure == Measure.working_days else day + timedelta(days=amount)


def _days(promise: Promise, a: date, b: date, calendar: Calendar) -> int:
    """The days d of the promise's kind with a < d <= b."""
    return calendar.working_days_between(a, b) if promise.measure == Measure.working_days else max(0, (b - a).days)


def _skipped(promise: Promise, start_day: date, due_day: date, calendar: Calendar) -> str:
    """The clause about days passed over, or that none are for calendar days."""
    if promise.measure == Measure.calendar_days:
        return "; akhir pekan dan hari libur ikut dihitung"
    days = [date.fromordinal(n) for n in range(start_day.toordinal() + 1, due_day.toordinal() + 1)]
    off = [day for day in days if not calendar.is_working(day)]
    weekend = any(day.weekday() not in calendar.weekdays for day in off)
    holiday = any(day.weekday() in calendar.weekdays for day in off)
    kind = "libur dan akhir pekan" if weekend and holiday else "libur" if holiday else "akhir pekan"
    return f"; {len(off)} hari {kind} dilewati" if off else ""


def _span(length: timedelta) -> str:
    """A length in words: "3 jam 20 menit", from two days on "6 hari 17 jam", rounded down; "kurang dari semenit" below one minute."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    if hours >= _DAYS_FROM:
        days, hours = divmod(hours, 24)
        return f"{days} hari {hours} jam" if hours else f"{days} hari"
    words = [f"{hours} jam"] if hours else []
    words += [f"{minutes} menit"] if minutes else []
    return " ".join(words) or "kurang dari semenit"
