"""Each row of the table of promises (domain.md 9.2) that this corridor keeps: when it starts, what stops it, whether it waits."""

from __future__ import annotations

import html

from tests.corridor.looking import CLINIC, ROAD, by_sms, clock, count, pin_of
from tests.corridor.test_journey_clocks import at, end_of


def running(town, ticket: str) -> set[str]:
    """Names of the promises that run or wait."""
    return {name for (name,) in town.sql("SELECT clock FROM clocks WHERE stopped_at IS NULL AND case_id = :id", id=town.case(ticket)["id"])}


def test_the_receipt_is_promised_within_five_minutes_and_kept_when_it_arrives(town):
    town.sms("+6281100035001", CLINIC.format("tanda terima"))
    town.work_off()
    ticket = town.ticket_of("tanda terima")
    receipt = clock(town, ticket, "receipt")
    assert (receipt["due_at"] - receipt["started_at"]).total_seconds() == 300
    assert receipt["stopped_at"] == town.clock.moment and receipt["outcome"] == "kept"
    town.api(text="Puskesmas Woha kehabisan obat, tanda terima kedua", category="kesehatan", region="52.06.03")
    town.work_off()
    waiting = town.ticket_of("tanda terima kedua")
    assert clock(town, waiting, "receipt")["stopped_at"] is None, "nobody has read it"
    browser = town.browser()
    browser.post(f"/t/{waiting}/pin", data={"pin": pin_of(town, waiting)})
    browser.get(f"/t/{waiting}")
    assert clock(town, waiting, "receipt")["outcome"] == "kept"


def test_every_promise_of_a_complaint_from_the_report_to_the_last_word(new_town, office_of):
    town, office, me = new_town, office_of(new_town), "+6281100035002"
    ticket = by_sms(town, me, CLINIC.format("seluruh jalan"))
    assert running(town, ticket) == {"first_response", "followup", "complete"}
    assert clock(town, ticket, "verify")["outcome"] == "kept", "stopped by the disposition"
    assert clock(town, ticket, "completeness")["outcome"] == "kept", "stopped by the verification"
    office.act("halim", ticket, "start")
    assert running(town, ticket) == {"first_response", "followup", "complete"}, "a click without words is no answer"
    office.act("halim", ticket, "answer", words="Sedang kami cek.")
    assert running(town, ticket) == {"complete"}
    office.act("halim", ticket, "respond", words="Obat sudah ada.")
    assert running(town, ticket) == {"rebut"} and clock(town, ticket, "rebut")["due_at"] == end_of(6, 4)
    town.sms(me, f"BELUM {ticket} obatnya belum ada")
    town.work_off()
    assert running(town, ticket) == {"complete"} and clock(town, ticket, "complete")["due_at"] == end_of(10, 4), "never extended"


def test_a_new_agency_has_a_new_followup_and_the_overall_promise_goes_on(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100035003", ROAD.format("instansi baru"))
    overall, first = clock(town, ticket, "complete"), clock(town, ticket, "first_response")
    town.clock.moment = at(16)
    office.act("bagus", ticket, "hand_back", words="Bukan milik kami.", unit="0")
    assert clock(town, ticket, "verify")["round"] == 2 and clock(town, ticket, "followup")["stopped_at"] == at(16)
    town.clock.moment = at(17)
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.pupr"), words="Ruas ini milik kabupaten.")
    assert clock(town, ticket, "followup")["due_at"] == end_of(31, 3) and clock(town, ticket, "followup")["round"] == 2
    assert clock(town, ticket, "verify")["stopped_at"] == at(17)
    assert (clock(town, ticket, "complete"), clock(town, ticket, "first_response")) == (overall, first)


def test_a_result_is_checked_within_two_days_and_judged_by_the_moment_it_was_handed_in(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100035004", ROAD.format("diperiksa"))
    office.act("bagus", ticket, "start")
    town.clock.moment = at(10, month=4)
    office.act("bagus", ticket, "submit_result", words="Lubang ditambal.")
    assert clock(town, ticket, "check")["due_at"] == end_of(14, 4)
    town.clock.moment = at(15, month=4)
    office.act("imran", ticket, "approve")
    assert clock(town, ticket, "check")["outcome"] == "late" and clock(town, ticket, "complete")["outcome"] == "kept"
    assert clock(town, ticket, "complete")["stopped_at"] == at(10, month=4)


def test_the_law_stands_beside_the_practice_on_the_page(new_town, office_of):
    town, office = new_town, office_of(new_town)
    assert town.sms("+6281100035005", CLINIC.format("berkadar")).status_code == 200
    town.sql("UPDATE cases SET classification = 'berkadar'")
    town.work_off()
    ticket = town.ticket_of("berkadar")
    assert (clock(town, ticket, "complete")["due_at"], clock(town, ticket, "complete_calendar")["due_at"]) == (end_of(24, 6), end_of(12, 5))
    page = html.unescape(office.page("halim", ticket))
    practice, law = page.index("paling lambat 60 hari kerja"), page.index("Batas undang-undang: paling lambat 60 hari kalender")
    assert practice < law and '<div class="clock' not in page[practice:law], "one card for both"
    assert "Perpres 76/2013" in page and "akhir pekan dan hari libur ikut dihitung" in page
    town.clock.moment = at(16)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    assert clock(town, ticket, "complete")["paused_at"] == at(16) and clock(town, ticket, "complete_calendar")["paused_at"] is None
    page = html.unescape(office.page("halim", ticket))
    assert "Pelapor dapat melengkapi laporan dalam 10 hari kerja" in page and "Menurut undang-undang Pelapor dapat melengkapi" in page
    assert count(town, "clocks", "clock = 'citizen_completes_statute' AND due_at = :due", due=end_of(15, 4)) == 1


def test_each_date_has_its_sentence_its_days_and_why_it_is_pinned(town, office):
    ticket = by_sms(town, "+6281100035006", CLINIC.format("dijelaskan"))
    page = html.unescape(office.page("halim", ticket))
    assert "5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), jadi paling lambat Jumat, 27 Maret 2026" in page
    assert "Hari Suci Nyepi" in page and "ke-5" in page
    assert "Aturan followup versi 2026-1, kalender edisi 2024-2027." in page
    assert "bekerja Senin sampai Jumat, hari libur yang berlaku di" in page and "Bima" in page
