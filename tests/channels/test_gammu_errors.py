"""A Gammu database that is away, closed, frozen or not one: errors say what to do, doctor says how the modem is."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from channels.sms.gammu import Gammu
from ntbcare.contract import ChannelError, OutgoingMessage
from tests.counterparts.gammu_house import GammuHouse, furnish, plain

AMINAH = "+6281230000001"


@pytest.fixture(scope="module")
def database(servers) -> str:
    url = servers.create_database("gammu_errors")
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


def words() -> OutgoingMessage:
    return OutgoingMessage("notice-1", AMINAH, "Laporan NTB-7K3M diterima")


def failure(url: str, **how: float) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        Gammu(url, **how).send(words())
    assert AMINAH not in caught.value.reason
    return caught.value


def test_a_database_that_is_away_sent_nothing() -> None:
    error = failure("postgresql://care:rahasia@127.0.0.1:1/smsd")
    assert (error.permanent, error.perhaps_sent, error.code) == (False, False, "")
    assert "rahasia" not in error.reason


def test_our_own_misconfiguration_is_told_as_such(servers, house: GammuHouse) -> None:
    missing = servers.database_url("nowhere")
    stranger = house.url.replace("care@", "stranger@")
    house.sql("DROP ROLE IF EXISTS reader")
    house.sql("CREATE ROLE reader LOGIN PASSWORD 'x'")
    empty = servers.create_database("gammu_empty")
    assert [failure(url).code for url in (missing, stranger, house.url.replace("care@", "reader:x@"), empty)] == [
        "401",
        "401",
        "403",
        "403",
    ]


def test_a_server_that_takes_the_line_and_says_nothing_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        error = failure(f"postgresql://care@127.0.0.1:{deaf.getsockname()[1]}/smsd", timeout=1.0)
    assert time.monotonic() - begun < 9
    assert error.perhaps_sent is False


def test_a_server_that_hangs_in_the_middle_is_left_in_time(house: GammuHouse, gammu: Gammu) -> None:
    with psycopg.connect(plain(house.url)) as lock:
        lock.execute("LOCK TABLE outbox")
        begun = time.monotonic()
        error = failure(house.url, timeout=0.5)
        assert time.monotonic() - begun < 5
    assert (error.perhaps_sent, error.code) == (False, "57014")
    house.alive()
    gammu.send(words())


def test_a_frozen_line_is_cut_after_the_time_out(house: GammuHouse, servers) -> None:
    """A relay that stops carrying answers: neither the server's own time-out nor the kernel would end this wait."""
    path = f"{servers.places.postgres_sockets}/.s.PGSQL.5432"
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_relay, args=(door, path), daemon=True).start()
        begun = time.monotonic()
        error = failure(f"postgresql://care@127.0.0.1:{door.getsockname()[1]}/gammu_errors", timeout=0.5)
    assert time.monotonic() - begun < 6
    assert error.permanent is False


def _relay(door: socket.socket, path: str) -> None:
    """Carries both ways until the lock is asked for; from then on nothing comes back."""
    client, _ = door.accept()
    with client, socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        frozen = threading.Event()

        def back() -> None:
            with contextlib.suppress(OSError):
                while data := server.recv(65536):
                    if not frozen.is_set():
                        client.sendall(data)

        threading.Thread(target=back, daemon=True).start()
        while data := client.recv(65536):
            if b"pg_advisory" in data:
                frozen.set()
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)


# check


def test_doctor_hears_how_the_modem_is(house: GammuHouse, gammu: Gammu) -> None:
    def phone(late: int, **more: object) -> None:
        row = {
            "ID": "mataram",
            "IMEI": "1",
            "IMSI": "2",
            "Client": "Gammu",
            "Send": True,
            "Receive": True,
            "Signal": 42,
            "Battery": -1,
        } | more
        names = ", ".join(f'"{name}"' for name in row)
        house.sql("TRUNCATE phones")
        house.sql(
            f'INSERT INTO phones ({names}, "TimeOut") VALUES ({", ".join(["%s"] * len(row))}, LOCALTIMESTAMP - %s * interval \'1 second\')',
            *row.values(), late,
        )  # fmt: skip

    def ill(channel: Gammu) -> str:
        with pytest.raises(ChannelError) as caught:
            channel.check()
        return caught.value.reason

    assert ill(gammu) == "no modem has ever reported to this Gammu database"
    phone(-60, NetName="TELKOMSEL")
    gammu.send(words())
    assert gammu.check() == "modem answers, on TELKOMSEL, signal 42 %, battery unknown, 1 texts wait in the outbox"
    assert ill(Gammu(house.url, phone="bima")) == "no modem has ever reported to this Gammu database"
    phone(1200)
    assert ill(gammu) == "the modem has been silent for 20 minutes: is gammu-smsd running?"
    phone(-60, Receive=False)
    assert ill(gammu) == "the modem does not receive"
