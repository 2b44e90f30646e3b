"""Fetch one photo or sound: hang up the database, dial the provider, clean what came, keep it, note the outcome."""

from __future__ import annotations

from ntbcare.casework import attachments
from ntbcare.contract import ChannelError
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

_ACTOR = Actor(Role.CHANNEL)


def fetch(claim: Claim) -> None:
    """One file of one message. Safe to run twice: the same content is one file, and a settled row is left alone."""
    app = boot.app()
    house = app.extensions["house"]
    with house.work(_ACTOR) as work:
        wanted = attachments.wanted(work, claim.subject_id)
        if wanted is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if wanted is None:
        return
    channel = app.extensions["channels"].get(wanted.gateway)
    try:
        if channel is None:
            raise ChannelError(f"{wanted.gateway} is not configured")
        outcome = attachments.clean(channel.fetch(wanted.ref, attachments.LARGEST), house.files)
    except ChannelError as error:
        with house.work(_ACTOR) as work:
            attachments.not_fetched(work, claim, error)
            work.commit()
        return
    with house.work(_ACTOR) as work:
        attachments.settle(work, claim.subject_id, outcome)
        errands.finish(work.session, claim, work.now)
        work.commit()
