"""A case that came to the wrong unit: handed back with words and a name, told to the citizen, sent on by a person, and learned from."""

from __future__ import annotations

import re

import pytest

from tests.corridor.looking import NOWHERE, ROAD, at_once, by_form, by_sms, clock, count, last, story

REASON = "Ruas ini jalan provinsi, bukan jalan kabupaten."
COLUMNS = "number, rule_id, category, from_unit, proposed_unit, reason"


def transfers(town, ticket: str) -> list[tuple]:
    return town.sql(f"SELECT {COLUMNS} FROM transfers WHERE case_id = :id ORDER BY number", id=town.case(ticket)["id"])


def corrections(town, ticket: str) -> list[tuple]:
    query = "SELECT what, was, now FROM corrections WHERE case_id = :id ORDER BY id"
    return town.sql(query, id=town.case(ticket)["id"])


def chosen(page: str, act: str) -> str:
    """The unit that is chosen already in the form of an act; "" for none."""
    form = page.partition(f'/{act}"')[2].partition("</form>")[0]
    found = re.search(r'<option value="(\d+)" selected>', form)
    return found.group(1) if found else ""


def form_of(page: str, act: str) -> str:
    return page.partition(f'/{act}"')[2].partition("</form>")[0]


def test_handing_back_asks_for_a_reason_and_an_owner_or_the_word_that_nobody_knows(town, office):
    ticket = by_sms(town, "+6281100009001", ROAD.format("tanpa pemilik"))
    page = office.page("bagus", ticket)
    assert "Saya tidak tahu" in form_of(page, "hand_back")
    assert "batas penyelesaian tetap berjalan" in form_of(page, "hand_back"), "the clock rule stands beside the button"
    answer = office.act("bagus", ticket, "hand_back", 422, words=REASON)
    assert "Pilih unit yang menurut Anda berwenang, atau pilih “Saya tidak tahu”." in answer
    assert REASON in answer, "nothing that was written is lost"
    answer = office.act("bagus", ticket, "hand_back", 422, unit=office.unit("prov.pupr"))
    assert f'<option value="{office.unit("prov.pupr")}" selected>' in answer
    for nobody in ("999999", str(office.unit("52.06.pupr")), "abc"):
        office.act("bagus", ticket, "hand_back", 422, words=REASON, unit=nobody)
    assert town.case(ticket)["state"] == "dispositioned" and transfers(town, ticket) == []
    office.act("bagus", ticket, "hand_back", words=REASON, unit="0")
    case = town.case(ticket)
    assert transfers(town, ticket) == [(1, case["rule_id"], case["category"], office.unit("52.06.pupr"), None, REASON)]
    assert case["rule_id"] is not None and case["suggested_unit_id"] is None


def test_the_citizen_hears_whose_it_is_not_and_who_looks_now(town, office):
    me = "+6281100009002"
    ticket = by_sms(town, me, ROAD.format("dikabari"))
    office.act("bagus", ticket, "hand_back", words=REASON, unit=office.unit("prov.pupr"))
    said = last(town, me)
    pretty = f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"
    short = dict(town.sql("SELECT code, short FROM units"))
    assert said == (
        f"Laporan {pretty} ternyata bukan tugas {short['52.06.pupr']}. Sekarang dicarikan petugas yang tepat oleh koordinator, "
        f"{short['52.06.diskominfo']}; kabar menyusul."
    )
    assert REASON not in "".join(one["text"] for one in town.sent(me)), "the reason is for colleagues"
    office.act("imran", ticket, "dispose", unit=office.unit("prov.pupr"))
    assert f"sekarang ditangani {short['prov.pupr']}" in last(town, me)


def test_who_reads_it_on_the_tracking_page_is_told_there(town, office):
    browser = town.browser()
    ticket = by_form(town, ROAD.format("dari formulir"), browser).headers["Location"][-9:]
    town.work_off()
    office.act("bagus", ticket, "hand_back", words=REASON, unit="0")
    bodies = town.sql("SELECT body FROM notices WHERE case_id = :id AND template = 'handed_back'", id=town.case(ticket)["id"])
    assert len(bodies) == 1 and bodies[0][0].startswith("Laporan ini ternyata bukan tugas ")
    assert "Dicarikan petugas lain" in browser.get(f"/t/{ticket}").text


