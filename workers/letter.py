"""Mail somebody with an account the link to choose a password: hang up the database, dial the mail server, note the outcome."""

from __future__ import annotations

from ntbcare.casework import doorlinks
from ntbcare.contract import ChannelError, OutgoingMessage
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

_ACTOR = Actor(Role.CHANNEL)


def letter(claim: Claim) -> None:
    """One letter; none for a link that was used meanwhile. A mailbox that refuses it for good is told to the journal;
    anything else raises ChannelError and is tried again."""
    app = boot.app()
    house = app.extensions["house"]
    gateway = next(iter(house.gateways.get("email", ())), None)
    with house.work(_ACTOR) as work:
        written = doorlinks.letter(work, claim.subject_id) if gateway else None
        if written is None:
            errands.finish(work.session, claim, work.now)
        work.commit()
    if written is None or gateway is None:
        return
    refused = ""
    try:
        message = OutgoingMessage(key=f"letter-{claim.id}", to=written.to, text=written.text, channel="email", subject=written.subject)
        app.extensions["channels"][gateway].send(message)
    except ChannelError as error:
        if not error.permanent:
            raise
        refused = error.code or "permanent"
    with house.work(_ACTOR) as work:
        if errands.finish(work.session, claim, work.now):
            work.tell(
                "account:letter_refused" if refused else "account:letter_sent", None, account=written.account_id, code=refused or None
            )
        work.commit()
