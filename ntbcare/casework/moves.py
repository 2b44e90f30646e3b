"""The one door for status: permission, table, words, race, clocks, journal and notice, all in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from ntbcare.casework import clockwork, correcting, effects, forwarding, interest, merging, notices, parting, publicinfo
from ntbcare.casework.effects import LIMITS, OTHERS
from ntbcare.casework.effects import Given as Given
from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.errors import BadInput, LostRace, NoSuchMove, NotAllowed, TooLate, WordsRequired
from ntbcare.domain.kinds import Kind, Urgency
from ntbcare.domain.lifecycle import Move, State, Words
from ntbcare.domain.permissions import Role
from ntbcare.domain.routing import regency_of
from ntbcare.records import readings
from ntbcare.records.cases import Case
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import NO_WAIT, Work

REOPEN_WITHIN = timedelta(days=30)
_RECUSED = "Yang dilaporkan pegawai unit yang memegangnya; unit itu tidak menangani dan tidak membaca laporan ini lagi."
_COORDINATORS_DESK = (State.RECEIVED, State.VERIFIED, State.AWAITING_CHECK)


def standing(work: Work, case: Case) -> permissions.Standing:
    """What the permissions table needs to know of a case for this actor."""
    unit = work.ref.units.get(case.unit_id) if case.unit_id else None
    return permissions.Standing(
        units=unit.line if unit else (), region=case.region, own=case.id in work.proved,
        author_id=case.result_author, author_unit=case.result_unit, helpers=_helping(work, case, unit),
        accused=frozenset(case.accused or ()),
    )  # fmt: skip


def _helping(work: Work, case: Case, unit: UnitFacts | None) -> tuple[int, ...]:
    """Units that help with a case and all above them; asked only for an officer to whom it is not open already."""
    if work.actor.role not in (Role.OFFICER, Role.HEAD) or (unit is not None and work.actor.unit_id in unit.line):
        return ()
    ruled, asked = readings.beside(work.session, case.id)
    units = [*(work.ref.units[one] for one in ruled), *(parting.holder(work, one) for one in asked)]
    return tuple(above for one in units for above in one.line)


def move(work: Work, case: Case, event: str, given: Given | None = None) -> Move:
    """Make one move of the table. Raises NotAllowed, NoSuchMove, WordsRequired, BadInput, TooLate or LostRace.

    Nothing is committed here. A citizen may move only a case in `work.proved`.
    """
    given = given or Given()
    edge = lifecycle.BY_EVENT[event]
    if given.seen is not None and given.seen != case.version:
        raise LostRace(subject=case.ticket)
    if not permissions.may(work.actor, event, standing(work, case)):
        raise NotAllowed(subject=event)
    before = State(case.state)
    if before not in edge.sources:
        label = lifecycle.LABELS[before][0].lower()
        raise NoSuchMove(f"Langkah “{edge.label}” tidak dapat dilakukan: laporan ini sudah berstatus {label}.", subject=event)
    if edge.words is Words.REQUIRED and not given.words.strip():
        raise WordsRequired(subject=event)
    if edge.undoes:
        given = replace(given, parent=case.merged_into)
    _guard(work, case, edge, given)
    ticket = case.ticket  # read now: after a lost race the row cannot be asked any more
    try:
        _apply(work, case, edge, before, given)
        _clocks(work, case, edge)
        parting.follow(work, case, edge)
        work.session.flush()
    except StaleDataError as lost:
        raise LostRace(subject=ticket) from lost
    facts = {key: value for key, value in _told(case, given).items() if value is not None}
    work.tell(f"case:{event}", case.id, before=before, after=case.state, words=given.words, by_name=work.actor.name, **facts)
    if edge.notice and not given.quiet:
        _notify(work, case, edge, given)
    if merging.bereaves(work, case, edge.event):
        _hand_down(work, case)
    recuse(work, case)
    return edge


def recuse(work: Work, case: Case) -> None:
    """A unit that the case accuses does not keep it, whichever way it came there: it goes back to whoever coordinates. Safe to ask always."""
    if case.unit_id not in (case.accused or ()):
        return
    if case.state not in lifecycle.BY_EVENT["recuse"].sources:
        case.desk_id = _desk(work, case)
        return
    somebody, work.actor = work.actor, permissions.Actor(Role.TRIAGE)
    over = interest.find(work, interest.asked(work, case)).over
    try:
        move(work, case, "recuse", Given(words=_RECUSED, unit=over if over not in (case.accused or ()) else None, quiet=True))
    finally:
        work.actor = somebody


def _hand_down(work: Work, ended: Case) -> None:
    """The case that others were joined to has ended, and it alone: the oldest of those stands on its own, and the rest is joined to it."""
    found = merging.children(work, ended)
    heir = next((child for child in found if child.state_before), None)
    if heir is None:
        ended.attention = OTHERS if found else ended.attention  # joined so long ago that nobody knows how they stood before
        return
    somebody, work.actor = work.actor, permissions.Actor(Role.TIMER)
    try:
        move(work, heir, "unmerge", Given(quiet=True))
        merging.hand_down(work, heir, ended, found)
    finally:
        work.actor = somebody


def _guard(work: Work, case: Case, edge: Move, given: Given) -> None:
    """What the table asks for beside state and words."""
    if "unit" in edge.needs:
        unit = work.ref.units.get(given.unit or 0)
        if unit is None or not unit.in_force(work.ref.today) or unit.level == "central":
            raise BadInput("unit", "Pilih unit yang akan menangani laporan ini.")
    if edge.event == "dispose":
        correcting.guard_again(work, case, given.unit, given.words)
    if edge.event in ("dispose", "hand_back") and work.actor.id:  # the rules see to it by themselves
        interest.guard(work, interest.asked(work, case), given.unit, case.accused)
    if "owner" in edge.needs:
        correcting.guard_owner(work, case, given.unit)
    if "reason" in edge.needs and given.reason not in work.ref.reasons:
        raise BadInput("reason", "Pilih alasannya dari daftar.")
    if "parent" in edge.needs:
        merging.guard(work, case, given.parent if _may_name(work, given.parent) else None)
    if edge.undoes:
        merging.guard_undoing(work, case)
    forwarding.guard(work, case, edge, given.unit)
    publicinfo.guard(work, case, edge.event)
    parting.guard(work, case, edge.event, given.without)
    if edge.event == "verify":
        _guard_verify(work, case, given)
    category = work.ref.categories.get(case.category or "")
    checked = bool(category and category.needs_check)
    if "check" in edge.needs and not checked:
        raise NoSuchMove("Laporan ini tidak perlu diperiksa unit lain: jawab langsung saja.", subject=edge.event)
    if "no_check" in edge.needs and checked:
        raise NoSuchMove("Pekerjaan fisik diperiksa orang kedua dulu: pakai “Ajukan hasil”.", subject=edge.event)
    if edge.limit == "objections" and case.objections >= LIMITS[edge.limit]:
        raise TooLate("Keberatan sudah dua kali dikirim. Koordinator akan meninjau laporan ini.", subject=case.ticket)
    if edge.event in ("reopen", "watch_on") and case.closed_at and work.now - case.closed_at > REOPEN_WITHIN:
        raise TooLate("Sudah lebih dari 30 hari sejak ditutup. Buat laporan baru dan sebut nomor laporan lama.", subject=case.ticket)


def _may_name(work: Work, parent_id: int | None) -> bool:
    """May this officer know of the case another is to be joined to? What they may not read is as if it were not there."""
    parent = work.session.get(Case, parent_id) if parent_id and work.actor.id else None
    verbs = ("case.read", "tip.read") if parent is not None and parent.kind == Kind.TIP else ("case.read",)
    return parent is None or all(permissions.may(work.actor, verb, standing(work, parent)) for verb in verbs)


def _guard_verify(work: Work, case: Case, given: Given) -> None:
    """What a coordinator sets must exist; a sealed topic belongs to the inspectorate's own door, not to this corridor."""
    if given.category is not None and given.category not in work.ref.categories:
        raise BadInput("category", "Pilih topik dari daftar.")
    if given.category is not None and work.ref.categories[given.category].sealed == "yes":
        raise BadInput("category", "Topik ini milik jalur tertutup Inspektorat; laporan di sini tidak dapat dipindahkan ke sana.")
    if given.region not in (None, case.region) and given.region not in work.ref.regions:  # an ended region may stay where it stands
        raise BadInput("region", "Pilih wilayah dari daftar.")
    if given.urgency is not None and given.urgency not in set(Urgency):
        raise BadInput("urgency", "Pilih mendesak, penting, atau biasa.")


