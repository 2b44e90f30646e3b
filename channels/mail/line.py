"""The line to a mailbox: one IMAP session, and what its answers mean (RFC 3501)."""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from ntbcare.contract import ChannelError

CONNECT = 5.0  # seconds
TOKEN = re.compile(rb'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s()"]+))', re.DOTALL)
LITERAL = re.compile(rb"\{\d+\}\Z")
DEEPEST = 20  # multiparts inside multiparts; deeper ones are nobody's mail
# A NO to LOGIN that is about the server's day and not about our password. https://www.rfc-editor.org/rfc/rfc5530
PASSING = re.compile(rb"UNAVAILABLE|INUSE|LIMIT|OVERQUOTA|SERVERBUG|CONTACTADMIN|temporar|too many|try again", re.IGNORECASE)
# The same of a NO to one question.
SERVERS_DAY = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT)\]", re.IGNORECASE)
REFUSED, LATER = "refused", "later"
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Place:
    """A server out of a URL: scheme://user:password@host[:port][/path], everything percent-decoded."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    path: str

    @property
    def near(self) -> bool:
        """On this very machine, so that nobody can listen on the way."""
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"


def place(url: str, ports: dict[str, int]) -> Place:
    """ValueError when the scheme is none of `ports` or the host is missing."""
    parts = urlsplit(url)
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("not the address of such a server")
    return Place(
        parts.scheme, parts.hostname, parts.port or ports[parts.scheme], unquote(parts.username or ""), unquote(parts.password or ""),
        unquote(parts.path.strip("/")),
    )  # fmt: skip


@contextlib.contextmanager
def bounded(line: socket.socket, seconds: float) -> Iterator[None]:
    """Time-outs count between bytes; this one counts to the end, and then cuts the line under whoever waits on it."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    cutter = threading.Timer(seconds, cut)
    cutter.daemon = True
    cutter.start()
    try:
        yield
    finally:
        cutter.cancel()


class Box:
    """A selected folder. `validity` is its UIDVALIDITY, `next` the UID that the next mail will have (0 = not told)."""

    def __init__(self, line: imaplib.IMAP4, folder: str) -> None:
        self._line = line
        state, _ = line.select(_quoted(folder))
        if state != "OK":
            raise ChannelError("our mailbox has no such folder", code="403")
        self.validity, self.next = self._told("UIDVALIDITY"), self._told("UIDNEXT")

    def _told(self, name: str) -> int:
        found = self._line.response(name)[1]
        return int(found[-1]) if found and found[-1] else 0

    def search(self, *criteria: str) -> list[int]:
        """UIDs that fit, in order."""
        found = self._ask("SEARCH", *criteria)
        return sorted({int(number) for row in found if row for number in row.split()})

    def fetch(self, uids: list[int], what: str) -> dict[int, dict[str, Any]]:
        """UID → name of the item → its value. Mail that is gone meanwhile is simply not there."""
        if not uids:
            return {}
        rows = read(self._ask("FETCH", ",".join(map(str, uids)), f"(UID {what})"))
        return {int(row["UID"]): row for row in rows if int(row.get("UID", 0)) in uids}

    def mark_seen(self, uids: list[int]) -> None:
        """A folder that may not be written to stays as it is: the cursor alone says what was taken."""
        for at in range(0, len(uids), 500):
            self._line.uid("STORE", ",".join(map(str, uids[at : at + 500])), "+FLAGS.SILENT", r"(\Seen)")

    def noop(self) -> None:
        """Is anybody there?"""
        state, _ = self._line.noop()
        if state != "OK":
            raise ChannelError("the IMAP server does not answer properly")

    def _ask(self, *question: str) -> list[Any]:
        """Raises ChannelError with the code REFUSED when the server says NO or BAD to this question alone, LATER when it is its own day.

        After an answer that imaplib cannot take (a line of more than a megabyte) the rest of it is still in the line: open another one.
        """
        try:
            state, found = self._line.uid(*question)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            state, found = "BAD", []
        if state != "OK":
            later = any(SERVERS_DAY.search(row) for row in found if isinstance(row, bytes))
            raise ChannelError("the IMAP server refused a question of ours", code=LATER if later else REFUSED)
        return found


@contextlib.contextmanager
def mailbox(at: Place, timeout: float, whole: float) -> Iterator[Box]:
    """Log in, select, log out. `timeout` seconds between two bytes, `whole` for the session. Raises ChannelError alone."""
    try:
        line = _open(at)
        with bounded(line.sock, whole):
            try:
                line.sock.settimeout(timeout)
                _log_in(line, at)
                yield Box(line, at.path or "INBOX")
            finally:
                with contextlib.suppress(imaplib.IMAP4.error, OSError):
                    line.logout()
                with contextlib.suppress(OSError):
                    line.shutdown()
    except ssl.SSLCertVerificationError:
        raise ChannelError("the IMAP server's certificate is not to be trusted", code="403") from None
    except (imaplib.IMAP4.error, OSError, *UNREADABLE) as error:
        raise ChannelError(f"the IMAP server did not answer properly: {type(error).__name__}") from None


