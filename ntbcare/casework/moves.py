"""The one door for status: permission, table, words, race, clocks, journal and notice, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from ntbcare.casework import clockwork, correcting, merging, notices
from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.errors import BadInput, LostRace, NoSuchMove, NotAllowed, TooLate, WordsRequired
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.lifecycle import Move, State, Words
from ntbcare.domain.permissions import Role
from ntbcare.domain.routing import regency_of
from ntbcare.records import readings
from ntbcare.records.cases import Case
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import NO_WAIT, Work

LIMITS = {"hand_backs": 2, "objections": 2}
OTHERS = "others"  # why a case asks for attention: its reporter is content, but nobody asked those whose reports are joined to it
REOPEN_WITHIN = timedelta(days=30)
_COORDINATORS_DESK = (State.RECEIVED, State.VERIFIED, State.AWAITING_CHECK)


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a request to move a case: words, the unit or reason chosen, the version the actor was looking at.

    The last six belong to `verify`: what the coordinator found when reading (None = leave as it is).
    """

    words: str = ""
    unit: int | None = None
    reason: str | None = None
    parent: int | None = None
    seen: int | None = None
    quiet: bool = False
    title: str | None = None
    text_edited: str | None = None
    category: str | None = None
    region: str | None = None
    urgency: str | None = None
    protect: tuple[str, ...] = ()  # "anonymous", "confidential": may be added to protect somebody, never taken away


def standing(work: Work, case: Case) -> permissions.Standing:
    """What the permissions table needs to know of a case for this actor."""
    unit = work.ref.units.get(case.unit_id) if case.unit_id else None
    return permissions.Standing(
        units=unit.line if unit else (), region=case.region, own=case.id in work.proved,
        author_id=case.result_author, author_unit=case.result_unit, helpers=_helping(work, case, unit),
    )  # fmt: skip


def _helping(work: Work, case: Case, unit: UnitFacts | None) -> tuple[int, ...]:
    """Units that help with a case and all above them; asked only for an officer to whom it is not open already."""
    if work.actor.role not in (Role.OFFICER, Role.HEAD) or (unit is not None and work.actor.unit_id in unit.line):
        return ()
    return tuple(above for row in readings.helpers(work.session, case.id) for above in work.ref.units[row.unit_id].line)


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
        work.session.flush()
    except StaleDataError as lost:
        raise LostRace(subject=ticket) from lost
    facts = {key: value for key, value in _told(case, given).items() if value is not None}
    work.tell(f"case:{event}", case.id, before=before, after=case.state, words=given.words, by_name=work.actor.name, **facts)
    if edge.notice and not given.quiet:
        _notify(work, case, edge, given)
    if edge.event in merging.BEREAVING:
        _hand_down(work, case)
    return edge


def _hand_down(work: Work, ended: Case) -> None:
    """Its reporter has ended the case that others were joined to: the oldest of those stands on its own, and the rest is joined to it."""
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
    if "owner" in edge.needs:
        correcting.guard_owner(work, case, given.unit)
    if "reason" in edge.needs and given.reason not in work.ref.reasons:
        raise BadInput("reason", "Pilih alasannya dari daftar.")
    if "parent" in edge.needs:
        merging.guard(work, case, given.parent)
    if edge.undoes:
        merging.guard_undoing(work, case)
    if edge.event == "forward" and given.unit is not None:
        body = work.ref.units.get(given.unit)
        if body is None or body.level != "central":
            raise BadInput("unit", "Pilih instansi dari daftar; unit di pemerintah daerah lewat “Teruskan ke unit”.")
    if edge.event == "verify":
        _guard_verify(work, given)
    category = work.ref.categories.get(case.category or "")
    checked = bool(category and category.needs_check)
    if "check" in edge.needs and not checked:
        raise NoSuchMove("Laporan ini tidak perlu diperiksa unit lain: jawab langsung saja.", subject=edge.event)
    if "no_check" in edge.needs and checked:
        raise NoSuchMove("Pekerjaan fisik diperiksa orang kedua dulu: pakai “Ajukan hasil”.", subject=edge.event)
    if edge.limit == "objections" and case.objections >= LIMITS[edge.limit]:
        raise TooLate("Keberatan sudah dua kali dikirim. Koordinator akan meninjau laporan ini.", subject=case.ticket)
    if edge.event == "reopen" and case.closed_at and work.now - case.closed_at > REOPEN_WITHIN:
        raise TooLate("Sudah lebih dari 30 hari sejak ditutup. Buat laporan baru dan sebut nomor laporan lama.", subject=case.ticket)


def _guard_verify(work: Work, given: Given) -> None:
    """What a coordinator sets must exist; a sealed topic belongs to the inspectorate's own door, not to this corridor."""
    if given.category is not None and given.category not in work.ref.categories:
        raise BadInput("category", "Pilih topik dari daftar.")
    if given.category is not None and work.ref.categories[given.category].sealed == "yes":
        raise BadInput("category", "Topik ini milik jalur tertutup Inspektorat; laporan di sini tidak dapat dipindahkan ke sana.")
    if given.region is not None and given.region not in work.ref.regions:
        raise BadInput("region", "Pilih wilayah dari daftar.")
    if given.urgency is not None and given.urgency not in set(Urgency):
        raise BadInput("urgency", "Pilih mendesak, penting, atau biasa.")


