"""Bells: what the ladder told one officer, and the answers to it; the one place from which any road to officers takes its words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from ntbcare.casework import moves, rungs
from ntbcare.domain import clock as promises
from ntbcare.domain import ladder, permissions, tickets
from ntbcare.domain.errors import BadInput, NoSuchMove, NotAllowed, NotFound, TooLate, WordsRequired
from ntbcare.domain.kinds import Kind
from ntbcare.domain.ladder import LEVELS
from ntbcare.domain.permissions import Actor, Standing
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.ladder import Bell, Rung
from ntbcare.records.people import Account
from ntbcare.records.work import Work

MOST_SHOWN = 100
LONGEST_REASON = 500  # letters
_NEXT = {
    "unit": "Jawab pelapor, atau kabari apa yang sedang dikerjakan dan kapan selesai.",
    "coordinator": "Baca laporannya dan teruskan ke unit yang menangani.",
    "phone": "Telepon unitnya sekarang; jangan menunggu mereka membuka antrean.",
    "head": "Pastikan ada petugas yang mengerjakannya hari ini.",
    "checker_head": "Pastikan hasilnya diperiksa hari ini.",
    "kominfo_head": "Pastikan koordinator membaca dan meneruskannya hari ini.",
    "ppid": "Pastikan permohonan informasinya dijawab hari ini.",
    "sekda": "Minta kepala unitnya menjelaskan dan menetapkan kapan selesai.",
    "leader": "Minta penjelasan sekretaris daerah; pelapor masih menunggu.",
}
_PART = "Kerjakan bagian unit Anda, atau kembalikan bila bukan urusan Anda."


class Until(NamedTuple):
    """One choice of how long to put a bell off: working days from now, and the moment that is."""

    days: int
    words: str


class BellLine(NamedTuple):
    """One bell as its officer reads it; `state`: open, taken, snoozed or over. `readable`: this officer may open the case."""

    id: int
    ticket: str
    ticket_pretty: str
    level: str
    words: str
    todo: str
    when: str
    state: str
    note: str
    unread: bool
    readable: bool
    untils: list[Until]


class RungLine(NamedTuple):
    """One rung on the page of a case: who was told when, and what they said."""

    level: str
    unit: str
    because: str
    told: str
    names: str
    note: str
    over: bool


def words(work: Work, case: Case, row: Clock, level: str) -> str:
    """What a bell says, wherever it is read: ticket, topic, place, which promise, since when, what to do. Nothing of the citizen's.

    Of a rahasia case, of a tip, and of a topic with readers of its own, not even topic and place.
    """
    promise, calendar = work.ref.promise_of(row.rule_id), work.ref.calendar
    moment = promises.moment_words(row.due_at, calendar)
    stands = f"sudah lewat sejak {moment}" if row.due_at < work.now else f"belum ditepati; batasnya {moment}"
    label = promise.label.replace("Kami ", "kami ", 1) if promise.label.startswith("Kami ") else promise.label
    unit = work.ref.units.get(row.unit_id or case.unit_id or case.desk_id)
    desk = "" if hidden(work, case) else f"Sekarang di meja {unit.name if unit else 'koordinator'}. "  # the desk tells topic and place
    return f"{about(work, case)}: janji “{label}” {stands}. {desk}{_todo(row, level)}"


def _todo(row: Clock, level: str) -> str:
    return _PART if row.unit_id and level == "unit" else _NEXT[level]


def hidden(work: Work, case: Any) -> bool:
    """Is not even topic and place of a case (or a row with its columns) for everybody who hears of it?"""
    category = work.ref.categories.get(case.category or "")
    return case.confidential or case.kind == Kind.TIP or (category is not None and category.sealed != "no")


def about(work: Work, case: Any) -> str:
    """Which case (or row with its columns): its number, and topic and place where these may be known."""
    category = work.ref.categories.get(case.category or "")
    number = tickets.pretty(case.ticket)
    if hidden(work, case):
        return f"Laporan rahasia {number}"
    named = [category.name if category else "topik belum dipilah", work.ref.region_name(case.region) or "tempat belum diketahui"]
    return f"Laporan {number} ({', '.join(named)})"


def mine(work: Work) -> list[BellLine]:
    """The bells of this officer, those that wait for an answer first, then the newest. One statement, and one where cases need helpers."""
    taken = select(Account.name).where(Account.id == Rung.acknowledged_by).scalar_subquery()
    query = (
        select(Bell, Rung, Clock, Case, taken)
        .join(Rung, Rung.id == Bell.rung_id)
        .join(Clock, Clock.id == Rung.clock_id)
        .join(Case, Case.id == Bell.case_id)
    )
    rows = work.session.execute(
        query.where(Bell.account_id == work.actor.id, _not_about(work.actor))
        .order_by(Bell.read_at.is_not(None), Bell.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_line(work, *row) for row in rows]


def _not_about(actor: Actor) -> ColumnElement[bool]:
    """Not what accuses the people of this officer's unit, also where it came to light after the bell was rung."""
    return Case.accused.is_(None) | ~Case.accused.contains([actor.unit_id or 0])


