"""The journal: append-only and hash-chained by the database itself, in the transaction of the fact it tells.

Entries hang on STRANDS chains (case id modulo STRANDS) so that writers seldom wait for each other. The trigger
`journal_chain` (first migration) numbers and hashes each row; `journal_frozen` refuses every change. What is hashed:

    body_hash = sha256(salt || body)
    hash      = sha256(previous hash || "strand|seq|case|at|tag|actor|" || body_hash)

The body may later be erased lawfully (body and salt to NULL): body_hash stays, so the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    bindparam,
    exists,
    insert,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from ntbcare.records.base import Base

STRANDS = 16
GENESIS = hashlib.sha256(b"ntbcare journal, first link").digest()


class Entry(Base):
    """One line of the book. `case_id` is no foreign key on purpose: the book outlives what it tells of."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    strand: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int | None]
    at: Mapped[datetime]
    tag: Mapped[str]
    actor: Mapped[str]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    body: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("strand", "seq"),
        Index("ix_journal_case", "case_id", "id", postgresql_where=text("case_id IS NOT NULL")),
    )


class Head(Base):
    """The newest link of each strand; its row lock orders the writers of one strand."""

    __tablename__ = "journal_heads"

    strand: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry not yet written; the work that owns it writes all its lines in strand order just before the commit."""

    case_id: int | None
    at: datetime
    tag: str
    actor: str
    body: str

    @property
    def strand(self) -> int:
        """Which chain it hangs on."""
        return (self.case_id or 0) % STRANDS


def encode(facts: dict[str, Any]) -> str:
    """Facts as canonical JSON: sorted keys, no blanks, so the same facts are the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def append(session: Session, lines: list[Line]) -> None:
    """Write lines. Strand order keeps two writers from waiting for each other in a circle."""
    rows = [
        {"strand": line.strand, "case_id": line.case_id, "at": line.at, "tag": line.tag, "actor": line.actor,
         "body": line.body, "salt": secrets.token_bytes(8), "seq": 0, "body_hash": b"", "hash": b""}
        for line in sorted(lines, key=lambda line: line.strand)
    ]  # fmt: skip
    # one statement a row, sent together: a multi-row INSERT may run its rows in any order
    session.execute(_APPEND, rows)


class Event(NamedTuple):
    """One line of a case's story."""

    at: datetime
    tag: str
    actor: str
    body: str | None


# made once and on the table, not the class: every case and every tracking page pass here
_rows = Entry.__table__
_APPEND = insert(_rows).inline()
_STORY = (
    select(_rows.c.at, _rows.c.tag, _rows.c.actor, _rows.c.body)
    .where(_rows.c.case_id == bindparam("case_id"), _rows.c.tag.like("case:%") | _rows.c.tag.like("file:%") | (_rows.c.tag == "poll:rated"))
    .order_by(_rows.c.id)
)


def story(session: Session, case_id: int) -> list[Event]:
    """What happened to one case and what was said, oldest first; its clocks and the post have their own tables."""
    return [Event(*row) for row in session.execute(_STORY, {"case_id": case_id})]


def told_by_a_person(case_id: InstrumentedAttribute[int], *tags: str) -> ColumnElement[bool]:
    """For a query over cases: does the book hold one of these lines by somebody with an account? Triage, timers and citizens have no number."""
    return exists().where(Entry.case_id == case_id, Entry.tag.in_(tags), Entry.actor.like("%:%"))


def told_by(case_id: InstrumentedAttribute[int], actors: list[str]) -> ColumnElement[bool]:
    """For a query over cases: does the book hold a line by one of these actors ("officer:7")?"""
    return exists().where(Entry.case_id == case_id, Entry.actor.in_(actors))


@dataclass(frozen=True, slots=True)
class Fault:
    """What verification found: the row (when it still exists), its place in the chain, and what is wrong in words."""

    strand: int
    seq: int
    row: int | None
    what: str


def link(previous: bytes, strand: int, seq: int, case_id: int | None, at: datetime, tag: str, actor: str, body_hash: bytes) -> bytes:
    """The hash of one link, as the trigger computes it."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = f"{strand}|{seq}|{case_id if case_id is not None else ''}|{moment}|{tag}|{actor}|"
    return hashlib.sha256(previous + told.encode() + body_hash).digest()


def verify(session: Session) -> tuple[int, list[Fault]]:
    """Recompute every chain independently of the trigger. Returns (entries read, faults); no fault = the book is whole."""
    heads = {head.strand: (head.seq, head.hash) for head in session.scalars(select(Head))}
    faults: list[Fault] = []
    read = 0
    for strand in range(STRANDS):
        expected, previous = 1, GENESIS
        for entry in _strand(session, strand):
            read += 1
            if entry.seq != expected:
                faults.append(Fault(strand, expected, None, f"entries {expected} to {entry.seq - 1} are missing"))
            body_hash = entry.body_hash
            if entry.body is not None and hashlib.sha256((entry.salt or b"") + entry.body.encode()).digest() != body_hash:
                faults.append(Fault(strand, entry.seq, entry.id, "the words of this entry were changed"))
            right = link(previous, strand, entry.seq, entry.case_id, entry.at, entry.tag, entry.actor, body_hash)
            if entry.seq == expected and right != entry.hash:
                faults.append(Fault(strand, entry.seq, entry.id, "this entry was changed or put here afterwards"))
            expected, previous = entry.seq + 1, entry.hash
        seq, hashed = heads.get(strand, (0, GENESIS))
        if (expected - 1, previous) != (seq, hashed):
            faults.append(Fault(strand, expected, None, f"the chain ends at {expected - 1} but its head says {seq}"))
    return read, faults


def _strand(session: Session, strand: int) -> Iterator[Any]:
    columns = (Entry.id, Entry.seq, Entry.case_id, Entry.at, Entry.tag, Entry.actor, Entry.salt, Entry.body, Entry.body_hash, Entry.hash)
    query = select(*columns).where(Entry.strand == strand).order_by(Entry.seq).execution_options(yield_per=2000)
    yield from session.execute(query)
