"""What the citizen says afterwards: an answer to our question, yes or not yet, more words, a withdrawal."""

from __future__ import annotations

from ntbcare.casework import (
    alongside,
    asking,
    brakes,
    forwarding,
    interest,
    merging,
    moves,
    notices,
    recusing,
    relocating,
    sealing_off,
    triage,
)
from ntbcare.domain.errors import NoSuchMove, TooLate, WordsRequired
from ntbcare.domain.lifecycle import FINAL, OPEN, State
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

WORDS, REOPENING = "words", "reopening"  # why a case asks for attention


def answer(work: Work, case: Case, words: str) -> None:
    """Words about a case: the answer when we asked something, otherwise a note that somebody must read."""
    if not words.strip():
        raise WordsRequired("Tulis dulu jawabannya, lalu kirim.")
    sealing_off.guard_beside(work, case, words)
    if case.state == State.NEEDS_INFO:
        moves.move(work, case, "complete", moves.Given(words=words))
        recusing.heard(work, case, words)
    elif case.question and case.state == State.RECEIVED:
        if relocating.tells(work, case, words) and not asking.understood(work, case, words):
            relocated(work, case, words)
        else:
            asking.answered(work, case, words)
    else:
        told = asking.late(work, case, words)
        if not relocated(work, case, told):
            add_words(work, case, told)
    alarmed(work, case, words)


def alarmed(work: Work, case: Case, words: str) -> None:
    """Whoever is told an emergency number has an urgent case: this one, or the one it is joined to. The desk sees that something came."""
    worked_on = merging.carrier(work, case) or case
    if triage.alarm(work, worked_on, words, own=worked_on is case):
        worked_on.attention = worked_on.attention or WORDS


def relocated(work: Work, case: Case, words: str) -> bool:
    """Do these words correct the place? Then that is done, and the desk sees that something new has come."""
    if not relocating.corrected(work, case, words):
        return False
    case.attention = WORDS
    return True


def add_words(work: Work, case: Case, words: str) -> None:
    """More words from the citizen: they change no state, but the desk sees that something new has come."""
    if alongside.say(work, case, words, unsolved=False):
        return
    away, ended = case.state == State.FORWARDED, case.state in FINAL and case.state != State.FORWARDED
    case.attention = REOPENING if ended else WORDS
    if ended:
        _to_coordinator(work, case)
    work.tell("case:words_added", case.id, words=words)
    if case.contact_id is None or not brakes.talkative(work, case.contact_id):
        told = forwarding.facts(work, case) if away else {}
        notices.owe(work, case, "words_outside" if away else "reopening_asked" if ended else "words_added", **told)
    recusing.heard(work, case, words)


def overheard(work: Work, case: Case, words: str) -> None:
    """The public words a case was made of were changed: the desk sees it, nobody is answered."""
    case.attention = WORDS
    work.tell("case:words_added", case.id, words=f"Ralat: {words}")
    recusing.heard(work, case, words)


def confirm(work: Work, case: Case, words: str = "") -> None:
    """Solved, says the citizen. Saying it twice is no fault; of a case that another body has ("sudah ada kabar?") a person reads it."""
    sealing_off.guard_beside(work, case, words)
    if case.state == State.CLOSED or alongside.content(work, case):
        return
    if case.state == State.FORWARDED:
        add_words(work, case, f"Sudah {words}" if words else "Sudah selesai.")
        return
    moves.move(work, case, "confirm")


def object_(work: Work, case: Case, words: str) -> None:
    """Not solved, says the citizen. Inside the window it goes back to the unit; later, or the third time, a coordinator must look.

    While it is worked on again because of an earlier no, another one is told to whoever does so.
    """
    sealing_off.guard_beside(work, case, words)
    _objected(work, case, words)
    alarmed(work, case, words)


def _objected(work: Work, case: Case, words: str) -> None:
    if alongside.say(work, case, words, unsolved=True):
        return
    if case.state in OPEN:
        try:
            moves.move(work, case, "object", moves.Given(words=words))
            recusing.heard(work, case, words)
            return
        except TooLate:
            _to_coordinator(work, case)
        except NoSuchMove:
            if not words and not case.objections + case.reopenings:
                raise
    add_words(work, case, words or "Belum selesai.")


def _to_coordinator(work: Work, case: Case) -> None:
    desk = interest.coordinator(work, case)
    if desk is not None:
        case.desk_id = desk.id
    case.attention = REOPENING


def withdraw(work: Work, case: Case, words: str = "") -> None:
    """The citizen takes the report back; not with words that tell of an emergency: those are answered as such."""
    sealing_off.guard_beside(work, case, words)
    if triage.emergency(work, words):
        answer(work, case, words)
        return
    moves.move(work, case, "withdraw", moves.Given(words=words))
    recusing.heard(work, case, words)