def _apply(work: Work, case: Case, edge: Move, before: State, given: Given) -> None:
    """Change the row. Only this function writes `state`; what else an event changes stands in casework/effects."""
    case.state = State(case.state_before) if edge.back and case.state_before else (edge.to or before)
    case.attention = None if work.actor.id else case.attention
    effects.apply(work, case, edge.event, before, given)
    if edge.event == "verify":
        interest.mark(work, case)  # another place or topic means other people
    case.desk_id = _desk(work, case)


def _desk(work: Work, case: Case) -> int:
    """On whose desk the next act is owed. Never nowhere: what no unit holds lies with the coordinator."""
    accused = case.accused or ()
    if case.state in _COORDINATORS_DESK or case.unit_id is None or case.unit_id in accused:
        if case.hand_backs > LIMITS["hand_backs"]:  # the third hand-back is the secretary's to decide (domain.md 9.1)
            secretary = work.ref.unit_of("setda", regency_of(case.region or work.ref.province))
            if secretary is not None and secretary.id not in accused:
                return secretary.id
        coordinator = interest.coordinator(work, case)
        return coordinator.id if coordinator else case.desk_id
    return case.unit_id


def _clocks(work: Work, case: Case, edge: Move) -> None:
    """The clock effects of the table."""
    finished = case.submitted_at if edge.event == "approve" else None
    for name in edge.stops:
        # the unit's own promises are judged by the moment it handed the result in, however long the checker took;
        # the first answer is a promise to the citizen, who reads nothing before the approval
        in_time = finished if name in ("complete", "complete_calendar", "followup") else None
        clockwork.stop(work, case, name, in_time)
    for name in edge.reopens:
        clockwork.reopen(work, case, name)
    for name in edge.starts:
        clockwork.start(work, case, name)
    if edge.resumes:
        clockwork.resume(work, case)
    if edge.undoes:
        clockwork.run_on(work, case, merging.since(work, case))
    clockwork.settle(work, case)


