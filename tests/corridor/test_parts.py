"""Many agencies, one case: each further unit has a part with a promise of its own, the citizen has one thread and one answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.corridor.looking import CLINIC, ROAD, at_once, by_sms, clock, count, last, pin_of, statements, story

HELP = "Mohon data pengadaan obat dari gudang kabupaten"


def part(town, ticket: str, state: str = "", unit: str = "") -> dict | None:
    """The newest part of a case (in that state, of that unit)."""
    columns = ("id", "state", "version", "answer", "asked", "clock_id", "unit")
    found = town.sql(
        "SELECT p.id, p.state, p.version, p.answer, p.asked, p.clock_id, u.code FROM parts p JOIN units u ON u.id = p.unit_id "
        "WHERE case_id = :id AND (:state = '' OR state = :state) AND (:unit = '' OR u.code = :unit) ORDER BY p.id DESC LIMIT 1",
        id=town.case(ticket)["id"], state=state, unit=unit,
    )  # fmt: skip
    return dict(zip(columns, found[0], strict=True)) if found else None


def ask(office, who: str, ticket: str, unit: str, words: str = HELP, status: int = 303) -> str:
    """Ask a unit for a part by the form of the case page."""
    answer = office.desk(who).post(f"/meja/{ticket}/bagian", data={"unit": str(office.unit(unit)), "words": words})
    assert answer.status_code == status, answer.text
    return answer.text


def do(office, who: str, ticket: str, name: str, words: str = "", status: int = 303, unit: str = "", **more: object) -> str:
    """One act on the newest part (of that unit)."""
    one = part(office.town, ticket, unit=unit)
    answer = office.desk(who).post(f"/meja/{ticket}/bagian/{one['id']}/{name}", data={"words": words, **more})
    assert answer.status_code == status, answer.text
    return answer.text


def tracked(town, ticket: str) -> str:
    """The tracking page as its reporter reads it."""
    browser = town.browser()
    browser.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    return browser.get(f"/t/{ticket}").text


def due_of(town, ticket: str) -> datetime:
    """When the newest part is due."""
    return town.sql("SELECT due_at FROM clocks WHERE id = :id", id=part(town, ticket)["clock_id"])[0][0]


@pytest.fixture
def shared(town, office):
    """A clinic's case (Dinkes Bima, halim) in which the public works office (bagus) has a part; its reporter is on SMS."""
    number = count(town, "cases")
    ticket = by_sms(town, f"+62812770{number:05d}", CLINIC.format(f"bersama {number}"))
    ask(office, "halim", ticket, "52.06.pupr")
    return ticket


def test_the_unit_that_was_asked_finds_it_first_in_its_queue_with_its_own_date(town, office, shared):
    for tab in ("todo", "helping"):
        page = office.queue("bagus", tab)
        assert shared in page.replace(" ", "") and "Bagian unit Anda" in page
    assert clock(town, shared, "part")["due_at"] == due_of(town, shared)
    page = office.page("bagus", shared)
    assert HELP in page and "Bagian ini selesai" in page and "Bukan urusan kami" in page
    assert town.case(shared)["due_clock"] != "part", "the date on the responsible unit's desk is its own"
    assert "Bagian unit Anda" not in office.queue("halim")


def test_it_reads_what_a_helper_reads_and_answers_nobody_but_its_colleagues(town, office, shared):
    assert "Nama dan nomor hanya terlihat oleh yang menangani" in office.page("bagus", shared)
    for event in ("start", "answer", "respond", "hand_back"):
        assert town.act(office.desk("bagus"), shared, event, words="Kami saja").status_code == 403
    told = len(town.sent())
    do(office, "bagus", shared, "start")
    do(office, "bagus", shared, "answer", "Data sudah kami serahkan ke bidang farmasi")
    town.work_off()
    assert len(town.sent()) == told, "nobody's telephone rings for a part"
    assert "bidang farmasi" in office.page("halim", shared)
    assert "bidang farmasi" not in tracked(town, shared)
    assert shared not in office.queue("bagus", "todo").replace(" ", "")
    assert shared in office.queue("halim", "attention").replace(" ", "") and "Kabar dari unit lain" in office.queue("halim")


