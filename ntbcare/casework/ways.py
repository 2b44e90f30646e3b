"""Which unit a case goes to and because: the rules asked for one case, who helps, and what is wrong with the table or the unit.

A unit for which nobody can work (no active officer or head of it or of a unit above it) still gets its cases: the responsibility is
the unit's, not ours to move. So that they are not lost, such a case asks for attention, which shows it to the region's coordinator
under "Kabar baru", and an alarm names the unit: one that is open is not raised again.
"""

from __future__ import annotations

from sqlalchemy import exists, select

from ntbcare.casework import interest, upkeep
from ntbcare.casework.interest import Told, asked
from ntbcare.domain import routing, rulebook
from ntbcare.domain.lifecycle import OPEN
from ntbcare.domain.permissions import Role
from ntbcare.records import readings, rules
from ntbcare.records.cases import Case
from ntbcare.records.messages import Alarm
from ntbcare.records.people import Account, AccountRole
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

UNSTAFFED = "unstaffed"  # why a case asks for attention
RULE_BROKEN, UNIT_EMPTY = "rule_broken", "unit_empty"  # kinds of alarm


def decide(work: Work, case: Told) -> routing.Decision:
    """The unit the rules name for a case as it is known now, or why a person must choose. Nothing is stored."""
    return routing.choose(asked(work, case), work.ref.rules, work.ref.unit_of)


def route_again(work: Work, case: Case) -> None:
    """A coordinator changed topic or place: which unit would the rules name now, and why? A suggestion, not a move."""
    decision = decide(work, case)
    case.because, case.routing_version = decision.because, decision.version
    suggested = decision.unit or decision.suggestion
    case.suggested_unit_id = None if suggested in (case.accused or ()) else suggested


def foresee(work: Work, case: Told) -> int | None:
    """The unit triage will name for a case whose topic and region were chosen from the lists; None when it must be read first."""
    if case.category is None or case.region is None:
        return None
    return decide(work, case).unit


def involve(work: Work, case: Case, decision: routing.Decision) -> None:
    """After a case was sent where a decision says, or left to a person: who helps, and what somebody must see to.

    Helpers are those of the rule as long as the case is with the unit of the rule; a confidential case gets none, because each would
    be one more circle of readers. Asked again it replaces what it said before. Never fails a case: a broken rule is an alarm.
    """
    if decision.fault:
        _once(work, RULE_BROKEN, f"rule:{decision.rule or case.category}", decision.fault)
    theirs = case.unit_id is not None and case.unit_id == decision.unit and not case.confidential
    if theirs and case.rule_id != decision.rule:
        case.rule_id = decision.rule
    wanted = dict.fromkeys(_unaccused(work, case, decision.also), decision.because) if theirs else {}
    known = {row.unit_id: row for row in readings.helpers(work.session, case.id)}
    for unit, row in known.items():
        if unit not in wanted:
            work.session.delete(row)
    for unit in wanted.keys() - known.keys():
        work.session.add(readings.CaseUnit(case_id=case.id, unit_id=unit, because=wanted[unit], at=work.now))
    if wanted.keys() != known.keys():
        work.tell("ways:involved", case.id, units=sorted(wanted), rule=decision.rule)
    if case.unit_id is not None and not staffed(work, work.ref.units[case.unit_id]):
        case.attention = case.attention or UNSTAFFED
        _tell_empty(work, work.ref.units[case.unit_id])


def _unaccused(work: Work, case: Case, units: tuple[int, ...]) -> list[int]:
    """Helpers that the report does not accuse: who helps reads."""
    conflict = interest.find(work, asked(work, case)) if units else interest.NONE
    return [unit for unit in units if unit not in (case.accused or ()) and not conflict.touches(work.ref.units[unit])]


def helpers(work: Work, case: Case) -> list[str]:
    """Names of the units that work on a case beside the one responsible, in the order of the list of units."""
    rule = next((rule for rule in work.ref.rules if rule.id == case.rule_id), None)
    if case.unit_id is None or (rule is not None and not rule.also):
        return []  # no statement for the many cases that one unit handles alone
    found = {row.unit_id for row in readings.helpers(work.session, case.id)} - {case.unit_id}
    return [unit.name for unit in work.ref.units.values() if unit.id in found]


def staffed(work: Work, unit: UnitFacts) -> bool:
    """Can anybody work for this unit: an active officer or head of it or of a unit above it? A leader reads, and works on nothing."""
    works = Account.active & Account.unit_id.in_(unit.line) & Account.roles.any(AccountRole.name.in_((Role.OFFICER, Role.HEAD)))
    return bool(work.session.execute(select(exists().where(works))).scalar())


def watch(work: Work) -> int:
    """Once an hour: units that have open cases and nobody (any more) to work on them, and rules that are broken. Returns how many.

    An officer who left is found here, whatever was sent to the unit before; their open cases come into the coordinator's view.
    """
    held = set(work.session.scalars(select(Case.unit_id).where(Case.state.in_(OPEN), Case.unit_id.is_not(None)).distinct()))
    empty = [unit for unit in work.ref.units.values() if unit.id in held and not staffed(work, unit)]
    for unit in empty:
        _tell_empty(work, unit)
        left = select(Case).where(Case.unit_id == unit.id, Case.state.in_(OPEN), Case.attention.is_(None))
        for case in work.session.scalars(left.with_for_update(skip_locked=True)):
            case.attention = UNSTAFFED
    broken = faults(work)
    for sentence in broken:
        _once(work, RULE_BROKEN, sentence, f"Tabel pembagian laporan: {sentence}.")
    return len(empty) + len(broken)


def faults(work: Work) -> list[str]:
    """What is wrong with the rule table as it is stored, all versions; [] when all is well."""
    return rulebook.faults([rules.as_rule(row) for row in rules.every_way(work.session)], known(work))


def known(work: Work) -> rulebook.Known:
    """What a rule may name here: functions of units in force, topics, regions."""
    levels: dict[str, set[str]] = {}
    for unit in work.ref.units.values():
        if work.ref.heir(unit) is not None:
            levels.setdefault(unit.function, set()).add(unit.level)
    functions = {function: frozenset(found) for function, found in levels.items()}
    return rulebook.Known(functions, frozenset(work.ref.categories), frozenset(work.ref.regions))


def findings(work: Work) -> list[tuple[str, bool]]:
    """What `doctor` reports of the rule table: (sentence, well?)."""
    broken = faults(work)
    return [(f"{len(work.ref.rules)} routing rules in force, {len(broken)} faults", not broken), *((one, False) for one in broken)]


def _tell_empty(work: Work, unit: UnitFacts) -> None:
    sentence = (
        f"Belum ada petugas aktif untuk {unit.name}, juga tidak di atasnya. Laporannya tampak di meja koordinator, bagian Kabar baru."
    )
    _once(work, UNIT_EMPTY, unit.code, sentence)


def _once(work: Work, kind: str, subject: str, sentence: str) -> None:
    """An alarm that is open already is not counted up: a unit without people is one matter, however many cases it gets."""
    subject = subject[:200]
    there = exists().where(Alarm.kind == kind, Alarm.subject == subject, Alarm.cleared_at.is_(None))
    if not work.session.execute(select(there)).scalar():
        upkeep.alarm(work, kind, subject, sentence)
