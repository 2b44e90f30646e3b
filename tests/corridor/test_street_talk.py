"""The same words mean the same on SMS, Telegram and WhatsApp; with several open cases the sender is asked which, once."""

from __future__ import annotations

import pytest

from ntbcare.domain.tickets import pretty
from tests.corridor.avenue import LINES, open_avenue, said
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, count


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("avenue"))


@pytest.fixture(scope="module")
def desks(avenue):
    return Office(avenue.town)


def tells(avenue, line, person, words) -> list[str]:
    """They write; what they are answered."""
    before = len(avenue.heard(line, person))
    avenue.write(line, person, words)
    avenue.town.work_off()
    return avenue.heard(line, person)[before:]


# what they write → what the one answer says ({t} = their ticket, as people read it)
TALK = [
    ("CEK {t}", "{t}"), ("cek", "{t}"), ("status #{t}", "{t}"), ("{t}", "{t}"),
    ("BANTUAN", "Tulis"), ("info", "Tulis"), ("/help", "Tulis"), ("MULAI", "Tulis"),
    ("terima kasih banyak 🙏", "Terima kasih kembali"), ("assalamualaikum", "Tulis"), ("halo", "Tulis"), ("LAPOR", "Tulis"), ("apa kabar laporan saya", "{t}"),
    ("BATAL {t}", "{t}"), ("BATAL", "{t}"), ("gak jadi pak", "{t}"), ("CEK 123", None),
]  # fmt: skip


@pytest.mark.parametrize(("words", "answer"), TALK, ids=[row[0] for row in TALK])
@pytest.mark.parametrize("line", LINES)
def test_a_word_is_answered_alike_on_every_line_and_makes_no_case(avenue, line, words, answer):
    person = 7_000 + TALK.index((words, answer))
    ticket = avenue.file(line, person, CLINIC.format(f"obrolan {person}"))
    heard = tells(avenue, line, person, words.format(t=pretty(ticket)))
    assert len(heard) == 1, heard
    assert (answer or "").format(t=pretty(ticket)).lower() in heard[0].lower()
    assert len(avenue.cases(line, person)) == 1
    assert avenue.town.case(ticket)["state"] == ("archived" if words.startswith(("BATAL", "gak jadi")) else "dispositioned")


@pytest.mark.parametrize("line", LINES)
def test_stop_silences_and_writing_again_opens_on_every_line(avenue, desks, line):
    ticket = avenue.file(line, 7_101, CLINIC.format(f"berhenti {line}"))
    (bye,) = tells(avenue, line, 7_101, "STOP")
    assert "tidak akan mengirim" in bye
    desks.act("halim", ticket, "answer", words="Sedang kami urus.")
    assert avenue.heard(line, 7_101)[-1] == bye
    assert len(tells(avenue, line, 7_101, "MULAI")) == 1
    desks.act("halim", ticket, "answer", words="Sudah dekat.")
    assert "Sudah dekat." in avenue.heard(line, 7_101)[-1]


@pytest.mark.parametrize("line", LINES)
def test_a_case_lives_to_its_rating_on_every_line(avenue, desks, line):
    ticket = avenue.file(line, 7_102, CLINIC.format(f"sampai nilai {line}"))
    desks.act("halim", ticket, "ask", words="Obat yang mana?")
    assert tells(avenue, line, 7_102, "obat darah tinggi dan kencing manis")
    assert avenue.town.case(ticket)["state"] == "dispositioned"
    desks.act("halim", ticket, "respond", words="Obat sudah datang.")
    tells(avenue, line, 7_102, "sudah")
    assert avenue.town.case(ticket)["state"] == "closed"
    avenue.town.clock.forward(days=1, hours=1)
    avenue.town.round()
    tells(avenue, line, 7_102, "4")
    assert avenue.town.sql("SELECT score FROM polls WHERE case_id = :id", id=avenue.town.case(ticket)["id"]) == [(4,)]
    assert len(avenue.cases(line, 7_102)) == 1


def two_asked(avenue, desks, line, person) -> tuple[str, str]:
    first, second = (avenue.file(line, person, CLINIC.format(f"{word} {line}")) for word in ("kesatu", "kedua"))
    for ticket in (first, second):
        desks.act("halim", ticket, "ask", words="Di mana tepatnya?")
    return first, second


@pytest.mark.parametrize("line", LINES)
def test_with_two_questions_open_we_ask_which_once_and_all_that_was_told_reaches_the_chosen_case(avenue, desks, line):
    first, second = two_asked(avenue, desks, line, 7_103)
    (asked,) = tells(avenue, line, 7_103, "di Desa Tente dekat pasar lama")
    assert "yang mana" in asked and pretty(first) in asked and pretty(second) in asked
    assert tells(avenue, line, 7_103, "sebelah kantor pos kecil itu") == [], "asked once"
    assert {avenue.town.case(ticket)["state"] for ticket in (first, second)} == {"needs_info"}
    tells(avenue, line, 7_103, pretty(first))
    assert [avenue.town.case(ticket)["state"] for ticket in (first, second)] == ["dispositioned", "needs_info"]
    page = desks.page("halim", first)
    assert "di Desa Tente dekat pasar lama" in page and "sebelah kantor pos kecil itu" in page
    mine = avenue.town.case(first)["id"]
    assert count(avenue.town, "messages", "case_id = :id AND meaning = 'which_done'", id=mine) == 2


