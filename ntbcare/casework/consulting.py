"""Asking somebody outside the government about a case (a village head, a contractor): asked, reminded, taken back, told when over.

Asking outside pauses no clock, changes no status and tells the citizen nothing: what comes back is for the desk to judge.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from ntbcare import sanitise
from ntbcare.casework import notices
from ntbcare.domain import clock as promises
from ntbcare.domain import office, outside, permissions
from ntbcare.domain.errors import BadInput, NoSuchMove, NotAllowed, NotFound, WordsRequired
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.reading import masks
from ntbcare.records import cases, files
from ntbcare.records.cases import Case
from ntbcare.records.files import KEPT
from ntbcare.records.messages import Notice
from ntbcare.records.outside import WAITS, OutsideAsk
from ntbcare.records.people import Contact, meet
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work
from ntbcare.wording import LINK_MARK

OUTSIDE = "outside"  # why a case asks for attention: somebody outside answered, or let the time pass
LONGEST = 1000  # letters of what is asked
_MAILBOX = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,180}\.[A-Za-z]{2,}")
_AGAIN = timedelta(hours=20)  # somebody is reminded by hand once a day
_PERSONAL = "Tulisan ini memuat nomor telepon, NIK, e-mail, plat, atau rekening. Hapus dulu: yang ditanya menjawab lewat tautannya."
_REPORTER = "Tulisan ini menyebut pelapor. Hapus dulu: yang ditanya di luar tidak boleh tahu siapa yang melapor."


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer filled in: who is asked, by which road and where, what (`report`: beside the report's words), within how many
    working days (None = the usual number), and which photos (ids) they may see."""

    helper: str
    road: str
    address: str = ""
    words: str = ""
    days: int | None = None
    report: bool = False
    photos: tuple[int, ...] = ()


class Seen(NamedTuple):
    """Somebody's report as a person outside may read it; both "" where only the officer's own words may leave."""

    report: str
    place: str


def may_ask(work: Work, case: Case) -> bool:
    """Does this actor deal with the people outside about this case?"""
    unit = work.ref.units.get(case.unit_id or 0)
    where = permissions.Standing(units=unit.line if unit else (), region=case.region)
    return bool(work.actor.id) and permissions.may(work.actor, "outside.ask", where)


def sealed(work: Work, case: Case) -> bool:
    """Is this a case that nobody outside may hear of: a tip, or a topic with readers of its own?"""
    topic = work.ref.categories.get(case.category or "")
    above = work.ref.categories.get(topic.parent or "") if topic else None
    return case.kind == Kind.TIP or any(one is not None and one.sealed != "no" for one in (topic, above))


def refusal(work: Work, case: Case) -> str:
    """Why nobody outside can be asked about this case now; "" where they can."""
    if sealed(work, case):
        return "Laporan jenis ini tidak boleh ditanyakan ke luar."
    if case.state not in OPEN or case.state == State.RESPONDED:
        return "Laporan ini sudah dijawab atau selesai; tidak ada yang perlu ditanyakan ke luar."
    return ""


def guarded(case: Case) -> bool:
    """Must the report's own words and photos stay here? Anonim and rahasia: only what the officer writes leaves."""
    return case.anonymous or case.confidential


def seen(work: Work, case: Case, reporter: Mapping[str, str | None] | None) -> Seen:
    """The report without personal data and without the reporter's name, as far as machines find them: the officer looks at it, too."""
    if guarded(case):
        return Seen("", "")
    name = (reporter or {}).get("name")
    return Seen(*(outside.nameless(masks.mask(text or ""), name) for text in (case.text_edited or case.text, case.place)))


def roads(work: Work) -> list[tuple[str, str]]:
    """How somebody can be asked in this house, with words for a list."""
    labels = {"sms": "SMS ke nomor HP", "email": "E-mail", "link": "Saya salin tautannya sendiri"}
    return [(road, labels[road]) for road in outside.ROADS if road == "link" or work.house.gateways.get(road)]


