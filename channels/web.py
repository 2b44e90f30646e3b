"""The web as a channel: what we owe somebody is shown on the tracking page, so nothing is dialled."""

from __future__ import annotations

from ntbcare.contract import Channel, OutgoingMessage, Sent


class Web(Channel):
    """A notice is sent by being there; whether a person has seen it is not known here, so Sent is never final."""

    gateway = "web"
    carries = ("web",)

    def send(self, message: OutgoingMessage) -> Sent:
        return Sent(external_id=f"shown-{message.key}", final=False)