@pytest.mark.parametrize("line", LINES)
def test_which_case_is_answered_with_its_number_on_every_line(avenue, desks, line):
    first, second = two_asked(avenue, desks, line, 7_108)
    (asked,) = tells(avenue, line, 7_108, "di Desa Tente dekat sumur bor")
    assert asked.index(pretty(second)) < asked.index(pretty(first)), "the newest first"
    assert "Balas angkanya" in asked and asked.count("Obat di puskesmas") == 2, (
        "what each is about, for who does not know the numbers by heart"
    )
    tells(avenue, line, 7_108, "2")
    assert [avenue.town.case(ticket)["state"] for ticket in (first, second)] == ["dispositioned", "needs_info"]
    assert "sumur bor" in desks.page("halim", first)


def test_the_ticket_may_come_with_more_words_and_loses_none_of_the_others(avenue, desks):
    first, second = two_asked(avenue, desks, "sms", 7_104)
    tells(avenue, "sms", 7_104, "di Desa Tente dekat jembatan kayu")
    tells(avenue, "sms", 7_104, f"{second} yang saya maksud tadi")
    page = desks.page("halim", second)
    assert "dekat jembatan kayu" in page and "yang saya maksud tadi" in page
    assert "jembatan kayu" not in desks.page("halim", first)


def test_on_telegram_which_case_is_a_tap(avenue, desks):
    first, second = two_asked(avenue, desks, "telegram", 7_105)
    tells(avenue, "telegram", 7_105, "di Desa Tente dekat lapangan bola")
    asked = next(given for method, given in reversed(avenue.telegram.calls) if method == "sendMessage")
    taps = {button["callback_data"] for row in asked["reply_markup"]["inline_keyboard"] for button in row}
    assert taps == {first, second}
    ours = avenue.telegram.sent[-1]
    assert avenue.update(avenue.telegram.tap(7_105, second, under=ours)).status_code == 200
    avenue.town.work_off()
    assert [avenue.town.case(ticket)["state"] for ticket in (first, second)] == ["needs_info", "dispositioned"]
    assert "lapangan bola" in desks.page("halim", second)


def test_a_photo_told_with_parked_words_reaches_the_chosen_case(avenue, desks):
    _, second = two_asked(avenue, desks, "whatsapp", 7_106)
    avenue.meta.files["990"] = (b"bukan gambar", "image/jpeg")
    picture = {"type": "image", "image": {"id": "990", "mime_type": "image/jpeg", "caption": "ini tempatnya di Desa Tente"}}
    avenue.whatsapp(said(7_106, picture))
    avenue.whatsapp(said(7_106, {"type": "text", "text": {"body": pretty(second)}}))
    found = avenue.town.sql("SELECT c.ticket FROM files f JOIN cases c ON c.id = f.case_id WHERE f.ref = 'whatsapp:990'")
    assert found == [(second,)]
    assert "ini tempatnya di Desa Tente" in desks.page("halim", second)


@pytest.mark.parametrize("line", LINES)
def test_an_answer_that_tells_of_misconduct_is_not_kept_and_the_safe_way_is_named(avenue, desks, line):
    ticket = avenue.file(line, 7_107, CLINIC.format(f"pelanggaran {line}"))
    desks.act("halim", ticket, "ask", words="Kenapa kosong?")
    (told,) = tells(avenue, line, 7_107, "kepala dinas minta suap sandi kutilang")
    assert "Inspektorat" in told
    assert avenue.town.case(ticket)["state"] == "needs_info"
    assert count(avenue.town, "messages", "text LIKE '%kutilang%'") == count(avenue.town, "journal", "body LIKE '%kutilang%'") == 0


def test_of_two_open_reports_batal_asks_which_and_takes_none_back(avenue):
    first = avenue.file("sms", 7_109, CLINIC.format("dua terbuka"))
    second = avenue.file("sms", 7_109, "Lampu jalan di Desa Tente Kecamatan Woha padam seminggu")
    (asked,) = tells(avenue, "sms", 7_109, "BATAL")
    assert pretty(first) in asked and pretty(second) in asked and "dibatalkan" in asked
    assert "archived" not in {avenue.town.case(ticket)["state"] for ticket in (first, second)}
    tells(avenue, "sms", 7_109, f"BATAL {first}")
    assert avenue.town.case(first)["state"] == "archived"
