"""Two matters in one report: proposed by the reader, agreed to by an officer, and each walks its own way."""

from __future__ import annotations

import pytest

from ntbcare.domain.tickets import pretty
from tests.corridor.looking import RIDDLE, at_once, by_form, by_sms, clock, count, pin_of, silence, story

ROAD = "Jalan di Desa Tente Kecamatan Woha berlubang besar sudah lama"
DRUGS = "Obat di puskesmas Woha kosong sejak Senin"
TWO = f"{ROAD}, {{}}. {DRUGS}"


def two(town, number: int, words: str = TWO) -> str:
    """A report by SMS in which two things are told. Returns its ticket; the road is with Bima's PUPR (bagus)."""
    sender = f"+62811888{number:04}"
    town.sms(sender, "LAPOR " + words.format(f"pisah {number}"))
    town.work_off()
    silence(town)
    query = "SELECT ticket FROM cases c JOIN contacts k ON k.id = c.contact_id WHERE k.address = :to ORDER BY c.id LIMIT 1"
    return town.sql(query, to=sender)[0][0]


def children(town, ticket: str) -> list[str]:
    return [row[0] for row in town.sql("SELECT ticket FROM cases WHERE split_from = :id ORDER BY id", id=town.case(ticket)["id"])]


def press(desk, ticket: str, *parts: int):
    return desk.post(f"/meja/{ticket}/pisah", data={"part": [str(part) for part in parts]})


def chosen(town, ticket: str) -> int:
    """The number of the part that may become its own: the one that is not about the topic of the case."""
    case = town.case(ticket)
    rows = town.sql("SELECT split FROM readings WHERE case_id = :id", id=case["id"])[0][0]
    stays = (case["category"] or rows[0][2]).split(".")[0]
    return next(number for number, (_, _, code) in enumerate(rows, 1) if code != stays)


def test_an_officer_sees_both_matters_and_the_second_becomes_a_case_of_its_own(town, office):
    ticket = two(town, 1)
    before = town.case(ticket)
    page = office.page("imran", ticket)
    assert "Tampaknya ada dua hal dalam laporan ini" in page and "Catat tersendiri" in page and DRUGS in page
    said = len(town.sent("+628118880001"))
    assert press(office.desk("imran"), ticket, chosen(town, ticket)).status_code == 303
    town.work_off()
    (new,) = children(town, ticket)
    case = town.case(new)
    stays, goes = (ROAD, DRUGS) if before["category"].startswith("jalan") else (DRUGS, ROAD)
    assert goes in case["text"] and stays not in case["text"]
    assert case["text"] in before["text"] and town.case(ticket)["text"] == before["text"], "the report's own words never change"
    for name in ("contact_id", "channel", "kind", "received_at", "anonymous", "confidential"):
        assert case[name] == before[name], name
    assert case["state"] == "dispositioned" and case["unit_id"] != before["unit_id"]
    assert case["region"].startswith("52.06.03")
    told = [message["text"] for message in town.sent("+628118880001")[said:]]
    assert len(told) == 2, told
    assert pretty(ticket) in told[0] and pretty(new) in told[0] and "lebih dari satu hal" in told[0]
    assert pretty(new) in told[1] and pin_of(town, new) in told[1]


def test_both_books_tell_of_it_and_both_pages_lead_to_the_other(town, office):
    ticket = two(town, 2)
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    assert ("case:split", "coordinator") in [(tag, actor.split(":")[0]) for tag, actor in story(town, ticket)]
    tags = [(tag, actor.split(":")[0]) for tag, actor in story(town, new)]
    assert ("case:submit", "citizen") in tags and ("case:split_off", "coordinator") in tags
    page, other = office.page("imran", ticket), office.page("imran", new)
    assert f"/meja/{new}" in page and "Tampaknya ada" not in page and "Hal lain kami catat tersendiri" in page
    assert f"/meja/{ticket}" in other and "Laporan asalnya" in other and "Foto dan rekaman" not in other


def test_the_reporter_walks_from_one_page_to_the_other_and_nobody_else_does(town, office):
    ticket = two(town, 3)
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    for one, other in ((ticket, new), (new, ticket)):
        me = town.browser()
        assert other not in me.get(f"/t/{one}").text
        me.post(f"/t/{one}/pin", data={"pin": pin_of(town, one)})
        assert f"/t/{other}" in me.get(f"/t/{one}").text
        assert "Yang Anda tulis" in me.get(f"/t/{other}").text, "one proof is enough: they wrote both"


def test_two_officers_who_press_at_once_make_it_once(town, office):
    ticket = two(town, 4)
    number, desks = chosen(town, ticket), [office.desk("imran"), town.desk("imran"), office.desk("citra"), town.desk("citra")]
    answers = at_once(4, lambda one: press(desks[one], ticket, number))
    assert {answer.status_code for answer in answers} == {303}
    assert len(children(town, ticket)) == 1
    assert [tag for tag, _ in story(town, ticket)].count("case:split") == 1
    town.work_off()
    assert press(desks[0], ticket, number).status_code == 303, "also a day later"
    assert len(children(town, ticket)) == 1


