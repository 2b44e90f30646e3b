"""X on loopback: verifies OAuth 1.0a signatures, pages newest first, charges its limits and refuses what X refuses."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.counterparts.x_rules import DIRECTS, DM_FIELDS, MENTIONS, TWEET_FIELDS, invalid, iso, length, problem, signed, snowflake, unknown

API_KEY, API_SECRET = "xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"
ACCESS_TOKEN, ACCESS_SECRET = "9000000001-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRzvbV3Yx8Zq5"
US, CITIZEN, OFFICE = "9000000001", "7000000001", "5000000001"
KEYS = (API_KEY, API_SECRET, ACCESS_TOKEN, ACCESS_SECRET)

LIMITS = {"mentions": 300, "dm_events": 15, "me": 75, "tweets": 100, "messages": 15}  # per user and 15 minutes


@dataclass(frozen=True)
class Mood:
    """One answer out of turn, to the next request whose path holds `only`: a status and a body; `delay` seconds first."""

    status: int = 0
    body: bytes = b"{}"
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False
    only: str = ""


class XApi:
    """`with XApi() as x:` then point X_API_URL at `x.url`; people and posts are added with account(), post() and direct().

    tweets, messages: what was taken, in order · calls: (method, path, query) of every request · lines: (the caller's port, body) · moods: answers out of turn
    · left: what is left of each limit, reset: Unix second it returns. closed: who takes no direct messages · unanswerable:
    posts X lets us not reply to · expired: page tokens no longer known · files: path → (mime, bytes).
    """

    def __init__(self, keys: tuple[str, str, str, str] = KEYS) -> None:
        self.keys = keys
        self.users: dict[str, dict[str, Any]] = {}
        self.posts: list[dict[str, Any]] = []
        self.directs: list[dict[str, Any]] = []
        self.media: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.tweets: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.lines: list[tuple[int, bytes]] = []
        self.moods: list[Mood] = []
        self.left = dict(LIMITS)
        self.reset = int(time.time()) + 600
        self.closed: set[str] = set()
        self.unanswerable: set[str] = set()
        self.expired: set[str] = set()
        self.nonces: set[str] = set()
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._numbers = 0
        for identity, username in ((US, "ntbcare"), (CITIZEN, "inaq_sumi"), (OFFICE, "dinas_pu")):
            self.account(identity, username)
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"x": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> XApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def account(self, identity: str, username: str, **more: Any) -> None:
        self.users[identity] = {
            "id": identity,
            "username": username,
            "name": username.replace("_", " ").title(),
            "protected": False,
            **more,
        }

    def post(self, text: str, author: str = CITIZEN, *, age: timedelta = timedelta(0), **more: Any) -> str:
        """Somebody posts. Mentions are found in the text as X finds them; `more` are fields of the post → its id."""
        identity, moment = self._new(age)
        by_name = {user["username"].lower(): user for user in self.users.values()}
        named = [
            {"start": found.start(), "end": found.end(), "username": user["username"], "id": user["id"]}
            for found in re.finditer(r"@(\w+)", text)
            if (user := by_name.get(found[1].lower()))
        ]
        entities = {**({"mentions": named} if named else {}), **more.pop("entities", {})}
        post = {
            "id": identity, "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "author_id": author,
            "edit_history_tweet_ids": [identity], "conversation_id": identity, "created_at": iso(moment), "lang": "in", **more,
        }  # fmt: skip
        self.posts.append(post | ({"entities": entities} if entities else {}))
        return identity

    def direct(self, text: str, sender: str = CITIZEN, *, age: timedelta = timedelta(0), **more: Any) -> str:
        """Somebody writes to us (or we to somebody) in private → the event's id."""
        identity, moment = self._new(age)
        other = more.pop("to", US if sender != US else CITIZEN)
        event = {
            "id": identity, "event_type": "MessageCreate", "text": text, "sender_id": sender, "created_at": iso(moment),
            "dm_conversation_id": "-".join(sorted((sender, other), key=int)), **more,
        }  # fmt: skip
        self.directs.append(event)
        return identity

    def _new(self, age: timedelta) -> tuple[str, datetime]:
        self._numbers += 1
        moment = datetime.now(UTC) - age
        return snowflake(moment, self._numbers), moment

    # what X answers

    def mentions(self, identity: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        fault = invalid(query, MENTIONS, 5) or unknown(query.get("tweet.fields", ""), TWEET_FIELDS, "tweet.fields")
        if fault:
            return fault
        user = self.users.get(identity)
        if user is None or (user["protected"] and identity != US):
            words = f"Could not find user with id: [{identity}]."
            return 200, {
                "errors": [problem(200, "Not Found Error", words, "resource-not-found", resource_id=identity, resource_type="user")[1]]
            }
        rows = [
            each for each in self.posts
            if any(named["id"] == identity for named in each.get("entities", {}).get("mentions", []))
            and int(query.get("since_id", 0)) < int(each["id"]) < int(query.get("until_id", 2**63))
            and each["created_at"] >= query.get("start_time", "")
        ]  # fmt: skip
        return self._page(rows, query, {"id", "text", "edit_history_tweet_ids", *query.get("tweet.fields", "").split(",")}, "author_id")

    def dm_events(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        fault = invalid(query, DIRECTS, 1) or unknown(query.get("dm_event.fields", ""), DM_FIELDS, "dm_event.fields")
        if fault:
            return fault
        kinds = query.get("event_types", "MessageCreate,ParticipantsJoin,ParticipantsLeave").split(",")
        rows = [each for each in self.directs if each["event_type"] in kinds]
        return self._page(rows, query, {"id", "event_type", "text", *query.get("dm_event.fields", "").split(",")}, "sender_id")

    def _page(self, rows: list[dict[str, Any]], query: dict[str, str], fields: set[str], who: str) -> tuple[int, dict[str, Any]]:
        """Newest first; a token is the id the next page lies below."""
        size, token = int(query.get("max_results", 10)), query.get("pagination_token", "")
        if token in self.expired or (token and not re.fullmatch("t[0-9]+x[0-9]+", token)):
            return problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")
        below = int(token[1:].partition("x")[0]) if token else 2**63
        rest = sorted((each for each in rows if int(each["id"]) < below), key=lambda each: -int(each["id"]))
        page = rest[:size]
        if not page:
            return 200, {"meta": {"result_count": 0}}
        meta = {"result_count": len(page), "newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if len(rest) > size:
            meta["next_token"] = f"t{page[-1]['id']}x{len(self.calls)}"
        includes, expansions = {}, query.get("expansions", "").split(",")
        if who in expansions:
            known = {"id", "name", "username", *query.get("user.fields", "").split(",")}
            people = [self.users[each] for each in dict.fromkeys(row[who] for row in page) if each in self.users]
            includes["users"] = [{name: value for name, value in each.items() if name in known} for each in people]
        keys = [key for row in page for key in row.get("attachments", {}).get("media_keys", [])]
        if "attachments.media_keys" in expansions and keys:
            known = {"media_key", "type", *query.get("media.fields", "").split(",")}
            includes["media"] = [{name: value for name, value in self.media[key].items() if name in known} for key in keys]
        data = [{name: value for name, value in row.items() if name in fields} for row in page]
        return 200, {"data": data, "meta": meta, **({"includes": includes} if includes else {})}

    def create_tweet(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        text, to = body.get("text", ""), body.get("reply", {}).get("in_reply_to_tweet_id")
        if not text:
            return problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")
        if any((tweet["text"], tweet["to"]) == (text, to) for tweet in self.tweets):
            return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        if length(text) > 280:
            return problem(403, "Forbidden", "Your Tweet text is too long.")
        if to in self.unanswerable:
            return problem(403, "Forbidden", "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
                           "engaged by the author of the post you are replying to.")  # fmt: skip
        if to and all(each["id"] != to for each in self.posts):
            return problem(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")
        identity = self._new(timedelta(0))[0]
        self.tweets.append({"id": identity, "text": text, "to": to})
        return 201, {"data": {"id": identity, "text": text, "edit_history_tweet_ids": [identity]}}

    def create_message(self, to: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not body.get("text") or len(body["text"]) > 10_000:
            return problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")
        if to in self.closed or to not in self.users:
            return problem(403, "Forbidden", "You do not have permission to DM one or more participants.")
        identity = self._new(timedelta(0))[0]
        self.messages.append({"id": identity, "to": to, "text": body["text"]})
        return 201, {"data": {"dm_conversation_id": "-".join(sorted((US, to), key=int)), "dm_event_id": identity}}

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A signed request within its limits."""
        match (method, path.strip("/").split("/")[1:]):
            case "GET", ["users", "me"]:
                return 200, {"data": {name: self.users[US][name] for name in ("id", "name", "username")}}
            case "GET", ["users", identity, "mentions"]:
                return self.mentions(identity, query)
            case "GET", ["dm_events"]:
                return self.dm_events(query)
            case "POST", ["tweets"]:
                return self.create_tweet(body)
            case "POST", ["dm_conversations", "with", to, "messages"]:
                return self.create_message(to, body)
        return problem(404, "Not Found", "Not Found")


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops a burst of connections for a whole second

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up on us says nothing."""


class _Handler(BaseHTTPRequestHandler):
    """The doors of api.twitter.com (signed for that name) and of the hosts of files (signed for this address)."""

    x: XApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for an acknowledgement
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        x, parts = self.x, urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        with x.lock:
            x.calls.append((method, parts.path, query))
            x.lines.append((self.client_address[1], sent))
            mood = next((each for each in x.moods if each.only in parts.path), None)
            if mood:
                x.moods.remove(mood)
        if mood and mood.delay:
            x.closing.wait(mood.delay)
        if mood and mood.hang_up:
            self.close_connection = True
        elif mood and mood.status:
            self._say(mood.status, mood.body, mood.headers)
        elif parts.path.startswith("/2/"):
            with x.lock:
                self._judge(method, parts.path, query, json.loads(sent or b"{}"))
        else:
            self._file(parts.path)

    def _judge(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> None:
        x = self.x
        if not signed(method, f"https://api.twitter.com{self.path}", self.headers.get("Authorization", ""), x.keys, x.nonces):
            return self._problem(*problem(401, "Unauthorized", "Unauthorized"), ())
        limit = path.rpartition("/")[2]
        left = x.left[limit] = x.left.get(limit, 1) - 1
        shown = (
            ("x-rate-limit-limit", str(LIMITS.get(limit, 1))),
            ("x-rate-limit-remaining", str(max(left, 0))),
            ("x-rate-limit-reset", str(x.reset)),
        )
        if left < 0:
            return self._problem(*problem(429, "Too Many Requests", "Too Many Requests"), shown)
        return self._problem(*x.answer(method, path, query, body), shown)

    def _file(self, path: str) -> None:
        x = self.x
        if path.startswith("/1.1/ton/") and not signed(
            "GET", f"{x.url}{self.path}", self.headers.get("Authorization", ""), x.keys, x.nonces
        ):
            return self._say(401, b"")
        mime, content = x.files.get(path, ("text/plain", b""))
        return self._say(200 if path in x.files else 404, content, (("Content-Type", mime),))

    def _problem(self, status: int, words: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> None:
        kind = "application/json; charset=utf-8" if status < 300 else "application/problem+json"
        self._say(status, json.dumps(words).encode(), (("Content-Type", kind), *headers))

    def _say(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        self.close_connection = "unsized" in self.path  # a host that does not say how much is coming
        for name, value in (*([] if self.close_connection else [("Content-Length", str(len(body)))]), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
