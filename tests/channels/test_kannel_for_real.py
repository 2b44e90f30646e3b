"""Our channel and a real Kannel with a fake mobile network: both ways, through parts, silence and power cuts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.sms.kannel import Kannel
from ntbcare.contract import ChannelError, DeliveryReceipt, IncomingMessage, OutgoingMessage, Refused
from tests.counterparts.kannel_house import KannelHouse, until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelHouse]:
    with KannelHouse(tmp_path_factory.mktemp("kannel")) as kannel:
        yield kannel
        assert kannel.refusals == []


def heard(house: KannelHouse, sender: str, count: int = 1) -> list[IncomingMessage]:
    """What we have read from this sender, once there are `count` of them."""

    def found() -> list[IncomingMessage]:
        return [item for item in house.items if isinstance(item, IncomingMessage) and item.sender == sender]

    until(lambda: len(found()) >= count, f"{count} SMS of this sender")
    return found()


def shows(house: KannelHouse, number: str, coding: int = 0) -> list[str]:
    """What this phone shows, once it shows anything."""
    house.soon(lambda: house.phone(number, coding), "an SMS on this phone")
    return house.phone(number, coding)


def states(house: KannelHouse, external_id: str) -> set[str]:
    return {item.state for item in house.items if isinstance(item, DeliveryReceipt) and item.external_id == external_id}


def test_an_sms_comes_in_word_for_word(house: KannelHouse) -> None:
    house.text("081234567890", "LAPOR jalan  rusak di Aiq Ampat, 50% & berlubang + banjir? Nyalé é à")
    (message,) = heard(house, "+6281234567890")
    assert message.text == "LAPOR jalan  rusak di Aiq Ampat, 50% & berlubang + banjir? Nyalé é à"
    assert (message.channel, len(message.external_id)) == ("sms", len("kannel:") + 36)
    assert message.received_at is not None
    assert abs((datetime.now(UTC) - message.received_at).total_seconds()) < 60
    assert message.raw.startswith("from=081234567890&to=1708&")


def test_emoji_and_arabic_come_in(house: KannelHouse) -> None:
    house.ucs2("6281200000001", "air mati 😢 ماء".encode("utf-16-be"))
    assert heard(house, "+6281200000001")[0].text == "air mati 😢 ماء"


def test_half_an_emoji_comes_in_as_a_sign_of_replacement(house: KannelHouse) -> None:
    house.ucs2("6281200000002", "air ".encode("utf-16-be") + b"\xd8\x3d" + " mati".encode("utf-16-be"))
    (message,) = heard(house, "+6281200000002")
    message.text.encode("utf-8")
    assert (message.text[:4], message.text[-4:], "\ufffd" in message.text) == ("air ", "mati", True)


def test_a_long_sms_comes_in_whole_even_when_its_parts_change_places(house: KannelHouse) -> None:
    house.part("6281200000003", " dan jembatan putus 🙏".encode(), 2, of=2, reference=7)
    house.part("6281200000003", b"Jalan rusak parah", 1, of=2, reference=7)
    assert [message.text for message in heard(house, "+6281200000003")] == ["Jalan rusak parah dan jembatan putus 🙏"]


def test_a_part_whose_rest_never_comes_arrives_by_itself_after_the_time_out(house: KannelHouse) -> None:
    house.part("6281200000004", b"Jembatan putus di", 1, of=2, reference=9)
    assert heard(house, "+6281200000004")[0].text == "Jembatan putus di"


def test_words_go_out_and_their_receipts_come_back(house: KannelHouse) -> None:
    sent = house.line.send(OutgoingMessage("notice-1 100% é", "+6281300000001", "Laporan NTB-7K3M diterima [PIN 4711] 5€"))
    until(lambda: states(house, sent.external_id) == {"sent", "delivered"}, "both receipts")
    assert shows(house, "+6281300000001") == ["Laporan NTB-7K3M diterima [PIN 4711] 5€"]
    assert (sent.final, sent.external_id.startswith("kannel:notice-1 100% é.")) == (False, True)


def test_emoji_and_arabic_go_out(house: KannelHouse) -> None:
    sent = house.line.send(OutgoingMessage("notice-2", "+6281300000002", "Terima kasih 🙏 شكرا"))
    until(lambda: "delivered" in states(house, sent.external_id), "the receipt")
    assert shows(house, "+6281300000002", coding=2) == ["Terima kasih 🙏 شكرا"]


@pytest.mark.parametrize(
    ("number", "text", "coding"),
    [
        ("+6281300000003", " ".join(f"{n}. Jalan [rusak]" for n in range(1, 78)), 0),
        ("+6281300000004", "".join(f"{n}🙏" for n in range(1, 156)), 2),
    ],
    ids=["ten parts of letters", "ten parts of emoji"],
)
def test_long_words_arrive_whole_with_one_receipt_for_all_parts(house: KannelHouse, number: str, text: str, coding: int) -> None:
    sent = house.line.send(OutgoingMessage("notice-3", number, text))
    until(lambda: "delivered" in states(house, sent.external_id), "the receipt")
    assert shows(house, number, coding) == [text]


def test_a_number_no_centre_reaches_is_refused(house: KannelHouse) -> None:
    with pytest.raises(Refused) as caught:
        house.line.send(OutgoingMessage("notice-4", "+99912345678", "halo"))
    assert caught.value.permanent
    assert "999" not in caught.value.reason


def test_an_sms_is_not_lost_while_our_web_is_down(house: KannelHouse) -> None:
    house.closed = True
    before = len(house.calls)
    house.text("6281200000005", "Pohon tumbang & kabel putus")
    until(lambda: len(house.calls) >= before + 2, "Kannel to try again")
    assert len({call for call in house.calls[before:] if "/kannel/sms?" in call}) == 1
    house.closed = False
    (message,) = heard(house, "+6281200000005")
    assert message.text == "Pohon tumbang & kabel putus"


def test_no_answer_of_our_web_ever_becomes_an_sms(house: KannelHouse) -> None:
    house.babble = "Terima kasih"
    house.text("+6281200000007", "Sampah menumpuk")
    heard(house, "+6281200000007")
    sent = house.line.send(OutgoingMessage("notice-6", "+6281200000007", "Laporan diterima"))
    until(lambda: "delivered" in states(house, sent.external_id), "the receipt")
    house.babble = ""
    assert shows(house, "+6281200000007") == ["Laporan diterima"]


def test_check_proves_user_password_and_address_without_sending(house: KannelHouse) -> None:
    before = house.log("network")
    assert "takes our user and password" in house.line.check()
    for wrong in (house.kannel(password="salah"), house.kannel(path="/salah")):
        with pytest.raises(ChannelError) as caught:
            wrong.check()
        assert (caught.value.permanent, caught.value.code) == (False, "403")
    assert house.log("network") == before


def test_what_a_citizen_writes_while_smsbox_is_dead_waits_in_bearerbox(house: KannelHouse) -> None:
    house.kill("smsbox")
    house.text("6281200000006", "Lampu jalan padam")
    house.start_smsbox()
    assert [message.text for message in heard(house, "+6281200000006")] == ["Lampu jalan padam"]


def test_without_bearerbox_sending_is_to_be_tried_again_and_then_succeeds(house: KannelHouse) -> None:
    house.kill("bearerbox")
    for _ in range(3):
        with pytest.raises(ChannelError) as caught:
            house.line.send(OutgoingMessage("notice-5", "+6281300000005", "Laporan diterima"))
        assert (type(caught.value), caught.value.permanent) == (ChannelError, False)
    for name in ("smsbox", "network"):
        house.kill(name)
    house.start_bearerbox()
    house.start_smsbox()
    sent = house.line.send(OutgoingMessage("notice-5", "+6281300000005", "Laporan diterima"))
    until(lambda: "delivered" in states(house, sent.external_id), "the receipt")
    assert shows(house, "+6281300000005") == ["Laporan diterima"]


def test_nobody_at_the_other_end_means_that_nothing_was_sent() -> None:
    with pytest.raises(ChannelError) as caught:
        Kannel("http://127.0.0.1:9", "u", "p", "s", "", "https://x.id", timeouts=(0.5, 0.5)).send(OutgoingMessage("n", "+62811", "a"))
    assert (caught.value.perhaps_sent, caught.value.permanent) == (False, False)


def test_the_line_for_the_operator_is_the_same_in_the_class_and_in_the_paper() -> None:
    (line,) = [each.strip() for each in (Kannel.__doc__ or "").splitlines() if "get-url =" in each]
    assert f"\n{line}\n" in (Path(__file__).parents[2] / "docs" / "kannel.md").read_text(encoding="utf-8")
