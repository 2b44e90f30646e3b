"""A life by SMS: from a citizen's words to a rated case, every word on the same channel, every date told."""

from datetime import UTC, datetime

from ntbcare.domain import tickets
from tests.corridor.looking import CLINIC, ROAD, by_sms, clock, last, pin_of, story


def pretty(ticket: str) -> str:
    return f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"


def tags(town, ticket: str) -> list[str]:
    return [tag for tag, _ in story(town, ticket) if tag.startswith(("case:", "poll:"))]


def test_from_an_sms_to_a_rating(town, office):
    me = "+6281100002001"
    ticket = by_sms(town, me, ROAD.format("kisah lengkap"))

    # the receipt names ticket, PIN, unit and date
    receipt = last(town, me)
    assert pretty(ticket) in receipt
    assert pin_of(town, ticket) in receipt
    assert "PUPR" in receipt
    assert "15 Mar 12.00 WITA" in receipt, "two days from Friday noon, holidays or not: the first answer"
    assert ticket in office.queue("bagus")

    # accepting is no answer; words are
    office.act("bagus", ticket, "start")
    assert clock(town, ticket, "first_response")["stopped_at"] is None
    assert len(town.sent(me)) == 1, "a click without words tells the citizen nothing"
    office.act("bagus", ticket, "answer", words="Tim kami ke lokasi besok pagi.")
    assert clock(town, ticket, "first_response")["outcome"] == "kept"
    assert "Tim kami ke lokasi besok pagi." in last(town, me)

    # a physical work is looked at by somebody of another unit
    town.clock.forward(days=3)
    due = clock(town, ticket, "complete")["due_at"]
    page = office.act("bagus", ticket, "respond", status=409, words="Sudah ditambal.")
    assert "diperiksa orang kedua dulu" in page
    assert "Sudah ditambal." in page, "the words are kept"
    office.act("bagus", ticket, "submit_result", words="Lubang ditambal 4 m2, foto terlampir di kantor.")
    assert town.case(ticket)["state"] == "awaiting_check"
    assert clock(town, ticket, "complete")["stopped_at"] is None
    assert ticket in office.queue("imran")
    handed_in = town.case(ticket)["submitted_at"]
    office.act("imran", ticket, "refuse", words="Fotonya belum menunjukkan tempatnya.")
    assert clock(town, ticket, "complete")["due_at"] == due
    town.clock.forward(hours=2)
    office.act("bagus", ticket, "submit_result", words="Lubang ditambal, foto dari depan pasar.")
    assert town.case(ticket)["submitted_at"] > handed_in
    town.clock.forward(days=1)
    office.act("imran", ticket, "approve")
    assert "Lubang ditambal, foto dari depan pasar." in last(town, me)
    assert "Balas YA atau BELUM" in last(town, me)
    assert clock(town, ticket, "complete")["stopped_at"] == town.case(ticket)["submitted_at"], "judged by the hour it was handed in"

    # yes, says the citizen: whoever still has the phone in hand is asked at once how it was
    town.sms(me, "YA terima kasih")
    town.work_off()
    case = town.case(ticket)
    assert (case["state"], case["closed_by"]) == ("closed", "reporter")
    assert "Balas satu angka" in last(town, me)
    town.sms(me, "4")
    town.work_off()
    assert town.sql("SELECT score, round FROM polls WHERE case_id = :id", id=case["id"]) == [(4, 1)]
    assert "nilai 4 (Puas)" in last(town, me)
    asked = len(town.sent(me))
    town.clock.forward(days=30)
    town.round()
    assert len(town.sent(me)) == asked, "after that we keep quiet"
    assert tags(town, ticket) == [
        "case:submit", "case:triaged", "case:verify", "case:dispose", "case:start", "case:answer", "case:submit_result", "case:refuse",
        "case:submit_result", "case:approve", "case:confirm", "poll:asked", "poll:rated",
    ]  # fmt: skip


