"""Alarms and the board: whatever could not be handled lands here, counted, with a name, until a person clears it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ntbcare.domain import permissions
from ntbcare.domain.errors import NotAllowed, NotFound
from ntbcare.records import errands
from ntbcare.records.cases import Case
from ntbcare.records.errands import Errand
from ntbcare.records.messages import Alarm, EarlyReceipt, Notice, Unread
from ntbcare.records.work import Work

KEEP_DONE_ERRANDS = timedelta(days=14)
_READ_ALREADY = "Kiriman ini sudah dibaca, atau tidak ada."
KEEP_EARLY_RECEIPTS = timedelta(days=14)  # no provider tells of a message so long before we have noted its sending


def alarm(work: Work, kind: str, subject: str, sentence: str) -> None:
    """Raise an alarm. The same subject again counts up instead of filling the board."""
    row = insert(Alarm).values(kind=kind, subject=subject[:200], sentence=sentence[:500], raised_at=work.now, last_at=work.now)
    again = {"count": Alarm.count + 1, "last_at": work.now, "sentence": sentence[:500]}
    index = [Alarm.kind, Alarm.subject]
    work.session.execute(row.on_conflict_do_update(index_elements=index, index_where=Alarm.cleared_at.is_(None), set_=again).inline())


def keep_unread(work: Work, channel: str, external_id: str, reason: str, raw: str) -> None:
    """A signed request of unknown shape: kept whole, once, with an alarm, because it may hold a citizen's words."""
    values = {"channel": channel, "external_id": external_id, "reason": reason[:300], "raw": raw, "received_at": work.now}
    made = insert(Unread).values(values).on_conflict_do_nothing(index_elements=[Unread.channel, Unread.external_id]).returning(Unread.id)
    if work.session.execute(made).scalar() is not None:
        alarm(work, "unread", channel, f"Kanal {channel} mengirim bentuk yang belum kami kenal; isinya disimpan utuh.")
        work.tell("channel:unread", None, channel=channel, reason=reason[:300])


_for_a_person = Unread.done_at.is_(None) & (Unread.ref.is_(None) | (Unread.reason != ""))  # the rest is being asked for: pointers.py


@dataclass(frozen=True, slots=True)
class Board:
    """Everything somebody must look at."""

    alarms: list[Alarm]
    dead: list[Errand]
    late: list[Errand]
    waiting: dict[str, int]
    failed: list[tuple[Notice, str]]  # with the ticket, "" for words about no case
    unread: list[Unread]
    repeats: int


def board(work: Work, limit: int = 100) -> Board:
    """The board as it stands. Raises NotAllowed."""
    if not permissions.may(work.actor, "board.read"):
        raise NotAllowed(subject="board.read")
    session = work.session
    late = (
        select(Errand)
        .where(Errand.done_at.is_(None), Errand.dead_at.is_(None), Errand.attempts > 1)
        .order_by(Errand.not_before)
        .limit(limit)
    )
    return Board(
        alarms=list(session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.last_at.desc()).limit(limit))),
        dead=errands.dead(session, limit),
        late=list(session.scalars(late)),
        waiting=errands.waiting_count(session),
        failed=_failed(session, limit),
        unread=list(session.scalars(select(Unread).where(_for_a_person).order_by(Unread.id.desc()).limit(limit))),
        repeats=session.execute(
            select(func.coalesce(func.sum(Notice.possible_repeats), 0)).where(Notice.possible_repeats > 0)
        ).scalar_one(),
    )


def _failed(session: Session, limit: int) -> list[tuple[Notice, str]]:
    query = select(Notice, func.coalesce(Case.ticket, "")).outerjoin(Case, Case.id == Notice.case_id).where(Notice.state == "failed")
    return [(notice, ticket) for notice, ticket in session.execute(query.order_by(Notice.id.desc()).limit(limit))]


def retry(work: Work, errand_id: int) -> None:
    """Try a dead letter again. Raises NotAllowed, NotFound."""
    if not permissions.may(work.actor, "board.act"):
        raise NotAllowed(subject="board.act")
    errand = work.session.get(Errand, errand_id)
    if errand is None or not errands.revive(work.session, errand_id, work.now):
        raise NotFound("Pekerjaan ini sudah selesai atau sedang dikerjakan.")
    notice = work.session.get(Notice, errand.subject_id, with_for_update=True) if errand.kind == "deliver" else None
    if notice is not None and notice.state == "failed":
        wait_again(notice)
    work.tell("errand:revived", None, errand=errand_id)


