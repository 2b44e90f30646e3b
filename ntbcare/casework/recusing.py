"""Words that come later and accuse somebody: they are kept, and the case is out of sight for whom they accuse before anybody reads them.

Everything here happens in the transaction in which the words are stored: there is no moment in which the accused could read them.
"""

from __future__ import annotations

import json

from sqlalchemy import delete, select, update

from ntbcare.casework import clockwork, interest, moves, parting
from ntbcare.casework.effects import ACCUSED
from ntbcare.domain.lifecycle import State
from ntbcare.records import journal, parts
from ntbcare.records.cases import Case
from ntbcare.records.ladder import Bell
from ntbcare.records.parts import PartState
from ntbcare.records.people import Account
from ntbcare.records.readings import CaseUnit
from ntbcare.records.work import Work

_SAID = ("case:words_added", "case:complete", "case:object", "case:place_corrected", "case:told_reader", "poll:rated")
_PART_OVER = "Bagian ini tidak perlu lagi."


def heard(work: Work, case: Case, words: str) -> None:
    """The reporter said this of their case: whom it accuses, taken together with all they said before, does not have the case any more.

    To be called once the words are stored and what they do is done. Costs nothing for words without an accused person or a deed.
    """
    if not words.strip() or (case.state == State.RECEIVED and case.triaged_at is None) or not _hints(work, words):
        return  # what is still to be read is judged where it is read
    marked(work, case, interest.mark(work, case, f"{_before(work, case)}\n{words}"))


def marked(work: Work, case: Case, new: frozenset[int]) -> None:
    """Somebody was found to be accused: their bells, their parts, their help and their desk end here."""
    if not new:
        return
    work.session.flush()
    theirs = select(Account.id).where(Account.unit_id.in_(new))
    over = update(Bell).where(Bell.case_id == case.id, Bell.read_at.is_(None), Bell.account_id.in_(theirs)).values(read_at=work.now)
    work.session.execute(over, execution_options={"synchronize_session": False})
    work.session.execute(delete(CaseUnit).where(CaseUnit.case_id == case.id, CaseUnit.unit_id.in_(new)))
    clocks = {row.id: row for row in parting.running(work, case) if row.unit_id and parting.holder(work, row.unit_id).id in new}
    for part in parts.of_clocks(work.session, list(clocks)) if clocks else ():
        parting.end(work, part, clocks[part.clock_id], PartState.DROPPED, _PART_OVER)
    if clocks:
        clockwork.settle(work, case)
    moves.recuse(work, case)
    desk = interest.coordinator(work, case)
    if case.desk_id in new and desk is not None:
        case.desk_id = desk.id
    if case.triaged_at is not None:
        case.attention = ACCUSED
    work.tell("interest:marked", case.id, units=sorted(new))


def _hints(work: Work, words: str) -> bool:
    """Do these words name any person or deed of the rules about accused people?"""
    said = f" {' '.join(work.ref.plain.words(words))} "
    rules = (rule for rule in work.ref.rules if rule.deeds or rule.suffered)
    return any(f" {phrase} " in said for rule in rules for phrase in (*rule.words, *rule.deeds, *rule.suffered))


def _before(work: Work, case: Case) -> str:
    """What the reporter has added to the report so far."""
    told = (entry for entry in journal.story(work.session, case.id) if entry.tag in _SAID and entry.body)
    return "\n".join(str(json.loads(entry.body or "{}").get("words") or "") for entry in told)
