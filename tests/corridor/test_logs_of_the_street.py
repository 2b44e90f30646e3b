"""Every door with people's numbers, names, words and our tokens in it: none of them stands in a log, an error, an alarm or on the board."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from ntbcare import logs
from tests.corridor.knocks import STATUS, direct_on_x, feed, kannel, letter, meta, modem, post_on_x, private, telegram, twilio, whatsapp
from tests.corridor.streets import KANNEL_SECRET, Street, open_street
from tests.counterparts import kannel_api, meta_api, telegram_api, twilio_api, x_api
from tests.counterparts.imap_server import PASSWORD as IMAP_PASSWORD
from tests.counterparts.smtp_server import PASSWORD as SMTP_PASSWORD

NUMBER, CHAT, PERSON, MAIL = "6281298765432", 987654321012, "6876543210987", "kenari.kuning@rahasia.example"
WORDS = "Sandi kenari kuning: jalan rusak parah di depan pasar kami"
TOKENS = (
    twilio_api.AUTH_TOKEN, kannel_api.PASSWORD, KANNEL_SECRET, telegram_api.TOKEN, telegram_api.SECRET, meta_api.APP_SECRET, meta_api.TOKEN,
    meta_api.PAGE_TOKEN, meta_api.VERIFY_TOKEN, *x_api.KEYS, IMAP_PASSWORD, SMTP_PASSWORD,
)  # fmt: skip
CANARIES = ("1298765432", str(CHAT), PERSON, "rahasia.example", "kenari", "Zulaikha", *TOKENS)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every line that is logged meanwhile, as it is written: structlog's at its end, the libraries' through the house's own formatter."""
    lines: list[str] = []

    def tap(logger: object, name: str, line: str) -> str:
        lines.append(line)
        return line

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    ear, root = Ear(logging.WARNING), logging.getLogger()
    ear.setFormatter(logs._Plain("%(levelname)s %(name)s %(message)s"))
    processors = structlog.get_config()["processors"]
    processors.append(tap)
    root.addHandler(ear)
    try:
        yield lines
    finally:
        processors.remove(tap)
        root.removeHandler(ear)


def found(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.lower() in text.lower()]


