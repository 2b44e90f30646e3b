"""Whoever is told an emergency number has an urgent case: what a message that tells of danger may be, whatever dialogue it comes in."""

from __future__ import annotations

import re
from dataclasses import replace

from ntbcare.casework import asking, joining, triage
from ntbcare.domain import tickets
from ntbcare.domain.conversation import Meaning, Understanding, beside_no
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

_BESIDE = (Meaning.ANSWER, Meaning.OBJECT)  # what may be said of a case and makes it urgent
_BREAK = re.compile(r"[,.;:!?\n]")


def meant(work: Work, contact: int, heard: Understanding, text: str) -> Understanding:
    """The meaning of an urgent `text` of this contact: words about an open case of their own where it is named by its ticket, or where they
    name no other matter than the one it is about; else a report of its own. Never parked, never a mere answer, never a command."""
    if heard.meaning is Meaning.NEW:
        return heard
    case = cases.by_ticket(work.session, heard.ticket) if heard.ticket else None
    if case is not None and case.contact_id == contact and case.state in OPEN:
        said = beside_no(text) if heard.meaning is Meaning.APART else heard.words
        whole = heard if triage.emergency(work, said) else replace(heard, words=text)
        if tickets.find(text) is not None:
            return whole if heard.meaning in _BESIDE else Understanding(Meaning.ANSWER, heard.ticket, text)
        if (heard.meaning in _BESIDE or whole is heard) and _same_matter(work, case, text):
            return whole
    return Understanding(Meaning.NEW, None, text, explicit=True)


def _same_matter(work: Work, case: Case, text: str) -> bool:
    """Do these words name no other matter, or begin with the place that the reader of this case asked for?"""
    if joining.names_no_other(work, case, text):
        return True
    first = _BREAK.split(text.strip(), maxsplit=1)[0]
    asked = bool(case.question) and case.state == State.RECEIVED and not triage.emergency(work, first)
    return asked and (work.ref.gazetteer.find(first).code is not None or (first != text and asking.chosen(work, case, first)))
