"""Office hours as data: several stretches a day, Fridays and Ramadan of their own; when somebody at a desk may be told something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from ntbcare.domain.calendar import WEEKS, Calendar
from ntbcare.domain.errors import NoRule

DAY = 24 * 60  # minutes
_ONE = timedelta(days=1)


ON_DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Stretch:
    """An office is open on this weekday (Monday = 0) from `opens` until before `closes` (minutes since midnight, local time).

    `week` = whose row it is ("5", "6", "always", or ON_DUTY: those who sit there day and night, for what is urgent). It holds from a day to a day, both included; without an end it holds on.
    Errors: ValueError for what is no stretch of a day.
    """

    week: str
    weekday: int
    opens: int
    closes: int
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.week not in (*WEEKS, ON_DUTY) or self.weekday not in range(7) or not 0 <= self.opens < self.closes <= DAY:
            raise ValueError(f"no office hours: {self.week!r}, day {self.weekday}, minutes {self.opens} to {self.closes}")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"office hours that end before they begin: {self.valid_from}")


@dataclass(frozen=True)
class Hours:
    """The hours of offices that work one kind of week; immutable. Of rows that hold for a day those that began last are used."""

    stretches: tuple[Stretch, ...]
    _by_weekday: Mapping[int, tuple[Stretch, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = {n: tuple(sorted((s for s in self.stretches if s.weekday == n), key=lambda s: s.opens)) for n in range(7)}
        object.__setattr__(self, "_by_weekday", days)

    def on(self, day: date) -> tuple[Stretch, ...]:
        """The stretches of one day, earliest first; () when the office has none on this weekday."""
        valid = [s for s in self._by_weekday[day.weekday()] if s.valid_from <= day and (s.valid_to is None or day <= s.valid_to)]
        newest = max((s.valid_from for s in valid), default=None)
        return tuple(s for s in valid if s.valid_from == newest)


def by_week(stretches: Iterable[Stretch]) -> dict[str, Hours]:
    """Rows → the hours of each kind of week."""
    found: dict[str, list[Stretch]] = {}
    for one in stretches:
        found.setdefault(one.week, []).append(one)
    return {week: Hours(tuple(rows)) for week, rows in found.items()}


def is_open(moment: datetime, calendar: Calendar, hours: Hours) -> bool:
    """Is somebody at the desk at this (aware) moment? Errors: ValueError (naive), CalendarTooShort."""
    return next_open(moment, calendar, hours) == moment


def next_open(moment: datetime, calendar: Calendar, hours: Hours) -> datetime:
    """The first moment (aware UTC), at or after `moment`, at which the office is open.

    Errors: ValueError (naive), CalendarTooShort, NoRule when the rows leave the office closed for a whole year.
    """
    begins, _ = next(_stretches(moment, calendar, hours))
    return begins


def after(moment: datetime, length: timedelta, calendar: Calendar, hours: Hours) -> datetime:
    """The moment (aware UTC) at which the office has been open for `length` since `moment`; nights, breaks and days off do not count.

    Errors: as next_open; ValueError for a length below nothing.
    """
    if length < timedelta():
        raise ValueError("office time is only counted forward")
    for begins, ends in _stretches(moment, calendar, hours):
        if length <= ends - begins:
            return begins + length
        length -= ends - begins
    raise AssertionError("stretches go on until an error says why not")


def _stretches(moment: datetime, calendar: Calendar, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """From `moment` on, each time the office is open, as (from, until) in UTC."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    day, empty = calendar.local_date(moment), 0
    while empty <= 366:
        empty += 1
        if calendar.is_working(day):
            for one in hours.on(day):
                opens, closes = _at(day, one.opens, calendar), _at(day, one.closes, calendar)
                if moment < closes:
                    empty = 0
                    yield max(moment, opens), closes
        day += _ONE
    raise NoRule("Jam kerja untuk kantor ini belum diisi.")


def _at(day: date, minutes: int, calendar: Calendar) -> datetime:
    midnight = datetime.combine(day + _ONE * (minutes // DAY), time(), tzinfo=calendar.zone)
    return (midnight.astimezone(UTC) + timedelta(minutes=minutes % DAY)) if minutes % DAY else midnight.astimezone(UTC)
