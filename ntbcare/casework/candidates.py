"""Social listening: public words are proposed as a report or not; a person, or certainty where we were addressed, makes the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare import sanitise
from ntbcare.casework import brakes, followup, intake, notices, sealing_off, triage
from ntbcare.contract import IncomingMessage, Media, Scene
from ntbcare.domain import permissions
from ntbcare.domain.errors import LostRace, NotAllowed, NotFound, SealedDoor, WordsRequired
from ntbcare.domain.permissions import Standing
from ntbcare.records import cases, messages
from ntbcare.records.candidates import DISMISSED, NEW, TAKEN, Candidate
from ntbcare.records.people import Account, Contact, meet
from ntbcare.records.work import Work

LONGEST = 20_000
REPORT, OTHER, SEALED = "report", "other", "sealed"
SEALED_BECAUSE = "Menyebut dugaan pelanggaran: isinya tidak disimpan di sini."
_CALLS = ("lapor", "#lapor", "aduan", "#aduan", "#ntbcare")
_PLEAS = frozenset(
    [
        "tolong",
        "mohon",
        "minta",
        "rusak",
        "mati",
        "belum",
        "kapan",
        "macet",
        "banjir",
        "kotor",
        "lambat",
        "antri",
        "antre",
        "bocor",
        "padam",
        "susah",
        "keluhan",
    ]
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the reader thinks of public words, how sure it is (0..1), and why."""

    what: str
    confidence: float
    because: str
    category: str | None = None
    region: str | None = None


def overhear(work: Work, message: IncomingMessage, gateway: str) -> None:
    """Keep public words as a candidate, once. Where they were said to us and are surely a report, they become a case at once.

    Words that tell of misconduct are not stored, in public or not: only that something was said, and where.
    """
    kept = _kept(work, message, sanitise.text(message.text, limit=LONGEST))
    if message.edits:
        changed = update(Candidate).where(
            Candidate.channel == message.channel, Candidate.external_id == message.edits, Candidate.state == NEW
        )
        if work.session.execute(changed.values(kept).returning(Candidate.id)).scalar() is not None or _edited(work, message, kept):
            return
    values = {
        "channel": message.channel, "external_id": message.external_id, "gateway": gateway, "author": message.sender,
        "thread": message.thread, "link": message.link, "media": [[each.ref, each.mime] for each in message.media], "state": NEW,
        "received_at": work.now, **kept,
    }  # fmt: skip
    made = insert(Candidate).values(values).on_conflict_do_nothing(index_elements=[Candidate.channel, Candidate.external_id])
    candidate_id = work.session.execute(made.returning(Candidate.id)).scalar()
    if candidate_id is None:
        return
    candidate = work.session.get_one(Candidate, candidate_id)
    sure = candidate.proposal == REPORT and candidate.confidence >= triage.SURE_OF_TOPIC
    if candidate.proposal == SEALED:
        _safe_way(work, candidate, message)
    elif message.scene is Scene.ADDRESSED and sure and not message.automatic:
        _take(work, candidate)


def _edited(work: Work, message: IncomingMessage, kept: dict[str, Any]) -> bool:
    """Words that were decided on already were changed: they never make a second case. False: we never had them."""
    known = select(Candidate).where(Candidate.channel == message.channel, Candidate.external_id == message.edits)
    candidate = work.session.scalars(known.with_for_update()).first()
    if candidate is None:
        return False
    case = cases.get(work.session, candidate.case_id) if candidate.case_id else None
    if case is not None and kept["text"] and kept["text"] != candidate.text:
        followup.overheard(work, case, kept["text"])
    candidate.text, candidate.author_name = kept["text"], kept["author_name"]
    return True


def propose(work: Work, text: str) -> Proposal:
    """Is this a report? A call («lapor»), or a topic together with a place or a plea, says so; praise and chatter do not."""
    ref = work.ref
    if ref.tells_violation(text):
        return Proposal(SEALED, 1.0, SEALED_BECAUSE)
    topic, place = ref.topics.read(text), ref.gazetteer.find(text)
    there = place.code if place.confidence >= triage.SURE_OF_PLACE else None
    words = set(ref.plain.words(text))
    called = bool(words & set(_CALLS)) or any(sign in text.lower() for sign in _CALLS)
    plea = sorted(words & _PLEAS)
    sure = topic.category is not None and topic.confidence >= triage.SURE_OF_TOPIC
    reasons = [
        *(["pengirim menyebut “lapor”"] if called else []), *([f"topik: {ref.category_name(topic.category)}"] if sure else []),
        *([f"tempat: {ref.region_name(there)}"] if there else []), *([f"kata “{plea[0]}”"] if plea else []),
    ]  # fmt: skip
    score = 0.45 * sure + 0.3 * bool(there) + 0.2 * bool(plea) + 0.5 * called
    category = (topic.detail or topic.category) if sure else None
    if score >= 0.5 and len(words) >= 3:
        return Proposal(REPORT, min(score, 0.99), f"Tampak seperti laporan: {', '.join(reasons)}.", category, there)
    because = (
        f"Belum cukup untuk disebut laporan ({', '.join(reasons)})." if reasons else "Tidak ada topik, tempat, atau keluhan yang dikenali."
    )
    return Proposal(OTHER, 1 - score, because, category, there)


def _kept(work: Work, message: IncomingMessage, text: str) -> dict[str, Any]:
    """What the words are read as, and as much of them as may lie here: of misconduct nothing, also when it came with an edit."""
    told = propose(work, text)
    sealed, name = told.what == SEALED, sanitise.line(message.sender_name[:150], field="name")
    return {
        "author_name": "" if sealed or work.ref.tells_violation(name) else name, "text": "" if sealed else text,
        "proposal": told.what, "confidence": told.confidence, "because": told.because, "category": told.category, "region": told.region,
    }  # fmt: skip


