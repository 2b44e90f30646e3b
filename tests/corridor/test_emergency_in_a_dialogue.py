"""Whoever is told an emergency number has an urgent case, also in the middle of something else: never parked, never a mere answer."""

from __future__ import annotations

import html

import pytest

from tests.corridor.looking import CLINIC, ROAD, by_form, by_sms, clock, story

FIRE = "tolong rumah tetangga saya kebakaran, ada orang terjebak di dalam api {}, Desa Tente Woha Bima"
SICK = "pasien pingsan tidak sadar di puskesmas {} tolong cepat kirim ambulans"


def says(town, sender: str, words: str) -> list[str]:
    """They write; what they are answered."""
    before = len(town.sent(sender))
    assert town.sms(sender, words).status_code == 200
    town.work_off()
    return [sent["text"] for sent in town.sent(sender)[before:]]


def of(town, sender: str) -> list[dict]:
    """This sender's cases, oldest first."""
    found = town.sql("SELECT c.ticket FROM cases c JOIN contacts k ON k.id = c.contact_id WHERE k.address = :a ORDER BY c.id", a=sender)
    return [town.case(row[0]) for row in found]


def is_urgent(town, ticket: str) -> bool:
    """Urgent, told so in its book, and seen at a desk."""
    case = town.case(ticket)
    return case["urgency"] == "mendesak" and case["attention"] is not None and "case:alarmed" in [tag for tag, _ in story(town, ticket)]


def asked_twice(town, office, sender: str) -> list[str]:
    first = by_sms(town, sender, CLINIC.format(f"satu {sender}"))
    town.clock.forward(hours=2)
    second = by_sms(town, sender, "LAPOR " + ROAD.format(f"dua {sender}"))
    office.act("halim", first, "ask", words="Puskesmas mana?")
    office.act("bagus", second, "ask", words="Di mana?")
    return [first, second]


def test_with_two_questions_open_an_emergency_is_a_case_and_not_parked(town, office):
    sender = "+628160000001"
    tickets = asked_twice(town, office, sender)
    heard = says(town, sender, FIRE.format("ikan paus"))
    assert "113" in heard[0] and not any("yang mana" in words for words in heard)
    *before, new = of(town, sender)
    assert new["urgency"] == "mendesak" and "ikan paus" in new["text"] and new["ticket"] not in tickets
    assert [case["state"] for case in before] == ["needs_info", "needs_info"]


def test_with_one_question_open_an_emergency_of_another_matter_is_a_case_of_its_own(town, office):
    sender = "+628160000002"
    asked = by_sms(town, sender, CLINIC.format("darurat lain"))
    office.act("halim", asked, "ask", words="Puskesmas mana?")
    says(town, sender, FIRE.format("ikan pari"))
    old, new = of(town, sender)
    assert new["urgency"] == "mendesak" and "ikan pari" in new["text"]
    assert (old["state"], old["urgency"]) == ("needs_info", "penting")


def test_an_emergency_that_answers_the_question_makes_that_case_urgent(town, office):
    sender = "+628160000003"
    asked = by_sms(town, sender, CLINIC.format("darurat sama"))
    office.act("halim", asked, "ask", words="Bagaimana pasiennya?")
    assert "DARURAT" in says(town, sender, SICK.format("itu"))[0]
    assert [case["ticket"] for case in of(town, sender)] == [asked]
    assert town.case(asked)["state"] == "dispositioned" and is_urgent(town, asked)


@pytest.mark.parametrize("words", ["Tolong ada kebakaran", "tolong cepat rumah tetangga saya kebakaran, ada orang terjebak di dalam api"])
def test_minutes_after_another_report_an_emergency_is_no_piece_of_it(town, words):
    sender = f"+62816000001{len(words) % 10}"
    first = by_sms(town, sender, ROAD.format(f"menit {len(words)}"))
    says(town, sender, words)
    old, new = of(town, sender)
    assert old["ticket"] == first and old["urgency"] != "mendesak"
    assert new["urgency"] == "mendesak"


def test_minutes_after_a_report_an_emergency_of_the_same_matter_makes_it_urgent(town):
    sender = "+628160000020"
    first = by_sms(town, sender, CLINIC.format("menit sama"))
    was = clock(town, first, "first_response")["due_at"]
    says(town, sender, SICK.format("Woha"))
    assert [case["ticket"] for case in of(town, sender)] == [first]
    assert is_urgent(town, first) and clock(town, first, "first_response")["due_at"] < was


def test_an_emergency_said_with_a_ticket_makes_that_case_urgent(town, office):
    sender = "+628160000021"
    first = by_sms(town, sender, ROAD.format("dengan nomor"))
    town.clock.forward(hours=3)
    says(town, sender, f"{first} ada orang jatuh ke lubang, pingsan dan berdarah, tolong cepat")
    assert [case["ticket"] for case in of(town, sender)] == [first] and is_urgent(town, first)
    assert "mendesak" in office.page("bagus", first).lower()


def test_an_emergency_said_with_somebody_elses_ticket_is_a_case_of_ones_own(town):
    theirs = by_sms(town, "+628160000022", ROAD.format("punya orang"))
    says(town, "+628160000023", f"{theirs} tolong ada kebakaran rumah orang terjebak")
    (new,) = of(town, "+628160000023")
    assert new["urgency"] == "mendesak"
    assert town.case(theirs)["urgency"] != "mendesak"


def test_an_emergency_said_of_a_case_that_has_ended_is_a_case_of_its_own(town):
    sender = "+628160000024"
    ended = by_sms(town, sender, ROAD.format("sudah selesai"))
    says(town, sender, f"BATAL {ended}")
    says(town, sender, f"{ended} tolong ada kebakaran rumah orang terjebak di dalam")
    assert [case["urgency"] for case in of(town, sender)][1:] == ["mendesak"]


def filed(town, words: str):
    """A report by the form. Returns the browser and the ticket."""
    browser = town.browser()
    ticket = by_form(town, words, browser).headers["Location"].rsplit("/", 1)[-1]
    town.work_off()
    return browser, ticket


def banner(page: str) -> str:
    """What stands above the page in red."""
    return html.unescape(page.partition('role="alert"')[2].partition("</div>")[0])


@pytest.mark.parametrize("act", ["jawab", "tambah"])
def test_on_the_page_of_a_report_an_emergency_makes_it_urgent_and_names_the_number_above_it(town, office, act):
    browser, ticket = filed(town, CLINIC.format(f"halaman {act}"))
    if act == "jawab":
        office.act("halim", ticket, "ask", words="Mana?")
    assert "113" not in banner(browser.get(f"/t/{ticket}").text)
    page = browser.post(f"/t/{ticket}/{act}", data={"words": FIRE.format(act)}, follow_redirects=True).text
    assert "113" in banner(page)
    town.work_off()
    assert is_urgent(town, ticket)
    assert "113" not in banner(town.browser().get(f"/t/{ticket}").text), "nobody else is shown it"


def test_who_takes_a_report_back_with_an_emergency_does_not_end_it(town):
    browser, ticket = filed(town, CLINIC.format("tarik darurat"))
    browser.post(f"/t/{ticket}/tarik", data={"words": FIRE.format("tarik")})
    assert town.case(ticket)["state"] != "archived" and is_urgent(town, ticket)
