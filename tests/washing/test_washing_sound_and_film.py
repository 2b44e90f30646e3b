"""Voices and films are kept without tags, covers, places and names; what is only called so is refused."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from ntbcare.washing import Unwelcome, outcome, wash
from tests.washing.makings import BYTES, adts, amr, box, id3, jpeg, mp3, mp4, ogg_sum, opus, track, vorbis, wav, webm


def sentence(content: bytes) -> str:
    with pytest.raises(Unwelcome) as refused:
        wash(content)
    return refused.value.sentence


KEPT = {
    "MP3": (mp3(), "audio/mpeg", ".mp3"),
    "MP3 with tags": (id3() + id3(5000) + mp3() + b"TAG" + BYTES.ljust(125, b"\0"), "audio/mpeg", ".mp3"),
    "MP3 with an APE tag": (mp3() + b"APETAGEX" + bytes(24) + BYTES, "audio/mpeg", ".mp3"),
    "AAC": (id3() + adts() + BYTES, "audio/aac", ".aac"),
    "AMR": (amr() + b"\xff" + BYTES, "audio/amr", ".amr"),
    "WAV": (wav(), "audio/wav", ".wav"),
    "a voice in Opus": (opus(), "audio/ogg", ".ogg"),
    "a voice with a cover": (opus(BYTES * 3000), "audio/ogg", ".ogg"),
    "Vorbis with a ZIP behind": (vorbis() + b"PK\x03\x04" + BYTES, "audio/ogg", ".ogg"),
    "a film": (mp4(), "video/mp4", ".mp4"),
    "a film with a ZIP behind": (mp4() + b"PK\x03\x04" + BYTES, "video/mp4", ".mp4"),
    "a film of an old telephone": (mp4(b"3gp4"), "video/3gpp", ".3gp"),
    "a film of another telephone": (mp4(b"qt  "), "video/quicktime", ".mov"),
    "a voice in MP4": (mp4(b"M4A ", (b"soun",)), "audio/mp4", ".m4a"),
    "WebM": (webm(), "video/webm", ".webm"),
    "WebM recorded live": (webm(unknown=True), "video/webm", ".webm"),
}


@pytest.mark.parametrize("name", KEPT)
def test_it_is_kept_and_tells_nothing(name):
    content, mime, suffix = KEPT[name]
    assert BYTES in content or name == "MP3"
    washed = wash(content, "image/png")
    assert (washed.mime, washed.suffix) == (mime, suffix)
    assert BYTES not in washed.content
    again = wash(washed.content)
    assert again == washed, "what is clean stays as it is"


def test_the_sound_itself_is_untouched():
    assert wash(id3() + mp3() + b"TAG" + bytes(125)).content == mp3()
    assert wash(adts() + bytes(3)).content == adts()
    assert wash(amr()).content == amr()
    with wave.open(io.BytesIO(wash(wav()).content)) as heard:
        assert (heard.getnframes(), heard.getframerate()) == (800, 8000)


def test_frames_go_on_behind_a_tag_in_the_middle():
    assert wash(mp3(5) + id3(100_000) + mp3(7)).content == mp3(12)
    assert wash(mp3(5) + b"\xff\x00junk\xff\xfb" * 50 + mp3(7)).content == mp3(12)


@pytest.mark.parametrize("content", [opus(), vorbis()], ids=["Opus", "Vorbis"])
def test_the_pages_of_a_voice_still_add_up(content):
    washed, at = wash(content).content, 0
    assert len(washed) == len(content)
    while at < len(washed):
        count = washed[at + 26]
        end = at + 27 + count + sum(washed[at + 27 : at + 27 + count])
        assert struct.unpack("<I", washed[at + 22 : at + 26])[0] == ogg_sum(washed[at:end])
        at = end


def test_a_films_boxes_stay_where_they_were():
    content = mp4()
    washed = wash(content).content
    assert len(washed) == len(content)
    assert washed.index(b"mdat") == content.index(b"mdat"), "samples are found by their place in the file"
    assert b"\xa9xyz" not in washed and b"udta" not in washed and b"uuid" not in washed
    assert b"\xe2\x80\0\0" not in washed, "no date of recording"


def test_the_track_of_a_drones_positions_is_cut_off():
    washed = wash(mp4(handlers=(b"vide", b"meta", b"soun"))).content
    assert washed.count(b"trak") == 2
    assert b"meta" not in washed


@pytest.mark.parametrize(
    "content",
    [
        mp4()[:-600],
        mp4(handlers=(b"meta",)),
        box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"x" * 99),
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", track(b"vide")),
        box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I", 1) + b"moov" + b"\xff" * 8,
        box(b"ftyp", b"isom", bytes(4)) + box(b"wide") * 150_000,
        box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"cmov", bytes(99))) + box(b"mdat", b"x" * 99),
        opus()[:40],
        opus().replace(b"OpusTags", b"OpusTogs"),
        id3() + b"<html>",
        wav()[:30],
        b"#!AMR\n\xff\xff\xff",
        webm()[:60],
    ],
    ids=["cut off", "positions only", "no head", "no samples", "a size beyond everything", "boxes without end", "a pressed head",
         "one page", "other comments", "a tag only", "no samples of sound", "no frames", "no clusters"],
)  # fmt: skip
def test_what_is_not_whole_is_refused(content):
    assert sentence(content) == outcome.BROKEN


@pytest.mark.parametrize(
    "content", [webm(b"matroska"), b"\xff\xfb\x90\x00" + b"?" * 2000, opus().replace(b"OpusHead", b"\x80theora"), b"fLaC" + bytes(90)]
)
def test_kinds_we_do_not_keep_are_named_as_such(content):
    assert sentence(content) == outcome.UNKNOWN


def test_a_box_in_a_box_in_a_box_does_not_tire_us():
    deep = b""
    for _ in range(20_000):
        deep = box(b"trak", deep) if len(deep) < 60_000 else deep
    assert sentence(box(b"ftyp", b"isom", bytes(4)) + box(b"moov", deep) + box(b"mdat", jpeg())) == outcome.BROKEN
