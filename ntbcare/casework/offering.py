"""Similar open cases where people decide: before a form is filed, and beside a case on an officer's desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ntbcare.casework import intake, interest, likeness, merging, moves, showing, triage
from ntbcare.domain import lifecycle, permissions, tickets
from ntbcare.domain.errors import BadInput, NotAllowed, NotFound
from ntbcare.domain.kinds import Kind, Urgency, classify
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.domain.permissions import Role
from ntbcare.records import messages
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.wording import shorten

_TITLE = 80


class Offer(NamedTuple):
    """Somebody else's open case as anybody may know of it: never its words, never who told it."""

    ticket: str
    ticket_pretty: str
    topic: str
    place: str
    state_label: str
    since: str


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """A similar case as an officer who may read it sees it; `percent` = how alike; what the officer may do with it."""

    ticket: str
    ticket_pretty: str
    title: str
    place: str
    state_label: str
    received_text: str
    percent: int
    reasons: str
    can_merge: bool
    can_part: bool


def before_filing(work: Work, filing: intake.Filing) -> list[Offer]:
    """What is open already and very much like this report, for a form to ask about; nothing for one that is stored, rahasia or a tip.

    Raises what intake.check raises: what no open door takes is refused before anything is compared.
    """
    intake.check(work, filing)
    if messages.find(work.session, filing.channel, filing.key) is not None:
        return []
    return [_offer(work, one.case) for one in alike(work, filing)[: likeness.bounds(work).most_offered]]


def alike(work: Work, filing: intake.Filing) -> list[likeness.Similar]:
    """What anybody may know of and is as much like this report as an offer asks for, the likest first; nothing for rahasia or a tip."""
    if filing.confidential or filing.kind == Kind.TIP:
        return []
    told = _read(work, filing)
    if told.urgency == Urgency.URGENT:  # nobody in danger presses a second time
        return []
    found = likeness.similar(work, told, at=work.now, public=True, least=likeness.bounds(work).offer)
    accused = interest.everybody(work, interest.asked(work, told)) if found else frozenset()
    return [one for one in found if not merging.reads(work, one.case, accused)]


def _read(work: Work, filing: intake.Filing) -> Case:
    """The report as triage would read it (its first letters, as many as are compared), on a case that is never stored."""
    told = Case(
        kind=filing.kind, classification=classify(filing.kind), channel=filing.channel, text=filing.text[: likeness.MOST_READ], category=filing.category,
        region=filing.region, place=filing.place, lat=filing.lat, lon=filing.lon, urgency=Urgency.NORMAL,
    )  # fmt: skip
    triage.read(work, told)
    return told


def _offer(work: Work, case: Any) -> Offer:
    return Offer(
        case.ticket, tickets.pretty(case.ticket), work.ref.category_name(case.category), work.ref.region_name(case.region),
        LABELS[State(case.state)][1].replace("Anda", "pelapor"), likeness.day(work, case.received_at),
    )  # fmt: skip


def beside(work: Work, case: Case) -> list[SimilarLine]:
    """Similar open cases for the one who works on this one; only those they may read. One statement."""
    standing = moves.standing(work, case)
    can_part = permissions.may(work.actor, "unlike", standing)
    if work.actor.role is Role.LEADER or not can_part or case.state not in OPEN:
        return []
    can_merge = case.state in lifecycle.BY_EVENT["merge"].sources and permissions.may(work.actor, "merge", standing)
    given = likeness.bounds(work)
    found = likeness.similar(work, case, at=case.received_at, case_id=case.id, public=False, least=given.show)
    readable = [one for one in found if _may_read(work, one.case)][: given.most_shown]
    accused = frozenset(case.accused or ())
    return [
        SimilarLine(
            one.case.ticket, tickets.pretty(one.case.ticket), shorten(one.case.title or one.case.text, _TITLE),
            work.ref.region_name(one.case.region), LABELS[State(one.case.state)][0], likeness.day(work, one.case.received_at),
            round(100 * one.score), ", ".join(one.reasons),
            can_merge and not (case.confidential or one.case.confidential) and not merging.for_few(work, one.case) and not merging.reads(work, one.case, accused), can_part,
        )
        for one in readable
    ]  # fmt: skip


def _may_read(work: Work, row: Any) -> bool:
    """As showing.may_read, for a row: what a unit only helps with is left out, because asking costs a statement for each."""
    unit = work.ref.units.get(row.unit_id) if row.unit_id else None
    standing = permissions.Standing(units=unit.line if unit else (), region=row.region, accused=frozenset(row.accused or ()))
    return all(permissions.may(work.actor, verb, standing) for verb in ("case.read", "tip.read")[: 1 + (row.kind == Kind.TIP)])


def tell_apart(work: Work, case: Case, other: Case) -> None:
    """ "Not the same", says an officer: the two are never proposed to each other again, to nobody. Raises NotAllowed, NotFound, BadInput."""
    if not permissions.may(work.actor, "unlike", moves.standing(work, case)):
        raise NotAllowed(subject="unlike")
    if not showing.may_read(work, other):
        raise NotFound(subject=other.ticket)
    if other.id == case.id:
        raise BadInput("form", "Ini laporan yang sama.")
    likeness.keep_apart(work, case.id, other.id)
    work.tell("likeness:apart", case.id, other=other.ticket, by_name=work.actor.name)
