"""Voices in Ogg (Opus, Vorbis): the comments are blanked where they lie, page by page, and the pages' sums made anew."""

from __future__ import annotations

import struct

from ntbcare.washing.outcome import BROKEN, UNKNOWN, Unwelcome, Washed

_HEADS = {b"OpusHead": b"OpusTags", b"\x01vorbis": b"\x03vorbis"}
_MOST_COMMENT = 2 * 1024 * 1024  # bytes: a cover fits in


def _table() -> tuple[int, ...]:
    """CRC-32 as Ogg sums its pages: polynomial 0x04C11DB7, nothing mirrored, beginning at 0."""
    sums = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7) & 0xFFFFFFFF if value & 0x80000000 else value << 1
        sums.append(value)
    return tuple(sums)


_SUMS = _table()


class _Stream:
    """One logical stream: which packet its next segment belongs to, and where the second one (the comments) lies."""

    def __init__(self, tags: bytes) -> None:
        self.tags = tags
        self.packet = 0
        self.pieces: list[tuple[int, int]] = []  # (from, to) of the comments in the file
        self.pages: list[tuple[int, int]] = []


def ogg(content: bytes) -> Washed:
    """An Ogg file of Opus and Vorbis without comments; what follows its last whole page is cut off. https://www.rfc-editor.org/rfc/rfc3533"""
    out, at = bytearray(content), 0
    streams: dict[bytes, _Stream] = {}
    while (end := _page_end(content, at)) is not None:
        serial, begins = content[at + 14 : at + 18], content[at + 5] & 2
        body = at + 27 + content[at + 26]
        if begins:
            tags = next((tags for head, tags in _HEADS.items() if content.startswith(head, body)), None)
            if tags is None:
                raise Unwelcome(UNKNOWN)
            if serial in streams:
                _blank(out, streams[serial])
            streams[serial] = _Stream(tags)
        if serial not in streams:
            raise Unwelcome(BROKEN)
        _follow(content, at, end, streams[serial])
        at = end
    for stream in streams.values():
        _blank(out, stream)
    if not streams:
        raise Unwelcome(BROKEN)
    return Washed(bytes(out[:at]), "audio/ogg", ".ogg")


def _page_end(content: bytes, at: int) -> int | None:
    if content[at : at + 5] != b"OggS\0" or len(content) < at + 27:
        return None
    count = content[at + 26]
    end = at + 27 + count + sum(content[at + 27 : at + 27 + count])
    return end if end <= len(content) and len(content) >= at + 27 + count else None


def _follow(content: bytes, at: int, end: int, stream: _Stream) -> None:
    """Note which bytes of this page are comments. A packet ends with the first segment below 255 bytes."""
    if stream.packet > 1:
        return
    where = at + 27 + content[at + 26]
    for size in content[at + 27 : where]:
        if stream.packet == 1:
            stream.pieces.append((where, where + size))
            if (at, end) not in stream.pages[-1:]:
                stream.pages.append((at, end))
        where += size
        if size < 255:
            stream.packet += 1
        if stream.packet > 1:
            return


def _blank(out: bytearray, stream: _Stream) -> None:
    """As many bytes as before, all of them the name of a maker that is nobody: nothing has to move."""
    size = sum(end - start for start, end in stream.pieces)
    fixed = len(stream.tags) + 8 + (1 if stream.tags == b"\x03vorbis" else 0)
    if stream.packet < 2 or not fixed <= size <= _MOST_COMMENT:
        raise Unwelcome(BROKEN)
    first = stream.pieces[0][0]
    if out[first : first + len(stream.tags)] != stream.tags:
        raise Unwelcome(BROKEN)
    maker = size - fixed
    packet = stream.tags + struct.pack("<I", maker) + b" " * maker + struct.pack("<I", 0) + (b"\x01" if stream.tags[:1] == b"\x03" else b"")
    at = 0
    for start, end in stream.pieces:
        out[start:end] = packet[at : at + end - start]
        at += end - start
    for start, end in stream.pages:
        out[start + 22 : start + 26] = b"\0\0\0\0"
        value = 0
        for byte in out[start:end]:
            value = (value << 8 & 0xFFFFFFFF) ^ _SUMS[value >> 24 ^ byte]
        out[start + 22 : start + 26] = struct.pack("<I", value)
