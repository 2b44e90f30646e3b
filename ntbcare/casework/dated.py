"""How a date came about, in one plain sentence for whoever waits for it: the officer's list of days is not theirs to read."""

from __future__ import annotations

from ntbcare.casework import clockwork
from ntbcare.domain import clock as promises
from ntbcare.records.cases import Case
from ntbcare.records.work import Work


def because(work: Work, case: Case, *, mine: bool) -> str:
    """The sentence for what is due next of a case that `lookup.by_ticket` gave; "" for any other. Asks nothing of the database."""
    row = work.promised.get(case.id)
    if row is None or row.due_at != case.due_at:
        return ""
    said = promises.explain(work.ref.promise_of(row.rule_id), row.started_at, row.due_at, clockwork.calendar_of(work, row))
    return f"Dihitung {said.replace('jawaban pelapor', 'jawaban Anda') if mine else said}"
