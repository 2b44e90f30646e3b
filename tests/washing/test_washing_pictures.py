"""Pictures come out as pictures and nothing else: upright, small enough, and without a place, a name or a stowaway."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from ntbcare.washing import LARGEST, Unwelcome, outcome, wash
from tests.washing.makings import BYTES, jpeg, picture, png, png_that_says, saved


def opened(content: bytes) -> Image.Image:
    """What a browser would draw."""
    drawn = Image.open(io.BytesIO(content))
    drawn.load()
    return drawn


def sentence(content: bytes, claimed: str = "") -> str:
    with pytest.raises(Unwelcome) as refused:
        wash(content, claimed)
    return refused.value.sentence


def see_through() -> Image.Image:
    drawn = picture(mode="RGBA")
    drawn.putpixel((0, 0), (0, 0, 0, 0))
    return drawn


PICTURES = {
    "a photo": (jpeg(), "image/jpeg"),
    "a progressive photo": (jpeg(progressive=True), "image/jpeg"),
    "a photo for print": (saved(picture(mode="CMYK"), "JPEG", comment=BYTES), "image/jpeg"),
    "a grey photo": (saved(picture(mode="L"), "JPEG", comment=BYTES), "image/jpeg"),
    "a screenshot": (png(), "image/jpeg"),
    "a screenshot that could shine through and does not": (png(picture(mode="RGBA")), "image/jpeg"),
    "a drawing that shines through": (png(see_through()), "image/png"),
    "a scan with sixteen bits": (saved(picture(mode="I;16"), "PNG"), "image/jpeg"),
    "WebP": (saved(picture(), "WEBP", xmp=BYTES), "image/jpeg"),
    "WebP without loss that shines through": (saved(see_through(), "WEBP", lossless=True), "image/png"),
    "GIF": (saved(picture(mode="P"), "GIF", comment=BYTES), "image/jpeg"),
    "a GIF that moves": (saved(picture(mode="P"), "GIF", save_all=True, append_images=[picture(mode="P").rotate(90)]), "image/jpeg"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_anew_and_tells_nothing(name):
    content, mime = PICTURES[name]
    washed = wash(content, "text/html")
    drawn = opened(washed.content)
    assert (washed.mime, washed.suffix) == (mime, {"image/jpeg": ".jpg", "image/png": ".png"}[mime])
    assert (drawn.format, drawn.size) == (mime.partition("/")[2].upper(), (320, 240))
    assert BYTES not in washed.content
    assert not drawn.getexif() and not {"exif", "xmp", "icc_profile", "comment", "Author", "photoshop"} & set(drawn.info)
    assert b"http://ns.adobe.com/xap" not in washed.content


def test_the_same_photo_twice_is_the_same_file():
    assert wash(jpeg()).content == wash(jpeg()).content


@pytest.mark.parametrize(("orientation", "size"), [(1, (320, 240)), (3, (320, 240)), (6, (240, 320)), (8, (240, 320)), (99, (320, 240))])
def test_a_photo_is_set_upright(orientation, size):
    drawn = opened(wash(jpeg(orientation=orientation)).content)
    light = {1: (160, 235), 3: (160, 5), 6: (5, 160), 8: (235, 160), 99: (160, 235)}[orientation]
    assert drawn.size == size
    assert min(drawn.getpixel(light)) > 200, "the light band lies where a person would see it"


def test_a_large_photo_is_made_small_and_keeps_its_shape():
    assert opened(wash(jpeg((4000, 1000))).content).size == (2048, 512)
    assert opened(wash(png(picture((1000, 4000)))).content).size == (512, 2048)


def test_sixteen_bits_of_grey_do_not_turn_white():
    grey = Image.new("I;16", (10, 10), 128 * 256)
    assert abs(opened(wash(saved(grey, "PNG")).content).convert("L").getpixel((5, 5)) - 128) <= 2


def test_a_telephones_fifty_million_dots_are_read_without_holding_them():
    drawn = Image.new("L", (8160, 6144), 90)
    assert opened(wash(saved(drawn, "JPEG")).content).size == (2048, 1542)


@pytest.mark.parametrize(
    "bomb", [png_that_says(30_000, 30_000), png_that_says(2**31 - 1, 2**31 - 1), png_that_says(5000, 5000),
             saved(Image.new("L", (9000, 8000)), "JPEG"), saved(Image.new("L", (6000, 5000)), "JPEG", progressive=True)],
    ids=["nine hundred million dots", "more than can be", "more than is held", "a JPEG", "a progressive JPEG"],
)  # fmt: skip
def test_a_bomb_is_refused_before_it_unfolds(bomb):
    assert sentence(bomb) in (outcome.TOO_MANY_DOTS, outcome.BROKEN)


@pytest.mark.parametrize("whole", [jpeg(), jpeg(progressive=True), png(), saved(picture(), "WEBP"), saved(picture(mode="P"), "GIF")])
def test_a_picture_that_was_cut_off_is_refused(whole):
    for share in (0.3, 0.8):
        assert sentence(whole[: int(len(whole) * share)]) == outcome.BROKEN


def test_a_stowaway_dies():
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w") as archive:
        archive.writestr("surat.html", BYTES.decode())
    both = jpeg() + parcel.getvalue() + b"<script>alert(1)</script>"
    assert zipfile.is_zipfile(io.BytesIO(both)), "it really is both"
    washed = wash(both).content
    assert not zipfile.is_zipfile(io.BytesIO(washed))
    assert b"PK" not in washed[-200:] and b"<script" not in washed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", outcome.EMPTY),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', outcome.UNKNOWN),
        (b"<!doctype html><script>alert(1)</script>", outcome.UNKNOWN),
        (b"MZ\x90\0" + bytes(500), outcome.UNKNOWN),
        (b"\x7fELF" + bytes(500), outcome.UNKNOWN),
        (b"II*\0" + bytes(500), outcome.UNKNOWN),
        (b"BM" + bytes(500), outcome.UNKNOWN),
        (b"halo, ini laporan saya", outcome.UNKNOWN),
        (b"PK\x03\x04" + bytes(500), outcome.ARCHIVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), outcome.ARCHIVE),
        (b"\0\0\0\x18ftypheic" + bytes(500), outcome.HEIC),
        (b"\0\0\0\x18ftypavif" + bytes(500), outcome.HEIC),
        (b"\xff\xd8\xff" + bytes(500), outcome.BROKEN),
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(content, said):
    for claimed in ("image/jpeg", "", "foto.jpg"):
        assert sentence(content, claimed) == said


def test_nothing_above_twenty_megabytes_is_even_looked_at():
    assert sentence(jpeg().ljust(LARGEST + 1, b"\0")) == outcome.TOO_LARGE
    assert wash(jpeg().ljust(LARGEST, b"\0")).mime == "image/jpeg"


def test_every_sentence_ends_and_fits_into_an_sms():
    said = [value for name, value in vars(outcome).items() if name.isupper()]
    assert len(said) == 9
    assert all(value.endswith(".") and len(value) <= 110 for value in said)
