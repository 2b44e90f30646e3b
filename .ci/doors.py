"""Files one case through each door of a running house and looks for it in the queue of the officer whose case it is.

Usage: doors.py file STATE LOG   files cases, waits until each is in the queue, writes STATE (JSON)
       doors.py check STATE LOG  looks for the cases of STATE again, after a restart
LOG is what make run printed: the demo password is read from it. Needs PUBLIC_URL, and for "file" TWILIO_AUTH_TOKEN, TELEGRAM_SECRET.
"""

import html.parser
import http.cookiejar
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

BASE = os.environ["PUBLIC_URL"].rstrip("/")
OFFICER = "bagus@ntbcare.example"  # DPUPR Kab. Bima: a broken regency road in Woha is theirs
PATIENCE = 20.0  # seconds from the answer at the door to the desk's queue
PHONE = "+62812" + "".join(secrets.choice("0123456789") for _ in range(8))
Answer = tuple[int, dict[str, str], str]  # status, headers in lower case, body


class _Stay(urllib.request.HTTPRedirectHandler):
    """Hands redirects back instead of following them."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class _Inputs(html.parser.HTMLParser):
    """Collects hidden inputs of a page as name → value."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "input" and facts.get("type") == "hidden" and facts.get("name"):
            self.found[str(facts["name"])] = facts.get("value") or ""


class Visitor:
    """One browser: its own cookies, no redirects followed."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _Stay, urllib.request.ProxyHandler({}))

    def ask(self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """GET, or POST when there is data. Any status is an answer, also 4xx and 5xx."""
        request = urllib.request.Request(BASE + path, data=data, headers={"Accept": "*/*", **(headers or {})})
        try:
            with self._opener.open(request, timeout=15) as answer:
                return answer.status, _lower(answer.headers.items()), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, _lower(error.headers.items()), error.read().decode(errors="replace")

    def form(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        """POST an HTML form."""
        return self.ask(path, urllib.parse.urlencode(fields).encode(), headers)

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden inputs of a page, for instance csrf_token."""
        status, _, body = self.ask(path)
        expect(status == 200, f"GET {path} answered {status}", body)
        page = _Inputs()
        page.feed(body)
        return page.found


def _lower(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}


def expect(holds: bool, sentence: str, body: str = "") -> None:
    """End with a sentence unless it holds."""
    if not holds:
        sys.exit(f"doors   FAILED: {sentence}\n{body[:1500]}")


TOLD = iter(
    (
        "Jalan rusak parah di Kecamatan Woha Kabupaten Bima, dekat warung {}",
        "Jalan aspal terkelupas di Kecamatan Woha Kabupaten Bima, depan toko {}",
        "Jembatan retak di Kecamatan Bolo Kabupaten Bima, samping kios {}",
        "Jalan amblas di Kecamatan Sape Kabupaten Bima, arah kebun {}",
    )
)  # each in a place of its own: whoever tells what is told already by a channel is asked first whether it is the same


def words(marker: str) -> str:
    """A complaint any reader can place: topic, kecamatan, kabupaten, and a word nobody else writes; short enough to be a whole title."""
    return next(TOLD).format(marker)


# ── the doors ──


def by_form(marker: str) -> str:
    """The citizen's form, without JavaScript. Returns the ticket if the answer names it, else ''."""
    visitor = Visitor()
    hidden = visitor.hidden("/lapor")
    fields = {
        **hidden,
        "text": words(marker),
        "kind": "complaint",
        "category": "jalan_jembatan",
        "region": "52.06.03",
        "name": "Siti Uji",
        "phone": PHONE,
        "token": hidden.get("token") or secrets.token_hex(16),
    }
    status, headers, body = visitor.form("/lapor", fields)
    expect(status == 303, f"POST /lapor answered {status}, not 303", body)
    shown = visitor.ask(urllib.parse.urlsplit(headers.get("location", "")).path or "/")
    expect(shown[0] == 200, f"the page after POST /lapor answered {shown[0]}", shown[2])
    ticket = re.search(r"/t/([\w-]+)", headers.get("location", ""))
    return ticket[1] if ticket else ""


