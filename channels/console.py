"""The honest stand-in: sends nothing, says so on the console, and reads with the vendor's own reader when there is one."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from ntbcare.contract import (
    Answer,
    Channel,
    ChannelError,
    Hook,
    Item,
    OutgoingMessage,
    RawRequest,
    Sent,
)


class Console(Channel):
    """The channels of `carries` without a provider. It remembers nothing.

    `stands_for` is the vendor's channel whose hooks, reading and answers are kept (signed webhooks still work without
    credentials for sending); None means no hooks. `show` prints the text as well, for development: a ticket's PIN is in
    it. `outbox` is a file (mode 0600) to which each message is appended as one JSON line, unmasked, so that a tester
    can see what a citizen would have received.
    """

    stand_in = True  # the board and `doctor` say so: nobody may take it for the provider

    def __init__(
        self, carries: tuple[str, ...], stands_for: Channel | None = None, *, show: bool = False, outbox: str | None = None
    ) -> None:
        self.gateway = stands_for.gateway if stands_for else f"console-{carries[0]}"
        self.carries = carries
        self._stands_for = stands_for
        self._show = show
        self._outbox = outbox
        self._lock = threading.Lock()

    def hooks(self) -> Iterable[Hook]:
        return self._stands_for.hooks() if self._stands_for else ()

    def check(self) -> str:
        return "a stand-in: nothing leaves this machine"

    def read(self, raw: RawRequest) -> list[Item]:
        return self._stands_for.read(raw) if self._stands_for else []

    def answer(self, raw: RawRequest) -> Answer:
        return self._stands_for.answer(raw) if self._stands_for else Answer()

    def send(self, message: OutgoingMessage) -> Sent:
        """Prints one line; raises ChannelError (again later) when the outbox cannot be written."""
        said = json.dumps(message.text, ensure_ascii=False) if self._show else f"({len(message.text)} characters)"
        with self._lock:
            if self._outbox:
                self._append(self._outbox, message)
            _print(f"[console:{message.channel or self.carries[0]}] to {masked(message.to)}: {said}")
        return Sent(external_id=f"console-{message.key}", final=True)

    def _append(self, outbox: str, message: OutgoingMessage) -> None:
        line = json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "channel": message.channel or self.carries[0],
                "key": message.key,
                "to": message.to,
                "text": message.text,
                "thread": message.thread,
                "public": message.public,
                "choices": [list(choice) for choice in message.choices],
            }
        )
        try:
            Path(outbox).parent.mkdir(parents=True, exist_ok=True)
            file = os.open(outbox, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, f"{line}\n".encode())  # one write: lines of several processes do not mix
            finally:
                os.close(file)
        except OSError as error:
            raise ChannelError(f"outbox cannot be written: {error.strerror}") from None


def masked(address: str) -> str:
    """Only the last three letters of an address are ever shown: enough to tell two apart, too little to find anybody."""
    return f"...{address[-3:]}" if len(address) > 6 else "..."


def _print(line: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)  # noqa: T201 - a console speaks on the console
