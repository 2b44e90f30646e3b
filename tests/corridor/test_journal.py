"""The book: nobody changes it, and whoever does it all the same, with every power over the database, is found out by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ntbcare.records import journal
from tests.corridor.looking import CLINIC, by_sms, story


@pytest.fixture(scope="module")
def told(town, office) -> str:
    """A case with a few entries in the book."""
    ticket = by_sms(town, "+6281100008001", CLINIC.format("untuk buku"))
    office.act("halim", ticket, "answer", words="Kami cek dulu.")
    office.act("halim", ticket, "respond", words="Obat sudah ada.")
    for number in range(3):
        by_sms(town, f"+628110000810{number}", CLINIC.format(f"buku lain {number}"))
    return ticket


def verify(town) -> tuple[int, list[journal.Fault]]:
    with town.app.app_context(), town.work() as work:
        return journal.verify(work.session)


@contextmanager
def tampered(town, *changes: tuple[str, dict[str, Any]], triggers: bool = False) -> Iterator[list[journal.Fault]]:
    """What verification finds after a superuser's changes, which are taken back afterwards."""
    from ntbcare.records.base import db

    with town.app.app_context():
        engine = db.engine
        with engine.connect() as line:
            if not triggers:
                line.execute(text("SET session_replication_role = replica"))  # as a superuser who knows how
            for query, values in changes:
                assert line.execute(text(query), values).rowcount != 0, "the change did not reach a row"
            yield journal.verify(_Session(line))[1]  # type: ignore[arg-type]
            line.rollback()
            line.execute(text("SET session_replication_role = origin"))
            line.commit()


class _Session:
    """Just enough of a session on one connection: verification must see what is not committed."""

    def __new__(cls, line: Connection):
        from sqlalchemy.orm import Session

        return Session(bind=line)


def rows(town, ticket: str) -> list[int]:
    return [row[0] for row in town.sql("SELECT id FROM journal WHERE case_id = :id ORDER BY id", id=town.case(ticket)["id"])]


def place(town, row: int) -> tuple[int, int]:
    return town.sql("SELECT strand, seq FROM journal WHERE id = :row", row=row)[0]


def test_the_book_of_an_honest_town_is_whole(town, told):
    read, faults = verify(town)
    assert faults == []
    assert read == town.sql("SELECT count(*) FROM journal")[0][0] > 20
    tags = [tag for tag, _ in story(town, told)]
    assert tags[0] == "case:submit"
    assert {"case:triaged", "case:verify", "case:dispose", "case:answer", "case:respond", "clock:started", "notice:delivered"} <= set(tags)


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE journal SET body = '{}'",
        "UPDATE journal SET tag = 'case:withdraw'",
        "UPDATE journal SET at = now()",
        "UPDATE journal SET body = NULL",
        "UPDATE journal SET salt = NULL",
        "UPDATE journal SET body = NULL, salt = NULL, tag = 'x'",
        "UPDATE journal SET body = NULL, salt = NULL, case_id = NULL WHERE case_id IS NOT NULL",
        "UPDATE journal SET hash = body_hash",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)",
        "TRUNCATE journal",
    ],
)
def test_the_database_refuses_to_change_the_book(town, told, query):
    with pytest.raises(DBAPIError, match="append-only"):
        town.sql(query)
    assert verify(town)[1] == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("body = body || ' '", "words of this entry were changed"),
        ("body = '{}'", "words of this entry were changed"),
        ("salt = '\\x00'", "words of this entry were changed"),
        ("tag = 'case:withdraw'", "was changed or put here afterwards"),
        ("actor = 'officer:999'", "was changed or put here afterwards"),
        ("at = at + interval '1 microsecond'", "was changed or put here afterwards"),
        ("case_id = case_id + 16", "was changed or put here afterwards"),
        ("hash = body_hash", "was changed or put here afterwards"),
        ("body_hash = hash", ""),
    ],
)
def test_a_changed_entry_is_named(town, told, change, what):
    row = rows(town, told)[1]
    with tampered(town, (f"UPDATE journal SET {change} WHERE id = :row", {"row": row})) as faults:
        assert row in [fault.row for fault in faults]
        assert any(what in fault.what for fault in faults if fault.row == row)
        assert {(fault.strand) for fault in faults} == {place(town, row)[0]}, "no other chain is accused"


def test_a_changed_body_whose_own_hash_was_made_to_fit_is_named_all_the_same(town, told):
    row = rows(town, told)[1]
    change = "UPDATE journal SET body = '{}', body_hash = sha256(salt || convert_to('{}', 'UTF8')) WHERE id = :row"
    with tampered(town, (change, {"row": row})) as faults:
        assert row in [fault.row for fault in faults]


def test_a_removed_entry_is_named_by_its_place(town, told):
    row = rows(town, told)[1]
    strand, seq = place(town, row)
    with tampered(town, ("DELETE FROM journal WHERE id = :row", {"row": row})) as faults:
        assert [(fault.strand, fault.seq, fault.row) for fault in faults] == [(strand, seq, None)]
        assert "missing" in faults[0].what


