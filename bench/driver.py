"""The load driver: keep-alive connections over bare sockets, closed loop (as fast as answered) or open loop (as planned)."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """One HTTP/1.1 request as bytes; header names are written with _ for -."""
    lines = [f"{method} {path} HTTP/1.1", "Host: care.example", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_request(path: str, body: dict[str, object], **headers: str) -> bytes:
    """A POST with a JSON body."""
    return request("POST", path, json.dumps(body).encode(), Content_Type="application/json", **headers)


def form_request(path: str, form: dict[str, str], **headers: str) -> bytes:
    """A POST as a form."""
    return request("POST", path, urlencode(form).encode(), Content_Type="application/x-www-form-urlencoded", **headers)


class Line:
    """One keep-alive connection; it dials again when the server has hung up (a request is then sent once more)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, sent: bytes) -> tuple[int, bytes, bytes]:
        """(status, head, body)."""
        for _ in range(20):
            try:
                if self._socket is None:
                    self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket.sendall(sent)
                return self._answer()
            except (ConnectionError, EOFError):
                self.close()
                time.sleep(0.02)
        raise ConnectionError(f"nobody answers on port {self._port}")

    def _answer(self) -> tuple[int, bytes, bytes]:
        assert self._socket is not None
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head = got[:end]
        lower = head.lower()
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in lower else 0
        body = got[end + 4 :]
        while len(body) < length:
            body += self._more()
        if b"connection: close" in lower:
            self.close()
        return int(head[9:12]), head, body

    def _more(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(262144)
        if not piece:
            raise EOFError
        return piece

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass
class Load:
    """What a run of the driver saw; times in milliseconds."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    wrong: int = 0
    last_wrong: str = ""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The time within which this share was answered."""
        ranked = sorted(self.times)
        return ranked[min(int(share * len(ranked)), len(ranked) - 1)] if ranked else 0.0


def run(port: int, requests: Iterator[bytes], seconds: float, *, lines: int = 4, rate: float = 0.0) -> Load:
    """Drive for `seconds`. rate 0: each line sends as soon as it is answered; otherwise request n is due at n/rate, ready or not."""
    load, lock, number = Load(), threading.Lock(), itertools.count()
    begun = time.perf_counter()
    limit = int(rate * seconds)

    def work() -> None:
        line = Line(port)
        while True:
            with lock:
                at = next(number)
                sent = next(requests, None)
            due = begun + at / rate if rate else time.perf_counter()
            if sent is None or (at >= limit if rate else due - begun >= seconds):
                break
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            try:
                status, _, body = line.ask(sent)
            except OSError as broken:
                status, body = 0, repr(broken).encode()
            took = 1000 * (time.perf_counter() - due)
            with lock:
                load.times.append(took)
                if not 200 <= status < 300:
                    load.wrong += 1
                    load.last_wrong = f"{status} {body[:300]!r}"
        line.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - begun
    return load
