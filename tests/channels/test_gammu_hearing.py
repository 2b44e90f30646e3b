"""Gammu's inbox, row by row: what is handed out, what waits, and when a row counts as processed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from channels.sms.gammu import MOST_ROWS, Gammu
from ntbcare.contract import IncomingMessage
from tests.counterparts.gammu_house import GammuHouse, furnish


@pytest.fixture(scope="module")
def database(servers) -> str:
    url = servers.create_database("gammu_hearing")
    furnish(url)
    return url


@pytest.fixture
def house(database: str) -> Iterator[GammuHouse]:
    found = GammuHouse(database)
    found.empty()
    yield found
    found.close()


@pytest.fixture
def gammu(house: GammuHouse) -> Gammu:
    return Gammu(house.url)


def unprocessed(house: GammuHouse) -> list[int]:
    return [row[0] for row in house.sql('SELECT "ID" FROM inbox WHERE NOT "Processed" ORDER BY "ID"')]


def test_a_text_is_heard_with_its_sender_and_moment(house: GammuHouse, gammu: Gammu) -> None:
    number = house.hear("Jalan rusak di Praya 🙏", ago=120)
    ((heard,)) = gammu.poll("").items
    assert isinstance(heard, IncomingMessage)
    assert (heard.channel, heard.external_id, heard.text) == ("sms", f"gammu:in:{number}", "Jalan rusak di Praya 🙏")
    assert (heard.sender, heard.automatic) == ("+6281230000001", False)
    assert heard.received_at == house.sql('SELECT "ReceivingDateTime"::timestamptz FROM inbox')[0][0]


def test_a_row_is_marked_only_when_the_next_look_proves_that_it_was_stored(house: GammuHouse, gammu: Gammu) -> None:
    number = house.hear("satu")
    first = gammu.poll("")
    assert unprocessed(house) == [number]
    assert [item.external_id for item in gammu.poll("").items] == [f"gammu:in:{number}"]  # the house died before it stored
    second = gammu.poll(first.cursor)
    assert (second.items, unprocessed(house)) == ((), [])


def test_what_was_processed_before_our_first_look_stays_as_it_is_and_later_rows_are_heard_whoever_marked_them(
    house: GammuHouse, gammu: Gammu
) -> None:
    house.hear("lama", Processed=True)
    first = gammu.poll("")
    assert first.items == ()
    house.hear("baru", Processed=True)
    second = gammu.poll(first.cursor)
    assert [item.text for item in second.items] == ["baru"]
    assert gammu.poll(second.cursor).items == ()


def test_an_old_cursor_from_a_backup_hears_again_what_the_house_lost(house: GammuHouse, gammu: Gammu) -> None:
    start = gammu.poll("").cursor
    house.hear("hilang")
    gammu.poll(gammu.poll(start).cursor)
    assert unprocessed(house) == []
    assert [item.text for item in gammu.poll(start).items] == ["hilang"]


def test_parts_are_joined_in_order_whatever_order_they_came_in(house: GammuHouse, gammu: Gammu) -> None:
    last = house.hear("tiga", udh="06080412340303")
    house.hear("satu ", udh="06080412340301")
    waiting = gammu.poll("")
    assert waiting.items == ()
    house.hear("dua ", udh="06080412340302")
    done = gammu.poll(waiting.cursor)
    assert [(item.text, item.external_id) for item in done.items] == [("satu dua tiga", f"gammu:in:{last}")]
    gammu.poll(done.cursor)
    assert unprocessed(house) == []


def test_parts_that_the_daemon_joined_itself_are_not_read_twice(house: GammuHouse, gammu: Gammu) -> None:
    house.hear("satu ", udh="050003D30201", TextDecoded="satu dua")
    house.hear("dua", udh="050003D30202", TextDecoded="")
    assert [item.text for item in gammu.poll("").items] == ["satu dua"]


def test_a_row_that_carries_only_decoded_words_is_read_from_them(house: GammuHouse, gammu: Gammu) -> None:
    house.hear("Lampu mati", Text="", Coding="Default_No_Compression")
    assert [item.text for item in gammu.poll("").items] == ["Lampu mati"]


def test_after_ten_minutes_an_incomplete_text_is_taken_with_its_gap_under_the_same_name(house: GammuHouse, gammu: Gammu) -> None:
    number = house.hear("satu", udh="050003D30301", ago=590)
    waiting = gammu.poll("")
    assert (waiting.items, unprocessed(house)) == ((), [number])
    house.sql('UPDATE inbox SET "Processed" = true')  # somebody else's hand must not make us forget it
    assert gammu.poll(waiting.cursor).items == ()
    house.empty()
    number = house.hear("satu", udh="050003D30301", ago=610)
    house.hear("tiga", udh="050003D30303", ago=5)
    (heard,) = gammu.poll("").items
    assert (heard.text, heard.external_id) == ("satu [...] tiga", f"gammu:in:{number}")


def test_a_message_cut_by_the_end_of_a_look_is_whole_in_the_next(house: GammuHouse, gammu: Gammu) -> None:
    for at in range(MOST_ROWS - 1):
        house.hear(f"laporan {at}", ago=4000)
    house.hear("kepala ", udh="050003D30201", ago=4000)
    house.hear("ekor", udh="050003D30202", ago=4000)
    first = gammu.poll("")
    assert (len(first.items), first.more) == (MOST_ROWS - 1, True)
    second = gammu.poll(first.cursor)
    assert ([item.text for item in second.items], second.more) == (["kepala ekor"], False)


@pytest.mark.parametrize(
    ("written", "sender", "automatic"),
    [
        ("+6281230000001", "+6281230000001", False),
        ("081230000001", "+6281230000001", False),
        ("6281230000001", "+6281230000001", False),
        ("+6591230001", "+6591230001", False),
        ("TELKOMSEL", "TELKOMSEL", True),
        ("3636", "3636", True),
        ("", "", True),
    ],
)
def test_senders_are_numbers_in_full_and_machines_are_known_as_such(
    house: GammuHouse, gammu: Gammu, written: str, sender: str, automatic: bool
) -> None:
    house.hear("Paket data Anda habis", written)
    (heard,) = gammu.poll("").items
    assert (heard.sender, heard.automatic) == (sender, automatic)


def test_binary_messages_are_kept_for_a_person_and_ussd_answers_are_nobody_s_business(house: GammuHouse, gammu: Gammu) -> None:
    number = house.hear("", Coding="8bit", Text="DEADBEEF")
    house.hear("Pulsa Anda Rp 5.000", "888", Class=127)
    looked = gammu.poll("")
    assert looked.items == ()
    ((name, reason, raw),) = looked.unknown
    assert (name, reason, json.loads(raw)[0]["Text"]) == (f"gammu:in:{number}", "an SMS that is no text", "DEADBEEF")
    gammu.poll(looked.cursor)
    assert house.sql('SELECT "Class" FROM inbox WHERE NOT "Processed"') == [(127,)]


def test_a_modem_with_a_name_hears_only_itself(house: GammuHouse) -> None:
    house.hear("Lombok")
    house.hear("Sumbawa", RecipientID="sumbawa")
    assert [item.text for item in Gammu(house.url, phone="sumbawa").poll("").items] == ["Sumbawa"]


def test_a_clock_of_the_sms_centre_that_runs_ahead_is_not_believed(house: GammuHouse, gammu: Gammu) -> None:
    house.hear("dari masa depan")
    house.sql("""UPDATE inbox SET "ReceivingDateTime" = LOCALTIMESTAMP + interval '8 hours'""")
    (heard,) = gammu.poll("").items
    assert heard.received_at <= house.sql("SELECT now() + interval '1 second'")[0][0]


@pytest.mark.parametrize("cursor", ["rusak", "[]", "{}", '{"in": 3}', '{"in":1,"took":[],"wait":[],"at":"kemarin","told":{}}', "7"])
def test_a_cursor_nobody_can_read_is_a_first_look(house: GammuHouse, gammu: Gammu, cursor: str) -> None:
    house.hear("satu")
    assert [item.text for item in gammu.poll(cursor).items] == ["satu"]
