"""Topics as a tree keyed by code (names repeat under different parents), with SP4N's ids, and reasons for archiving."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import Text

from ntbcare.records.base import Base

ENDS_ONE = "children_go_on"  # of the deployment's facts: reasons for archiving that end one report, and nothing that is joined to it


class Category(Base):
    """One topic. `needs_check`: a second pair of eyes approves the result. `sealed`: open | restricted | sealed."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    name: Mapped[str]
    description: Mapped[str]
    sp4n_id: Mapped[str | None]
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    default_urgency: Mapped[str]
    needs_check: Mapped[bool]
    sealed: Mapped[str]
    position: Mapped[int]


class ArchiveReason(Base):
    """Why a report is not taken further, with the words the citizen reads."""

    __tablename__ = "archive_reasons"

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    sentence: Mapped[str]
    position: Mapped[int]


class Abbreviation(Base):
    """How people shorten words in an SMS, and words of Sasak, Samawa and Mbojo."""

    __tablename__ = "abbreviations"

    token: Mapped[str] = mapped_column(primary_key=True)
    expansion: Mapped[str]
    lang: Mapped[str]


def every(session: Session) -> list[Category]:
    """All topics in the order of the seed."""
    return list(session.scalars(select(Category).order_by(Category.position)))


def reasons(session: Session) -> list[ArchiveReason]:
    """Reasons for archiving in the order shown to the coordinator."""
    return list(session.scalars(select(ArchiveReason).order_by(ArchiveReason.position)))


def abbreviations(session: Session) -> list[tuple[str, str]]:
    """(token, expansion) pairs."""
    return [(row.token, row.expansion) for row in session.scalars(select(Abbreviation))]
