"""Pictures are drawn anew: a new JPEG, or a PNG where something shines through, and nothing of the old file but its dots."""

from __future__ import annotations

import io
import re

from PIL import Image, WebPImagePlugin  # noqa: F401 - asked for a WebP without this, Pillow would load every format it knows

from ntbcare.washing.outcome import BROKEN, TOO_MANY_DOTS, Unwelcome, Washed

QUALITY = 85
LONGEST = 2048  # px of the longer side
# px before decoding. A JPEG that lies in one pass is shrunk while it is read, so a telephone's 50 million cost no memory;
# everything else must be held whole, at up to eight bytes each.
MOST_JPEG = 64_000_000
MOST = 24_000_000
_MOST_STEPS = 70_000  # parts and stray bytes of a JPEG: Pillow takes some of each one by one
_MOST_SCANS = 100  # passes over all its dots; a camera makes one, a patient encoder about a dozen
_SCAN = b"\xff\xda"
_PART = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # what ends the dots of a pass; not a stuffed zero, not a mark to begin again
_ORIENTATION = 0x0112  # the EXIF tag: 1 upright, else how to turn or mirror
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip


def image(content: bytes, kind: str) -> Washed:
    """Draw a picture anew (the first, if it moves). `kind` is Pillow's name of the format. Raises Unwelcome, or whatever a decoder says."""
    scans = _scans(content) if kind == "JPEG" else 0
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        width, height = opened.size
        in_one_pass = scans == 1 and not (opened.info.get("progressive") or opened.info.get("progression"))
        if width * height > (MOST_JPEG if in_one_pass else MOST):
            raise Unwelcome(TOO_MANY_DOTS)
        turn = _turn(opened)
        if kind == "JPEG":
            opened.draft("RGB", (LONGEST, LONGEST))
        opened.load()
        drawn = _plain(opened)
        drawn.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        if turn is not None:
            drawn = drawn.transpose(turn)
        # a canvas of our own: profiles, comments and thumbnails hang on the old one
        clean = Image.new(drawn.mode, drawn.size)
        clean.paste(drawn)
        out = io.BytesIO()
        if clean.mode == "RGBA":
            clean.save(out, "PNG")
            return Washed(out.getvalue(), "image/png", ".png")
        clean.save(out, "JPEG", quality=QUALITY)
        return Washed(out.getvalue(), "image/jpeg", ".jpg")


def _scans(content: bytes) -> int:
    """In how many passes a JPEG lies, at most (ITU-T T.81 annex B). Raises Unwelcome when it takes too many steps to be read.

    The walk goes to the end of the picture, not of the file: what hangs on behind (a short film, on many telephones) holds the
    mark of a pass by chance. Up to there every such mark counts, wherever it lies, so that none can be hidden in another part.
    """
    at, begun = 2, 0
    for _ in range(_MOST_STEPS):
        if begun:
            found = _PART.search(content, at)
            at = found.start() if found else len(content)
        mark = content[at : at + 4]
        if begun and (len(mark) < 4 or mark[:2] == b"\xff\xd9"):
            scans = content.count(_SCAN, begun, at)
            if scans > _MOST_SCANS:
                break
            return scans
        if len(mark) < 4:
            break
        begun = begun or (at if mark[:2] == _SCAN else 0)
        # below C0 there is no part that says its length: a decoder goes through it byte by byte
        stray = mark[0] != 0xFF or mark[1] in (0x00, 0xFF)
        alone = mark[1] in range(0xD0, 0xD9) or mark[1] < 0xC0
        at += 1 if stray else 2 if alone else 2 + int.from_bytes(mark[2:], "big")
    raise Unwelcome(BROKEN)


def _turn(opened: Image.Image) -> Image.Transpose | None:
    """How to set it upright. EXIF that cannot be read turns nothing."""
    try:
        return _UPRIGHT.get(int(opened.getexif().get(_ORIENTATION, 1)))
    except Exception:  # Pillow raises what it likes over broken EXIF; the picture itself may be sound
        return None


def _plain(opened: Image.Image) -> Image.Image:
    """RGBA where something really shines through, else RGB."""
    if opened.mode.startswith("I"):  # 16 bits of grey: convert() would cut the bright half off
        return opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L").convert("RGB")
    if "A" in opened.mode or "transparency" in opened.info:
        seen = opened.convert("RGBA")
        if seen.getchannel("A").histogram()[255] < seen.width * seen.height:
            return seen
    return opened.convert("RGB")