def test_not_solved_goes_back_to_the_unit_twice_and_the_third_time_to_the_coordinator(town, office):
    me = "+6281100002002"
    ticket = by_sms(town, me, CLINIC.format("belum selesai"))
    office.act("halim", ticket, "respond", words="Obat sudah datang.")
    due = clock(town, ticket, "complete")["due_at"]
    for round_ in (1, 2):
        town.sms(me, "belum, obatnya masih kosong")
        town.work_off()
        case = town.case(ticket)
        assert (case["state"], case["objections"]) == ("in_progress", round_)
        assert "kami kembalikan ke petugas" in last(town, me)
        assert clock(town, ticket, "complete")["due_at"] == due, "the due date is never extended"
        assert clock(town, ticket, "complete")["stopped_at"] is None
        assert ticket in office.queue("halim")
        assert "obatnya masih kosong" in office.page("halim", ticket)
        office.act("halim", ticket, "respond", words=f"Sudah kami kirim lagi, {round_}.")
    town.sms(me, "BELUM, sama saja")
    town.work_off()
    case = town.case(ticket)
    assert (case["state"], case["objections"]) == ("responded", 2)
    assert case["attention"]
    assert case["desk_id"] == office.unit("52.06.diskominfo")
    assert ticket in office.queue("imran", "attention"), "an objection always creates work for somebody"
    assert "sama saja" in office.page("imran", ticket)


def test_silence_closes_without_a_rating_and_the_question_is_asked_all_the_same(new_town, office_of):
    town, me = new_town, "+6281100002003"
    office = office_of(town)
    ticket = by_sms(town, me, CLINIC.format("pelapor diam"))
    office.act("halim", ticket, "respond", words="Obat sudah tersedia.")
    # responded on Friday 13 March: ten working days with Nyepi, Idul Fitri and joint leave between → 3 April is Good Friday
    window = clock(town, ticket, "rebut")
    assert window["due_at"] == datetime(2026, 4, 6, 15, 59, 59, tzinfo=UTC)
    town.clock.moment = datetime(2026, 3, 31, 0, 59, tzinfo=UTC)
    town.round()
    assert "Sudah selesai? Balas YA atau BELUM" in last(town, me)
    assert len(town.sent(me)) == 2, "no reminder before nine in the morning of the seventh working day"
    town.clock.moment = datetime(2026, 3, 31, 1, 1, tzinfo=UTC)
    town.round()
    town.round()
    assert len(town.sent(me)) == 3, "reminded, once"
    assert "sebelum Sen 6 Apr" in last(town, me)
    town.clock.moment = datetime(2026, 4, 6, 15, 59, 30, tzinfo=UTC)
    town.round()
    assert town.case(ticket)["state"] == "responded"
    town.clock.moment = datetime(2026, 4, 6, 16, 0, 30, tzinfo=UTC)
    town.round()
    case = town.case(ticket)
    assert (case["state"], case["closed_by"]) == ("closed", "system")
    town.clock.forward(days=1, minutes=1)
    town.round()
    assert "Balas satu angka" not in last(town, me), "nobody is asked at midnight"
    town.clock.forward(hours=6)
    town.round()
    assert "Balas satu angka" in last(town, me)
    assert town.sql("SELECT score, answered_at FROM polls WHERE case_id = :id", id=case["id"]) == [(None, None)]
    town.clock.forward(days=60)
    town.round()
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=case["id"]) == [(None,)], "silence is never a score"


def test_an_unhappy_rating_offers_another_look(town, office):
    me = "+6281100002004"
    ticket = by_sms(town, me, CLINIC.format("nilai satu"))
    office.act("halim", ticket, "respond", words="Silakan datang lagi.")
    town.sms(me, "sudah")
    town.clock.forward(days=1, hours=1)
    town.round()
    town.sms(me, "1")
    town.work_off()
    assert f"balas BELUM {pretty(ticket)}" in last(town, me)
    town.sms(me, f"BELUM {pretty(ticket)} petugasnya tidak ada")
    town.work_off()
    assert town.case(ticket)["attention"]
    assert ticket in office.queue("imran", "attention")
    assert "Koordinator meninjau" in last(town, me)


def test_a_second_digit_changes_nothing_and_is_not_thanked_twice(town, office):
    me = "+6281100002005"
    ticket = by_sms(town, me, CLINIC.format("dua nilai"))
    office.act("halim", ticket, "respond", words="Beres.")
    town.sms(me, "YA")
    town.clock.forward(days=1, hours=1)
    town.round()
    town.sms(me, f"{ticket} 5")
    town.sms(me, f"{ticket} 1")
    town.work_off()
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(5,)]
    assert sum("kami catat" in message["text"] for message in town.sent(me)) == 1


