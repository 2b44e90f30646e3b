"""What the desk sees of those asked outside: to whom, until when, how it stands, the answer with its photos, and the form to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from ntbcare.casework import consulting, showing
from ntbcare.domain import clock as promises
from ntbcare.domain import outside
from ntbcare.domain.errors import NotFound
from ntbcare.domain.lifecycle import OPEN
from ntbcare.domain.outside import Answer
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.files import KEPT
from ntbcare.records.messages import Notice
from ntbcare.records.outside import OutsideAsk
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

_MOST = 50  # asks on a page
_OVER = {"revoked": ("ditarik kembali", "done"), "late": ("waktunya lewat", "late"), "ended": ("laporannya selesai", "done")}
_SENT = {
    "waiting": "pesannya menunggu dikirim", "sent": "pesannya terkirim", "delivered": "pesannya sampai",
    "failed": "pesannya gagal terkirim; sampaikan tautannya dengan cara lain", "no_road": "pesannya tidak dikirim",
    "held": "pesannya menunggu dikirim",
}  # fmt: skip


class AskLine(NamedTuple):
    """One ask as the desk reads it. `link`: the address to hand over, "" once it is over; `photos`: how many came with the answer."""

    id: int
    code: str
    helper: str
    how: str
    asked_text: str
    by: str
    words: str
    until_text: str
    opened_text: str
    reminded_text: str
    label: str
    tone: str
    answered_text: str
    answer: str
    answer_words: str
    photos: int
    link: str
    may_remind: bool
    may_use: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What the form to ask somebody offers: ways to reach them, the usual and the longest time in working days, the report as they
    would read it ("" where it stays here) and the photos that may be ticked."""

    roads: list[tuple[str, str]]
    days: int
    most_days: int
    report: str
    place: str
    guarded: bool
    photos: list[showing.FileLine]


class Part(NamedTuple):
    """The part of the case page; `form` None where nobody may be asked now."""

    lines: list[AskLine]
    form: Form | None


NOTHING = Part([], None)


def part(work: Work, case: Case, reporter: Mapping[str, str | None] | None, shots: Sequence[showing.FileLine], *, asked: bool) -> Part:
    """For who deals with the people outside; nothing for anybody else. One statement where somebody was asked, none else."""
    if not consulting.may_ask(work, case):
        return NOTHING
    lines = _lines(work, case) if asked else []
    if consulting.refusal(work, case):
        return Part(lines, None)
    guarded, manners = consulting.guarded(case), work.ref.outside
    pictures = [one for one in shots if one.kind == "image" and one.state == KEPT and not guarded]
    told = consulting.seen(work, case, reporter)
    return Part(lines, Form(consulting.roads(work), manners.days, manners.most_days, told.report, told.place, guarded, pictures))


def _lines(work: Work, case: Case) -> list[AskLine]:
    query = select(OutsideAsk, Notice.state, Contact.address).outerjoin(Notice, Notice.id == OutsideAsk.notice_id)
    query = query.outerjoin(Contact, Contact.id == OutsideAsk.contact_id).where(OutsideAsk.case_id == case.id)
    found = work.session.execute(query.order_by(OutsideAsk.id.desc()).limit(_MOST)).all()
    return [_line(work, case, row, sent, address) for row, sent, address in found]


def _line(work: Work, case: Case, row: OutsideAsk, sent: str | None, address: str | None) -> AskLine:
    calendar, why = work.ref.calendar, consulting.over(case, row, work.now)
    how = {"sms": f"SMS ke {address}", "email": f"e-mail ke {address}", "link": "tautan disampaikan sendiri"}[row.road]
    if sent and not why:
        how = f"{how}; {_SENT.get(sent, sent)}"
    answer = outside.ANSWER_LABELS[Answer(row.answer)].removesuffix(", karena…") if row.answer else ""
    label, tone = ("sudah dijawab", "done") if why == "answered" else _OVER.get(why, ("menunggu jawaban", "waiting"))

    def at(moment: object) -> str:
        return promises.short_moment(moment, calendar) if moment else ""  # type: ignore[arg-type]

    return AskLine(
        row.id, outside.code(row.id), row.helper, how, at(row.asked_at), row.asked_by_name, row.words, at(row.due_at), at(row.opened_at),
        at(row.reminded_at), label, tone, at(row.answered_at), answer, row.answer_words or "", len(row.photos),
        link="" if why else f"{work.house.public_url}/b/{consulting.secret(work, row)}",
        may_remind=not why and row.contact_id is not None, may_use=bool(row.answer_words) and case.state in OPEN,
    )  # fmt: skip


def _answered(work: Work, number: int) -> tuple[OutsideAsk, Case]:
    """An ask and its case, for who deals with the people outside about it. Raises NotFound in the same words whatever is wrong."""
    row = work.session.get(OutsideAsk, number) if number < 2**31 else None
    case = cases.get(work.session, row.case_id) if row is not None else None
    if row is None or case is None or not showing.may_read(work, case) or not consulting.may_ask(work, case):
        raise NotFound()
    return row, case


def words_of(work: Work, case: Case, number: int) -> str:
    """What somebody outside answered about this case, to begin one's own answer with. Raises NotFound."""
    row, about = _answered(work, number)
    if about.id != case.id or not row.answer_words:
        raise NotFound()
    return row.answer_words


def open_photo(work: Work, number: int, place: int) -> showing.OpenFile:
    """The `place`th photo (from 1) of an answer. Raises NotFound."""
    row, case = _answered(work, number)
    if not 1 <= place <= len(row.photos):
        raise NotFound()
    photo = row.photos[place - 1]
    return showing.kept(work, photo["path"], photo["mime"], f"{case.ticket}-{outside.code(row.id)}-{place}")
