"""What we wait for from one sender, in one statement that every message asks: questions, reactions, ratings, and what ended lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, null, or_, select, union_all
from sqlalchemy import case as case_

from ntbcare.casework import asking, doubting, joining, moves, replies
from ntbcare.domain import conversation
from ntbcare.domain.conversation import Meaning, Understanding, Waiting
from ntbcare.domain.lifecycle import State
from ntbcare.records.cases import Case
from ntbcare.records.polls import Poll
from ntbcare.records.work import Work

_SOON = timedelta(days=14)  # so long after its end "masih rusak" is taken to be about the same, where it names nothing else
_AT_WORK = (State.IN_PROGRESS, State.AWAITING_CHECK)

_case, _poll, _carrier = Case.__table__, Poll.__table__, Case.__table__.alias("carrier")
_asked = asking.waits(_case)
_joined = _carrier.c.id.is_not(None)  # a report that is joined to another is answered and closed with that one
_stands = func.coalesce(_carrier.c.state, _case.c.state)
_polled = _poll.c.id.is_not(None) & (_stands == State.CLOSED)
_here = _case.c.channel == bindparam("channel")  # what was typed into a form with this number did not end in this conversation
_ended = and_(_here, _stands == State.CLOSED, func.coalesce(_carrier.c.closed_at, _case.c.closed_at) > bindparam("lately"))
_again = and_(_here, _case.c.state.in_(_AT_WORK), _case.c.objections + _case.c.reopenings > 0)
_waits = or_(_case.c.state == State.NEEDS_INFO, _stands == State.RESPONDED, _asked, _polled)
_own = (
    select(
        _case.c.id.label("number"), _case.c.ticket, case_((_asked, State.NEEDS_INFO), (_joined, _stands), else_=_case.c.state).label("state"),
        _poll.c.id.label("poll"), _carrier.c.id.label("carrier"), _ended.label("ended"), _again.label("again"), (~_waits).label("idle"),
    )
    .select_from(
        _case.outerjoin(_poll, (_poll.c.case_id == _case.c.id) & (_poll.c.contact_id == _case.c.contact_id) & _poll.c.answered_at.is_(None))
        .outerjoin(_carrier, _carrier.c.id == _case.c.merged_into)
    )
    .where(_case.c.contact_id == bindparam("contact"), or_(_waits, _ended, _again))
    .where(or_(_carrier.c.id.is_(None), _carrier.c.contact_id.is_distinct_from(_case.c.contact_id)))
)  # fmt: skip
_no, _none = literal(False), null()
_theirs = (  # a case of somebody else that they follow, and were asked about
    select(_case.c.id, _case.c.ticket, _case.c.state, _poll.c.id, _none, _no, _no, _no)
    .select_from(_poll.join(_case, _case.c.id == _poll.c.case_id))
    .where(_poll.c.contact_id == bindparam("contact"), _poll.c.answered_at.is_(None), _poll.c.follower)
    .where(_case.c.state == State.CLOSED, _case.c.contact_id.is_distinct_from(bindparam("contact")))
)
_both = union_all(_own, _theirs).subquery()
_WAITS = select(_both).order_by(_both.c.idle, _both.c.number.desc()).limit(20)  # made once: every SMS asks this


def waits(work: Work, contact: int, channel: str, text: str) -> Waiting:
    """Open questions, reactions and ratings of this contact, newest case first; what "1" in `text` may say is the same; and which cases
    ended here so lately that a "not yet" may be about them."""
    given = {"contact": contact, "channel": channel, "since": asking.since(work, text), "lately": work.now - _reach(text)}
    rows = _once(work.session.execute(_WAITS, given).all())
    likes = doubting.offers(work, contact) if conversation.may_answer_offer(text) else ()
    if not rows and not likes:
        return Waiting()
    parked = replies.parked(work, contact) if len(rows) + len(likes) > 1 else ""
    return Waiting(
        questions=_tickets(row for row in rows if row.state == State.NEEDS_INFO),
        reactions=_tickets(row for row in rows if row.state == State.RESPONDED),
        polls=_tickets(row for row in rows if row.state == State.CLOSED and row.poll is not None),
        ended=_tickets(row for row in rows if row.ended or row.again),
        parked=parked,
        offered=replies.offered(work, contact) if parked else (),
        likes=likes,
    )


def _once(rows: Sequence[Any]) -> list[Any]:
    """Of several reports that this person told of the same, all joined to one case, only the oldest: that is the one they are asked about."""
    oldest: dict[int, int] = {}
    for row in rows:
        if row.carrier is not None:
            oldest[row.carrier] = min(row.number, oldest.get(row.carrier, row.number))
    return [row for row in rows if row.carrier is None or row.number == oldest[row.carrier]]


def _reach(text: str) -> timedelta:
    """A bare "belum" can only be about what we did; a sentence may be news of its own, and is believed to be about the old for less long."""
    return moves.REOPEN_WITHIN if conversation.is_bare_no(text) else _SOON


def _tickets(rows: Any) -> tuple[str, ...]:
    """Tickets, each once: a case closed twice has a row for every unanswered poll."""
    return tuple(dict.fromkeys(row.ticket for row in rows))


def not_new(work: Work, contact: int, text: str, tickets: Sequence[str]) -> Understanding | None:
    """ "Lubangnya masih ada": about a case of theirs that ended lately, where the words name no other topic and no other place.

    None = a report of its own. With several such cases they are asked which.
    """
    if not tickets or not conversation.tells_still(text) or joining.continues(work, contact, text) is not None:
        return None
    found = list(work.session.scalars(select(Case).where(Case.ticket.in_(tickets)).order_by(Case.id.desc())))
    meant = tuple(case.ticket for case in found if joining.names_no_other(work, case, text))
    if not meant:
        return None
    return Understanding(Meaning.OBJECT, meant[0], text) if len(meant) == 1 else Understanding(Meaning.WHICH, None, text, choices=meant)
