"""ONE TABLE of bad inputs over every door: what comes, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from tests.corridor.knocks import (
    STATUS,
    Bring,
    comment,
    direct_on_x,
    feed,
    kannel,
    letter,
    meta,
    modem,
    post_on_x,
    private,
    telegram,
    telegram_body,
    twilio,
    twilio_body,
    whatsapp,
)
from tests.corridor.streets import OUR_NUMBER


class Outcome(StrEnum):
    """What became of it; each is a set of changes that test_bad_input.py counts in the tables."""

    CASE = "case"  # a message, a case, and a receipt owed
    ANSWERED = "answered"  # a message and words owed, no case
    HEARD = "heard"  # a message, no case, and nobody is answered
    CANDIDATE = "candidate"  # public words that wait for a coordinator, or became a case at once
    PERSON = "kept for a person with alarm"
    CASE_AND_PERSON = "case, and the whole kept for a person with alarm"
    NOTED = "receipt noted"  # about a message that we did not send (yet)
    IGNORED = "ignored"
    REFUSED = "refused 403"
    TOO_LARGE = "refused 413"


CASE, ANSWERED, HEARD, CANDIDATE, PERSON = Outcome.CASE, Outcome.ANSWERED, Outcome.HEARD, Outcome.CANDIDATE, Outcome.PERSON
CASE_AND_PERSON, NOTED, IGNORED, REFUSED, TOO_LARGE = list(Outcome)[5:]


class Row(NamedTuple):
    """`gateway` is whose hook or look it is; `kept` is how the words must stand in the case ("" = not looked at)."""

    says: str
    gateway: str
    bring: Bring
    outcome: Outcome
    kept: str = ""


# WORDS THROUGH EVERY DOOR: (says, text, outcome in private, as it must be kept or None: as it came)

LONG = " ".join(["Jalan berlubang panjang sekali."] * 313)  # 10,015 letters
WORDS: tuple[tuple[str, str, Outcome, str | None], ...] = (
    ("HTML and script", "<script>alert(1)</script><b>Jalan rusak</b> di depan pasar kami", CASE, None),
    ("something like SQL", "Jalan rusak'); DROP TABLE cases; -- di depan pasar kami", CASE, None),
    ("ten thousand letters", LONG, CASE, None),
    ("emoji only", "🚧😡🚧", ANSWERED, None),
    ("right-to-left letters", "الطريق مكسور أمام السوق منذ شهر", CASE, None),
    ("bidi overrides", "Jalan \u202erusak\u202c parah di \u2066depan\u2069 pasar kami", CASE, "Jalan rusak parah di depan pasar kami"),
    ("a NUL in the text", "Jalan\x00 rusak parah di depan pasar kami", CASE, ""),
    ("a lone surrogate", "Jalan rusak \ud83d parah di depan pasar kami", CASE, ""),
    ("blanks only", "   \n \t ", ANSWERED, None),
    ("digits like a ticket, alone", "482173009", ANSWERED, None),
    ("digits that are no ticket", "482173059", ANSWERED, None),
    ("digits like a ticket, in a report", "482173009 nomor pelanggan saya, air PDAM mati sejak kemarin", CASE, None),
    ("templates and shells", "{{7*7}} ${jndi:ldap://x} `id` $(reboot) jalan rusak di depan pasar", CASE, None),
    ("letters that stack", "Jalan r\u0301\u0302\u0303\u0304\u0305u\u0316\u0317sak di depan pasar kami", CASE, ""),
)

# door → (gateway, said in public?, the words → how they are brought)
DOORS: dict[str, tuple[str, bool, Callable[[str], Bring]]] = {
    "twilio": ("twilio", False, lambda text: twilio(Body=text)),
    "kannel": ("kannel", False, lambda text: kannel(text=text)),
    "kannel in UTF-16": (
        "kannel",
        False,
        lambda text: kannel(text=text.encode("utf-16-be", "surrogatepass"), coding="2", charset="UTF-16BE"),
    ),
    "gammu": ("gammu", False, lambda text: modem((text, ""))),
    "telegram": ("telegram", False, lambda text: telegram({"text": text})),
    "whatsapp": ("meta", False, lambda text: meta(whatsapp({"text": {"body": text}}))),
    "messenger": ("meta", False, lambda text: meta(private("page", message={"mid": "m_{n}", "text": text}))),
    "instagram": ("meta", False, lambda text: meta(private("instagram", message={"mid": "m_{n}", "text": text}))),
    "facebook comment": ("meta", True, lambda text: meta(feed(message=text))),
    "instagram comment": ("meta", True, lambda text: meta(comment(text=text))),
    "x post": ("x", True, lambda text: post_on_x(f"@ntbcare {text}")),
    "x direct": ("x", False, direct_on_x),
    "mail": ("mail", False, letter),
}


def words_through_every_door() -> list[Row]:
    rows = []
    for door, (gateway, public, bring) in DOORS.items():
        for says, text, outcome, kept in WORDS:
            stands = text if kept is None and outcome is CASE and not public else kept or ""
            rows.append(Row(f"{door}: {says}", gateway, bring(text), CANDIDATE if public else outcome, stands))
    return rows


# WHAT ONLY ONE DOOR CAN MEET

GOOD = "Jalan rusak parah di depan pasar kami"
DEEP, HUGE = b"[" * 50_000, b'{"a": "' + b"x" * 5_000_000 + b'"}'
TEXT = {"text": {"body": GOOD}}


def _forged() -> list[Row]:
    said = {"text": GOOD}
    wrong = {"none": None, "empty": "", "wrong": "c2FsYWg=", "no ASCII": "\xff", "very long": "=" * 5000}
    rows = [Row(f"twilio: signature {name}", "twilio", twilio(Body=GOOD, signature=given), REFUSED) for name, given in wrong.items()]
    rows += [
        Row(f"twilio status: signature {name}", "twilio", twilio(STATUS, given, MessageStatus="delivered"), REFUSED)
        for name, given in wrong.items()
    ]
    rows += [
        Row(f"kannel {path}: secret {name}", "kannel", kannel(path, given, text=GOOD), REFUSED)
        for path in ("sms", "dlr")
        for name, given in wrong.items()
    ]
    rows += [Row(f"telegram: secret {name}", "telegram", telegram(said, given), REFUSED) for name, given in wrong.items()]
    rows += [Row(f"meta: signature {name}", "meta", meta(whatsapp(TEXT), given), REFUSED) for name, given in wrong.items()]
    return [
        *rows,
        Row("twilio: signed with another token", "twilio", twilio(Body=GOOD, token="f" * 32), REFUSED),
        Row("meta: signed with SHA-1 as of old", "meta", meta(whatsapp(TEXT), "sha1=" + "0" * 40), REFUSED),
        Row("meta: a signature of another body", "meta", meta(whatsapp(TEXT), "sha256=" + "0" * 64), REFUSED),
    ]


def _twilio() -> list[Row]:
    at = "twilio"
    return [
        Row("twilio: no text field at all", at, twilio(), ANSWERED),
        Row("twilio: no sender", at, twilio(Body=GOOD, From="-"), PERSON),
        Row("twilio: no id", at, twilio(Body=GOOD, MessageSid="-"), PERSON),
        Row("twilio: an empty body", at, twilio_body(b"", "application/x-www-form-urlencoded"), PERSON),
        Row(
            "twilio: JSON where a form is expected", at, twilio_body(b'{"Body": "Jalan rusak", "From": "+628"}', "application/json"), PERSON
        ),
        Row("twilio: a broken multipart", at, twilio_body(b"--x\r\nJalan rusak", "multipart/form-data; boundary=x"), PERSON),
        Row("twilio: multipart without a boundary", at, twilio_body(b"Jalan rusak tanpa batas", "multipart/form-data"), PERSON),
        Row("twilio: five megabytes", at, twilio_body(HUGE, "application/octet-stream"), TOO_LARGE),
        Row("twilio: unknown fields", at, twilio(Body=GOOD, RcsCard="x", Hologram="\x00y"), CASE),
        Row("twilio: a NUL in the id", at, twilio(Body=GOOD, MessageSid="SM1\x00"), PERSON),
        Row("twilio: a NUL in the sender", at, twilio(Body=GOOD, From="+62812\x0000000000"), PERSON),
        Row("twilio: line breaks in the id", at, twilio(Body=GOOD, MessageSid="SM1\r\nX: y"), PERSON),
        Row("twilio: an id of a thousand letters", at, twilio(Body=GOOD, MessageSid="S" * 1000), PERSON),
        Row("twilio: a sender of a thousand letters", at, twilio(Body=GOOD, From="+6" * 500), PERSON),
        Row("twilio: a name as sender", at, twilio(Body="Promo pulsa murah hari ini saja", From="TELKOMSEL"), HEARD),
        Row("twilio: a short code as sender", at, twilio(Body="Kuota Anda tinggal sedikit sekali", From="3636"), HEARD),
        Row("twilio: our own number", at, twilio(Body="Terima kasih, laporan Anda kami terima", From=OUR_NUMBER), HEARD),
        Row(
            "twilio: NUL in a file's address",
            at,
            twilio(Body=GOOD, MediaUrl0="https://api.twilio.com/\x00", MediaContentType0="a\x00"),
            CASE,
        ),
        Row("twilio: a file that lies elsewhere", at, twilio(Body=GOOD, MediaUrl0="http://169.254.169.254/latest/meta-data"), CASE),
        Row("twilio: a receipt nobody waits for", at, twilio(STATUS, MessageStatus="delivered"), NOTED),
        Row("twilio: a state nobody knows", at, twilio(STATUS, MessageStatus="teleported"), PERSON),
        Row("twilio: a receipt without a state", at, twilio(STATUS), PERSON),
        Row("twilio: a receipt with a NUL in its id", at, twilio(STATUS, MessageSid="SM\x00", MessageStatus="failed"), PERSON),
        Row("twilio: an inbound echo on the status address", at, twilio(STATUS, MessageStatus="received"), IGNORED),
    ]


def _kannel() -> list[Row]:
    at, half = "kannel", "😡".encode("utf-16-be")[:2]
    return [
        Row("kannel: no text", at, kannel(), ANSWERED),
        Row("kannel: no sender", at, kannel(text=GOOD, **{"from": "-"}), PERSON),
        Row("kannel: no id", at, kannel(text=GOOD, id="-"), PERSON),
        Row("kannel: a NUL in the id", at, kannel(text=GOOD, id="kn\x00"), PERSON),
        Row("kannel: a lone surrogate in the id", at, kannel(text=GOOD, id="kn\ud800"), PERSON),
        Row("kannel: a NUL in the sender", at, kannel(text=GOOD, **{"from": "62813\x0000000000"}), CASE),
        Row("kannel: a line break in the id", at, kannel(text=GOOD, id="kn\n1"), PERSON),
        Row("kannel: a name as sender", at, kannel(text="Promo pulsa murah hari ini saja", **{"from": "TELKOMSEL"}), HEARD),
        Row("kannel: a short code as sender", at, kannel(text="Kuota Anda tinggal sedikit sekali", **{"from": "3636"}), HEARD),
        Row("kannel: our own number", at, kannel(text="Terima kasih, kami terima", to="081100000000", **{"from": "6281100000000"}), HEARD),
        Row("kannel: unknown variables", at, kannel(text=GOOD, hologram="1", udh=b"\x05\x00\x03"), CASE, GOOD),
        Row("kannel: a time that is none", at, kannel(text=GOOD, at="kemarin"), CASE, GOOD),
        Row("kannel: a time of the year 300000", at, kannel(text=GOOD, at="9" * 18), CASE, GOOD),
        Row("kannel: a time of long ago", at, kannel(text=GOOD, at="1"), CASE, GOOD),
        Row(
            "kannel: UTF-16 that ends in half a letter",
            at,
            kannel(text=GOOD.encode("utf-16-be") + b"\x00", coding="2", charset="UTF-16BE"),
            CASE,
        ),
        Row(
            "kannel: UTF-16 that ends in half an emoji",
            at,
            kannel(text=GOOD.encode("utf-16-be") + half, coding="2", charset="UTF-16BE"),
            CASE,
        ),
        Row("kannel: UTF-16 called UTF-8", at, kannel(text=GOOD.encode("utf-16-be")), CASE),
        Row("kannel: an alphabet nobody knows", at, kannel(text=GOOD, charset="KLINGON"), CASE, GOOD),
        Row("kannel: no UTF-8, called so", at, kannel(text=b"Jalan rusak \xff\xfe parah di depan pasar"), CASE),
        Row("kannel: a receipt nobody waits for", at, kannel("dlr"), NOTED),
        Row("kannel: a state that is no number", at, kannel("dlr", state="teleported"), PERSON),
        Row("kannel: a state nobody knows", at, kannel("dlr", state="32"), PERSON),
        Row("kannel: a receipt without an id", at, kannel("dlr", id="-"), PERSON),
        Row("kannel: a receipt with a NUL in its id", at, kannel("dlr", id="a\x00"), NOTED),
    ]


def _telegram() -> list[Row]:
    at, said = "telegram", {"text": GOOD}
    group = {"id": -1007, "type": "group", "title": "RT 3"}
    document = {"file_id": "a\x00\ud800", "file_unique_id": "u", "file_name": "x\x00.jpg", "mime_type": "\ud800", "file_size": 2**60}
    bodies = {
        "an empty body": b"", "no JSON": b"{'update_id': 5}", "cut off": b'{"update_id": 5, "message": {"text": "Jal', "a list": b'[{"update_id": 6}]',
        "a string": b'"halo"', "null": b"null", "deep": DEEP, "a number of ten thousand digits": b'{"update_id": ' + b"1" * 10_000 + b"}",
        "no UTF-8": b"\xff\xfe\x00", "form-encoded": b"update_id=5&message=Jalan+rusak",
    }  # fmt: skip
    rows = [Row(f"telegram: {name}", at, telegram_body(body), PERSON) for name, body in bodies.items()]
    return [
        *rows,
        Row("telegram: five megabytes", at, telegram_body(HUGE), TOO_LARGE),
        Row(
            "telegram: form-encoded and called so",
            at,
            telegram_body(b"update_id=7&text=Jalan", kind="application/x-www-form-urlencoded"),
            PERSON,
        ),
        Row("telegram: a text that is a number", at, telegram({"text": 5}), PERSON),
        Row("telegram: a text that is a list", at, telegram({"text": ["Jalan"]}), PERSON),
        Row("telegram: an update id that is text", at, telegram(said, update_id="lima"), PERSON),
        Row("telegram: an update id below zero", at, telegram(said, update_id=-1), PERSON),
        Row("telegram: an update id that is true", at, telegram(said, update_id=True), PERSON),
        Row("telegram: a much older update id", at, telegram(said, update_id=3), CASE, GOOD),
        Row("telegram: a much older moment", at, telegram(said, date=1), CASE, GOOD),
        Row("telegram: a moment of the year 300000", at, telegram(said, date=9 * 10**12), PERSON),
        Row("telegram: a chat id that is text", at, telegram(said, chat={"id": "lima", "type": "private"}), PERSON),
        Row("telegram: a chat id of three hundred digits", at, telegram(said, chat={"id": 10**300, "type": "private"}), PERSON),
        Row("telegram: a type nobody knows", at, telegram(said, kind="hologram"), PERSON),
        Row("telegram: a content nobody knows", at, telegram({"scent": "melati"}), PERSON),
        Row("telegram: unknown fields beside a text", at, telegram({**said, "scent": {"a": [1]}}), CASE, GOOD),
        Row("telegram: a poll of somebody", at, telegram({"id": "1"}, kind="poll_answer"), IGNORED),
        Row("telegram: an empty text", at, telegram({"text": ""}), IGNORED),
        Row("telegram: a group", at, telegram(said, chat=group), IGNORED),
        Row("telegram: a bot", at, telegram(said, **{"from": {"id": 5, "is_bot": True, "first_name": "Bot"}}), HEARD),
        Row("telegram: a place outside the world", at, telegram({"location": {"latitude": 95, "longitude": 400}}), PERSON),
        Row("telegram: a place that is no number", at, telegram({"location": {"latitude": "NaN", "longitude": 1}}), PERSON),
        Row("telegram: a file with names no database holds", at, telegram({"document": document, "caption": GOOD}), CASE, GOOD),
    ]


def rows_of_hooks() -> list[Row]:
    return [*words_through_every_door(), *_forged(), *_twilio(), *_kannel(), *_telegram()]
