"""The book proves itself: the database refuses changes, and verification names whatever was changed all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ntbcare.records import journal
from ntbcare.records.base import db


@pytest.fixture
def book(town):
    """A town in which three cases were filed and triaged; the strand of the newest with at least four links."""
    for number in range(3):
        town.api(text=f"Lampu jalan padam di simpang {number}", category="listrik_penerangan", region="52.71.01")
    town.work_off()
    assert faults(town) == []
    return town


def faults(town) -> list[journal.Fault]:
    with town.app.app_context(), town.work() as work:
        return journal.verify(work.session)[1]


def tamper(town, *statements: str) -> list[journal.Fault]:
    """Change the book as somebody with the owner's rights would, look at what verification says, and put it all back."""
    with town.app.app_context(), db.engine.connect() as line:
        outer = line.begin()
        line.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
        for statement in statements:
            assert line.execute(text(statement)).rowcount >= 1, statement
        with Session(bind=line, join_transaction_mode="create_savepoint") as session:
            found = journal.verify(session)[1]
        outer.rollback()
    return found


def row(town, position: int) -> tuple[int, int, int]:
    """(id, strand, seq) of a link in the middle of a strand that has at least four."""
    query = "SELECT id, strand, seq FROM journal WHERE strand = (SELECT strand FROM journal GROUP BY strand HAVING count(*) >= 4 LIMIT 1) ORDER BY seq"
    return town.sql(query)[position]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET tag = 'case:closed'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE journal SET body = NULL, salt = NULL, actor = 'x'",
    ],
)
def test_the_database_refuses_to_change_the_book(book, statement):
    with pytest.raises(SQLAlchemyError, match="append-only"):
        book.sql(statement)
    assert faults(book) == []


@pytest.mark.parametrize(
    "change",
    [
        "body = replace(body, 'a', 'o')",
        "tag = 'case:closed'",
        "actor = 'officer:1'",
        "at = at - interval '1 day'",
        "case_id = coalesce(case_id, 0) + 16",
        "hash = sha256(hash)",
        "body_hash = sha256(body_hash)",
    ],
)
def test_a_changed_entry_is_named(book, change):
    entry, strand, seq = row(book, 1)
    found = tamper(book, f"UPDATE journal SET {change} WHERE id = {entry}")
    assert any(fault.row == entry and fault.strand == strand and fault.seq == seq for fault in found), found


def test_a_removed_entry_is_named(book):
    entry, strand, seq = row(book, 1)
    found = tamper(book, f"DELETE FROM journal WHERE id = {entry}")
    assert any(fault.strand == strand and fault.seq == seq and "missing" in fault.what for fault in found), found


def test_the_last_entry_cannot_vanish_unseen(book):
    entry, strand, _ = row(book, -1)
    found = tamper(book, f"DELETE FROM journal WHERE id = {entry}")
    assert any(fault.strand == strand and "head" in fault.what for fault in found), found


def test_an_entry_put_in_afterwards_is_named(book):
    entry, strand, seq = row(book, -1)
    found = tamper(
        book,
        "INSERT INTO journal (strand, seq, case_id, at, tag, actor, salt, body, body_hash, hash) "
        f"SELECT strand, seq + 1, case_id, at, 'case:closed', actor, salt, body, body_hash, sha256(hash) FROM journal WHERE id = {entry}",
    )
    assert any(fault.strand == strand and fault.seq == seq + 1 for fault in found), found


def test_two_entries_that_changed_places_are_named(book):
    (one, strand, first), (other, _, second) = row(book, 1), row(book, 2)
    found = tamper(
        book,
        f"UPDATE journal SET seq = -1 WHERE id = {one}",
        f"UPDATE journal SET seq = {first} WHERE id = {other}",
        f"UPDATE journal SET seq = {second} WHERE id = {one}",
    )
    assert {fault.seq for fault in found if fault.strand == strand} >= {first, second}, found


def test_words_may_be_erased_lawfully_and_the_chain_still_holds(book):
    entry, _, _ = row(book, 1)
    book.sql(f"UPDATE journal SET body = NULL, salt = NULL WHERE id = {entry}")
    assert faults(book) == []


def test_the_command_names_the_row_and_ends_with_an_error(book):
    runner = book.app.test_cli_runner()
    from ntbcare import commands

    if "verify-journal" not in book.app.cli.commands:
        commands.attach(book.app, seed_dir=None, data_dir=None, development=True)
    assert runner.invoke(args=["verify-journal"]).exit_code == 0
    entry, strand, seq = row(book, 1)
    body = book.sql(f"SELECT body FROM journal WHERE id = {entry}")[0][0]
    owner = "ALTER TABLE journal {} TRIGGER ALL"
    if body is None:
        entry, strand, seq = row(book, 2)
        body = book.sql(f"SELECT body FROM journal WHERE id = {entry}")[0][0]
    book.sql(owner.format("DISABLE"))
    book.sql("UPDATE journal SET body = 'changed' WHERE id = :id", id=entry)
    told = runner.invoke(args=["verify-journal"])
    book.sql("UPDATE journal SET body = :body WHERE id = :id", id=entry, body=body)
    book.sql(owner.format("ENABLE"))
    assert told.exit_code == 1
    assert f"row {entry}" in told.output and f"strand {strand} entry {seq}" in told.output
    assert runner.invoke(args=["verify-journal"]).exit_code == 0
