"""Telegram on loopback: a Bot API that sends, objects and floods as Telegram does, and posts updates to a webhook."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "telegram-secret_for-tests"


@dataclass(frozen=True)
class Mood:
    """One answer out of turn: an error (`code`, `description`, `retry_after` seconds), or a raw body; `delay` seconds first."""

    code: int = 0
    description: str = ""
    retry_after: int = 0
    body: bytes | None = None
    delay: float = 0.0
    hang_up: bool = False


class TelegramApi:
    """`with TelegramApi() as telegram:` then point TELEGRAM_API_URL at `telegram.url`. https://core.telegram.org/bots/api

    sent: Message objects given out, in order · calls: every request (method, parameters), webhook replies included.
    Sets to fill, of chat ids: blocked (403), deactivated (403), unknown (400 chat not found). moods: answers out of turn.
    """

    def __init__(self, token: str = TOKEN, secret: str = SECRET) -> None:
        self.token, self.secret = token, secret
        self.sent: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.blocked: set[int] = set()
        self.deactivated: set[int] = set()
        self.unknown: set[int] = set()
        self.moods: deque[Mood] = deque()
        self.closing = threading.Event()
        self._message_ids = itertools.count(1001)
        self._update_ids = itertools.count(700_000_001)
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

    # a person's side

    def text(self, chat_id: int, text: str, *, name: str = "Aminah") -> dict[str, Any]:
        """An Update: this person wrote these words in the private chat."""
        return {"update_id": next(self._update_ids), "message": self._message(chat_id, name, {"text": text})}

    def location(self, chat_id: int, lat: float, lon: float, *, name: str = "Aminah") -> dict[str, Any]:
        """An Update: this person shared a place."""
        place = {"location": {"latitude": lat, "longitude": lon}}
        return {"update_id": next(self._update_ids), "message": self._message(chat_id, name, place)}

    def tap(self, chat_id: int, data: str, *, name: str = "Aminah") -> dict[str, Any]:
        """An Update: this person tapped a button of our last message."""
        under = {**self._message(chat_id, name, {"text": "…"}), "from": self.me}
        tapped = {
            "id": str(next(self._update_ids)),
            "from": self._person(chat_id, name),
            "message": under,
            "chat_instance": "-3871",
            "data": data,
        }
        return {"update_id": next(self._update_ids), "callback_query": tapped}

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
        if method == "getMe":
            return 200, {"ok": True, "result": self.me}
        if method == "answerCallbackQuery":
            return 200, {"ok": True, "result": True}
        if method != "sendMessage":
            return _error(404, "Not Found")
        objection = self._objection(given)
        if objection:
            return objection
        chat_id, markup = int(given["chat_id"]), given.get("reply_markup")
        with self._lock:
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
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            return _error(400, "Bad Request: message is too long")
        buttons = itertools.chain.from_iterable((given.get("reply_markup") or {}).get("inline_keyboard", []))
        if any(not 1 <= len(button.get("callback_data", "").encode()) <= 64 for button in buttons):
            return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        return None

    def _message(self, chat_id: int, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """A full Message; date in seconds, from with is_bot."""
        chat = {"id": chat_id, "first_name": name, "type": "private"}
        return {
            "message_id": next(self._message_ids),
            "from": self._person(chat_id, name),
            "chat": chat,
            "date": int(time.time()),
            **content,
        }

    def _person(self, chat_id: int, name: str) -> dict[str, Any]:
        return {"id": chat_id, "is_bot": False, "first_name": name, "language_code": "id"}


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

    do_GET = do_POST

    def _parameters(self, body: bytes) -> dict[str, Any]:
        if "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(body or b"{}"))
        given: dict[str, Any] = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        for name in ("reply_markup", "link_preview_options"):
            if name in given:
                given[name] = json.loads(given[name])
        return given

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
