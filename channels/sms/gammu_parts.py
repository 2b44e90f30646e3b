"""Texts as the air takes them: cutting a long text into parts for Gammu, and putting the parts of a heard one together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# GSM 03.38, table 1 and (two septets each) the extension table. Everything else costs the whole text its 7-bit coding.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
DEFAULT, UNICODE = "Default_No_Compression", "Unicode_No_Compression"  # "Coding" of Gammu's tables
ROOM = {DEFAULT: (160, 153), UNICODE: (70, 67)}  # units alone, units beside a six-byte UDH
MOST_PARTS = 50  # GSM_MAX_MULTI_SMS: the daemon reads no more of one message
GAP = " [...] "
TOGETHER = timedelta(hours=1)  # parts further apart than this are not of one message, whatever their number says
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates and NUL fit in no database


def storable(text: str) -> str:
    """Without what fits in no database: NUL and lone surrogates."""
    return UNSTORABLE.sub("\ufffd", text)


def cut(text: str) -> tuple[str, list[str]]:
    """Text → (Coding, parts). No part ends inside an extended letter or an emoji's surrogate pair."""
    letters = storable(text.replace("\r\n", "\n"))
    coding = DEFAULT if all(letter in BASIC or letter in EXTENDED for letter in letters) else UNICODE
    alone, beside = ROOM[coding]
    costs = [_cost(letter, coding) for letter in letters]
    if sum(costs) <= alone:
        return coding, [letters]
    parts, part, used = [], "", 0
    for letter, cost in zip(letters, costs, strict=True):
        if used + cost > beside:
            parts.append(part)
            part, used = "", 0
        part, used = part + letter, used + cost
    return coding, [*parts, part]


def _cost(letter: str, coding: str) -> int:
    if coding == DEFAULT:
        return 2 if letter in EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def header(reference: int, total: int, number: int) -> str:
    """The UDH of one part, in hex: 05 00 03 RR TT SS; "" for a text in one piece. 3GPP TS 23.040, 9.2.3.24.1."""
    return f"050003{reference % 256:02X}{total:02X}{number:02X}" if total > 1 else ""


def place(udh: str) -> tuple[str, int, int] | None:
    """UDH in hex → (reference with its width, total, number); None when it says nothing, or nonsense, about parts."""
    try:
        octets = bytes.fromhex(udh)[1:]
    except ValueError:
        return None
    while len(octets) >= 2:
        kind, length = octets[0], octets[1]
        value, octets = octets[2 : 2 + length], octets[2 + length :]
        if (kind, len(value)) in ((0x00, 3), (0x08, 4)):  # an 8-bit or a 16-bit reference
            total, number = value[-2], value[-1]
            return (f"{kind}:{value[:-2].hex()}", total, number) if 1 <= number <= total and total > 1 else None
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of Gammu's inbox. `age`: seconds since the daemon wrote it; `received`: the SMS centre's time."""

    id: int
    sender: str
    recipient: str
    coding: str
    udh: str
    text: str  # hex of UTF-16; of this part alone
    decoded: str  # where the daemon joined the parts: all of them in the first row, "" in the others
    age: float
    received: datetime

    @property
    def units(self) -> bytes:
        """UTF-16 of this part: from the hex, as only that stays with its part; from TextDecoded when there is none."""
        try:
            found = bytes.fromhex(self.text)
        except ValueError:
            found = b""
        return found if found and len(found) % 2 == 0 else self.decoded.encode("utf-16-be", "surrogatepass")


@dataclass(slots=True)
class Heard:
    """One message, whole or with gaps. `first` is its oldest row; `again` holds rows that the network delivered twice."""

    first: Row
    total: int = 1
    parts: dict[int, Row] = field(default_factory=dict)
    again: list[Row] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return len(self.parts) == self.total

    @property
    def ids(self) -> list[int]:
        return sorted(row.id for row in (*self.parts.values(), *self.again))

    @property
    def text(self) -> str:
        """The parts in order, decoded in one go (an emoji may be cut in two), with a mark where some are missing."""
        runs: list[bytes] = [b""]
        for number in range(1, self.total + 1):
            if number in self.parts:
                runs[-1] += self.parts[number].units
            elif runs[-1] or len(runs) == 1:
                runs.append(b"")
        return storable(GAP.join(run.decode("utf-16-be", "replace") for run in runs)).strip(" ")


def join(rows: Iterable[Row]) -> list[Heard]:
    """Rows in order of ID → messages, whole or not, in order of their first row.

    The 8-bit reference of a phone comes round again after 256 texts, so an open message takes a part only while that
    place is free and they came within an hour. The same part with the same words is a second delivery of the network.
    """
    heard: list[Heard] = []
    latest: dict[tuple[str, str, str, int], Heard] = {}
    for row in rows:
        where = place(row.udh)
        if where is None:
            heard.append(Heard(row, 1, {1: row}))
            continue
        reference, total, number = where
        name = (row.sender, row.recipient, reference, total)
        found = latest.get(name)
        if found is not None and abs(row.received - found.first.received) <= TOGETHER:
            before = found.parts.get(number)
            if before is None:
                found.parts[number] = row
                continue
            if before.units == row.units:
                found.again.append(row)
                continue
        latest[name] = Heard(row, total, {number: row})
        heard.append(latest[name])
    return heard
