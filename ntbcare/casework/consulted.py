"""The other end of an ask: what a person outside sees by their link, and how they answer, by the page or by an SMS, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from ntbcare.casework import attachments, brakes, consulting, notices, showing
from ntbcare.casework.sealing_off import safe_way
from ntbcare.domain import clock as promises
from ntbcare.domain import outside
from ntbcare.domain.conversation import Meaning, Understanding
from ntbcare.domain.errors import BadInput, NotFound, SealedDoor
from ntbcare.domain.outside import Answer
from ntbcare.records import outside as asks
from ntbcare.records.cases import Case
from ntbcare.records.files import KEPT, File
from ntbcare.records.outside import WAITS, OutsideAsk
from ntbcare.records.people import Contact, Met
from ntbcare.records.work import Work

HELPING = "outside"  # of a message: an answer to an ask, no citizen's word
ROADS = ("sms", "email")  # channels on which an ask can be answered by writing back
BY_PAGE = (Answer.DONE, Answer.NOT_YET, Answer.NOT_OURS)
LONGEST = 2000  # letters
_OVER = {
    "answered": ("Sudah dijawab", "Jawaban untuk permintaan ini sudah kami terima. Terima kasih atas bantuannya."),
    "revoked": ("Permintaan ini ditarik kembali", "Bantuan Anda tidak diperlukan lagi untuk hal ini. Terima kasih."),
    "late": ("Waktunya sudah lewat", "Tautan ini tidak berlaku lagi. Masih mau menjawab? Hubungi kantor yang bertanya."),
    "ended": ("Urusannya sudah selesai", "Bantuan Anda tidak diperlukan lagi untuk hal ini. Terima kasih."),
}
_NO_WORDS = {Answer.NOT_YET: "Tulis apa kendalanya.", Answer.NOT_OURS: "Tulis menurut Anda ini urusan siapa."}


@dataclass(frozen=True, slots=True)
class Open:
    """All that a person outside sees: never who reported, by which way, or the number of the report."""

    unit: str
    helper: str
    words: str
    topic: str
    place: str
    report: str
    photos: int
    until: str


class Over(NamedTuple):
    """Why the link takes no answer any more, in words, and nothing of the case."""

    headline: str
    sentence: str


class Named(NamedTuple):
    """An ask that a message answers."""

    id: int
    answer: Answer
    words: str


def _found(work: Work, secret: str) -> tuple[OutsideAsk, Case]:
    row = asks.by_digest(work.session, outside.digest(secret))
    if row is None:
        raise NotFound()
    return row, work.session.get_one(Case, row.case_id)


def _over(work: Work, row: OutsideAsk, case: Case) -> str:
    """What was closed to the outside later (a tip, a topic with readers of its own) reads as ended."""
    return consulting.over(case, row, work.now) or ("ended" if consulting.sealed(work, case) else "")


def look(work: Work, secret: str, *, person: bool) -> Open | Over:
    """What the link shows now. `person`: whoever looks is no machine that only previews links, so the desk is told. Raises NotFound."""
    row, case = _found(work, secret)
    if why := _over(work, row, case):
        return Over(*_OVER[why])
    if person and row.opened_at is None:
        row.opened_at = work.now
        work.tell("outside:opened", case.id, ask=row.id)
    unit, ref = work.ref.units[row.unit_id], work.ref
    guarded = consulting.guarded(case)  # asked openly and protected since: only the officer's words are left
    place = ", ".join(one for one in ("" if guarded else row.place, ref.region_name(case.region)) if one)
    return Open(
        unit.name, row.helper, row.words, ref.category_name(case.category), place,
        "" if guarded else row.report or "", 0 if guarded else len(row.shown), promises.moment_words(row.due_at, ref.calendar),
    )  # fmt: skip


def photo(work: Work, secret: str, place: int) -> showing.OpenFile:
    """The `place`th photo (from 1) that the officer ticked. Raises NotFound, in the same words whatever is wrong."""
    row, case = _found(work, secret)
    if _over(work, row, case) or consulting.guarded(case) or not 1 <= place <= len(row.shown):
        raise NotFound()
    file = work.session.get(File, row.shown[place - 1])
    if file is None or file.case_id != case.id or file.state != KEPT or not file.path:
        raise NotFound()
    return showing.kept(work, file.path, file.mime or "", f"foto-{place}")


def answer(work: Work, secret: str, said: str, words: str, photos: Sequence[attachments.Outcome] = ()) -> None:
    """The helper answers by the page. A second time changes nothing. Raises NotFound, BadInput, SealedDoor. Nothing is committed."""
    row, case = _locked(work, _found(work, secret)[0])
    if _over(work, row, case):
        return  # the page says why
    if said not in BY_PAGE:
        raise BadInput("said", "Pilih salah satu jawaban.")
    chosen = Answer(said)
    if chosen in _NO_WORDS and not words.strip():
        raise BadInput("words", _NO_WORDS[chosen])
    if len(words) > LONGEST:
        raise BadInput("words", f"Jawabannya terlalu panjang: paling banyak {LONGEST} huruf.")
    if work.ref.tells_violation(words):
        raise SealedDoor(safe_way(work))
    if len(photos) > work.ref.outside.photos:
        raise BadInput("foto", f"Paling banyak {work.ref.outside.photos} foto.")
    if unwelcome := next((one for one in photos if not one.path or not (one.mime or "").startswith("image/")), None):
        raise BadInput("foto", unwelcome.note or "Berkas ini bukan foto.")
    kept = [{"path": one.path, "mime": one.mime, "sha256": one.sha256, "size": one.size} for one in photos]
    _settle(work, row, case, chosen, words, "link", kept)


def _locked(work: Work, row: OutsideAsk) -> tuple[OutsideAsk, Case]:
    """The case before its ask, as the round does that tells of an end."""
    case = work.session.get_one(Case, row.case_id, with_for_update=True, populate_existing=True)
    return work.session.get_one(OutsideAsk, row.id, with_for_update=True, populate_existing=True), case


def _settle(work: Work, row: OutsideAsk, case: Case, said: Answer, words: str, road: str, photos: list[Any]) -> None:
    """The answer is the desk's to judge: the case asks for attention, and nothing else of it changes."""
    row.answered_at, row.answered_by, row.answer, row.answer_words, row.photos = work.now, road, said, words.strip() or None, photos
    consulting.unsay(work, row)
    case.attention = case.attention or consulting.OUTSIDE
    work.tell("outside:answered", case.id, ask=row.id, answer=said, by=road, photos=len(photos))


