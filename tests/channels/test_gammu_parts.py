"""Long texts: cut as the air wants them, put together whatever order they came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.sms.gammu_parts import DEFAULT, EXTENDED, UNICODE, Row, cut, header, join, place

NOON = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)


def row(number: int, text: str, udh: str = "", *, sender: str = "+6281230000001", later: float = 0.0) -> Row:
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return Row(number, sender, "mataram", UNICODE, udh, units, text, 0.0, NOON + timedelta(seconds=later))


@pytest.mark.parametrize(
    ("text", "coding", "lengths"),
    [
        ("a" * 160, DEFAULT, [160]),
        ("a" * 161, DEFAULT, [153, 8]),
        ("{" * 80, DEFAULT, [80]),
        ("a" * 152 + "{" + "a" * 20, DEFAULT, [152, 21]),
        ("é" * 161, DEFAULT, [153, 8]),
        ("“" * 70, UNICODE, [70]),
        ("“" * 71, UNICODE, [67, 4]),
        ("“" * 66 + "🙏" + "“" * 10, UNICODE, [66, 11]),
        ("", DEFAULT, [0]),
    ],
)
def test_a_text_is_cut_where_the_standard_says(text: str, coding: str, lengths: list[int]) -> None:
    found, pieces = cut(text)
    assert (found, [len(piece) for piece in pieces]) == (coding, lengths)
    assert "".join(pieces) == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab é€{}🙏“ç\n\ud83d\x00"), max_size=400))
def test_no_part_is_ever_too_long_and_nothing_is_lost(text: str) -> None:
    coding, pieces = cut(text)
    for piece in pieces:
        units = sum(2 if letter in EXTENDED else 1 for letter in piece) if coding == DEFAULT else len(piece.encode("utf-16-be")) // 2
        assert units <= {(DEFAULT, False): 160, (DEFAULT, True): 153, (UNICODE, False): 70, (UNICODE, True): 67}[coding, len(pieces) > 1]
    assert "".join(pieces) == text.replace("\ud83d", "\ufffd").replace("\x00", "\ufffd")


@settings(max_examples=100, deadline=None)
@given(st.text("ab 🙏“", min_size=161, max_size=700), st.randoms())
def test_what_was_cut_comes_together_again_in_any_order(text: str, chance) -> None:
    _, pieces = cut(text)
    rows = [(piece, header(0x1D3, len(pieces), number)) for number, piece in enumerate(pieces, start=1)]
    chance.shuffle(rows)
    (found,) = join(row(number, *each) for number, each in enumerate(rows))
    assert found.whole
    assert (found.text, found.first.id) == (text.strip(" "), 0)


@pytest.mark.parametrize(
    ("udh", "expected"),
    [
        ("050003D30201", ("0:d3", 2, 1)),
        ("06080412340302", ("8:1234", 3, 2)),
        ("0B0504158200000003D30202", ("0:d3", 2, 2)),
        ("050003D30203", None),
        ("050003D30200", None),
        ("050003D30101", None),
        ("0003D3", None),
        ("05000", None),
        ("zz", None),
        ("", None),
    ],
)
def test_a_header_says_which_part_of_what_or_nothing(udh: str, expected: object) -> None:
    assert place(udh) == expected


def test_two_people_with_the_same_reference_stay_two_people() -> None:
    found = join([row(1, "a", "050003D30201"), row(2, "b", "050003D30202", sender="+6281230000002")])
    assert [each.whole for each in found] == [False, False]


def test_a_reference_that_came_round_again_opens_a_new_message() -> None:
    found = join([
        row(1, "satu ", "050003D30201"), row(2, "dua", "050003D30202"), row(3, "tiga ", "050003D30201"), row(4, "empat", "050003D30202"),
        row(5, "lama ", "050003D30201", later=9000),
    ])  # fmt: skip
    assert [each.text for each in found] == ["satu dua", "tiga empat", "lama  [...]"]


def test_a_part_the_network_delivered_twice_is_read_once() -> None:
    (found,) = join([row(1, "satu ", "050003D30201"), row(2, "satu ", "050003D30201"), row(3, "dua", "050003D30202")])
    assert (found.text, found.ids) == ("satu dua", [1, 2, 3])


def test_an_emoji_cut_in_two_by_the_sender_s_phone_is_whole_again() -> None:
    hands = "🙏".encode("utf-16-be").hex()
    rows = [row(1, "", "050003D30201"), row(2, "", "050003D30202")]
    rows = [Row(*[getattr(rows[at], name) if name != "text" else hands[4 * at : 4 * at + 4] for name in Row.__slots__]) for at in (0, 1)]
    assert join(rows)[0].text == "🙏"


@pytest.mark.parametrize(("there", "expected"), [((1, 3), "a [...] c"), ((2,), "[...] b [...]"), ((2, 3), "[...] bc"), ((1,), "a [...]")])
def test_missing_parts_leave_a_mark(there: tuple[int, ...], expected: str) -> None:
    (found,) = join(row(number, " abc"[number], header(7, 3, number)) for number in there)
    assert not found.whole
    assert found.text == expected