def _line(work: Work, bell: Bell, rung: Rung, row: Clock, case: Case, taken_by: str | None) -> BellLine:
    state, note = _state(work, rung, taken_by)
    said = words(work, case, row, rung.level) if hidden(work, case) else bell.words  # it may have become so after the bell was rung
    todo = _todo(row, rung.level)
    return BellLine(
        bell.id, case.ticket, tickets.pretty(case.ticket), LEVELS[rung.level], said.removesuffix(todo).strip(), todo if state in ("open", "snoozed") else "",
        promises.short_moment(bell.rung_at, work.ref.calendar), state, note, bell.read_at is None, readable(work, work.actor, case),
        _untils(work, case, rung, row) if state == "open" else [],
    )  # fmt: skip


def readable(work: Work, actor: Actor, case: Case) -> bool:
    """May this person open the case a bell is about?"""
    verbs = ("case.read", "tip.read") if case.kind == Kind.TIP else ("case.read",)
    return all(permissions.may(actor, verb, moves.standing(work, case)) for verb in verbs)


def _state(work: Work, rung: Rung, taken_by: str | None) -> tuple[str, str]:
    moment = lambda at: promises.short_moment(at, work.ref.calendar)  # noqa: E731
    if rung.acknowledged_at is not None:
        return ("over" if rung.ended_at else "taken"), f"Ditangani {taken_by or 'rekan'}, {moment(rung.acknowledged_at)}."
    if rung.ended_at is not None:
        return "over", f"Sudah selesai, {moment(rung.ended_at)}."
    if rung.snoozed_until is not None:
        after = "Sesudah itu naik bila belum ditangani." if rung.snoozed_until > work.now else "Waktu itu sudah lewat."
        return "snoozed", f"Ditunda sampai {moment(rung.snoozed_until)}: {rung.snooze_reason} {after}"
    return "open", "Belum ditangani."


def _untils(work: Work, case: Case, rung: Rung, row: Clock) -> list[Until]:
    """The choices for putting a bell off; the last one ends no later than the next step of the rule."""
    calendar, _ = rungs.desk_time(work, work.ref.units[rung.unit_id or case.desk_id])
    manners = work.ref.climbing.manners
    latest = ladder.snooze_limit(work.now, calendar, manners, rungs.steps(work, case, row))
    found: dict[datetime, Until] = {}
    for days in range(1, manners.snooze_days + 1):
        end = min(latest, calendar.end_of_day(calendar.add_working_days(calendar.local_date(work.now), days)))
        found.setdefault(end, Until(days, promises.moment_words(end, calendar)))
    return list(found.values())


def acknowledge(work: Work, bell_id: int) -> None:
    """ "I have it in hand": this level does not climb for want of an answer. Raises NotFound, NotAllowed, NoSuchMove."""
    bell, rung, row, case = _open(work, bell_id)
    rung.acknowledged_at, rung.acknowledged_by = work.now, work.actor.id
    _answered(work, rung, row)
    work.tell("ladder:acknowledged", case.id, level=rung.level, clock=row.clock, bell=bell.id, by_name=work.actor.name)


