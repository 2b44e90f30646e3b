"""Whoever asks after a report that another body has is told where it is, how to ask there and when we ask again."""

from __future__ import annotations

import pytest

from ntbcare.wording import parts
from tests.corridor.looking import by_form, last
from tests.corridor.outside import HOW, POWER, REF, pretty, row, sent_away, told_to


@pytest.mark.parametrize("words", ["{} sudah ada kabar?", "belum ada kabar {}", "{} malah padam dua kali sehari", "{} ya sudah menyala"])
def test_what_the_citizen_says_later_comes_before_the_coordinator_and_is_answered_with_where_it_is(town, office, words):
    me = f"+62811000311{len(words):02}"
    ticket = sent_away(town, office, me, f"kata kemudian {len(words)}")
    town.sms(me, words.format(ticket))
    town.work_off()
    assert row(town, ticket, "attention", "state") == ("words", "forwarded")
    assert ticket in office.queue("imran", "attention")
    assert last(town, me) == (
        f"Tambahan untuk laporan {pretty(ticket)} kami sampaikan ke koordinator. Laporan ini ada di PLN NTB, nomor {REF}; "
        f"kami tanyakan lagi ke sana paling lambat {told_to(town, ticket)}."
    )


def test_cek_tells_to_whom_it_went_how_to_ask_there_and_when_we_ask_again(town, office):
    me = "+6281100031040"
    ticket = sent_away(town, office, me, "ditanya CEK")
    for ask in (f"CEK {ticket}", "CEK"):
        town.sms(me, ask)
        town.work_off()
        assert last(town, me) == (
            f"Laporan {pretty(ticket)} kami teruskan ke PLN NTB, nomornya di sana {REF}. {HOW} "
            f"Kami tanyakan lagi paling lambat {told_to(town, ticket)}."
        )
        assert parts(last(town, me)) <= 2
    town.sms("+6281100031041", f"CEK {ticket}")
    town.work_off()
    stranger = last(town, "+6281100031041")
    assert "PLN NTB" in stranger and REF not in stranger and "123" not in stranger, "their number and our words are the reporter's"


def test_the_tracking_page_tells_the_same_and_takes_words(town, office):
    browser = town.browser()
    ticket = by_form(town, POWER.format("halaman pelacakan"), browser).headers["Location"][-9:]
    town.work_off()
    office.act("imran", ticket, "forward", words=HOW, unit=office.unit("pusat.pln"), ref=REF)
    mine, anybody = browser.get(f"/t/{ticket}").text, town.browser().get(f"/t/{ticket}").text
    for page in (mine, anybody):
        assert "PLN Unit Induk Wilayah Nusa Tenggara Barat" in page and "Kami tanyakan lagi ke sana paling lambat" in page
    assert REF in mine and HOW in mine and "Cara menanyakannya" in mine
    assert REF not in anybody and HOW not in anybody
    assert browser.post(f"/t/{ticket}/tambah", data={"words": "Masih padam."}).status_code == 303
    assert town.case(ticket)["attention"] == "words"
    bodies = [body for (body,) in town.sql("SELECT body FROM notices WHERE case_id = :id ORDER BY id", id=town.case(ticket)["id"])]
    assert bodies[-1] == "Tambahan Anda kami sampaikan ke koordinator, yang menanyakannya ke PLN Unit Induk Wilayah Nusa Tenggara Barat."
