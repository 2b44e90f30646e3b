"""What an incoming text means, the same for every channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.domain import tickets
from ntbcare.domain.conversation import Meaning, Waiting, understand
from tests.domain.conversation_texts import (
    ANSWERED,
    ASKED,
    LIKENED,
    LIKENED_AND_POLLED,
    POLLED,
    ROWS,
    TWO_ANSWERED,
    TWO_ASKED,
    TWO_POLLED,
    A,
    B,
    C,
    D,
)


def test_the_table_is_long_and_its_tickets_are_tickets():
    assert len(ROWS) >= 60
    assert {row[2] for row in ROWS} == set(Meaning)
    assert tickets.valid(A)
    assert tickets.valid(B)
    assert tickets.valid(C) and tickets.valid(D)


@pytest.mark.parametrize(("text", "waiting", "meaning", "ticket", "rest"), ROWS)
def test_a_text_means(text, waiting, meaning, ticket, rest):
    heard = understand(text, waiting)
    assert (heard.meaning, heard.ticket) == (meaning, ticket)
    if isinstance(rest, int):
        assert heard.score == rest
    elif rest is not None:
        assert heard.words == rest


@pytest.mark.parametrize(("waiting", "text"), [(TWO_ASKED, "di dusun montong"), (TWO_ANSWERED, "belum"), (TWO_POLLED, "3")])
def test_when_it_is_unclear_which_case_is_meant_every_candidate_is_named(waiting, text):
    assert understand(text, waiting).choices == (A, B)


@pytest.mark.parametrize(
    ("parked", "waiting", "meaning", "words"),
    [
        ("di dusun montong", Waiting(questions=(A, B), parked="di dusun montong"), Meaning.ANSWER, "di dusun montong"),
        ("BELUM masih rusak", Waiting(reactions=(A, B), parked="BELUM masih rusak"), Meaning.OBJECT, "masih rusak"),
        ("YA", Waiting(reactions=(A, B), parked="YA"), Meaning.CONFIRM, ""),
        ("4", Waiting(polls=(A, B), parked="4"), Meaning.RATING, ""),
        ("4", Waiting(questions=(B,), polls=(A,), parked="4"), Meaning.RATING, ""),
    ],
)
def test_a_bare_ticket_afterwards_brings_the_kept_words_to_that_case(parked, waiting, meaning, words):
    heard = understand(A, waiting)
    assert (heard.meaning, heard.ticket, heard.words) == (meaning, A, words)


@pytest.mark.parametrize(
    ("digit", "ticket", "parked", "waiting"),
    [
        ("1", A, "di dusun montong", {"questions": (A, B)}),
        ("2.", B, "di dusun montong", {"questions": (A, B)}),
        ("2", B, "BELUM masih rusak", {"reactions": (A, B)}),
        ("2", B, "5", {"polls": (A, B)}),
        ("1", A, "di dusun montong", {"questions": (A,), "polls": (B,)}),
    ],
)
def test_a_number_chooses_the_case_that_was_offered_under_it(digit, ticket, parked, waiting):
    asked = Waiting(**waiting, parked=parked, offered=(A, B))
    assert understand(digit, asked) == understand(ticket, asked)
    assert understand(digit, asked).ticket == ticket


def test_a_number_that_was_not_offered_chooses_nothing():
    assert understand("3", Waiting(questions=(A, B), parked="di dusun montong", offered=(A, B))).meaning is Meaning.WHICH
    assert understand("0", Waiting(questions=(A, B), parked="di dusun montong", offered=(A, B))).meaning is Meaning.WHICH
    assert understand("1", Waiting(questions=(B,), parked="di dusun montong", offered=(A, B))).ticket != A, "A waits for nothing any more"
    assert understand("4", Waiting(polls=(A,), offered=(B, A))).meaning is Meaning.RATING, "nothing is parked: the number is what it was"


def test_a_rating_or_the_same_is_asked_and_the_number_that_follows_chooses():
    asked = Waiting(polls=(A,), likes=((C, D),), parked="1", offered=(C, A))
    assert (understand("1", asked).meaning, understand("1", asked).ticket) == (Meaning.SAME, C)
    rated = understand("2", asked)
    assert (rated.meaning, rated.ticket, rated.score) == (Meaning.RATING, A, 1)


def test_a_bare_ticket_of_another_case_does_not_take_the_kept_words():
    other = tickets.new()
    heard = understand(other, Waiting(questions=(A, B), parked="di dusun montong"))
    assert (heard.meaning, heard.ticket) == (Meaning.CHECK, other)


@given(st.text(max_size=60), st.sampled_from([Waiting(), ASKED, ANSWERED, POLLED, TWO_ASKED, TWO_POLLED, LIKENED, LIKENED_AND_POLLED]))
def test_no_text_breaks_the_reader_and_every_named_case_is_a_ticket(text, waiting):
    heard = understand(text, waiting)
    assert heard.ticket is None or tickets.valid(heard.ticket)
    assert set(heard.choices) <= set(waiting.tickets)
    assert heard.score is None or 0 <= heard.score <= 999


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "Nd", "Zs", "Po"]), min_size=1, max_size=80))
def test_words_of_a_new_report_are_never_lost(text):
    heard = understand("LAPOR " + text, Waiting())
    if heard.meaning is Meaning.NEW:
        assert heard.words in ("LAPOR " + text).strip() or heard.words == " ".join(text.split())
        assert len(heard.words.split()) >= len(text.split())