def test_cek_tells_anybody_progress_but_no_words(town, office):
    ticket = by_sms(town, "+6281100002006", CLINIC.format("ditanya tetangga"))
    for text in (f"CEK {pretty(ticket)}", f"cek {ticket}", f"status #{ticket}", ticket):
        town.sms("+6281100002007", text)
        town.work_off()
        answer = last(town, "+6281100002007")
        assert pretty(ticket) in answer
        assert "Sudah di meja petugas" in answer
        assert "ditanya tetangga" not in answer
        assert pin_of(town, ticket) not in answer


def test_a_stranger_can_neither_answer_nor_withdraw_nor_rate(town, office):
    ticket = by_sms(town, "+6281100002008", CLINIC.format("milik orang lain"))
    for text in (f"BATAL {ticket}", f"{ticket} BELUM", f"{ticket} 5", f"{ticket} Saya pelapornya, sudah selesai kok"):
        before = town.case(ticket)["version"]
        town.sms("+6281100002009", text)
        town.work_off()
        assert "tidak kami temukan" in last(town, "+6281100002009")
        assert town.case(ticket)["version"] == before


def test_stop_is_obeyed_and_writing_again_opens_the_road(town, office):
    me = "+6281100002010"
    ticket = by_sms(town, me, CLINIC.format("minta berhenti"))
    town.sms(me, "STOP")
    town.work_off()
    heard = len(town.sent(me))
    assert "tidak akan mengirim pesan lagi" in last(town, me)
    office.act("halim", ticket, "answer", words="Sedang kami urus.")
    assert len(town.sent(me)) == heard
    assert "tidak dikirim" in office.page("halim", ticket), "the officer sees that it did not leave"
    town.sms(me, f"CEK {ticket}")
    town.work_off()
    assert len(town.sent(me)) == heard + 1
    office.act("halim", ticket, "answer", words="Sudah dekat.")
    assert "Sudah dekat." in last(town, me)
    town.sms(me, "UNREG NTB")
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    assert clock(town, ticket, "complete")["paused_at"] is None
    assert ticket in office.queue("halim", "attention"), "who cannot be asked by a message must be asked another way"


def test_with_two_open_questions_we_ask_which_and_keep_the_words(town, office):
    me = "+6281100002011"
    first, second = (by_sms(town, me, "LAPOR " + CLINIC.format(f"pertanyaan {n}")) for n in ("kesatu", "kedua"))
    for ticket in (first, second):
        office.act("halim", ticket, "ask", words="Di desa mana?")
    town.sms(me, "di Desa Tente dekat pasar")
    town.work_off()
    assert "laporan yang mana" in last(town, me)
    assert pretty(first) in last(town, me)
    assert pretty(second) in last(town, me)
    assert {town.case(ticket)["state"] for ticket in (first, second)} == {"needs_info"}
    town.sms(me, pretty(first))
    town.work_off()
    assert town.case(first)["state"] == "dispositioned"
    assert town.case(second)["state"] == "needs_info"
    assert "di Desa Tente dekat pasar" in office.page("halim", first)
    town.sms(me, "dusun sebelah kantor camat")
    town.work_off()
    assert town.case(second)["state"] == "dispositioned"
    assert "dusun sebelah kantor camat" in office.page("halim", second)


def test_a_customer_number_that_looks_like_a_ticket_does_not_swallow_a_report(town):
    number = tickets.new()
    text = f"Air PDAM mati tiga hari di Narmada, nomor pelanggan {number}"
    town.sms("+6281100002012", text)
    town.work_off()
    assert town.case(town.ticket_of("Air PDAM mati tiga hari di Narmada"))["text"] == text


def test_a_number_that_is_nobodys_ticket_with_few_words_is_said_to_be_unknown(town):
    town.sms("+6281100002013", f"{tickets.new()} sudah")
    town.work_off()
    assert "tidak kami temukan" in last(town, "+6281100002013")
