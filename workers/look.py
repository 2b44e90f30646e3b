"""Ask one provider for words it only pointed at: hang up the database, dial, take what came as if it had been brought."""

from __future__ import annotations

from ntbcare.casework import listening, pointers, upkeep
from ntbcare.contract import ChannelError
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot
from workers.deliver import OUR_KEYS

_ACTOR = Actor(Role.CHANNEL)


def look(claim: Claim) -> None:
    """One pointer. Safe to run twice: the words have a name of their own, and a settled row is left alone."""
    app = boot.app()
    house = app.extensions["house"]
    with house.work(_ACTOR) as work:
        wanted = pointers.wanted(work, claim.subject_id)
        if wanted is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if wanted is None:
        return
    channel = app.extensions["channels"].get(wanted.gateway)
    try:
        if channel is None:
            raise ChannelError(f"{wanted.gateway} is not configured")
        item = channel.look(wanted.ref)
    except ChannelError as error:
        with house.work(_ACTOR) as work:
            pointers.not_brought(work, claim, error)
            if not error.permanent and error.code in OUR_KEYS:
                upkeep.alarm(work, "channel_setup", wanted.gateway, f"Penyedia {wanted.gateway} menolak kunci kita: {error.reason}")
            work.commit()
        return
    if item is not None:
        listening.take(house, wanted.gateway, item)
    with house.work(_ACTOR) as work:
        pointers.settle(work, claim.subject_id, gone=item is None)
        errands.finish(work.session, claim, work.now)
        work.commit()
