"""Everything that passes between house and street; a channel knows this file and its own vendor, nothing else of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ChannelError(Exception):
    """Something went wrong on the street; says whether trying again can help, and whether the words may have left all the same.

    ChannelError                permanent=False: try again later (time-out, 5xx)
    ├── Throttled               try again after `after` seconds (429)
    ├── Refused                 permanent: the provider will never take this message (`elsewhere`: another gateway may)
    │   ├── OptedOut            permanent: the person does not want messages from us on this channel
    │   └── WindowClosed        permanent for now: possible again once the person has written to us
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
    """The provider asks us to wait `after` seconds; `person`: only with messages to this one person, others may leave."""

    def __init__(self, reason: str, *, after: float, code: str = "", person: bool = False) -> None:
        super().__init__(reason, code=code)
        self.after = after
        self.person = person


class Refused(ChannelError):
    """The provider refuses this very message for good (bad number, too long, blocked content).

    `elsewhere`: another gateway of the channel may reach that address. `already`: an earlier attempt brought these very words.
    """

    permanent = True

    def __init__(self, reason: str, *, code: str = "", perhaps_sent: bool = False, elsewhere: bool = False, already: bool = False) -> None:
        super().__init__(reason, code=code, perhaps_sent=perhaps_sent)
        self.elsewhere = elsewhere
        self.already = already


class OptedOut(Refused):
    """The person blocked us or asked the provider to stop; the contact must not be written to again."""


class WindowClosed(Refused):
    """The person wrote too long ago for private words of ours; the next message of theirs opens the window again."""


class BadSignature(ChannelError):
    """The request does not carry the provider's signature or secret."""

    permanent = True


class UnknownShape(ChannelError):
    """Signed, but not a shape we know. `external_id` when it could be read, so a resend is stored once; `items`: what of a
    batch could be read is taken all the same."""

    permanent = True

    def __init__(self, reason: str, *, external_id: str = "") -> None:
        super().__init__(reason)
        self.external_id = external_id
        self.items: list[Item] = []


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
class Media:
    """A photo, sound, film or paper as the provider names it; fetched later by `Channel.fetch(ref)`. The rest is what they claim."""

    ref: str
    mime: str = ""
    size: int | None = None  # bytes
    name: str = ""


class Scene(StrEnum):
    """Where something was said: to us alone, in public but to us, or in public below somebody else's post that we watch."""

    PRIVATE = "private"
    ADDRESSED = "addressed"
    OVERHEARD = "overheard"


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """Somebody's words, whatever road they came by. (`channel`, `external_id`) is unique: a resend is the same message.

    `sender` is the address to answer to on that channel: E.164 for SMS, chat id for Telegram, user id on social media, a
    mailbox for e-mail; "" when there is none. `ref` is the provider's own name of this message, as a later reply or edit will
    quote it; where it is the same as external_id it may stay "".
    """

    channel: str
    external_id: str
    text: str
    sender: str = ""
    sender_name: str = ""
    received_at: datetime | None = None
    lat: float | None = None  # degrees, WGS 84
    lon: float | None = None
    media: tuple[Media, ...] = ()
    raw: str = ""
    ref: str = ""
    edits: str = ""  # the ref of the earlier message whose text this one replaces
    replies_to: str = ""  # the provider's name of OUR message that this one answers (Sent.external_id)
    group: str = ""  # the provider's name of the album this is a piece of
    phone: str = ""  # E.164: the sender shared their own number
    authentic: bool = True  # False: the provider cannot vouch for `sender` (a mail whose From nobody proved)
    automatic: bool = False  # a machine says so itself (out of office, mailing list, bot): kept, never answered
    scene: Scene = Scene.PRIVATE
    thread: str = ""  # public scenes: what a public answer hangs below (comment id, post id)
    link: str = ""  # public scenes: where people can see it


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The provider's later word about a message we sent: state is sent | delivered | failed.

    `permanent`: sending again cannot help. `opted_out`: the person asked the provider to stop. `bounce`: it came back although
    it had been taken for good (Sent.final).
    """

    channel: str
    external_id: str
    state: str
    reason: str = ""
    permanent: bool = False
    opted_out: bool = False
    bounce: bool = False


@dataclass(frozen=True, slots=True)
class Pointer:
    """The provider says only where words are; Channel.look(ref) brings them. (gateway, `external_id`) is unique: a resend is the same.

    Reading dials nobody, so it is stored and the provider is asked by a worker. The words themselves come under their own external_id.
    """

    channel: str
    external_id: str
    ref: str
    raw: str = ""


Item = IncomingMessage | DeliveryReceipt | Pointer


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Words that leave by a channel. `key` names the notice, so a provider that knows idempotency keys can use it.

    `choices` are short answers a person may tap where the channel has buttons: (label, text sent back). `public` words hang
    below `thread` for everybody to read; private words with a `thread` may use it to reach somebody who never wrote to us
    in private. `heard_at`: when this person last wrote to us (some providers open a window from there). `subject`: for mail.
    """

    key: str
    to: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    channel: str = ""
    thread: str = ""
    public: bool = False
    heard_at: datetime | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the provider said when it took a message. `final` = it will send no later receipt, so sent means delivered."""

    external_id: str
    final: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of a citizen as the provider handed it over: nothing checked yet."""

    content: bytes
    mime: str = ""
    name: str = ""


