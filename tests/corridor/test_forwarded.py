"""A case that another body has is still somebody's: told to whom, asked about again in time, answered, or taken back."""

from __future__ import annotations

import html

import pytest

from ntbcare.wording import gsm7, parts
from tests.corridor.looking import CLINIC, at_once, by_sms, clock, count, last, story
from tests.corridor.outside import ASKED, HOW, POWER, REF, pretty, row, sent_away


def test_who_is_told_where_the_report_went_reads_the_body_its_number_and_when_we_ask_again(town, office):
    me = "+6281100031001"
    ticket = sent_away(town, office, me, "dikabari lengkap")
    assert row(town, ticket, "state", "forwarded_to", "forwarded_ref") == ("forwarded", office.unit("pusat.pln"), REF)
    said = last(town, me)
    assert said == (
        f"Laporan {pretty(ticket)} urusan PLN NTB dan sudah kami teruskan, nomornya di sana {REF}. {HOW} "
        "Kami tanyakan lagi paling lambat Sen 6 Apr 23.59 WITA."
    )
    assert gsm7(said) == said and parts(said) <= 2
    running = clock(town, ticket, "watch")
    assert (running["round"], running["started_at"], running["stopped_at"]) == (1, town.clock(), None)
    assert row(town, ticket, "due_at", "due_clock") == (running["due_at"], "watch")
    assert f"PLN Unit Induk Wilayah Nusa Tenggara Barat (nomor di sana: {REF})" in office.page("imran", ticket)


def test_a_body_that_stands_in_no_list_is_named_by_the_words(town, office):
    me = "+6281100031002"
    ticket = sent_away(town, office, me, "ke bupati tetangga", unit="", ref="", words="Diteruskan ke Pemkab Sikka, NTT.")
    assert row(town, ticket, "state", "forwarded_to", "forwarded_ref") == ("forwarded", None, None)
    assert "Pemkab Sikka, NTT." in last(town, me) and "urusan instansi lain" in last(town, me)
    assert "Instansi lain" in office.page("imran", ticket)


def test_the_knot_of_the_tree_and_a_body_that_ended_are_nobody_to_send_to(town, office):
    ticket = by_sms(town, "+6281100031003", POWER.format("simpul pohon"))
    town.sql("UPDATE units SET valid_to = '2026-01-01' WHERE code = 'pusat.komdigi'")
    town.sql("UPDATE reference_stamp SET stamp = md5(stamp || random())")
    town.clock.forward(minutes=1)
    for code in ("pusat", "52.06.pupr", "pusat.komdigi"):
        answer = office.act("imran", ticket, "forward", 422, words=HOW, unit=office.unit(code))
        assert "Pilih instansi dari daftar" in answer
    assert town.case(ticket)["state"] == "received"


def test_only_coordinators_have_the_tab_and_it_is_ordered_by_what_is_asked_next(town, office):
    first = sent_away(town, office, "+6281100031004", "diteruskan lebih dulu")
    town.clock.forward(days=3)
    later = sent_away(town, office, "+6281100031005", "diteruskan kemudian")
    page = office.queue("imran", "forwarded")
    assert ">Diteruskan" in page and page.index(first) < page.index(later)
    assert "PLN NTB" in page
    town.clock.forward(days=3)
    office.act("imran", first, "watch_on", words=ASKED)
    page = office.queue("imran", "forwarded")
    assert page.index(later) < page.index(first), "who was asked just now comes last"
    assert first not in office.queue("imran", "all") and first in office.queue("imran", "done")
    for who in ("bagus", "bupati.bima"):
        assert "tab=forwarded" not in office.queue(who)
    assert first not in office.queue("bagus", "forwarded")
    assert first not in office.queue("dewi", "forwarded"), "another region's"


def test_when_it_is_time_to_ask_again_it_stands_under_kabar_baru_once_for_each_round(town, office):
    ticket = sent_away(town, office, "+6281100031006", "ditanyakan berkala")
    town.round()
    assert town.case(ticket)["attention"] is None
    reminded = "SELECT remind_at, reminded_at FROM clocks WHERE clock = 'watch' AND case_id = :id ORDER BY round"
    ((at, _),) = town.sql(reminded, id=town.case(ticket)["id"])
    assert at < clock(town, ticket, "watch")["due_at"], "before the promise to the citizen is broken"
    town.clock.moment = at
    town.round()
    assert row(town, ticket, "attention", "state") == ("watch", "forwarded")
    assert ticket in office.queue("imran", "attention") and "Waktunya ditanyakan lagi" in office.queue("imran", "attention")
    version = town.case(ticket)["version"]
    town.clock.forward(minutes=5)
    town.round()
    assert town.case(ticket)["version"] == version, "said once"
    assert [tag for tag, _ in story(town, ticket)].count("watch:due") == 1
    office.act("imran", ticket, "watch_on", words=ASKED)
    assert town.case(ticket)["attention"] is None
    town.round()
    assert town.case(ticket)["attention"] is None
    town.clock.moment = town.sql(reminded, id=town.case(ticket)["id"])[-1][0]
    town.round()
    assert town.case(ticket)["attention"] == "watch"
    assert [tag for tag, _ in story(town, ticket)].count("watch:due") == 2


