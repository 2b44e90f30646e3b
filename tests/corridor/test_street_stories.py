"""How people really tell: in pieces, with edits and replies, of several things at once; every piece reaches the case it belongs to."""

from __future__ import annotations

import pytest

from ntbcare.domain.tickets import pretty
from tests.corridor.avenue import LINES, open_avenue, said
from tests.corridor.looking import CLINIC, NOWHERE, ROAD, by_form, count, everywhere, no_twins

TRASH = "Sampah menumpuk di pinggir jalan Kelurahan Ampenan Kota Mataram, {}"


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("avenue"))


def book(avenue, case: dict) -> list[str]:
    """The words of every addition in the case's journal."""
    query = "SELECT CAST(body AS jsonb)->>'words' FROM journal WHERE case_id = :id AND tag IN ('case:words_added', 'case:told_reader') ORDER BY id"
    return [row[0] for row in avenue.town.sql(query, id=case["id"])]


@pytest.fixture(scope="module", autouse=True)
def no_two_alike(avenue):
    """Reports of these tests are alike by their making only: nobody is asked whether theirs is somebody else's."""
    no_twins(avenue.town)


def story(avenue, line, person, *texts, works=False):
    for text in texts:
        avenue.write(line, person, text)
        if works:
            avenue.town.work_off()
    avenue.town.work_off()
    return avenue.cases(line, person)


@pytest.mark.parametrize("line", LINES)
def test_three_pieces_before_anybody_reads_are_one_case_read_as_a_whole_and_one_receipt(avenue, line):
    (case,) = story(avenue, line, 8_001, "jalan berlubang besar di depan masjid", "di Desa Tente Kecamatan Woha", "sudah dua motor jatuh")
    assert case["state"] == "dispositioned"
    assert all(piece in case["text"] for piece in ("masjid", "Tente", "dua motor"))
    (receipt,) = avenue.heard(line, 8_001)
    assert "PIN" in receipt and ("PUPR" in receipt or "Dinas Pekerjaan Umum" in receipt)


@pytest.mark.parametrize("line", LINES)
def test_pieces_that_follow_the_receipt_are_acknowledged_once_and_the_desk_that_is_found_is_told(avenue, line):
    pieces = ("jalan berlubang besar di depan masjid", "di Desa Tente Kecamatan Woha", "sudah dua motor jatuh", "tadi pagi lagi satu")
    (case,) = story(avenue, line, 8_002, *pieces, works=True)
    assert case["state"] == "dispositioned"
    heard = [text for text in avenue.heard(line, 8_002) if "Mirip laporan" not in text]  # the other lines' cases tell of the same
    assert len(heard) == 3 and "carikan" in heard[0]
    assert sum("Keterangan tambahan" in text for text in heard) == 1
    assert sum("sekarang ditangani" in text for text in heard) == 1
    assert book(avenue, case) == list(pieces[1:])


def test_after_the_time_of_joining_it_is_a_new_report(avenue):
    story(avenue, "sms", 8_003, ROAD.format("yang lama"))
    avenue.town.clock.forward(minutes=9, seconds=59)
    assert len(story(avenue, "sms", 8_003, "lubangnya di tikungan dekat sekolah")) == 1
    avenue.town.clock.forward(seconds=2)
    assert len(story(avenue, "sms", 8_003, "lubangnya makin dalam kena hujan")) == 2


@pytest.mark.parametrize("second", [CLINIC.format("soal lain"), TRASH.format("soal lain"), "LAPOR lampunya juga mati"])
@pytest.mark.parametrize("line", LINES)
def test_another_topic_or_an_explicit_lapor_is_a_case_of_its_own_at_once(avenue, line, second):
    person = 8_010 + len(second)
    assert len(story(avenue, line, person, ROAD.format("soal pertama"), second)) == 2


@pytest.mark.parametrize("line", LINES)
def test_the_same_words_sent_again_by_hand_are_no_second_case_and_nothing_the_desk_must_read(avenue, line):
    words = ROAD.format("tekan dua kali")
    (case,) = story(avenue, line, 8_100, words, f"  {words.upper()} ", works=True)
    assert case["text"] == words and case["attention"] is None and book(avenue, case) == []
    receipt, how_it_stands = avenue.heard(line, 8_100)
    assert "PIN" in receipt and "PIN" not in how_it_stands and pretty(case["ticket"]) in how_it_stands


