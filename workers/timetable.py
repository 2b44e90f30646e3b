"""What the rounds do and how often: rows of (name, every how many seconds, what)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask

from ntbcare.casework import climbing, consulting, forwarding, morning, sweeping, telling, upkeep, ways
from ntbcare.domain.errors import DomainError
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.work import Work

log = structlog.get_logger()
_TIMER = Actor(Role.TIMER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable. Every entry asks "what is due?", so a missed round is made up by the next one."""

    name: str
    every: float
    do: Callable[[Flask], int]


def ring(app: Flask) -> int:
    """Ring for every lane in which something is due: heals a lost doorbell, an empty Redis, an ended lease."""
    with app.extensions["house"].work(_TIMER) as work:
        lanes = errands.due_lanes(work.session, work.now)
    app.extensions["doorbell"].ring(set(lanes))
    return len(lanes)


def windows(app: Flask) -> int:
    """Close what citizens let pass, one case per transaction: one broken case never holds up the others."""
    with app.extensions["house"].work(_TIMER) as work:
        due = sweeping.windows(work)
    return _each(app, due, sweeping.close_window, "window", "Batas waktu laporan #{} tidak dapat ditutup: {}")


def pauses(app: Flask) -> int:
    """End pauses that last longer than their ground allows, one case per transaction."""
    with app.extensions["house"].work(_TIMER) as work:
        due = sweeping.long_pauses(work)
    return _each(app, due, sweeping.run_again, "window", "Waktu laporan #{} tidak dapat dijalankan lagi: {}")


def reminders(app: Flask) -> int:
    """Remind citizens who have not answered yet, one clock per transaction."""
    with app.extensions["house"].work(_TIMER) as work:
        due = sweeping.reminders(work)
    return _each(app, due, sweeping.remind, "reminder", "Pengingat untuk jam #{} tidak dapat ditulis: {}")


def watches(app: Flask) -> int:
    """Bring what lies with a body outside before its coordinator again, one case per transaction."""
    with app.extensions["house"].work(_TIMER) as work:
        due = sweeping.watches(work)
    return _each(app, due, forwarding.call, "watch", "Laporan #{} yang diteruskan tidak dapat dimunculkan lagi: {}")


def outside(app: Flask) -> int:
    """Remind people outside who were asked, and tell the desk whose time is over, one ask per transaction."""
    with app.extensions["house"].work(_TIMER) as work:
        due = consulting.due(work)
    return _each(app, due, consulting.call, "outside", "Pertanyaan ke luar #{} tidak dapat diingatkan: {}")


def _each(app: Flask, due: list[int], verb: Callable[[Work, int], None], alarm: str, sentence: str) -> int:
    """One transaction per item. What fails is told to somebody and holds up nobody; a database that is away fails the alarm too."""
    for item in due:
        with app.extensions["house"].work(_TIMER) as work:
            try:
                verb(work, item)
                work.commit()
            except Exception as error:
                reason = error.sentence if isinstance(error, DomainError) else type(error).__name__
                log.exception("rounds.item", alarm=alarm, item=item)
                work.rollback()
                upkeep.alarm(work, alarm, str(item), sentence.format(item, reason))
                work.commit()
    return len(due)


def breaches(app: Flask) -> int:
    """Mark broken promises."""
    with app.extensions["house"].work(_TIMER) as work:
        count = sweeping.breaches(work)
        work.commit()
    return count


def ladder(app: Flask) -> int:
    """Let promises in danger climb, one case per transaction, then tell whoever sits at a desk now, one rung per transaction."""
    with app.extensions["house"].work(_TIMER) as work:
        due = climbing.due(work)
    raised = _each(app, due, climbing.climb, "ladder", "Tangga laporan #{} tidak dapat naik: {}")
    with app.extensions["house"].work(_TIMER) as work:
        ripe = climbing.to_ring(work)
    return raised + _each(app, ripe, climbing.ring, "bell", "Pengingat #{} tidak dapat disampaikan: {}")


def mornings(app: Flask) -> int:
    """Tell officers whose office has opened, and who wish for it, how their desk stands; one transaction each."""
    with app.extensions["house"].work(_TIMER) as work:
        due = morning.due(work)
    return _each(app, due, telling.good_morning, "digest", "Ringkasan pagi untuk akun #{} tidak dapat ditulis: {}")


def listen(app: Flask) -> int:
    """An errand for every provider that has to be asked; each then keeps its own pace.

    One that died is begun anew (its alarm stays until somebody clears it), and so is one that ended while its provider was
    not set up: nobody's words may lie there unread because a row is in the way.
    """
    asked = [f"listen:{name}" for name, channel in app.extensions["channels"].items() if channel.every is not None]
    with app.extensions["house"].work(_TIMER) as work:
        for name in asked:
            work.errand("listen", 0, key=name, road=name)
        for errand in errands.rouse(work.session, asked, work.now):
            work.tell("errand:revived", None, errand=errand)
        work.commit()
    return len(asked)


def tidy(app: Flask) -> int:
    """Forget what was done long ago."""
    with app.extensions["house"].work(_TIMER) as work:
        count = upkeep.tidy(work)
        work.commit()
    return count


def ways_(app: Flask) -> int:
    """Name units that have cases and nobody to work on them, and rules that are broken."""
    with app.extensions["house"].work(_TIMER) as work:
        count = ways.watch(work)
        work.commit()
    return count


TIMETABLE = (
    Entry("ring", 1, ring),
    Entry("listen", 60, listen),
    Entry("windows", 60, windows),
    Entry("pauses", 60, pauses),
    Entry("reminders", 60, reminders),
    Entry("watches", 60, watches),
    Entry("outside", 60, outside),
    Entry("breaches", 60, breaches),
    Entry("ladder", 60, ladder),
    Entry("mornings", 60, mornings),
    Entry("tidy", 3600, tidy),
    Entry("ways", 3600, ways_),
)