def test_many_rounds_at_once_call_once(town, office):
    from workers.timetable import watches

    ticket = sent_away(town, office, "+6281100031007", "banyak putaran")
    town.clock.moment = town.sql("SELECT max(remind_at) FROM clocks WHERE clock = 'watch'")[0][0]
    before = count(town, "alarms")

    def one_round(number: int) -> int:
        with town.app.app_context():
            return watches(town.app)

    at_once(4, one_round)
    assert town.case(ticket)["attention"] == "watch"
    assert [tag for tag, _ in story(town, ticket)].count("watch:due") == 1
    assert count(town, "alarms") == before


def test_words_of_the_citizen_are_kept_when_it_is_time_to_ask(town, office):
    ticket = sent_away(town, office, "+6281100031008", "kata tidak tertimpa")
    town.sms("+6281100031008", f"{ticket} masih padam")
    town.work_off()
    town.clock.moment = town.sql("SELECT max(remind_at) FROM clocks WHERE clock = 'watch'")[0][0]
    town.round()
    assert town.case(ticket)["attention"] == "words"


def test_a_promise_to_ask_that_was_broken_is_told_as_late(town, office):
    ticket = sent_away(town, office, "+6281100031009", "terlambat ditanyakan")
    town.clock.moment = clock(town, ticket, "watch")["due_at"]
    town.clock.forward(hours=12)
    town.round()
    assert town.sql("SELECT breached_at IS NOT NULL FROM clocks WHERE clock = 'watch' AND case_id = :id", id=town.case(ticket)["id"]) == [
        (True,)
    ]
    assert "Batas waktunya sudah lewat, dan itu tercatat. Laporan ini tetap kami tanyakan." in town.browser().get(f"/t/{ticket}").text
    office.act("imran", ticket, "watch_on", words=ASKED)
    rounds = town.sql("SELECT round, outcome FROM clocks WHERE clock = 'watch' AND case_id = :id ORDER BY 1", id=town.case(ticket)["id"])
    assert rounds == [(1, "late"), (2, None)]


def test_asking_is_told_with_words_and_the_watch_starts_again(town, office):
    me = "+6281100031010"
    ticket = sent_away(town, office, me, "sudah ditanyakan", ref="")
    office.act("imran", ticket, "watch_on", 422)
    before = clock(town, ticket, "watch")["due_at"]
    town.clock.forward(days=4)
    office.act("imran", ticket, "watch_on", words=ASKED, ref=REF)
    assert row(town, ticket, "state", "forwarded_ref") == ("forwarded", REF), "a number that came later is kept"
    office.act("imran", ticket, "watch_on", words=ASKED, ref="")
    assert town.case(ticket)["forwarded_ref"] == REF, "and not lost by leaving the field empty"
    now = clock(town, ticket, "watch")
    assert now["round"] == 3 and now["due_at"] > before
    assert last(town, me).startswith(
        f"Laporan {pretty(ticket)}: kami sudah menanyakan ke PLN NTB (nomor {REF}). {ASKED} Kami tanyakan lagi"
    )
    assert parts(last(town, me)) <= 2 and gsm7(last(town, me)) == last(town, me)


def test_the_answer_of_the_body_closes_the_case_as_answered_outside(town, office):
    me = "+6281100031011"
    ticket = sent_away(town, office, me, "dijawab PLN")
    office.act("imran", ticket, "relay", 422)
    office.act("imran", ticket, "relay", words="Gardu sudah diganti hari Selasa.")
    assert last(town, me) == f"Jawaban PLN NTB atas laporan {pretty(ticket)}: Gardu sudah diganti hari Selasa."
    assert row(town, ticket, "state", "closed_by", "responded_at", "unit_id", "forwarded_to", "due_at") == (
        "closed", "admin", None, None, office.unit("pusat.pln"), None,
    )  # fmt: skip
    assert clock(town, ticket, "watch")["outcome"] == "kept"
    assert [
        row[0] for row in town.sql("SELECT outcome FROM clocks WHERE clock = 'complete' AND case_id = :id", id=town.case(ticket)["id"])
    ] == ["kept"]
    page = town.browser().get(f"/t/{ticket}").text
    assert "Instansi yang berwenang sudah menjawab" in page and "Dijawab instansi lain" in page
    assert "Dikerjakan" not in page, "nobody of ours worked on it"
    town.sms(me, f"CEK {ticket}")
    town.work_off()
    assert "Dijawab instansi lain" in last(town, me)
    town.clock.forward(days=1, minutes=1)
    town.work_off()
    assert "Puaskah Anda?" in last(town, me)
    town.sms(me, "4")
    town.work_off()
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(4,)]


