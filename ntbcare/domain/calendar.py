"""Working days as data: which days an office works, why it does not, and how to count them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ntbcare.domain.errors import CalendarTooShort

DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONDAY_TO_FRIDAY = frozenset(range(5))
# a unit's week as its row names it: five days, six, or an office that never closes and has no days off (domain.md 8.1)
WEEKS = {"5": MONDAY_TO_FRIDAY, "6": frozenset(range(6)), "always": frozenset(range(7))}
WEEK_WORDS = {"5": "Senin sampai Jumat", "6": "Senin sampai Sabtu", "always": "setiap hari, juga hari libur"}
WITA = ZoneInfo("Asia/Makassar")
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Calendar:
    """One version of one office's calendar; immutable, safe to share between threads.

    version     name of this set of rows; a case keeps the one it was given (design.md rule 12)
    days_off    day -> name of the day off: national, cuti bersama (off for ASN, so no hari kerja, domain.md 8.2) and local
    first, last the span of days whose days off are known, both included; entries of `days_off` outside it are without effect
    weekdays    the days of the week the office works, Monday = 0 (per agency: hospitals work six or seven, domain.md 8.1)
    zone        where the office's day begins and ends; zone_label is what people call it

    Every question about a day outside first..last raises CalendarTooShort: an unknown year is never a year without holidays.
    `local_date` and `end_of_day` need no days off and answer for any day. Errors: ValueError when built from impossible values.
    """

    version: str
    days_off: Mapping[date, str] = field(hash=False)
    first: date
    last: date
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    zone: ZoneInfo = WITA
    zone_label: str = "WITA"
    _working: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weekdays = frozenset(self.weekdays)
        if self.first > self.last:
            raise ValueError("calendar ends before it begins")
        if not weekdays or not weekdays <= frozenset(range(7)):
            raise ValueError("weekdays must name at least one day of 0 (Monday) to 6 (Sunday)")
        start, off = self.first.toordinal(), {day.toordinal() for day in self.days_off}
        monday_zero = start + 6  # ordinal 1 is a Monday, so (ordinal + 6) % 7 is the weekday
        span = range(self.last.toordinal() - start + 1)
        working = tuple(start + i for i in span if (monday_zero + i) % 7 in weekdays and start + i not in off)
        object.__setattr__(self, "weekdays", weekdays)
        object.__setattr__(self, "days_off", MappingProxyType(dict(self.days_off)))
        object.__setattr__(self, "_working", working)

    def is_working(self, day: date) -> bool:
        """True when the office works on `day`. Errors: CalendarTooShort."""
        self._must_know(day)
        return day.weekday() in self.weekdays and day not in self.days_off

    def why_off(self, day: date) -> str | None:
        """The name of the day off, else the name of the weekday ("Sabtu"), else None for a working day. Errors: CalendarTooShort."""
        self._must_know(day)
        if day in self.days_off:
            return self.days_off[day]
        return None if day.weekday() in self.weekdays else DAY_NAMES[day.weekday()]

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself is not counted (domain.md 8.3 no. 2); n = 0 gives `day` back, even if off.

        Errors: ValueError for n < 0; CalendarTooShort when `day` or the n-th working day lies outside the calendar.
        """
        if n < 0:
            raise ValueError("working days are only counted forward")
        self._must_know(day)
        if n == 0:
            return day
        at = bisect_right(self._working, day.toordinal()) + n - 1
        if at >= len(self._working):
            raise self._too_short(f"{n} hari kerja setelah {day.isoformat()}")
        return date.fromordinal(self._working[at])

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days d have a < d <= b; 0 when b is not after a. Errors: CalendarTooShort when a or b is unknown."""
        self._must_know(a)
        self._must_know(b)
        return max(0, bisect_right(self._working, b.toordinal()) - bisect_right(self._working, a.toordinal()))

    def local_date(self, moment: datetime) -> date:
        """The day it is in this zone at an aware `moment`: 23.30 WIB is the next day in WITA. Errors: ValueError when naive."""
        return self.local(moment).date()

    def local(self, moment: datetime) -> datetime:
        """`moment` on the wall clock of this zone. Errors: ValueError when it is naive."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment.astimezone(self.zone)

    def end_of_day(self, day: date) -> datetime:
        """23:59:59 of `day` in this zone, as aware UTC: the moment a day-based promise is due (domain.md 8.3 no. 2)."""
        return datetime.combine(day, LAST_SECOND, tzinfo=self.zone).astimezone(UTC)

    def _must_know(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise self._too_short(day.isoformat())

    def _too_short(self, subject: str) -> CalendarTooShort:
        return CalendarTooShort(
            f"Kalender {self.version} hanya memuat hari libur {self.first.isoformat()} sampai {self.last.isoformat()}, "
            f"belum cukup untuk {subject}. Mohon lengkapi dulu kalendernya.",
            subject=subject,
        )


def holds_in(off_region: str | None, region: str | None) -> bool:
    """Is a day off of `off_region` (None = everywhere) one for an office of `region`? It is, in that region and in all below it."""
    return off_region is None or (region is not None and (region == off_region or region.startswith(off_region + ".")))


def of_office(
    version: str, span: tuple[date, date], off: Iterable[tuple[date, str, str | None]], week: str, region: str | None, *,
    zone: ZoneInfo = WITA, zone_label: str = "WITA",
) -> Calendar:  # fmt: skip
    """The calendar of an office: one edition's days off (day, name, region) as far as they hold there, and the week it works.

    `week` is one of WEEKS; an office that is always open has no days off. Errors: ValueError for another week.
    """
    if week not in WEEKS:
        raise ValueError(f"a week is one of {', '.join(WEEKS)}, not {week!r}")
    rows = [] if week == "always" else [row for row in off if holds_in(row[2], region)]
    names: dict[date, str] = {}
    for day, name, where in sorted(rows, key=lambda row: row[2] or ""):
        names[day] = names.get(day, name) if where else name
    return Calendar(version, names, *span, weekdays=WEEKS[week], zone=zone, zone_label=zone_label)