def _told(case: Case, given: Given) -> dict[str, Any]:
    return {
        "unit": given.unit,
        "without": given.without or None,
        "reason": given.reason,
        "parent": given.parent,
        "ref": given.ref,
        "raised_to": case.desk_id if case.attention == correcting.RAISED else None,
        "closed_by": case.closed_by,
        "archived_by": case.archived_by,
        "category": given.category,
        "region": given.region,
        "urgency": given.urgency,
        "protect": list(given.protect) or None,
        "template": dict(zip(("id", "version"), given.template, strict=True)) if given.template else None,
    }


def _notify(work: Work, case: Case, edge: Move, given: Given) -> None:
    facts: dict[str, Any] = {"words": given.words}
    parent = None
    if edge.event in ("forward", "watch_on", "relay"):
        facts |= forwarding.facts(work, case)
    if "information" in edge.needs:
        facts |= publicinfo.facts(work, case)
    if edge.event == "approve":
        facts["words"] = case.result_words or given.words
    if edge.event == "hand_back":
        facts = {"words": "", **correcting.news(work, case)}  # the reason is for colleagues
    if edge.event == "archive" and given.reason:
        facts["reason"] = work.ref.reasons[given.reason].sentence
    if edge.event in ("merge", "unmerge") and given.parent:
        parent = work.session.get(Case, given.parent)
        facts["other"] = notices.case_facts(work, parent)["ticket"] if parent and merging.known(work, parent) else ""
    merging.news(work, case, edge.event, f"{facts.get('reason', '')} {facts['words']}".strip(), parent)
    if edge.to is State.CLOSED:
        # who has just said "yes" has the telephone in hand: ask at once; otherwise a day later
        after = NO_WAIT if edge.event == "confirm" else work.house.poll_after
        work.errand("poll", case.id, after=after, key=f"poll:{case.id}:{case.reopenings}")
    if edge.notice == "poll":
        return
    notice = notices.owe(work, case, edge.notice or "", **facts)
    if edge.pauses and notice.state == "no_road":
        case.attention = "undelivered"  # who wants no messages from us cannot be asked: the desk must find another way
    if edge.on_delivery and not edge.pauses and (notice.channel == "web" or notice.state == "no_road"):
        clockwork.arrived(work, case, edge)  # the answer stands on the tracking page, the only place this citizen looks
        work.session.flush()
