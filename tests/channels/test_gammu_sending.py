"""Into Gammu's outbox and back by sentitems: once per key, and no state lost."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.sms.gammu import MOST_RECEIPTS, Gammu
from ntbcare.contract import ChannelError, DeliveryReceipt, OutgoingMessage, Polled, Refused
from tests.counterparts.gammu_house import GammuHouse, furnish

AMINAH = "+6281230000001"


@pytest.fixture(scope="module")
def database(servers) -> str:
    url = servers.create_database("gammu_sending")
    furnish(url)
    return url


@pytest.fixture
def house(database: str) -> Iterator[GammuHouse]:
    found = GammuHouse(database)
    found.empty()
    found.alive()
    yield found
    found.close()


@pytest.fixture
def gammu(house: GammuHouse) -> Gammu:
    return Gammu(house.url)


def words(text: str = "Laporan NTB-7K3M diterima", key: str = "notice-1", to: str = AMINAH) -> OutgoingMessage:
    return OutgoingMessage(key, to, text)


def told(looked: Polled) -> list[tuple[str, str]]:
    return [(item.external_id, item.state) for item in looked.items if isinstance(item, DeliveryReceipt)]


def number(external_id: str) -> int:
    return int(external_id.removeprefix("gammu:"))


def test_a_short_text_stands_in_the_outbox_with_everything_the_daemon_needs(house: GammuHouse, gammu: Gammu) -> None:
    sent = gammu.send(words())
    rows = house.sql(
        'SELECT "ID", "DestinationNumber", "TextDecoded", "Coding", "UDH", "MultiPart", "RelativeValidity", "SenderID", "DeliveryReport", '
        '"CreatorID" FROM outbox'
    )
    assert rows == [
        (number(sent.external_id), AMINAH, "Laporan NTB-7K3M diterima", "Default_No_Compression", "", False, 168, None, "yes",
         "ntbcare:notice-1"),
    ]  # fmt: skip
    assert sent.final is False


def test_a_long_text_stands_there_in_parts_with_their_headers(house: GammuHouse) -> None:
    sent = Gammu(house.url, phone="mataram").send(words("“Terima kasih” " * 12))
    key = number(sent.external_id)
    assert house.sql('SELECT "MultiPart", "UDH", "Coding", "SenderID" FROM outbox') == [
        (True, f"050003{key % 256:02X}0301", "Unicode_No_Compression", "mataram")
    ]
    assert house.sql('SELECT "ID", "SequencePosition", "UDH" FROM outbox_multipart ORDER BY 2') == [
        (key, 2, f"050003{key % 256:02X}0302"), (key, 3, f"050003{key % 256:02X}0303"),
    ]  # fmt: skip
    whole = house.sql('SELECT "TextDecoded" FROM outbox') + house.sql(
        'SELECT "TextDecoded" FROM outbox_multipart ORDER BY "SequencePosition"'
    )
    assert "".join(row[0] for row in whole) == "“Terima kasih” " * 12


def test_the_same_key_is_put_in_once_wherever_it_stands_by_now(house: GammuHouse, gammu: Gammu) -> None:
    first = gammu.send(words())
    assert gammu.send(words()) == first
    house.transmit()
    assert gammu.send(words()) == first
    assert house.sql("SELECT count(*) FROM outbox") == [(0,)]
    assert gammu.send(words(to="+6281230000002")) != first  # a key of another house, or of a house begun anew


def test_without_a_daemon_that_lives_nothing_is_put_in_so_that_another_gateway_carries_it(house: GammuHouse, gammu: Gammu) -> None:
    first = gammu.send(words())
    for dead in (
        lambda: house.alive(ago=140),
        lambda: house.sql('UPDATE phones SET "Send" = false'),
        lambda: house.sql("DELETE FROM phones"),
    ):
        house.alive()
        dead()
        with pytest.raises(ChannelError) as caught:
            gammu.send(words(key="notice-2"))
        assert (type(caught.value), caught.value.perhaps_sent, caught.value.code) == (ChannelError, False, "modem")
    assert house.sql("SELECT count(*) FROM outbox") == [(1,)]
    assert gammu.send(words()) == first, "what stands there already will leave once the daemon is back"
    house.alive(ago=60)  # in the middle of a long text
    gammu.send(words(key="notice-2"))
    with pytest.raises(ChannelError):
        Gammu(house.url, phone="bima").send(words(key="notice-3"))


def test_two_workers_with_one_key_put_it_in_once(house: GammuHouse, gammu: Gammu) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = {sent.external_id for sent in pool.map(lambda _: gammu.send(words()), range(12))}
    assert (len(found), house.sql("SELECT count(*) FROM outbox")) == (1, [(1,)])


def test_a_text_that_failed_is_put_in_again_under_a_new_name(house: GammuHouse, gammu: Gammu) -> None:
    first = gammu.send(words())
    house.transmit("SendingError")
    second = gammu.send(words())
    assert second != first
    assert gammu.send(words()) == second


def test_a_forked_child_sends_by_itself(house: GammuHouse, gammu: Gammu) -> None:
    gammu.send(words())
    child = multiprocessing.get_context("fork").Process(target=gammu.send, args=(words(key="notice-2"),))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    assert house.sql('SELECT "CreatorID" FROM outbox ORDER BY 1') == [("ntbcare:notice-1",), ("ntbcare:notice-2",)]


@pytest.mark.parametrize("to", ["TELKOMSEL", "", "0812-3", "+62 812", "1" * 20])
def test_what_is_no_number_is_refused_without_being_repeated(house: GammuHouse, gammu: Gammu, to: str) -> None:
    with pytest.raises(Refused) as caught:
        gammu.send(words(to=to))
    assert not to or to not in caught.value.reason


@pytest.mark.parametrize("text", ["", "a" * 153 * 50 + "b"])
def test_no_words_and_far_too_many_are_refused(gammu: Gammu, text: str) -> None:
    with pytest.raises(Refused):
        gammu.send(words(text))
    gammu.send(words("a" * 153 * 50))


def test_a_message_goes_from_sent_to_delivered_and_each_is_told_once(house: GammuHouse, gammu: Gammu) -> None:
    cursor = gammu.poll("").cursor
    name = gammu.send(words()).external_id
    assert told(gammu.poll(cursor)) == []
    house.transmit()
    first = gammu.poll(cursor)
    assert told(first) == [(name, "sent")]
    again = gammu.poll(first.cursor)
    assert told(again) == []
    house.report(number(name), "DeliveryPending", 0x30)
    again = gammu.poll(again.cursor)
    assert told(again) == []
    house.report(number(name), "DeliveryOK")
    last = gammu.poll(again.cursor)
    assert told(last) == [(name, "delivered")]
    assert told(gammu.poll(last.cursor)) == []
    assert told(gammu.poll(again.cursor)) == [(name, "delivered")]  # the house did not get as far as storing it


def test_a_long_text_is_sent_when_all_its_parts_are_and_delivered_likewise(house: GammuHouse, gammu: Gammu) -> None:
    name = gammu.send(words("a" * 200)).external_id
    house.transmit(until=1)
    looked = gammu.poll("")
    assert told(looked) == []
    house.transmit()
    looked = gammu.poll(looked.cursor)
    assert told(looked) == [(name, "sent")]
    house.report(number(name), "DeliveryOK", place=2)
    looked = gammu.poll(looked.cursor)
    assert told(looked) == []
    house.report(number(name), "DeliveryOK", place=1)
    assert told(gammu.poll(looked.cursor)) == [(name, "delivered")]


def test_a_row_that_shares_its_second_with_the_last_look_is_not_lost(house: GammuHouse, gammu: Gammu) -> None:
    one, two = gammu.send(words(key="1")).external_id, gammu.send(words(key="2")).external_id
    house.transmit(number=number(one))
    looked = gammu.poll("")
    house.transmit(number=number(two))
    house.sql("ALTER TABLE sentitems DISABLE TRIGGER update_timestamp")
    house.sql('UPDATE sentitems SET "UpdatedInDB" = (SELECT min("UpdatedInDB") FROM sentitems)')
    house.sql("ALTER TABLE sentitems ENABLE TRIGGER update_timestamp")
    assert told(gammu.poll(looked.cursor)) == [(two, "sent")]


def test_more_receipts_than_one_look_takes_are_all_told_and_none_twice(house: GammuHouse, gammu: Gammu) -> None:
    total = MOST_RECEIPTS * 2 + 7
    house.sql(
        'INSERT INTO sentitems ("ID", "Text", "UDH", "SenderID", "CreatorID") '
        "SELECT n, '', '', 'mataram', 'ntbcare:' || n FROM generate_series(1000, 999 + %s) n",
        total,
    )
    names, cursor, looks = [], "", 0
    while True:
        looked = gammu.poll(cursor)
        names += [name for name, _ in told(looked)]
        cursor, looks = looked.cursor, looks + 1
        if not looked.more:
            break
    assert (len(names), len(set(names)), looks) == (total, total, 3)
    assert told(gammu.poll(cursor)) == []


@pytest.mark.parametrize(
    ("status", "error", "permanent", "reason"),
    [
        ("DeliveryFailed", 0x43, True, "DeliveryFailed 67 no such number"),
        ("DeliveryFailed", 0x46, False, "DeliveryFailed 70 validity period expired: the phone was off or away"),
        ("DeliveryFailed", 0x63, False, "DeliveryFailed 99"),
        ("Error", -1, False, "Error"),
    ],
)
def test_a_failure_says_whether_to_try_again(
    house: GammuHouse, gammu: Gammu, status: str, error: int, permanent: bool, reason: str
) -> None:
    name = gammu.send(words()).external_id
    house.transmit()
    house.report(number(name), status, error)
    assert gammu.poll("").items == (DeliveryReceipt("sms", name, "failed", reason, permanent),)


@pytest.mark.parametrize(("code", "permanent"), [(1, True), (38, False), (-1, False)])
def test_an_unassigned_number_is_the_message_s_fault_and_a_network_out_of_order_is_not(
    house: GammuHouse, gammu: Gammu, code: int, permanent: bool
) -> None:
    gammu.send(words("a" * 200))
    house.transmit("SendingError", code=code)
    (failed,) = gammu.poll("").items
    assert (failed.state, failed.permanent) == ("failed", permanent)


def test_texts_of_other_programs_are_not_reported(house: GammuHouse, gammu: Gammu) -> None:
    house.sql("""INSERT INTO sentitems ("Text", "UDH", "SenderID", "CreatorID") VALUES ('', '', '', 'Gammu 1.42.0')""")
    assert gammu.poll("").items == ()
