"""X, once Twitter: we look for posts that name us and for direct messages; answers leave as replies and direct messages."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from channels.social import x_marks, x_posts
from channels.social.x_marks import FIRST_LOOK, Mark
from channels.social.x_wire import ask, client, patience
from channels.social.x_words import LONGEST_DIRECT, cut
from ntbcare.contract import (
    Channel,
    ChannelError,
    Fetched,
    IncomingMessage,
    OutgoingMessage,
    Polled,
    Refused,
    Sent,
    Throttled,
    TooLarge,
)

if TYPE_CHECKING:
    from requests import Response
    from tweepy import Client

PAGES = 5  # of each source at one look; X keeps some 800 mentions, so a burst is read in two looks
PAGE = 100  # the most X gives at once
FILES = ("pbs.twimg.com", "video.twimg.com", "ton.twitter.com")
PRIVATE_FILES = "/1.1/ton/"  # pictures of direct messages: asked for with our signature
LONGEST_FETCH = 60.0  # seconds for a whole file

Translate = Callable[[x_posts.Json, x_posts.Json], IncomingMessage | None]


class X(Channel):
    """Channel «x». `user_id` is our own account's; `watched` are ids of accounts whose mentions we overhear.

    Every look asks for our mentions, our direct messages and each watched account's mentions, since the last look.
    The limits (mentions 300, direct messages 15 calls in 15 minutes) are met by waiting, see poll().
    https://docs.x.com/x-api · `timeouts` = (connect, read) in seconds; the read time-out is between bytes.
    """

    gateway = "x"
    carries = ("x",)
    every = 60.0

    def __init__(
        self, api_key: str, api_secret: str, access_token: str, access_secret: str, user_id: str, watched: Iterable[str] = (),
        api_url: str = "", *, timeouts: tuple[float, float] = (5.0, 10.0),
    ) -> None:  # fmt: skip
        self._keys = (api_key, api_secret, access_token, access_secret)
        self._us = user_id
        self._watched = tuple(each for each in dict.fromkeys(watched) if each != user_id)
        self._api_url = api_url.rstrip("/")
        self._timeouts = timeouts
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._pid = 0

    # reading

    def poll(self, cursor: str) -> Polled:
        """One look at every source. The cursor is JSON: {"mentions": mark, "dm": mark, "watched": {id: mark}}.

        A mark is an id, or a Mark as an object while a walk over more than PAGES pages (`more`) or one that broke off is
        unfinished. The first look takes the newest page and the last 24 hours only. A source that fails does not hold the
        others: what they gave is returned, with `after` when X set a limit. Only a look that gained nothing raises:
        401 or 403 before Throttled before the rest.
        """
        sources = ("mentions", "dm", *self._watched)
        before = {name: mark for name, mark in x_marks.read(cursor).items() if name in sources}
        after = dict(before)
        found: dict[str, IncomingMessage] = {}
        unknown: dict[str, tuple[str, str, str]] = {}
        failures: list[ChannelError] = []
        spent = False  # the limit of mentions is one for all accounts
        for name in sources:
            if spent and name != "dm":
                continue
            mark = after.get(name, Mark())
            for _ in range(PAGES):
                try:
                    answer = self._page(name, mark)
                    posts, mark = x_marks.step(answer, mark)
                except ChannelError as failure:
                    if mark.next and failure.code == "400":  # page tokens may expire: from the top once more
                        mark = Mark(mark.since)
                        continue
                    failures.append(failure)
                    spent = spent or (name != "dm" and isinstance(failure, Throttled))
                    break
                self._take(name, posts, answer.get("includes") or {}, found, unknown)
                if not mark.next:
                    break
            after[name] = mark
        known = {name: mark for name, mark in after.items() if mark != Mark()}
        if failures and known == before and not found and not unknown:
            worst = min(failures, key=_gravity)
            raise ChannelError(worst.reason, code=worst.code) if isinstance(worst, Refused) else worst
        waits = [failure.after for failure in failures if isinstance(failure, Throttled)]
        items = sorted(found.values(), key=lambda message: int(message.external_id.rpartition(":")[2]))
        return Polled(
            tuple(items),
            x_marks.write(known),
            more=any(mark.next for mark in after.values()) and not failures,
            after=max(waits, default=None),
            unknown=tuple(unknown.values()),
        )

    def _page(self, name: str, mark: Mark) -> dict[str, Any]:
        """One page, newest first. Posts above mark.since, or of the last 24 hours; direct messages know no such limit."""
        given: dict[str, Any] = {"max_results": PAGE, "media_fields": x_posts.MEDIA_FIELDS, "user_fields": x_posts.USER_FIELDS}
        if mark.next:
            given["pagination_token"] = mark.next
        if name == "dm":
            return ask(
                self._client_here().get_direct_message_events, event_types="MessageCreate", dm_event_fields=x_posts.DIRECT_FIELDS,
                expansions=["sender_id", "attachments.media_keys"], **given,
            )  # fmt: skip
        since: dict[str, Any] = {"since_id": mark.since} if mark.since else {"start_time": datetime.now(UTC) - FIRST_LOOK}
        answer = ask(
            self._client_here().get_users_mentions, id=self._us if name == "mentions" else name, tweet_fields=x_posts.POST_FIELDS,
            expansions=["author_id", "attachments.media_keys"], **since, **given,
        )  # fmt: skip
        if "data" not in answer and "meta" not in answer:  # a closed, suspended or unknown account: 200 with errors only
            raise ChannelError("X shows no mentions of an account we watch: closed, suspended or unknown", code="404")
        return answer

    def _take(
        self, name: str, posts: list[x_posts.Json], includes: x_posts.Json,
        found: dict[str, IncomingMessage], unknown: dict[str, tuple[str, str, str]],
    ) -> None:  # fmt: skip
        translate: Translate = (
            partial(x_posts.direct, us=self._us) if name == "dm" else partial(x_posts.post, us=self._us, mentioned=name == "mentions")
        )
        for data in posts:
            try:
                message = translate(data, includes)
            except x_posts.UNREADABLE as error:
                identity = f"dm:{data['id']}" if name == "dm" else str(data["id"])
                unknown.setdefault(identity, (identity, f"unreadable: {type(error).__name__}", x_posts.raw(data)))
                continue
            if message is not None:
                found.setdefault(message.external_id, message)

    # sending

    def send(self, message: OutgoingMessage) -> Sent:
        """A reply below `thread`, or a direct message to `to`. No receipts come: sent is delivered.

        Public words are cut at a word to 280 weighted characters, their link kept. Choices follow a direct message as
        lines. X knows no idempotency key, but refuses the same public words twice (187, perhaps_sent).
        https://docs.x.com/x-api/posts/create-post · https://docs.x.com/x-api/direct-messages/manage/integrate
        """
        text = message.text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")  # a lone surrogate cannot travel
        target = message.thread if message.public else message.to
        if not target.isascii() or not target.isdigit():
            raise Refused("no post to reply to" if message.public else "no user id to write to", code="400")
        if message.public:
            answer = ask(self._client_here().create_tweet, text=cut(text), in_reply_to_tweet_id=target)
            identity = _field(answer, "id")
        else:
            lines = [f"• {label}: {reply}" for label, reply in message.choices]
            room = LONGEST_DIRECT - sum(len(line) + 1 for line in lines)
            whole = "\n".join([cut(text, room, len), *lines])
            answer = ask(self._client_here().create_direct_message, participant_id=target, text=whole)
            identity = f"dm:{_field(answer, 'dm_event_id')}"
        return Sent(external_id=identity, final=True)

    # files

    def fetch(self, ref: str, limit: int) -> Fetched:
        """A picture or film, «url:https://…» of X's own file hosts (or of api_url's); nowhere else, and no redirects."""
        url = ref.removeprefix("url:")
        if url == ref or not self._is_theirs(url):
            raise Refused("not a file of X")
        session = self._client_here().session
        try:
            with session.get(
                url, auth=self._signature() if urlsplit(url).path.startswith(PRIVATE_FILES) else None, stream=True,
                timeout=self._timeouts, allow_redirects=False, headers={"Accept-Encoding": "identity"},
            ) as response:  # fmt: skip
                status = response.status_code
                if status == 429:
                    raise Throttled("X asks us to slow down", after=patience(response), code="429")
                if status == 401 or (status == 403 and PRIVATE_FILES in url):
                    raise ChannelError("our X configuration: no right to pictures of direct messages", code=str(status))
                if status >= 500 or status == 408:
                    raise ChannelError(f"X answered {status} for a file", code=str(status))
                if status != 200:
                    raise Refused("X no longer has this file", code=str(status))
                return Fetched(_content(response, limit), response.headers.get("Content-Type", "").partition(";")[0].strip())
        except (OSError, ValueError) as error:
            raise ChannelError(f"a file of X broke off: {type(error).__name__}") from None

    def _is_theirs(self, url: str) -> bool:
        try:
            parts, home = urlsplit(url), urlsplit(self._api_url)
        except ValueError:
            return False
        return (parts.scheme == "https" and parts.netloc in FILES) or (bool(home.netloc) and parts[:2] == home[:2])

    def _signature(self) -> Any:
        import tweepy

        return tweepy.OAuth1UserHandler(*self._keys).apply_auth()

    # the line

    def check(self) -> str:
        """GET /2/users/me: whose token this is."""
        answer = ask(self._client_here().get_me)
        if _field(answer, "id") != self._us:
            raise ChannelError("our X configuration: token belongs to another account", code="403")
        return f"X knows us as @{_field(answer, 'username')}"

    def close(self) -> None:
        with self._lock:
            if self._client is not None and self._pid == os.getpid():
                self._client.session.close()
            self._client = None

    def _client_here(self) -> Client:
        """One client per process: a connection must not be shared across a fork."""
        with self._lock:
            if self._client is None or self._pid != os.getpid():
                self._client, self._pid = client(self._keys, self._api_url, self._timeouts), os.getpid()
            return self._client


def _field(answer: dict[str, Any], name: str) -> str:
    data = answer.get("data")
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise ChannelError(f"X answered without {name}", perhaps_sent=True)
    return value


def _content(response: Response, limit: int) -> bytes:
    """The body, never more than `limit` bytes of it."""
    said = response.headers.get("Content-Length", "")
    if said.isdigit() and int(said) > limit:
        raise TooLarge("larger than we take")
    content, end = bytearray(), time.monotonic() + LONGEST_FETCH
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > limit:
            raise TooLarge("larger than we take")
        if time.monotonic() > end:
            raise ChannelError("a file of X came too slowly")
    return bytes(content)


def _gravity(failure: ChannelError) -> int:
    """What concerns our own account first, for only a person can mend that; then a limit; then what may pass."""
    return 0 if failure.code in ("401", "403") else 1 if isinstance(failure, Throttled) else 2
