"""PDF: never drawn by us, so only looked at. What acts by itself is refused; names, places and dates that lie open are blanked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from ntbcare.washing.outcome import ACTIVE, BROKEN, LOCKED, UNKNOWN, Unwelcome, Washed

# ISO 32000-1: names of what a reader might run, open or unpack; they are long enough not to stand in pressed data by chance
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|GoTo[ER]|ImportData|SubmitForm)(?![A-Za-z0-9])|/XFA[\s\[]", re.IGNORECASE
)
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_HIDDEN = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may spell any of its letters like this
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
_EOF = b"%%EOF"
_END = re.compile(_EOF + rb"[ \t]*\r?\n?")
_MOST_STREAMS = 50_000
_MOST_HIDDEN = 100_000  # letters; twenty megabytes of pressed data hold some hundreds by chance
_MOST_UNPACKED = 32 * 1024 * 1024  # bytes of all packed objects together
# what may be blanked without moving a byte
_XMP = ((b"<?xpacket begin", b"<?xpacket end"), (b"<x:xmpmeta", b"</x:xmpmeta>"))
_NAMES = re.compile(
    rb"/(?:Author|Creator|Producer|Keywords|Subject|CreationDate|ModDate)\s{0,20}(?:\(((?:[^()\\]|\\.){0,4000})\)|<([0-9A-Fa-f\s]{1,4000})>)",
    re.DOTALL,
)
_EXIF = re.compile(rb"\xff\xe1(..)Exif\0\0", re.DOTALL)


def pdf(content: bytes) -> Washed:
    """A paper that shows itself and does nothing. Raises Unwelcome."""
    if not re.match(rb"%PDF-[12]\.[0-9]", content):
        raise Unwelcome(UNKNOWN)
    end = _END.match(content, max(content.rfind(_EOF), 0))
    if end is None:
        raise Unwelcome(BROKEN)
    content = content[: end.end()]  # nothing rides behind the end
    said = _spelt(content)
    if _LOCKED.search(said):
        raise Unwelcome(LOCKED)
    if _ACTIVE.search(said) or (_OBJECTS.search(said) and any(_ACTIVE.search(_spelt(part)) for part in _packed(content))):
        raise Unwelcome(ACTIVE)
    return Washed(_blanked(content), "application/pdf", ".pdf")


def _spelt(content: bytes) -> bytes:
    """Names with their hidden letters written out. Raises Unwelcome for what is nothing but hidden letters."""
    said, hidden = _HIDDEN.subn(lambda found: bytes([int(found[1], 16)]), content, _MOST_HIDDEN)
    if hidden == _MOST_HIDDEN:
        raise Unwelcome(BROKEN)
    return said


def _packed(content: bytes) -> Iterator[bytes]:
    """What packed object streams hold. Raises Unwelcome where they cannot be looked into: nothing is kept unseen.

    What is said of a stream is everything since the stream before it: words in brackets or behind a % hide nothing. Whatever the
    bytes, each is read a fixed number of times.
    """
    before, end, room, left = 0, 0, _MOST_UNPACKED, len(content)
    for number, stream in enumerate(_STREAM.finditer(content)):
        if number > _MOST_STREAMS:
            raise Unwelcome(BROKEN)
        said = _spelt(content[before : stream.start()])
        before = stream.end()
        if not _OBJECTS.search(said):
            continue
        if end < before:
            end = content.find(b"endstream", before)
        left -= end - before  # streams that lie in each other are more, all together, than the file
        if end < before or left < 0 or b"/Predictor" in said:
            raise Unwelcome(BROKEN)
        unpacking = zlib.decompressobj()
        try:
            found = unpacking.decompress(content[before:end], room)
        except zlib.error as unreadable:
            raise Unwelcome(BROKEN) from unreadable
        room -= len(found)
        if room <= 0 or not unpacking.eof:
            raise Unwelcome(BROKEN)
        yield found
    if _OBJECTS.search(_spelt(content[before:])):  # a stream that does not begin as streams do
        raise Unwelcome(BROKEN)


def _blanked(content: bytes) -> bytes:
    """XMP, an author's name, and the EXIF of photos inside that were not packed again: same length, nothing to read."""
    out = bytearray(content)
    for begins, ends in _XMP:
        start = content.find(begins)
        while start >= 0 and (end := content.find(ends, start)) >= 0:
            out[start:end] = b" " * (end - start)
            start = content.find(begins, end)
    for found in _NAMES.finditer(content):
        group, blank = (1, b" ") if found[1] is not None else (2, b"0")
        start, end = found.span(group)
        out[start:end] = blank * (end - start)
    done = 0
    for found in _EXIF.finditer(content):
        start, end = max(found.end(), done), min(found.start() + 2 + int.from_bytes(found[1], "big"), len(out))
        if end > start:
            out[start:end] = bytes(end - start)
            done = end
    return bytes(out)
