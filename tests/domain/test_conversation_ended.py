"""What "not yet" means when nothing was asked: about what ended lately, where there is such a case, and nothing otherwise."""

import pytest

from ntbcare.domain.conversation import Meaning, Waiting, is_bare_no, tells_still, understand

A, B = "482173051", "100000006"
ENDED, TWO = Waiting(ended=(A,)), Waiting(ended=(A, B))


@pytest.mark.parametrize("text", ["BELUM", "belum.", "belum selesai pak", "masih rusak", "tidak"])
def test_a_bare_no_is_about_the_one_case_that_ended(text):
    heard = understand(text, ENDED)
    assert (heard.meaning, heard.ticket) == (Meaning.OBJECT, A)
    assert understand(text, Waiting()).ticket is None


def test_of_two_that_ended_it_is_asked_which_and_the_number_chooses():
    assert understand("belum", TWO).choices == (A, B)
    chosen = understand("2", Waiting(ended=(A, B), parked="belum", offered=(A, B)))
    assert (chosen.meaning, chosen.ticket) == (Meaning.OBJECT, B)


def test_what_was_asked_comes_before_what_ended():
    assert understand("belum", Waiting(reactions=(B,), ended=(A,))).ticket == B
    assert understand("belum", Waiting(questions=(B,), ended=(A,))).meaning is Meaning.ANSWER


@pytest.mark.parametrize("text", ["masih ada lubang di jalan depan sekolah", "ya", "terima kasih", "4", "halo"])
def test_a_story_a_yes_or_a_number_is_not_about_what_ended(text):
    assert understand(text, ENDED) == understand(text, Waiting())


@pytest.mark.parametrize("text", ["lubangnya masih ada", "masih rusak pak, belum diperbaiki", "lampunya mati lagi", "kok sama saja ya"])
def test_words_that_may_be_about_something_told_before(text):
    assert tells_still(text)


@pytest.mark.parametrize("text", ["belum", "jalan rusak di tente", "saya mau lapor lagi", "mau tanya lagi pak", "masih " * 21])
def test_words_that_are_not(text):
    assert not tells_still(text)


def test_a_no_with_a_story_is_not_bare():
    assert is_bare_no("belum diperbaiki pak") and not is_bare_no("belum ada yang datang ke sini") and not is_bare_no("sudah")