def test_a_removed_last_entry_is_missed_by_the_head(town, told):
    row = rows(town, told)[-1]
    strand, seq = place(town, row)
    with tampered(town, ("DELETE FROM journal WHERE id = :row", {"row": row})) as faults:
        assert [(fault.strand, fault.seq) for fault in faults] == [(strand, seq)]
        assert "head" in faults[0].what


def test_a_whole_chain_removed_is_missed_by_the_head(town, told):
    strand, _ = place(town, rows(town, told)[0])
    with tampered(town, ("DELETE FROM journal WHERE strand = :strand", {"strand": strand})) as faults:
        assert strand in [fault.strand for fault in faults]


def test_a_removed_head_is_noticed(town, told):
    strand, _ = place(town, rows(town, told)[0])
    with tampered(town, ("DELETE FROM journal_heads WHERE strand = :strand", {"strand": strand})) as faults:
        assert [fault.strand for fault in faults] == [strand]


def test_an_entry_put_in_afterwards_is_named(town, told):
    row = rows(town, told)[-1]
    strand, seq = place(town, row)
    forged = (
        "INSERT INTO journal (strand, seq, case_id, at, tag, actor, salt, body, body_hash, hash) "
        "SELECT strand, seq + 1, case_id, at, 'case:confirm', 'citizen', salt, body, body_hash, hash FROM journal WHERE id = :row"
    )
    with tampered(town, (forged, {"row": row})) as faults:
        assert (strand, seq + 1) in [(fault.strand, fault.seq) for fault in faults]


def test_two_entries_that_changed_places_are_both_named(town, told):
    one, two = rows(town, told)[1:3]
    (strand, first), (_, second) = place(town, one), place(town, two)
    swap = "UPDATE journal SET seq = :seq WHERE id = :row"
    changes = [(swap, {"seq": -1, "row": one}), (swap, {"seq": first, "row": two}), (swap, {"seq": second, "row": one})]
    with tampered(town, *changes) as faults:
        assert {one, two} <= {fault.row for fault in faults}
        assert {fault.strand for fault in faults} == {strand}


def test_an_entry_hung_on_another_chain_is_named(town, told):
    row = rows(town, told)[1]
    strand, _ = place(town, row)
    move = "UPDATE journal SET strand = :other, seq = 10000 WHERE id = :row"
    with tampered(town, (move, {"other": (strand + 1) % 16, "row": row})) as faults:
        assert {strand, (strand + 1) % 16} <= {fault.strand for fault in faults}


def test_lawful_erasure_takes_the_words_and_keeps_the_chain(town, told):
    row = rows(town, told)[0]
    assert "untuk buku" in town.sql("SELECT body FROM journal WHERE id = :row", row=row)[0][0]
    with tampered(town, ("UPDATE journal SET body = NULL, salt = NULL WHERE id = :row", {"row": row}), triggers=True) as faults:
        assert faults == []


def test_a_case_whose_words_were_erased_can_still_be_read(new_town, office_of):
    town = new_town
    ticket = by_sms(town, "+6281100008002", CLINIC.format("dihapus"))
    town.sql("UPDATE journal SET body = NULL, salt = NULL WHERE case_id = :id", id=town.case(ticket)["id"])
    assert "Perjalanan laporan" in office_of(town).page("halim", ticket)
    assert town.browser().get(f"/t/{ticket}").status_code == 200
    assert verify(town)[1] == []


def test_the_command_says_that_all_is_well_and_names_what_is_not(new_town, tmp_path):
    from ntbcare import commands

    town = new_town
    by_sms(town, "+6281100008003", CLINIC.format("perintah"))
    commands.attach(town.app, seed_dir=tmp_path, data_dir=tmp_path, development=True)
    command = town.app.test_cli_runner()
    good = command.invoke(args=["verify-journal"])
    assert good.exit_code == 0, good.output
    assert "0 faults" in good.output
    town.sql("ALTER TABLE journal DISABLE TRIGGER ALL")
    row = town.sql("UPDATE journal SET tag = 'case:withdraw' WHERE tag = 'case:dispose' RETURNING id")[0][0]
    town.sql("ALTER TABLE journal ENABLE TRIGGER ALL")
    bad = command.invoke(args=["verify-journal"])
    assert bad.exit_code == 1
    assert f"(row {row})" in bad.output


def test_what_is_rolled_back_leaves_nothing_in_the_book(town, told):
    before = verify(town)[0]
    with town.app.app_context():
        with town.work() as work:
            work.tell("case:nothing", town_case(town, told), words="tidak jadi")
            work.rollback()
            work.commit()
        with town.work() as work:
            work.tell("case:nothing", town_case(town, told), words="tidak jadi")
    assert verify(town) == (before, [])


def town_case(town, ticket: str) -> int:
    return town.case(ticket)["id"]
