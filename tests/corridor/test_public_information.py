"""Requests for public information (UU KIP): ten working days from the registration, seven more once and in writing, told to the citizen."""

from __future__ import annotations

import html

from tests.corridor.looking import CLINIC, by_sms, clock, last
from tests.corridor.test_journey_clocks import at, end_of

ASKED = "Minta salinan daftar obat puskesmas Kecamatan Woha Kabupaten Bima tahun lalu, {}"


def request(town, me: str, words: str) -> str:
    """A report that is a request for information; filed on Friday 13 March."""
    assert town.sms(me, ASKED.format(words)).status_code == 200
    town.sql("UPDATE cases SET classification = 'permintaan_informasi' WHERE text LIKE :like", like=f"%{words}")
    town.work_off()
    return town.ticket_of(words)


def test_a_request_is_registered_extended_once_and_told_each_time(new_town, office_of):
    town, office, me = new_town, office_of(new_town), "+6281100034001"
    ticket = request(town, me, "permohonan biasa")
    state = town.case(ticket)["state"]
    town.clock.moment = at(16)
    office.act("imran", ticket, "kip_register")
    assert clock(town, ticket, "kip_request")["due_at"] == end_of(7, 4), "ten working days from the registration"
    assert "permohonan informasi publik" in last(town, me) and "7 Apr" in last(town, me)
    assert town.case(ticket)["state"] == state, "no state: a fact of a clock"
    office.act("imran", ticket, "kip_register", 409)
    town.clock.moment = at(30)
    office.act("imran", ticket, "kip_extend", 422)
    office.act("imran", ticket, "kip_extend", words="Arsip lama harus dicari dulu.")
    assert clock(town, ticket, "kip_request")["outcome"] == "kept"
    assert clock(town, ticket, "kip_extension")["due_at"] == end_of(16, 4), "seven more after the tenth, not after the day of asking"
    assert "16 Apr" in last(town, me) and "Arsip lama" in last(town, me)
    office.act("imran", ticket, "kip_extend", 409, words="Sekali lagi.")
    page = html.unescape(office.page("imran", ticket))
    assert "UU KIP 14/2008" in page and "Perpanjang waktu menjawab permohonan informasi" in page
    assert 'action="/meja/' + ticket + '/kip_extend"' not in page, "what is not possible is not drawn"


def test_the_answer_ends_the_request_and_its_extension(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = request(town, "+6281100034002", "dijawab")
    office.act("imran", ticket, "kip_register")
    office.act("imran", ticket, "kip_extend", words="Arsip lama harus dicari dulu.")
    if town.case(ticket)["state"] in ("received", "verified"):
        for event in ("verify", "dispose")[town.case(ticket)["state"] == "verified" :]:
            office.act("imran", ticket, event, unit=office.unit("52.06.dinkes"))
    town.clock.moment = at(17)
    office.act("halim", ticket, "respond", words="Ini daftarnya.")
    assert clock(town, ticket, "kip_extension")["stopped_at"] == at(17)
    assert clock(town, ticket, "kip_extension")["outcome"] == "kept"


def test_what_is_late_is_not_extended_and_what_is_no_request_is_not_registered(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket, complaint = request(town, "+6281100034003", "terlambat"), by_sms(town, "+6281100034004", CLINIC.format("keluhan"))
    office.act("imran", ticket, "kip_register")
    office.act("imran", complaint, "kip_register", 409)
    assert "kip_register" not in office.page("imran", complaint)
    town.clock.moment = at(8, month=4)
    office.act("imran", ticket, "kip_extend", 409, words="Belum sempat.")
    assert clock(town, ticket, "kip_extension") == {}
    office.act("halim", ticket, "kip_register", 403)