def test_the_citizen_has_one_thread_that_says_how_many_are_done(town, office):
    ticket = by_sms(town, "+6281277000901", CLINIC.format("tiga unit"))
    assert "unit sudah selesai" not in tracked(town, ticket)
    ask(office, "halim", ticket, "52.06.pupr")
    ask(office, "halim", ticket, "52.06.dlh", "Periksa limbahnya")
    assert "0 dari 3 unit sudah selesai" in tracked(town, ticket)
    do(office, "bagus", ticket, "answer", "Sudah", unit="52.06.pupr")
    page = tracked(town, ticket)
    assert "1 dari 3 unit sudah selesai" in page and "Kabupaten Bima" in page and HELP not in page
    town.clock.forward(hours=1)
    town.sms("+6281277000901", "CEK")
    town.work_off()
    assert "1 dari 3 unit sudah selesai" in last(town, "+6281277000901")
    assert "unit sudah selesai" not in town.browser().get(f"/t/{ticket}").text, "only for the reporter"


def test_the_last_word_waits_for_the_parts_unless_the_officer_says_why_not(town, office, shared):
    office.act("halim", shared, "start")
    page = office.act("halim", shared, "respond", status=422, words="Obat sudah ada.")
    assert "belum selesai dengan bagiannya" in page and "Tetap jawab tanpa menunggu" in page and "Obat sudah ada." in page
    assert town.case(shared)["state"] == "in_progress"
    office.act("halim", shared, "respond", words="Obat sudah ada.", without="Obat dikirim provinsi lebih dulu")
    assert town.case(shared)["state"] == "responded"
    assert "Obat dikirim provinsi lebih dulu" in office.page("halim", shared)
    assert not any("dikirim provinsi" in one["text"] for one in town.sent()), "a reason for colleagues leaves by no door"


def test_a_finished_part_holds_nothing_up(town, office, shared):
    do(office, "bagus", shared, "answer", "Sudah")
    office.act("halim", shared, "respond", words="Obat sudah ada.")
    assert town.case(shared)["state"] == "responded"


def test_checked_work_waits_too_until_a_coordinator_lets_the_part_go(town, office):
    ticket = by_sms(town, "+6281277000902", ROAD.format("menunggu bagian"))
    ask(office, "imran", ticket, "52.06.dinkes", "Pastikan ambulans bisa lewat")
    office.act("bagus", ticket, "start")
    office.act("bagus", ticket, "submit_result", status=422, words="Sudah ditambal.")
    do(office, "bagus", ticket, "drop", "Tidak perlu", status=403)
    do(office, "imran", ticket, "drop", "", status=422)
    do(office, "imran", ticket, "drop", "Ambulans lewat jalan lain")
    assert part(town, ticket)["state"] == "dropped"
    assert "Ambulans lewat jalan lain" in office.page("halim", ticket), "the unit that is waited for no more reads why"
    office.act("bagus", ticket, "submit_result", words="Sudah ditambal.")
    assert town.case(ticket)["state"] == "awaiting_check"


def test_a_part_given_back_says_why_and_closes_the_case_to_that_unit(town, office, shared):
    do(office, "bagus", shared, "return", "", status=422)
    do(office, "bagus", shared, "return", "Gudang obat bukan milik kami")
    assert part(town, shared)["state"] == "not_ours"
    assert office.desk("bagus").get(f"/meja/{shared}").status_code == 404
    page = office.page("halim", shared)
    assert "Gudang obat bukan milik kami" in page and "bukan urusan kami" in page
    assert clock(town, shared, "part")["stopped_at"] is not None
    ask(office, "halim", shared, "52.06.pupr", "Tolong periksa sekali lagi")
    assert part(town, shared)["state"] == "asked" and clock(town, shared, "part")["round"] == 2


def test_when_the_case_ends_its_parts_end_and_say_why(town, office, shared):
    browser = town.browser()
    browser.post(f"/t/{shared}/pin", data={"pin": pin_of(town, shared)})
    browser.post(f"/t/{shared}/tarik", data={"words": "Sudah beres"})
    assert town.case(shared)["state"] == "archived"
    gone = part(town, shared)
    assert gone["state"] == "dropped" and "menarik laporannya" in gone["answer"]
    assert clock(town, shared, "part")["stopped_at"] is not None
    assert shared not in office.queue("bagus").replace(" ", "")
    assert "menarik laporannya" in office.page("bagus", shared)
    assert ("case:part_dropped", "citizen") in story(town, shared)