def snooze(work: Work, bell_id: int, days: int, reason: str) -> None:
    """Put a level off once, with a reason, for some working days. Raises NotFound, NotAllowed, NoSuchMove, TooLate, WordsRequired, BadInput."""
    bell, rung, row, case = _open(work, bell_id)
    if rung.snoozed_until is not None:
        raise TooLate("Kabar ini sudah pernah ditunda. Tangani, atau biarkan naik ke atasan.", subject=case.ticket)
    if not reason.strip():
        raise WordsRequired("Tulis mengapa ditunda: yang di atas Anda akan membacanya.", field="reason")
    manners = work.ref.climbing.manners
    if not 1 <= days <= manners.snooze_days:
        raise BadInput("days", f"Pilih sampai kapan, paling lama {manners.snooze_days} hari kerja.")
    calendar, _ = rungs.desk_time(work, work.ref.units[rung.unit_id or case.desk_id])
    latest = ladder.snooze_limit(work.now, calendar, manners, rungs.steps(work, case, row))
    end = calendar.end_of_day(calendar.add_working_days(calendar.local_date(work.now), days))
    rung.snoozed_until, rung.snooze_reason = min(latest, end), reason
    _answered(work, rung, row)
    work.tell("ladder:snoozed", case.id, level=rung.level, clock=row.clock, bell=bell.id, until=rung.snoozed_until, reason=reason,
              by_name=work.actor.name)  # fmt: skip


def _answered(work: Work, rung: Rung, row: Clock) -> None:
    rungs.put_away(work, [rung.id])
    rungs.look_again(row)


def _open(work: Work, bell_id: int) -> tuple[Bell, Rung, Clock, Case]:
    """A bell of this officer that still waits for an answer, with the case's row held, so that two who answer meet here."""
    bell = work.session.get(Bell, bell_id)
    if bell is None or bell.account_id != work.actor.id or bell.case_id is None or bell.rung_id is None:
        raise NotFound()
    if not permissions.may(work.actor, "bell.answer", Standing(told=True)):
        raise NotAllowed(subject="bell.answer")
    case = work.session.scalars(select(Case).where(Case.id == bell.case_id).with_for_update(key_share=True)).one()
    if work.actor.unit_id in (case.accused or ()):
        raise NotFound()
    rung = work.session.get_one(Rung, bell.rung_id)
    row = work.session.get_one(Clock, rung.clock_id)
    if rung.ended_at is not None:
        raise NoSuchMove("Janji ini sudah ditepati atau berakhir; tidak ada yang perlu ditangani lagi.", subject=case.ticket)
    if rung.acknowledged_at is not None:
        by = work.session.get(Account, rung.acknowledged_by) if rung.acknowledged_by else None
        raise NoSuchMove(f"Sudah ditangani {by.name if by else 'rekan Anda'}.", subject=case.ticket)
    return bell, rung, row, case


def climbed(work: Work, case: Case, *, wordless: bool) -> list[RungLine]:
    """The rungs of a case, oldest first, in one statement. `wordless`: reasons stay hidden."""
    told = (
        select(func.string_agg(Account.name, ", "))
        .select_from(Bell)
        .join(Account, Account.id == Bell.account_id)
        .where(Bell.rung_id == Rung.id)
    )
    taken = select(Account.name).where(Account.id == Rung.acknowledged_by).scalar_subquery()
    query = select(Rung, Clock.rule_id, told.scalar_subquery(), taken).join(Clock, Clock.id == Rung.clock_id).where(Rung.case_id == case.id)
    return [_rung(work, *row, wordless=wordless) for row in work.session.execute(query.order_by(Rung.id))]


def _rung(work: Work, rung: Rung, rule: int, names: str | None, taken_by: str | None, *, wordless: bool) -> RungLine:
    unit = work.ref.units.get(rung.unit_id or 0)
    calendar = work.ref.calendar
    _, note = _state(work, rung, taken_by)
    if rung.snoozed_until is not None and rung.acknowledged_at is None and wordless:
        note = f"Ditunda sampai {promises.short_moment(rung.snoozed_until, calendar)}."
    told = (
        f"Diberi tahu {promises.short_moment(rung.told_at, calendar)}"
        if rung.told_at
        else f"Diberi tahu mulai {promises.short_moment(rung.ring_at, calendar)}, pada jam kerja"
    )
    because = work.ref.promise_of(rule).label
    return RungLine(LEVELS[rung.level].capitalize(), unit.name if unit else "", because, told, names or "", note, rung.ended_at is not None)
