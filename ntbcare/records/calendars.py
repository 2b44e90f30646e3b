"""Editions of the days off as calendars, one for each office's week and region; each edition is read from the database once."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ntbcare.domain import calendar
from ntbcare.domain.calendar import Calendar
from ntbcare.domain.errors import NoRule
from ntbcare.records import rules

FIVE = "5"


class _Edition(NamedTuple):
    span: tuple[date, date]
    off: tuple[tuple[date, str, str | None], ...]


class Calendars:
    """Every edition that was asked for, as the calendars of those who asked. `version` = the newest one, "" before the first seed."""

    def __init__(self, session: Session, zone: ZoneInfo, label: str) -> None:
        self._zone, self._label = zone, label
        self._editions: dict[str, _Edition] = {}
        self._made: dict[tuple[str, str, str | None], Calendar] = {}
        newest = rules.newest_calendar(session)
        self.version = newest.version if newest else ""
        if newest:
            self._read(session, newest)

    def newest(self, week: str = FIVE, region: str | None = None) -> Calendar:
        """The edition new clocks are started with. Raises NoRule before the first seed."""
        if not self.version:
            raise NoRule("Kalender kerja belum dimuat; jalankan `flask --app wsgi seed`.")
        return self._of(self.version, week, region)

    def of(self, session: Session, version: str, week: str, region: str | None) -> Calendar:
        """The calendar a clock was pinned to. Raises NoRule for an edition that is not there."""
        if version not in self._editions:
            row = rules.calendar_version(session, version)
            if row is None:
                raise NoRule("Edisi kalender ini tidak ada lagi.", subject=version)
            self._read(session, row)
        return self._of(version, week, region)

    def _read(self, session: Session, row: rules.CalendarVersion) -> None:
        off = tuple((d.day, d.name, d.region) for d in rules.days_off(session, row.version))
        self._editions[row.version] = _Edition((row.first, row.last), off)

    def _of(self, version: str, week: str, region: str | None) -> Calendar:
        key = (version, week, region)
        if key not in self._made:
            edition = self._editions[version]
            self._made[key] = calendar.of_office(version, *edition, week, region, zone=self._zone, zone_label=self._label)
        return self._made[key]
