"""Words of misconduct stand in no table, whichever door they came by: every door that keeps a citizen's words is walked with the same words."""

from __future__ import annotations

import inspect
import re

import pytest

from ntbcare.web import api as api_door
from ntbcare.web import citizen as form_door
from tests.corridor.looking import CLINIC, ROAD, by_form, by_sms, count, everywhere, last

WORDS = "Pak kades minta uang 500 ribu untuk tanda tangan surat tanah {}"
HALVES = ("Pak kades minta", "uang 500 ribu untuk tanda tangan surat {}")
ACTS = sorted(set(re.findall(r'"([a-z]+)"', " ".join(re.findall(r"act (?:==|in) .*", inspect.getsource(form_door._act))))))
FIELDS = sorted(set(re.findall(r'given(?:\.get\(|\[)"(\w+)"', inspect.getsource(form_door.filing_from))))
BODY = sorted(
    name
    for name, field in api_door.CaseIn.model_fields.items()
    if "bool" not in str(field.annotation) and "float" not in str(field.annotation)
)


def filed(town, words: str):
    """A report by the form. Returns the browser and the ticket."""
    browser = town.browser()
    ticket = by_form(town, words, browser).headers["Location"].rsplit("/", 1)[-1]
    town.work_off()
    return browser, ticket


def test_the_doors_are_those_of_the_code():
    assert {"jawab", "tambah", "belum", "nilai", "tarik"} <= set(ACTS)
    assert {"text", "place", "name", "email", "phone", "token"} <= set(FIELDS)
    assert {"text", "place", "name", "email"} <= set(BODY)


@pytest.fixture(scope="module")
def closed(town, office):
    """A report that was answered and closed, so that it can be rated."""
    browser, ticket = filed(town, CLINIC.format("untuk dinilai"))
    office.act("halim", ticket, "start")
    office.act("halim", ticket, "respond", words="Sudah.")
    browser.post(f"/t/{ticket}/selesai")
    town.work_off()
    return browser, ticket


@pytest.mark.parametrize("act", ACTS)
def test_no_act_of_a_reports_page_keeps_them(town, office, act, closed):
    browser, ticket = closed if act == "nilai" else filed(town, CLINIC.format(f"pintu {act}"))
    if act == "jawab":
        office.act("halim", ticket, "ask", words="Mana?")
    if act in ("belum", "selesai"):
        office.act("halim", ticket, "start")
        office.act("halim", ticket, "respond", words="Sudah.")
    answer = browser.post(f"/t/{ticket}/{act}", data={"words": WORDS.format(f"tanda{act}"), "score": "1"})
    town.work_off()
    assert everywhere(town, f"tanda{act}") == []
    if act not in ("selesai", "catat"):  # which take no words
        assert answer.status_code == 422 and "Inspektorat" in answer.text
        assert f"tanda{act}" in answer.text, "their words are theirs to copy"


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_the_form_keeps_them(town, field):
    told = {"text": ROAD.format(f"isian {field}"), "new": "1", "token": f"t-{field}"} | {field: WORDS.format(f"isian{field}x")}
    town.browser().post("/lapor", data=told)
    town.work_off()
    assert everywhere(town, f"isian{field}x") == []


@pytest.mark.parametrize("field", BODY)
def test_no_field_of_the_api_keeps_them(town, field):
    town.api(**({"text": ROAD.format(f"api {field}")} | {field: WORDS.format(f"api{field}x")}))
    town.api(WORDS.format("apikunci"), text=ROAD.format(f"kunci {field}"))
    town.work_off()
    assert everywhere(town, f"api{field}x") == everywhere(town, "apikunci") == []


def test_two_fields_that_only_together_tell_it_are_refused(town):
    answer = town.api(text=f"Jalan rusak di Desa Tente Kecamatan Woha Kabupaten Bima. {HALVES[0]}", place=HALVES[1].format("duaisian"))
    assert answer.status_code == 422
    assert everywhere(town, "duaisian") == []