def wait_again(notice: Notice) -> None:
    """Words that were given up wait once more. Where they may have left already, that is counted: it is no longer waited for."""
    if notice.dialled_at is not None:
        notice.possible_repeats += 1
    notice.state, notice.dialled_at, notice.external_id, notice.attempts, notice.tried = "waiting", None, None, 0, []


def clear(work: Work, alarm_id: int) -> None:
    """Somebody has seen to an alarm. Raises NotAllowed, NotFound."""
    if not permissions.may(work.actor, "board.act"):
        raise NotAllowed(subject="board.act")
    done = update(Alarm).where(Alarm.id == alarm_id, Alarm.cleared_at.is_(None)).values(cleared_at=work.now, cleared_by=work.actor.id)
    if work.session.execute(done.returning(Alarm.id)).scalar() is None:
        raise NotFound("Alarm ini sudah dibereskan.")
    work.tell("alarm:cleared", None, alarm=alarm_id)


def unread(work: Work, unread_id: int) -> Unread:
    """What came and could not be read, for a person to read; that they looked is journalled. Raises NotAllowed, NotFound."""
    if not permissions.may(work.actor, "board.read"):
        raise NotAllowed(subject="board.read")
    row = work.session.scalar(select(Unread).where(Unread.id == unread_id, _for_a_person))
    if row is None:
        raise NotFound(_READ_ALREADY)
    work.tell("unread:opened", None, unread=row.id, channel=row.channel, by_name=work.actor.name)
    return row


def have_read(work: Work, unread_id: int) -> None:
    """Somebody has read it and done what it asked for. Raises NotAllowed, NotFound."""
    if not permissions.may(work.actor, "board.act"):
        raise NotAllowed(subject="board.act")
    done = update(Unread).where(Unread.id == unread_id, _for_a_person).values(done_at=work.now)
    if work.session.execute(done.returning(Unread.id)).scalar() is None:
        raise NotFound(_READ_ALREADY)
    work.tell("unread:read", None, unread=unread_id, by_name=work.actor.name)


def tidy(work: Work) -> int:
    """Forget errands done long ago, of which the journal keeps what they did, and receipts that nothing waits for. Returns how many errands."""
    work.session.execute(delete(EarlyReceipt).where(EarlyReceipt.at < work.now - KEEP_EARLY_RECEIPTS))
    old = delete(Errand).where(Errand.done_at < work.now - KEEP_DONE_ERRANDS)
    return len(work.session.execute(old.returning(Errand.id)).all())


def findings(work: Work) -> list[tuple[str, bool]]:
    """What `doctor` reports beside the neighbours: (sentence, well?)."""
    counted = figures(work)
    dead, behind, alarms = (counted[name, ""] for name in ("errands_dead", "errands_oldest_seconds", "alarms_open"))
    return [
        (f"{dead:.0f} dead letters", dead == 0),
        (f"oldest errand waits {behind:.0f} s", behind < 60),
        (f"{alarms:.0f} open alarms", alarms == 0),
        (f"seed {work.ref.stamp or 'missing'}, calendar {work.ref.calendar_version or 'missing'}", bool(work.ref.stamp)),
    ]


def figures(work: Work) -> dict[tuple[str, str], float]:
    """What the whole house looks like from its database: (figure, label) → value. Counts only, nobody's data."""
    session = work.session
    counted: dict[tuple[str, str], float] = {("errands_open", lane): 0.0 for lane in errands.LEASE}
    counted |= {("errands_open", lane): float(count) for lane, count in errands.waiting_count(session).items()}
    counted["errands_dead", ""] = float(
        session.execute(select(func.count()).where(Errand.dead_at.is_not(None), Errand.done_at.is_(None))).scalar_one()
    )
    oldest = session.execute(select(func.min(Errand.not_before)).where(Errand.done_at.is_(None), Errand.dead_at.is_(None))).scalar()
    counted["errands_oldest_seconds", ""] = max(0.0, (work.now - oldest).total_seconds()) if oldest else 0.0
    counted["alarms_open", ""] = float(session.execute(select(func.count()).where(Alarm.cleared_at.is_(None))).scalar_one())
    counted["notices_failed", ""] = float(session.execute(select(func.count()).where(Notice.state == "failed")).scalar_one())
    return counted