class TooLarge(Refused):
    """A file larger than the limit given to fetch(); not downloaded beyond it."""


@dataclass(frozen=True, slots=True)
class Polled:
    """One look at a provider that does not call us. `cursor` is stored after every item is: from there the next look goes on.

    `more`: there is more to take at once. `after`: the provider asks us to come back in so many seconds.
    """

    items: tuple[Item, ...]
    cursor: str
    more: bool = False
    after: float | None = None
    unknown: tuple[tuple[str, str, str], ...] = ()  # (external_id, reason, raw) of what could not be read: kept for a person


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


class Channel:
    """One provider, both ways. It translates; it knows no case, no SQL of ours and no Flask.

    `gateway` is the provider's own name («twilio»), `carries` the channels it serves (several gateways may carry «sms»; one
    of Meta carries three). Every method below may raise ChannelError and its children, and nothing else; each network call
    ends within a bounded time. Everything must work after a fork and from several threads at once.
    """

    gateway: str = ""
    carries: tuple[str, ...] = ()
    stand_in: bool = False  # no provider behind it: boards and `doctor` say so
    every: float | None = None  # seconds between two looks, for a provider that has to be asked

    def hooks(self) -> Iterable[Hook]:
        """Paths below /hooks/ at which the provider calls."""
        return ()

    def read(self, raw: RawRequest) -> list[Item]:
        """Check the signature, translate. [] = nothing for us (answered 2xx). Raises BadSignature or UnknownShape."""
        return []

    def answer(self, raw: RawRequest) -> Answer:
        """What the webhook hears after our commit."""
        return Answer()

    def send(self, message: OutgoingMessage) -> Sent:
        """One attempt. A ChannelError with perhaps_sent says that the words may have left all the same."""
        raise Refused(f"{self.gateway} cannot send")

    def fetch(self, ref: str, limit: int) -> Fetched:
        """The file that a Media named `ref`, at most `limit` bytes. Raises TooLarge, Refused (gone), ChannelError (again later)."""
        raise Refused(f"{self.gateway} has no files")

    def look(self, ref: str) -> Item | None:
        """What a Pointer named `ref`; None = it is gone, or not for us. Raises ChannelError (again later); a permanent one: a person must look."""
        raise Refused(f"{self.gateway} cannot look anything up")

    def poll(self, cursor: str) -> Polled:
        """Look for news since `cursor` ("" = the first look ever). Asked every `every` seconds."""
        return Polled((), cursor)

    def check(self) -> str:
        """Try the provider for `doctor`, without sending anything to anybody: one line in words. Raises ChannelError when it is not well."""
        return "nothing to try"

    def close(self) -> None:
        """Give connections back."""
