"""Twilio's CDN on loopback: hands out files to whoever has the signed address, and notes what it was told of us."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops a burst of connections for a whole second


@dataclass
class Manner:
    """How the next files are handed out: without a length, only so many bytes of them, or with so many seconds between pieces."""

    length: bool = True
    only: int | None = None
    pause: float = 0.0
    status: int = 200
    location: str = ""


class MediaCdn:
    """seen: (path, Authorization or "") of each request · sent: bytes that left · manner: may be replaced at any time."""

    def __init__(self, files: Mapping[str, tuple[str, bytes]]) -> None:
        self.files = files
        self.seen: list[tuple[str, str]] = []
        self.sent = 0
        self.manner = Manner()
        self.closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"cdn": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    cdn: MediaCdn

    def do_GET(self) -> None:
        cdn, manner = self.cdn, self.cdn.manner
        cdn.seen.append((self.path, self.headers.get("Authorization", "")))
        kind, content = cdn.files.get(urlsplit(self.path).path.lstrip("/"), ("application/xml", b"<Error><Code>NoSuchKey</Code></Error>"))
        self.send_response(manner.status)
        if manner.location:
            self.send_header("Location", manner.location)
        self.send_header("Content-Type", kind)
        if manner.length:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        content = content if manner.only is None else content[: manner.only]
        step = 1 if manner.pause else 4096
        try:
            for start in range(0, len(content), step):
                self.wfile.write(content[start : start + step])
                cdn.sent += len(content[start : start + step])
                if manner.pause and cdn.closing.wait(manner.pause):
                    return
        except OSError:
            return  # hung up on: enough was read

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
