"""Words of misconduct stand in no open table: the one question that every door asks before it keeps what a citizen says."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from ntbcare.domain.errors import SealedDoor
from ntbcare.records import journal
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message
from ntbcare.records.work import Work

_TAIL = 40  # words: no rule of reading/misconduct looks further than that
_PIECES = 6
_ONE_STORY = timedelta(days=1)  # what somebody says within it may be one telling in several messages


def safe_way(work: Work) -> str:
    """What every open door says to a report of misconduct, with the safe way of this deployment."""
    return work.ref.safe_way or SealedDoor.default


def guard(work: Work, *told: str | None) -> None:
    """Refuse words (fields of one form, a message) that tell of misconduct, each alone or one after the other. Raises SealedDoor."""
    said = [words for words in told if words]
    if any(work.ref.tells_violation(words) for words in said):
        raise SealedDoor(safe_way(work))
    for before, after in pairwise(said):
        _together(work, [before], after)


def guard_beside(work: Work, case: Case, words: str) -> None:
    """Refuse more words about a case that tell of misconduct, alone or together with what was told of it before. Raises SealedDoor.

    What stands already stays: by itself it accused nobody.
    """
    guard(work, words)
    if work.ref.lexicon.may_tell_violation(words):
        lines = (line for line in journal.story(work.session, case.id) if line.actor == "citizen" and line.body)
        later = [str(json.loads(line.body or "{}").get("words") or "") for line in lines]
        _together(work, [case.text, *later[-_PIECES:]], words)


def guard_sender(work: Work, contact: int, text: str) -> None:
    """Refuse a message that tells of misconduct only together with what its sender said before, whatever those words became. One
    statement, and only for words that can be a part of it. Raises SealedDoor."""
    if not work.ref.lexicon.may_tell_violation(text):
        return
    mine = (Message.contact_id == contact) & (Message.received_at > work.now - _ONE_STORY) & (Message.text != "")
    before = work.session.scalars(select(Message.text).where(mine).order_by(Message.id.desc()).limit(_PIECES)).all()
    _together(work, list(reversed(before)), text)


def _together(work: Work, before: list[str], words: str) -> None:
    tail = " ".join("\n".join(before).split()[-_TAIL:])
    if tail and work.ref.tells_violation(f"{tail}\n{words}") and not work.ref.tells_violation(tail):
        raise SealedDoor(safe_way(work))
