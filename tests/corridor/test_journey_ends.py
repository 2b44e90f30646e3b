"""The other ends of a case: archived, forwarded, merged, withdrawn, a tip, and what comes back after closing."""

import pytest

from tests.corridor.looking import CLINIC, NOWHERE, RIDDLE, ROAD, by_form, by_sms, clock, count, everywhere, last, pin_of


def running(town, ticket: str) -> list[str]:
    return [
        row[0]
        for row in town.sql(
            "SELECT clock FROM clocks WHERE stopped_at IS NULL AND clock <> 'receipt' AND case_id = :id", id=town.case(ticket)["id"]
        )
    ]


def test_archiving_needs_a_reason_from_the_list_and_words(town, office):
    me = "+6281100005001"
    ticket = by_sms(town, me, NOWHERE.format("akan diarsipkan"))
    assert "Pilih alasannya" in office.act("citra", ticket, "archive", 422, words="Maaf.")
    assert "Pilih alasannya" in office.act("citra", ticket, "archive", 422, words="Maaf.", reason="malas")
    page = office.act("citra", ticket, "archive", 422, reason="tidak_jelas")
    assert 'value="tidak_jelas" selected' in page, "the reason chosen is kept"
    office.act("citra", ticket, "archive", words="Tolong tulis nama desanya.", reason="tidak_jelas")
    case = town.case(ticket)
    assert (case["state"], case["archived_by"], case["archive_reason"]) == ("archived", "admin", "tidak_jelas")
    assert "Kami belum memahami apa yang terjadi dan di mana" in last(town, me)
    assert "Tolong tulis nama desanya." in last(town, me)
    assert running(town, ticket) == []
    assert ticket in office.queue("citra", "done")


def test_an_officer_cannot_archive_what_is_hard(town, office):
    ticket = by_sms(town, "+6281100005002", ROAD.format("sulit"))
    page = office.act("bagus", ticket, "archive", 403, words="Sulit.", reason="tidak_jelas")
    assert "tidak berwenang" in page
    assert "Sulit." in page, "the words are kept"
    assert town.case(ticket)["state"] == "dispositioned"


def test_what_belongs_to_a_central_office_is_forwarded_by_a_person_and_the_citizen_told_to_whom(town, office):
    me = "+6281100005003"
    ticket = by_sms(town, me, "listrik padam tiap malam di Kecamatan Woha Kabupaten Bima, diteruskan")
    case = town.case(ticket)
    assert (case["state"], case["unit_id"]) == ("received", None)
    assert "PLN" in case["because"]
    assert "PLN" in office.queue("imran")
    office.act("imran", ticket, "verify")
    office.act("imran", ticket, "dispose", 422, unit=case["suggested_unit_id"])
    office.act("imran", ticket, "forward", 422)
    office.act("imran", ticket, "forward", words="Diteruskan ke PLN Bima, tanya di 123 dengan nomor ini.")
    assert town.case(ticket)["state"] == "forwarded"
    assert "PLN Bima, tanya di 123" in last(town, me)
    assert running(town, ticket) == ["watch"], "nothing but our own promise to ask there again"


def test_merging_keeps_the_citizens_ticket_and_asks_for_an_open_parent(town, office):
    me = "+6281100005004"
    parent, child = by_sms(town, "+6281100005005", RIDDLE.format("induk")), by_sms(town, me, RIDDLE.format("anak"))
    closed = by_sms(town, "+6281100005006", CLINIC.format("bukan induk"))
    town.sms("+6281100005006", f"BATAL {closed}")
    for wrong in (closed, child):
        assert "nomor laporan lain yang masih terbuka" in office.act("imran", child, "merge", 422, parent=wrong)
    assert "nomor laporan lain yang masih terbuka" in office.act("imran", child, "merge", 422, parent="111111112")
    office.act("imran", child, "merge", parent=f"{parent[:3]}-{parent[3:6]}-{parent[6:]}")
    case = town.case(child)
    assert (case["state"], case["merged_into"]) == ("merged", town.case(parent)["id"])
    assert f"digabung dengan laporan {parent[:3]}-{parent[3:6]}-{parent[6:]}" in last(town, me)
    town.sms(me, f"CEK {child}")
    town.work_off()
    assert "Digabung" in last(town, me)


