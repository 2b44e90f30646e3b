"""A new official list of regions: compared, told, and applied so that no case loses its place, its desk or its readers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ntbcare.casework import upkeep
from ntbcare.domain import tickets
from ntbcare.domain.lifecycle import OPEN
from ntbcare.domain.routing import regency_of
from ntbcare.reading import regionfile
from ntbcare.reading.mapfile import few
from ntbcare.reading.regionfile import BadRegions, Known, Plan, home, spoken
from ntbcare.records import regions, rules
from ntbcare.records.cases import Case
from ntbcare.records.regions import Border, Region, RegionAlias
from ntbcare.records.rules import DayOff, RoutingRule
from ntbcare.records.units import Unit
from ntbcare.records.work import Work

__all__ = ["BadRegions", "Diff", "apply", "compare", "lines"]
ENDED = "region_ended"  # kind of alarm
_SLICE = 2000  # rows in one statement


class Left(NamedTuple):
    """What stands on a region that ends or is replaced."""

    open: int = 0
    closed: int = 0
    aliases: int = 0
    borders: int = 0
    units: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    days_off: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """What a file would change. `left`: what stands on each region that has ended, or ends with it; `homes`: where its open cases go."""

    plan: Plan
    digest: str
    left: dict[str, Left] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    @property
    def moving(self) -> int:
        """How many open cases get another region."""
        return sum(self.left[code].open for code in self.homes)

    @property
    def nothing(self) -> bool:
        """Is all of it so already?"""
        return not self.plan.changed and not self.moving


def compare(work: Work, raw: bytes) -> Diff:
    """Read a list and hold it against the tables. Changes nothing, and no other change of reference tables begins meanwhile.

    Raises BadRegions.
    """
    rules.hold(work.session)
    known = {
        row.code: Known(row.name, row.level, row.parent, row.type, row.valid_to is not None, row.successor)
        for row in regions.every(work.session)
    }
    plan = regionfile.compare(regionfile.read(raw, work.ref.province, known), known)
    left = _left(work, [code for code, row in plan.after.items() if row.ended])
    homes = {code: there for code, what in left.items() if what.open and (there := _home(work, code, plan))}
    return Diff(plan, hashlib.sha256(raw).hexdigest()[:16], left, homes)


def lines(diff: Diff) -> list[str]:
    """The diff in words, for the command line."""
    plan = diff.plan
    told = [f"{len(plan.rows)} regions"]
    held = (f"{_named(plan, root)} ({', '.join(levels) or 'itself only'})" for root, levels in plan.roots.items())
    told += [f"  covers     {few(held)}; what is elsewhere, or on other levels, stays as it is"]
    told += [f"  new        {_counted(_named(plan, code) for code in plan.new)}"]
    told += [f"  renamed    {_counted(f'{code} {plan.before[code].name} -> {plan.after[code].name}' for code in plan.renamed)}"]
    if plan.retyped:
        told += [f"  other type {_counted(f'{_named(plan, code)} ({plan.after[code].type})' for code in plan.retyped)}"]
    if plan.revived:
        told += [f"  revived    {_counted(_named(plan, code) for code in plan.revived)}"]
    recoded = (f"{_named(plan, code)} -> {' and '.join(_named(plan, heir) for heir in heirs)}" for code, heirs in plan.replaced.items())
    told += [f"  recoded    {_counted(recoded)}"]
    if plan.split_off:
        told += [f"  split off  {_counted(f'{_named(plan, code)} from {_named(plan, old)}' for code, old in plan.split_off.items())}"]
    told += [f"  ended      {_counted(_named(plan, code) for code in plan.ended)}", f"  unchanged  {len(plan.unchanged)}"]
    changing = [code for code in diff.left if code in plan.replaced or code in plan.ended or code in diff.homes]
    for code in changing:
        what = diff.left[code]
        counts = ((what.open, "open cases"), (what.closed, "closed cases"), (what.aliases, "aliases"), (what.borders, "borders"),
                  (len(what.units), "units"), (len(what.rules), "routing rules"), (what.days_off, "local days off"))  # fmt: skip
        told += [f"  on {_named(plan, code)}: " + ", ".join(f"{count} {name}" for count, name in counts if count)]
        if code in diff.homes:
            told += [f"    its open cases go to {_named(plan, diff.homes[code])}; closed ones keep the old code"]
        elif what.open:
            told += [f"    LOOK: its open cases stay on the old code: {_why(code, plan)}"]
        told += [f"    LOOK: the unit {unit} still stands on it" for unit in what.units]
        told += [f"    LOOK: the routing rule {rule} still names it" for rule in what.rules]
    return told


def apply(work: Work, diff: Diff, source: str) -> bool:
    """Bring the tables to what the diff tells, in this transaction. False when there was nothing to do."""
    plan = diff.plan
    if diff.nothing:
        return False
    _write(work, plan)
    _names(work, plan)
    moved = _move_cases(work, diff)
    for code in diff.left:
        if code in plan.replaced or code in plan.ended:
            _sound(work, code, diff)
    rules.touch(work.session)
    work.tell("reference:regions", None, source=source, file=diff.digest, roots=list(plan.roots), new=len(plan.new), renamed=len(plan.renamed),
              retyped=len(plan.retyped), revived=len(plan.revived), recoded=len(plan.replaced), ended=len(plan.ended),
              unchanged=len(plan.unchanged), cases_moved=moved)  # fmt: skip
    return True


def _write(work: Work, plan: Plan) -> None:
    rows = []
    for code in plan.changed:
        row = plan.after[code]
        rows.append({"code": code, "name": row.name, "level": row.level, "parent": row.parent, "type": row.type, "successor": row.successor,
                     "valid_to": work.ref.today if row.ended else None})  # fmt: skip
    for start in range(0, len(rows), _SLICE):
        statement = insert(Region).values(rows[start : start + _SLICE])
        again: dict[str, Any] = {name: statement.excluded[name] for name in ("name", "type", "successor")}
        day = statement.excluded.valid_to
        again["valid_to"] = case((day.is_not(None), func.coalesce(Region.valid_to, day)))  # what has ended keeps the day it ended
        work.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=again))
    for old, new in _recoded(plan):  # the same ground under another code: its point, postal code and outline are the same
        there = aliased(Region)
        known = {name: select(getattr(there, name)).where(there.code == old).scalar_subquery() for name in ("lat", "lon", "postal_code")}
        work.session.execute(update(Region).where(Region.code == new, Region.lat.is_(None)).values(known))
        outline = select(literal(new), Border.shape, Border.source, literal(work.now)).where(Border.code == old)
        made = insert(Border).from_select(["code", "shape", "source", "loaded_at"], outline)
        work.session.execute(made.on_conflict_do_nothing())


def _recoded(plan: Plan) -> list[tuple[str, str]]:
    """(old, new) where one region became exactly one other and that took in nothing else."""
    took_in = Counter(heir for heirs in plan.replaced.values() for heir in heirs)
    return [(old, heirs[0]) for old, heirs in plan.replaced.items() if len(heirs) == 1 and took_in[heirs[0]] == 1]


def _names(work: Work, plan: Plan) -> None:
    """Old names, and the other names of what became one region, find the new code."""
    given: list[tuple[str, str, int | None]] = []
    for code in plan.renamed:
        given.append((spoken(plan.before[code].name, plan.before[code].level), code, None))
    for old, heirs in plan.replaced.items():
        given += [(spoken(plan.before[old].name, plan.before[old].level), heir, None) for heir in heirs]
        if len(heirs) == 1:
            held = select(RegionAlias).where(RegionAlias.code == old, RegionAlias.ended_at.is_(None))
            for row in work.session.scalars(held):
                given.append((row.alias, heirs[0], row.added_by))
                if row.added_by is not None:
                    row.ended_at = work.now  # an officer's name is listed once, with the region it means now
    rows = {(alias, code): by for alias, code, by in given if alias != spoken(plan.after[code].name, plan.after[code].level)}
    if rows:
        work.session.flush()
        values = [{"alias": alias, "code": code, "added_by": by, "added_at": work.now} for (alias, code), by in rows.items()]
        work.session.execute(insert(RegionAlias).values(values).on_conflict_do_nothing())


def _move_cases(work: Work, diff: Diff) -> int:
    """Open cases follow the region they lie in, each with a line in its book; their units stay. Returns how many."""
    if not diff.homes:
        return 0
    waiting = select(Case).where(Case.region.in_(diff.homes), Case.state.in_(OPEN)).order_by(Case.id).with_for_update()
    moved = 0
    for one in work.session.scalars(waiting):
        old = one.region or ""
        new = diff.homes[old]
        desk, there = work.ref.units.get(one.desk_id), work.ref.coordinator_of(new)
        one.region, moved = new, moved + 1
        ours = there is not None and there.id not in (one.accused or ())
        if desk is not None and there is not None and ours and desk == work.ref.coordinator_of(old):
            one.desk_id = there.id
        told = f"Dulu {_full(diff.plan, old)}, kode {old}; sekarang {_full(diff.plan, new)}, kode {new}. Laporannya tetap sama."
        work.tell("case:region_moved", one.id, was=old, now=new, words=told)
    work.session.flush()
    return moved


def _sound(work: Work, code: str, diff: Diff) -> None:
    """An alarm names what still stands on a region that ended, and that a person must see to."""
    what, plan = diff.left[code], diff.plan
    stays = what.open and code not in diff.homes
    if not (stays or what.units or what.rules or what.days_off):
        return
    parts = []
    if stays:
        mine = select(Case.ticket).where(Case.region == code, Case.state.in_(OPEN)).order_by(Case.id)
        parts.append(f"laporan terbuka {few((tickets.pretty(ticket) for ticket in work.session.scalars(mine)), 5)}")
    parts += [f"unit {few(what.units, 5)}"] if what.units else []
    parts += [f"aturan pembagian {few(what.rules, 5)}"] if what.rules else []
    parts += [f"{what.days_off} hari libur setempat"] if what.days_off else []
    heirs = " dan ".join(_named(plan, heir) for heir in plan.heirs(code))
    became = f"sudah diganti {heirs}" if heirs else "sudah berakhir tanpa pengganti"
    upkeep.alarm(work, ENDED, code, f"Wilayah {_named(plan, code)} {became}, tetapi masih dipakai oleh {'; '.join(parts)}.")


def _home(work: Work, code: str, plan: Plan) -> str | None:
    """Where open cases of an ended region go. Only where somebody there can read them: in another regency there must be a coordinator."""
    there = home(code, plan.after)
    if there is None or (regency_of(there) != regency_of(code) and work.ref.coordinator_of(there) is None):
        return None
    return there


def _why(code: str, plan: Plan) -> str:
    heirs = plan.heirs(code)
    if len(heirs) > 1:
        return "it became several; a person says which"
    there = home(code, plan.after)
    return f"no coordinator of {regency_of(there)} could read them" if there else "nothing is named that replaces it"


def _left(work: Work, codes: list[str]) -> dict[str, Left]:
    """What stands on each of these regions itself; regions on which nothing stands are left out."""
    session, today = work.session, work.ref.today
    found: dict[str, Left] = {}

    def counted(name: str, column: InstrumentedAttribute[Any], *where: Any) -> None:
        query = select(column, func.count()).where(column.in_(codes), *where).group_by(column)
        for code, count in session.execute(query):
            found[code] = found.get(code, Left())._replace(**{name: count})

    if not codes:
        return {}
    counted("open", Case.region, Case.state.in_(OPEN))
    counted("closed", Case.region, Case.state.not_in(OPEN))
    counted("aliases", RegionAlias.code, RegionAlias.ended_at.is_(None))
    counted("borders", Border.code)
    counted("days_off", DayOff.region, DayOff.day >= today, DayOff.version == work.ref.calendar_version)
    for unit in session.scalars(
        select(Unit).where(Unit.region.in_(codes), or_(Unit.valid_to.is_(None), Unit.valid_to >= today)).order_by(Unit.code)
    ):
        held = found.get(unit.region or "", Left())
        found[unit.region or ""] = held._replace(units=(*held.units, f"{unit.code} {unit.name}"))
    current = select(RoutingRule).where(RoutingRule.region.in_(codes), or_(RoutingRule.valid_to.is_(None), RoutingRule.valid_to >= today))
    for rule in session.scalars(current.order_by(RoutingRule.position)):
        held = found.get(rule.region, Left())
        found[rule.region] = held._replace(rules=(*held.rules, f"{rule.position} ({rule.version})"))
    return dict(sorted(found.items()))


def _named(plan: Plan, code: str) -> str:
    row = plan.after.get(code) or plan.before[code]
    return f"{code} {row.name}"


def _full(plan: Plan, code: str) -> str:
    """The name with its title, as pages show it, of a region that the reference may not know yet."""
    row = plan.after[code]
    title = {"district": "Kecamatan ", "village": "Kelurahan " if row.type == "kelurahan" else "Desa "}.get(row.level, "")
    return title + row.name


def _counted(names: Iterable[str]) -> str:
    every = list(names)
    return f"{len(every)}: {few(every)}" if every else "0"
