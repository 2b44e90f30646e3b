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

Pictures, papers and whatever is long are washed in a process of their own, whose time and memory end (tub.py): a decoder that
hostile bytes have caught dies alone, and the house goes on.
"""

from __future__ import annotations

from ntbcare.washing import kinds
from ntbcare.washing.outcome import EMPTY, TOO_LARGE, Unwelcome, Washed

__all__ = ["LARGEST", "TOO_LARGE", "Unwelcome", "Washed", "wash"]

LARGEST = 20 * 1024 * 1024  # bytes


def wash(content: bytes, claimed: str = "") -> Washed:
    """Clean a file. `claimed` is the mime type somebody named: never believed.

    Raises Unwelcome when the file is to blame, OSError when the machine is (no process, no memory to be had): again later.
    """
    if not content:
        raise Unwelcome(EMPTY)
    if len(content) > LARGEST:
        raise Unwelcome(TOO_LARGE)
    if kinds.light(content):
        return kinds.washed(content)
    from ntbcare.washing.tub import washed

    return washed(content)
