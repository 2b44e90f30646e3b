"""The one key: a piece of work is one transaction; only this file commits, and it rings the doorbell after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ntbcare.domain.errors import LostRace
from ntbcare.domain.permissions import Actor
from ntbcare.filestore import FileStore
from ntbcare.records import clocks, errands, finding, journal
from ntbcare.records.base import db, only_looked
from ntbcare.records.clocks import Clock
from ntbcare.records.readings import Opened
from ntbcare.records.reference import Reference, Shelf
from ntbcare.wording import Wording

NO_WAIT = timedelta()


def utc_now() -> datetime:
    """The moment, aware, UTC."""
    return datetime.now(UTC)


class Counted:
    """A figure that costs a query and may be a few seconds old. Safe from several threads: at worst it is counted twice."""

    def __init__(self) -> None:
        self._value, self._at = 0, datetime.min.replace(tzinfo=UTC)

    def within(self, age: timedelta, now: datetime, count: Callable[[], int]) -> int:
        """The figure, counted again when it is older than `age`."""
        if abs(now - self._at) > age:
            self._value, self._at = count(), now
        return self._value


@dataclass(frozen=True, slots=True)
class House:
    """What every piece of work may use: composed once by app.py, handed down, never looked up."""

    wording: Wording
    ring: Callable[[set[str]], None]
    pin_key: bytes
    public_url: str
    poll_after: timedelta = NO_WAIT
    gateways: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # channel → who carries it here
    files: FileStore | None = None
    seed: Path | None = None  # the province's folder, for the examples it carries
    now: Callable[[], datetime] = utc_now
    counted: Counted = field(default_factory=Counted)
    shelf: Shelf = field(default_factory=Shelf)

    @contextmanager
    def work(self, actor: Actor) -> Iterator[Work]:
        """Open a piece of work inside an app context. What is not committed is rolled back.

        One at a time: a second piece inside the first would share its transaction and roll it back behind its back.
        """
        session = db.session()
        if session.info.get("at_work"):
            raise RuntimeError("a piece of work is already open here: pass it on instead of opening another")
        work = Work(self, session, actor, self.now())
        session.info["at_work"] = True
        try:
            yield work
            work.let_go()
        except StaleDataError as lost:  # met before the commit: a question in between had to write what was changed so far
            work.rollback()
            raise LostRace from lost
        except BaseException:
            work.rollback()
            raise
        finally:
            session.info.pop("at_work", None)

    def reference(self) -> Reference:
        """Reference tables for a page's frame: may be asked inside a piece of work and disturbs none."""
        return self.shelf.take(db.session(), self.now())


class Work:
    """Session, actor, moment and the errands and journal lines that this transaction causes."""

    def __init__(self, house: House, session: Session, actor: Actor, now: datetime) -> None:
        self.house = house
        self.session = session
        self.actor = actor
        self.now = now
        self.proved: set[int] = set()  # cases that this citizen has proved to be theirs: by PIN, or by the address they write from
        self._lanes: set[str] = set()
        self._lines: list[journal.Line] = []
        self._clocks: dict[int, list[clocks.Clock]] = {}
        self.promised: dict[int, clocks.Clock] = {}  # what is due next of a case that was looked up, to be explained beside its date
        self.opened: dict[
            int, Opened
        ] = {}  # cases that lie open on this desk now; held, so that their readings need not be asked for again

    @property
    def ref(self) -> Reference:
        """Reference tables (rules, calendar, regions, units, topics) as they stand now."""
        return self.house.shelf.take(self.session, self.now)

    def errand(
        self,
        kind: str,
        subject_id: int,
        *,
        after: timedelta = NO_WAIT,
        key: str | None = None,
        road: str | None = None,
        chain: int | None = None,
    ) -> None:
        """Work to be done by a worker, written in this transaction; the bell rings once it is committed."""
        errands.add(self.session, kind, subject_id, self.now, after, key, road, chain)
        if after <= NO_WAIT:
            self._lanes.add(errands.LANES[kind])

    def clocks(self, case_id: int) -> list[clocks.Clock]:
        """The promises of a case in the order they were started, read once per transaction; whoever starts one adds it here."""
        if case_id not in self._clocks:
            with self.session.no_autoflush:
                self._clocks[case_id] = clocks.of_case(self.session, case_id)
        return self._clocks[case_id]

    def hold_clocks(self, case_id: int, found: list[Clock]) -> None:
        """Every promise of a case, read together with something else: nobody has to ask for them again."""
        self._clocks.setdefault(case_id, found)

    def tell(self, tag: str, case_id: int | None = None, **facts: Any) -> None:
        """A line for the journal, written just before the commit: the strand's lock is held as shortly as can be."""
        self._lines.append(journal.Line(case_id, self.now, tag, str(self.actor), journal.encode(facts)))

    def commit(self) -> None:
        """All or nothing; then ring. A bell that does not ring costs a second (the sweep looks), never a fact. Raises LostRace."""
        try:
            if self._lines:
                self.session.flush()
                finding.write(self.session, lambda: self.ref)
                journal.append(self.session, self._lines)
            self.session.commit()
        except StaleDataError as lost:  # the row we changed was changed by somebody else meanwhile
            raise LostRace from lost
        self._lines.clear()
        self._clocks.clear()
        lanes, self._lanes = self._lanes, set()
        if lanes:
            self.house.ring(lanes)

    def let_go(self) -> None:
        """Forget what was not committed. Where nothing was written a COMMIT ends the transaction as well: at a ROLLBACK psycopg
        throws away every statement its connection has prepared, and PostgreSQL plans the next page anew."""
        if only_looked(self.session):
            self.session.commit()
        self.rollback()

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._lines.clear()
        self._lanes.clear()
        self._clocks.clear()
        finding.forget(self.session)
        self.session.rollback()


def after_fork(app: Flask) -> None:
    """A forked server process must not share its parent's database connections."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
