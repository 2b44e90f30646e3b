"""Meta's Graph API on loopback: tokens, 24-hour windows, private replies, comments, files, errors and limits, and signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import sys
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from tests.counterparts.meta_rules import GraphError, Rules, absent

APP_SECRET, VERIFY_TOKEN = "meta-app-secret-for-tests", "kata-sandi-ntb"
TOKEN, PAGE_TOKEN = "EAAsystemuser0token", "EAApage0token"
NUMBER_ID, PAGE_ID, INSTAGRAM_ID = "106540352242922", "100200300400500", "17841405309211844"
TEMPLATE = "kabar:id"


@dataclass(frozen=True)
class Mood:
    """One answer out of turn: a Graph error, or a status and raw body; `delay` seconds first; `headers` added."""

    code: int = 0
    subcode: int = 0
    status: int = 400
    transient: bool = False
    message: str = ""
    body: bytes | None = None
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False


def sign(secret: str, body: bytes) -> str:
    """X-Hub-Signature-256. https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads"""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class MetaApi(Rules):
    """`with MetaApi() as meta:` then point META_API_URL at `meta.url`.

    sent: (path, body) of what was taken, in order · calls: every request (method, path, body, token). moods: answers out of
    turn, one request each. files: media id → (content, mime). moved: path of a file → where it is redirected to.
    The state that decides (windows, comments, opted out …) is in Rules.
    """

    def __init__(self) -> None:
        super().__init__(NUMBER_ID, PAGE_ID, INSTAGRAM_ID)
        self.calls: list[tuple[str, str, dict[str, Any], str]] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.moods: deque[Mood] = deque()
        self.files: dict[str, tuple[bytes, str]] = {}
        self.moved: dict[str, str] = {}
        self.system_user, self.tokens = TOKEN, {TOKEN, PAGE_TOKEN}
        self.closing = threading.Event()
        self._opener = build_opener(ProxyHandler({}))
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"meta": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> MetaApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def post(self, webhook: str, payload: dict[str, Any]) -> tuple[int, str]:
        """A notification to our webhook, signed, in the form Meta writes it: ASCII, with slashes escaped → (status, body)."""
        body = json.dumps(payload).replace("/", "\\/").encode()
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua", "X-Hub-Signature-256": sign(APP_SECRET, body)}
        try:
            with self._opener.open(Request(webhook, body, headers), timeout=15) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    def statuses(self, status: str, code: int = 0) -> dict[str, Any]:
        """The notification of one status for every WhatsApp message taken so far."""
        rows = [{"id": wamid, "status": status, "timestamp": "1795312800", "recipient_id": to} for wamid, to in self.wamids.items()]
        if code:
            rows = [{**row, "errors": [{"code": code, "title": "x", "message": "x", "error_data": {"details": "x"}}]} for row in rows]
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": self.number_id}, "statuses": rows}
        return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}

    def take(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], token: str) -> dict[str, Any]:
        """A call of the Graph API → its JSON. Raises GraphError."""
        if token not in self.tokens:
            raise GraphError(190, 463, "Error validating access token: Session has expired", 401)
        node, _, edge = path.partition("/")
        if method == "GET":
            return self._node(node, query, token)
        self.paces(token)
        page_only = edge == "comments" or (edge == "messages" and node in ("me", self.page_id))
        if page_only and token != PAGE_TOKEN:
            raise GraphError(190, 2069032, "This method must be called with a Page Access Token", 400)
        taken = self.decide(node, edge, body)
        self.sent.append((path, body))
        return taken

    def _node(self, node: str, query: dict[str, str], token: str) -> dict[str, Any]:
        fields = query.get("fields", "id").split(",")
        known = {"me": "NTB Care", self.number_id: "NTB Care", self.page_id: "Pemprov NTB", self.instagram_id: "ntbcare"}
        if node in self.files:
            content, mime = self.files[node]
            size, digest = len(content), hashlib.sha256(content).hexdigest()
            address = f"{self.url}/files/{node}"
            return {"url": address, "mime_type": mime, "sha256": digest, "file_size": size, "id": node, "messaging_product": "whatsapp"}
        if query.get("fields", "").startswith("mentioned_"):
            return self.mentioned(node, query["fields"])
        if node not in known:
            raise absent("get", node)
        told = {"id": node if node != "me" else "900", "name": known[node], "access_token": PAGE_TOKEN}
        return {name: told[name] for name in {"id", *fields} if name in told}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops a burst of connections for a whole second

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up before our answer is no fault of ours; everything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """The door of graph.facebook.com: a bearer token, JSON in and out, connections kept; /files/ stands for lookaside.fbsbx.com."""

    meta: MetaApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    traces = itertools.count()

    def do_GET(self) -> None:
        self._hear("GET")

    def do_POST(self) -> None:
        self._hear("POST")

    def _hear(self, method: str) -> None:
        words = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(words) if words else {}
        parts = urlsplit(self.path)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.meta.calls.append((method, parts.path, body, token))
        mood = self.meta.moods.popleft() if self.meta.moods else Mood()
        if mood.delay:
            self.meta.closing.wait(mood.delay)
        if mood.hang_up:
            self.close_connection = True
            return
        if mood.body is not None:
            self._say(mood.status, mood.body, mood.headers)
        elif mood.code:
            self._fail(GraphError(mood.code, mood.subcode, mood.message or "out of turn", mood.status), mood)
        elif parts.path.startswith("/files/"):
            self._file(parts.path, token)
        else:
            self._judge(method, parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}, body, token)

    def _judge(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], token: str) -> None:
        version, _, rest = path.lstrip("/").partition("/")
        try:
            if version != "v23.0":
                raise GraphError(2500, 0, "Unknown path components", 400)
            self._say(200, json.dumps(self.meta.take(method, rest, query, body, token)).encode())
        except GraphError as error:
            self._fail(error, Mood(headers=error.headers))

    def _file(self, path: str, token: str) -> None:
        name = path.rpartition("/")[2]
        if name in self.meta.moved:
            self._say(302, b"", (("Location", self.meta.moved[name]),))
        elif name not in self.meta.files or token not in ("", *self.meta.tokens):
            self._say(404, b"")
        else:
            content, mime = self.meta.files[name]
            self._say(200, content, kind=mime)

    def _fail(self, error: GraphError, mood: Mood) -> None:
        told: dict[str, Any] = {"message": f"(#{error.code}) {error}", "type": "OAuthException", "code": error.code, "fbtrace_id": "x"}
        if error.subcode:
            told["error_subcode"] = error.subcode
        if mood.transient:
            told["is_transient"] = True
        self._say(error.status, json.dumps({"error": told}).encode(), mood.headers)

    def _say(
        self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = (), kind: str = "application/json; charset=UTF-8"
    ) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