@pytest.fixture(scope="module")
def street(servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with open_street(servers, template, tmp_path_factory.mktemp("street"), "gammu_logs") as opened:
        yield opened


def good_and_bad(street: Street) -> list[int]:
    """Every door, the canaries in every field in which people stand; then what nobody can read, and forged."""
    number, who = f"+{NUMBER}", {"id": PERSON, "name": "Zulaikha"}
    person = {
        "chat": {"id": CHAT, "type": "private", "first_name": "Zulaikha"},
        "from": {"id": CHAT, "is_bot": False, "first_name": "Zulaikha"},
    }
    contacts = [{"profile": {"name": "Zulaikha"}, "wa_id": NUMBER}]
    body = {"from": NUMBER, "text": {"body": WORDS}}
    street.x.account(PERSON, "kenari")
    brought = [
        twilio(Body=WORDS, From=number), twilio(Body=WORDS, From=number, MessageSid="-"), twilio(Body=WORDS, From=number, signature="x"),
        twilio(STATUS, To=number, MessageStatus="teleported"), kannel(text=WORDS, **{"from": NUMBER}), kannel(text=WORDS, id="-", **{"from": NUMBER}),
        kannel(secret="salah", text=WORDS, **{"from": NUMBER}), kannel("dlr", state="32", answer=f"to {NUMBER} text:{WORDS}"),
        modem((WORDS, ""), sender=number), modem((WORDS, ""), sender=number, Coding="8bit"), telegram({"text": WORDS}, **person),
        telegram({"scent": WORDS}, **person), telegram({"text": WORDS}, "salah", **person), telegram({"text": [WORDS]}, **person),
        meta(whatsapp(body, contacts=contacts)), meta(whatsapp({**body, "type": "hologram"})), meta(whatsapp(body), "sha256=00"),
        meta(whatsapp({**body, "id": None})), meta(private("page", sender=who, message={"mid": "m_{n}", "text": WORDS})),
        meta(private("page", sender=who, hologram={"text": WORDS})), meta(feed(message=WORDS, **{"from": who})),
        meta(feed(message=[WORDS], **{"from": who})), direct_on_x(WORDS, sender=PERSON), direct_on_x(WORDS, sender=PERSON, created_at=WORDS),
        post_on_x(f"@ntbcare {WORDS}", author=PERSON), letter(WORDS, headers={"From": f"Zulaikha <{MAIL}>"}),
        letter(WORDS, headers={"From": f"Zulaikha <{MAIL}>", "Content-Type": 'text/plain; charset="kenari"'}),
    ]  # fmt: skip
    return [bring(street, 7000 + at)() for at, bring in enumerate(brought)]


def everybody_fails(street: Street) -> None:
    """Each provider says no in its own words, which name the person; some hang up, some are silent, some are gone."""
    said = f"The number +{NUMBER} of {MAIL}, user {PERSON}, chat {CHAT} is refused: {WORDS}"
    body = json.dumps({"code": 21211, "message": f"The 'To' number +{NUMBER} is not a valid phone number."}).encode()
    street.twilio.moods.extend([twilio_api.Mood(status=400, body=body), twilio_api.Mood(hang_up=True), twilio_api.Mood(code=20003)] * 4)
    street.kannel.moods.extend(
        [kannel_api.Mood(500, f"Proxy: to={NUMBER} failed"), kannel_api.Mood(403, f"Not routable. {NUMBER}"), kannel_api.Mood(hang_up=True)]
        * 4
    )
    chat_words = f"Bad Request: chat {CHAT} not found"
    street.telegram.moods.extend(
        [telegram_api.Mood(400, chat_words), telegram_api.Mood(401, "Unauthorized"), telegram_api.Mood(hang_up=True)] * 4
    )
    street.meta.moods.extend(
        [meta_api.Mood(code=99_999, message=f"Message to '{NUMBER}' failed {PERSON}"), meta_api.Mood(hang_up=True)] * 6
    )
    problem = json.dumps({"title": "Bad", "detail": f"user {PERSON} @kenari does not exist"}).encode()
    street.x.moods.extend([x_api.Mood(status=400, body=problem), x_api.Mood(status=401), x_api.Mood(hang_up=True)] * 3)
    street.smtp.failing[MAIL] = f"550 5.1.1 <{MAIL}> {said[:60]}"


def bounced(street: Street) -> None:
    """A mail of ours comes back, and says whose."""
    name = street.town.sql("SELECT external_id FROM notices WHERE channel = 'email' AND external_id IS NOT NULL LIMIT 1")
    lines = [
        "From: MAILER-DAEMON@mail.example", "Message-ID: <d0@mail.example>", "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
        "", "--B", "Content-Type: text/plain", "", f"Maaf, {MAIL}", "", "--B", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mail.example", "", f"Final-Recipient: rfc822; {MAIL}", "Action: failed", "Status: 5.1.1",
        f"Diagnostic-Code: smtp; 550 5.1.1 <{MAIL}> User unknown", "", "--B", "Content-Type: text/rfc822-headers", "",
        f"Message-ID: <{name[0][0] if name else 'notice-1@ntbprov.example'}>", "", "--B--",
    ]  # fmt: skip
    letter(whole="\r\n".join(lines).encode())(street, 7900)()


def test_no_line_no_error_no_alarm_and_no_board_tells_who_said_what(street: Street, capsys: pytest.CaptureFixture[str]) -> None:
    with heard() as lines:
        assert set(good_and_bad(street)) == {200, 204, 403}
        street.town.work_off()
        bounced(street)
        everybody_fails(street)
        failed = []
        for gateway in ("twilio", "kannel", "twilio", "kannel"):
            street.town.house.gateways["sms"] = (gateway,)
            street.town.clock.forward(minutes=61)
            street.town.sql("UPDATE notices SET state = 'waiting', attempts = 0, dialled_at = NULL, possible_repeats = 0")
            street.town.sql("UPDATE gateways SET lowered_until = NULL")
            street.town.sql(
                "UPDATE errands SET done_at = NULL, dead_at = NULL, attempts = 0, not_before = created_at WHERE kind = 'deliver'"
            )
            street.town.work_off()
            failed += street.town.sql("SELECT channel, gateway, last_error FROM notices WHERE last_error IS NOT NULL")
    assert {row[1] for row in failed} >= {"twilio", "kannel", "telegram", "meta", "x", "mail"}, "each provider did say no"
    assert {row[0] for row in failed} >= {"whatsapp", "facebook"}
    assert any("hook.bad_signature" in line for line in lines)
    board = street.town.desk("admin").get("/kendali").text
    shown = {
        "log": "\n".join(lines), "output": "".join(capsys.readouterr()), "board": board, "notices": str(failed),
        "alarms": str(street.town.sql("SELECT kind, subject, sentence FROM alarms")),
        "errands": str(street.town.sql("SELECT last_error, key, road FROM errands")),
        "unread": str(street.town.sql("SELECT channel, external_id, reason FROM unread")),
        "gateways": str(street.town.sql("SELECT name, last_error FROM gateways")),
        "receipts": str(street.town.sql("SELECT external_id, reason FROM early_receipts")),
    }  # fmt: skip
    assert {place: canaries for place, text in shown.items() if (canaries := found(text))} == {}


def test_the_secret_of_kannel_is_not_kept_with_what_could_not_be_read(street: Street) -> None:
    assert kannel(text="Sandi jalak: belum terbaca", id="-", **{"from": NUMBER})(street, 7801)() == 200
    ((raw,),) = street.town.sql("SELECT raw FROM unread WHERE raw LIKE '%jalak%'")
    assert "text=Sandi%20jalak" in raw
    assert f"from={NUMBER}" in raw
    assert KANNEL_SECRET not in raw
    assert "secret" not in raw


def test_the_stand_in_shows_the_last_three_digits_alone(town, capsys: pytest.CaptureFixture[str]) -> None:
    town.sms(f"+{NUMBER}", WORDS)
    town.telegram(CHAT, WORDS)
    with heard() as lines:
        town.work_off()
    said = capsys.readouterr().out
    assert {line.split(" to ")[1][:6] for line in said.splitlines() if " to " in line} == {"...432", "...012"}
    assert found(said + "\n".join(lines)) == []


def _conf():
    path = Path(__file__).parents[2] / "ntbcare/local/gunicorn_conf.py"
    spec = importlib.util.spec_from_file_location("gunicorn_conf_for_a_test", path)
    assert spec is not None and spec.loader is not None
    import gc

    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    gc.enable()
    return module


def test_gunicorn_writes_no_access_log_and_quotes_no_address_it_could_not_serve() -> None:
    from gunicorn.config import Config
    from gunicorn.http.errors import InvalidRequestLine

    conf, settings = _conf(), Config()
    assert conf.accesslog is None
    assert conf.limit_request_line == 8190
    settings.set("loglevel", conf.loglevel)
    log = conf.logger_class(settings)
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logs._Plain("%(message)s").format(record))

    log.error_log.addHandler(Ear())
    address = f"/hooks/kannel/sms?secret={KANNEL_SECRET}&from={NUMBER}&text=Sandi%20kenari"
    log.warning(f"Invalid request from ip=36.81.{NUMBER[:2]}.1: {InvalidRequestLine(f'GET {address} x y')}")
    try:
        raise ValueError(f"invalid literal: {NUMBER}")
    except ValueError:
        log.exception("Error handling request %s %s", "GET", address)
    assert len(lines) == 2
    assert found("\n".join(lines)) == []
    assert "36.81." not in "\n".join(lines)
    assert "GET /hooks/kannel/sms" in lines[1]
    assert re.search(r"test_logs_of_the_street\.py.*\n.*\n?ValueError$", lines[1]), lines[1]
