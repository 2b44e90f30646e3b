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
    DeliveryReceipt,
    Hook,
    IncomingMessage,
    OutgoingMessage,
    RawRequest,
    Sent,
)


class Console:
    """Channel `name` without a provider. It remembers nothing.

    `stands_for` is the vendor's channel whose hooks, reading and answers are kept (signed webhooks still work without
    credentials for sending); None means no hooks. `show` prints the text as well, for development: a ticket's PIN is in
    it. `outbox` is a file (mode 0600) to which each message is appended as one JSON line, unmasked, so that a tester
    can see what a citizen would have received.
    """

    def __init__(self, name: str, stands_for: Channel | None = None, *, show: bool = False, outbox: str | None = None) -> None:
        self.name = name
        self._stands_for = stands_for
        self._show = show
        self._outbox = outbox
        self._lock = threading.Lock()

    def hooks(self) -> Iterable[Hook]:
        return self._stands_for.hooks() if self._stands_for else ()

    def read(self, raw: RawRequest) -> list[IncomingMessage | DeliveryReceipt]:
        return self._stands_for.read(raw) if self._stands_for else []

    def answer(self, raw: RawRequest) -> Answer:
        return self._stands_for.answer(raw) if self._stands_for else Answer()

    def send(self, message: OutgoingMessage) -> Sent:
        """Prints one line; raises ChannelError (again later) when the outbox cannot be written."""
        said = json.dumps(message.text, ensure_ascii=False) if self._show else f"({len(message.text)} characters)"
        with self._lock:
            if self._outbox:
                self._append(self._outbox, message)
            _print(f"[console:{self.name}] to {masked(message.to)}: {said}")
        return Sent(external_id=f"console-{message.key}", final=True)

    def _append(self, outbox: str, message: OutgoingMessage) -> None:
        line = json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "channel": self.name,
                "key": message.key,
                "to": message.to,
                "text": message.text,
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
    """+6281100000001 → +62811****0001; a short or other address keeps its last two characters only."""
    if address.startswith("+") and len(address) >= 12:
        return f"{address[:6]}****{address[-4:]}"
    return f"****{address[-2:]}" if len(address) > 4 else "****"


def _print(line: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)  # noqa: T201 - a console speaks on the console
