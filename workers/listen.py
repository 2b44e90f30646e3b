"""Ask one provider that does not call us: dial, then store each item by itself, then move the cursor."""

from __future__ import annotations

from datetime import timedelta

import structlog

from ntbcare.casework import listening, upkeep
from ntbcare.contract import ChannelError, Throttled
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands, street
from ntbcare.records.errands import Claim
from workers import boot
from workers.deliver import OUR_KEYS

log = structlog.get_logger()
_ACTOR = Actor(Role.CHANNEL)
_DOWN_AFTER = 5  # looks in a row that failed: then somebody is told


def listen(claim: Claim) -> None:
    """One look at the gateway named by the errand's road. A crash in between stores nothing twice: every item has its own name."""
    app = boot.app()
    house = app.extensions["house"]
    gateway = claim.road.removeprefix("listen:")
    channel = app.extensions["channels"].get(gateway)
    with house.work(_ACTOR) as work:
        cursor = street.cursor(work.session, gateway)
        if channel is None or channel.every is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if channel is None or channel.every is None:
        return
    try:
        polled = channel.poll(cursor)
    except ChannelError as error:
        with house.work(_ACTOR) as work:
            after = error.after if isinstance(error, Throttled) else None
            failures = street.stumbled(work.session, f"listen:{gateway}", work.now, error.reason, after)
            if error.code in OUR_KEYS or failures >= _DOWN_AFTER:
                upkeep.alarm(work, "listening", gateway, f"Kami tidak dapat membaca kiriman dari {gateway}: {error.reason}")
            errands.postpone(work.session, claim, work.now + _rest(after, failures, channel.every))
            work.commit()
        return
    for item in polled.items:
        listening.take(house, gateway, item)
    for external_id, reason, raw in polled.unknown:
        listening.keep(house, gateway, external_id, reason, raw)
    with house.work(_ACTOR) as work:
        street.move_cursor(work.session, gateway, polled.cursor, work.now)
        street.recovered(work.session, f"listen:{gateway}", work.now)
        wait = 0.0 if polled.more else polled.after or channel.every
        errands.again(work.session, claim, work.now + timedelta(seconds=wait))
        work.commit()


def _rest(after: float | None, failures: int, every: float) -> timedelta:
    return timedelta(seconds=after if after is not None else min(every * 2 ** min(failures, 6), 900.0))
