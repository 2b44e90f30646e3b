"""Papers show themselves and do nothing; and no bytes whatever make the wash fail in another way than by a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.washing import Unwelcome, kinds, outcome, wash
from tests.washing.makings import BYTES, adts, amr, id3, jpeg, mp3, mp4, opus, packed, pdf, png, saved, vorbis, wav, webm
from tests.washing.makings import picture as drawing


def sentence(content: bytes) -> str:
    with pytest.raises(Unwelcome) as refused:
        wash(content)
    return refused.value.sentence


def test_a_paper_is_kept_without_author_and_place():
    content = pdf(packed(b"6 0 << /Type /Page >>"))
    washed = wash(content, "image/jpeg")
    assert (washed.mime, washed.suffix) == ("application/pdf", ".pdf")
    assert BYTES in content
    assert washed.content.count(BYTES) == jpeg().count(BYTES) - jpeg()[: jpeg().index(b"ICC_PROFILE")].count(BYTES)
    assert len(washed.content) == len(content), "an index of places in the file still holds"
    assert b"anak" not in washed.content, "an author with a bracket in the name"


def test_nothing_rides_behind_the_end_of_a_paper():
    assert wash(pdf() + b"PK\x03\x04" + BYTES).content == wash(pdf()).content


ACTIVE = {
    "a script": b"<< /S /JavaScript /JS (app.alert(1)) >>",
    "a script in disguise": b"<< /S /J#61vaScr#69pt >>",
    "a launch": b"<< /S /Launch /F (cmd.exe) >>",
    "a file inside": b"<< /Type /EmbeddedFile >>",
    "files inside": b"<< /Names << /EmbeddedFiles 9 0 R >> >>",
    "a form that acts": b"<< /AcroForm << /XFA [1 0 R] >> >>",
    "a way to another computer": b"<< /S /GoToR /F (\\\\\\\\penjahat\\\\berkas) >>",
}


@pytest.mark.parametrize("name", ACTIVE)
def test_a_paper_that_acts_is_refused_however_it_hides(name):
    for hidden in (ACTIVE[name], packed(ACTIVE[name]), packed(b" " * 70_000 + ACTIVE[name])):
        assert sentence(pdf(hidden)) == outcome.ACTIVE


def test_words_of_a_paper_hide_no_packed_objects():
    script = packed(ACTIVE["a script"])
    for word in (b"%stream\n", b"(obj) ", b"/X (stream\n)"):
        assert sentence(pdf(script.replace(b"/Type", word + b"/Type", 1))) == outcome.ACTIVE, word
        assert sentence(pdf(script.replace(b"/N", word + b"/N", 1))) in (outcome.ACTIVE, outcome.BROKEN), word
    assert sentence(pdf(script.replace(b"\nstream\n", b"\nstream\t", 1).replace(b"endstream", b""))) == outcome.BROKEN, "unseen"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pdf(b"<< /Filter /Standard >> trailer << /Encrypt 9 0 R >>"), outcome.LOCKED),
        (pdf()[:-20], outcome.BROKEN),
        (b"%PDF-9.9\n%%EOF", outcome.UNKNOWN),
        (b"%PDF-<script>%%EOF", outcome.UNKNOWN),
        (pdf(packed(b"1").replace(b"x\x9c", b"??")), outcome.BROKEN),
        (pdf(packed(bytes(40 * 1024 * 1024))), outcome.BROKEN),
        (pdf(packed(b"6 0 << >>", b"/DecodeParms << /Predictor 12 >> ")), outcome.BROKEN),
        (pdf(b"<< /Type /ObjStm >>\nstream\n"), outcome.BROKEN),
    ],
    ids=["locked", "cut off", "no such version", "a page of the web", "not what it says", "a bomb", "objects in code", "no end"],
)
def test_a_paper_that_cannot_be_looked_into_is_refused(content, said):
    assert sentence(content) == said


WHOLE = (
    jpeg(), png(), saved(drawing(), "WEBP"), saved(drawing(mode="P"), "GIF"), mp3(), id3() + mp3(), adts(), amr(), wav(), opus(), vorbis(), mp4(),
    mp4(b"3gp4"), webm(), webm(unknown=True), pdf(packed(b"6 0 << >>")),
)  # fmt: skip
MAGICS = sorted({content[:16] for content in WHOLE} | {content[:4] for content in WHOLE})


def _harmless(content: bytes) -> None:
    """Kept or refused with a sentence; what is kept can be washed again."""
    try:  # here and now: a thousand processes would tell no more
        washed = kinds.washed(content)
    except Unwelcome as refused:
        assert refused.sentence.endswith(".")
        return
    assert washed.content and washed.suffix.startswith(".")
    assert kinds.washed(washed.content).mime == washed.mime


@given(st.binary(min_size=1, max_size=400))
@settings(deadline=None, max_examples=200)
def test_arbitrary_bytes_are_kept_or_refused(content):
    _harmless(content)


@given(st.sampled_from(MAGICS), st.binary(max_size=400))
@settings(deadline=None, max_examples=300)
def test_arbitrary_bytes_behind_a_known_beginning_are_kept_or_refused(magic, content):
    _harmless(magic + content)


@given(
    st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6), st.data()
)
@settings(deadline=None, max_examples=300)
def test_whole_files_with_wounds_are_kept_or_refused(whole, wounds, data):
    wounded = bytearray(whole)
    for at, blow in wounds:
        at %= len(wounded)
        wounded[at : at + len(blow)] = blow
    _harmless(bytes(wounded[: data.draw(st.integers(1, len(wounded)))] if data.draw(st.booleans()) else wounded))
