"""Send one notice: read what to say, hang up the database, dial the provider, note the outcome.

Between the provider's yes and our record of it a crash leaves the notice dialled but not sent; the next run sends again
and counts a possible repeat (delivery.next_message). That window is the only one in which words can leave twice.
"""

from __future__ import annotations

import structlog
from flask import Flask

from ntbcare.casework import delivery, upkeep
from ntbcare.contract import ChannelError, Refused, Sent
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

log = structlog.get_logger()
_ACTOR = Actor(Role.CHANNEL)


def deliver(claim: Claim) -> None:
    """One notice, at least once, guarded by its state."""
    app = boot.app()
    with app.extensions["house"].work(_ACTOR) as work:
        until = delivery.held_until(work, claim.subject_id)
        dial = delivery.next_message(work, claim.subject_id) if until is None else None
        if until is not None:
            errands.postpone(work.session, claim, until)
        elif dial is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if dial is None:
        return
    try:
        result = _send(app, dial)
    except ChannelError as error:
        with app.extensions["house"].work(_ACTOR) as work:
            delivery.failed(work, claim.subject_id, error, claim)
            if not error.permanent and error.code in ("401", "403", "20003"):  # our own credentials, not this message
                upkeep.alarm(work, "channel_setup", dial.channel, f"Kanal {dial.channel} menolak kunci kita: {error.reason}")
            work.commit()
        return
    with app.extensions["house"].work(_ACTOR) as work:
        delivery.sent(work, claim.subject_id, result)
        errands.finish(work.session, claim, work.now)
        work.commit()


def _send(app: Flask, dial: delivery.Dial) -> Sent:
    channel = app.extensions["channels"].get(dial.channel)
    if channel is None:
        raise Refused(f"channel {dial.channel} is not configured")
    return channel.send(dial.message)
