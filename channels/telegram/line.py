"""The line to Telegram: one event loop in a thread of its own and one Bot per process, shared by all its threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import httpx
    from telegram import Bot

T = TypeVar("T")
CONNECT = 5.0  # seconds to open a connection, to send a request, to wait for a free connection of the pool
AT_ONCE = 16  # connections; more callers than that wait for a free one
HANG_UP = 2.0  # seconds for connections to end in peace


@dataclass(frozen=True, slots=True)
class Plug:
    """What is open in one process: the loop, its thread, the Bot, and a client for files (the Bot would read them whole)."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    bot: Bot
    files: httpx.AsyncClient


class Line:
    """Opened at the first call in each process. `base` is the address of the Bot API, `timeout` its longest silence in seconds.

    A Bot cannot move between loops, nor a loop across a fork. What a parent opened stays in `_plugs` under the parent's id,
    untouched for ever: closing an inherited loop would unplug it in the parent as well. A lock belongs to one process, too:
    another thread of the parent may hold it at the moment of the fork.
    """

    def __init__(self, token: str, base: str, timeout: float) -> None:
        self._token = token
        self._base = base
        self._timeout = timeout
        self._plugs: dict[int, Plug] = {}
        self._locks: dict[int, threading.Lock] = {}

    def call(self, work: Callable[[Plug], Coroutine[Any, Any, T]], longest: float) -> T:
        """Run `work` on the loop and wait for it, at most `longest` seconds: then TimeoutError, and the work is cancelled.

        Whatever ends the waiting (a job's own alarm, Ctrl-C) cancels the work as well: a half-done call must not go on
        behind the back of its caller. When close() comes in between: concurrent.futures.CancelledError.
        """
        with self._lock():
            plug = self._plug()
            running = asyncio.run_coroutine_threadsafe(_limited(work, plug, longest), plug.loop)
        try:
            return running.result(longest + HANG_UP)  # the loop itself ends it earlier, unless the loop is dead
        except BaseException:
            running.cancel()
            raise

    def close(self) -> None:
        """End what this process opened: calls under way are cancelled, connections closed, the thread ends. Twice is no fault."""
        with self._lock():
            plug = self._plugs.pop(os.getpid(), None)
        if plug is None:
            return
        with contextlib.suppress(Exception):  # the line is given up, however its end goes
            asyncio.run_coroutine_threadsafe(_hang_up(plug), plug.loop).result(2 * HANG_UP)
        with contextlib.suppress(RuntimeError):  # closed already
            plug.loop.call_soon_threadsafe(plug.loop.stop)
        plug.thread.join(HANG_UP)

    def _lock(self) -> threading.Lock:
        return self._locks.setdefault(os.getpid(), threading.Lock())

    def _plug(self) -> Plug:
        plug = self._plugs.get(os.getpid())
        if plug is None or not plug.thread.is_alive():
            plug = self._plugs[os.getpid()] = self._open()
        return plug

    def _open(self) -> Plug:
        """No call is made here: the first message needs no getMe before it."""
        quiet()
        import httpx
        from telegram import Bot
        from telegram.request import HTTPXRequest

        request = HTTPXRequest(AT_ONCE, connect_timeout=CONNECT, read_timeout=self._timeout, write_timeout=CONNECT, pool_timeout=CONNECT)
        bot = Bot(self._token, f"{self._base}/bot", f"{self._base}/file/bot", request=request, get_updates_request=request)
        times = httpx.Timeout(CONNECT, read=self._timeout)
        files = httpx.AsyncClient(timeout=times, headers={"Accept-Encoding": "identity"})
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_turn, args=(loop,), name="telegram", daemon=True)
        thread.start()
        return Plug(loop, thread, bot, files)


def quiet() -> None:
    """What python-telegram-bot needs to know once: durations as timedelta, and silence, for httpx logs the token's URL."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _limited(work: Callable[[Plug], Coroutine[Any, Any, T]], plug: Plug, longest: float) -> T:
    async with asyncio.timeout(longest):
        return await work(plug)


async def _hang_up(plug: Plug) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    async with asyncio.timeout(HANG_UP):
        await asyncio.gather(*others, return_exceptions=True)
        await plug.bot.request.shutdown()
        await plug.files.aclose()
