"""The question after closing: asked once per closing, answered at most once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base
from ntbcare.records.cases import Case


class Poll(Base):
    """One question to one person after one closing (`round`). score NULL = no answer, which is never counted as satisfaction.

    `follower`: asked of somebody whose report was joined to another that has closed, or who said that another's is theirs too. The row
    of the first stands at their own report, that of the second at the case they follow. A figure of what reporters say leaves these out;
    whatever counts them says so.
    """

    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    asked_at: Mapped[datetime]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    words: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    follower: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index("uq_polls_case_round_contact", "case_id", "round", "contact_id", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_polls_waiting", "contact_id", "id", postgresql_where=text("answered_at IS NULL")),
    )


def latest(session: Session, case: Case, carrier: Case | None = None, *, lock: bool = False) -> Poll | None:
    """The newest poll of the one who filed `case`, never a follower's.

    `carrier` = the closed case that `case` is joined to: then the one of its closing, wherever this person was asked about it, because
    one person may have told the same twice.
    """
    query = select(Poll).where(Poll.contact_id.is_not_distinct_from(case.contact_id))
    here = Poll.case_id == case.id
    if carrier is not None:
        family = select(Case.id).where(Case.merged_into == carrier.id)
        told_before = or_(Poll.case_id == carrier.id, Poll.case_id.in_(family)) & Poll.contact_id.is_not(None)
        query = query.where(or_(here, told_before), Poll.asked_at >= carrier.closed_at)
    else:
        query = query.where(here)
    query = query.order_by(Poll.round.desc(), Poll.id.desc()).limit(1)
    return session.scalars(query.with_for_update() if lock else query).first()


def of(session: Session, case_id: int, contact_id: int, *, lock: bool = False) -> Poll | None:
    """The newest poll about this very case that was sent to this contact, its reporter or a follower."""
    query = select(Poll).where(Poll.case_id == case_id, Poll.contact_id == contact_id).order_by(Poll.round.desc()).limit(1)
    return session.scalars(query.with_for_update() if lock else query).first()


def add(session: Session, case: Case, contact_id: int | None, closed: Case, now: datetime) -> bool:
    """One more question about `case` after `closed` has closed (the case itself, or the one it is joined to). False: it was asked before.

    A report that was asked about with another and later stood on its own has a round behind it already: its next is one more.
    """
    mine = Poll.contact_id.is_not_distinct_from(contact_id)
    query = select(Poll.round, Poll.asked_at).where(Poll.case_id == case.id, mine).order_by(Poll.round.desc()).limit(1)
    before, number = session.execute(query).first(), closed.reopenings + 1
    if before is not None and before.round >= number:
        if closed.closed_at is None or before.asked_at >= closed.closed_at:
            return False
        number = before.round + 1
    follower = closed.id != case.id or contact_id != case.contact_id
    row = {"case_id": case.id, "round": number, "contact_id": contact_id, "asked_at": now, "follower": follower}
    return session.execute(insert(Poll).values(row).on_conflict_do_nothing().returning(Poll.id)).scalar() is not None