def test_an_edited_message_corrects_the_case_and_makes_no_second(avenue):
    first = avenue.telegram.text(8_201, ROAD.format("sebelum ralat"))
    avenue.update(first)
    avenue.town.work_off()
    avenue.town.clock.forward(hours=3)
    edit = avenue.telegram.edit(first, ROAD.format("bukan di Tente, di Keli"))
    for _ in range(2):
        assert avenue.update(edit).status_code == 200
    avenue.town.work_off()
    (case,) = avenue.cases("telegram", 8_201)
    assert book(avenue, case) == ["Ralat: " + ROAD.format("bukan di Tente, di Keli")]
    assert case["text"] == ROAD.format("sebelum ralat"), "what was promised on stays as it was told"
    assert case["attention"]


def test_an_edited_whatsapp_message_corrects_too(avenue):
    avenue.whatsapp(said(8_202, {"type": "text", "text": {"body": ROAD.format("sebelum")}}, "wamid.EDIT1"))
    edit = {"original_message_id": "wamid.EDIT1", "message": {"type": "text", "text": {"body": ROAD.format("sesudah")}}}
    assert avenue.whatsapp(said(8_202, {"type": "edit", "edit": edit}, "wamid.EDIT2")).status_code == 200
    (case,) = avenue.cases("whatsapp", 8_202)
    assert book(avenue, case) == ["Ralat: " + ROAD.format("sesudah")]


def test_a_courtesy_that_is_edited_into_a_report_is_a_report(avenue):
    first = avenue.telegram.text(8_203, "halo")
    avenue.update(first)
    avenue.update(avenue.telegram.edit(first, ROAD.format("halo tadi")))
    assert len(avenue.cases("telegram", 8_203)) == 1


def test_a_reply_to_one_of_our_messages_answers_that_very_case(avenue):
    first, second = (avenue.file("telegram", 8_301, CLINIC.format(n)) for n in ("satu", "dua"))
    receipts = [message for message in avenue.telegram.sent if message["chat"]["id"] == 8_301]
    avenue.town.clock.forward(hours=1)
    avenue.update(avenue.telegram.reply(receipts[0], "yang habis obat darah tinggi dan kencing manis"))
    assert book(avenue, avenue.town.case(first)) == ["yang habis obat darah tinggi dan kencing manis"]
    assert book(avenue, avenue.town.case(second)) == []
    assert len(avenue.cases("telegram", 8_301)) == 2


def test_a_reply_quoting_our_whatsapp_message_answers_that_very_case(avenue):
    first, second = (avenue.file("whatsapp", 8_302, CLINIC.format(n)) for n in ("satu", "dua"))
    ours = next(iter(name for name, to in avenue.meta.wamids.items() if to == "628120008302"))
    avenue.town.clock.forward(hours=1)
    content = {"type": "text", "text": {"body": "yang habis obat darah tinggi"}, "context": {"from": "623701234567", "id": ours}}
    avenue.whatsapp(said(8_302, content))
    assert [len(book(avenue, avenue.town.case(ticket))) for ticket in (first, second)] == [1, 0]


def test_a_link_with_a_ticket_tells_how_it_stands(avenue):
    ticket = avenue.file("telegram", 8_303, CLINIC.format("tautan"))
    story(avenue, "telegram", 8_304, f"/start {ticket}")
    (answer,) = avenue.heard("telegram", 8_304)
    assert pretty(ticket) in answer and "PIN" not in answer
    assert avenue.cases("telegram", 8_304) == []


