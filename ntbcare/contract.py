"""Everything that passes between house and street; a channel knows this file and its own vendor, nothing else of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class ChannelError(Exception):
    """Something went wrong on the street; says whether trying again can help, and whether the words may have left all the same.

    ChannelError                permanent=False: try again later (time-out, 5xx)
    ├── Throttled               try again after `after` seconds (429)
    ├── Refused                 permanent: the provider will never take this message
    │   └── OptedOut            permanent: the person does not want messages from us on this channel
    ├── BadSignature            permanent: the request was not signed by the provider it claims to come from
    └── UnknownShape            the signature is good but the payload is not one we know: store it raw, answer 2xx, raise an alarm
    """

    permanent = False

    def __init__(self, reason: str, *, permanent: bool | None = None, code: str = "", perhaps_sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.perhaps_sent = perhaps_sent
        if permanent is not None:
            self.permanent = permanent


class Throttled(ChannelError):
    """The provider asks us to wait `after` seconds."""

    def __init__(self, reason: str, *, after: float, code: str = "") -> None:
        super().__init__(reason, code=code)
        self.after = after


class Refused(ChannelError):
    """The provider refuses this very message for good (bad number, too long, blocked content)."""

    permanent = True


class OptedOut(Refused):
    """The person blocked us or asked the provider to stop; the contact must not be written to again."""


class BadSignature(ChannelError):
    """The request does not carry the provider's signature or secret."""

    permanent = True


class UnknownShape(ChannelError):
    """Signed, but not a shape we know. `external_id` when it could be read, so a resend is stored once."""

    permanent = True

    def __init__(self, reason: str, *, external_id: str = "") -> None:
        super().__init__(reason)
        self.external_id = external_id


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One HTTP request of a provider, as it came: nothing parsed, nothing trusted.

    `url` is the public address the provider called (PUBLIC_URL + path + query), because that is what providers sign.
    `headers` has lower-case names. `form` and `query` keep repeated keys (name → list of values).
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    form: Mapping[str, list[str]] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """Somebody's words, whatever road they came by. (`channel`, `external_id`) is unique: a resend is the same message.

    `sender` is the address to answer to on that channel: E.164 for SMS, chat id for Telegram, "" when there is none.
    """

    channel: str
    external_id: str
    text: str
    sender: str = ""
    sender_name: str = ""
    received_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    media: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The provider's later word about a message we sent: state is sent | delivered | failed.

    `permanent`: sending again cannot help. `opted_out`: the person asked the provider to stop.
    """

    channel: str
    external_id: str
    state: str
    reason: str = ""
    permanent: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Words that leave by a channel. `key` names the notice, so a provider that knows idempotency keys can use it.

    `choices` are short answers a person may tap where the channel has buttons: (label, text sent back).
    """

    key: str
    to: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What the provider said when it took a message. `final` = it will send no later receipt, so sent means delivered."""

    external_id: str
    final: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to a provider's webhook after our commit."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a channel listens: one path below /hooks/."""

    path: str
    methods: tuple[str, ...] = ("POST",)


class Channel(Protocol):
    """One road both ways. A channel translates; it knows no case, no SQL and no Flask.

    read() raises BadSignature or UnknownShape; an empty result is a request that carries nothing for us (answered 2xx).
    send() raises ChannelError and its children.
    """

    name: str

    def hooks(self) -> Iterable[Hook]: ...

    def read(self, raw: RawRequest) -> list[IncomingMessage | DeliveryReceipt]: ...

    def answer(self, raw: RawRequest) -> Answer: ...

    def send(self, message: OutgoingMessage) -> Sent: ...
