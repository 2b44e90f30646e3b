"""Providers that have to be asked, and what is said in public: stored once whatever breaks, and answered where it is seemly."""

from __future__ import annotations

import itertools

import pytest

from channels.mail import Mail
from channels.social.x import X
from ntbcare.domain.tickets import pretty
from tests.corridor.avenue import open_avenue
from tests.corridor.looking import CLINIC, count, everywhere, pin_of
from tests.counterparts.imap_server import dovecot
from tests.counterparts.meta_api import PAGE_ID
from tests.counterparts.smtp_server import SmtpServer
from tests.counterparts.x_api import CITIZEN, KEYS, LIMITS, OFFICE, US, Mood, XApi

HOLE = "jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, tolong, {}"
_ids = itertools.count(100)


@pytest.fixture
def x():
    with XApi() as api:
        yield api


@pytest.fixture
def town(new_town, x):
    channel = X(*KEYS, US, (OFFICE,), x.url)
    new_town.plug(channel)
    yield new_town
    channel.close()


def look(town, x=None, seconds: float = 61) -> None:
    """The rounds ring, the worker looks, the workers do what follows."""
    if x is not None:
        x.left = dict.fromkeys(LIMITS, 1000)
    town.clock.forward(seconds=seconds)
    town.round()


def alarms(town, kind: str) -> list[tuple]:
    return town.sql("SELECT subject, count FROM alarms WHERE kind = :kind AND cleared_at IS NULL", kind=kind)


def case_of(town, words: str) -> dict:
    return town.case(town.ticket_of(words))


def test_what_is_written_to_us_alone_becomes_a_case_and_is_answered_there(town, x):
    x.direct(CLINIC.format("pesan pribadi di X"))
    look(town, x)
    look(town, x)
    (answer,) = x.messages
    assert answer["to"] == CITIZEN and pretty(town.ticket_of("pesan pribadi di X")) in answer["text"] and "PIN" in answer["text"]
    assert x.tweets == []


@pytest.mark.parametrize("refusal", ["a trigger refuses the cursor", "the cursor is locked"])
def test_a_crash_between_the_words_and_the_cursor_doubles_nothing(town, x, refusal):
    look(town, x)
    for n in range(5):
        x.direct(CLINIC.format(f"sebelum jatuh {n}"), sender=str(8_000_000_001 + n))
        x.account(str(8_000_000_001 + n), f"warga_{n}")
    before = town.sql("SELECT value FROM cursors")
    if refusal == "a trigger refuses the cursor":
        town.sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'; "
            "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON cursors FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        look(town, x)
        town.sql("DROP TRIGGER refuse ON cursors")
    else:
        with town.app.app_context():
            from sqlalchemy import text

            from ntbcare.records.base import db

            town.sql(f"ALTER DATABASE {db.engine.url.database} SET lock_timeout = '200ms'")
            db.engine.dispose()
            with db.engine.begin() as line:
                line.execute(text("SELECT 1 FROM cursors FOR UPDATE"))
                look(town, x)
    assert count(town, "cases", "text LIKE '%sebelum jatuh%'") == 5, "the words were stored"
    assert town.sql("SELECT value FROM cursors") == before
    look(town, x, seconds=900)
    look(town, x)
    assert count(town, "messages", "text LIKE '%sebelum jatuh%'") == count(town, "cases", "text LIKE '%sebelum jatuh%'") == 5
    assert town.sql("SELECT value FROM cursors") != before
    assert len(x.messages) == 5, "one receipt each"


def test_looks_that_fail_are_told_after_the_fifth_and_it_goes_on_by_itself(town, x):
    for _ in range(5):
        assert alarms(town, "listening") == []
        x.moods = [Mood(status=503, only="/") for _ in range(9)]
        look(town, x, seconds=2_000)
    assert [row[0] for row in alarms(town, "listening")] == ["x"]
    x.moods = []
    x.direct(CLINIC.format("setelah pulih"))
    look(town, x, seconds=2_000)
    assert count(town, "cases", "text LIKE '%setelah pulih'") == 1
    assert town.sql("SELECT failures FROM gateways WHERE name = 'listen:x'") == [(0,)]


def test_keys_of_ours_that_are_refused_are_told_at_once(town, x):
    town.plug(X("wrong", "wrong", "wrong", "wrong", US, (), x.url))
    look(town, x)
    assert [row[0] for row in alarms(town, "listening")] == ["x"]


def test_what_cannot_be_read_is_kept_with_an_alarm_and_the_rest_is_taken(town, x):
    x.direct("")
    x.directs[-1]["text"] = {"hologram": "Sandi beruang madu"}
    x.direct(CLINIC.format("yang terbaca"), sender=CITIZEN)
    look(town, x)
    look(town, x)
    assert count(town, "unread", "raw LIKE '%Sandi beruang madu%'") == 1
    assert [row[0] for row in alarms(town, "unread")] == ["x"]
    assert count(town, "cases", "text LIKE '%yang terbaca'") == 1


