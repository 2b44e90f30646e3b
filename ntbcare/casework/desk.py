"""Reading for officers: the queue of a desk, soonest due first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, literal_column, not_, or_, select, true

from ntbcare.casework import forwarding, helping, keeping, lookup, parting
from ntbcare.casework.effects import ACCUSED
from ntbcare.casework.helping import among as _among
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import NotAllowed
from ntbcare.domain.kinds import CHANNEL_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, OPEN, TO_ANSWER, WAITING_FOR_CITIZEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Actor, Role, Scope
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import parts
from ntbcare.records.cases import Case
from ntbcare.records.ladder import unread
from ntbcare.records.readings import CaseUnit
from ntbcare.records.work import Work

PAGE = 50
HIDDEN = "Laporan rahasia"  # what leadership reads instead of the words
COUNT_TO = 999  # a tab says "999+" beyond this: counting every row of a large desk costs more than it tells
_case = Case.__table__.c
# what a row draws: whole cases would be forty columns and every word of fifty letters
DRAWN = (
    _case.id, _case.ticket, _case.title, func.left(_case.text, 90).label("text"), _case.region, _case.category, _case.state, _case.due_at,
    _case.urgency, _case.channel, _case.received_at, _case.because, _case.unit_id, _case.anonymous, _case.confidential, _case.attention,
    _case.question, _case.offered_until, _case.forwarded_to, _case.vulnerable,
)  # fmt: skip
TABS = (
    ("todo", "Perlu dikerjakan"),
    ("waiting", "Menunggu pelapor"),
    ("attention", "Kabar baru"),
    ("forwarded", "Diteruskan"),
    ("all", "Semua yang terbuka"),
    ("helping", "Ikut menangani"),
    ("done", "Sudah ditutup"),
)


def tabs(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The tabs of this person's queue: only a unit helps another, only a coordinator asks elsewhere how it goes on."""
    hidden = set() if permissions.TABLE["queue.read"].get(actor.role) is Scope.UNIT else {"helping"}
    hidden |= set() if permissions.may(actor, "watch_on") else {"forwarded"}
    return tuple(row for row in TABS if row[0] not in hidden)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer wants to see; `late`: past the promised moment; `after` = (due, id) of the last row of the page before."""

    tab: str = "todo"
    state: str = ""
    urgency: str = ""
    category: str = ""
    late: bool = False
    after: tuple[datetime | None, int] | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue."""

    desk_name: str
    tab: str
    counts: dict[str, int]
    rows: list[dict[str, Any]]
    after: tuple[datetime | None, int] | None
    empty_sentence: str
    bells: int = 0
    kept: list[keeping.Kept] = field(default_factory=list)