def test_a_form_keeps_its_place_its_name_and_its_protection(town, office):
    place = {"region": "52.06.03.2003", "name": "Siti Rahma", "phone": "081288880005", "confidential": "1"}
    ticket = by_form(town, f"Jalan depan rumah kami berlubang besar sudah lama. {DRUGS}", **place).headers["Location"][-9:]
    town.work_off()
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    case = town.case(new)
    assert (case["region"], case["confidential"], case["anonymous"]) == ("52.06.03.2003", True, False)
    assert case["place_because"].startswith("Seperti laporan asalnya")
    rows = town.sql("SELECT name, phone FROM reporters WHERE case_id = :id", id=case["id"])
    assert rows == town.sql("SELECT name, phone FROM reporters WHERE case_id = :id", id=town.case(ticket)["id"]) != []
    assert case["question"] == "", "an officer is reading it: the reader asks nothing"


def test_an_anonymous_report_stays_anonymous_in_both_halves(town, office):
    ticket = by_form(town, f"{ROAD}. {DRUGS}. anonim", anonymous="1", name="Tak Boleh Terbaca").headers["Location"][-9:]
    town.work_off()
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    assert town.case(new)["anonymous"]
    assert "Tak Boleh Terbaca" not in office.page("imran", new)


def test_a_matter_with_a_place_of_its_own_goes_there(town, office):
    ticket = two(town, 6, f"{ROAD}, {{}}. Sampah menumpuk di pasar Ampenan Kota Mataram tidak pernah diangkut")
    assert town.case(ticket)["question"] is None, "which of the two is meant is no question"
    press(office.desk("citra"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    there = "52.71" if town.case(new)["text"].startswith("Sampah") else "52.06"
    assert town.case(new)["region"].startswith(there)
    assert town.case(new)["unit_id"] is not None


def test_a_promise_starts_on_the_day_the_report_came(town, office):
    ticket = two(town, 7)
    town.clock.forward(hours=20)
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    (new,) = children(town, ticket)
    assert clock(town, new, "first_response")["started_at"] == town.case(ticket)["received_at"]


def test_the_unit_that_has_it_may_split_and_others_may_not(town, office):
    ticket = two(town, 8)
    number = chosen(town, ticket)
    mine, others = ("bagus", "halim") if town.case(ticket)["category"].startswith("jalan") else ("halim", "bagus")
    for who, status in ((others, 404), ("dewi", 404), ("gubernur", 403)):
        assert press(office.desk(who), ticket, number).status_code in (status, 403, 404), who
        assert "Catat tersendiri" not in office.desk(who).get(f"/meja/{ticket}").text
    assert children(town, ticket) == []
    assert "Catat tersendiri" in office.page(mine, ticket)
    assert press(office.desk(mine), ticket, number).status_code == 303
    town.work_off()
    (new,) = children(town, ticket)
    page = office.page(mine, ticket)
    assert "di meja lain" in page and f"/meja/{new}" not in page, "what they may not open is named without its words"
    assert town.case(new)["text"] not in page.partition("Dari laporan yang sama")[2].partition("</section>")[0]


@pytest.mark.parametrize("parts", [[], [9], [0]])
def test_choosing_nothing_is_said_and_makes_nothing(town, office, parts):
    ticket = two(town, 20 + len(parts) + sum(parts))
    answer = press(office.desk("imran"), ticket, *parts)
    assert answer.status_code == 422 and "Pilih dulu hal yang dicatat tersendiri." in answer.text
    assert children(town, ticket) == []


def test_the_part_that_stays_cannot_be_taken_out(town, office):
    ticket = two(town, 10)
    stays = 3 - chosen(town, ticket)
    assert press(office.desk("imran"), ticket, stays).status_code == 422
    assert children(town, ticket) == []


def test_one_matter_is_not_proposed_for_splitting(town, office):
    ticket = by_sms(town, "+628118880011", RIDDLE.format("satu hal saja"))
    assert "Tampaknya ada" not in office.page("imran", ticket)
    assert press(office.desk("imran"), ticket, 2).status_code == 422


def test_what_is_closed_or_merged_is_not_split(town, office):
    ticket, other = two(town, 12), two(town, 13)
    number = chosen(town, ticket)
    office.act("imran", ticket, "merge", parent=other)
    assert "Tampaknya ada" not in office.page("imran", ticket)
    assert press(office.desk("imran"), ticket, number).status_code == 409
    assert count(town, "cases", "split_from = :id", id=town.case(ticket)["id"]) == 0


def test_files_stay_with_the_report_and_the_page_says_so(town, office):
    ticket = two(town, 14)
    press(office.desk("imran"), ticket, chosen(town, ticket))
    town.work_off()
    assert "Foto dan rekaman dari pelapor tetap di laporan asalnya." in office.page("imran", ticket)


def test_where_several_matters_blurred_the_topic_what_stays_has_one_afterwards(town, office):
    ticket = two(
        town, 40, "Jalan di Desa Tente rusak parah, {}. Selain itu lampu jalan di desa Tente mati semua. Sampah juga tidak diangkut"
    )
    assert town.case(ticket)["category"] is None
    assert press(office.desk("imran"), ticket, 2, 3).status_code == 303
    case = town.case(ticket)
    assert case["category"] == "jalan_jembatan" and case["suggested_unit_id"] is not None and case["state"] == "received"


def test_nobody_can_take_the_name_of_a_part_before_it_is_split(town, office):
    ticket = two(town, 41)
    number = town.case(ticket)["id"]
    for guess in range(1, 4):
        by_form(town, f"Jembatan kayu di Desa Tente lapuk, tebakan {guess}", token=f"split:{number}:{guess}")
    assert press(office.desk("imran"), ticket, chosen(town, ticket)).status_code == 303
    assert len(children(town, ticket)) == 1