def test_a_mention_that_is_surely_a_report_is_a_case_at_once_with_a_link_in_public_and_the_pin_in_private(town, x):
    post = x.post("@ntbcare lapor " + HOLE.format("sebut kami"))
    look(town, x)
    look(town, x)
    case = case_of(town, "sebut kami")
    (public,), (private,) = x.tweets, x.messages
    assert public["to"] == post and f"/t/{case['ticket']}" in public["text"]
    assert pin_of(town, case["ticket"]) not in public["text"]
    assert "Tente" not in public["text"] and "inaq" not in public["text"].lower()
    assert private["to"] == CITIZEN and pin_of(town, case["ticket"]) in private["text"]
    assert case["channel"] == "x"


def test_a_private_message_that_is_refused_is_seen_on_the_case_and_the_board(town, x):
    from tests.corridor.conftest import Office

    x.closed.add(CITIZEN)
    x.post("@ntbcare lapor " + HOLE.format("pesan tertutup"))
    look(town, x)
    case = case_of(town, "pesan tertutup")
    states = dict(town.sql("SELECT template, state FROM notices WHERE case_id = :id", id=case["id"]))
    assert states == {"public_receipt": "delivered", "receipt": "failed"}
    assert "tidak sampai" in Office(town).page("bagus", case["ticket"])
    assert len(alarms(town, "notice_failed")) == 1


def test_words_below_an_office_we_watch_are_a_proposal_and_no_case(town, x):
    x.post("@dinas_pu " + HOLE.format("di bawah dinas"))
    x.post("@dinas_pu selamat pagi semuanya")
    look(town, x)
    rows = town.sql("SELECT proposal, state FROM candidates ORDER BY id")
    assert rows == [("report", "new"), ("other", "new")]
    assert count(town, "cases") == 0 and x.tweets == x.messages == []


def test_a_violation_in_public_leaves_no_words_and_nothing_is_said_in_public(town, x):
    x.post("@ntbcare lapor kepala dinas minta suap sandi nuri")
    look(town, x)
    assert everywhere(town, "sandi nuri") == [] and count(town, "cases") == 0
    assert x.tweets == []
    (private,) = x.messages
    assert "Inspektorat" in private["text"]


@pytest.fixture
def avenue(servers, template, tmp_path):
    yield from open_avenue(servers, template, tmp_path)


def comment(words: str, page: str = PAGE_ID) -> tuple[str, dict]:
    """A comment below a post of `page`, as Meta tells of it."""
    name = f"555_{next(_ids)}"
    value = {"from": {"id": "8001", "name": "Budi Santoso"}, "message": words, "post_id": f"{page}_555", "comment_id": name,
             "created_time": 1795312800, "item": "comment", "parent_id": f"{page}_555", "verb": "add"}  # fmt: skip
    return name, {"object": "page", "entry": [{"id": page, "time": 1795312805, "changes": [{"value": value, "field": "feed"}]}]}


def test_a_comment_below_our_own_post_is_answered_below_it_and_in_private_once(avenue):
    name, payload = comment("lapor " + HOLE.format("komentar halaman"))
    avenue.meta.comments[name] = "x"
    for _ in range(3):
        assert avenue.notify(payload).status_code == 200
    avenue.town.work_off()
    ticket = avenue.town.ticket_of("komentar halaman")
    (public,) = avenue.meta.answers[name]
    assert f"/t/{ticket}" in public and pin_of(avenue.town, ticket) not in public and "Budi" not in public and "Tente" not in public
    assert any(pin_of(avenue.town, ticket) in str(body) for path, body in avenue.meta.sent if path.endswith("/messages"))
    assert count(avenue.town, "cases") == 1


def test_a_comment_below_a_page_we_watch_is_a_proposal(avenue):
    _, payload = comment("lapor " + HOLE.format("halaman lain"), page="999888777666555")
    assert avenue.notify(payload).status_code == 200
    avenue.town.work_off()
    assert avenue.town.sql("SELECT proposal, state, text LIKE '%halaman lain' FROM candidates") == [("report", "new", True)]
    assert avenue.meta.sent == [] and count(avenue.town, "cases") == 0


def test_a_mailbox_that_answers_by_itself_is_kept_and_gets_one_letter(new_town):
    ours = "lapor@ntbprov.example"
    with dovecot() as imap, SmtpServer() as smtp:
        new_town.plug(Mail(ours, imap.url("kotak"), smtp.url(), timeout=5.0))
        look(new_town)
        head = f"From: Siti <siti@desa.example>\r\nTo: {ours}\r\nDate: Fri, 13 Mar 2026 12:00:00 +0800\r\nContent-Type: text/plain\r\n"
        imap.deliver("kotak", f"{head}Message-ID: <m1@desa.example>\r\nSubject: Puskesmas\r\n\r\n{CLINIC.format('lewat surat')}".encode())
        look(new_town)
        for n in range(5):
            robot = f"{head}Message-ID: <r{n}@desa.example>\r\nAuto-Submitted: auto-replied\r\nSubject: Cuti\r\n\r\nSaya cuti sampai {n}."
            imap.deliver("kotak", robot.encode())
            look(new_town)
        assert count(new_town, "messages", "channel = 'email' AND meaning = 'machine'") == 5
        assert count(new_town, "messages", "channel = 'email'") == 6 and count(new_town, "cases") == 1
        assert new_town.sql("SELECT template, state FROM notices") == [("receipt", "delivered")]