def queue(work: Work, asked: Asked) -> QueuePage:
    """A desk's open cases, soonest due first. Three statements whatever the size. Raises NotAllowed."""
    if not permissions.may(work.actor, "queue.read"):
        raise NotAllowed(subject="queue.read")
    seat = _seat(work)
    found = work.session.execute(_list(seat, asked), {"now": work.now} if asked.late else {}).all()
    counts = dict(work.session.execute(_counts(seat), {"me": work.actor.id or 0}).mappings().one())
    bells, kept = counts.pop("bells"), keeping.read(counts.pop("kept"))
    rows = [row(work, case) for case in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    unit = work.ref.units.get(work.actor.unit_id or 0)
    return QueuePage(
        desk_name=unit.name if unit else ROLE_LABELS[work.actor.role], tab=asked.tab, counts=counts, bells=bells, kept=kept, rows=rows,
        after=(getattr(last, "first", last.due_at), last.id) if last else None, empty_sentence=_EMPTY.get(asked.tab, "Tidak ada laporan di sini.") if not (asked.state or asked.urgency or asked.category or asked.late) else _NONE_LIKE_THAT,
    )  # fmt: skip


_NONE_LIKE_THAT = "Tidak ada laporan yang cocok dengan saringan ini."
_EMPTY = {
    "todo": "Semua sudah dikerjakan. Laporan baru muncul di sini begitu masuk.",
    "waiting": "Tidak ada laporan yang menunggu jawaban pelapor.",
    "attention": "Tidak ada kabar baru dari pelapor.",
    "all": "Tidak ada laporan yang masih terbuka.",
    "forwarded": "Tidak ada laporan yang sedang ditangani instansi lain.",
    "helping": "Tidak ada laporan unit lain yang ikut Anda tangani.",
    "done": "Belum ada laporan yang ditutup.",
}


class Seat(NamedTuple):
    """Where an actor sits: `scope` of what they may list, their region, the desks that are theirs, and whether tips are for them.

    `asked` = units whose parts are theirs: those desks, and units that ended and left them their work.
    """

    scope: Scope
    region: str
    desks: tuple[int, ...]
    tips: bool
    asked: tuple[int, ...] = ()
    unit: int = 0


def _seat(work: Work) -> Seat:
    """Desks are a unit with everything below it; for a coordinator or a leader only their own."""
    actor = work.actor
    scope = permissions.TABLE["queue.read"][actor.role]
    below = (unit.id for unit in work.ref.units.values() if actor.unit_id in unit.line)
    if scope is not Scope.UNIT:
        return Seat(scope, actor.region or "", (actor.unit_id or 0,), permissions.may(actor, "tip.read"), unit=actor.unit_id or 0)
    asked = (unit for unit in work.ref.units if actor.unit_id in parting.holder(work, unit).line)
    return Seat(scope, actor.region or "", tuple(below), permissions.may(actor, "tip.read"), tuple(asked), actor.unit_id or 0)


def _scope(seat: Seat) -> Any:
    """Rows this actor may list: the permissions table in SQL. A desk never lists what it may not open."""
    if seat.scope is Scope.UNIT:
        return and_(_case.unit_id.in_(seat.desks), _case.kind != Kind.TIP)
    if "." in seat.region:
        return or_(_case.region == seat.region, _case.region.like(seat.region + ".%"))
    return true() if seat.region else false()  # an account without a unit has no region, and reaches nothing


def _tab(seat: Seat, query: Select[Any], tab: str) -> Select[Any]:
    query = query.where(helping.not_about(seat.unit))
    if tab == "todo":  # what lies on my desk: one index, soonest due first
        return query.where(_case.desk_id.in_(seat.desks), _among(TO_ANSWER), true() if seat.tips else _case.kind != Kind.TIP)
    if tab == "helping":  # open cases of others in which my unit has a part; to read
        mine = select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(seat.desks if seat.scope is Scope.UNIT else ()))
        also = or_(_case.id.in_(mine), _case.id.in_(parts.read_by(seat.asked)))
        return query.where(also, _case.kind != Kind.TIP, _among(OPEN))
    query = query.where(_scope(seat))
    if tab == "waiting":
        return query.where(_among(WAITING_FOR_CITIZEN))
    if tab == "attention":
        return query.where(_case.attention.is_not(None))
    if tab == "forwarded":
        return query.where(_case.state == literal_column(f"'{State.FORWARDED}'"))
    if tab == "all":
        return query.where(_among(OPEN))
    return query.where(not_(_among(OPEN)))


def within(work: Work, query: Select[Any], tab: str) -> Select[Any]:
    """A question about cases, kept to those of a tab of this actor's queue. Raises NotAllowed."""
    if not permissions.may(work.actor, "queue.read"):
        raise NotAllowed(subject="queue.read")
    return _tab(_seat(work), query, tab)


def _ordered(query: Select[Any], asked: Asked, by: ColumnElement[Any] = _case.due_at) -> Select[Any]:
    """Keyset paging, soonest due first (`by`): page 100 costs what page 1 costs."""
    if asked.tab in ("done", "attention"):
        if asked.after:
            query = query.where(_case.id < asked.after[1])
        return query.order_by(_case.id.desc())
    if asked.after:
        due, last = asked.after
        if due is None:
            query = query.where(by.is_(None), _case.id > last)
        else:
            query = query.where(or_(by > due, and_(by == due, _case.id > last), by.is_(None)))
    return query.order_by(by, _case.id)


# both statements are made once per seat and question, because making them costs more than running them
@lru_cache(maxsize=512)
def _list(seat: Seat, asked: Asked) -> Select[Any]:
    """One page and the first row of the next. Work that other units asked of this one stands among its own, due when the part is due."""
    most = PAGE + 1
    if asked.tab == "helping" and seat.asked:  # their own parts first
        query, shown, by = helping.first(DRAWN, seat.asked)
        return _ordered(_narrowed(_tab(seat, query, asked.tab), asked, shown), asked, by).limit(most)
    if asked.tab != "todo" or not seat.asked:
        return _ordered(_narrowed(_tab(seat, select(*DRAWN), asked.tab), asked), asked).limit(most)
    theirs, due = helping.asked(DRAWN, seat.asked, seat.desks)
    theirs = theirs.where(helping.not_about(seat.unit))
    own = _ordered(_narrowed(_tab(seat, helping.own(DRAWN), asked.tab), asked), asked)
    return helping.both(own, _ordered(_narrowed(theirs, asked, due), asked, due), most)


