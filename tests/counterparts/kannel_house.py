"""A real Kannel on loopback: bearerbox, smsbox, fakesmsc as the mobile network with its phones, and a web door of ours.

The configuration is the one of docs/kannel.md, word for word, but for ports, folders, the operator's line and shorter waits.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from channels.sms.kannel import Kannel
from ntbcare.contract import Item, RawRequest

ROOT = Path(__file__).parents[2]
BEARERBOX, SMSBOX, FAKESMSC = "/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/test/fakesmsc"
USER, PASSWORD, SECRET, SHORT_CODE = "lapor", "kata-sandi", "rahasia_kannel-0123456789", "1708"
GOT = re.compile(rb"Got message \d+: <(\S+) (\S+) (?:udh (\S+) )?(text|data|ucs-2) (.*)>$", re.MULTILINE)


def until(true: Callable[[], object], what: str, limit: float = 20.0) -> None:
    """Wait until something is true; after `limit` seconds the test fails and says what it waited for."""
    end = time.monotonic() + limit
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s for: {what}")
        time.sleep(0.02)


class KannelHouse:
    """`with KannelHouse(folder) as house:`; house.line is our channel, wired to this Kannel and back.

    items: what our door has read, in order · calls: every call Kannel made (path and query) · refusals: what read() raised.
    closed: while true the door answers 503, as a web server does that is being restarted · babble: words it says to every call.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items: list[Item] = []
        self.calls: list[str] = []
        self.refusals: list[Exception] = []
        self.closed = False
        self.babble = ""
        self._door = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Door,), {"house": self}))
        self.public_url = f"http://127.0.0.1:{self._door.server_address[1]}"
        self.ports = dict(zip(("admin", "smsbox", "smsc", "sendsms"), _free_ports(4), strict=True))
        self.url = f"http://127.0.0.1:{self.ports['sendsms']}"
        self.line = self.kannel()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def kannel(self, *, password: str = PASSWORD, path: str = "") -> Kannel:
        return Kannel(f"{self.url}{path}", USER, password, SECRET, "", self.public_url, timeouts=(2.0, 5.0))

    def __enter__(self) -> KannelHouse:
        (self.folder / "kannel.conf").write_text(self._configuration(), encoding="utf-8")
        threading.Thread(target=self._door.serve_forever, args=(0.02,), daemon=True).start()
        try:
            self.start_bearerbox()
            self.start_smsbox()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for name in list(self._running):
            self.kill(name)
        self._door.shutdown()
        self._door.server_close()

    # processes

    def start_bearerbox(self) -> None:
        """And the mobile network with it, for fakesmsc ends when its line breaks."""
        self._start("bearerbox", BEARERBOX, "-v", "1", "kannel.conf")
        until(lambda: b"Start-up done" in self.log("bearerbox"), "bearerbox to be ready")
        self._start("network", FAKESMSC, "-i", "0.01", "-H", "127.0.0.1", "-r", str(self.ports["smsc"]))
        until(lambda: b"Fakesmsc client connected" in self.log("bearerbox"), "the network to connect")

    def start_smsbox(self) -> None:
        """Its port opens before it has found bearerbox, so it is ready when bearerbox says so as well."""
        before = self.log("bearerbox").count(b"Client connected from")
        self._start("smsbox", SMSBOX, "-v", "1", "kannel.conf")
        until(lambda: self.log("bearerbox").count(b"Client connected from") > before, "smsbox to find bearerbox")
        until(lambda: _listens(self.ports["sendsms"]), "smsbox to listen")

    def _start(self, name: str, *words: str) -> None:
        """In a session of its own: an smsbox that lost its bearerbox starts itself again as a child that nobody waits for."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, env={"LC_ALL": "C.UTF-8"}
            )

    def kill(self, name: str) -> None:
        """The process and its children at once, as a power cut does."""
        process = self._running.pop(name, None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            if process.stdin:
                process.stdin.close()

    def log(self, name: str) -> bytes:
        path = self.folder / f"{name}.log"
        return path.read_bytes() if path.exists() else b""

    # the mobile network

    def text(self, sender: str, words: str) -> None:
        """An SMS of a phone in the default alphabet."""
        self._say(f"{sender} {SHORT_CODE} text {words}")

    def ucs2(self, sender: str, octets: bytes) -> None:
        """An SMS of a phone in UCS-2, big-endian."""
        self._say(f"{sender} {SHORT_CODE} ucs2 {_percent(octets)}")

    def part(self, sender: str, octets: bytes, number: int, of: int, reference: int) -> None:
        """One part of a long SMS, as 8-bit data: fakesmsc knows a user data header for nothing else."""
        self._say(f"{sender} {SHORT_CODE} udh {_percent(bytes((5, 0, 3, reference, of, number)))} {_percent(octets)}")

    def _say(self, line: str) -> None:
        """fakesmsc reads at most 255 bytes of a line: one at a time, and see it go."""
        octets = line.encode() + b"\n"
        assert len(octets) < 256, "fakesmsc would cut this line in two"
        before = self.log("network").count(b"fakesmsc: sent message")
        self._type(octets)
        self.soon(lambda: self.log("network").count(b"fakesmsc: sent message") > before, "the network to send an SMS")

    def soon(self, true: Callable[[], object], what: str) -> None:
        """Wait for something of the network: it looks around once a second, and at once when an empty line is typed."""

        def look() -> object:
            self._type(b"\n")
            time.sleep(0.05)
            return true()

        until(look, what)

    def _type(self, octets: bytes) -> None:
        pipe = self._running["network"].stdin
        assert pipe
        pipe.write(octets)
        pipe.flush()

    def phone(self, number: str, coding: int = 0) -> list[str]:
        """What the phone of this number shows: parts put together by their header, coding 0 as letters and 2 as UCS-2."""
        shown: list[str] = []
        parts: dict[bytes, dict[int, bytes]] = {}
        for _, to, header, kind, words in GOT.findall(self.log("network")):
            if to.decode() != number:
                continue
            octets = words if kind == b"text" else unquote_to_bytes(words.replace(b"+", b" "))
            if header:
                _, _, _, reference, of, place = unquote_to_bytes(header.replace(b"+", b" "))
                whole = parts.setdefault(bytes((reference, of)), {})
                whole[place] = octets
                if len(whole) < of:
                    continue
                octets = b"".join(whole[at] for at in sorted(whole))
            shown.append(octets.decode("utf-16-be" if coding == 2 else "utf-8"))
        return shown

    # configuration

    def _configuration(self) -> str:
        paper = (ROOT / "docs" / "kannel.md").read_text(encoding="utf-8")
        given = paper.split("```")[1].strip()
        operator = f"group = smsc\nsmsc = fake\nsmsc-id = FAKE\nport = {self.ports['smsc']}\nconnect-allow-ip = 127.0.0.1\ndenied-prefix = +999\n\n"
        given = re.sub(r"group = smsc\n.*?\n\n", operator, given, flags=re.DOTALL)
        given = re.sub(r"^log-(file|level) = .*\n", "", given, flags=re.MULTILINE)
        for name, value in (
            ("admin-port", self.ports["admin"]), ("smsbox-port", self.ports["smsbox"]), ("bearerbox-port", self.ports["smsbox"]),
            ("sendsms-port", self.ports["sendsms"]), ("store-location", '"store.dat"'), ("http-queue-delay", 1),
            ("sms-combine-concatenated-mo-timeout", 2), ("username", USER), ("password", PASSWORD), ("global-sender", SHORT_CODE),
        ):  # fmt: skip
            given, found = re.subn(rf"^{name} = .*$", f"{name} = {value}", given, flags=re.MULTILINE)
            assert found == 1, f"docs/kannel.md should name {name} once, and does {found} times"
        return given.replace("PUBLIC_URL", self.public_url).replace("SECRET&", f"{SECRET}&") + "\n"


class _Door(BaseHTTPRequestHandler):
    """Our web door, bare: read, then answer."""

    house: KannelHouse

    def do_GET(self) -> None:
        house = self.house
        house.calls.append(self.path)
        if house.closed:
            self._say(503, b"sedang dipelihara", "text/html; charset=utf-8")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        raw = RawRequest("GET", f"{house.public_url}{self.path}", headers, query=query)
        try:
            house.items += house.line.read(raw)
        except Exception as error:
            house.refusals.append(error)
            self._say(403, b"", "text/plain")
            return
        said = house.line.answer(raw)
        self._say(said.status, (said.body or house.babble).encode(), said.content_type)

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _percent(octets: bytes) -> str:
    return "".join(f"%{octet:02X}" for octet in octets)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
