"""The JSON API: the shape of design.md section 6, the same answer for the same key, and a sentence for every refusal."""

import json
import re
from datetime import datetime

import pytest

from ntbcare.domain import tickets
from tests.conftest import PUBLIC_URL
from tests.corridor.looking import at_once, count, everywhere, pin_of

SENTENCE = re.compile(r"[A-Z].{9,}[.?]")
SECRET = "Sandi elang di tebing"


def refused(answer, status: int) -> dict:
    """A refusal is a problem+json with an Indonesian sentence, and says nothing of what was sent."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    told = answer.get_json(force=True)
    assert {"type", "title", "status", "detail"} <= set(told)
    assert told["status"] == status
    assert SENTENCE.match(told["detail"]), told
    assert SECRET not in answer.text
    return told


def raw(town, body: bytes, **headers: str):
    return town.browser().post("/api/v1/cases", data=body, content_type="application/json", headers=headers)


def test_201_carries_exactly_the_promised_fields(town):
    answer = town.api(text="Jalan rusak di Desa Tente", category="jalan_jembatan", region="52.06.03", phone="0812 5555 0001")
    assert answer.status_code == 201
    assert answer.content_type == "application/json"
    told = answer.get_json()
    assert set(told) == {"ticket", "pin", "status", "unit", "due", "track"}
    assert tickets.valid(told["ticket"])
    assert told["pin"] == pin_of(town, told["ticket"])
    assert re.fullmatch(r"\d{6}", told["pin"])
    assert told["status"] == "received"
    assert told["unit"] is None or set(told["unit"]) == {"code", "name"}
    assert told["due"].endswith("Z")
    assert datetime.fromisoformat(told["due"]) == town.case(told["ticket"])["due_at"]
    assert told["track"] == f"{PUBLIC_URL}/t/{told['ticket']}"


def test_a_tip_has_no_due_date(town):
    assert town.api(text="Truk kayu lewat tiap malam dari arah timur", kind="tip").get_json()["due"] is None


def test_the_same_key_again_is_the_same_answer_with_200(town):
    sent = {"text": "Kunci yang sama dua kali", "region": "52.06.03"}
    first, again = town.api("kunci-1", **sent), town.api("kunci-1", **sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    town.work_off()
    later = town.api("kunci-1", **sent)
    assert later.status_code == 200
    assert {key: later.get_json()[key] for key in ("ticket", "pin", "track")} == {
        key: first.get_json()[key] for key in ("ticket", "pin", "track")
    }
    assert count(town, "cases", "text = 'Kunci yang sama dua kali'") == 1


def test_the_same_key_with_another_report_is_refused_and_changes_nothing(town):
    town.api("kunci-2", text="Laporan pertama memakai kunci dua")
    for other in ({"text": SECRET}, {"text": "Laporan pertama memakai kunci dua", "anonymous": True}):
        assert refused(town.api("kunci-2", **other), 422)["field"] == "Idempotency-Key"
    assert everywhere(town, SECRET) == []
    assert count(town, "messages", "external_id = 'kunci-2'") == 1


def test_twenty_posts_at_once_with_one_key_are_one_case_and_one_ticket(town):
    answers = at_once(10, lambda _: town.api("kunci-serentak", text="Dua puluh kiriman serentak"), times=20)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.get_json()["ticket"] for answer in answers}) == 1
    assert count(town, "cases", "text = 'Dua puluh kiriman serentak'") == 1
    assert count(town, "journal", "body LIKE '%Dua puluh kiriman serentak%'") == 1
    town.work_off()
    assert (
        count(town, "notices", "template = 'receipt' AND case_id = (SELECT id FROM cases WHERE text = 'Dua puluh kiriman serentak')") == 1
    )


def test_without_a_key_two_posts_are_two_cases(town):
    assert len({town.api(text="Tanpa kunci").get_json()["ticket"] for _ in range(2)}) == 2


def test_a_commit_that_fails_is_never_acknowledged(town):
    town.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$")
    town.sql("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON cases DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        refused(town.api("kunci-gagal", text=SECRET), 500)
        assert town.sms("+6281255550009", SECRET).status_code == 500
        assert town.browser().post("/lapor", data={"token": "gagal", "text": SECRET}).status_code == 500
    finally:
        town.sql("DROP TRIGGER late ON cases")
    assert everywhere(town, SECRET) == []
    assert town.api("kunci-gagal", text="Sesudah gangguan lewat").status_code == 201, "the key was not burnt"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": ',
        b"null",
        b"[]",
        b'"teks"',
        b"42",
        b"\xff\xfe{}",
        b'{"text": "jalan \xff\xfe rusak"}',
        b"[" * 100_000,
        b"{}{}",
    ],
    ids=["empty", "brace", "cut off", "null", "list", "string", "number", "utf-16 mark", "broken utf-8", "deeply nested", "two"],
)
def test_what_is_no_json_object_is_refused(town, body):
    before = count(town, "cases")
    answer = raw(town, body)
    refused(answer, answer.status_code)
    assert answer.status_code in (400, 422)
    assert count(town, "cases") == before


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "   \n "}, "text"),
        ({"text": "\x00\x07"}, "text"),
        ({"text": None}, "text"),
        ({"text": 42}, "text"),
        ({"text": ["jalan"]}, "text"),
        ({"text": {"a": 1}}, "text"),
        ({"text": SECRET + "x" * 5000}, "text"),
        ({"text": SECRET, "kind": "rumour"}, "kind"),
        ({"text": SECRET, "kind": 3}, "kind"),
        ({"text": SECRET, "region": "52.99"}, "region"),
        ({"text": SECRET, "region": "52\x00"}, "region"),
        ({"text": SECRET, "region": 52}, "region"),
        ({"text": SECRET, "category": "nothing"}, "category"),
        ({"text": SECRET, "category": "\ud800"}, "category"),
        ({"text": SECRET, "lat": 91, "lon": 0}, "lat"),
        ({"text": SECRET, "lat": 0, "lon": -181}, "lon"),
        ({"text": SECRET, "lat": float("nan"), "lon": 0}, "lat"),
        ({"text": SECRET, "lat": float("inf"), "lon": 0}, "lat"),
        ({"text": SECRET, "lat": "utara", "lon": 0}, "lat"),
        ({"text": SECRET, "lat": -8.5}, "lat"),
        ({"text": SECRET, "phone": "0"}, "phone"),
        ({"text": SECRET, "phone": 812}, "phone"),
        ({"text": SECRET, "name": "n" * 201}, "name"),
        ({"text": SECRET, "place": "p" * 201}, "place"),
        ({"text": SECRET, "email": "e" * 201}, "email"),
        ({"text": SECRET, "anonymous": "barangkali"}, "anonymous"),
        ({"text": SECRET, "confidential": 7}, "confidential"),
    ],
)
def test_an_unusable_field_is_named_and_nothing_is_stored(town, fields, field):
    assert refused(raw(town, json.dumps(fields).encode()), 422)["field"] == field
    assert everywhere(town, SECRET) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "violation", "text": SECRET},
        {"category": "korupsi_pungli", "text": SECRET},
        {"text": f"{SECRET}: kepala dinas menerima suap dari kontraktor", "name": "Pelapor Takut"},
    ],
    ids=["kind", "category", "words"],
)
def test_a_violation_is_refused_naming_the_safe_way_and_leaves_no_trace(town, fields):
    key = f"rahasia-{len(str(fields))}"
    told = refused(town.api(key, **fields), 422)
    assert "Inspektorat Provinsi NTB" in told["detail"]
    for words in (SECRET, "Pelapor Takut", key):
        assert everywhere(town, words) == []


@pytest.mark.parametrize(
    "text", ["jalan \ud800 rusak sekali", "jalan \udfff\ud800 rusak sekali", "jalan \x00 rusak sekali", "jalan 🚧 rusak sekali"]
)
def test_odd_letters_are_either_refused_or_stored_as_something_that_can_be_read(town, text):
    answer = raw(town, json.dumps({"text": text}).encode())
    if answer.status_code == 201:
        stored = town.case(answer.get_json()["ticket"])["text"]
        assert stored.startswith("jalan")
        assert stored.endswith("rusak sekali")
        assert "\x00" not in stored
    else:
        assert refused(answer, 422)["field"] == "text"


def test_a_nul_in_any_other_field_is_taken_out(town):
    answer = town.api(
        "kunci\x7f",
        text="Huruf nol di tempat lain",
        name="Ami\x00nah",
        place="dekat\x00 pasar",
        email="a\x00@b.id",
        phone="0812\x00 5555 0002",
    )
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        assert town.sql("SELECT name FROM reporters WHERE case_id = (SELECT id FROM cases WHERE text = 'Huruf nol di tempat lain')") == [
            ("Aminah",)
        ]


def test_a_key_longer_than_two_hundred_letters_is_refused(town):
    assert refused(town.api("k" * 201, text=SECRET), 422)["field"] == "Idempotency-Key"
    assert everywhere(town, SECRET) == []


def test_ten_megabytes_are_refused_with_413(town):
    refused(raw(town, b'{"text": "' + b"x" * (10 * 1024 * 1024) + b'"}'), 413)


def test_another_content_type_is_refused(town):
    answer = town.browser().post("/api/v1/cases", data={"text": SECRET})
    refused(answer, answer.status_code)
    assert answer.status_code in (400, 415, 422)
    assert everywhere(town, SECRET) == []


def test_wrong_methods_and_addresses_answer_as_problems_too(town):
    browser = town.browser()
    refused(browser.put("/api/v1/cases", json={}), 405)
    assert "POST" in browser.put("/api/v1/cases", json={}).headers["Allow"]
    refused(browser.get("/api/v1/nothing"), 404)
    refused(browser.delete("/api/v1/cases/123456789"), 405)


def test_an_unknown_field_is_ignored_so_that_the_api_can_grow(town):
    assert town.api(text="Isian masa depan", mood="kesal").status_code == 201