def test_confidential_reports_are_never_merged(town, office):
    secret = by_form(town, RIDDLE.format("rahasia jangan gabung"), confidential="1").headers["Location"][3:]
    town.work_off()
    other = by_sms(town, "+6281100005007", RIDDLE.format("terbuka saja"))
    for child, parent in ((secret, other), (other, secret)):
        assert "Laporan rahasia tidak digabung" in office.act("imran", child, "merge", 422, parent=parent)


@pytest.mark.parametrize("how", ["sms", "web"])
def test_a_citizen_takes_a_report_back(town, office, how):
    if how == "sms":
        ticket = by_sms(town, "+6281100005008", CLINIC.format("ditarik lewat sms"))
        town.sms("+6281100005008", f"batal {ticket}")
        town.work_off()
        assert "sudah Anda tarik" in last(town, "+6281100005008")
    else:
        me = town.browser()
        ticket = by_form(town, CLINIC.format("ditarik lewat web"), me).headers["Location"][3:]
        town.work_off()
        assert me.post(f"/t/{ticket}/tarik", data={"words": "sudah beres sendiri"}).status_code == 303
    case = town.case(ticket)
    assert (case["state"], case["archived_by"]) == ("archived", "reporter")
    assert running(town, ticket) == []
    assert ticket not in office.queue("halim")
    office.act("halim", ticket, "answer", 409, words="Terlambat.")


def test_a_tip_has_no_clock_and_no_officer_ever_sees_it(town, office):
    told = town.api(text=ROAD.format("info kayu gelondongan"), kind="tip", category="jalan_jembatan", region="52.06.03").get_json()
    ticket = told["ticket"]
    town.work_off()
    case = town.case(ticket)
    assert (case["state"], case["unit_id"], case["due_at"]) == ("received", None, None)
    assert running(town, ticket) == []
    for who in ("bagus", "nurhayati", "ratna"):
        for tab in ("todo", "waiting", "attention", "all", "done"):
            assert ticket not in office.queue(who, tab)
        assert office.desk(who).get(f"/meja/{ticket}").status_code == 404
    assert ticket in office.queue("imran")
    assert "info kayu gelondongan" in office.page("imran", ticket)
    assert "kayu" not in town.browser().get(f"/t/{ticket}").text


def test_a_tip_stays_out_of_an_officers_sight_even_when_it_lies_with_their_unit(town, office):
    ticket = town.api(text=ROAD.format("info ditugaskan"), kind="tip", region="52.06.03").get_json()["ticket"]
    town.work_off()
    town.sql(
        "UPDATE cases SET unit_id = :unit, desk_id = :unit, state = 'dispositioned' WHERE ticket = :ticket",
        unit=office.unit("52.06.pupr"),
        ticket=ticket,
    )
    assert all(ticket not in office.queue("bagus", tab) for tab in ("todo", "waiting", "attention", "all", "done"))
    assert office.desk("bagus").get(f"/meja/{ticket}").status_code == 404
    assert town.act(office.desk("bagus"), ticket, "answer", words="x").status_code == 404


def test_not_solved_after_closing_comes_to_the_coordinator_who_alone_reopens(town, office):
    me = "+6281100005009"
    ticket = by_sms(town, me, CLINIC.format("dibuka kembali"))
    office.act("halim", ticket, "respond", words="Beres.")
    town.sms(me, "YA")
    town.work_off()
    first_closed = town.case(ticket)["first_closed_at"]
    assert first_closed
    town.clock.forward(days=20)
    town.sms(me, f"BELUM {ticket} obatnya kosong lagi")
    town.work_off()
    case = town.case(ticket)
    assert (case["state"], case["desk_id"]) == ("closed", office.unit("52.06.diskominfo"))
    assert ticket in office.queue("imran", "attention")
    assert "Koordinator meninjau" in last(town, me)
    office.act("halim", ticket, "reopen", 403, words="Saya buka.")
    office.act("imran", ticket, "reopen", 422)
    office.act("imran", ticket, "reopen", words="Pelapor menulis obatnya kosong lagi.")
    case = town.case(ticket)
    assert (case["state"], case["reopenings"], case["closed_at"], case["closed_by"]) == ("in_progress", 1, None, None)
    assert case["first_closed_at"] == first_closed
    assert case["attention"] is None
    assert clock(town, ticket, "complete")["round"] == 2
    assert ticket in office.queue("halim")
    assert "kami buka kembali" in last(town, me)
    office.act("halim", ticket, "respond", words="Sekarang beres.")
    town.sms(me, "YA")
    town.work_off()
    town.sms(me, "3")
    town.work_off()
    assert town.sql("SELECT round, score FROM polls WHERE case_id = :id ORDER BY round", id=case["id"])[-1] == (2, 3)
    assert town.case(ticket)["first_closed_at"] == first_closed