def _narrowed(query: Select[Any], asked: Asked, due: ColumnElement[Any] = _case.due_at) -> Select[Any]:
    """What the filters above a queue leave of it."""
    if asked.state:
        query = query.where(_case.state == asked.state)
    if asked.urgency:
        query = query.where(_case.urgency == asked.urgency)
    if asked.category:
        query = query.where(or_(_case.category == asked.category, _case.category.like(asked.category + ".%")))
    if asked.late:
        query = query.where(due < bindparam("now"))
    return query


@lru_cache(maxsize=512)
def _counts(seat: Seat) -> Select[Any]:
    """Bounded counts for the tabs in one statement."""
    counted = []
    for key, _ in TABS[:3]:
        query = _tab(seat, select(_case.id), key)
        query = helping.more(query, seat.asked, seat.desks, COUNT_TO + 1, seat.unit) if key == "todo" and seat.asked else query
        limited = query.limit(COUNT_TO + 1).subquery()
        counted.append(select(func.count()).select_from(limited).scalar_subquery().label(key))
    bells = unread(bindparam("me")).limit(COUNT_TO + 1).subquery()
    counted.append(select(func.count()).select_from(bells).scalar_subquery().label("bells"))
    counted.append(keeping.column().label("kept"))
    return select(*counted)


def _wordless(work: Work, case: Any) -> bool:
    """May this reader see none of the report's words (domain.privacy), and nothing that quotes them?"""
    seen = view(Audience.FIGURES, anonymous=False, confidential=case.confidential, published=False)
    return work.actor.role is Role.LEADER and not seen.words


def row(work: Work, case: Any) -> dict[str, Any]:
    """A case (a row of DRAWN) as one line of a list."""
    unit = work.ref.units.get(case.unit_id or case.forwarded_to or 0)
    tone, hidden = lookup.tone(work, case), _wordless(work, case)
    if unit is not None and unit.id == work.actor.unit_id:
        unit = None  # whose desk it is stands above the list
    return {
        "ticket": case.ticket, "ticket_pretty": tickets.pretty(case.ticket), "title": HIDDEN if hidden else case.title or case.text,
        "place": work.ref.region_name(case.region), "category": work.ref.category_name(case.category),
        "state_label": LABELS[State(case.state)][0], "due_text": _due(work, case, tone), "due_tone": tone,
        "urgency": case.urgency, "urgency_label": URGENCY_LABELS[Urgency(case.urgency)],
        "channel_label": CHANNEL_LABELS.get(case.channel, case.channel), "received_text": _brief(work, case.received_at),
        "because": "" if hidden else case.because or "", "unit_name": unit.short if unit else "", "flags": flags(case),
    }  # fmt: skip


def _due(work: Work, case: Case, tone: str) -> str:
    """The date with a word for its colour: nobody has to see red to know that it is late."""
    if not case.due_at or case.state not in (*OPEN, State.FORWARDED):
        return ""
    return {"late": "Lewat ", "soon": "Segera "}.get(tone, "") + _brief(work, case.due_at)


def _brief(work: Work, moment: datetime) -> str:
    """A moment for fifty rows: without the zone, which the table names once."""
    return short(work, moment).removesuffix(f" {work.ref.calendar.zone_label}")


def flags(case: Any) -> list[str]:
    """What an officer must not overlook."""
    news = {
        "unstaffed": "Belum ada petugas",
        "raised": "Tiga kali dikembalikan",
        forwarding.WATCH: "Waktunya ditanyakan lagi",
        parting.NEWS: "Kabar dari unit lain",
        ACCUSED: "Unitnya dilaporkan",
    }.get(case.attention or "", "Kabar baru")
    asked = (case.question or case.offered_until) and case.state == State.RECEIVED
    return [
        label
        for label, on in (
            ("Bagian unit Anda", getattr(case, "part", False)),
            ("Anonim", case.anonymous),
            ("Rahasia", case.confidential),
            ("Warga rentan", case.vulnerable),
            ("Ditanya", asked),
            (news, case.attention),
        )
        if on
    ]


def short(work: Work, moment: datetime | None) -> str:
    """A moment for a table, "" for none."""
    return promises.short_moment(moment, work.ref.calendar) if moment else ""
