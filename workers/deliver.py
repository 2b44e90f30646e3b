"""Send one notice: read what to say, hang up the database, dial the provider, note the outcome.

Between the provider's yes and our record of it a crash leaves the notice dialled but not sent; the next run sends again
and counts a possible repeat (dialling.next_message). That window is the only one in which words can leave twice.
"""

from __future__ import annotations

from ntbcare.casework import delivery, dialling, upkeep
from ntbcare.contract import ChannelError
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

_ACTOR = Actor(Role.CHANNEL)
OUR_KEYS = ("401", "403", "20003")  # codes that speak of our own credentials, not of a message


def deliver(claim: Claim) -> None:
    """One notice, at least once, guarded by its state."""
    app = boot.app()
    house = app.extensions["house"]
    with house.work(_ACTOR) as work:
        dial = dialling.next_message(work, claim.subject_id)
        if isinstance(dial, dialling.Wait):
            errands.postpone(work.session, claim, dial.until, chain=dial.chain)
        elif dial is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if not isinstance(dial, delivery.Dial):
        return
    try:
        result = app.extensions["channels"][dial.gateway].send(dial.message)
    except ChannelError as error:
        with house.work(_ACTOR) as work:
            delivery.failed(work, dial, error, claim)
            if not error.permanent and error.code in OUR_KEYS:
                upkeep.alarm(work, "channel_setup", dial.gateway, f"Penyedia {dial.gateway} menolak kunci kita: {error.reason}")
            work.commit()
        return
    with house.work(_ACTOR) as work:
        delivery.sent(work, dial, claim.subject_id, result)
        errands.finish(work.session, claim, work.now)
        work.commit()
