"""Pointers: a provider told only where words are; a worker asks for them, and what nobody could bring is left to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from ntbcare import sanitise
from ntbcare.casework import upkeep
from ntbcare.contract import ChannelError, Pointer, Throttled
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from ntbcare.records.messages import Unread
from ntbcare.records.work import Work


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask for, and whom."""

    gateway: str
    ref: str


def expect(work: Work, gateway: str, pointer: Pointer) -> None:
    """Keep a pointer, once, with the errand that follows it. No board shows it while it is under way."""
    values = {
        "channel": gateway, "external_id": pointer.external_id, "reason": "", "raw": pointer.raw.replace("\x00", "\\0"), "ref": pointer.ref,
        "received_at": work.now,
    }  # fmt: skip
    made = insert(Unread).values(values).on_conflict_do_nothing(index_elements=[Unread.channel, Unread.external_id]).returning(Unread.id)
    unread_id = work.session.execute(made).scalar()
    if unread_id is not None:
        work.errand("look", unread_id, key=f"look:{unread_id}", road=f"fetch:{gateway}")


def wanted(work: Work, unread_id: int) -> Wanted | None:
    """What there is to ask for; None when it is settled."""
    row = work.session.get(Unread, unread_id)
    return Wanted(row.channel, row.ref) if row is not None and row.ref is not None and row.done_at is None else None


def settle(work: Work, unread_id: int, *, gone: bool) -> None:
    """The words are stored, or there are none any more: nobody needs to look."""
    row = work.session.get(Unread, unread_id, with_for_update=True)
    if row is not None and row.done_at is None:
        row.done_at = work.now
        if gone:
            work.tell("channel:gone", None, channel=row.channel, unread=row.id)


def not_brought(work: Work, claim: Claim, error: ChannelError) -> None:
    """The provider did not tell: again later; or never, and then the row is shown to a person as everything unread is."""
    if not error.permanent and claim.attempts < errands.most_attempts(claim.kind):
        again = timedelta(seconds=error.after) if isinstance(error, Throttled) else errands.backoff(claim.attempts)
        errands.fail(work.session, claim, work.now, error.reason, again)
        return
    row = work.session.get(Unread, claim.subject_id, with_for_update=True)
    if row is not None and row.done_at is None and not row.reason:
        row.reason = sanitise.text(error.reason[:300], field="reason") or type(error).__name__
        upkeep.alarm(work, "unread", row.channel, f"Isi kiriman dari {row.channel} tidak dapat ditanyakan; penunjuknya disimpan utuh.")
        work.tell("channel:unread", None, channel=row.channel, reason=row.reason)
    errands.finish(work.session, claim, work.now)
