"""Telegram on loopback: a Bot API that sends, objects and floods as Telegram does, and posts updates to a webhook."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from tests.counterparts.telegram_people import People, Shelved

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "telegram-secret_for-tests"
LARGEST_FILE = 20_000_000  # bytes that a bot may fetch, https://core.telegram.org/bots/api#getfile


@dataclass(frozen=True)
class Mood:
    """One answer out of turn: an error (`code`, `description`, `retry_after` seconds), or a raw body; `delay` seconds first.

    With a `gate` it waits until the gate is opened, so that a test need not guess how long something takes.
    """

    code: int = 0
    description: str = ""
    retry_after: int = 0
    body: bytes | None = None
    delay: float = 0.0
    hang_up: bool = False
    gate: threading.Event | None = None


class TelegramApi(People):
    """`with TelegramApi() as telegram:` then point TELEGRAM_API_URL at `telegram.url`. https://core.telegram.org/bots/api

    sent: Message objects given out, in order · calls: every request (method, parameters), webhook replies included.
    Sets to fill, of chat ids: blocked, deactivated, strangers (403: they never wrote to the bot), unknown (400 chat not
    found); moved: old id → new id (400). pace: seconds that must lie between two messages to one chat, else 429.
    shelf: file_id → file. webhook: what getWebhookInfo tells (setWebhook fills it). moods: answers out of turn.
    """

    def __init__(self, token: str = TOKEN, secret: str = SECRET) -> None:
        super().__init__()
        self.token, self.secret = token, secret
        self.sent: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.blocked: set[int] = set()
        self.deactivated: set[int] = set()
        self.unknown: set[int] = set()
        self.strangers: set[int] = set()
        self.moved: dict[int, int] = {}
        self.pace = 0.0
        self.shelf: dict[str, Shelved] = {}
        self.webhook: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        self._last: dict[int, float] = {}
        self.moods: deque[Mood] = deque()
        self.closing = threading.Event()
        self._opener = build_opener(ProxyHandler({}))
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"telegram": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.me = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "NTB Care", "username": "ntbcare_bot"}

    def __enter__(self) -> TelegramApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def post(self, webhook: str, update: dict[str, Any], *, secret: str | None = None) -> tuple[int, str]:
        """The update to the webhook with the secret header → (status, body); a call carried by the reply is noted in `calls`."""
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret}
        try:
            with self._opener.open(Request(webhook, json.dumps(update).encode(), headers), timeout=15) as answer:
                status, body = answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")
        if body.startswith("{"):
            call = json.loads(body)
            self.calls.append((call.pop("method", ""), call))
        return status, body

    # the bot's side

    def answer(self, token: str, method: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One call of the Bot API → (HTTP status, JSON)."""
        if token != self.token:
            return _error(401, "Unauthorized")
        simple = {"getMe": self.me, "answerCallbackQuery": True, "getWebhookInfo": self.webhook}
        if method in simple:
            return 200, {"ok": True, "result": simple[method]}
        if method == "setWebhook":
            self.webhook = {**self.webhook, "url": given["url"], "max_connections": 40, "ip_address": "203.0.113.7"}
            return 200, {"ok": True, "result": True, "description": "Webhook was set"}
        if method == "getFile":
            return self._file(str(given.get("file_id", "")))
        if method != "sendMessage":
            return _error(404, "Not Found")
        objection = self._objection(given)
        if objection:
            return objection
        chat_id, markup = int(given["chat_id"]), given.get("reply_markup")
        with self._lock:
            if flood := self._flood(chat_id):
                return flood
            message = {**self._message(chat_id, "Aminah", {"text": given["text"]}), "from": self.me}
            if markup and "inline_keyboard" in markup:
                message["reply_markup"] = markup
            self.sent.append(message)
        return 200, {"ok": True, "result": message}

    def _objection(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        text, chat = str(given.get("text", "")), str(given.get("chat_id", ""))
        if not chat:
            return _error(400, "Bad Request: chat_id is empty")
        if not chat.lstrip("-").isdigit() or int(chat) in self.unknown:
            return _error(400, "Bad Request: chat not found")
        if int(chat) in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        if int(chat) in self.deactivated:
            return _error(403, "Forbidden: user is deactivated")
        if int(chat) in self.strangers:
            return _error(403, "Forbidden: bot can't initiate conversation with a user")
        if int(chat) in self.moved:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, words, migrate_to_chat_id=self.moved[int(chat)])
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            return _error(400, "Bad Request: message is too long")
        buttons = itertools.chain.from_iterable((given.get("reply_markup") or {}).get("inline_keyboard", []))
        if any(not 1 <= len(button.get("callback_data", "").encode()) <= 64 for button in buttons):
            return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        return None

    def _flood(self, chat: int) -> tuple[int, dict[str, Any]] | None:
        """https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: a message a second to one chat."""
        now, last = time.monotonic(), self._last.get(chat)
        if last is not None and now - last < self.pace:
            wait = max(1, round(self.pace - (now - last)))
            return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        self._last[chat] = now
        return None

    def _file(self, file_id: str) -> tuple[int, dict[str, Any]]:
        """https://core.telegram.org/bots/api#file"""
        kept = self.shelf.get(file_id)
        if kept is None:
            return _error(400, "Bad Request: invalid file_id")
        if kept.away:
            return _error(400, kept.away)
        if (kept.size or len(kept.content)) > LARGEST_FILE:
            return _error(400, "Bad Request: file is too big")
        told = {"file_id": file_id, "file_unique_id": f"{file_id}-u", "file_path": kept.path}
        return 200, {"ok": True, "result": told if kept.size is None else {**told, "file_size": kept.size}}

    def kept_at(self, path: str) -> Shelved | None:
        """What the file server has at /file/bot<token>/<path>."""
        token, _, name = unquote(path).removeprefix("/file/bot").partition("/")
        return next((kept for kept in self.shelf.values() if token == self.token and kept.path == name), None)


