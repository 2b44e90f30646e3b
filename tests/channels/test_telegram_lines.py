"""The line of one process: many threads, forks, alarms and closing, against the loopback Telegram."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest

from channels.telegram import Telegram
from ntbcare.contract import ChannelError, OutgoingMessage
from tests.counterparts.telegram_api import SECRET, TOKEN, Mood, TelegramApi


def words(text: str = "Laporan NTB-7K3M diterima", to: str = "5001") -> OutgoingMessage:
    return OutgoingMessage("notice-1", to, text)


def failure(channel: Telegram) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(words())
    return caught.value


def until(happened: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something another thread does; a test that waits in vain fails."""
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.01)


def lines() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "telegram"}


def test_a_slow_call_stops_no_other_thread(telegram: Telegram, telegram_api: TelegramApi) -> None:
    gate = threading.Event()
    telegram_api.moods.append(Mood(gate=gate))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(telegram.send, words("lambat"))
        until(lambda: telegram_api.calls)
        for number in range(5):
            telegram.send(words(f"cepat {number}"))
        assert not slow.done()
        gate.set()
        assert slow.result(10).external_id == f"5001:{telegram_api.sent[-1]['message_id']}"
    assert [message["text"] for message in telegram_api.sent] == [*(f"cepat {number}" for number in range(5)), "lambat"]


def test_closing_ends_calls_under_way_and_the_thread(telegram: Telegram, telegram_api: TelegramApi) -> None:
    before, gate = lines(), threading.Event()
    telegram_api.moods.append(Mood(gate=gate))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(failure, telegram)
        until(lambda: telegram_api.calls)
        telegram.close()
        error = slow.result(10)
        gate.set()
    assert (type(error), error.permanent, error.perhaps_sent) == (ChannelError, False, True)
    assert lines() == before


def test_a_line_is_one_thread_and_opens_at_the_first_call(telegram: Telegram, telegram_api: TelegramApi) -> None:
    before = lines()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: telegram.send(words(str(number))), range(8)))
    assert len(lines() - before) == 1


def test_a_child_forked_while_another_thread_calls_is_not_held_up(telegram: Telegram, telegram_api: TelegramApi) -> None:
    gate = threading.Event()
    telegram_api.moods.append(Mood(gate=gate))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(telegram.send, words("induk"))
        until(lambda: telegram_api.calls)
        child = multiprocessing.get_context("fork").Process(target=telegram.send, args=(words("anak"),))
        child.start()
        child.join(20)
        gate.set()
        slow.result(10)
    assert (child.exitcode, sorted(message["text"] for message in telegram_api.sent)) == (0, ["anak", "induk"])


def test_a_child_may_close_and_end_without_harm_to_its_parent(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram.send(words("induk"))
    pid = os.fork()
    if pid == 0:
        try:
            telegram.close()
            telegram.send(words("anak"))
            telegram.close()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    telegram.send(words("induk lagi"))
    assert [message["text"] for message in telegram_api.sent] == ["induk", "anak", "induk lagi"]


def test_one_line_serves_many_threads(telegram: Telegram, telegram_api: TelegramApi) -> None:
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: telegram.send(words(f"pesan {n}")), range(40)))
    assert len({each.external_id for each in sent}) == 40
    assert sorted(message["text"] for message in telegram_api.sent) == sorted(f"pesan {n}" for n in range(40))


def test_forked_workers_open_their_own_lines(telegram: Telegram, telegram_api: TelegramApi) -> None:
    def work(name: str) -> None:
        ids = {telegram.send(words(f"{name} {number}")).external_id for number in range(10)}
        raise SystemExit(len(ids) != 10)

    telegram.send(words("induk"))
    children = [multiprocessing.get_context("fork").Process(target=work, args=(f"anak {n}",)) for n in range(4)]
    for child in children:
        child.start()
    for number in range(10):
        telegram.send(words(f"induk {number}"))
    for child in children:
        child.join(30)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert len({message["text"] for message in telegram_api.sent}) == len(telegram_api.sent) == 51


def test_a_child_leaves_the_line_of_its_parent_alone(telegram_api: TelegramApi) -> None:
    # By name, so that a new connection asks the resolver's thread, which wakes the event loop a careless child would have unplugged.
    channel = Telegram(TOKEN, SECRET, telegram_api.url.replace("127.0.0.1", "localhost"), timeout=2.0)
    channel.send(words("induk"))
    child = multiprocessing.get_context("fork").Process(target=channel.send, args=(words("anak"),))
    child.start()
    child.join(20)
    telegram_api.moods.append(Mood(hang_up=True))
    failure(channel)
    channel.send(words("induk lagi"))
    channel.close()
    assert len(telegram_api.sent) == 3


def test_a_job_cut_off_in_mid_call_does_not_wake_up_in_the_next_one(telegram: Telegram, telegram_api: TelegramApi) -> None:
    class JobTimeout(Exception):
        """What a worker's alarm raises, wherever the process happens to be."""

    def strike(number: int, frame: FrameType | None) -> None:
        raise JobTimeout

    def alarm() -> None:
        until(lambda: len(telegram_api.calls) == 2)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    gate = threading.Event()
    telegram.send(words("pertama"))
    telegram_api.moods.append(Mood(gate=gate))
    before = signal.signal(signal.SIGALRM, strike)
    try:
        with ThreadPoolExecutor(1) as pool, pytest.raises(JobTimeout):
            pool.submit(alarm)
            telegram.send(words("a" * 4096 + "bagian kedua"))
    finally:
        signal.signal(signal.SIGALRM, before)
    gate.set()
    telegram_api.moods.append(Mood(delay=0.5))  # long enough for the half-done call to go on, if it were still alive
    telegram.send(words("berikutnya"))
    assert [given_to_telegram["text"][:12] for _, given_to_telegram in telegram_api.calls] == ["pertama", "a" * 12, "berikutnya"]


def test_a_closed_channel_opens_again_and_may_be_closed_twice(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram.close()
    telegram.send(words())
    telegram.close()
    telegram.close()
    telegram.send(words())
    assert len(telegram_api.sent) == 2
