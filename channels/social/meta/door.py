"""Meta: WhatsApp, Facebook and Instagram come in by one signed webhook and leave by the Graph API."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import threading
from collections.abc import Iterable
from typing import Any

from channels.social.meta import instagram, mentions, messaging, page, shapes, whatsapp
from channels.social.meta.graph import Graph
from ntbcare.contract import (
    Answer,
    BadSignature,
    Channel,
    ChannelError,
    Fetched,
    Hook,
    Item,
    OutgoingMessage,
    RawRequest,
    Refused,
    Sent,
    UnknownShape,
)

HOOK = Hook("meta", methods=("GET", "POST"))
OBJECTS = ("whatsapp_business_account", "page", "instagram")


class Meta(Channel):
    """Channels «whatsapp», «facebook» and «instagram»: those whose id is configured, all three to read when none is.

    `app_secret` signs webhooks, `verify_token` is the word agreed on in the app's settings, `token` that of a system user
    (or a page). `whatsapp_template`: name, or name:language, of a template with one parameter in its body, for words
    outside WhatsApp's 24 hours. `timeouts` = (connect, read) in seconds. https://developers.facebook.com/docs/graph-api/webhooks
    """

    gateway = "meta"

    def __init__(
        self,
        app_secret: str,
        verify_token: str,
        token: str,
        api_url: str = "",
        *,
        page_id: str = "",
        instagram_id: str = "",
        whatsapp_number_id: str = "",
        whatsapp_template: str = "",
        timeouts: tuple[float, float] = (5.0, 10.0),
    ) -> None:
        self._app_secret = app_secret
        self._verify_token = verify_token
        self._graph = Graph(token, api_url, timeouts)
        self._page_id = page_id
        self._instagram_id = instagram_id
        self._number_id = whatsapp_number_id
        self._template = whatsapp_template
        ids = {"whatsapp": whatsapp_number_id, "facebook": page_id, "instagram": instagram_id}
        self.carries = tuple(name for name, own in ids.items() if own) or tuple(ids)
        self._lock = threading.Lock()
        self._page_token: str | None = None  # None: not asked yet; "": none to be had
        self._pid = 0

    def hooks(self) -> Iterable[Hook]:
        return (HOOK,)

    def read(self, raw: RawRequest) -> list[Item]:
        """GET: the verification of our address → []. POST: a signed batch → its messages and receipts, in order.

        Raises BadSignature; UnknownShape for what is none of our three objects, or when pieces of the batch could not be read:
        the others are in its `items`, and the request is to be kept.
        """
        if raw.method == "GET":
            self._challenge(raw)
            return []
        given = raw.headers.get("x-hub-signature-256", "").encode("utf-8", "backslashreplace")
        expected = "sha256=" + hmac.new(self._app_secret.encode(), raw.body, hashlib.sha256).hexdigest()
        if not self._app_secret or not hmac.compare_digest(given, expected.encode()):
            raise BadSignature("X-Hub-Signature-256 is missing or does not fit")
        try:
            data = json.loads(raw.body)
        except (ValueError, RecursionError):
            raise UnknownShape("not JSON") from None
        kind = data.get("object") if isinstance(data, dict) else None
        if kind not in OBJECTS:
            raise UnknownShape(f"an object we do not know: {str(kind)[:40]!r}")
        harvest = shapes.Harvest()
        for entry in harvest.rows(data.get("entry")):
            harvest.take(self._entry, entry, kind, harvest)
        return harvest.result()

    def answer(self, raw: RawRequest) -> Answer:
        """The challenge, when Meta verifies our address; else an empty 200."""
        return Answer(self._challenge(raw)) if raw.method == "GET" else Answer()

    def send(self, message: OutgoingMessage) -> Sent:
        """One message by `message.channel`. Meta knows no idempotency key: after a time-out the words may have gone.

        Private: WhatsApp text or template, Messenger and Instagram message, or the private reply to the comment `thread`.
        Public: a comment below `thread`. See whatsapp.send, messaging.send, page.answer, instagram.answer, mentions.answer.
        """
        channel = message.channel or (self.carries[0] if len(self.carries) == 1 else "")
        if channel not in self.carries:
            raise Refused("not a channel that Meta carries for us")
        if channel == "whatsapp":
            if message.public or not message.to:
                raise Refused("WhatsApp has private messages to a number only")
            return whatsapp.send(self._graph, self._own(self._number_id), self._template, message)
        if channel == "instagram" and not message.public and message.to.startswith("@"):
            raise Refused("Instagram told us the name of this account and no id: it cannot be written to in private")
        if channel == "instagram" and message.public and mentions.is_one(message.thread):
            return mentions.answer(self._graph, self._instagram_id, message)
        if message.public or message.thread:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", message.thread):
                raise Refused("no comment or post to answer below")
        elif not message.to:
            raise Refused("nobody to write to")
        token = self._token_of_page()
        try:
            if message.public:
                public = page.answer if channel == "facebook" else instagram.answer
                return public(self._graph, token, message)
            return messaging.send(self._graph, f"{self._page_id or 'me'}/messages", token, message, self._page_id)
        except ChannelError as error:
            if error.code == "401":
                self._forget()
            raise

    def fetch(self, ref: str, limit: int) -> Fetched:
        """A file named in a webhook, from Meta's own hosts only. Raises TooLarge, Refused (gone, elsewhere), ChannelError."""
        return self._graph.file(ref, limit)

    def look(self, ref: str) -> Item | None:
        """The words of a mention on Instagram; None when they are gone. See mentions.look."""
        return mentions.look(self._graph, self._instagram_id, ref)

    def check(self) -> str:
        """Whose token it is, and whether each configured id answers to it."""
        who = shapes.text(self._graph.get("me", fields="id,name").get("name")) or "nameless"
        own = {"whatsapp": self._number_id, "facebook": self._page_id, "instagram": self._instagram_id}
        for name, number in own.items():
            if number:
                try:
                    self._graph.get(number, fields="id")
                except ChannelError as error:
                    raise ChannelError(f"{name}: {error.reason}", permanent=error.permanent, code=error.code) from None
        words = ", ".join(f"{name} {'ready' if number else 'not configured'}" for name, number in own.items())
        return f"token of {who}: {words}; template {self._template or 'none'}"

    def close(self) -> None:
        """Ends the connections of this process; send() would open new ones."""
        self._graph.close()
        self._forget()

    # reading

    def _challenge(self, raw: RawRequest) -> str:
        """https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests"""

        def first(name: str) -> str:
            return (raw.query.get(name) or [""])[0]

        given = first("hub.verify_token").encode("utf-8", "backslashreplace")
        fits = hmac.compare_digest(given, self._verify_token.encode())
        if first("hub.mode") != "subscribe" or not self._verify_token or not fits:
            raise BadSignature("hub.verify_token is missing or wrong")
        return first("hub.challenge")

    def _entry(self, entry: dict[str, Any], kind: str, harvest: shapes.Harvest) -> None:
        if kind == "whatsapp_business_account":
            whatsapp.read(entry, self._number_id, harvest)
        elif kind == "page":
            messaging.read("facebook", entry, self._page_id, harvest)
            page.read(entry, self._page_id, self._graph, harvest)
        else:
            messaging.read("instagram", entry, self._instagram_id, harvest)
            instagram.read(entry, self._instagram_id, harvest)

    # sending

    def _own(self, number: str) -> str:
        if not number:
            raise ChannelError("our Meta configuration: no id for this channel", permanent=False, code="403")
        return number

    def _token_of_page(self) -> str:
        """Messages and comments of a page need the page's own token; the one we are given may be a system user's, which yields it.

        https://developers.facebook.com/docs/pages-api/getting-started. "" = use the one we are given.
        """
        with self._lock:
            if self._pid != os.getpid():
                self._page_token, self._pid = None, os.getpid()
            if self._page_token is not None:
                return self._page_token
        if not self._page_id:
            return ""
        try:
            found = shapes.text(self._graph.get(self._page_id, fields="access_token").get("access_token"))
        except ChannelError as error:
            if error.code != "403":  # not allowed to ask: then the token we have must do, or the sending will say why not
                raise
            found = ""
        with self._lock:
            self._page_token = found
        return found

    def _forget(self) -> None:
        with self._lock:
            self._page_token = None