def by_api(marker: str) -> str:
    """The JSON API, asked twice with one Idempotency-Key. Returns the ticket."""
    wish = {
        "text": words(marker),
        "kind": "complaint",
        "category": "jalan_jembatan",
        "region": "52.06.03",
        "name": "Siti Uji",
        "phone": PHONE,
        "anonymous": False,
        "confidential": False,
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
    status, _, body = Visitor().ask("/api/v1/cases", json.dumps(wish).encode(), headers)
    expect(status == 201, f"POST /api/v1/cases answered {status}, not 201", body)
    first = json.loads(body)
    expect(bool(first.get("ticket") and first.get("pin")), "POST /api/v1/cases gave no ticket or PIN", body)
    status, _, body = Visitor().ask("/api/v1/cases", json.dumps(wish).encode(), headers)
    expect(status == 200, f"the same Idempotency-Key answered {status}, not 200", body)
    expect(json.loads(body)["ticket"] == first["ticket"], "the same Idempotency-Key made a second case", body)
    return str(first["ticket"])


def by_twilio(marker: str) -> str:
    """An SMS from Twilio, signed over the public address; also an unsigned one, which must be refused."""
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    fields = {
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "AccountSid": os.environ.get("TWILIO_ACCOUNT_SID") or f"AC{secrets.token_hex(16)}",
        "From": PHONE,
        "To": os.environ.get("TWILIO_FROM") or "+15005550006",
        "Body": words(marker),
        "NumMedia": "0",
        "NumSegments": "1",
    }
    path = "/hooks/twilio/sms"
    status, _, body = Visitor().form(path, fields, {"X-Twilio-Signature": "bm90IHNpZ25lZA=="})
    expect(400 <= status < 500, f"POST {path} with a false signature answered {status}", body)
    signature = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"]).compute_signature(BASE + path, fields)
    status, _, body = Visitor().form(path, fields, {"X-Twilio-Signature": signature})
    expect(200 <= status < 300, f"POST {path} answered {status}", body)
    return ""


def by_telegram(marker: str) -> str:
    """A message to the Telegram bot; also one with a false secret, which must be refused."""
    person = 100_000_000 + secrets.randbelow(800_000_000)
    update = {
        "update_id": secrets.randbelow(1_000_000_000),
        "message": {
            "message_id": 1 + secrets.randbelow(1_000_000),
            "date": int(time.time()),
            "chat": {"id": person, "type": "private", "first_name": "Siti"},
            "from": {"id": person, "is_bot": False, "first_name": "Siti", "language_code": "id"},
            "text": words(marker),
        },
    }
    path, data = "/hooks/telegram", json.dumps(update).encode()
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": "false"}
    status, _, body = Visitor().ask(path, data, headers)
    expect(400 <= status < 500, f"POST {path} with a false secret answered {status}", body)
    headers["X-Telegram-Bot-Api-Secret-Token"] = os.environ["TELEGRAM_SECRET"]
    status, _, body = Visitor().ask(path, data, headers)
    expect(200 <= status < 300, f"POST {path} answered {status}", body)
    return ""


DOORS: dict[str, Callable[[str], str]] = {
    "form": by_form,
    "api": by_api,
    "twilio": by_twilio,
    "telegram": by_telegram,
}

# ── the desk ──


def officer(log: Path) -> Visitor:
    """The officer, signed in with the demo password that make run printed."""
    printed = log.read_text(errors="replace")
    password = re.search(r"password for all: (\S+)\)", printed)
    expect(password is not None and OFFICER in printed, "make run printed no demo sign-ins", printed[-1500:])
    assert password is not None
    visitor = Visitor()
    fields = {**visitor.hidden("/masuk"), "email": OFFICER, "password": password[1]}
    status, _, body = visitor.form("/masuk", fields, {"Referer": f"{BASE}/masuk"})
    expect(status == 303, f"signing in as {OFFICER} answered {status}, not 303", body)
    status, _, body = visitor.ask("/meja")
    expect(status == 200, f"GET /meja answered {status}", body)
    return visitor


def find(filed: dict[str, dict[str, str]], desk: Visitor, patience: float) -> None:
    """Wait until every case is on the first page of the queue, and tell how long each took."""
    begun = time.monotonic()
    missing = dict(filed)
    while missing:
        queue = desk.ask("/meja")[2]
        for door, case in list(missing.items()):
            if case["marker"] in queue:
                expect(
                    not case["ticket"] or case["ticket"] in queue, f"the queue shows the case of {door} without its ticket {case['ticket']}"
                )
                print(f"doors   {door:<9} in the queue of {OFFICER} after {time.monotonic() - begun:.1f} s", flush=True)
                del missing[door]
        late = time.monotonic() - begun > patience
        expect(not (missing and late), f"not in the queue of {OFFICER} after {patience:.0f} s: {', '.join(missing)}", queue)
        time.sleep(0.3)


def main() -> None:
    """See the module's docstring."""
    if len(sys.argv) != 4 or sys.argv[1] not in ("file", "check"):
        sys.exit(__doc__)
    state, log = Path(sys.argv[2]), Path(sys.argv[3])
    desk = officer(log)
    if sys.argv[1] == "check":
        find(json.loads(state.read_text()), desk, patience=5.0)
        return
    filed = {}
    for door, file in DOORS.items():
        marker = "uji" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(10))
        begun = time.monotonic()
        filed[door] = {"marker": marker, "ticket": file(marker)}
        print(f"doors   {door:<9} answered in {(time.monotonic() - begun) * 1000:.0f} ms", flush=True)
    state.write_text(json.dumps(filed))
    find(filed, desk, PATIENCE)


if __name__ == "__main__":
    main()
