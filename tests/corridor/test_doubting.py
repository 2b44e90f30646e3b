"""A report like an open one goes to no desk before its sender has said whether it is the same, or has had the time to say it."""

from __future__ import annotations

import json

import pytest

from ntbcare.domain import tickets
from ntbcare.domain.permissions import Actor, Role
from ntbcare.wording import MAX_PARTS, gsm7, parts
from tests.corridor.looking import NOWHERE, by_sms, clock, count, last, statements, story

FIRST = "Jalan berlubang besar di depan pasar {}, motor sering jatuh"
AGAIN = "lubang besar jalan depan pasar {}, sudah ada yang jatuh"
PLACES = [
    "Tente Kecamatan Woha", "Lingsar Kecamatan Lingsar", "Narmada Kecamatan Narmada", "Keruak Kecamatan Keruak", "Kediri Kecamatan Kediri",
    "Gerung Kecamatan Gerung", "Praya Kecamatan Praya", "Pringgabaya Kecamatan Pringgabaya", "Aikmel Kecamatan Aikmel",
]  # fmt: skip
TENTE = PLACES[0]


def doubted(town, number: int, place: str = TENTE) -> tuple[str, str, str]:
    """(an open case, one like it that waits for its sender's word, that sender)."""
    first, me = by_sms(town, f"+62811001{number:03}01", FIRST.format(place)), f"+62811001{number:03}02"
    mine = by_sms(town, me, AGAIN.format(place), patient=False)
    assert f"Mirip laporan {tickets.pretty(first)}" in last(town, me), "else nothing below is about waiting"
    assert (town.case(mine)["state"], town.case(mine)["unit_id"]) == ("received", None)
    return first, mine, me


def after(town, **length: float) -> None:
    town.clock.forward(**length)
    town.work_off()


def disposals(town, ticket: str) -> int:
    return [tag for tag, _ in story(town, ticket)].count("case:dispose")


def test_the_receipt_goes_at_once_and_says_until_when_in_two_parts(new_town):
    _, mine, me = doubted(new_town, 1)
    (said,) = (one["text"] for one in new_town.sent(me))
    assert "Balas 1 bila sama, 2 bila lain. Tanpa balasan kami teruskan pukul 12.30." in said
    assert f"Laporan {tickets.pretty(mine)} kami terima. PIN" in said and "Dijawab paling lambat" in said
    assert gsm7(said) == said and parts(said) <= MAX_PARTS
    coordinators = "SELECT kind FROM units WHERE id = :desk"
    assert new_town.sql(coordinators, desk=new_town.case(mine)["desk_id"]) == [("coordinator",)], "never nowhere"


def test_who_says_nothing_is_routed_when_the_time_is_over_and_once(new_town):
    town = new_town
    _, mine, me = doubted(town, 2)
    after(town, minutes=29)
    assert town.case(mine)["state"] == "received"
    after(town, minutes=1)
    assert town.case(mine)["state"] == "dispositioned" and town.case(mine)["offered_until"] is None
    assert f"Laporan {tickets.pretty(mine)} sekarang ditangani" in last(town, me) and len(town.sent(me)) == 2
    town.sql("UPDATE errands SET done_at = NULL, lease_until = NULL WHERE kind = 'route'")
    town.work_off()
    assert disposals(town, mine) == 1 and len(town.sent(me)) == 2, "an errand that comes twice does it once"
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "merged", "a later word still counts as long as it can be joined"


def test_no_promise_becomes_later_by_asking(new_town):
    town = new_town
    by_sms(town, "+6281100100301", FIRST.format(TENTE))
    plain = by_sms(town, "+6281100100302", "Jalan rusak parah di Desa Sila Kecamatan Bolo Kabupaten Bima")
    mine = by_sms(town, "+6281100100303", AGAIN.format(TENTE), patient=False)
    assert town.case(plain)["state"] == "dispositioned" and town.case(mine)["state"] == "received"
    for name in ("receipt", "first_response", "verify", "completeness"):
        assert clock(town, mine, name)["due_at"] == clock(town, plain, name)["due_at"], name
    due = clock(town, mine, "first_response")["due_at"]
    after(town, minutes=30)
    assert clock(town, mine, "first_response")["due_at"] == due


