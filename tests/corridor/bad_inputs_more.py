"""The table of bad inputs, second part: Meta's doors, and the providers that we ask."""

from __future__ import annotations

import json

from tests.corridor.bad_inputs import (
    ANSWERED,
    CANDIDATE,
    CASE,
    CASE_AND_PERSON,
    DEEP,
    GOOD,
    HEARD,
    HUGE,
    IGNORED,
    NOTED,
    PERSON,
    TEXT,
    TOO_LARGE,
    Row,
    rows_of_hooks,
)
from tests.corridor.knocks import comment, direct_on_x, feed, letter, meta, meta_body, modem, post_on_x, private, whatsapp
from tests.corridor.streets import MAILBOX, OUR_NUMBER
from tests.counterparts.meta_api import INSTAGRAM_ID, PAGE_ID
from tests.counterparts.x_api import US


def _meta() -> list[Row]:
    at, other = "meta", {"metadata": {"phone_number_id": "999"}}
    bodies = {
        "an empty body": b"", "no JSON": b"object=page", "a list": b"[1, 2]", "a string": b'"halo"', "null": b"null", "deep": DEEP,
        "an object nobody knows": b'{"object": "horse", "entry": []}', "no object": b'{"entry": []}', "an object that is a number": b'{"object": 5}',
        "entries that are text": b'{"object": "page", "entry": "Jalan rusak"}', "entries that are numbers": b'{"object": "page", "entry": [5]}',
        "deep inside": b'{"object": "page", "entry": ' + DEEP, "a batch cut off": json.dumps(whatsapp(TEXT)(1)).encode()[:-9],
    }  # fmt: skip
    rows = [Row(f"meta: {name}", at, meta_body(body), PERSON) for name, body in bodies.items()]
    strange = {
        "a text that is a number of ours": ({"text": {"body": {"a": 1}}}), "no id": {**TEXT, "id": None}, "an id with a NUL": {**TEXT, "id": "a\x00"},
        "an id that is a list": {**TEXT, "id": ["a"]}, "an id of a thousand letters": {**TEXT, "id": "x" * 1000}, "no sender": {**TEXT, "from": ""},
        "a name as sender": {**TEXT, "from": "TELKOMSEL"}, "a type nobody knows": {"type": "hologram"}, "a type that is a number": {"type": 7},
        "a place outside the world": {"type": "location", "location": {"latitude": 95, "longitude": 400}},
    }  # fmt: skip
    rows += [Row(f"whatsapp: {name}", at, meta(whatsapp(message)), PERSON) for name, message in strange.items()]
    return [
        *rows,
        Row("meta: five megabytes", at, meta_body(HUGE), TOO_LARGE),
        Row("meta: two megabytes of messages", at, meta(whatsapp(TEXT, fill="x" * 2_000_000)), CASE, GOOD),
        Row("meta: no entries", at, meta_body(b'{"object": "page"}'), IGNORED),
        Row("whatsapp: a text that is a number", at, meta(whatsapp({"text": {"body": 482173009}})), ANSWERED),
        Row("whatsapp: a good message beside a strange one", at, meta(whatsapp(TEXT, {"type": "hologram"})), CASE_AND_PERSON, GOOD),
        Row("whatsapp: the same message twice in one batch", at, meta(lambda n: whatsapp({**TEXT, "id": f"w{n}"}, {**TEXT, "id": f"w{n}"})(n)), CASE, GOOD),
        Row("whatsapp: a much older moment", at, meta(whatsapp({**TEXT, "timestamp": "1"})), CASE, GOOD),
        Row("whatsapp: a moment that is none", at, meta(whatsapp({**TEXT, "timestamp": {"a": 1}})), CASE, GOOD),
        Row("whatsapp: unknown fields", at, meta(whatsapp({**TEXT, "scent": [[]]}, hologram=1)), CASE, GOOD),
        Row("whatsapp: another number's message", at, meta(whatsapp(TEXT, **other)), IGNORED),
        Row("whatsapp: our own number", at, meta(whatsapp({**TEXT, "from": OUR_NUMBER.lstrip("+")})), IGNORED),
        Row("whatsapp: a reaction", at, meta(whatsapp({"type": "reaction", "reaction": {"emoji": "👍"}})), IGNORED),
        Row("whatsapp: an empty text", at, meta(whatsapp({"text": {"body": ""}})), ANSWERED),
        Row("whatsapp: a state nobody knows", at, meta(whatsapp(statuses=[{"id": "w", "status": "teleported"}])), PERSON),
        Row("whatsapp: a receipt nobody waits for", at, meta(lambda n: whatsapp(statuses=[{"id": f"w{n}", "status": "delivered"}])(n)), NOTED),
        Row("whatsapp: Meta reports an error", at, meta(whatsapp(errors=[{"code": 131051}])), PERSON),
        Row("messenger: an echo of our page", at, meta(private("page", sender={"id": PAGE_ID}, message={"mid": "m_{n}", "text": GOOD, "is_echo": True})), IGNORED),
        Row("messenger: an echo that does not say so", at, meta(private("page", sender={"id": PAGE_ID}, message={"mid": "m_{n}", "text": GOOD})), IGNORED),
        Row("messenger: an event nobody knows", at, meta(private("page", hologram={"text": GOOD})), PERSON),
        Row("messenger: a text that is a list", at, meta(private("page", message={"mid": "m_{n}", "text": [GOOD]})), PERSON),
        Row("messenger: a sender that is text", at, meta(private("page", sender="Budi", message={"mid": "m_{n}", "text": GOOD})), PERSON),
        Row("messenger: no sender", at, meta(private("page", sender={}, message={"mid": "m_{n}", "text": GOOD})), PERSON),
        Row("messenger: nothing in the message", at, meta(private("page", message={"mid": "m_{n}"})), PERSON),
        Row("messenger: words to another page", at, meta_body(json.dumps({**private("page", message={"mid": "m_other", "text": GOOD})(1), "entry": [{"id": "999", "messaging": [{"sender": {"id": "7"}, "message": {"mid": "m_o", "text": GOOD}}]}]}).encode()), IGNORED),
        Row("facebook: our own comment", at, meta(feed(message=GOOD, **{"from": {"id": PAGE_ID, "name": "Pemprov"}})), IGNORED),
        Row("facebook: a like", at, meta(feed(item="reaction")), IGNORED),
        Row("facebook: a removed comment", at, meta(feed(verb="remove", message=GOOD)), IGNORED),
        Row("facebook: words that are a number", at, meta(feed(message=5.5)), PERSON),
        Row("facebook: no id", at, meta(feed(message=GOOD, comment_id=None, post_id=None)), PERSON),
        Row("facebook: a name with a NUL and a lone surrogate", at, meta(feed(message=GOOD, **{"from": {"id": "81", "name": "Bu\x00di\ud800"}})), CANDIDATE),
        Row("facebook: a link that is a script", at, meta(feed(message=GOOD, permalink_url="javascript:alert(1)")), CANDIDATE),
        Row("instagram: our own comment", at, meta(comment(text=GOOD, **{"from": {"id": INSTAGRAM_ID, "username": "ntbcare"}})), IGNORED),
        Row("instagram: a mention without words", at, meta(comment("mentions", comment_id="1786")), PERSON),
        Row("instagram: a field nobody knows", at, meta(comment("holograms", text=GOOD)), IGNORED),
        Row("instagram: an id with a NUL", at, meta(comment(text=GOOD, id="17\x00")), PERSON),
    ]  # fmt: skip


