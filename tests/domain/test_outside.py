"""The rules of asking somebody outside: manners from data, a link nobody can guess, what an SMS says, names taken out of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.domain import outside
from ntbcare.domain.outside import NAMELESS, Answer, Manners
from ntbcare.wording import LINK_MARK


def test_manners_are_read_from_data_and_a_wrong_one_is_named():
    assert outside.read({}) == Manners()
    assert outside.read({"days": 2, "most_days": 4}).most_days == 4
    for wrong in ({"days": 0}, {"days": "3"}, {"dayz": 3}, {"photos": True}, {"days": 9, "most_days": 4}):
        with pytest.raises(ValueError, match="outside"):
            outside.read(wrong)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_token_has_128_bits_and_another_salt_or_key_makes_another(salt, other):
    made = outside.token(b"k" * 40, salt)
    assert len(made) == 22 == len(LINK_MARK)
    assert outside.token(b"k" * 40, salt) == made != outside.token(b"q" * 40, salt)
    assert (outside.token(b"k" * 40, other) == made) == (other == salt)


@given(st.text())
def test_whatever_stands_in_a_link_can_be_looked_up(text):
    assert len(outside.digest(text)) == 32


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B123 sudah ditambal", (123, "sudah ditambal")), ("b 7: belum, hujan", (7, "belum, hujan")), ("  b-7.\nbukan", (7, "bukan")),
        ("B5", (5, "")), ("Bapak 5", None), ("jalan B5 rusak", None), ("B", None), ("B1234567890 x", None), ("", None),
    ],
)  # fmt: skip
def test_a_code_is_read_only_where_a_message_begins(text, found):
    assert outside.coded(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [("SUDAH", Answer.DONE), ("sdh pak", Answer.DONE), ("Belum, hujan", Answer.NOT_YET), ("bukan kami", Answer.NOT_OURS),
     ("sudahkah", None), ("jalan sudah rusak", None), ("", None)],
)  # fmt: skip
def test_the_first_word_says_how_it_stands(text, said):
    assert outside.said(text) is said


@pytest.mark.parametrize(
    "text",
    ["nama saya Zulaikha Kanari, jalan rusak", "Saya Zulaikha dari Tente", "a.n. Zulaikha", "atas nama zulaikha", "Saya, Ibu Zulaikha"],
)
def test_how_people_name_themselves_is_taken_out(text):
    assert "zulaikha" not in outside.nameless(text).lower() and NAMELESS in outside.nameless(text)


def test_a_known_name_is_taken_out_wherever_it_stands_and_nothing_else():
    assert outside.nameless("Rumah pak BUDI dekat budidaya ikan", "Budi Al") == f"Rumah pak {NAMELESS} dekat budidaya ikan"
    assert outside.nameless("Jalan rusak di Desa Tente sejak Senin") == "Jalan rusak di Desa Tente sejak Senin"
    assert outside.names("temui budi", "Budi") and not outside.names("temui warga", "Budi") and not outside.names("temui budi", None)