def test_what_was_answered_outside_is_asked_there_again_and_never_given_to_a_unit_that_does_not_exist(town, office):
    me = "+6281100031012"
    ticket = sent_away(town, office, me, "belum juga")
    office.act("imran", ticket, "relay", words="Sudah normal.")
    town.sms(me, f"BELUM {ticket} masih padam")
    town.work_off()
    assert ticket in office.queue("imran", "attention")
    page = office.page("imran", ticket)
    assert "/reopen" not in page and "/watch_on" in page
    assert "Sudah ditanyakan" in html.unescape(office.act("imran", ticket, "reopen", 409, words="Buka."))
    office.act("imran", ticket, "watch_on", words="Kami tanyakan lagi.")
    assert row(town, ticket, "state", "closed_at", "closed_by", "reopenings", "attention") == ("forwarded", None, None, 1, None)
    assert clock(town, ticket, "watch")["stopped_at"] is None
    office.act("imran", ticket, "relay", words="Sekarang benar-benar normal.")
    town.clock.forward(days=1, minutes=1)
    town.work_off()
    assert count(town, "polls", "case_id = :id", id=town.case(ticket)["id"]) == 1, "the first closing was undone before it was asked about"
    town.clock.forward(days=31)
    office.act("imran", ticket, "watch_on", 409, words="Terlambat.")
    ours = by_sms(town, "+6281100031013", CLINIC.format("dijawab sendiri"))
    office.act("halim", ours, "respond", words="Beres.")
    town.sms("+6281100031013", "YA")
    town.work_off()
    assert "/watch_on" not in office.page("imran", ours)
    office.act("imran", ours, "watch_on", 409, words="Bukan urusan luar.")
    office.act("imran", ours, "reopen", words="Dibuka.")


def test_what_comes_back_is_sent_to_a_unit_with_the_promise_it_always_had(town, office):
    me = "+6281100031014"
    ticket = sent_away(town, office, me, "ternyata urusan sendiri")
    due, version = clock(town, ticket, "complete")["due_at"], town.case(ticket)["version"]
    town.clock.forward(days=2)
    office.act("imran", ticket, "take_back", 422)
    office.act("imran", ticket, "take_back", words="PLN menolak: ini lampu jalan kabupaten.")
    case = town.case(ticket)
    assert case["version"] > version
    assert (case["state"], case["forwarded_to"], case["forwarded_ref"], case["suggested_unit_id"]) == ("verified", None, None, None)
    assert case["desk_id"] == office.unit("52.06.diskominfo") and ticket in office.queue("imran")
    verify = clock(town, ticket, "verify")
    assert (verify["round"], verify["started_at"], verify["stopped_at"]) == (2, town.clock(), None)
    assert (clock(town, ticket, "complete")["due_at"], clock(town, ticket, "complete")["stopped_at"]) == (due, None)
    assert clock(town, ticket, "watch")["stopped_at"] == town.clock()
    assert (
        last(town, me)
        == f"Laporan {pretty(ticket)} kembali kami tangani sendiri; petugasnya sedang dicarikan. PLN menolak: ini lampu jalan kabupaten."
    )
    assert "Sempat diteruskan ke PLN" in office.page("imran", ticket)
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dishub"))
    assert row(town, ticket, "state", "unit_id") == ("dispositioned", office.unit("52.06.dishub"))


@pytest.mark.parametrize("act", ["watch_on", "relay", "take_back"])
def test_nobody_but_the_coordinator_of_the_region_acts_on_it(town, office, act):
    ticket = sent_away(town, office, f"+628110003102{len(act)}", f"hanya koordinator {act}")
    for who, status in (("bagus", 404), ("dewi", 404), ("bupati.bima", 403)):
        assert town.act(office.desk(who), ticket, act, words="Saya saja.").status_code == status
    assert town.case(ticket)["state"] == "forwarded"
    office.act("citra", ticket, act, words="Provinsi membantu.")


def test_two_who_act_on_it_at_once_act_once(town, office):
    ticket = sent_away(town, office, "+6281100031050", "berdua")
    desks, version = [office.desk("imran"), office.desk("citra")], town.case(ticket)["version"]
    acts = ("relay", "take_back")
    answers = at_once(2, lambda number: desks[number].post(f"/meja/{ticket}/{acts[number]}", data={"version": version, "words": "Saya."}))
    assert sorted(one.status_code for one in answers) == [303, 409]
