"""smsbox's sendsms on loopback, for the answers that a healthy Kannel does not give at will.

The real one is in kannel_house.py. Statuses and words: Kannel User Guide, «SMS Push reply codes», and smsbox 1.4.5 itself.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "lapor", "kata sandi & 100%"


@dataclass(frozen=True)
class Mood:
    """One answer out of turn; `delay` seconds first."""

    status: int = 202
    words: str = "0: Accepted for delivery"
    delay: float = 0.0
    hang_up: bool = False


class KannelApi:
    """`with KannelApi() as api:` taken: the variables of each SMS accepted · calls: (path, variables) of every request."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.moods: deque[Mood] = deque()
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"api": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> KannelApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def judge(self, path: str, asked: dict[str, str]) -> tuple[int, str]:
        """In the order of smsbox: address, user, receiver, lists."""
        if path != "/cgi-bin/sendsms":
            return 404, "Unknown request."
        if (asked.get("username"), asked.get("password")) != (USER, PASSWORD):
            return 403, "Authorization failed for sendsms"
        if "to" not in asked:
            return 400, "Missing receiver number, rejected"
        if not asked["to"]:
            return 400, "Empty receiver number not allowed, rejected"
        if not set(asked["to"]) <= set("0123456789 +-"):
            return 400, "Number(s) has/have been denied by white- and/or black-lists."
        self.taken.append(asked)
        return 202, "0: Accepted for delivery"


class _Handler(BaseHTTPRequestHandler):
    api: KannelApi

    def do_GET(self) -> None:
        api, parts = self.api, urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        api.calls.append((parts.path, asked))
        if api.moods:
            mood = api.moods.popleft()
            if mood.delay:
                api.closing.wait(mood.delay)
            if mood.hang_up:
                return
            status, words = mood.status, mood.words
        else:
            status, words = api.judge(parts.path, asked)
        body = words.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