def ask(work: Work, case: Case, given: Given) -> OutsideAsk:
    """Ask somebody outside. Raises NotAllowed, NoSuchMove, WordsRequired, BadInput. Nothing is committed."""
    if not may_ask(work, case):
        raise NotAllowed(subject="outside.ask")
    if why := refusal(work, case):
        raise NoSuchMove(why, subject=case.ticket)
    manners, who = work.ref.outside, cases.reporter(work.session, case.id)
    known = {"name": who.name, "phone": who.phone, "email": who.email} if who and not case.anonymous else {}
    _check(work, case, given, known)
    contact = _contact(work, given, known)
    unit = work.ref.units[work.actor.unit_id or 0]
    days = manners.days if given.days is None else given.days
    due_at, remind_at = _moments(work, case, unit, days)
    salt = secrets.token_bytes(16)
    told = seen(work, case, known) if given.report else Seen("", "")
    row = OutsideAsk(
        case_id=case.id, unit_id=unit.id, helper=given.helper, road=given.road, contact_id=contact.id if contact else None,
        words=given.words.strip(), report=told.report or None, place=told.place or None, shown=_photos(work, case, given.photos), salt=salt,
        token_hash=outside.digest(outside.token(work.house.pin_key, salt)), asked_by=work.actor.id, asked_by_name=work.actor.name,
        asked_at=work.now, due_at=due_at, remind_at=remind_at if contact else None,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    if contact is not None:
        notice = notices.say(work, contact, "outside_ask", **facts(work, row))
        if notice.state == "no_road":
            raise BadInput("address", "Alamat ini pernah minta tidak dikirimi pesan. Salin tautannya, lalu sampaikan sendiri.")
        row.notice_id = notice.id
    work.tell("outside:asked", case.id, ask=row.id, road=row.road, due=row.due_at, by_name=work.actor.name)
    return row


def _check(work: Work, case: Case, given: Given, known: Mapping[str, str | None]) -> None:
    manners = work.ref.outside
    if not given.helper:
        raise BadInput("helper", "Tulis siapa yang ditanya, misalnya “Kepala Desa Tente”.")
    if not given.words.strip():
        raise WordsRequired("Tulis dulu apa yang ditanyakan.", field="asked")
    if len(given.words) > LONGEST:
        raise BadInput("asked", f"Pertanyaannya terlalu panjang: paling banyak {LONGEST} huruf.")
    if given.days is not None and not 1 <= given.days <= manners.most_days:
        raise BadInput("days", f"Isi 1 sampai {manners.most_days} hari kerja.")
    for field, text in (("helper", given.helper), ("asked", given.words)):
        if masks.find(text):
            raise BadInput(field, _PERSONAL)
        if outside.names(text, known.get("name")):
            raise BadInput(field, _REPORTER)
    mine = select(func.count()).select_from(OutsideAsk).where(OutsideAsk.case_id == case.id, WAITS, OutsideAsk.due_at > work.now)
    if work.session.execute(mine).scalar_one() >= manners.most_open:
        raise NoSuchMove(f"Sudah {manners.most_open} orang yang belum menjawab. Tarik satu kembali dulu.", subject=case.ticket)


def _contact(work: Work, given: Given, known: Mapping[str, str | None]) -> Contact | None:
    """The helper's address; nobody is asked "outside" about a report of their own."""
    if given.road not in dict(roads(work)):
        raise BadInput("road", "Pilih cara menyampaikannya.")
    if given.road == "link":
        return None
    address = given.address.strip()
    if given.road == "sms":
        address = sanitise.phone(address, field="address")
    elif not _MAILBOX.fullmatch(address):
        raise BadInput("address", "Alamat e-mailnya belum benar. Contoh: kades@desatente.id.")
    if address.lower() in {str(one).lower() for one in (known.get("phone"), known.get("email")) if one}:
        raise BadInput("address", "Ini alamat pelapor. Bertanya kepada pelapor lewat “Tanya pelapor”.")
    return work.session.get_one(Contact, meet(work.session, given.road, address).id)


def _photos(work: Work, case: Case, wanted: tuple[int, ...]) -> list[int]:
    if not wanted or guarded(case):
        return []
    kept = {row.id for row in files.of_case(work.session, case.id) if row.state == KEPT and (row.mime or "").startswith("image/")}
    return [one for one in dict.fromkeys(wanted) if one in kept]


def _moments(work: Work, case: Case, unit: UnitFacts, days: int) -> tuple[datetime, datetime]:
    """(the end of the last working day, when the reminder goes out: in office hours of the unit that asks)."""
    calendar = work.ref.calendar_for(unit, case.region)
    today = calendar.local_date(work.now)
    last = calendar.end_of_day(calendar.add_working_days(today, days))
    morning = calendar.add_working_days(today, max(days - work.ref.outside.remind_days, 1))
    hours = work.ref.climbing.hours(unit.week)
    return last, office.next_open(datetime.combine(morning, time(0), calendar.zone), calendar, hours)


def facts(work: Work, row: OutsideAsk) -> dict[str, Any]:
    """What the words to a helper may use. The link holds a mark: its secret is written in when the words leave (dialling.py)."""
    unit = work.ref.units[row.unit_id]
    return {
        "unit": unit.name, "unit_short": unit.short, "words": row.words, "link": f"{work.house.public_url}/b/{LINK_MARK}",
        "code": outside.code(row.id), "due": promises.short_moment(row.due_at, work.ref.calendar),
        "due_long": promises.moment_words(row.due_at, work.ref.calendar),
    }  # fmt: skip


def secret(work: Work, row: OutsideAsk) -> str:
    """The token of an ask's link."""
    return outside.token(work.house.pin_key, row.salt)


def over(case: Case, row: OutsideAsk, now: datetime) -> str:
    """Why this ask takes no answer any more: answered | revoked | late | ended; "" while it does."""
    for name, holds in (
        ("answered", row.answered_at),
        ("revoked", row.revoked_at),
        ("late", now > row.due_at),
        ("ended", case.state not in OPEN),
    ):
        if holds:
            return name
    return ""


def _mine(work: Work, case: Case, number: int) -> OutsideAsk:
    """An ask of this case for who may deal with it, locked. Raises NotAllowed, NotFound, NoSuchMove where it is over."""
    if not may_ask(work, case):
        raise NotAllowed(subject="outside.ask")
    row = work.session.get(OutsideAsk, number, with_for_update=True, populate_existing=True) if number < 2**31 else None
    if row is None or row.case_id != case.id:
        raise NotFound()
    if over(case, row, work.now):
        raise NoSuchMove("Pertanyaan ini sudah dijawab, ditarik, atau lewat waktunya.", subject=case.ticket)
    return row


def revoke(work: Work, case: Case, number: int) -> None:
    """Take an ask back: its link says so from now on, and words that have not left stay here."""
    row = _mine(work, case, number)
    row.revoked_at = work.now
    unsay(work, row)
    work.tell("outside:revoked", case.id, ask=row.id, by_name=work.actor.name)


def unsay(work: Work, row: OutsideAsk) -> None:
    """What still waits to be sent about this ask is not sent any more."""
    mine = Notice.id.in_([one for one in (row.notice_id, row.reminder_id) if one])
    work.session.execute(update(Notice).where(mine, Notice.state == "waiting", Notice.dialled_at.is_(None)).values(state="no_road"))


def remind(work: Work, case: Case, number: int) -> None:
    """Remind by hand, once a day. Raises NoSuchMove as well where nothing can be sent."""
    row = _mine(work, case, number)
    if row.contact_id is None:
        raise NoSuchMove("Tautan ini Anda sampaikan sendiri; ingatkan orangnya dengan cara yang sama.", subject=case.ticket)
    if row.reminded_at is not None and work.now - row.reminded_at < _AGAIN:
        raise NoSuchMove("Baru saja diingatkan. Tunggu sampai besok.", subject=case.ticket)
    _say_again(work, row)


def _say_again(work: Work, row: OutsideAsk) -> None:
    unsay(work, row)
    row.reminded_at = work.now
    contact = work.session.get_one(Contact, row.contact_id)
    row.reminder_id = notices.say(work, contact, "outside_reminder", **facts(work, row)).id
    work.tell("outside:reminded", row.case_id, ask=row.id)


def due(work: Work, limit: int = 200) -> list[int]:
    """Asks (ids) that are to be reminded of, or whose time is over, the oldest first."""
    late = (OutsideAsk.due_at < work.now) & OutsideAsk.told_at.is_(None)
    ripe = (OutsideAsk.remind_at <= work.now) & OutsideAsk.reminded_at.is_(None)
    found: list[int] = []
    for wanted in (late, ripe):
        found += work.session.scalars(select(OutsideAsk.id).where(wanted, WAITS).order_by(OutsideAsk.due_at).limit(limit)).all()
    return list(dict.fromkeys(found))


def call(work: Work, number: int) -> None:
    """Remind the helper once, in office hours; when the time is over tell the desk once. The case is locked before its ask, as an answer does."""
    row = work.session.get_one(OutsideAsk, number)
    case = work.session.get_one(Case, row.case_id, with_for_update=True, populate_existing=True)
    row = work.session.get_one(OutsideAsk, number, with_for_update=True, populate_existing=True)
    why = over(case, row, work.now)
    if why in ("late", "ended") and row.told_at is None:
        row.told_at, row.remind_at = work.now, None
        unsay(work, row)
        if case.state in OPEN:
            case.attention = case.attention or OUTSIDE
        work.tell("outside:over", case.id, ask=row.id, why=why)
    elif not why and row.remind_at is not None and row.remind_at <= work.now and row.reminded_at is None:
        unit = work.ref.units[row.unit_id]
        calendar = work.ref.calendar_for(unit, case.region)
        row.remind_at = office.next_open(work.now, calendar, work.ref.climbing.hours(unit.week))
        if row.remind_at <= work.now:  # else a round that was missed is made up in the next office hour
            _say_again(work, row)
