"""Reference tables as one read-only object per process: calendar, promises, routing rules, units, regions, topics, readers."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ntbcare.domain import keys, outside, street
from ntbcare.domain.calendar import Calendar
from ntbcare.domain.clock import Measure, Promise
from ntbcare.domain.routing import UnitRef, regency_of
from ntbcare.reading.borders import Points
from ntbcare.reading.elsewhere import Elsewhere
from ntbcare.reading.model import Model
from ntbcare.reading.places import Gazetteer, RegionRow
from ntbcare.reading.plain import Plain
from ntbcare.reading.reader import Topics
from ntbcare.reading.rescue import Rescue, calls
from ntbcare.reading.topics import CategoryRow, Lexicon
from ntbcare.reading.vulnerable import Vulnerable
from ntbcare.records import categories, readings, regions, rules, templates
from ntbcare.records.calendars import FIVE, Calendars
from ntbcare.records.climbing import Climbing
from ntbcare.records.facts import RegionFacts, UnitFacts, units_of

if TYPE_CHECKING:
    from ntbcare.reading.outlines import Borders

_LOOK_EVERY = timedelta(seconds=3)


class Reference:
    """Everything that changes seldom and is asked for all the time. Built once per stamp, never written to."""

    def __init__(self, session: Session, stamp: str, today: date) -> None:
        self.stamp = stamp
        self.today = today
        self.facts: dict[str, Any] = rules.deployment(session)
        self.name = str(self._fact("product", "name"))
        self.province = str(self._fact("province", "code"))
        self.safe_way = str(self._fact("sealed", "safe_way"))
        rows = self.facts.get("emergency", ())
        self.emergency = calls(rows)
        self.short = str(self._fact("province", "short"))
        self.elsewhere = Elsewhere(self.facts.get("elsewhere", {}).get("names", ()))
        self.elsewhere_way = str(self._fact("elsewhere", "way"))
        self.street = street.read(self.facts.get("street", {}))
        self.outside = outside.read(self.facts.get("outside", {}))
        self.climbing = Climbing(session, self.facts)
        self.keys = keys.read(self.facts.get("accounts", {}))
        self.sentences = templates.in_force(session)
        self.zone = ZoneInfo(str(self._fact("time", "zone") or "Asia/Makassar"))
        known = {r.code: (RegionFacts(r.code, r.name, r.level, r.type, r.parent, r.successor), r) for r in regions.every(session)}
        self.regions = {code: facts for code, (facts, r) in known.items() if r.valid_to is None}
        self.ended = {code: facts for code, (facts, r) in known.items() if r.valid_to is not None}  # named on old cases, offered to nobody
        self._points = [(code, r.lat, r.lon) for code in self.regions if (r := known[code][1]).lat is not None and r.lon is not None]
        self._borders = [row for row in regions.borders(session) if row[0] in self.regions]
        self._aliases = regions.aliases(session)
        self._abbreviations = categories.abbreviations(session)
        model = readings.active_model(session)
        self._model_body = model.body if model else None
        self.categories = {c.code: c for c in categories.every(session)}
        self.reasons = {r.code: r for r in categories.reasons(session)}
        session.flush()
        for row in (*self.categories.values(), *self.reasons.values()):
            session.expunge(row)
        self.units = units_of(session)
        self._by_function: dict[tuple[str, str], list[UnitFacts]] = {}
        for unit in self.units.values():
            self._by_function.setdefault((unit.function, self.region_now(unit.region) or unit.region or ""), []).append(unit)
        self._coordinators: dict[str | None, UnitFacts] = {}
        for unit in self.units.values():
            if unit.kind == "coordinator" and unit.in_force(today):
                self._coordinators.setdefault(unit.region, unit)
        self.rules = [rules.as_rule(r) for r in rules.routing(session, today)]
        self._sla = [(row, _promise(row)) for row in rules.sla(session)]
        self._promises = {row.id: promise for row, promise in self._sla}
        self._calendars = Calendars(session, self.zone, str(self._fact("time", "label") or "WITA"))
        self.calendar_version = self._calendars.version
        for row, _ in self._sla:
            session.expunge(row)

    def _fact(self, table: str, key: str) -> object:
        return self.facts.get(table, {}).get(key, "")

    @property
    def calendar(self) -> Calendar:
        """The newest edition, five days a week, everywhere's days off: for short words and moments. Raises NoRule before the first seed."""
        return self._calendars.newest()

    def office_of(self, unit: UnitFacts | None, region: str | None) -> tuple[str, str | None]:
        """Whose days are counted: (week, region) of a unit, else Monday to Friday in the regency of `region`, or in the province."""
        return (unit.week, unit.region) if unit is not None else (FIVE, regency_of(region) or self.province or None)

    def calendar_for(self, unit: UnitFacts | None, region: str | None) -> Calendar:
        """The newest edition as it holds for a unit, or for somebody who lives in `region`."""
        return self._calendars.newest(*self.office_of(unit, region))

    def calendar_of(self, session: Session, version: str, week: str = FIVE, region: str | None = None) -> Calendar:
        """The calendar a clock was pinned to."""
        return self._calendars.of(session, version, week, region)

    def promise(self, clock: str, kind: str, classification: str, urgency: str) -> tuple[int, Promise] | None:
        """The rule row in force today for a clock, or None where no such promise is made (a tip has no clock)."""
        best = None
        for row, promise in self._sla:
            if row.clock != clock or row.valid_from > self.today or (row.valid_to and row.valid_to < self.today):
                continue
            asked = ((row.kind, kind), (row.classification, classification), (row.urgency, urgency))
            if any(want not in ("*", "", given) for want, given in asked):
                continue
            exact = sum(want == given for want, given in asked)
            if best is None or (exact, row.valid_from) > best[0]:
                best = ((exact, row.valid_from), row.id, promise)
        return (best[1], best[2]) if best else None

    def promise_of(self, rule_id: int) -> Promise:
        """The promise a clock was pinned to."""
        return self._promises[rule_id]

    def unit_of(self, function: str, region: str) -> UnitRef | None:
        """The unit in force with this function for a region (its own code, or the province's for provincial offices)."""
        for unit in self._by_function.get((function, region or self.province), ()):
            heir = self.heir(unit)
            if heir is not None:
                return UnitRef(heir.id, heir.name, heir.level)
        return None

    def heir(self, unit: UnitFacts | None) -> UnitFacts | None:
        """The unit itself while it exists, else the successor that took over its work; None when there is none."""
        seen: set[int] = set()
        while unit is not None and not unit.in_force(self.today):
            if unit.id in seen or unit.successor_id is None:
                return None
            seen.add(unit.id)
            unit = self.units.get(unit.successor_id)
        return unit

    def coordinator_of(self, region: str | None) -> UnitFacts | None:
        """The coordinator's desk of a regency, or the province's when the place is unknown."""
        wanted = regency_of(region) or self.province
        return self._coordinators.get(wanted)

    def region_now(self, code: str | None) -> str | None:
        """The region while it is in force, else what it became; None when that is not one."""
        seen: set[str] = set()
        while code in self.ended and code not in seen:
            seen.add(code)
            code = self.ended[code].successor
        return code if code in self.regions else None

    def region_name(self, code: str | None) -> str:
        """`52.06.03.2001` → "Desa Tente, Kecamatan Woha, Kabupaten Bima"; ended ones too; "" for an unknown code."""
        names = []
        while code and (region := self.regions.get(code) or self.ended.get(code)) and region.level != "province":
            prefix = {"district": "Kecamatan ", "village": "Kelurahan " if region.type == "kelurahan" else "Desa "}.get(region.level, "")
            names.append(prefix + region.name)
            code = region.parent
        if not names and code in self.regions:
            names.append(self.regions[code].name)
        return ", ".join(names)

    def category_name(self, code: str | None) -> str:
        """The topic's name, "" when unknown."""
        return self.categories[code].name if code and code in self.categories else ""

    def read_all(self) -> None:
        """Build every reader now: processes forked after this share one copy."""
        for name, part in vars(Reference).items():
            if isinstance(part, cached_property):
                getattr(self, name)

    @cached_property
    def plain(self) -> Plain:
        """Slang and spelling."""
        return Plain(self._abbreviations)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Place names."""
        rows = [RegionRow(r.code, r.name, r.level, r.parent or "", r.type) for r in self.regions.values()]
        return Gazetteer(rows, self._aliases, self.plain)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words of topics, kinds and urgency."""
        rows = [CategoryRow(c.code, c.name, tuple(c.keywords), c.default_urgency, c.sealed != "no") for c in self.categories.values()]
        return Lexicon(rows, self.plain)

    @cached_property
    def rescue(self) -> Rescue:
        """The words of the emergency numbers."""
        return Rescue(self.emergency, self.lexicon.meant)

    @cached_property
    def vulnerable(self) -> Vulnerable:
        """The words that tell of people for whom waiting is worse."""
        return Vulnerable(self.climbing.manners.vulnerable, self.plain)

    @cached_property
    def topics(self) -> Topics:
        """Topics, kinds, urgency: the lexicon, and the model where one was trained."""
        return Topics(self.lexicon, Model.load(self._model_body) if self._model_body else None)

    def tells_violation(self, text: str) -> bool:
        """Does this text speak of misconduct in clear words? Asked before anything is stored."""
        return self.lexicon.tells_violation(text)

    @cached_property
    def points(self) -> Points | Borders:
        """Where a position lies: by outlines where some are loaded, else by one point per village."""
        points = Points(self._points)
        if not self._borders:
            return points
        from ntbcare.reading.outlines import Borders  # GEOS: only houses with outlines pay for it

        places = self.facts.get("places", {})
        return Borders(
            self._borders,
            points,
            near_m=float(places.get("near_border_m", 0)),
            shore_m=float(places.get("near_shore_m", 0)),
            called=lambda code: self.region_name(code).partition(",")[0] or code,
            villages=[row.code for row in self.regions.values() if row.level == "village"],
        )


def _promise(row: rules.SlaRule) -> Promise:
    return Promise(
        row.code, row.clock, row.amount, Measure(row.measure), row.pauses, row.label, row.source, row.version, row.yellow, row.red
    )


class Shelf:
    """Holds the newest Reference of this process and looks every few seconds whether it is still the newest."""

    def __init__(self) -> None:
        self._reference: Reference | None = None
        self._looked: datetime | None = None
        self._lock = threading.Lock()

    def take(self, session: Session, now: datetime) -> Reference:
        """The reference object; read from the database again when its stamp or the local day changed."""
        if self._reference is not None and self._looked is not None and abs(now - self._looked) < _LOOK_EVERY:
            return self._reference
        with self._lock:
            stamp = rules.stamp(session)
            current = self._reference
            today = now.astimezone(current.zone if current else ZoneInfo("Asia/Makassar")).date()
            if current is None or current.stamp != stamp or current.today != today:
                self._reference = Reference(session, stamp, today)
            self._looked = now
            return self._reference  # type: ignore[return-value]  # set above
