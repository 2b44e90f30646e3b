"""Sound without a wrapper: only its frames are kept, so tags, covers and whatever was hung on are gone."""

from __future__ import annotations

import struct
from collections.abc import Callable

from ntbcare.washing.outcome import BROKEN, UNKNOWN, Unwelcome, Washed

_LEAST = 3  # frames in a row before bytes count as sound
_MOST_AMR = 2_000_000  # frames: eleven hours
_JUNK = 65_536  # bytes between frames that are skipped in all; what lies beyond is no sound any more

# https://www.iso.org/standard/22412.html (ISO/IEC 11172-3) and 13818-3: kbit/s by (MPEG 1?, layer), samples a second by version
_RATES = {
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# RFC 4867 section 5.3 and 3GPP TS 26.101/26.201: bytes of a frame by its type, the byte of the type included
_AMR = {b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6), b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6)}


def sound(content: bytes) -> Washed:
    """MP3, AAC, AMR or WAV, without anything beside the sound. Raises Unwelcome when broken or none of them."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return Washed(_wav(content), "audio/wav", ".wav")
    for magic, sizes in _AMR.items():
        if content.startswith(magic):
            wide = b"WB" in magic
            return Washed(_amr(content, magic, sizes), "audio/amr-wb" if wide else "audio/amr", ".awb" if wide else ".amr")
    start = _after_tags(content, 0)
    if content[start : start + 1] != b"\xff":
        raise Unwelcome(BROKEN if start else UNKNOWN)
    for measure, mime, suffix in ((_mpeg, "audio/mpeg", ".mp3"), (_adts, "audio/aac", ".aac")):
        if _in_a_row(content, start, measure):
            return Washed(_frames(content, start, measure), mime, suffix)
    raise Unwelcome(UNKNOWN)


def _after_tags(content: bytes, at: int) -> int:
    """Behind the ID3v2 tags that begin here. https://id3.org/id3v2.4.0-structure"""
    while content[at : at + 3] == b"ID3" and len(content) >= at + 10:
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    return at


def _mpeg(content: bytes, at: int) -> int:
    """Bytes of the MPEG audio frame that begins here, 0 when none does."""
    if len(content) < at + 4 or content[at] != 0xFF or content[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = content[at + 1] >> 3 & 3, 4 - (content[at + 1] >> 1 & 3)
    rate, hertz, padding = content[at + 2] >> 4, content[at + 2] >> 2 & 3, content[at + 2] >> 1 & 1
    if version == 1 or layer == 4 or rate in (0, 15) or hertz == 3:
        return 0
    bits, second = _RATES[version == 3, layer][rate - 1] * 1000, _HERTZ[version][hertz]
    if layer == 1:
        return (12 * bits // second + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // second + padding


def _adts(content: bytes, at: int) -> int:
    """Bytes of the AAC frame (ISO/IEC 14496-3, ADTS) that begins here, 0 when none does."""
    if len(content) < at + 7 or content[at] != 0xFF or content[at + 1] & 0xF6 != 0xF0 or content[at + 2] >> 2 & 15 > 12:
        return 0
    size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
    return size if size >= 7 else 0


def _in_a_row(content: bytes, at: int, measure: Callable[[bytes, int], int]) -> bool:
    """Do frames follow each other here, or reach just to the end?"""
    for number in range(_LEAST):
        if number and at >= len(content):
            return at == len(content) and number > 1
        size = measure(content, at)
        if not size:
            return False
        at += size
    return True


def _frames(content: bytes, at: int, measure: Callable[[bytes, int], int]) -> bytes:
    """Every whole frame, one after the other."""
    kept, junk = [], 0
    while at < len(content):
        size = measure(content, at)
        if size and at + size <= len(content):
            kept.append(content[at : at + size])
            at += size
            continue
        before, at = at, _after_tags(content, at)
        if at == before:
            found = content.find(b"\xff", at + 1)
            at = len(content) if found < 0 else found
            junk += at - before
            while at < len(content) and junk <= _JUNK and not _in_a_row(content, at, measure):
                at, junk = at + 1, junk + 1
            if junk > _JUNK:
                break
    return b"".join(kept)


def _amr(content: bytes, magic: bytes, sizes: tuple[int, ...]) -> bytes:
    """The frames up to the first thing that is none. Types 14 and 15 (lost, silence) are a single byte."""
    at, begun = len(magic), len(magic)
    for _ in range(_MOST_AMR):
        if at >= len(content) or content[at] & 0x83:
            break
        kind = content[at] >> 3 & 15
        size = sizes[kind] if kind < len(sizes) else 1 if kind > 13 else 0
        if not size or at + size > len(content):
            break
        at += size
    if at == begun:
        raise Unwelcome(BROKEN)
    return content[:at]


def _wav(content: bytes) -> bytes:
    """RIFF with its format and samples only. https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff-"""
    kept: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name in (b"fmt ", b"fact", b"data") and name not in kept:
            kept[name] = content[at + 8 : at + 8 + size]  # a recorder that was cut off leaves less than it promised
        at += 8 + size + size % 2
    if len(kept.get(b"fmt ", b"")) < 16 or not kept.get(b"data"):
        raise Unwelcome(BROKEN)
    parts = [name + struct.pack("<I", len(kept[name])) + kept[name] + b"\0" * (len(kept[name]) % 2) for name in sorted(kept, key=_order)]
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _order(name: bytes) -> int:
    return (b"fmt ", b"fact", b"data").index(name)
