"""The same act on many cases: seen first on each of them, done on each by itself, and told for each how it went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from ntbcare.casework import acts, casefile, correcting, moves, showing, templating, ways
from ntbcare.domain import lifecycle, permissions, tickets
from ntbcare.domain.errors import BadInput, NotFound
from ntbcare.domain.permissions import Actor
from ntbcare.domain.routing import regency_of
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.wording import shorten

MOST = 50  # cases at a time: a page of the queue
EVENTS = (
    "start",
    "answer",
    "respond",
    "hand_back",
    "verify",
    "dispose",
    "archive",
)  # what may be the same for many; a question is always one case's own
_TITLE = 80


class Chosen(NamedTuple):
    """A case somebody ticked, as it was when they looked: its ticket and the version they saw (None: as it is now)."""

    ticket: str
    seen: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """What the act does to one case: its title and state, the version that was looked at, and why not where it cannot be done."""

    ticket: str
    ticket_pretty: str
    title: str
    state_label: str
    version: int
    refusal: str = ""


class Act(NamedTuple):
    """An act to choose: what it needs beside the cases."""

    event: str
    label: str
    help: str
    unit: bool
    reason: bool
    words: str
    words_label: str


def offered(actor: Actor) -> list[Act]:
    """The acts this actor may do to many cases at once."""
    moves_ = (lifecycle.BY_EVENT[event] for event in EVENTS if permissions.may(actor, event))
    return [
        Act(
            move.event,
            move.label,
            acts.HELP.get(move.event, ""),
            "unit" in move.needs or "owner" in move.needs,
            "reason" in move.needs,
            str(move.words),
            acts.WORDS.get(move.event, ""),
        )
        for move in moves_
    ]


def find(actor: Actor, event: str) -> Act:
    """One of those. Raises BadInput."""
    found = next((act for act in offered(actor) if act.event == event), None)
    if found is None:
        raise BadInput("event", "Pilih tindakan dari daftar.")
    return found


def read(given: list[str]) -> list[Chosen]:
    """Ticked cases as a form sends them: `ticket` or `ticket:version`, each once, in their order. Raises BadInput."""
    chosen: dict[str, Chosen] = {}
    for one in given:
        ticket, _, seen = one.partition(":")
        clean = tickets.normalise(ticket[:20])
        if clean:
            chosen.setdefault(clean, Chosen(clean, int(seen) if seen.isdecimal() and len(seen) < 10 else None))
    if not chosen:
        raise BadInput("ticket", "Centang dulu laporannya.")
    if len(chosen) > MOST:
        raise BadInput("ticket", f"Paling banyak {MOST} laporan sekali jalan.")
    return list(chosen.values())


def act(work: Work, one: Chosen, event: str, given: moves.Given, sentence: str = "") -> Line:
    """Do it to one case, in this piece of work and uncommitted: whoever only wants to look lets go of it again. What stands in braces
    is filled in for each; `sentence` = the id of the one that the words began as.

    Raises whatever the move raises (DomainError), NotFound for a case the actor may not read.
    """
    case = casefile.open_case(work, one.ticket)
    line = _line(work, case)
    words, began = templating.filled(work, case, given.words), templating.used(work, sentence)
    acts.go(work, case, event, replace(given, seen=one.seen, words=words, template=began))
    if event == "verify":
        ways.route_again(work, case)
    if event == "dispose":
        ways.involve(work, case, ways.decide(work, case))
    work.session.flush()
    return line


def refused(work: Work, one: Chosen, refusal: str, *, gone: str = "") -> Line:
    """The case as it is now, with why nothing was done to it ("" = nothing was tried); where it may not be read any more, `gone`."""
    try:
        return replace(_line(work, casefile.open_case(work, one.ticket)), refusal=refusal)
    except NotFound:
        return nameless(one, gone or refusal)


def nameless(one: Chosen, refusal: str) -> Line:
    """A case of which this actor may know nothing but the number they sent."""
    return Line(one.ticket, tickets.pretty(one.ticket), "", "", 0, refusal)


def _line(work: Work, case: Case) -> Line:
    label = lifecycle.LABELS[lifecycle.State(case.state)][0]
    title = casefile.HIDDEN if showing.wordless(work, case) else shorten(case.title or case.text, _TITLE)
    return Line(case.ticket, tickets.pretty(case.ticket), title, label, case.version)


def units(work: Work, event: str) -> list[acts.Group]:
    """Units for a list that is the same for every case: those of the actor's own regency first, then the others by regency."""
    own = regency_of(work.actor.region)
    groups: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for unit in work.ref.units.values():
        if unit.in_force(work.ref.today) and unit.level != "central" and unit.kind != "secretariat":
            where = regency_of(unit.region)
            groups.setdefault((where != own, work.ref.region_name(where)), []).append((str(unit.id), unit.name))
    found = [(name, sorted(rows, key=lambda row: row[1])) for (_, name), rows in sorted(groups.items())]
    return [("", [(str(correcting.NOBODY_KNOWS), "Saya tidak tahu")]), *found] if event == "hand_back" else found


def reasons(work: Work) -> list[tuple[str, str]]:
    """Reasons for archiving."""
    return [(reason.code, reason.label) for reason in work.ref.reasons.values()]


def sentences(work: Work, event: str) -> list[templating.Offer]:
    """The sentences for an act, braces and all: they are filled in for each case."""
    return [templating.Offer(one.id, one.title, one.words) for one in templating.for_many(work.ref, work.actor, event)]


def with_sentence(work: Work, event: str, typed: str, chosen: str) -> dict[str, str]:
    """What a form holds after a sentence was put into it; {} where there is no such sentence."""
    offers = sentences(work, event)
    one = next((one for one in offers if str(one.id) == chosen), None)
    return {"words": templating.laid(typed, one.words, [offer.words for offer in offers]), "template": chosen} if one else {}