def test_the_coordinator_confirms_the_proposed_unit_in_one_click(town, office):
    ticket = by_sms(town, "+6281100009003", ROAD.format("satu klik"))
    dlh = office.unit("52.06.dlh")
    office.act("bagus", ticket, "hand_back", words=REASON, unit=dlh)
    assert town.case(ticket)["unit_id"] is None, "even in the same regency a person confirms"
    assert ticket in office.queue("imran")
    page = office.page("imran", ticket)
    assert chosen(page, "dispose") == str(dlh)
    assert REASON in form_of(page, "dispose") and "Menurut mereka ini tugas" in form_of(page, "dispose")
    office.act("imran", ticket, "dispose", unit=chosen(page, "dispose"))
    assert town.case(ticket)["unit_id"] == dlh
    assert corrections(town, ticket) == [("unit", "52.06.pupr", "52.06.dlh")]


def test_a_body_outside_our_government_may_be_proposed_and_is_chosen_for_forwarding(town, office):
    ticket = by_sms(town, "+6281100009004", ROAD.format("milik pusat"))
    (central,) = town.sql("SELECT id FROM units WHERE level = 'central' AND function <> 'pusat' AND valid_to IS NULL ORDER BY id LIMIT 1")[
        0
    ]
    office.act("bagus", ticket, "hand_back", words=REASON, unit=central)
    page = office.page("imran", ticket)
    assert chosen(page, "forward") == str(central) and chosen(page, "dispose") == ""


def test_the_third_time_the_secretary_decides_and_every_coordinator_of_the_region_sees_it(town, office):
    me = "+6281100009005"
    ticket = by_sms(town, me, ROAD.format("tiga kali"))
    alarms, due = count(town, "alarms"), clock(town, ticket, "complete")["due_at"]
    first, setda = clock(town, ticket, "first_response")["due_at"], office.unit("52.06.setda")
    for number in (1, 2, 3):
        town.clock.forward(hours=1)
        office.act("bagus", ticket, "hand_back", words=f"{REASON} {number}", unit="0")
        verify = clock(town, ticket, "verify")
        assert (verify["round"], verify["started_at"], verify["stopped_at"]) == (number + 1, town.clock(), None)
        assert (clock(town, ticket, "complete")["due_at"], clock(town, ticket, "first_response")["due_at"]) == (due, first)
        assert clock(town, ticket, "first_response")["stopped_at"] is None
        assert (town.case(ticket)["desk_id"] == setda) is (number == 3)
        assert (ticket in office.queue("imran", "attention")) is (number == 3)
        if number < 3:
            office.act("imran", ticket, "dispose", unit=office.unit("52.06.pupr"), words="Sudah dicek, milik kabupaten.")
    short = dict(town.sql("SELECT code, short FROM units"))
    assert f"Sekarang diperiksa {short['52.06.setda']}; kabar menyusul." in last(town, me)
    body = town.sql("SELECT body FROM journal WHERE tag = 'case:hand_back' AND case_id = :id ORDER BY id", id=town.case(ticket)["id"])
    assert [f'"raised_to":{setda}' in one for (one,) in body] == [False, False, True]
    assert f"sekarang diputuskan {short['52.06.setda']}" in office.page("imran", ticket)
    assert "Tiga kali dikembalikan" in office.queue("imran", "attention")
    assert count(town, "alarms") == alarms
    assert [row[0] for row in transfers(town, ticket)] == [1, 2, 3]
    assert [row[1] is None for row in transfers(town, ticket)] == [False, False, False], "it was always the unit the rule had named"
    office.act("citra", ticket, "dispose", unit=office.unit("prov.pupr"))
    assert town.case(ticket)["attention"] is None, "somebody has seen to it"


def test_a_unit_gets_a_case_again_only_when_somebody_says_why(town, office):
    ticket = by_sms(town, "+6281100009006", ROAD.format("kembali lagi"))
    pupr = office.unit("52.06.pupr")
    office.act("bagus", ticket, "hand_back", words=REASON, unit="0")
    answer = office.act("imran", ticket, "dispose", 422, unit=pupr)
    assert "sudah mengembalikan laporan ini" in answer and REASON in answer
    assert town.case(ticket)["state"] == "verified"
    office.act("imran", ticket, "dispose", unit=pupr, words="Peta jalan menyebut ruas ini milik kabupaten.")
    assert town.case(ticket)["unit_id"] == pupr
    assert "Peta jalan menyebut ruas ini milik kabupaten." in office.page("bagus", ticket)


def test_a_rule_is_not_blamed_for_what_a_person_sent(town, office):
    ticket = by_sms(town, "+6281100009007", ROAD.format("salah orang"))
    office.act("bagus", ticket, "hand_back", words=REASON, unit="0")
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dinkes"))
    office.act("halim", ticket, "hand_back", words="Ini soal jalan.", unit=office.unit("52.06.pupr"))
    assert [row[1] is None for row in transfers(town, ticket)] == [False, True]
    assert chosen(office.page("imran", ticket), "dispose") == "", "who has handed it back is never chosen already"


