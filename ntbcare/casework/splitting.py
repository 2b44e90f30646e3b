"""Several matters in one report: the reader proposes, an officer agrees, and each becomes a case of its own of the same reporter."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy import select

from ntbcare.casework import asking, intake, lookup, moves, notices, showing, triage, ways
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import BadInput, LostRace, NoSuchMove, NotAllowed
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN
from ntbcare.records import cases, messages
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message
from ntbcare.records.readings import Reading
from ntbcare.records.work import Work


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a report; `number` counts from 1. One of them `stays` with the report, the others may become their own."""

    number: int
    words: str
    topic: str
    stays: bool
    code: str


class Related(NamedTuple):
    """A case that came from the same report. `origin`: it is the report itself; `readable`: this actor may open it on the desk."""

    ticket: str
    ticket_pretty: str
    title: str
    origin: bool
    readable: bool


def proposal(work: Work, case: Case) -> list[Part]:
    """The matters that the reader found in an open case that was not split yet, for whoever may split it; [] otherwise."""
    if not permissions.may(work.actor, "split", moves.standing(work, case)) or case.state not in OPEN:
        return []
    found = _parts(work, case)
    return [] if found and _made(work, case) else found


def _parts(work: Work, case: Case) -> list[Part]:
    """What was read, as far as it still fits the words. With the report stays the part whose topic it has now, else the first."""
    with work.session.no_autoflush:
        reading = work.session.get(Reading, case.id)
    rows = [(case.text[start:end].strip(), str(code)) for (start, end, code) in (reading.split if reading else ()) if end <= len(case.text)]
    if len(rows) < 2 or reading is None or len(rows) != len(reading.split) or not all(words for words, _ in rows):
        return []
    topic = (case.category or "").partition(".")[0]
    stays = next((number for number, (_, code) in enumerate(rows, 1) if code.partition(".")[0] == topic), 1)
    name = work.ref.category_name
    return [Part(number, words, name(code), number == stays, code) for number, (words, code) in enumerate(rows, 1)]


def split(work: Work, case: Case, numbers: list[int]) -> list[str]:
    """Make a case of its own of each chosen part; the words of the report itself never change. Returns the new tickets.

    Of two officers who press at once the second finds it done: the row is locked, and each part has a key of its own.
    Raises NotAllowed, NoSuchMove, BadInput, LostRace.
    """
    if not permissions.may(work.actor, "split", moves.standing(work, case)):
        raise NotAllowed(subject="split")
    work.session.refresh(case, with_for_update=True)
    there = {part.number: part for part in _parts(work, case)}
    wanted = sorted({number for number in numbers if number in there and not there[number].stays})
    if not wanted:
        raise BadInput("part", "Pilih dulu hal yang dicatat tersendiri.")
    made = _made(work, case)
    if made:
        if not set(wanted) <= set(made):
            raise LostRace("Laporan ini baru saja dipisah oleh orang lain. Muat ulang halaman, lalu periksa.", subject=case.ticket)
        return [made[number] for number in wanted]
    if case.state not in OPEN:
        raise NoSuchMove("Laporan ini sudah ditutup, jadi tidak dipisah lagi.", subject=case.ticket)
    done = [_take(work, case, there[number]) for number in wanted]
    if case.category is None and len(wanted) == len(there) - 1:  # what is left tells of one thing, so the rules can name a unit for it
        case.category = next(part.code for part in there.values() if part.stays)
        ways.route_again(work, case)
    work.tell("case:split", case.id, words=", ".join(map(tickets.pretty, done)), by_name=work.actor.name)
    return done


def _key(work: Work, case: Case, number: int | str) -> str:
    """The name under which the words of a part are stored. Citizens choose names too (form token, Idempotency-Key): nobody may guess
    this one and take it first."""
    mark = hmac.new(work.house.pin_key, f"split {case.id}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"split:{mark}:{number}"


def _made(work: Work, case: Case) -> dict[int, str]:
    """Number of the part → ticket of what was split off this case before."""
    query = select(Message.external_id, Case.ticket).join(Case, Case.id == Message.case_id).where(Case.split_from == case.id)
    mine = query.where(Message.external_id.startswith(_key(work, case, "")))
    return {int(row.external_id.rpartition(":")[2]): row.ticket for row in work.session.execute(mine)}


def _take(work: Work, case: Case, part: Part) -> str:
    """A part becomes a case: who told it, how they are answered and what protects them are those of the report, and so is the day it came.

    Its place is the report's too, unless its own words surely name another one.
    """
    near = work.ref.gazetteer.find(part.words)
    sure = near.code is not None and near.confidence >= triage.SURE_OF_PLACE
    elsewhere = sure and case.channel in triage.SPOKEN and not _related(near.code or "", case.region or near.code or "")
    who = cases.reporter(work.session, case.id)
    given = None if elsewhere else case
    filing = intake.Filing(
        channel=case.channel, key=_key(work, case, part.number), text=part.words, kind=Kind(case.kind),
        region=work.ref.region_now(given.region) if given else None, place=given.place if given else None,
        lat=given.lat if given else None, lon=given.lon if given else None,
        name=who.name if who else None, phone=who.phone if who else None, email=who.email if who else None,
        anonymous=case.anonymous, confidential=case.confidential, contact=case.contact_id,
        ref=messages.last_letter(work.session, case.id, case.channel) if case.channel == "email" else None,
    )  # fmt: skip
    with intake.in_their_name(work):
        filed = intake.take(work, filing)
    new = work.session.get_one(Case, filed.case_id)
    new.split_from, new.received_at, new.question = case.id, case.received_at, asking.ANSWERED  # an officer is reading: nothing is asked
    new.place_because = f"Seperti laporan asalnya: {work.ref.region_name(case.region)}." if given and case.region else None
    work.tell("case:split_off", new.id, words=tickets.pretty(case.ticket), by_name=work.actor.name)
    notices.owe(work, new, "split_off", other=tickets.pretty(case.ticket))
    return new.ticket


def _related(one: str, other: str) -> bool:
    """Is one region the other, or in it?"""
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")


class Line(Protocol):
    """A line of the story of a case, as casework.lookup and casework.casefile tell it."""

    @property
    def what(self) -> str: ...


def related(work: Work, case: Case, story: Sequence[Line]) -> list[Related]:
    """The report this case was split from, and what was split off it, oldest first. Asks nothing where the story tells of no splitting."""
    if case.split_from is None and all(line.what != lookup.TOLD["case:split"][0] for line in story):
        return []
    query = select(Case).where((Case.split_from == case.id) | (Case.id == (case.split_from or 0))).order_by(Case.id)
    return [
        Related(row.ticket, tickets.pretty(row.ticket), row.title or row.text[:90], row.id == case.split_from, showing.may_read(work, row))
        for row in work.session.scalars(query)
    ]