def test_a_merged_child_drops_its_parts_and_splitting_it_off_again_revives_none(town, office):
    one = by_sms(town, "+6281277000903", ROAD.format("induk gabungan"))
    two = by_sms(town, "+6281277000904", ROAD.format("anak gabungan"))
    ask(office, "bagus", two, "52.06.dinkes")
    office.act("imran", two, "merge", parent=one)
    assert part(town, two)["state"] == "dropped" and "digabung" in part(town, two)["answer"]
    office.act("imran", two, "unmerge")
    assert town.case(two)["state"] == "dispositioned"
    assert clock(town, two, "part")["stopped_at"] is not None and part(town, two)["state"] == "dropped"


def test_a_hand_back_keeps_the_parts_and_who_gets_the_whole_case_has_no_part_in_it(town, office):
    ticket = by_sms(town, "+6281277000905", ROAD.format("pindah tangan"))
    ask(office, "bagus", ticket, "52.06.dinkes")
    ask(office, "bagus", ticket, "52.06.dlh")
    office.act("bagus", ticket, "hand_back", words="Bukan milik kami.", unit=str(office.unit("52.06.dinkes")))
    assert part(town, ticket, unit="52.06.dinkes")["state"] == "asked"
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dinkes"))
    assert part(town, ticket, unit="52.06.dinkes")["state"] == "dropped", "it leads now"
    assert part(town, ticket, unit="52.06.dlh")["state"] == "asked"


def test_only_who_has_the_case_asks_and_only_once_and_in_words(town, office, shared):
    ask(office, "bagus", shared, "52.06.dlh", status=403)
    assert "sudah diminta" in ask(office, "halim", shared, "52.06.pupr", status=422)
    assert "Tulis apa yang diminta" in ask(office, "halim", shared, "52.06.dlh", words=" ", status=422)
    page = ask(office, "halim", shared, "52.06.dinkes", words="Kata yang tidak boleh hilang", status=422)
    assert "Pilih unit yang diminta membantu" in page and "Kata yang tidak boleh hilang" in page
    assert office.desk("gubernur").post(f"/meja/{shared}/bagian", data={"words": "x"}).status_code == 403
    assert office.desk("dewi").post(f"/meja/{shared}/bagian", data={"words": "x"}).status_code == 404
    do(office, "halim", shared, "answer", "Kami jawab sendiri", status=403)
    assert count(town, "parts", "case_id = :id", id=town.case(shared)["id"]) == 1


def test_the_accused_unit_is_neither_offered_nor_asked(town, office):
    ticket = by_sms(town, "+6281277000911", "petugas dukcapil membentak nenek saya, di Kecamatan Woha Kabupaten Bima")
    town.sql(
        "UPDATE cases SET state = 'dispositioned', unit_id = :id, desk_id = :id WHERE ticket = :ticket",
        id=office.unit("52.06.pupr"),
        ticket=ticket,
    )
    form = office.page("bagus", ticket).partition("Minta bagian unit lain")[2].partition("</form>")[0]
    assert f'value="{office.unit("52.06.dlh")}"' in form and f'value="{office.unit("52.06.dukcapil")}"' not in form
    assert "tidak menangani laporan ini" in ask(office, "bagus", ticket, "52.06.dukcapil", status=422)


def test_a_rahasia_case_says_who_would_read_it_and_a_tip_is_asked_of_nobody(town, office):
    ticket = (
        town.api(text="Obat puskesmas Woha dijual perawat", category="kesehatan", region="52.06.03", confidential=True)
        .json["ticket"]
        .replace(" ", "")
    )
    town.work_off()
    assert "Unit yang diminta akan ikut membacanya" in office.page("halim", ticket)
    tip = town.api(text="Ada kabar gudang obat kosong", category="kesehatan", region="52.06.03", kind="tip").json["ticket"].replace(" ", "")
    town.work_off()
    assert "Minta bagian unit lain" not in office.page("imran", tip)
    assert ask(office, "imran", tip, "52.06.pupr", status=409)


