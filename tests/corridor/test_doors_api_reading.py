"""Asking after a case by the API: progress for anybody, the story with the PIN, and an OpenAPI document that says so."""

import pytest

from tests.corridor.looking import CLINIC, ROAD, count, pin_of
from tests.corridor.test_doors_api import refused

OUTSIDE = {"ticket", "status", "status_label", "unit", "due", "text", "question", "choices", "clocks", "history"}


@pytest.fixture(scope="module")
def known(town):
    """A case in a unit's hands with a question, filed with a name."""
    told = town.api(text=CLINIC.format("dibaca lewat API"), name="Aminah Rahasia", phone="0812 5555 1001").get_json()
    town.work_off()
    town.act(town.desk("halim"), told["ticket"], "ask", words="Obat yang mana, Bu?")
    town.work_off()
    return told["ticket"]


def get(town, ticket: str, pin: str | None = None):
    return town.browser().get(f"/api/v1/cases/{ticket}", headers={} if pin is None else {"X-Pin": pin})


def test_without_the_pin_only_progress_is_told(town, known):
    answer = get(town, known)
    told = answer.get_json()
    assert answer.status_code == 200
    assert set(told) == OUTSIDE
    assert told["status"] == "needs_info"
    assert told["unit"] == {"code": "52.06.dinkes", "name": told["unit"]["name"]}
    assert (told["text"], told["question"], told["clocks"]) == (None, None, [])
    for words in ("dibaca lewat API", "Obat yang mana", "Aminah", "81255551001", pin_of(town, known)):
        assert words not in answer.text


def test_with_the_pin_the_story_is_told_but_no_name_and_no_number(town, known):
    answer = get(town, known, pin_of(town, known))
    told = answer.get_json()
    assert set(told) == OUTSIDE
    assert told["text"].endswith("dibaca lewat API")
    assert told["question"] == "Obat yang mana, Bu?"
    assert "Obat yang mana, Bu?" in [line["words"] for line in told["history"]]
    assert {"label", "due", "stopped", "outcome"} == set(told["clocks"][0])
    for words in ("Aminah", "81255551001", "halim", "Halim Contoh"):
        assert words not in answer.text


def test_a_pin_may_be_typed_with_blanks(town, known):
    pin = pin_of(town, known)
    assert get(town, known, f"{pin[:3]} {pin[3:]}").status_code == 200


@pytest.mark.parametrize(
    "wrong", ["000000", "", " ", "1", "x" * 10_000, "١٢٣٤٥٦"], ids=["digits", "empty", "blank", "short", "long", "arabic"]
)
def test_a_wrong_pin_is_refused_and_shows_nothing(town, known, wrong):
    pin = wrong if wrong != pin_of(town, known) else "000001"
    told = refused(get(town, known, pin.encode().decode("latin-1")), 403)
    assert told["field"] == "X-Pin"


def test_the_pin_of_one_case_does_not_open_another(town, known):
    other = town.api(text="Laporan tetangga").get_json()
    refused(get(town, known, other["pin"]), 403)


@pytest.mark.parametrize("ticket", ["123456789", "482173058", "0", "abc", "999-999-999", "%00", "482173059%0A", "x" * 3000])
def test_a_ticket_that_is_none_reads_like_one_that_does_not_exist(town, ticket):
    refused(get(town, ticket), 404)


def test_a_ticket_may_be_typed_with_dashes(town, known):
    assert get(town, f"{known[:3]}-{known[3:6]}-{known[6:]}").get_json()["ticket"] == known


def test_before_triage_no_unit_is_named_unless_topic_and_place_were_chosen(town):
    read = town.api(text="Sesuatu terjadi di sini").get_json()["ticket"]
    assert get(town, read).get_json()["unit"] is None


def test_a_case_that_was_filed_by_the_api_alone_gets_its_news_by_the_api(town):
    told = town.api(text=ROAD.format("tanpa nomor")).get_json()
    town.work_off()
    assert count(town, "notices", "state = 'shown' AND case_id = :id", id=town.case(told["ticket"])["id"]) == 0
    get(town, told["ticket"], told["pin"])
    assert town.sql("SELECT DISTINCT state FROM notices WHERE case_id = :id", id=town.case(told["ticket"])["id"]) == [("shown",)]


def test_guessing_pins_is_slowed_down(town, known):
    from ntbcare.web.limits import limiter

    limiter.enabled = True
    try:
        answers = [get(town, known, f"99{number:04}") for number in range(12)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert [answer.status_code for answer in answers[:10]] == [403] * 10
    told = refused(answers[-1], 429)
    assert "Terlalu banyak percobaan" in told["detail"]


def test_openapi_names_the_paths_headers_and_refusals(town):
    spec = town.browser().get("/api/v1/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    post, show = spec["paths"]["/api/v1/cases"]["post"], spec["paths"]["/api/v1/cases/{ticket}"]["get"]
    assert [p["name"] for p in post["parameters"] if p["in"] == "header"] == ["Idempotency-Key"]
    assert [p["name"] for p in show["parameters"] if p["in"] == "header"] == ["X-Pin"]
    assert [p["name"] for p in show["parameters"] if p["in"] == "path"] == ["ticket"]
    assert {"200", "201", "400", "413", "422", "503"} <= set(post["responses"])
    assert {"200", "403", "404"} <= set(show["responses"])
    assert "application/problem+json" in post["responses"]["422"]["content"]
    assert set(spec["paths"]) == {"/api/v1/cases", "/api/v1/cases/{ticket}"}, "pages and hooks are no part of the API"


def test_every_reference_in_openapi_leads_somewhere(town):
    spec = town.browser().get("/api/v1/openapi.json").get_json()

    def references(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    found = set(references(spec))
    assert "#/components/schemas/Problem" in found
    for reference in found:
        place = spec
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
        assert place, reference


def test_the_answer_fits_the_schema_of_the_document(town, known):
    spec = town.browser().get("/api/v1/openapi.json").get_json()
    schema = spec["paths"]["/api/v1/cases/{ticket}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    named = spec["components"]["schemas"][schema["$ref"].split("/")[-1]]
    assert set(named["properties"]) == set(get(town, known).get_json())
