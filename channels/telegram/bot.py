"""The channel itself: what the house calls, and which room of this package does it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from channels.telegram import reading
from channels.telegram.line import Line
from ntbcare.contract import Answer, BadSignature, Channel, Fetched, Hook, Item, OutgoingMessage, RawRequest, Refused, Sent, UnknownShape

if TYPE_CHECKING:
    from channels.telegram.line import Plug

T = TypeVar("T")
HOOK = Hook("telegram")
SECRET_HEADER = "x-telegram-bot-api-secret-token"
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError, RecursionError)


class Telegram(Channel):
    """Channel «telegram». `secret` is setWebhook's secret_token; `api_url` replaces https://api.telegram.org.

    `timeout` is the longest silence in seconds of Telegram (a connection gets 5 s, a whole file six times `timeout`).
    Only private chats are read: what we answer (ticket, PIN) must not be shown to a group.
    https://core.telegram.org/bots/api
    """

    gateway = "telegram"
    carries = ("telegram",)

    def __init__(self, token: str, secret: str, api_url: str = "", *, timeout: float = 10.0) -> None:
        self._token = token
        self._secret = secret
        self._timeout = timeout
        self._line = Line(token, api_url.rstrip("/") or "https://api.telegram.org", timeout)

    def hooks(self) -> Iterable[Hook]:
        return (HOOK,)

    def read(self, raw: RawRequest) -> list[Item]:
        """One Update → one message, or [] when it carries nothing of a person for us: see reading.translate.

        external_id is the update_id (a resend keeps it, so the house knows an update it has already). Raises BadSignature,
        or UnknownShape for an update or a content we do not know.
        """
        given = raw.headers.get(SECRET_HEADER, "")
        if not self._secret or not hmac.compare_digest(given.encode("utf-8", "backslashreplace"), self._secret.encode()):
            raise BadSignature("the secret token is missing or wrong")
        try:
            data = json.loads(raw.body)
        except (ValueError, RecursionError):
            raise UnknownShape("not JSON") from None
        update_id = data.get("update_id") if isinstance(data, dict) else None
        if type(update_id) is not int or not 0 <= update_id < 2**63:
            raise UnknownShape("no update_id")
        try:
            found = reading.translate(data, raw)
        except UNREADABLE as error:
            raise UnknownShape(f"unreadable update: {type(error).__name__}", external_id=str(update_id)) from None
        return [found] if found else []

    def answer(self, raw: RawRequest) -> Answer:
        """Empty, except for a tapped button: the reply itself may carry one call, and this one stops the button's spinner.

        https://core.telegram.org/bots/api#making-requests-when-getting-updates
        """
        try:
            tapped = json.loads(raw.body)["callback_query"]["id"]
        except UNREADABLE:
            return Answer()
        if not isinstance(tapped, str):
            return Answer()
        call = {"method": "answerCallbackQuery", "callback_query_id": tapped}
        return Answer(json.dumps(call), content_type="application/json")

    def send(self, message: OutgoingMessage) -> Sent:
        """sendMessage to the chat `message.to`; long texts leave in parts, the choices under the last one.

        external_id is "chat:message" of the last part, as replies_to will quote it. Telegram knows no idempotency key and
        sends no receipts: a failure between two parts, or a time-out, may double what has gone already (perhaps_sent).
        """
        from channels.telegram import sending

        parts = sending.split(sending.storable(message.text))
        longest = len(parts) * sending.longest_call(self._timeout)
        return self._do(lambda plug: sending.deliver(plug.bot, message, parts, self._timeout), longest)

    def fetch(self, ref: str, limit: int) -> Fetched:
        """getFile, then the file behind it, at most `limit` bytes; Telegram itself gives a bot no file above 20 MB."""
        from channels.telegram import files

        if not ref:
            raise Refused("a file without a name")
        return self._do(lambda plug: files.download(plug, ref, limit), 6 * self._timeout)

    def check(self) -> str:
        """getMe and getWebhookInfo in one line: who we are, where updates go, how many wait, what went wrong last.

        Raises ChannelError: code "401" for a bad token, without a code when no webhook is set or it is not https.
        """
        from channels.telegram import checking

        return self._do(lambda plug: checking.look(plug.bot, self._token), 2 * self._timeout + 10.0)

    def close(self) -> None:
        """Ends the connections and the event loop of this process; a later call would open new ones."""
        self._line.close()

    def _do(self, work: Callable[[Plug], Coroutine[Any, Any, T]], longest: float) -> T:
        """Work on the line, its errors in the words of the contract."""
        from channels.telegram import errors

        with errors.translated(self._token):
            return self._line.call(work, longest)