def _asked() -> list[Row]:
    """Gammu, X and mail: nobody calls us, we look."""
    whole = "Jalan rusak parah di depan pasar kami sejak bulan lalu 🚧 tolong diperbaiki"
    parts = [(whole[:25], "0500037A0301"), (whole[25:50], "0500037A0302"), (whole[50:], "0500037A0303")]
    cut = whole.encode("utf-16-be").index("🚧".encode("utf-16-be")) // 2 + 1  # in the middle of the emoji
    half = [(piece.decode("utf-16-be", "surrogatepass"), udh) for piece, udh in (
        (whole.encode("utf-16-be")[: 2 * cut], "0500037B0201"), (whole.encode("utf-16-be")[2 * cut :], "0500037B0202"))]  # fmt: skip
    own = {"From": MAILBOX, "Message-ID": "<own@ntbprov.example>"}
    return [
        Row("gammu: parts out of order", "gammu", modem(parts[2], parts[0], parts[1]), CASE, whole),
        Row("gammu: parts that cut an emoji, out of order", "gammu", modem(half[1], half[0]), CASE, whole),
        Row("gammu: a part twice", "gammu", modem(parts[1], parts[0], parts[1], parts[2]), CASE, whole),
        Row("gammu: a part is missing yet", "gammu", modem(parts[2], parts[0]), IGNORED),
        Row("gammu: a name as sender", "gammu", modem(("Promo pulsa murah hari ini", ""), sender="TELKOMSEL"), HEARD),
        Row("gammu: a short code as sender", "gammu", modem(("Kuota Anda tinggal sedikit", ""), sender="3636"), HEARD),
        Row("gammu: a number without its zero", "gammu", modem((GOOD, ""), sender="81234567890"), CASE, GOOD),
        Row("gammu: an SMS that is no text", "gammu", modem((GOOD, ""), Coding="8bit"), PERSON),
        Row("gammu: a header that is no hex", "gammu", modem((GOOD, "ZZ")), CASE, GOOD),
        Row("gammu: no text", "gammu", modem(("", "")), ANSWERED),
        Row("x: our own post", "x", post_on_x(f"@ntbcare {GOOD}", author=US), IGNORED),
        Row("x: a repost", "x", post_on_x(f"@ntbcare {GOOD}", referenced_tweets=[{"type": "retweeted", "id": "1"}]), IGNORED),
        Row("x: only our name", "x", post_on_x("@ntbcare"), CANDIDATE),
        Row("x: a moment that is none", "x", direct_on_x(GOOD, created_at="kemarin"), PERSON),
        Row("x: a text that is a list", "x", direct_on_x([GOOD]), PERSON),
        Row("x: a sender that is a name", "x", direct_on_x(GOOD, sender_id="budi"), PERSON),
        Row("x: our own direct message", "x", direct_on_x(GOOD, sender=US), IGNORED),
        Row("x: an empty direct message", "x", direct_on_x(""), ANSWERED),
        Row("mail: our own letter", "mail", letter(GOOD, headers=own), IGNORED),
        Row("mail: nothing in it", "mail", letter(""), ANSWERED),
        Row("mail: no sender", "mail", letter(GOOD, headers={"From": "-"}), CASE),
        Row("mail: no id", "mail", letter(GOOD, headers={"Message-ID": "-"}, after=1), CASE, GOOD),
        Row(
            "mail: an id of ten thousand letters", "mail", letter(GOOD, headers={"Message-ID": f"<{'x' * 1500}@desa.example>"}), CASE, GOOD
        ),
        Row("mail: an alphabet nobody knows", "mail", letter(GOOD, headers={"Content-Type": "text/plain; charset=klingon"}), CASE, GOOD),
        Row("mail: a multipart without an end", "mail", letter(GOOD, headers={"Content-Type": 'multipart/mixed; boundary="x"'}), ANSWERED),
        Row(
            "mail: headers that are none", "mail", letter(whole=b"\xff\xfe: \x80\n\nJalan rusak parah di depan pasar kami\n", after=2), CASE
        ),
        Row(
            "mail: out of office", "mail", letter("Saya sedang cuti sampai Senin depan", headers={"Auto-Submitted": "auto-replied"}), HEARD
        ),
        Row("mail: a mailing list", "mail", letter("Berita mingguan untuk semua anggota", headers={"List-Id": "<a.b>"}), HEARD),
        Row(
            "mail: script as HTML",
            "mail",
            letter(f"<script>alert(1)</script><p>{GOOD}</p>", headers={"Content-Type": "text/html; charset=utf-8"}),
            CASE,
            GOOD,
        ),
    ]


def rows() -> list[Row]:
    return [*rows_of_hooks(), *_meta(), *_asked()]