def _open(at: Place) -> imaplib.IMAP4:
    if at.scheme == "imaps":
        return imaplib.IMAP4_SSL(at.host, at.port, ssl_context=ssl.create_default_context(), timeout=CONNECT)
    line = imaplib.IMAP4(at.host, at.port, timeout=CONNECT)
    if not at.near:  # the password never travels in the clear
        line.starttls(ssl.create_default_context())
    return line


def _log_in(line: imaplib.IMAP4, at: Place) -> None:
    try:
        if (at.user + at.password).isascii():
            line.login(_quoted(at.user), at.password)  # imaplib quotes the password alone
        else:
            line.authenticate("PLAIN", lambda _: f"\0{at.user}\0{at.password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        words = str(error).encode("utf-8", "replace")
        if PASSING.search(words):
            raise ChannelError("the IMAP server does not take logins at the moment") from None
        raise ChannelError("our mailbox's user or password is not accepted", code="401") from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# answers


def read(answer: list[Any]) -> list[dict[str, Any]]:
    """imaplib's FETCH data → one dictionary per row; values are None, bytes, or lists of these."""
    rows: list[dict[str, Any]] = []
    for row in _tree(answer):
        if isinstance(row, list):
            pairs = zip(row[0::2], row[1::2], strict=False)
            rows.append({name.decode("ascii", "replace").upper(): value for name, value in pairs if isinstance(name, bytes)})
    return rows


def _tree(answer: list[Any]) -> list[Any]:
    """Parentheses → lists. imaplib gives a literal as (what stood before it, the literal)."""
    top: list[Any] = []
    stack = [top]
    for piece in answer:
        before, literal = piece if isinstance(piece, tuple) else (piece, None)
        for found in TOKEN.finditer(LITERAL.sub(b"", before or b"")):
            if found["open"]:
                stack[-1].append([])
                stack.append(stack[-1][-1])
            elif found["close"]:
                if len(stack) > 1:
                    stack.pop()
            elif found["quoted"] is not None:
                stack[-1].append(re.sub(rb"\\(.)", rb"\1", found["quoted"], flags=re.DOTALL))
            else:
                stack[-1].append(None if found["atom"].upper() == b"NIL" else found["atom"])
        if literal is not None:
            stack[-1].append(literal)
    return top


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part of a mail that is no multipart. `octets` counts it as it travels, encoded."""

    number: str
    mime: str
    params: dict[str, str]
    encoding: str
    octets: int
    disposition: str
    file: dict[str, str]  # parameters of Content-Disposition

    @property
    def size(self) -> int:
        """Bytes once decoded; for base64 an estimate from lines of 76 letters."""
        if self.encoding != "base64":
            return self.octets
        return (self.octets - 2 * (self.octets // 78)) * 3 // 4


def leaves(body: Any, number: str = "", depth: int = 0) -> list[Leaf]:
    """BODYSTRUCTURE → its leaves with their part numbers; a mail inside a mail is one leaf."""
    if not isinstance(body, list) or not body or depth > DEEPEST:
        return []
    if isinstance(body[0], list):
        children = [child for child in body if isinstance(child, list)][: _children(body)]
        prefix = f"{number}." if number else ""
        return [leaf for at, child in enumerate(children, start=1) for leaf in leaves(child, f"{prefix}{at}", depth + 1)]
    kind, octets = f"{_word(body[0])}/{_word(body[1])}".lower(), _word(body[6])
    at = 8 + (1 if kind.startswith("text/") else 3 if kind == "message/rfc822" and len(body) > 8 and isinstance(body[8], list) else 0)
    shown = body[at] if len(body) > at and isinstance(body[at], list) and body[at] else [b"", None]
    file, size = _pairs(shown[1] if len(shown) > 1 else None), int(octets) if octets.isdigit() else 0
    kind = "text/plain" if kind in ("/", "text/") else kind  # nobody could read the Content-Type: RFC 2045, 5.2
    return [Leaf(number or "1", kind, _pairs(body[2]), _word(body[5]).lower(), size, _word(shown[0]).lower(), file)]


def _children(body: list[Any]) -> int:
    """How many of the leading lists are parts: they end where the subtype stands."""
    return next((at for at, value in enumerate(body) if not isinstance(value, list)), len(body))


def _pairs(given: Any) -> dict[str, str]:
    flat = given if isinstance(given, list) else []
    return {_word(name).lower(): _word(value) for name, value in zip(flat[0::2], flat[1::2], strict=False)}


def _word(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
