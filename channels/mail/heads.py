"""The header of a mail or of one of its parts: read by ourselves, every value cut, for the standard library's parsers take minutes over hostile ones."""

from __future__ import annotations

import hashlib
import hmac
import re
from email.utils import decode_params, getaddresses, unquote

from channels.mail import words

HEADER, VALUE = 32_768, 2_000  # bytes of a header, letters of one value that are looked at
LONGEST_MAILBOX = 254  # https://www.rfc-editor.org/rfc/rfc5321, 4.5.3.1.3
MAILBOX = re.compile(r"[^@\s<>]+@[^@\s<>]+")
NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
ENCODED = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bq])\?(.{0,1500}?)\?=", re.IGNORECASE)
PARAMETER = re.compile(r';\s*([^\s=;"]{1,200})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)')
MOST_PARAMETERS = 50


class Head:
    """Fields in their order, names in lower case. `torn`: it goes on beyond what is looked at."""

    def __init__(self, content: bytes) -> None:
        self._fields: list[tuple[str, list[bytes]]] = []
        self.torn = len(content) >= HEADER
        goes_on = False
        for line in content[:HEADER].split(b"\n"):
            row = line.removesuffix(b"\r")
            if not row:
                self.torn = False
                break
            if row[:1] in b" \t":
                if goes_on:
                    self._fields[-1][1].append(row)
                continue
            found = NAME.fullmatch(row)
            goes_on = found is not None
            if found:
                self._fields.append((found[1].decode("ascii").lower(), [found[2]]))

    def every(self, name: str) -> list[str]:
        """All values of that name, uncut, as they stand there but for whitespace, which is made single."""
        return [" ".join(words.decoded(b" ".join(rows), "").split()) for known, rows in self._fields if known == name]

    def raw(self, name: str) -> str:
        """The first of them, "" when there is none; its first VALUE letters (of References, which ends with the youngest, its last)."""
        found = next(iter(self.every(name)), "")
        return found[-VALUE:] if name == "references" else found[:VALUE]

    def value(self, name: str) -> str:
        """The first of them as people see it: with its encoded words decoded."""
        return " ".join(spoken(self.raw(name)).split())

    def sender(self) -> tuple[str, str]:
        """(name, mailbox in lower case) of From; "" when there is none that could be answered."""
        try:
            found = getaddresses([self.raw("from")])
        except (ValueError, IndexError, RecursionError):  # a thousand open parentheses
            found = []
        for name, mailbox in found:
            if MAILBOX.fullmatch(mailbox) and len(mailbox) <= LONGEST_MAILBOX:
                return " ".join(spoken(name).split())[:200], mailbox.lower()
        return next((" ".join(spoken(name).split())[:200] for name, _ in found), ""), ""


def spoken(text: str) -> str:
    """Encoded words → letters. https://www.rfc-editor.org/rfc/rfc2047 : the space between two of them is none, and some
    programs break one letter over two of them."""
    pieces: list[tuple[bytes, str]] = []  # bytes and their charset; "" = they stood there in plain letters
    at = 0
    for found in ENCODED.finditer(text):
        between = text[at : found.start()]
        if between.strip() or not at:
            pieces.append((between.encode("utf-8", "replace"), ""))
        charset, content = found[1].lower(), found[3].encode("utf-8", "replace")
        content = words.unpacked(
            content if found[2] in "bB" else content.replace(b"_", b"=20"), "base64" if found[2] in "bB" else "quoted-printable"
        )
        if pieces and pieces[-1][1] == charset:
            content = pieces.pop()[0] + content
        pieces.append((content, charset))
        at = found.end()
    pieces.append((text[at:].encode("utf-8", "replace"), ""))
    return words.storable("".join(words.decoded(content, charset) for content, charset in pieces))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Content-Type or Content-Disposition, cut already → (its first word in lower case, its parameters)."""
    kind, _, _ = value.partition(";")
    pairs = PARAMETER.findall(value)[:MOST_PARAMETERS]
    return kind.strip().lower(), {name.lower(): unquote(given) for name, given in reversed(pairs)}


def parameter(given: dict[str, str], name: str) -> str:
    """One parameter that may be in pieces or have a charset (https://www.rfc-editor.org/rfc/rfc2231); "" when it is not there."""
    pairs = [(key, value[:VALUE]) for key, value in given.items() if key.partition("*")[0] == name][:MOST_PARAMETERS]
    try:
        found = dict(decode_params([("", ""), *pairs])[1:]).get(name)
        if isinstance(found, tuple):
            return words.decoded(found[2].encode("latin-1", "replace"), found[0] or "")
        return unquote(found or "")
    except (ValueError, TypeError, KeyError, IndexError):  # numbers of a thousand digits, pieces without an end
        return next((value for _, value in pairs), "")


class Names:
    """Message-IDs of our own mails. Nobody outside can make one up, so an answer or a bounce that quotes one has seen that mail.

    KEY.<16 hexadecimal digits>@domain, without brackets; the digits are an HMAC-SHA256 of KEY. `secret`: whatever only this
    channel knows and every process of it knows alike.
    """

    def __init__(self, domain: str, secret: str) -> None:
        self._domain = domain
        self._secret = hashlib.sha256(b"ntbcare: names of our mails\0" + secret.encode("utf-8", "surrogatepass")).digest()

    def of(self, key: str) -> str:
        """The name under which the notice `key` travels: the same at every attempt."""
        sound = re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", key) and len(key) <= 100
        shown = key if sound else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        return f"{shown}.{self._seal(shown)}@{self._domain}"

    def ours(self, name: str) -> str:
        """The same name, in our own spelling of the domain, when we gave it; else ""."""
        local, _, domain = name.rpartition("@")
        found = re.fullmatch(r"([A-Za-z0-9_.-]{1,100})\.([0-9a-f]{16})", local)
        if not found or domain.lower() != self._domain.lower() or not hmac.compare_digest(self._seal(found[1]), found[2]):
            return ""
        return f"{local}@{self._domain}"

    def _seal(self, shown: str) -> str:
        return hmac.new(self._secret, shown.encode(), hashlib.sha256).hexdigest()[:16]