@pytest.mark.parametrize(("number", "answer"), [(3, "2"), (4, "lain"), (5, "Bukan itu pak")])
def test_a_no_routes_within_the_same_minute(town, number, answer):
    first, mine, me = doubted(town, number, PLACES[number])
    town.sms(me, answer)
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"
    low, high = sorted((town.case(first)["id"], town.case(mine)["id"]))
    assert count(town, "unlike", "case_a = :low AND case_b = :high", low=low, high=high) == 1
    after(town, minutes=30)
    assert disposals(town, mine) == 1 and len(town.sent(me)) == 2


def test_one_no_is_enough_though_a_third_case_is_like_it_too(new_town):
    town = new_town
    by_sms(town, "+6281100100803", FIRST.format(TENTE))
    by_sms(town, "+6281100100804", "di depan pasar Tente Kecamatan Woha jalan berlubang besar, motor sering jatuh")
    me = "+6281100100802"
    mine = by_sms(town, me, AGAIN.format(TENTE), patient=False)
    assert town.case(mine)["state"] == "received"
    town.sms(me, "2")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"
    assert sum("Mirip laporan" in one["text"] for one in town.sent(me)) == 1


def test_more_words_of_the_same_go_on_waiting_and_others_do_not(new_town):
    town = new_town
    _, mine, me = doubted(town, 9)
    town.clock.forward(minutes=12)
    town.sms(me, "lubangnya besar sekali pak")
    town.work_off()
    assert town.case(mine)["state"] == "received" and "besar sekali" in town.case(mine)["text"], "it is still being talked of"
    town.sms(me, f"{mine} ralat, bukan di Tente tapi di Desa Sila Kecamatan Bolo")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"
    assert "sekarang ditangani" in last(town, me)
    assert count(town, "cases") == 2


def test_a_no_with_words_is_a_no_and_the_words_are_kept(new_town):
    town = new_town
    first, mine, me = doubted(town, 20)
    town.sms(me, "Bukan, ini di depan masjid Tente sebelah utara")
    town.work_off()
    case = town.case(mine)
    assert case["state"] == "dispositioned" and "masjid Tente sebelah utara" in case["text"]
    assert count(town, "unlike", "case_a = :id", id=town.case(first)["id"]) == 1 and count(town, "cases") == 2


def test_what_becomes_urgent_by_more_words_is_routed_at_once(new_town):
    town = new_town
    _, mine, me = doubted(town, 10)
    town.sms(me, f"{mine} tolong, ada orang tertabrak di lubang itu, sekarang sekarat tidak sadar")
    town.work_off()
    case = town.case(mine)
    assert (case["state"], case["urgency"]) == ("dispositioned", "mendesak")


def test_an_emergency_waits_for_no_word(new_town):
    town = new_town
    words = "Kebakaran rumah di depan pasar Tente Kecamatan Woha, api besar, tolong cepat"
    by_sms(town, "+6281100101101", words)
    mine = by_sms(town, "+6281100101102", words + " pak", patient=False)
    case = town.case(mine)
    assert case["urgency"] == "mendesak" and case["offered_until"] is None
    assert case["state"] == "dispositioned"


def test_a_coordinator_need_not_wait_and_sees_what_is_waited_for(new_town, office_of):
    town, office = new_town, office_of(new_town)
    first, mine, _ = doubted(town, 12)
    page = office.page("imran", mine)
    assert f"Apakah sama dengan laporan {tickets.pretty(first)}?" in page and "Menunggu kata pelapor sampai pukul 12.30." in page
    assert "Ditanya" in office.queue("imran").partition(mine)[2].partition("</tr>")[0]
    office.act("imran", mine, "verify")
    assert "Menunggu kata pelapor" not in office.page("imran", mine)
    after(town, minutes=30)
    assert town.case(mine)["state"] == "verified", "a person has it in hand"
    office.act("imran", mine, "dispose", unit=town.case(first)["unit_id"])
    assert disposals(town, mine) == 1


def test_the_page_of_such_a_case_costs_no_statement_more(new_town, office_of):
    town, office = new_town, office_of(new_town)
    _, mine, _ = doubted(town, 13)
    page = lambda: office.page("imran", mine)  # noqa: E731
    page()
    with statements(town) as waiting:
        assert "Menunggu kata pelapor" in page()
    town.sql("UPDATE cases SET offered_until = NULL WHERE ticket = :ticket", ticket=mine)
    page()
    with statements(town) as plain:
        assert "Menunggu kata pelapor" not in page()
    assert len(waiting) == len(plain)