def test_after_thirty_days_a_case_stays_closed(town, office):
    ticket = by_sms(town, "+6281100005010", CLINIC.format("terlalu lama"))
    office.act("halim", ticket, "respond", words="Beres.")
    town.sms("+6281100005010", "YA")
    town.clock.forward(days=30, minutes=1)
    page = office.act("imran", ticket, "reopen", 409, words="Diminta pelapor.")
    assert "lebih dari 30 hari" in page
    assert "Diminta pelapor." in page
    assert town.case(ticket)["state"] == "closed"


def test_closing_by_the_office_needs_the_citizens_recorded_word(town, office):
    ticket = by_sms(town, "+6281100005011", CLINIC.format("disetujui lisan"))
    office.act("halim", ticket, "respond", words="Beres.")
    office.act("imran", ticket, "close", 422)
    office.act("halim", ticket, "close", 403, words="Sudah.")
    office.act("imran", ticket, "close", words="Pelapor setuju lewat telepon, Senin pukul 10.")
    assert (town.case(ticket)["state"], town.case(ticket)["closed_by"]) == ("closed", "admin")


def test_anonymous_name_and_number_appear_nowhere_but_in_their_own_rows(town, office):
    sent = {"name": "Zubaidah Pemberani", "phone": "0812 9876 5432", "email": "zubaidah@rahasia.example", "anonymous": True}
    told = town.api(text=CLINIC.format("tanpa nama"), region="52.06.03", **sent).get_json()
    ticket = told["ticket"]
    town.work_off()
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.sms("+6281298765432", "obat gula")
    town.work_off()
    office.act("halim", ticket, "respond", words="Sudah ada.")
    pages = [office.page("halim", ticket), office.page("imran", ticket), office.queue("halim", "all"), office.queue("imran", "all")]
    api = town.browser()
    pages += [api.get(f"/api/v1/cases/{ticket}").text, api.get(f"/api/v1/cases/{ticket}", headers={"X-Pin": pin_of(town, ticket)}).text]
    pages += [api.get(f"/t/{ticket}").text, *(message["text"] for message in town.sent())]
    for words in ("Zubaidah", "98765432", "zubaidah@"):
        assert all(words not in page for page in pages), words
    assert "Anonim" in pages[0]
    assert sorted(everywhere(town, "Zubaidah")) == ["reporters.email", "reporters.name"]
    assert sorted(everywhere(town, "81298765432")) == ["contacts.address", "reporters.phone"]


def test_a_named_reporter_is_read_by_the_unit_and_each_reading_is_an_entry(town, office):
    ticket = town.api(text=CLINIC.format("dengan nama"), name="Hj. Salmah", phone="0812 1111 2222").get_json()["ticket"]
    town.work_off()
    assert "Hj. Salmah" in office.page("halim", ticket)
    for who in ("bupati.bima", "sekda"):
        assert "Hj. Salmah" not in office.page(who, ticket)
    read = town.sql("SELECT actor FROM journal WHERE tag = 'identity:read' AND case_id = :id", id=town.case(ticket)["id"])
    assert len(read) == 1
    assert count(town, "accounts", "email = 'halim@ntbcare.example' AND 'officer:' || id = :actor", actor=read[0][0]) == 1
