"""Fills a database with cases as the years leave them: every table of a case, the journal with an unbroken chain, by COPY."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from bench.lives import Life, live
from bench.words import Writer
from ntbcare.records import finding, journal
from ntbcare.records.reference import Reference

CHUNK = 5000
BUSY_OPEN, BUSY_SHARE = 120, 0.006
COLUMNS = {
    "contacts": ("id", "channel", "address"),
    "cases": (
        "id", "ticket", "pin_salt", "version", "kind", "classification", "state", "state_before", "channel", "contact_id", "title", "text", "category",
        "region", "place_because", "because", "routing_version", "unit_id", "desk_id", "urgency", "anonymous", "confidential", "received_at",
        "triaged_at", "due_at", "due_clock", "result_words", "responded_at", "closed_at", "first_closed_at", "closed_by",
    ),
    "reporters": ("case_id", "name", "phone"),
    "messages": ("channel", "external_id", "contact_id", "case_id", "meaning", "text", "digest", "received_at"),
    "clocks": (
        "case_id", "clock", "round", "rule_id", "calendar_version", "started_at", "due_at", "first_due_at", "stopped_at", "outcome", "remind_at",
        "reminded_at", "breached_at",
    ),
    "notices": (
        "case_id", "contact_id", "channel", "template", "template_version", "body", "state", "external_id", "attempts", "sent_at", "delivered_at",
        "created_at",
    ),
    "polls": ("case_id", "round", "contact_id", "asked_at", "score", "answered_at"),
    "errands": ("kind", "lane", "subject_id", "key", "not_before", "attempts", "done_at", "created_at"),
    "journal": ("id", "strand", "seq", "case_id", "at", "tag", "actor", "salt", "body", "body_hash", "hash"),
}  # fmt: skip


def fill(address: str, ref: Reference, count: int, now: datetime | None = None) -> None:
    """Write `count` cases into an empty, seeded database. The same count gives the same cases (moments count back from now)."""
    now = now or datetime.now(UTC)
    dice = random.Random(count)
    villages = [code for code, region in ref.regions.items() if region.level == "village"]
    writer = Writer(count, [(code, ref.region_name(code)) for code in villages])
    with psycopg.connect(address) as line:
        chain = _Chain(line)
        # triggers would compute the same chain row by row, and every foreign key would be looked up: here they are right by making
        line.execute("SET LOCAL session_replication_role = replica")
        numbers = iter(range(1, count + 1))
        while chunk := [number for _, number in zip(range(CHUNK), numbers, strict=False)]:
            rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
            for number in chunk:
                _case(rows, chain, live(number, ref, dice, writer, now, _busy(number, count)))
            for table, columns in COLUMNS.items():
                with line.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    copy.write("".join(_lines(rows[table])))
        for strand, (seq, hashed) in enumerate(chain.heads):
            line.execute("UPDATE journal_heads SET seq = %s, hash = %s WHERE strand = %s", (seq, hashed, strand))
        for table in ("contacts", "cases", "journal"):
            line.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) FROM {table}")
    _words(address, ref)
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("VACUUM (FREEZE, ANALYZE)")
        line.execute("CHECKPOINT")


def _words(address: str, ref: Reference) -> None:
    """What the cases are found by, written by the product itself."""
    after: int | None = 0
    with Session(create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool)) as session:
        while after is not None:
            after = finding.catch_up(session, ref, after, CHUNK)
            session.commit()


def _busy(number: int, count: int) -> bool:
    """Open cases of the busy desk, spread evenly: enough for a full page in a small house, some hundreds in a large one."""
    wanted = min(max(BUSY_OPEN, int(count * BUSY_SHARE)), count)
    return (number * wanted) // count != ((number - 1) * wanted) // count


def _case(rows: dict[str, list[tuple[Any, ...]]], chain: _Chain, life: Life) -> None:
    """One life as rows."""
    for table, found in life.rows.items():
        rows[table].extend(found)
    for at, tag, actor, facts in life.story:
        rows["journal"].append(chain.link(life.id, at, tag, actor, journal.encode(facts)))


class _Chain:
    """The journal's sixteen strands, linked as the trigger links them."""

    def __init__(self, line: psycopg.Connection) -> None:
        self.heads = [(seq, hashed) for seq, hashed in line.execute("SELECT seq, hash FROM journal_heads ORDER BY strand")]
        self.id = line.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0]  # type: ignore[index]

    def link(self, case_id: int, at: datetime, tag: str, actor: str, body: str) -> tuple[Any, ...]:
        strand = case_id % journal.STRANDS
        seq, previous = self.heads[strand]
        seq, self.id = seq + 1, self.id + 1
        salt = self.id.to_bytes(8)
        body_hash = hashlib.sha256(salt + body.encode()).digest()
        hashed = journal.link(previous, strand, seq, case_id, at, tag, actor, body_hash)
        self.heads[strand] = (seq, hashed)
        return self.id, strand, seq, case_id, at, tag, actor, salt, body, body_hash, hashed


def _lines(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join(map(_word, row)) + "\n"


def _word(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return str(value)
