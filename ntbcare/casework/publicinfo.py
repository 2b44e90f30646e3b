"""Requests for public information (UU KIP): registered by whoever is PPID there, extended once in writing, told to the one who asked."""

from __future__ import annotations

from typing import Any

from ntbcare.domain import clock as promises
from ntbcare.domain.errors import NoSuchMove, TooLate
from ntbcare.domain.kinds import Classification
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.work import Work

REGISTER, EXTEND = "kip_register", "kip_extend"
_REQUEST, _EXTENSION = "kip_request", "kip_extension"


def fits(work: Work, case: Case, event: str) -> bool:
    """Is this event open for the case? True for every event that is not about a request for public information."""
    try:
        guard(work, case, event)
    except NoSuchMove:
        return False
    return True


def guard(work: Work, case: Case, event: str) -> None:
    """Registered once, extended once and before the first length is over. Raises NoSuchMove or TooLate; lets every other event pass."""
    if event not in (REGISTER, EXTEND):
        return
    if case.classification != Classification.INFORMATION:
        raise NoSuchMove("Hanya permintaan informasi yang dapat dicatat sebagai permohonan informasi publik.", subject=event)
    rows = _rows(work, case)
    if event == REGISTER and rows:
        raise NoSuchMove("Laporan ini sudah tercatat sebagai permohonan informasi publik.", subject=event)
    if event == EXTEND and (_REQUEST not in rows or _EXTENSION in rows or rows[_REQUEST].stopped_at is not None):
        raise NoSuchMove("Waktunya hanya dapat diperpanjang satu kali, selama permohonannya belum dijawab.", subject=event)
    if event == EXTEND and work.now > rows[_REQUEST].due_at:
        raise TooLate("Perpanjangan harus diberitahukan sebelum batas waktu pertama lewat.", subject=event)


def facts(work: Work, case: Case) -> dict[str, Any]:
    """What the words to the one who asked may use: until when they are answered by this law."""
    rows = _rows(work, case)
    row = rows.get(_EXTENSION) or rows[_REQUEST]
    return {"due": promises.short_moment(row.due_at, work.ref.calendar), "due_long": promises.moment_words(row.due_at, work.ref.calendar)}


def _rows(work: Work, case: Case) -> dict[str, Clock]:
    return {row.clock: row for row in work.clocks(case.id) if row.clock in (_REQUEST, _EXTENSION)}