def answered(work: Work, met: Met, channel: str, text: str, heard: Understanding) -> Named | None:
    """The ask that this sender answers by writing back; None for everything that a citizen writes."""
    if met.new or channel not in ROADS:
        return None
    return _coded(work, met, text) or _meant(work, met, text, heard)


def _coded(work: Work, met: Met, text: str) -> Named | None:
    """An ask of this very sender that their message names first ("B123 sudah ditambal"), open or over. Asked of the database only
    for a message that begins like that."""
    named = outside.coded(text)
    if named is None or named[0] >= 2**31:
        return None
    row = work.session.execute(select(OutsideAsk.id).where(OutsideAsk.id == named[0], OutsideAsk.contact_id == met.id)).scalar()
    return Named(row, outside.said(named[1]) or Answer.WORDS, named[1]) if row is not None else None


def _meant(work: Work, met: Met, text: str, heard: Understanding) -> Named | None:
    """SUDAH, BELUM or BUKAN from somebody with exactly one open ask, when it answers nothing that we asked them as a citizen."""
    said = outside.said(text)
    if said is None or heard.explicit or heard.ticket or heard.meaning not in (Meaning.NEW, Meaning.COURTESY):
        return None
    mine = select(OutsideAsk.id).where(OutsideAsk.contact_id == met.id, WAITS, OutsideAsk.due_at >= work.now)
    found = work.session.scalars(mine.limit(2)).all()
    return Named(found[0], said, text.strip()) if len(found) == 1 else None


def written(work: Work, sender: int, named: Named, files_: int) -> None:
    """An answer that came by SMS or mail. Files cannot be tied to an ask on these ways, so the desk is told that there were some."""
    contact = work.session.get_one(Contact, sender)
    contact.opted_out_at = None  # who writes to us again wants an answer
    row, case = _locked(work, work.session.get_one(OutsideAsk, named.id))
    told = consulting.facts(work, row)
    if _over(work, row, case):
        if not brakes.talkative(work, contact.id):
            notices.say(work, contact, "outside_over", **told)
        return
    words = named.words[:LONGEST] + (f"\n({files_} berkas ikut dikirim; minta lewat tautannya.)" if files_ else "")
    _settle(work, row, case, named.answer, words, contact.channel, [])
    notices.say(work, contact, "outside_thanks", **told)
