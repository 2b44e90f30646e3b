"""The one door for status: permission, table, words, race, clocks, journal and notice, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from ntbcare.casework import clockwork, notices
from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.errors import BadInput, LostRace, NoSuchMove, NotAllowed, TooLate, WordsRequired
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.lifecycle import Move, State, Words
from ntbcare.domain.routing import regency_of
from ntbcare.records.cases import Case
from ntbcare.records.work import NO_WAIT, Work

LIMITS = {"hand_backs": 2, "objections": 2}
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
        author_id=case.result_author, author_unit=case.result_unit,
    )  # fmt: skip


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
    return edge


def _guard(work: Work, case: Case, edge: Move, given: Given) -> None:
    """What the table asks for beside state and words."""
    if "unit" in edge.needs:
        unit = work.ref.units.get(given.unit or 0)
        if unit is None or not unit.in_force(work.ref.today) or unit.level == "central":
            raise BadInput("unit", "Pilih unit yang akan menangani laporan ini.")
    if "reason" in edge.needs and given.reason not in work.ref.reasons:
        raise BadInput("reason", "Pilih alasannya dari daftar.")
    if "parent" in edge.needs:
        _guard_merge(work, case, given)
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


def _guard_merge(work: Work, case: Case, given: Given) -> None:
    parent = work.session.get(Case, given.parent) if given.parent else None
    if parent is None or parent.id == case.id or parent.state not in lifecycle.OPEN:
        raise BadInput("parent", "Tulis nomor laporan lain yang masih terbuka.")
    if parent.confidential or case.confidential:
        raise BadInput("parent", "Laporan rahasia tidak digabung dengan laporan lain.")


def _apply(work: Work, case: Case, edge: Move, before: State, given: Given) -> None:
    """Change the row. Only this function writes `state`."""
    target = State(case.state_before) if edge.back and case.state_before else (edge.to or before)
    if edge.event == "ask":
        case.state_before = before
    if edge.event == "verify":
        _settle_facts(case, given)
    case.state = target
    if edge.event == "dispose":
        case.unit_id = given.unit
    if edge.event == "hand_back":
        case.hand_backs += 1
        case.suggested_unit_id = given.unit
        case.unit_id = None
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
    if edge.event == "merge":
        case.merged_into = given.parent
    case.attention = None if work.actor.id else case.attention
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
    clockwork.settle(work, case)


def _told(case: Case, given: Given) -> dict[str, Any]:
    return {
        "unit": given.unit,
        "reason": given.reason,
        "parent": given.parent,
        "closed_by": case.closed_by,
        "archived_by": case.archived_by,
        "category": given.category,
        "region": given.region,
        "urgency": given.urgency,
        "protect": list(given.protect) or None,
    }


def _notify(work: Work, case: Case, edge: Move, given: Given) -> None:
    facts: dict[str, Any] = {"words": given.words}
    if edge.event == "approve":
        facts["words"] = case.result_words or given.words
    if edge.event == "archive" and given.reason:
        facts["reason"] = work.ref.reasons[given.reason].sentence
    if edge.event == "merge" and given.parent:
        parent = work.session.get(Case, given.parent)
        facts["other"] = notices.case_facts(work, parent)["ticket"] if parent else ""
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