def _safe_way(work: Work, candidate: Candidate, message: IncomingMessage) -> None:
    """Told in private only: a public answer would show everybody what the person said."""
    if message.scene is not Scene.ADDRESSED or not message.sender:
        return
    contact = work.session.get_one(Contact, meet(work.session, message.channel, message.sender).id)
    if not brakes.talkative(work, contact.id):
        notices.say(work, contact, "sealed", thread=candidate.thread, words=sealing_off.safe_way(work))


def accept(work: Work, candidate_id: int) -> str:
    """An officer says: this is a report. Returns the ticket; saying it twice is saying it once.

    Raises NotAllowed, NotFound, LostRace (a colleague decided; `subject` is the ticket where there is one), WordsRequired;
    SealedDoor: its words tell of misconduct and were taken off the table, so the caller commits all the same.
    """
    candidate = _reached(work, candidate_id)
    if candidate.state != NEW:
        return _decided(work, candidate)
    if not candidate.text:
        raise WordsRequired("Kiriman ini tidak berisi kata-kata yang dapat dijadikan laporan.")
    return _take(work, candidate)


def dismiss(work: Work, candidate_ids: Iterable[int]) -> list[int]:
    """Not reports. Returns which were put away: not those a colleague decided on. Raises NotAllowed."""
    return _turn(work, candidate_ids, (Candidate.state == NEW), DISMISSED)


def restore(work: Work, candidate_ids: Iterable[int]) -> list[int]:
    """Put back what this very officer put away. Returns which. Raises NotAllowed."""
    return _turn(work, candidate_ids, (Candidate.state == DISMISSED) & (Candidate.decided_by == work.actor.id), NEW)


def _turn(work: Work, candidate_ids: Iterable[int], which: ColumnElement[bool], state: str) -> list[int]:
    _may(work)
    mine = Candidate.id.in_(sorted(set(candidate_ids))) & which & reach(work)
    values = {"state": state, "decided_by": work.actor.id if state != NEW else None, "decided_at": work.now if state != NEW else None}
    done = sorted(work.session.execute(update(Candidate).where(mine).values(values).returning(Candidate.id)).scalars())
    if done:
        work.tell("candidate:dismissed" if state == DISMISSED else "candidate:restored", None, candidates=done, by_name=work.actor.name)
    return done


def waiting(work: Work, *, before: int | None = None, only: tuple[str, ...] = (), limit: int = 50) -> list[Candidate]:
    """Candidates of the actor's region that nobody has decided on, newest first, below id `before`. Raises NotAllowed."""
    _may(work)
    query = select(Candidate).where(Candidate.state == NEW, reach(work)).order_by(Candidate.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Candidate.id < before)
    if only:
        query = query.where(Candidate.proposal.in_(only))
    return list(work.session.scalars(query))


def reach(work: Work) -> ColumnElement[bool]:
    """The permissions table in SQL: a coordinator's own region; what has no place is the province's."""
    region = work.actor.region or ""
    if "." in region:
        return or_(Candidate.region == region, Candidate.region.like(region + ".%"))
    return true() if region else false()


def _may(work: Work) -> None:
    if not permissions.may(work.actor, "candidate.decide"):
        raise NotAllowed(subject="candidate.decide")


def _reached(work: Work, candidate_id: int) -> Candidate:
    _may(work)
    candidate = work.session.get(Candidate, candidate_id, with_for_update=True)
    if candidate is None or not permissions.may(work.actor, "candidate.decide", Standing(region=candidate.region)):
        raise NotFound("Kiriman ini tidak ada di daftar Anda.")
    return candidate


def _decided(work: Work, candidate: Candidate) -> str:
    case = cases.get(work.session, candidate.case_id) if candidate.case_id else None
    if case is not None and candidate.decided_by == work.actor.id:
        return case.ticket
    colleague = work.session.get(Account, candidate.decided_by) if candidate.decided_by else None
    who = colleague.name if colleague else work.ref.name
    what = "dijadikan laporan" if case is not None else "disisihkan"
    raise LostRace(
        f"Kiriman ini sudah lebih dulu {what} oleh {who}.", who=who, when=candidate.decided_at, subject=case.ticket if case else None
    )


def _take(work: Work, candidate: Candidate) -> str:
    """Make the case; its author hears of it below the post (a link only) and in private."""
    contact = meet(work.session, candidate.channel, candidate.author).id if candidate.author else None
    filing = intake.Filing(
        channel=candidate.channel, key=candidate.external_id, text=candidate.text, sender=candidate.author, contact=contact,
        gateway=candidate.gateway, thread=candidate.thread or None, ref=candidate.external_id,
        media=tuple(Media(ref, mime) for ref, mime in candidate.media),
    )  # fmt: skip
    if messages.find(work.session, filing.channel, filing.key) is not None:
        raise NotFound("Kiriman ini sudah menjadi laporan.")
    try:
        with intake.in_their_name(work):
            filed = intake.take(work, filing)
    except SealedDoor:
        candidate.text, candidate.author_name, candidate.proposal, candidate.because = "", "", SEALED, SEALED_BECAUSE
        raise
    taken = {"state": TAKEN, "case_id": filed.case_id, "decided_by": work.actor.id, "decided_at": work.now}
    work.session.execute(update(Candidate).where(Candidate.id == candidate.id).values(taken))
    work.tell("candidate:taken", filed.case_id, candidate=candidate.id, by_name=work.actor.name)
    return filed.ticket
