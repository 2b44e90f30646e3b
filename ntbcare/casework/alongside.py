"""Those beside a case's own reporter: whose report is joined to it, or who follow it, and say that it is not solved (or that it is).

They open nothing and close nothing: it is not their case. Their words stand in the book of their own report; in the other's, masked and
for officers only, stands what somebody must read, and the case asks for attention, because a coordinator can part the two again.
"""

from __future__ import annotations

from ntbcare.casework import brakes, interest, merging, notices, recusing, sealing_off
from ntbcare.casework.effects import OTHERS
from ntbcare.domain import tickets
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.reading.masks import mask
from ntbcare.records.cases import Case
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

_UNSOLVED = "Belum selesai."


def ended(case: Case | None) -> bool:
    """Was this case answered or closed, so that a yes or a not yet makes sense?"""
    return case is not None and case.state in (State.RESPONDED, State.CLOSED)


def who(case: Case, follower: Contact | None) -> str:
    """Who says it, for a colleague: the number of their own report, never their address."""
    return "Seorang yang mengikuti laporan ini" if follower else f"Pelapor {tickets.pretty(case.ticket)}"


def note(work: Work, case: Case, somebody: str, words: str) -> None:
    """What somebody beside its reporter says of `case`, in its book for officers; it asks for attention."""
    about = sorted(interest.told(work, case, words))  # nobody accused reads it here; their case is not taken away by a stranger's word
    work.tell("case:told_beside", case.id, words=f"{somebody}: {mask(words.strip())}", **({"about": about} if about else {}))
    case.attention = case.attention or OTHERS


def say(work: Work, case: Case, words: str, *, unsolved: bool) -> bool:
    """The reporter of a joined report writes. False when the other will never be worked on again: then it is a matter of their own."""
    other = merging.carrier(work, case)
    if other is None or (other.state not in OPEN and other.state != State.CLOSED):
        return False
    words = words.strip() or _UNSOLVED
    against = unsolved or other.state == State.CLOSED
    work.tell("case:words_added", case.id, words=words)
    note(work, other, who(case, None), words)
    recusing.heard(work, case, words)
    if case.contact_id is None or not brakes.talkative(work, case.contact_id):
        notices.owe(work, case, "unsolved_beside" if against and ended(other) else "words_added", followed=False)
    return True


def content(work: Work, case: Case) -> bool:
    """Solved, says the reporter of a joined report. False when nobody has said so of the other yet."""
    other = merging.carrier(work, case)
    if other is None or not ended(other):
        return False
    work.tell("case:words_added", case.id, words="Sudah selesai.")
    work.tell("case:told_beside", other.id, words=f"{who(case, None)}: sudah selesai.")
    if case.contact_id is None or not brakes.talkative(work, case.contact_id):
        notices.owe(work, case, "words_added")
    return True


def unsolved(work: Work, case: Case, follower: Contact, words: str) -> None:
    """Not solved, says somebody who only follows the case."""
    sealing_off.guard(work, words)
    note(work, case, who(case, follower), words.strip() or _UNSOLVED)
    if not brakes.talkative(work, follower.id):
        notices.say(work, follower, "unsolved_beside", case, followed=True)
