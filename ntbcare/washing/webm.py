"""WebM: tags, attachments and chapters become Void elements of the same size, wherever sizes are written down."""

from __future__ import annotations

from collections.abc import Iterator

from ntbcare.washing.outcome import BROKEN, UNKNOWN, Unwelcome, Washed

# https://www.rfc-editor.org/rfc/rfc8794 (EBML) and RFC 9559 (Matroska): identifiers as they lie in the file
_SEGMENT, _CLUSTER, _TRACKS = 0x18538067, 0x1F43B675, 0x1654AE6B
_DOCTYPE, _TRACK_ENTRY, _TRACK_TYPE = 0x4282, 0xAE, 0x83
_BLANKED = {0x1254C367, 0x1941A469, 0x1043A770}  # Tags, Attachments, Chapters
_VOID = 0xEC
_MOST = 100_000  # elements of a whole file
_SEEN, _HEARD = 1, 2


def webm(content: bytes) -> Washed:
    """A WebM film or sound. Raises Unwelcome for other Matroska files and for what is not whole."""
    steps = iter(range(_MOST))
    top = list(_elements(content, 0, len(content), steps))
    kind = next((content[body:end] for name, _, body, end in _elements(content, top[0][2], top[0][3], steps) if name == _DOCTYPE), b"")
    if kind.rstrip(b"\0") != b"webm":
        raise Unwelcome(UNKNOWN)
    out, kinds, clusters, reached = bytearray(content), set(), False, top[0][3]
    for name, start, body, end in top[1:]:
        if name != _SEGMENT:
            _void(out, start, end)
            continue
        reached = body
        for inner, at, inside, stop in _elements(content, body, end, steps):
            if inner in _BLANKED:
                _void(out, at, stop)
            elif inner == _TRACKS:
                kinds |= set(_track_types(content, inside, stop, steps))
            clusters = clusters or inner == _CLUSTER
            reached = stop
    if not clusters or not kinds & {_SEEN, _HEARD}:
        raise Unwelcome(BROKEN)
    return Washed(bytes(out[:reached]), "video/webm" if _SEEN in kinds else "audio/webm", ".webm")


def _elements(content: bytes, at: int, end: int, steps: Iterator[int]) -> Iterator[tuple[int, int, int, int]]:
    """(identifier, start, body, end) of each element; one without a size reaches to the end. `steps` are all that may be taken."""
    for _ in steps:
        if at >= end:
            return
        start, first = at, content[at]
        length = 9 - first.bit_length()
        if length > 4 or at + length >= end:
            return
        name, at = int.from_bytes(content[at : at + length], "big"), at + length
        length = 9 - content[at].bit_length()
        if length > 8 or at + length > end:
            return
        size = int.from_bytes(content[at : at + length], "big") & (1 << 7 * length) - 1
        at += length
        stop = end if size == (1 << 7 * length) - 1 else at + size
        if stop > end:  # cut off in transit: what is there can be played
            if name not in (_SEGMENT, _CLUSTER):
                return
            stop = end
        yield name, start, at, stop
        at = stop
    raise Unwelcome(BROKEN)


def _track_types(content: bytes, start: int, end: int, steps: Iterator[int]) -> Iterator[int]:
    for name, _, body, stop in _elements(content, start, end, steps):
        if name == _TRACK_ENTRY:
            yield from (content[at] for kind, _, at, till in _elements(content, body, stop, steps) if kind == _TRACK_TYPE and till > at)


def _void(out: bytearray, start: int, end: int) -> None:
    """A Void with a size of eight bytes, or of one where there is no room; the rest is zeros."""
    if end - start >= 9:
        out[start:end] = bytes([_VOID, 0x01]) + (end - start - 9).to_bytes(7, "big") + bytes(end - start - 9)
    elif end - start >= 2:
        out[start:end] = bytes([_VOID, 0x80 | end - start - 2]) + bytes(end - start - 2)
