"""Tickets one can read aloud, and the PIN that belongs to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.domain import tickets

FRESH = st.builds(lambda _: tickets.new(), st.integers())
KEY = b"k" * 32


@given(FRESH, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(ticket, at, off):
    wrong = ticket[:at] + str((int(ticket[at]) + off) % 10) + ticket[at + 1 :]
    assert not tickets.valid(wrong)


@given(FRESH, st.integers(0, 7))
def test_two_neighbours_swapped_are_always_noticed(ticket, at):
    swapped = ticket[:at] + ticket[at + 1] + ticket[at] + ticket[at + 2 :]
    assert tickets.valid(swapped) is (swapped == ticket)


@given(FRESH)
def test_a_fresh_ticket_is_nine_digits_and_never_begins_with_zero(ticket):
    assert tickets.valid(ticket)
    assert len(ticket) == 9
    assert ticket[0] != "0"


@given(FRESH, st.sampled_from(["{0}", "{0} ", " {0}", "#{0}", "{1}-{2}-{3}", "{1} {2} {3}", "{1}.{2}.{3}", "# {1} {2}-{3}"]))
def test_a_ticket_is_known_however_it_is_typed(ticket, shape):
    assert tickets.normalise(shape.format(ticket, ticket[:3], ticket[3:6], ticket[6:])) == ticket
    assert tickets.normalise(tickets.pretty(ticket)) == ticket


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text):
    found = tickets.normalise(text)
    assert found is None or tickets.valid(found)
    assert tickets.valid(text) in (True, False)
    inside = tickets.find(text)
    assert inside is None or tickets.valid(inside[0])


@pytest.mark.parametrize("text", ["", "123", "12345678a", "４８２１７３０５９", "٤٨٢١٧٣٠٥٩", "482173059482173059"])
def test_what_is_no_ticket_is_none(text):
    assert tickets.normalise(text) is None


@given(FRESH)
def test_a_ticket_is_found_inside_words_and_taken_out(ticket):
    assert tickets.find(f"CEK {tickets.pretty(ticket)} ya pak") == (ticket, "CEK ya pak")
    assert tickets.find(f"#{ticket}: sudah selesai") == (ticket, "sudah selesai")


@given(FRESH)
def test_a_ticket_inside_a_longer_number_is_none(ticket):
    for text in (f"0{ticket}", f"{ticket}1", f"+62{ticket}", f"NIK 5206{ticket}001"):
        assert tickets.find(text) is None, text


def test_the_second_number_is_the_ticket_when_the_first_is_none():
    good = tickets.new()
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert tickets.find(f"bukan {bad} tetapi {good}")[0] == good


@given(FRESH, st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))
def test_a_pin_is_six_digits_and_hangs_on_key_salt_and_ticket(ticket, salt, other):
    pin = tickets.pin(KEY, salt, ticket)
    assert len(pin) == 6
    assert pin.isdigit()
    assert tickets.pin(KEY, salt, ticket) == pin, "a receipt sent again carries the same PIN"
    assert tickets.pin_matches(KEY, salt, ticket, pin)
    assert tickets.pin_matches(KEY, salt, ticket, f" {pin[:3]}-{pin[3:]} ")
    assert not tickets.pin_matches(KEY, salt, ticket, pin + "0")
    assert not tickets.pin_matches(KEY, salt, ticket, pin[:5])


def test_pins_are_spread_over_all_their_numbers():
    made = {tickets.pin(KEY, tickets.new_salt(), tickets.new()) for _ in range(3000)}
    assert len(made) > 2950, "a guess is worth one in a million"
    assert len({pin[0] for pin in made}) == 10, "leading noughts are kept"


def test_another_key_salt_or_ticket_is_another_pin():
    pins = {
        tickets.pin(key, salt, ticket) for key in (KEY, b"x" * 32) for salt in (b"1" * 8, b"2" * 8) for ticket in ("482173059", "100000007")
    }
    assert len(pins) == 8


@pytest.mark.parametrize("given", ["", "abc", "\x00" * 6, "\ud800", "１２３４５６", "x" * 100_000])
def test_nothing_typed_as_a_pin_breaks_the_check(given):
    assert not tickets.pin_matches(KEY, b"1" * 8, "482173059", given)