def test_the_own_card_puts_the_number_beside_the_report_and_is_no_report(avenue):
    ticket = avenue.file("telegram", 8_305, CLINIC.format("kartu"))
    card = {"contact": {"phone_number": "6281999000111", "first_name": "Aminah", "user_id": 8_305}}
    avenue.update(avenue.telegram.says(8_305, card))
    own = {"type": "contacts", "origin": "contact_request", "contacts": [{"phones": [{"phone": "+62 819-9900-0112"}]}]}
    user = {"from_user_id": "ID.8305", "timestamp": "1795312800"}
    avenue.whatsapp({"id": "wamid.C1", "type": "text", "text": {"body": CLINIC.format("tanpa nomor")}, **user})
    avenue.whatsapp({"id": "wamid.C2", **own, **user})
    avenue.town.work_off()
    kept = avenue.town.sql("SELECT phone FROM reporters WHERE phone LIKE '+6281999000%' ORDER BY phone")
    assert kept == [("+6281999000111",), ("+6281999000112",)]
    assert len(avenue.cases("telegram", 8_305)) == 1 and count(avenue.town, "cases", "channel = 'whatsapp' AND text LIKE '%9900%'") == 0
    assert "Keterangan tambahan" in avenue.heard("telegram", 8_305)[-1] and pretty(ticket) in avenue.heard("telegram", 8_305)[-1]


@pytest.mark.parametrize("line", ["telegram", "whatsapp"])
def test_a_place_after_the_words_finds_the_desk(avenue, line):
    (case,) = story(avenue, line, 8_306, NOWHERE.format(f"titik {line}"))
    assert case["region"] is None
    if line == "telegram":
        avenue.update(avenue.telegram.location(8_306, -8.6011, 118.6262))
    else:
        place = {"latitude": -8.6011, "longitude": 118.6262, "name": "Masjid Raya", "address": "dekat pasar"}
        avenue.whatsapp(said(8_306, {"type": "location", "location": place}))
    avenue.town.work_off()
    (case,) = avenue.cases(line, 8_306)
    assert (case["lat"], case["lon"]) == (-8.6011, 118.6262)
    assert case["region"].startswith("52.06") and case["state"] == "dispositioned"
    assert "sekarang ditangani" in "".join(avenue.heard(line, 8_306))


@pytest.mark.parametrize("line", LINES)
def test_misconduct_told_as_the_rest_of_a_report_or_as_an_edit_is_not_kept(avenue, line):
    story(avenue, line, 8_307, ROAD.format("biasa saja"), f"kepala dinas minta suap sandi {line}")
    assert everywhere(avenue.town, f"sandi {line}") == []
    assert "Inspektorat" in avenue.heard(line, 8_307)[-1] or "Inspektorat" in avenue.heard(line, 8_307)[0]
    if line == "telegram":
        first = avenue.telegram.text(8_308, ROAD.format("lalu diubah"))
        avenue.update(first)
        avenue.update(avenue.telegram.edit(first, "kepala dinas minta suap sandi kenari"))
        assert everywhere(avenue.town, "sandi kenari") == []


def test_what_somebody_tells_from_a_number_never_joins_a_case_made_with_that_number_on_a_form(avenue):
    """Anybody can type it, holds the PIN of what they made, and would read the words of whoever owns the telephone."""
    by_form(avenue.town, ROAD.format("umpan"), phone="08120008020")
    (case,) = story(avenue, "sms", 8_020, ROAD.format("milik saya sendiri"))[1:]
    assert "milik saya sendiri" in case["text"]
    trap = avenue.cases("sms", 8_020)[0]
    assert (trap["channel"], book(avenue, trap)) == ("web", [])


def test_a_whatsapp_edit_of_a_question_after_somebody_elses_case_says_nothing_in_it(avenue):
    theirs = avenue.file("whatsapp", 8_290, CLINIC.format("korban whatsapp"))
    before = avenue.town.case(theirs)["version"]
    avenue.whatsapp(said(8_291, {"type": "text", "text": {"body": f"CEK {theirs}"}}, "wamid.ASING1"))
    edit = {"original_message_id": "wamid.ASING1", "message": {"type": "text", "text": {"body": "sandi jalak dari orang asing"}}}
    assert avenue.whatsapp(said(8_291, {"type": "edit", "edit": edit}, "wamid.ASING2")).status_code == 200
    avenue.town.work_off()
    assert avenue.town.case(theirs)["version"] == before
    (own,) = avenue.cases("whatsapp", 8_291)
    assert "sandi jalak" in own["text"], "it is a report of its own"
