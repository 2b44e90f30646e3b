"""The web as a channel: what we owe somebody is shown on the tracking page, so nothing is dialled."""

from __future__ import annotations

from collections.abc import Iterable

from ntbcare.contract import Answer, DeliveryReceipt, Hook, IncomingMessage, OutgoingMessage, RawRequest, Sent


class Web:
    """Channel `name` («web», or «api» for programs that ask again): no hooks, nothing to read.

    A notice is sent by being there; whether a person has seen it is not known here, so Sent is never final.
    """

    def __init__(self, name: str = "web") -> None:
        self.name = name

    def hooks(self) -> Iterable[Hook]:
        return ()

    def read(self, raw: RawRequest) -> list[IncomingMessage | DeliveryReceipt]:
        return []

    def answer(self, raw: RawRequest) -> Answer:
        return Answer()

    def send(self, message: OutgoingMessage) -> Sent:
        return Sent(external_id=f"shown-{message.key}", final=False)
