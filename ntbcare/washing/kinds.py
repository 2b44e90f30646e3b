"""Which room washes a file: its first bytes decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ntbcare.washing.outcome import ARCHIVE, BROKEN, HEIC, Unwelcome, Washed

_IMAGES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_PAPER = b"%PDF-"
_LIGHT = 256 * 1024  # bytes: a minute of a voice. Walking through them takes a quarter of a second at the very worst


def light(content: bytes) -> bool:
    """Is it washed here without fear? Sound and film are walked through once, byte by byte; decoders are another matter."""
    return len(content) <= _LIGHT and _picture(content) is None and not content.startswith(_PAPER)


def washed(content: bytes) -> Washed:
    """Clean a file here and now, however long it takes. Raises Unwelcome, or what an installation that is not whole says."""
    work = _room(content)
    try:
        return work(content)
    except Unwelcome:
        raise
    except Exception as fault:  # decoders of hostile bytes fail in every way there is; the file is the culprit, whatever it was
        raise Unwelcome(BROKEN) from fault


def _picture(content: bytes) -> str | None:
    """Pillow's name of a picture's format."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for magic, kind in _IMAGES.items() if content.startswith(magic)), None)


def _room(content: bytes) -> Callable[[bytes], Washed]:
    # each room is imported when it is needed: a process that washes a voice never loads a decoder
    if (kind := _picture(content)) is not None:
        from ntbcare.washing import images

        return partial(images.image, kind=kind)
    if content[4:8] == b"ftyp":
        if content[8:12] in _HEIC:
            raise Unwelcome(HEIC)
        from ntbcare.washing import film

        return film.mp4
    if content.startswith(b"\x1aE\xdf\xa3"):
        from ntbcare.washing import webm

        return webm.webm
    if content.startswith(b"OggS"):
        from ntbcare.washing import ogg

        return ogg.ogg
    if content.startswith(_PAPER):
        from ntbcare.washing import papers

        return papers.pdf
    if content.startswith(_ARCHIVES):
        raise Unwelcome(ARCHIVE)
    from ntbcare.washing import sound

    return sound.sound
