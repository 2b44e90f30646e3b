"""Somebody outside is asked and answers by SMS or mail, and stays a citizen like everybody else for everything else they write."""

from __future__ import annotations

import re

import pytest

from ntbcare.wording import LINK_MARK, parts
from tests.corridor.asks import ASKED, PHONE, answer, ask, code, link, reported, row
from tests.corridor.looking import count, last


def by_phone(town, office, about: str, number: str, **more: str) -> str:
    """A case of which this number was asked. Returns the ticket."""
    ticket = reported(town, about)
    ask(office, ticket, road="sms", address=number, **more)
    town.work_off()
    return ticket


def test_the_sms_tells_who_asks_what_until_when_and_the_link(town, office):
    ticket = by_phone(town, office, "lewat sms", "081277700001")
    said = last(town, "+6281277700001")
    assert "minta bantuan Anda" in said and ASKED[:30] in said and code(town, ticket) in said
    assert f"https://care.example{link(office, ticket)}" in said and LINK_MARK not in said
    assert parts(said) <= 2
    assert "pesannya terkirim" in office.page("bagus", ticket) or "pesannya sampai" in office.page("bagus", ticket)


def test_an_sms_that_begins_with_the_code_is_the_answer(town, office):
    number = "+6281277700002"
    ticket = by_phone(town, office, "dijawab dengan kode", number)
    cases = count(town, "cases")
    assert town.sms(number, f"{code(town, ticket).lower()} sudah ditambal kemarin").status_code == 200
    town.work_off()
    assert (row(town, ticket)["answer"], row(town, ticket)["answer_words"]) == ("done", "sudah ditambal kemarin")
    assert row(town, ticket)["answered_by"] == "sms" and count(town, "cases") == cases
    assert town.case(ticket)["attention"] == "outside"
    assert "sudah sampai di" in last(town, number)
    assert "sudah ditambal kemarin" in office.page("bagus", ticket)
    assert town.browser().get(link_of(town, ticket)).status_code == 410  # the link answers no more


def link_of(town, ticket: str) -> str:
    """The path in the newest SMS about an ask, as its helper has it."""
    to = town.sql("SELECT address FROM contacts WHERE id = :id", id=row(town, ticket)["contact_id"])[0][0]
    sent = next(one["text"] for one in reversed(town.sent(to)) if "/b/" in one["text"])
    return re.search(r"https://care\.example(/b/[\w-]{22})", sent).group(1)


@pytest.mark.parametrize(
    ("words", "meant"),
    [("SUDAH", "done"), ("Belum bisa, alat berat rusak", "not_yet"), ("bukan urusan desa, itu jalan provinsi", "not_ours")],
)
def test_with_one_open_ask_the_first_word_is_enough(town, office, words, meant):
    number = f"+62812777100{len(words):02}"
    ticket = by_phone(town, office, f"satu kata {meant}", number)
    town.sms(number, words)
    town.work_off()
    assert (row(town, ticket)["answer"], row(town, ticket)["answer_words"]) == (meant, words)


def test_a_report_of_a_helper_is_a_report(town, office):
    number = "+6281277700003"
    ticket = by_phone(town, office, "kepala desa melapor", number)
    town.sms(number, "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak kemarin, laporan kepala desa")
    town.work_off()
    assert town.ticket_of("laporan kepala desa") != ticket
    assert row(town, ticket)["answered_at"] is None


def test_with_two_open_asks_only_the_code_answers(town, office):
    number = "+6281277700004"
    first = by_phone(town, office, "dua permintaan, satu", number)
    second = by_phone(town, office, "dua permintaan, dua", number)
    town.sms(number, "SUDAH")
    assert row(town, first)["answered_at"] is None and row(town, second)["answered_at"] is None
    town.sms(number, f"{code(town, first)} masih kami musyawarahkan")
    assert (row(town, first)["answer"], row(town, first)["answer_words"]) == ("words", "masih kami musyawarahkan")
    assert row(town, second)["answered_at"] is None


def test_what_answers_our_question_to_a_citizen_is_the_citizens(town, office):
    number = "+6281277700005"
    town.sms(number, "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin, kata warga juga")
    town.work_off()
    own = town.ticket_of("kata warga juga")
    office.act("halim", own, "start")
    office.act("halim", own, "respond", words="Obatnya sudah datang.")
    ticket = by_phone(town, office, "warga ini ditanya juga", number)
    town.sms(number, "Belum")
    town.work_off()
    assert town.case(own)["state"] == "in_progress"  # the objection counts
    assert row(town, ticket)["answered_at"] is None


def test_a_code_from_another_number_answers_nothing(town, office):
    ticket = by_phone(town, office, "kode orang lain", "+6281277700006")
    town.sms("+6281277700099", f"{code(town, ticket)} sudah ditambal")
    town.work_off()
    assert row(town, ticket)["answered_at"] is None


def test_an_answer_after_the_end_makes_no_report_and_is_told(town, office):
    number = "+6281277700007"
    ticket = by_phone(town, office, "terlambat membalas", number)
    office.desk("bagus").post(f"/meja/{ticket}/tanya-luar/{row(town, ticket)['id']}/tarik")
    cases = count(town, "cases")
    town.sms(number, f"{code(town, ticket)} sudah selesai ditambal semua kemarin sore")
    town.work_off()
    assert count(town, "cases") == cases and row(town, ticket)["answered_at"] is None
    assert "sudah ditutup" in last(town, number)


def test_the_same_sms_twice_is_one_answer(town, office):
    number = "+6281277700008"
    ticket = by_phone(town, office, "dikirim ulang", number)
    for _ in range(2):
        town.sms(number, f"{code(town, ticket)} sudah", sid="SM" + "8" * 32)
    town.work_off()
    assert [one["text"].startswith("Terima kasih") for one in town.sent(number)].count(True) == 1


def test_a_letter_names_no_report_and_carries_the_link(town, office):
    ticket = reported(town, "lewat surat")
    ask(office, ticket, road="email", address="kades@desatente.id")
    town.work_off()
    said = last(town, "kades@desatente.id")
    assert f"https://care.example{link(office, ticket)}" in said and ASKED in said and ticket not in said.replace("-", "")
    assert answer(town, link(office, ticket)).status_code == 303


def test_what_was_taken_back_in_the_night_never_leaves(new_town, office_of):
    office = office_of(new_town)
    new_town.clock.forward(hours=10)  # 22.00 WITA
    ticket = by_phone(new_town, office, "malam hari", "+6281277700009")
    assert new_town.sent("+6281277700009") == []
    office.desk("bagus").post(f"/meja/{ticket}/tanya-luar/{row(new_town, ticket)['id']}/tarik")
    new_town.clock.forward(hours=10)
    new_town.round()
    assert new_town.sent("+6281277700009") == []


def test_whoever_said_stop_is_asked_by_hand(town, office):
    town.sms("+6281277700010", "STOP")
    town.work_off()
    ticket = reported(town, "sudah berhenti")
    refused = ask(office, ticket, status=422, road="sms", address="081277700010")
    assert "Salin tautannya" in refused.text and count(town, "outside_asks", "case_id = :id", id=town.case(ticket)["id"]) == 0


def test_nobody_is_asked_outside_about_their_own_report(town, office):
    ticket = reported(town, "pelapor sendiri", phone=PHONE)
    assert "Ini alamat pelapor" in ask(office, ticket, status=422, road="sms", address=PHONE).text
