"""MP4 and its kin (3GP, MOV, M4A): what is no picture and no sound is blanked where it lies, so that nothing has to move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ntbcare.washing.outcome import BROKEN, Unwelcome, Washed

# ISO/IEC 14496-12. Inside each of these only what is named is kept; the tree below is walked no deeper than it is written here.
_TOP = {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"prft", b"pdin", b"wide"}
_INSIDE = {
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"edts", b"mdia", b"tref", b"tapt", b"clip", b"load"},
    b"mdia": {b"mdhd", b"hdlr", b"minf", b"elng"},
    b"moof": {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"saiz", b"saio", b"subs"},
}
_DATED = {b"mvhd", b"tkhd", b"mdhd"}
_SEEN_OR_HEARD = {b"vide", b"soun"}
_MOST_BOXES = 100_000  # a film in fragments of a second has some thousands


@dataclass(frozen=True, slots=True)
class Box:
    """One box: where it begins, where what it holds begins, where it ends."""

    name: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _Walk:
    content: bytearray
    boxes: int = 0

    def inside(self, start: int, end: int) -> Iterator[Box]:
        """The boxes between two places. Ends at the first thing that is none."""
        at = start
        while at + 8 <= end:
            self.boxes += 1
            if self.boxes > _MOST_BOXES:
                raise Unwelcome(BROKEN)
            size, head = int.from_bytes(self.content[at : at + 4], "big"), 8
            if size == 1:
                size, head = int.from_bytes(self.content[at + 8 : at + 16], "big"), 16
            elif size == 0:
                size = end - at
            if size < head or at + size > end:
                return
            yield Box(bytes(self.content[at + 4 : at + 8]), at, at + head, at + size)
            at += size

    def blank(self, box: Box) -> None:
        """A free box of the same size, with nothing in it."""
        self.content[box.start + 4 : box.start + 8] = b"free"
        self.content[box.body : box.end] = bytes(box.end - box.body)

    def clean(self, box: Box) -> None:
        """Keep what is named for this box, blank the rest; children of children likewise."""
        reached = box.body
        for child in self.inside(box.body, box.end):
            reached = child.end
            if child.name not in _INSIDE[box.name]:
                self.blank(child)
            elif child.name in _INSIDE:
                self.clean(child)
            elif child.name in _DATED:
                wide = self.content[child.body] == 1  # version 1 counts seconds in 64 bits
                self._zero(child.body + 4, child.body + (20 if wide else 12), child.end)
            elif child.name == b"hdlr":
                self._zero(child.body + 24, child.end, child.end)  # the handler's name: a telephone's model, an author's
            if child.name == b"trak" and self.handler(child) not in _SEEN_OR_HEARD:
                self.blank(child)
        self.content[reached : box.end] = bytes(box.end - reached)

    def handler(self, track: Box) -> bytes:
        """What a track is: vide, soun, meta …"""
        for media in self.inside(track.body, track.end):
            if media.name == b"mdia":
                for child in self.inside(media.body, media.end):
                    if child.name == b"hdlr":
                        return bytes(self.content[child.body + 8 : child.body + 12])
        return b""

    def _zero(self, start: int, end: int, most: int) -> None:
        end = min(end, most)
        if end > start:
            self.content[start:end] = bytes(end - start)


def mp4(content: bytes) -> Washed:
    """A film or sound in boxes, without place, names, dates and everything unknown. Raises Unwelcome when it is not whole."""
    walk, reached, kinds, samples = _Walk(bytearray(content)), 0, set(), False
    for box in walk.inside(0, len(content)):
        reached = box.end
        if box.name not in _TOP:
            walk.blank(box)
        elif box.name in _INSIDE:
            walk.clean(box)
        if box.name == b"moov":
            kinds |= {walk.handler(track) for track in walk.inside(box.body, box.end) if track.name == b"trak"}
        samples = samples or (box.name == b"mdat" and box.end > box.body)
    # a box that says more than there is ends the walk: a film cut short, or something hung on behind a whole one
    if not samples or not kinds & _SEEN_OR_HEARD:
        raise Unwelcome(BROKEN)
    mime, suffix = _kind(content[8:12], seen=b"vide" in kinds)
    return Washed(bytes(walk.content[:reached]), mime, suffix)


def _kind(brand: bytes, *, seen: bool) -> tuple[str, str]:
    if brand.startswith((b"3gp", b"3g2")):
        return ("video/3gpp" if seen else "audio/3gpp"), ".3gp"
    if brand == b"qt  " and seen:
        return "video/quicktime", ".mov"
    return ("video/mp4", ".mp4") if seen else ("audio/mp4", ".m4a")