@pytest.mark.parametrize("why", ["ended", "confidential"])
def test_a_yes_to_what_is_gone_is_told_so_and_routed(new_town, why):
    town = new_town
    first, mine, me = doubted(town, 14)
    if why == "ended":
        town.sms("+6281100101401", f"BATAL {first}")
    else:
        town.sql("UPDATE cases SET confidential = true WHERE ticket = :ticket", ticket=first)
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned" and town.case(mine)["merged_into"] is None
    told = [one["text"] for one in town.sent(me)]
    assert "sudah tidak terbuka untuk digabung" in told[1] and "sekarang ditangani" in told[2]


def test_what_waits_is_itself_offered_to_nobody(new_town):
    town = new_town
    first, mine, _ = doubted(town, 15)
    town.sql("UPDATE cases SET state = 'closed' WHERE ticket = :ticket", ticket=first)
    third = by_sms(town, "+6281100101503", AGAIN.format(TENTE) + " kemarin", patient=False)
    assert tickets.pretty(mine) not in last(town, "+6281100101503")
    assert town.case(third)["state"] == "dispositioned"


def test_without_a_waiting_time_the_offer_comes_with_the_receipt_and_the_case_is_routed(new_town):
    town = new_town
    facts = town.sql("SELECT facts FROM deployment WHERE id = 1")[0][0]
    facts["likeness"]["wait_minutes"] = 0
    town.sql("UPDATE deployment SET facts = CAST(:facts AS jsonb) WHERE id = 1", facts=json.dumps(facts))
    first, me = by_sms(town, "+6281100101601", FIRST.format(TENTE)), "+6281100101602"
    mine = by_sms(town, me, AGAIN.format(TENTE), patient=False)
    (said,) = (one["text"] for one in town.sent(me))
    assert f"Mirip laporan {tickets.pretty(first)}" in said and "Ditangani" in said and "teruskan" not in said
    assert town.case(mine)["state"] == "dispositioned" and count(town, "errands", "kind = 'route'") == 0


def test_a_worker_that_dies_before_the_commit_leaves_nothing_half(new_town):
    town, me = new_town, "+6281100101702"
    by_sms(town, "+6281100101701", FIRST.format(TENTE))
    town.sms(me, AGAIN.format(TENTE))
    mine = town.ticket_of(AGAIN.format(TENTE))
    with town.app.app_context(), town.work(Actor(Role.TRIAGE)) as work:
        from ntbcare.casework import triage

        triage.triage(work, town.case(mine)["id"])
    assert town.case(mine)["triaged_at"] is None and town.case(mine)["offered_until"] is None
    assert count(town, "errands", "kind = 'route'") == 0 and town.sent(me) == []
    town.work_off()
    assert town.case(mine)["offered_until"] is not None and count(town, "errands", "kind = 'route'") == 1
    assert len(town.sent(me)) == 1


def test_joined_before_it_had_a_desk_and_on_its_own_again_it_gets_one(new_town):
    town = new_town
    first, mine, me = doubted(town, 18)
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "merged" and disposals(town, mine) == 0
    town.sms("+6281100101801", f"BATAL {first}")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned", "its parent's reporter took the parent back"
    assert "sekarang ditangani" in last(town, me)


def test_nothing_waits_where_a_person_must_choose_the_desk(new_town):
    town = new_town
    ticket = by_sms(town, "+6281100101901", NOWHERE.format("tanpa tempat"), patient=False)
    by_sms(town, "+6281100101902", FIRST.format(TENTE))
    assert town.case(ticket)["state"] == "received" and town.case(ticket)["offered_until"] is None
    assert count(town, "errands", "kind = 'route'") == 0


def test_on_telegram_it_is_told_as_plainly(town, street):
    place = PLACES[8]
    first, chat = by_sms(town, "+6281100102001", FIRST.format(place)), 7652001
    town.telegram(chat, AGAIN.format(place))
    town.work_off()
    mine = town.ticket_of(AGAIN.format(place))
    (body,) = town.sql("SELECT body FROM notices WHERE case_id = :id", id=town.case(mine)["id"])[0]
    assert f"Mirip laporan {tickets.pretty(first)}" in body and "Tanpa balasan kami teruskan pukul" in body
    assert "Sedang kami carikan" not in body and town.case(mine)["state"] == "received"
    town.telegram(chat, "ya sama")
    town.work_off()
    assert town.case(mine)["merged_into"] == town.case(first)["id"]
