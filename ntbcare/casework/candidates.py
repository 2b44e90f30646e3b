"""Social listening: public words are proposed as a report or not; a person, or certainty where we were addressed, makes the case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare import sanitise
from ntbcare.casework import brakes, intake, notices, triage
from ntbcare.contract import IncomingMessage, Media, Scene
from ntbcare.domain import permissions
from ntbcare.domain.errors import NotAllowed, NotFound, SealedDoor, WordsRequired
from ntbcare.records import messages
from ntbcare.records.candidates import DISMISSED, NEW, TAKEN, Candidate
from ntbcare.records.people import Contact, meet
from ntbcare.records.work import Work

LONGEST = 20_000
REPORT, OTHER, SEALED = "report", "other", "sealed"
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
    text = sanitise.text(message.text, limit=LONGEST)
    if message.edits:
        changed = update(Candidate).where(
            Candidate.channel == message.channel, Candidate.external_id == message.edits, Candidate.state == NEW
        )
        if work.session.execute(changed.values(text=text).returning(Candidate.id)).scalar() is not None:
            return
    told = propose(work, text)
    sealed = told.what == SEALED
    values = {
        "channel": message.channel, "external_id": message.external_id, "gateway": gateway, "author": message.sender,
        "author_name": "" if sealed else sanitise.line(message.sender_name[:150], field="name"), "text": "" if sealed else text,
        "thread": message.thread, "link": message.link, "media": [[each.ref, each.mime] for each in message.media], "proposal": told.what,
        "confidence": told.confidence, "because": told.because, "category": told.category, "region": told.region, "state": NEW,
        "received_at": work.now,
    }  # fmt: skip
    made = insert(Candidate).values(values).on_conflict_do_nothing(index_elements=[Candidate.channel, Candidate.external_id])
    candidate_id = work.session.execute(made.returning(Candidate.id)).scalar()
    if candidate_id is None:
        return
    candidate = work.session.get_one(Candidate, candidate_id)
    if sealed:
        _safe_way(work, candidate, message)
    elif message.scene is Scene.ADDRESSED and told.what == REPORT and told.confidence >= triage.SURE_OF_TOPIC and not message.automatic:
        _take(work, candidate)


def propose(work: Work, text: str) -> Proposal:
    """Is this a report? A call («lapor»), or a topic together with a place or a plea, says so; praise and chatter do not."""
    ref = work.ref
    if ref.tells_violation(text):
        return Proposal(SEALED, 1.0, "Menyebut dugaan pelanggaran: isinya tidak disimpan di sini.")
    topic, place = ref.lexicon.read(text), ref.gazetteer.find(text)
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


def _safe_way(work: Work, candidate: Candidate, message: IncomingMessage) -> None:
    """Told in private only: a public answer would show everybody what the person said."""
    if message.scene is not Scene.ADDRESSED or not message.sender:
        return
    contact = work.session.get_one(Contact, meet(work.session, message.channel, message.sender).id)
    if not brakes.talkative(work, contact.id):
        notices.say(work, contact, "sealed", thread=candidate.thread, words=intake.sealed_sentence(work))


def accept(work: Work, candidate_id: int) -> str:
    """An officer says: this is a report. Returns the ticket. Raises NotAllowed, NotFound, SealedDoor, WordsRequired."""
    candidate = _open(work, candidate_id)
    if not candidate.text:
        raise WordsRequired("Kiriman ini tidak berisi kata-kata yang dapat dijadikan laporan.")
    return _take(work, candidate)


def dismiss(work: Work, candidate_ids: list[int]) -> int:
    """Not reports. Returns how many were put away. Raises NotAllowed."""
    _may(work)
    mine = Candidate.id.in_(candidate_ids) & (Candidate.state == NEW)
    values = {"state": DISMISSED, "decided_by": work.actor.id, "decided_at": work.now}
    done = list(work.session.execute(update(Candidate).where(mine).values(values).returning(Candidate.id)).scalars())
    if done:
        work.tell("candidate:dismissed", None, candidates=done, by_name=work.actor.name)
    return len(done)


def waiting(work: Work, *, before: int | None = None, only: str = "", limit: int = 50) -> list[Candidate]:
    """Candidates nobody has decided on, newest first, below id `before`; `only` one proposal. Raises NotAllowed."""
    _may(work)
    query = select(Candidate).where(Candidate.state == NEW).order_by(Candidate.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Candidate.id < before)
    if only in (REPORT, OTHER, SEALED):
        query = query.where(Candidate.proposal == only)
    return list(work.session.scalars(query))


def _may(work: Work) -> None:
    if not permissions.may(work.actor, "candidate.decide"):
        raise NotAllowed(subject="candidate.decide")


def _open(work: Work, candidate_id: int) -> Candidate:
    _may(work)
    candidate = work.session.get(Candidate, candidate_id, with_for_update=True)
    if candidate is None or candidate.state != NEW:
        raise NotFound("Kiriman ini sudah diputuskan rekan lain.")
    return candidate


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
        filed = intake.take(work, filing)
    except SealedDoor:
        candidate.text, candidate.author_name, candidate.proposal = "", "", SEALED
        raise
    candidate.state, candidate.case_id = TAKEN, filed.case_id
    candidate.decided_by, candidate.decided_at = work.actor.id, work.now
    work.tell("candidate:taken", filed.case_id, candidate=candidate.id, by_name=work.actor.name)
    return filed.ticket
