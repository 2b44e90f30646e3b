"""What is left of a letter: one's own words, in reasonable time whatever a stranger sends."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail import words

LETTER = 200_000
PIECES = [
    "<",
    "<a",
    "<!--",
    "<!",
    "<?",
    "</",
    "<script",
    "<script></",
    "<![CDATA[",
    "<a x='",
    '<a "',
    "<a x=\"'",
    "&",
    "&#",
    "<div>",
    "<blockquote>",
]
LINES = [" ", "\t", ">", "On ", "On abcdef\n", "Pada menulis ", "From: \n", "-", "-- ", "_", "\n", "\n_", " *", "> \n", "a \n"]


@pytest.mark.parametrize("end", ["", ">"])
@pytest.mark.parametrize("piece", PIECES)
def test_no_page_of_broken_html_keeps_us_busy(piece: str, end: str) -> None:
    begun = time.process_time()
    words.from_html(piece * (LETTER // len(piece)) + end)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("line", LINES)
def test_no_text_keeps_us_busy(line: str) -> None:
    begun = time.process_time()
    text = "x\n" + line * (LETTER // len(line)) + "x"
    words.own_words(words.unflowed(text))
    words.with_subject(text[:1000], text)
    assert time.process_time() - begun < 5


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*'<>/!-ab ="p&;\n[]#x', "blockquote", "script", "<td>", "<pre>", "</p>", "<!--", "-->"]), max_size=80),
    st.text("ab<>&\"'é!-/ ;#", min_size=1, max_size=40),
)
def test_words_behind_whatever_rubbish_are_read_to_their_end(pieces: list[str], text: str) -> None:
    rubbish = "".join(pieces)
    closing = "--></script></pre></blockquote><hr>"
    shown = words.from_html(f"{rubbish}'\">{closing}{html.escape(text)}")
    told = text.replace(">", " ").split()  # «> » may be the mark of a quotation
    assert not told or shown.replace(">", " ").split()[-len(told) :] == told


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["base64", "quoted-printable", "8bit", "x-uuencode", ""]), st.text(max_size=12))
def test_every_body_becomes_storable_letters(content: bytes, encoding: str, charset: str) -> None:
    text = words.decoded(words.unpacked(content, encoding), charset)
    assert "\x00" not in text
    text.encode()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a <b>b</b>\n   c", "a b c"),
        ("<title>x</title><style>y</style>a<script>z</script>", "a"),
        ("a<!-- b -->c<!DOCTYPE html>d", "acd"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc"),
        ("1 < 2", "1 < 2"),
        ("&lt;a&gt; &eacute;", "<a> é"),
        ("<!-- never closed a", ""),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html: str, text: str) -> None:
    assert words.from_html(html) == text


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Lampu mati", "Di Ampenan", "Lampu mati\n\nDi Ampenan"),
        ("Re: Lampu mati", "Di Ampenan", "Di Ampenan"),
        ("BLS: RE[2]: Lampu mati", "Di Ampenan", "Di Ampenan"),
        ("Fwd: Lampu mati", "Di Ampenan", "Lampu mati\n\nDi Ampenan"),
        ("lampu  mati!", "Lampu mati di Ampenan", "Lampu mati di Ampenan"),
        ("", "Di Ampenan", "Di Ampenan"),
        ("???", "Di Ampenan", "Di Ampenan"),
        ("Lampu mati", "", "Lampu mati"),
    ],
)
def test_a_subject_is_kept_when_it_says_more(subject: str, body: str, expected: str) -> None:
    assert words.with_subject(subject, body) == expected


def test_a_sentence_that_begins_like_a_quotation_is_none() -> None:
    text = "Pada hari Senin air mati.\nOn the road to Praya the lamp is broken.\n\nDari: pasar ke sekolah jalannya rusak.\n\nTerima kasih."
    assert words.own_words(text) == text
