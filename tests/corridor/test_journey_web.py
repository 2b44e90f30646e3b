"""A life on the web: the receipt, the tracking page with and without the PIN, and every act by a plain form."""

import pytest

from ntbcare.domain import tickets
from tests.corridor.looking import CLINIC, NOWHERE, RIDDLE, ROAD, by_form, clock, count, pin_of


def file(town, words: str, browser=None, **fields: object) -> str:
    answer = by_form(town, words, browser, **fields)
    assert answer.status_code == 303, answer.text
    town.work_off()
    return answer.headers["Location"].removeprefix("/t/")


def act(town, browser, ticket: str, event: str, status: int = 303, **form: object):
    answer = browser.post(f"/t/{ticket}/{event}", data=form)
    assert answer.status_code == status, answer.text
    town.work_off()
    return answer


def test_from_the_form_to_a_rating_on_the_tracking_page(town, office):
    me = town.browser()
    ticket = file(town, CLINIC.format("lewat formulir"), me)
    receipt = me.get(f"/t/{ticket}").text
    assert pin_of(town, ticket) in receipt
    assert "Dinas Kesehatan" in receipt
    assert "Sabtu, 14 Maret 2026 pukul 12.00 WITA" in receipt

    office.act("halim", ticket, "ask", words="Sejak kapan kosongnya?")
    assert clock(town, ticket, "complete")["paused_at"] is None, "nobody has read the question yet"
    page = me.get(f"/t/{ticket}").text
    assert "Sejak kapan kosongnya?" in page
    assert clock(town, ticket, "complete")["paused_at"] == town.clock.moment, "now somebody has"
    assert "Tulis dulu jawabannya" in act(town, me, ticket, "jawab", 422, words=" ").text
    act(town, me, ticket, "jawab", words="Sejak hari Senin")
    assert town.case(ticket)["state"] == "dispositioned"
    act(town, me, ticket, "tambah", words="Ibu saya sudah dua kali pulang")
    assert "Ibu saya sudah dua kali pulang" in office.page("halim", ticket)
    assert ticket in office.queue("halim", "attention")

    office.act("halim", ticket, "respond", words="Obat sudah kami kirim.")
    page = me.get(f"/t/{ticket}").text
    assert "Obat sudah kami kirim." in page
    assert "Senin, 6 April 2026" in me.get(f"/t/{ticket}").text, "the window is told"
    act(town, me, ticket, "belum", words="Belum sampai di pustu")
    assert town.case(ticket)["state"] == "in_progress"
    office.act("halim", ticket, "respond", words="Sudah sampai.")
    act(town, me, ticket, "selesai")
    assert town.case(ticket)["closed_by"] == "reporter"
    page = me.get(f"/t/{ticket}").text
    assert 'name="score"' in page
    act(town, me, ticket, "nilai", 422, score="9")
    act(town, me, ticket, "nilai", 422, score="²")
    act(town, me, ticket, "nilai", score="4", words="Cepat, terima kasih")
    assert town.sql("SELECT score, words FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(4, "Cepat, terima kasih")]
    assert "4 dari 5" in me.get(f"/t/{ticket}").text
    act(town, me, ticket, "nilai", 409, score="1")


def test_without_the_pin_the_page_tells_progress_and_no_words(town, office):
    ticket = file(town, CLINIC.format("bukan untuk umum"), name="Aminah Rahasia", place="dekat rumah pak Rahasia")
    office.act("halim", ticket, "ask", words="Pertanyaan yang rahasia juga")
    page = town.browser().get(f"/t/{ticket}").text
    assert "Menunggu jawaban pelapor" in page
    assert "Dinas Kesehatan" in page
    for words in ("bukan untuk umum", "Aminah", "Rahasia", "rahasia juga", "Woha", pin_of(town, ticket)):
        assert words not in page, words


@pytest.mark.parametrize("event", ["jawab", "tambah", "selesai", "belum", "nilai", "tarik", "apa-saja"])
def test_without_the_pin_nobody_acts(town, event):
    ticket = file(town, f"Bangku taman rusak, {event}")
    before = town.case(ticket)["version"]
    answer = town.browser().post(f"/t/{ticket}/{event}", data={"words": "saya orang lain", "score": "5"})
    assert answer.status_code == 403
    assert town.case(ticket)["version"] == before


def test_the_pin_opens_the_page_on_another_phone(town):
    ticket = file(town, "Pohon tumbang di depan rumah")
    phone = town.browser()
    wrong = phone.post(f"/t/{ticket}/pin", data={"pin": "000000" if pin_of(town, ticket) != "000000" else "000001"})
    assert wrong.status_code == 403
    assert "PIN ini tidak cocok" in wrong.text
    assert "Pohon tumbang" not in wrong.text
    pin = pin_of(town, ticket)
    assert phone.post(f"/t/{ticket}/pin", data={"pin": f"{pin[:3]} {pin[3:]}"}).status_code == 303
    assert "Pohon tumbang" in phone.get(f"/t/{ticket}").text


def test_the_pin_of_one_case_opens_no_other(town):
    mine, yours = file(town, "Laporan milik saya"), file(town, "Laporan milik Anda")
    phone = town.browser()
    assert phone.post(f"/t/{yours}/pin", data={"pin": pin_of(town, mine)}).status_code == 403
    assert "Laporan milik Anda" not in phone.get(f"/t/{yours}").text


@pytest.mark.parametrize("ticket", ["111111111", "482173058", "x", "%00", "'; --", "9" * 400])
def test_a_ticket_that_is_none_is_a_friendly_404(town, ticket):
    answer = town.browser().get(f"/t/{ticket}")
    assert answer.status_code == 404
    assert "tidak ketemu" in answer.text
    assert town.browser().get("/cek", query_string={"ticket": ticket}, follow_redirects=True).status_code == 404


def test_the_search_field_leads_to_the_case_however_it_is_typed(town):
    ticket = file(town, "Lampu taman mati")
    for typed in (ticket, tickets.pretty(ticket), f" #{ticket[:3]} {ticket[3:6]} {ticket[6:]} "):
        answer = town.browser().get("/cek", query_string={"ticket": typed})
        assert answer.headers["Location"] == f"/t/{ticket}"


def test_a_case_whose_place_is_unknown_lies_on_the_provinces_desk_with_the_reason(town, office):
    ticket = file(town, NOWHERE.format("tanpa tempat"))
    case = town.case(ticket)
    assert (case["state"], case["unit_id"], case["desk_id"]) == ("received", None, office.unit("prov.diskominfotik"))
    assert "tempatnya belum jelas" in case["because"]
    queue = office.queue("citra")
    assert ticket in queue
    assert "tempatnya belum jelas" in queue
    assert ticket not in office.queue("imran")


def test_a_case_whose_topic_is_unknown_lies_on_the_regencys_desk_with_the_reason(town, office):
    ticket = file(town, RIDDLE.format("tanpa topik"))
    case = town.case(ticket)
    assert (case["state"], case["unit_id"], case["desk_id"]) == ("received", None, office.unit("52.06.diskominfo"))
    assert "Topiknya belum jelas" in case["because"]
    assert ticket in office.queue("imran")


def test_the_coordinator_sets_topic_and_place_and_hands_it_on(town, office):
    me = town.browser()
    ticket = file(town, RIDDLE.format("dipilah koordinator"), me)
    original = town.case(ticket)["text"]
    office.act("imran", ticket, "verify", 422, category="tidak_ada")
    office.act("imran", ticket, "verify", 422, category="korupsi_pungli")
    office.act("imran", ticket, "verify", category="kesehatan", region="52.06.03", title="Bantuan kesehatan", urgency="penting")
    case = town.case(ticket)
    assert (case["state"], case["category"], case["region"], case["urgency"]) == ("verified", "kesehatan", "52.06.03", "penting")
    assert case["text"] == original
    assert clock(town, ticket, "complete")["started_at"] == town.clock.moment
    office.act("imran", ticket, "dispose", 422)
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dinkes"))
    assert ticket in office.queue("halim")
    assert "Dinas Kesehatan" in me.get(f"/t/{ticket}").text


def test_a_confidential_case_stays_closed_to_the_public_even_when_published(town, office):
    secret, open_ = file(town, ROAD.format("rahasia sekali"), confidential="1"), file(town, ROAD.format("boleh dibaca"))
    for ticket in (secret, open_):
        town.sql("UPDATE cases SET published = true WHERE ticket = :ticket", ticket=ticket)
    assert "boleh dibaca" in town.browser().get(f"/t/{open_}").text
    page = town.browser().get(f"/t/{secret}").text
    assert "rahasia sekali" not in page
    assert "Tente" not in page


def test_a_case_without_a_phone_sends_nothing_and_says_so_to_the_officer(town, office):
    ticket = file(town, CLINIC.format("tanpa nomor hp"))
    before = len(town.sent())
    office.act("halim", ticket, "answer", words="Sedang diperiksa.")
    assert len(town.sent()) == before
    assert count(town, "notices", "channel = 'web' AND case_id = :id AND state = 'waiting'", id=town.case(ticket)["id"]) == 2