def test_of_two_who_ask_the_same_unit_at_once_one_part_comes(town, office):
    ticket = by_sms(town, "+6281277000906", CLINIC.format("dua sekaligus"))
    desks = [office.desk("halim"), office.desk("imran")]
    form = {"unit": str(office.unit("52.06.pupr")), "words": HELP}
    answers = at_once(2, lambda number: desks[number].post(f"/meja/{ticket}/bagian", data=form).status_code)
    assert sorted(answers) in ([303, 409], [303, 422]), answers
    assert count(town, "parts", "case_id = :id", id=town.case(ticket)["id"]) == 1


def test_the_last_word_is_not_said_past_a_part_that_was_just_asked(town, office):
    ticket = by_sms(town, "+6281277000907", CLINIC.format("terlambat tahu"))
    office.act("halim", ticket, "start")
    seen = town.case(ticket)["version"]
    ask(office, "imran", ticket, "52.06.pupr")
    answer = town.act(office.desk("halim"), ticket, "respond", words="Sudah.", version=str(seen))
    assert answer.status_code == 409 and town.case(ticket)["state"] == "in_progress"


def test_an_act_on_a_part_that_changed_meanwhile_is_told(town, office, shared):
    seen = part(town, shared)["version"]
    do(office, "bagus", shared, "start", version=seen)
    do(office, "bagus", shared, "answer", "Sudah", version=seen, status=409)
    assert part(town, shared)["state"] == "working"


def test_a_late_part_is_told_to_its_own_unit_and_not_to_the_one_that_leads(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281277000908", CLINIC.format("bagian terlambat"))
    ask(office, "halim", ticket, "52.06.pupr")
    office.act("halim", ticket, "answer", words="Kami sedang menunggu data.")
    town.clock.moment = due_of(town, ticket) - timedelta(hours=14)  # ten in the morning of the last day
    for _ in range(6):
        town.round()
        town.clock.forward(days=1)
    told = dict(
        town.sql(
            "SELECT a.email, b.words FROM bells b JOIN accounts a ON a.id = b.account_id JOIN rungs r ON r.id = b.rung_id WHERE r.of_part"
        )
    )
    assert {"bagus@ntbcare.example", "nurhayati@ntbcare.example"} <= set(told)
    assert "halim@ntbcare.example" not in told
    assert "Unit yang diminta membantu" in told["bagus@ntbcare.example"] and "Kerjakan bagian unit Anda" in told["bagus@ntbcare.example"]
    do(office, "bagus", ticket, "answer", "Maaf terlambat")
    assert clock(town, ticket, "part")["outcome"] == "late"
    town.round()
    assert count(town, "rungs", "of_part AND ended_at IS NULL") == 0


def test_the_successor_of_a_unit_that_ended_has_its_part(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281277000909", CLINIC.format("unit berakhir"))
    ask(office, "halim", ticket, "52.06.dlh", "Periksa limbahnya")
    assert ticket not in office.queue("bagus").replace(" ", "")
    town.sql(
        "UPDATE units SET valid_to = '2026-01-01', successor_id = (SELECT id FROM units WHERE code = '52.06.pupr') WHERE code = '52.06.dlh'"
    )
    town.sql("UPDATE reference_stamp SET stamp = stamp || 'u'")
    town.clock.forward(minutes=5)
    assert ticket in office.queue("bagus").replace(" ", "")
    do(office, "bagus", ticket, "answer", "Sudah kami periksa")
    assert part(town, ticket)["state"] == "done"


def test_parts_cost_the_queue_nothing_and_the_case_page_one_statement(town, office, shared):
    desk = office.desk("bagus")
    for address in ("/meja", "/meja?tab=helping", "/meja?tab=todo&late=1"):
        desk.get(address)
        with statements(town) as heard:
            assert desk.get(address).status_code == 200
        assert len(heard) <= 5, heard
    plain = by_sms(town, "+6281277000910", CLINIC.format("tanpa bagian"))
    lead, costs = office.desk("halim"), []
    for ticket in (plain, shared):
        lead.get(f"/meja/{ticket}")
        with statements(town) as heard:
            assert lead.get(f"/meja/{ticket}").status_code == 200
        costs.append(len(heard))
    assert costs[1] <= costs[0] + 1, costs
