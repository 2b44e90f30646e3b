"""What each move does to the row of its case beside the status: one small function per event, in a table that casework/moves walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ntbcare.casework import correcting, forwarding, merging
from ntbcare.domain.lifecycle import BY_EVENT, State
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

LIMITS = {"hand_backs": 2, "objections": 2}
OTHERS = "others"  # why a case asks for attention: its reporter is content, but nobody asked those whose reports are joined to it

ACCUSED = "accused"  # …: the unit that had it is accused by now


@dataclass(frozen=True, slots=True)
class Given:
    """What came with a request to move a case: words, the unit or reason chosen, the version the actor was looking at.

    `ref` = the number of the case at a body outside. The last seven belong to `verify`: what the coordinator found when reading
    (None = leave as it is).
    """

    words: str = ""
    unit: int | None = None
    reason: str | None = None
    parent: int | None = None
    ref: str | None = None
    seen: int | None = None
    template: tuple[int, int] | None = None  # (id, version) of the sentence that the words began as
    quiet: bool = False
    without: str = ""  # why the last word does not wait for the parts of further units
    title: str | None = None
    text_edited: str | None = None
    category: str | None = None
    region: str | None = None
    urgency: str | None = None
    vulnerable: bool | None = None
    protect: tuple[str, ...] = ()  # "anonymous", "confidential": may be added to protect somebody, never taken away


Effect = Callable[[Work, Case, State, Given], None]  # (work, case, the state it leaves, what was given)


def _remember(work: Work, case: Case, before: State, given: Given) -> None:
    case.state_before = before


def _ask(work: Work, case: Case, before: State, given: Given) -> None:
    _remember(work, case, before, given)
    case.offered_until = None  # somebody acts on it: whether it is the same as another is waited for no longer


def _merge(work: Work, case: Case, before: State, given: Given) -> None:
    _remember(work, case, before, given)
    if given.parent:
        case.merged_into = given.parent
        merging.gather(work, case, given.parent)


def _unmerge(work: Work, case: Case, before: State, given: Given) -> None:
    merging.scatter(work, case)


def _verify(work: Work, case: Case, before: State, given: Given) -> None:
    """What the coordinator found; the citizen's own text is never touched, the edited one stands beside it."""
    correcting.note(work, case, category=given.category, region=given.region, urgency=given.urgency)
    case.offered_until = None
    for name in ("title", "text_edited", "category", "region", "urgency"):
        value = getattr(given, name)
        if value is not None:
            setattr(case, name, value)
    if given.vulnerable is not None:
        case.vulnerable = given.vulnerable
    case.anonymous = case.anonymous or "anonymous" in given.protect
    case.confidential = case.confidential or "confidential" in given.protect


def _dispose(work: Work, case: Case, before: State, given: Given) -> None:
    correcting.note(work, case, unit=given.unit)
    case.unit_id = given.unit


def _hand_back(work: Work, case: Case, before: State, given: Given) -> None:
    correcting.hand_back(work, case, given.unit, given.words)
    if case.hand_backs > LIMITS["hand_backs"]:
        case.attention = correcting.RAISED  # the secretary decides, and every coordinator of the region sees it under "Kabar baru"


def _recall(work: Work, case: Case, before: State, given: Given) -> None:
    """A wrong desk, or one at which nobody sits: the coordinator sends it elsewhere. The overall promise runs on."""
    case.suggested_unit_id, case.unit_id = None, None


def _recuse(work: Work, case: Case, before: State, given: Given) -> None:
    case.attention, case.suggested_unit_id, case.unit_id = ACCUSED, given.unit, None


def _forward(work: Work, case: Case, before: State, given: Given) -> None:
    case.forwarded_to, case.forwarded_ref = given.unit, given.ref


def _watch_on(work: Work, case: Case, before: State, given: Given) -> None:
    case.forwarded_ref = given.ref or case.forwarded_ref
    if before is State.CLOSED:
        _reopen(work, case, before, given)


def _take_back(work: Work, case: Case, before: State, given: Given) -> None:
    forwarding.take_back(work, case)


def _submit_result(work: Work, case: Case, before: State, given: Given) -> None:
    case.submitted_at, case.result_words = work.now, given.words
    case.result_author, case.result_unit = work.actor.id, work.actor.unit_id


def _respond(work: Work, case: Case, before: State, given: Given) -> None:
    case.responded_at, case.result_words = work.now, given.words


def _approve(work: Work, case: Case, before: State, given: Given) -> None:
    case.responded_at = work.now


def _object(work: Work, case: Case, before: State, given: Given) -> None:
    case.objections += 1


def _reopen(work: Work, case: Case, before: State, given: Given) -> None:
    case.reopenings += 1
    case.closed_at, case.closed_by = None, None


def _confirm(work: Work, case: Case, before: State, given: Given) -> None:
    if merging.parents(work, case):
        case.attention = OTHERS


EFFECTS: dict[str, Effect] = {
    "verify": _verify, "dispose": _dispose, "ask": _ask, "merge": _merge, "unmerge": _unmerge, "hand_back": _hand_back, "recall": _recall, "recuse": _recuse,
    "forward": _forward, "watch_on": _watch_on, "take_back": _take_back, "submit_result": _submit_result, "respond": _respond,
    "approve": _approve, "object": _object, "reopen": _reopen, "confirm": _confirm,
}  # fmt: skip


def apply(work: Work, case: Case, event: str, before: State, given: Given) -> None:
    """What `event` changes of a case that stands in its new state already; `before` is the one it left."""
    by, target = BY_EVENT[event].by, State(case.state)
    if target is State.CLOSED:
        case.closed_at, case.closed_by = work.now, by
        case.first_closed_at = case.first_closed_at or work.now
    if target is State.ARCHIVED:
        case.closed_at, case.archived_by, case.archive_reason = work.now, by, given.reason
    if event in EFFECTS:
        EFFECTS[event](work, case, before, given)