def test_two_who_hand_back_at_once_hand_back_once(town, office):
    ticket = by_sms(town, "+6281100009008", ROAD.format("berdua sekaligus"))
    desks, version = [office.desk("bagus"), office.desk("nurhayati")], town.case(ticket)["version"]
    form = {"version": version, "words": REASON, "unit": "0"}
    answers = at_once(2, lambda number: desks[number].post(f"/meja/{ticket}/hand_back", data=form))
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert len(transfers(town, ticket)) == 1 and town.case(ticket)["hand_backs"] == 1


def test_what_a_coordinator_sets_otherwise_is_kept_with_who_had_read_it(town, office):
    ticket = by_sms(town, "+6281100009009", NOWHERE.format("dibetulkan"))
    read = town.sql("SELECT version, confidence, category, urgency FROM readings WHERE case_id = :id", id=town.case(ticket)["id"])[0]
    office.act("citra", ticket, "verify", category="kesehatan", region="52.06.03", urgency="mendesak")
    assert corrections(town, ticket) == [("category", read[2], "kesehatan"), ("region", None, "52.06.03"), ("urgency", read[3], "mendesak")]
    by = town.sql("SELECT version, confidence, accounts.name FROM corrections JOIN accounts ON accounts.id = by WHERE what = 'category'")
    assert by == [(read[0], read[1], "Citra Contoh")] and read[0].startswith("examples.")


def test_who_changes_nothing_corrects_nothing(town, office):
    ticket = by_sms(town, "+6281100009010", NOWHERE.format("dibiarkan"))
    case = town.case(ticket)
    office.act("citra", ticket, "verify", category=case["category"], urgency=case["urgency"])
    assert corrections(town, ticket) == []
    sent = by_sms(town, "+6281100009011", ROAD.format("langsung terkirim"))
    assert corrections(town, sent) == [], "the machine does not correct itself"


def test_a_refused_act_leaves_no_correction(town, office):
    ticket = by_sms(town, "+6281100009012", NOWHERE.format("ditolak"))
    office.act("citra", ticket, "verify", 422, category="kesehatan", urgency="entah")
    assert corrections(town, ticket) == []


@pytest.mark.parametrize("who", ["bagus", "nurhayati", "imran", "citra"])
def test_the_topic_may_be_put_right_without_moving_the_case(town, office, who):
    ticket = by_sms(town, f"+62811000091{len(who)}{ord(who[0])}", ROAD.format(f"topik {who}"))
    before = town.case(ticket)
    assert "Perbaiki topik" in office.page(who, ticket)
    answer = office.desk(who).post(f"/meja/{ticket}/topik", data={"category": "kesehatan"})
    assert answer.status_code == 303
    after = town.case(ticket)
    assert after["category"] == "kesehatan"
    assert {name for name in before if before[name] != after[name]} == {"category", "version"}
    assert corrections(town, ticket) == [("category", before["category"], "kesehatan")]
    assert story(town, ticket)[-1][0] == "case:retopic"
    page = office.page(who, ticket)
    assert "Topik diperbaiki" in page and "Kesehatan" in page


def test_a_topic_that_does_not_exist_or_is_closed_or_is_not_ours_to_set_is_refused(town, office):
    ticket = by_sms(town, "+6281100009020", ROAD.format("topik ditolak"))
    closed = town.sql("SELECT code FROM categories WHERE sealed = 'yes' LIMIT 1")[0][0]
    for category in ("", "entah", closed, town.case(ticket)["category"]):
        answer = office.desk("bagus").post(f"/meja/{ticket}/topik", data={"category": category})
        assert answer.status_code == 422 and 'href="#f-category"' in answer.text and 'id="f-category"' in answer.text
    assert office.desk("bupati.bima").post(f"/meja/{ticket}/topik", data={"category": "kesehatan"}).status_code == 403
    assert "Perbaiki topik" not in office.page("bupati.bima", ticket)
    assert office.desk("dewi").post(f"/meja/{ticket}/topik", data={"category": "kesehatan"}).status_code == 404
    waiting = by_sms(town, "+6281100009021", NOWHERE.format("belum dibaca"))
    assert office.desk("citra").post(f"/meja/{waiting}/topik", data={"category": "kesehatan"}).status_code == 409
    assert corrections(town, ticket) == corrections(town, waiting) == []


def test_the_case_page_says_who_read_it_and_how_sure(town, office):
    ticket = by_sms(town, "+6281100009022", ROAD.format("siapa membaca"))
    version, sure = town.sql("SELECT version, confidence FROM readings WHERE case_id = :id", id=town.case(ticket)["id"])[0]
    assert f"Dibaca oleh {version}, {sure * 100:.0f} % yakin" in office.page("bagus", ticket)
