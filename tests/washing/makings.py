"""Files made for the tests of the wash: small, whole, and with something to hide."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

CANARY = "burung-kenari-8.5833,116.1167"
BYTES = CANARY.encode()


def picture(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Three bands of colour, dark above and light below, so that one sees when it is turned."""
    drawn = Image.new("RGB", size, (200, 30, 30))
    drawn.paste((240, 240, 240), (0, size[1] * 2 // 3, *size))
    return drawn.convert(mode)


def saved(drawn: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    drawn.save(out, kind, **more)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """EXIF with a maker, a comment and a place; all of them canaries."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0112], tags[0x9286] = CANARY, orientation, BYTES
    tags.get_ifd(0x8825).update({1: "S", 2: (8.0, 35.0, 0.0), 3: "E", 4: (116.0, 7.0, 0.0), 27: BYTES})
    return tags.tobytes()


def jpeg(size: tuple[int, int] = (320, 240), orientation: int = 1, **more: object) -> bytes:
    """A photo as a telephone makes it: EXIF, XMP, a comment and a colour profile, each with the canary."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + BYTES + b"</x:xmpmeta>"
    return saved(picture(size), "JPEG", exif=exif(orientation), xmp=xmp, comment=BYTES, icc_profile=b"\0" * 128 + BYTES, **more)


def png(drawn: Image.Image | None = None) -> bytes:
    """A PNG that tells its author in plain, in compressed and in international text."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", CANARY)
    notes.add_text("Comment", CANARY, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", CANARY)
    return saved(drawn or picture(), "PNG", pnginfo=notes, exif=exif())


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes that would unfold into width × height dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def mp3(frames: int = 20) -> bytes:
    """MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame; no tags."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def id3(size: int = 300) -> bytes:
    """An ID3v2 tag with the canary."""
    body = (b"TIT2" + BYTES).ljust(size, b"\0")
    return b"ID3\x04\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + body


def adts(frames: int = 20) -> bytes:
    """AAC LC in ADTS: frames of 100 bytes."""
    size = 100
    return (bytes([0xFF, 0xF1, 0x50, 0x80 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 0x1F, 0xFC]) + bytes(size - 7)) * frames


def amr(frames: int = 20) -> bytes:
    """AMR, 12.2 kbit/s: 32 bytes a frame."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def wav() -> bytes:
    """A tenth of a second of silence, with a LIST of words before and a place behind."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + chunk(b"fmt ", fmt) + chunk(b"LIST", b"INFO" + BYTES) + chunk(b"data", bytes(1600)) + chunk(b"_PMX", BYTES)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _ogg_page(kind: int, number: int, packets: list[bytes], serial: int = 7) -> bytes:
    """A page; a packet of exactly 255 × 255 bytes goes on upon the next."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)[:255]
    head = b"OggS\0" + bytes([kind]) + struct.pack("<qIII", 0, serial, number, 0) + bytes([len(lacing)]) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", ogg_sum(page)) + page[26:]


def ogg_sum(page: bytes) -> int:
    """The sum of a page, bit by bit as RFC 3533 says it, with the field of the sum taken as zero."""
    value = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def opus(comment: bytes = BYTES) -> bytes:
    """A voice as Telegram sends it: OpusHead, OpusTags with a comment (on as many pages as it needs), two pages of sound."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"Lavf" + struct.pack("<I", 1) + struct.pack("<I", len(comment)) + comment
    pieces = [tags[at : at + 255 * 255] for at in range(0, len(tags), 255 * 255)]
    told = b"".join(_ogg_page(1 if number > 1 else 0, number, [piece]) for number, piece in enumerate(pieces, start=1))
    return _ogg_page(2, 0, [head]) + told + _ogg_page(0, 8, [bytes(80)] * 3) + _ogg_page(4, 9, [bytes(80)] * 3)


def vorbis() -> bytes:
    """Vorbis with a comment on a page that holds the set-up packet as well."""
    tags = b"\x03vorbis" + struct.pack("<I", 4) + b"Xiph" + struct.pack("<I", 1) + struct.pack("<I", len(BYTES)) + BYTES + b"\x01"
    return _ogg_page(2, 0, [b"\x01vorbis" + bytes(23)]) + _ogg_page(0, 1, [tags, b"\x05vorbis" + bytes(600)]) + _ogg_page(4, 2, [bytes(99)])


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def track(handler: bytes) -> bytes:
    header = box(b"tkhd", bytes(4) + struct.pack(">II", 3_800_000_000, 3_800_000_000) + bytes(72))
    told = box(b"hdlr", bytes(8) + handler + bytes(12) + BYTES + b"\0")
    media = box(b"mdia", box(b"mdhd", bytes(4) + b"\xe2\x80\0\0" * 2 + bytes(12)), told, box(b"minf", box(b"stbl", bytes(16))))
    return box(b"trak", header, media, box(b"udta", box(b"name", BYTES)), box(b"meta", BYTES))


def mp4(brand: bytes = b"isom", handlers: tuple[bytes, ...] = (b"vide", b"soun")) -> bytes:
    """A film with its place in four places (©xyz, meta, uuid, behind mdat), a dated header and named handlers."""
    place = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(BYTES), 0x15C7) + BYTES))
    moov = box(b"moov", box(b"mvhd", bytes(4) + b"\xe2\x80\0\0" * 2 + bytes(88)), *map(track, handlers), place, box(b"meta", BYTES))
    return (
        box(b"ftyp", brand, bytes(4), b"isom") + box(b"free", BYTES) + moov
        + box(b"uuid", bytes(16) + BYTES) + box(b"mdat", b"\x65" * 500) + box(b"meta", BYTES)
    )  # fmt: skip


def webm(doctype: bytes = b"webm", unknown: bool = False) -> bytes:
    """A WebM film with tags, an attachment and a chapter; `unknown`: recorded live, so the segment's size is not written down."""

    def element(name: int, body: bytes) -> bytes:
        return name.to_bytes((name.bit_length() + 7) // 8, "big") + (0x10000000 | len(body)).to_bytes(4, "big") + body

    tracks = element(0x1654AE6B, element(0xAE, element(0x83, b"\x01")))
    inside = tracks + element(0x1254C367, BYTES) + element(0x1941A469, BYTES) + element(0x1F43B675, bytes(300)) + element(0x1043A770, BYTES)
    head = element(0x1A45DFA3, element(0x4282, doctype))
    return head + ((0x18538067).to_bytes(4, "big") + b"\x01" + b"\xff" * 7 + inside if unknown else element(0x18538067, inside))


def pdf(*objects: bytes) -> bytes:
    """A paper with an author, XMP and a photo inside that was not packed again; `objects` come along."""
    photo = jpeg()
    xmp = b"<?xpacket begin='' id='W5'?><x:xmpmeta>" + BYTES + b"</x:xmpmeta><?xpacket end='w'?>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>", b"<< /Author (%s \\) anak) >>" % BYTES,
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp),
        b"<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(photo), photo),
        *objects,
    ]  # fmt: skip
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, part) for number, part in enumerate(parts, start=1))
    return b"%PDF-1.5\n" + body + b"trailer << /Root 1 0 R /Info 3 0 R >>\nstartxref\n0\n%%EOF\n"


def packed(objects: bytes, more: bytes = b"") -> bytes:
    """Objects pressed into a stream, as every newer program writes them."""
    pressed = zlib.compress(objects)
    return b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode %s/Length %d >>\nstream\n%s\nendstream" % (more, len(pressed), pressed)
