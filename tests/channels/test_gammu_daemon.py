"""The real gammu-smsd with its dummy phone, from our outbox row to the delivery report, and from the air to our message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.sms.gammu import Gammu
from ntbcare.contract import DeliveryReceipt, IncomingMessage, OutgoingMessage
from tests.counterparts.gammu_house import GammuHouse, Modem, furnish, modem

AMINAH = "+6281230000001"


@pytest.fixture
def office(servers, tmp_path: Path) -> Iterator[tuple[Gammu, GammuHouse, Modem]]:
    url = servers.create_database("gammu_daemon")
    furnish(url)
    house = GammuHouse(url)
    with modem(tmp_path, servers.places.postgres_sockets, "gammu_daemon") as running:
        yield Gammu(url, phone="mataram"), house, running
    house.close()


class Looking:
    """Polls as the house does: a cursor is used again only after its items were kept."""

    def __init__(self, gammu: Gammu) -> None:
        self.gammu, self.cursor, self.items = gammu, "", []

    def __call__(self) -> list[object]:
        looked = self.gammu.poll(self.cursor)
        self.cursor = looked.cursor
        self.items += looked.items
        return self.items


def test_a_text_and_its_answer_travel_through_the_real_daemon(office: tuple[Gammu, GammuHouse, Modem]) -> None:
    gammu, house, phone = office
    look = Looking(gammu)
    look()
    phone.until(lambda: house.sql("SELECT 1 FROM phones"))  # until then there is nobody to send it
    short = gammu.send(OutgoingMessage("notice-1", AMINAH, "Laporan {NTB-7K3M} diterima, biaya 0 €"))
    long = gammu.send(OutgoingMessage("notice-2", "+6281230000002", "Terima kasih 🙏 atas laporan Anda. " * 5))
    phone.until(lambda: len([item for item in look() if isinstance(item, DeliveryReceipt)]) >= 2)
    assert {(item.external_id, item.state) for item in look.items} == {(short.external_id, "sent"), (long.external_id, "sent")}
    stored = house.sql('SELECT "TextDecoded", "Status", "Text" FROM sentitems ORDER BY "ID", "SequencePosition"')
    assert stored[0][:2] == ("Laporan {NTB-7K3M} diterima, biaya 0 €", "SendingOK")
    assert bytes.fromhex("".join(row[2] for row in stored[1:])).decode("utf-16-be") == "Terima kasih 🙏 atas laporan Anda. " * 5
    assert gammu.send(OutgoingMessage("notice-1", AMINAH, "Laporan {NTB-7K3M} diterima, biaya 0 €")) == short

    phone.arrive(AMINAH, "Delivered", report_for=255)  # the dummy phone numbers everything it sends 255
    phone.until(lambda: DeliveryReceipt("sms", short.external_id, "delivered") in look())
    assert "modem answers" in gammu.check()

    look.items.clear()
    phone.arrive("+6281230000003", "sampai malam 🙏", udh="050003D30202")
    phone.arrive("081230000003", "Jalan berlubang")
    phone.arrive("+6281230000003", "Air mati sejak pagi ", udh="050003D30201")
    phone.until(lambda: len(look()) >= 2)
    heard = {item.text: item for item in look.items if isinstance(item, IncomingMessage)}
    assert set(heard) == {"Air mati sejak pagi sampai malam 🙏", "Jalan berlubang"}
    assert {item.sender for item in heard.values()} == {"+6281230000003"}
    look()
    assert house.sql('SELECT count(*) FROM inbox WHERE "Processed"') == [(3,)]
