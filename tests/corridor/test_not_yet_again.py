"""Whoever says afterwards that it is not solved is heard again: a second objection, and a closed case that is asked to be opened."""

from __future__ import annotations

import pytest

from tests.corridor.looking import CLINIC, by_form, by_sms, count, last

LAMP = "Lampu jalan di Desa Tente Kecamatan Woha Kabupaten Bima mati, {}"


def closed(town, office, me: str, words: str, *, rated: bool = True) -> str:
    """A case of `me` that was answered, confirmed and (mostly) rated, three days ago."""
    ticket = by_sms(town, me, CLINIC.format(words))
    office.act("halim", ticket, "respond", words="Obat sudah datang.")
    for said in ("YA", "4") if rated else ("YA",):
        town.sms(me, said)
        town.work_off()
    assert town.case(ticket)["state"] == "closed"
    town.clock.forward(days=3)
    return ticket


def cases_of(town, address: str) -> int:
    return count(town, "cases c JOIN contacts k ON k.id = c.contact_id", "k.address = :me", me=address)


def test_not_yet_after_a_reopening_is_a_second_objection_and_no_courtesy(town, office):
    me = "+6281100120001"
    ticket = closed(town, office, me, "dibuka lagi")
    town.sms(me, "BELUM")
    town.work_off()
    assert town.case(ticket)["attention"] == "reopening", "a bare word after the rating was given is about what was closed"
    assert "Koordinator meninjau" in last(town, me)
    office.act("imran", ticket, "reopen", words="Menurut pelapor belum.")
    town.sms(me, "belum")
    town.work_off()
    assert "Terima kasih kembali" not in last(town, me) and town.case(ticket)["attention"] == "words"
    for number in (1, 2):
        office.act("halim", ticket, "respond", words=f"Beres, {number}.")
        town.sms(me, "BELUM")
        town.work_off()
        assert (town.case(ticket)["state"], town.case(ticket)["objections"]) == ("in_progress", number)
    office.act("halim", ticket, "respond", words="Beres, sungguh.")
    town.sms(me, "BELUM")
    town.work_off()
    assert (town.case(ticket)["state"], town.case(ticket)["objections"]) == ("responded", 2)
    assert ticket in office.queue("imran", "attention")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "obatnya masih kosong"), (2, "masih kosong pak, belum ada obat"), (3, "kok obatnya kosong lagi ya"),
        (4, "sama saja, masih seperti kemarin"), (5, "belum ada perubahan"), (6, "masih kosong obat di puskesmas Woha"),
    ],
)  # fmt: skip
def test_still_the_same_a_few_days_after_closing_joins_the_closed_case(town, office, number, words):
    me = f"+628110012010{number}"
    ticket = closed(town, office, me, f"masih begitu {number}")
    town.sms(me, words)
    town.work_off()
    assert cases_of(town, me) == 1, "no second case is made of it"
    case = town.case(ticket)
    assert (case["state"], case["attention"], case["desk_id"]) == ("closed", "reopening", office.unit("52.06.diskominfo"))
    assert words.split()[-1] in office.page("imran", ticket)
    assert "Koordinator meninjau" in last(town, me)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, LAMP.format("sudah seminggu belum diperbaiki")), (2, "Obat di puskesmas Kecamatan Narmada Kabupaten Lombok Barat masih kosong"),
        (3, "LAPOR obatnya masih kosong"), (4, "jalan depan pasar masih berlubang, belum diaspal sampai sekarang"),
    ],
)  # fmt: skip
def test_what_names_another_topic_or_place_is_a_report_of_its_own(town, office, number, words):
    me = f"+628110012020{number}"
    ticket = closed(town, office, me, f"hal lain {number}")
    town.sms(me, words)
    town.work_off()
    assert cases_of(town, me) == 2
    assert town.case(ticket)["attention"] is None


def test_two_weeks_later_a_sentence_is_news_and_a_bare_no_is_not(town, office):
    me = "+6281100120301"
    ticket = closed(town, office, me, "lama sekali")
    town.clock.forward(days=15)
    town.sms(me, "obatnya masih kosong juga")
    town.work_off()
    assert cases_of(town, me) == 2
    other = closed(town, office, "+6281100120302", "lama tapi pendek")
    town.clock.forward(days=15)
    town.sms("+6281100120302", "belum")
    town.work_off()
    assert (town.case(ticket)["attention"], town.case(other)["attention"]) == (None, "reopening")


def test_of_two_that_ended_the_sender_is_asked_which(town, office):
    me = "+6281100120401"
    one, two = closed(town, office, me, "satu dari dua"), closed(town, office, me, "dua dari dua")
    town.sms(me, "masih kosong pak")
    town.work_off()
    assert "Untuk laporan yang mana?" in last(town, me)
    town.sms(me, "2")
    town.work_off()
    assert (town.case(one)["attention"], town.case(two)["attention"]) == ("reopening", None), "the newer stands first"
    assert cases_of(town, me) == 2


def test_a_number_typed_into_a_form_does_not_carry_the_owners_words_there(town, office):
    me = "+6281100120501"
    ticket = by_form(town, CLINIC.format("diketik orang"), phone=me, category="kesehatan", region="52.06.03").headers["Location"][3:]
    town.work_off()
    office.act("halim", ticket, "respond", words="Beres.")
    town.clock.forward(days=40)
    town.round()
    assert town.case(ticket)["state"] == "closed"
    town.sms(me, "obatnya masih kosong di sini")
    town.work_off()
    assert cases_of(town, me) == 2 and town.case(ticket)["attention"] is None


def test_with_nothing_ended_not_yet_is_still_a_courtesy(town):
    me = "+6281100120601"
    town.sms(me, "halo")
    town.sms(me, "belum")
    town.work_off()
    assert "Terima kasih kembali" in last(town, me) and cases_of(town, me) == 0