def _apply(work: Work, case: Case, edge: Move, before: State, given: Given) -> None:
    """Change the row. Only this function writes `state`."""
    target = State(case.state_before) if edge.back and case.state_before else (edge.to or before)
    if edge.event in ("ask", "merge"):
        case.state_before = before
    if edge.event == "verify":
        correcting.note(work, case, category=given.category, region=given.region, urgency=given.urgency)
        _settle_facts(case, given)
    if edge.event == "dispose":
        correcting.note(work, case, unit=given.unit)
        case.unit_id = given.unit
    if edge.event == "hand_back":
        correcting.hand_back(work, case, given.unit, given.words)
    case.state = target
    if edge.event == "submit_result":
        case.submitted_at, case.result_words = work.now, given.words
        case.result_author, case.result_unit = work.actor.id, work.actor.unit_id
    if edge.event in ("respond", "approve"):
        case.responded_at = work.now
        if edge.event == "respond":
            case.result_words = given.words
    if edge.event == "object":
        case.objections += 1
    if edge.event == "reopen":
        case.reopenings += 1
        case.closed_at, case.closed_by = None, None
    if target is State.CLOSED:
        case.closed_at, case.closed_by = work.now, edge.by
        case.first_closed_at = case.first_closed_at or work.now
    if target is State.ARCHIVED:
        case.closed_at, case.archived_by, case.archive_reason = work.now, edge.by, given.reason
    if edge.event == "merge" and given.parent:
        case.merged_into = given.parent
        merging.gather(work, case, given.parent)
    if edge.undoes:
        merging.scatter(work, case)
    case.attention = None if work.actor.id else case.attention
    if edge.event == "confirm" and merging.parents(work, case):
        case.attention = OTHERS
    if edge.limit == "hand_backs" and case.hand_backs > LIMITS[edge.limit]:
        case.attention = correcting.RAISED  # the secretary decides, and every coordinator of the region sees it under "Kabar baru"
    case.desk_id = _desk(work, case)


def _settle_facts(case: Case, given: Given) -> None:
    """What the coordinator found; the citizen's own text is never touched, the edited one stands beside it."""
    for name in ("title", "text_edited", "category", "region", "urgency"):
        value = getattr(given, name)
        if value is not None:
            setattr(case, name, value)
    case.anonymous = case.anonymous or "anonymous" in given.protect
    case.confidential = case.confidential or "confidential" in given.protect


def _desk(work: Work, case: Case) -> int:
    """On whose desk the next act is owed. Never nowhere: what no unit holds lies with the coordinator."""
    if case.state in _COORDINATORS_DESK or case.unit_id is None:
        if case.hand_backs > LIMITS["hand_backs"]:  # the third hand-back is the secretary's to decide (domain.md 9.1)
            secretary = work.ref.unit_of("setda", regency_of(case.region or work.ref.province))
            if secretary is not None:
                return secretary.id
        coordinator = work.ref.coordinator_of(case.region) or work.ref.coordinator_of(None)
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
        "reason": given.reason,
        "parent": given.parent,
        "raised_to": case.desk_id if case.attention == correcting.RAISED else None,
        "closed_by": case.closed_by,
        "archived_by": case.archived_by,
        "category": given.category,
        "region": given.region,
        "urgency": given.urgency,
        "protect": list(given.protect) or None,
    }


def _notify(work: Work, case: Case, edge: Move, given: Given) -> None:
    facts: dict[str, Any] = {"words": given.words}
    parent = None
    if edge.event == "approve":
        facts["words"] = case.result_words or given.words
    if edge.event == "hand_back":
        facts = {"words": "", **correcting.news(work, case)}  # the reason is for colleagues
    if edge.event == "archive" and given.reason:
        facts["reason"] = work.ref.reasons[given.reason].sentence
    if edge.event in ("merge", "unmerge") and given.parent:
        parent = work.session.get(Case, given.parent)
        facts["other"] = notices.case_facts(work, parent)["ticket"] if parent else ""
    merging.news(work, case, edge.event, f"{facts.get('reason', '')} {facts['words']}".strip(), parent)
    if edge.notice == "poll":
        # who has just said "yes" has the telephone in hand: ask at once; otherwise a day later
        after = NO_WAIT if edge.event == "confirm" else work.house.poll_after
        work.errand("poll", case.id, after=after, key=f"poll:{case.id}:{case.reopenings}")
        return
    notice = notices.owe(work, case, edge.notice or "", **facts)
    if edge.pauses and notice.state == "no_road":
        case.attention = "undelivered"  # who wants no messages from us cannot be asked: the desk must find another way
    if edge.on_delivery and not edge.pauses and (notice.channel == "web" or notice.state == "no_road"):
        clockwork.arrived(work, case, edge)  # the answer stands on the tracking page, the only place this citizen looks
        work.session.flush()