def test_saying_the_same_keeps_none_of_them(town):
    other = by_sms(town, "+628170000001", ROAD.format("yang diikuti"))
    by_form(town, ROAD.format("ikut") + " " + WORDS.format("ikutsama"), same=other)
    by_form(town, ROAD.format("ikut lagi"), same=other, place=WORDS.format("ikutsama"))
    assert everywhere(town, "ikutsama") == []


@pytest.mark.parametrize(
    "before", ["", "{t} ", "belum, ", "{t} belum ", "BATAL {t} ", "CEK {t} ", "ralat: bukan Tente, Desa Talabiu. ", "1 ", "LAPOR "]
)
def test_no_meaning_of_a_message_keeps_them(town, before):
    sender = f"+6281700010{len(before):02}"
    ticket = by_sms(town, sender, CLINIC.format(f"pesan {len(before)}"))
    town.sms(sender, before.format(t=ticket) + WORDS.format(f"pesan{len(before)}x"))
    town.work_off()
    assert everywhere(town, f"pesan{len(before)}x") == []
    assert "Inspektorat" in last(town, sender)


def test_a_message_that_completes_them_is_refused_and_what_stands_stays(town):
    sender = "+628170000002"
    ticket = by_sms(town, sender, f"Jalan rusak di Desa Tente Kecamatan Woha Kabupaten Bima. {HALVES[0]}", patient=False)
    before = town.case(ticket)
    town.sms(sender, HALVES[1].format("susulan"))
    town.work_off()
    assert everywhere(town, "susulan") == []
    assert "Inspektorat" in last(town, sender)
    assert town.case(ticket)["text"] == before["text"] and town.case(ticket)["version"] == before["version"]
    assert count(town, "messages", "meaning = 'courtesy' AND text = ''") > 0, "that something came is kept"


def test_a_resend_of_the_refused_message_is_answered_once(town):
    sender = "+628170000003"
    by_sms(town, sender, f"Jalan rusak di Desa Tente Kecamatan Woha Kabupaten Bima. {HALVES[0]}", patient=False)
    for _ in range(2):
        town.sms(sender, HALVES[1].format("ulang"), sid="SM" + "5" * 32)
    town.work_off()
    assert sum("Inspektorat" in sent["text"] for sent in town.sent(sender)) == 1


def test_a_later_word_that_completes_them_is_refused_also_in_a_book(town, office):
    browser, ticket = filed(town, CLINIC.format("buku"))
    assert browser.post(f"/t/{ticket}/tambah", data={"words": f"Kami lapor juga {HALVES[0]}"}).status_code == 303
    answer = browser.post(f"/t/{ticket}/tambah", data={"words": HALVES[1].format("dibuku")})
    assert answer.status_code == 422 and everywhere(town, "dibuku") == []
    assert "Kami lapor juga" in office.page("halim", ticket)


def test_an_answer_and_words_while_we_ask_which_keep_none_of_them(town, office):
    sender = "+628170000004"
    tickets = [by_sms(town, sender, "LAPOR " + CLINIC.format(f"tanya {number}")) for number in ("pertama", "kedua")]
    for ticket in tickets:
        office.act("halim", ticket, "ask", words="Di mana?")
    town.sms(sender, f"di dekat pasar lama, {HALVES[0]}")
    town.sms(sender, HALVES[1].format("yangmana"))
    town.work_off()
    assert everywhere(town, "yangmana") == []


def test_what_stands_deep_in_a_long_text_is_found(town):
    filler = "jalan di kampung kami rusak berat dan banyak lubang besar sehingga motor susah lewat setiap hari "
    answer = town.api(text=f"{filler * 60} {WORDS.format('jauhdidalam')}")
    assert answer.status_code == 422 and everywhere(town, "jauhdidalam") == []


def test_words_of_money_that_accuse_nobody_go_on_as_before(town, office):
    browser, ticket = filed(town, CLINIC.format("uang biasa"))
    assert browser.post(f"/t/{ticket}/tambah", data={"words": "Kami beli obat sendiri 50 ribu di apotek"}).status_code == 303
    assert "50 ribu di apotek" in office.page("halim", ticket)
