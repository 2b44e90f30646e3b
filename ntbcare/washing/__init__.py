"""The one sanitiser of files (field.md B 16): whatever door a photo came through, only washed content is kept.

What a file is, its first bytes decide; nobody's claim is believed. Images are drawn anew, so nothing of the old file is left.
The other kinds cannot be made anew without their codecs, so what they carry beside sound and picture is taken off or blanked,
and what this cannot reach is said here:

    MP3, AAC, AMR   only the frames of sound are kept: no tags, no cover, nothing hung on
    WAV             only format and samples are kept
    Ogg             comments are blanked (title, place, cover); the stream's serial numbers stay
    MP4, 3GP, MOV   udta, meta, uuid and every box we do not know are blanked, dates and handlers' names too; tracks that are
                    neither picture nor sound (a drone's position) are cut off, but their samples stay as bytes nobody plays
    WebM            tags, attachments and chapters are blanked as far as sizes are written down; title and date stay
    PDF             refused with scripts, launches or files inside; XMP, EXIF and names of authors are blanked where they
                    lie open, not inside compressed parts

What a codec itself carries (an encoder's mark in H.264) stays, and so does everything that can be seen or heard.
"""

from __future__ import annotations

from ntbcare.washing.outcome import ARCHIVE, BROKEN, EMPTY, HEIC, TOO_LARGE, UNKNOWN, Unwelcome, Washed

__all__ = ["LARGEST", "TOO_LARGE", "Unwelcome", "Washed", "wash"]

LARGEST = 20 * 1024 * 1024  # bytes
_IMAGES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")


def wash(content: bytes, claimed: str = "") -> Washed:
    """Clean a file. `claimed` is the mime type somebody named: never believed. Raises Unwelcome and nothing else."""
    if not content:
        raise Unwelcome(EMPTY)
    if len(content) > LARGEST:
        raise Unwelcome(TOO_LARGE)
    try:
        return _washed(content)
    except Unwelcome:
        raise
    except Exception as fault:  # decoders of hostile bytes fail in every way there is; the file is the culprit, whatever it was
        raise Unwelcome(BROKEN) from fault


def _washed(content: bytes) -> Washed:
    # each room is imported when it is needed: a web process that only lists files never loads a decoder
    for magic, kind in _IMAGES.items():
        if content.startswith(magic):
            return _image(content, kind)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _image(content, "WEBP")
    if content[4:8] == b"ftyp":
        if content[8:12] in _HEIC:
            raise Unwelcome(HEIC)
        from ntbcare.washing import film

        return film.mp4(content)
    if content.startswith(b"\x1aE\xdf\xa3"):
        from ntbcare.washing import webm

        return webm.webm(content)
    if content.startswith(b"OggS"):
        from ntbcare.washing import ogg

        return ogg.ogg(content)
    if content.startswith(b"%PDF-"):
        from ntbcare.washing import papers

        return papers.pdf(content)
    if content.startswith(_ARCHIVES):
        raise Unwelcome(ARCHIVE)
    from ntbcare.washing import sound

    washed = sound.sound(content)
    if washed is None:
        raise Unwelcome(UNKNOWN)
    return washed


def _image(content: bytes, kind: str) -> Washed:
    from ntbcare.washing import images

    return images.image(content, kind)
