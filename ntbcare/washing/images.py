"""Pictures are drawn anew: a new JPEG, or a PNG where something shines through, and nothing of the old file but its dots."""

from __future__ import annotations

import io
import threading

from PIL import Image

from ntbcare.washing.outcome import BROKEN, TOO_MANY_DOTS, Unwelcome, Washed

QUALITY = 85
LONGEST = 2048  # px of the longer side
# px before decoding. A JPEG that lies in one pass is shrunk while it is read, so a telephone's 50 million cost no memory;
# everything else must be held whole, at up to eight bytes each.
MOST_JPEG = 64_000_000
MOST = 24_000_000
_MOST_STEPS = 70_000  # parts and stray bytes before a JPEG's picture begins: Pillow takes some of each one by one
_ORIENTATION = 0x0112  # the EXIF tag: 1 upright, else how to turn or mirror
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_one_at_a_time = threading.Lock()  # six hands of the post may hold six photos; only one of them is spread out in memory


def image(content: bytes, kind: str) -> Washed:
    """Draw a picture anew (the first, if it moves). `kind` is Pillow's name of the format. Raises Unwelcome, or whatever a decoder says."""
    if kind == "JPEG":
        _begins(content)
    with _one_at_a_time, Image.open(io.BytesIO(content), formats=[kind]) as opened:
        width, height = opened.size
        in_one_pass = kind == "JPEG" and not (opened.info.get("progressive") or opened.info.get("progression"))
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


def _begins(content: bytes) -> None:
    """Does the picture begin after a bearable number of parts? (ITU-T T.81 annex B). Raises Unwelcome."""
    at = 2
    for _ in range(_MOST_STEPS):
        mark = content[at : at + 4]
        if mark[:2] == b"\xff\xda":
            return
        if len(mark) < 4:
            break
        stray = mark[0] != 0xFF or mark[1] in (0x00, 0xFF)
        at += 1 if stray else 2 if mark[1] in range(0xD0, 0xD9) or mark[1] == 0x01 else 2 + int.from_bytes(mark[2:], "big")
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