def _error(code: int, description: str, **parameters: int) -> tuple[int, dict[str, Any]]:
    return code, {"ok": False, "error_code": code, "description": description, **({"parameters": parameters} if parameters else {})}


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops a burst of connections for a whole second


class _Handler(BaseHTTPRequestHandler):
    """The door of api.telegram.org: /bot<token>/<method>, forms or JSON in, JSON out, connections kept."""

    telegram: TelegramApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for an acknowledgement
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token, _, method = urlsplit(self.path).path.removeprefix("/bot").partition("/")
        given = self._parameters(body)
        self.telegram.calls.append((method, given))
        mood = self.telegram.moods.popleft() if self.telegram.moods else Mood()
        if mood.delay:
            self.telegram.closing.wait(mood.delay)
        if mood.gate:
            mood.gate.wait(20)
        if mood.hang_up:
            self.close_connection = True
        elif mood.body is not None:
            self._say(mood.code or 200, mood.body)
        elif mood.code:
            after = {"retry_after": mood.retry_after} if mood.retry_after else {}
            status, words = _error(mood.code, mood.description, **after)
            self._say(status, json.dumps(words).encode())
        else:
            status, words = self.telegram.answer(token, method, given)
            self._say(status, json.dumps(words).encode())

    def do_GET(self) -> None:
        """A file, or a method with its parameters in the address."""
        if not self.path.startswith("/file/"):
            self.do_POST()
            return
        self.telegram.calls.append(("file", {}))
        kept = self.telegram.kept_at(self.path)
        if kept is None or kept.status != 200:
            status, words = _error(kept.status if kept else 404, "Not Found")
            self._say(status, json.dumps(words).encode(), {"Retry-After": str(kept.retry_after)} if kept and kept.retry_after else {})
            return
        self.send_response(200)
        self.send_header("Content-Type", kept.mime)
        if kept.told != -1:
            self.send_header("Content-Length", str(len(kept.content) if kept.told is None else kept.told))
        self.close_connection = kept.told is not None
        self.end_headers()
        with suppress(OSError):  # who asked may have heard enough
            for start in range(0, len(kept.content), kept.piece):
                self.wfile.write(kept.content[start : start + kept.piece])
                self.wfile.flush()
                if kept.pause and self.telegram.closing.wait(kept.pause):
                    break

    def _parameters(self, body: bytes) -> dict[str, Any]:
        if "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(body or b"{}"))
        words = f"{urlsplit(self.path).query}&{body.decode()}".strip("&")
        given: dict[str, Any] = {name: values[0] for name, values in parse_qs(words, keep_blank_values=True).items()}
        for name in ("reply_markup", "link_preview_options"):
            if name in given:
                given[name] = json.loads(given[name])
        return given

    def _say(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
