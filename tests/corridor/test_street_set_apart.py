"""What came and cannot be taken is kept whole and holds up nobody behind it; a person opens it on the board and reads it."""

from __future__ import annotations

import itertools
import re

import pytest

from ntbcare.casework import listening
from ntbcare.contract import Channel, IncomingMessage, Polled
from tests.corridor.looking import CLINIC, by_sms, count

_numbers = itertools.count(1)
_POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.text LIKE '%racun syarat%' THEN RAISE EXCEPTION 'poison' USING ERRCODE = 'check_violation'; END IF;
  IF NEW.text LIKE '%racun gangguan%' THEN RAISE EXCEPTION 'poison' USING ERRCODE = 'query_canceled'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION poison()"""


class Asked(Channel):
    """A provider that has to be asked and tells what `items` holds from the place of the cursor on."""

    gateway, carries, every = "asked", ("telegram",), 60.0

    def __init__(self) -> None:
        self.items: list[IncomingMessage] = []

    def poll(self, cursor):
        return Polled(tuple(self.items[int(cursor or 0) :]), str(len(self.items)))


def said(words: str, **more) -> IncomingMessage:
    number = next(_numbers)
    return IncomingMessage("telegram", f"asked:{number}", CLINIC.format(words), sender=str(700_000 + number), **more)


@pytest.fixture
def asked(new_town) -> Asked:
    channel = Asked()
    new_town.app.extensions["channels"]["asked"] = channel
    new_town.sql(_POISON)
    return channel


def look(town) -> None:
    town.clock.forward(seconds=61)
    town.round()


def cursor(town) -> list[tuple]:
    return town.sql("SELECT value FROM cursors WHERE name = 'asked'")


@pytest.mark.parametrize(
    "bad",
    [
        said("huruf nol", ref="a\x00b"),
        said("huruf separuh", ref="a\ud800b"),
        said("racun syarat"),
        said("isi mentah", ref="a\x00b", raw='{"kata": "mentah \ud83d \x00"}'),
    ],
    ids=["a NUL", "half a letter", "a broken rule of the database", "raw that cannot be stored as it is"],
)
def test_one_item_that_cannot_be_stored_is_kept_raw_and_what_came_behind_it_is_taken(new_town, asked, bad):
    asked.items = [said("di depan"), bad, said("di belakang")]
    look(new_town)
    assert count(new_town, "cases", "text LIKE '%di depan'") == count(new_town, "cases", "text LIKE '%di belakang'") == 1
    ((reason, raw),) = new_town.sql("SELECT reason, raw FROM unread WHERE external_id = :id", id=bad.external_id)
    assert reason == "Isinya tidak dapat disimpan seperti kiriman biasa." and ("mentah" if bad.raw else bad.text) in raw
    assert count(new_town, "alarms", "kind = 'unread' AND cleared_at IS NULL") == 1
    assert cursor(new_town) == [("3",)]


def test_a_refusal_that_nobody_foresaw_is_kept_with_its_sentence(new_town):
    """The calendar is gone, and with it the words for any date: nobody's question may be lost for it."""
    me, sid = "+6281234500078", "SM" + "7" * 32
    ticket = by_sms(new_town, me, CLINIC.format("kalender hilang"))
    new_town.sql("ALTER TABLE clocks DROP CONSTRAINT fk_clocks_calendar_version")
    new_town.sql("DELETE FROM days_off; DELETE FROM calendar_versions")
    new_town.clock.forward(days=1)  # a new day: the tables are read again
    assert new_town.sms(me, f"CEK {ticket}", sid=sid).status_code == 200
    ((reason, raw),) = new_town.sql("SELECT reason, raw FROM unread WHERE external_id = :id", id=sid)
    assert reason.startswith("Kalender kerja belum dimuat") and f"CEK+{ticket}" in raw
    assert count(new_town, "alarms", "kind = 'unread' AND cleared_at IS NULL") == 1


def test_a_database_in_trouble_is_no_fault_of_the_item(new_town, asked):
    asked.items = [said("racun gangguan"), said("di belakang")]
    look(new_town)
    assert count(new_town, "unread") == count(new_town, "messages") == 0 and cursor(new_town) == []
    new_town.sql("DROP TRIGGER poison ON messages")
    look(new_town)
    assert count(new_town, "cases") == 2 and cursor(new_town) == [("2",)]


RAW = '{"isi": "<script>alert(1)</script> jembatan putus di Sape", "dari": "+6281234500077"}'


@pytest.fixture
def kept(new_town) -> int:
    with new_town.app.app_context():
        listening.keep(new_town.house, "meta", "m-4711", "bentuk baru: hologram", RAW)
    return new_town.sql("SELECT id FROM unread")[0][0]


def test_an_admin_opens_what_could_not_be_read_and_puts_it_away(new_town, office_of, kept):
    admin = office_of(new_town).desk("admin")
    board = admin.get("/kendali").text
    (address,) = re.findall(r'href="(/kendali/belum-terbaca/\d+)"', board)
    page = admin.get(address)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; jembatan putus di Sape" in page.text and "<script>alert" not in page.text
    assert "bentuk baru: hologram" in page.text and "Meta" in page.text and "m-4711" in page.text and "WITA" in page.text
    assert "jembatan putus" not in board, "the board itself shows nobody's words"
    opened = new_town.sql("SELECT actor, body FROM journal WHERE tag = 'unread:opened'")
    assert len(opened) == 1 and opened[0][0].startswith("admin:") and "jembatan" not in str(opened[0][1])
    assert admin.post(f"{address}/dibaca").status_code == 303
    assert new_town.sql("SELECT done_at = :now FROM unread", now=new_town.clock()) == [(True,)]
    assert count(new_town, "journal", "tag = 'unread:read' AND actor LIKE 'admin:%'") == 1
    assert "belum-terbaca" not in admin.get("/kendali").text
    assert admin.get(address).status_code == admin.post(f"{address}/dibaca").status_code == 404, "put away is put away"
    assert count(new_town, "journal", "tag IN ('unread:opened', 'unread:read')") == 2


@pytest.mark.parametrize("who", ["bagus", "citra", "gubernur"])
def test_nobody_else_reads_it(new_town, office_of, kept, who):
    desk = office_of(new_town).desk(who)
    assert desk.get(f"/kendali/belum-terbaca/{kept}").status_code == desk.post(f"/kendali/belum-terbaca/{kept}/dibaca").status_code == 403
    assert new_town.sql("SELECT done_at FROM unread") == [(None,)] and count(new_town, "journal", "tag LIKE 'unread:%'") == 0


def test_what_is_still_being_asked_for_is_not_opened(new_town, office_of, kept):
    new_town.sql("UPDATE unread SET ref = 'https://provider.example/1', reason = ''")
    admin = office_of(new_town).desk("admin")
    assert admin.get(f"/kendali/belum-terbaca/{kept}").status_code == admin.post(f"/kendali/belum-terbaca/{kept}/dibaca").status_code == 404
