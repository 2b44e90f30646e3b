"""An officer chooses how to be told: a Telegram linked by a one-time code, a mailbox that is switched on, and an end to both."""

from __future__ import annotations

import re

import pytest

from tests.corridor.looking import CLINIC, count, everywhere

WAYS = "/meja/kabar/cara"


def code_of(office, who: str) -> str:
    """A fresh code as its officer reads it, with its hyphen."""
    page = office.desk(who).post(f"{WAYS}/kode")
    assert page.status_code == 200, page.text
    return re.search(r'class="code"><b>([A-Z2-9]{4}-[A-Z2-9]{4})<', page.text)[1]


def roads(town, who: str) -> list[tuple]:
    """(channel, address, bells, digest) of an officer."""
    return town.sql(
        "SELECT channel, address, bells, digest FROM account_roads JOIN contacts ON contacts.id = contact_id JOIN accounts ON accounts.id = account_id "
        "WHERE email = :email ORDER BY channel",
        email=f"{who}@ntbcare.example",
    )


def tell(town, chat: int, text: str) -> list[str]:
    """Say something to the bot; what came back."""
    before = len(town.sent(str(chat)))
    assert town.telegram(chat, text).status_code == 200
    town.work_off()
    return [one["text"] for one in town.sent(str(chat))[before:]]


def test_nobody_is_written_to_unasked(town, office):
    assert count(town, "account_roads") == 0
    page = office.desk("halim").get(WAYS)
    assert page.status_code == 200 and " checked" not in page.text and "Belum terhubung" in page.text


@pytest.mark.parametrize(("who", "how"), [("halim", "/start {}"), ("imran", "kode {}")])
def test_a_code_links_the_telegram_that_sends_it_and_is_nobodys_report(town, office, who, how):
    chat, cases = {"halim": 91001, "imran": 91002}[who], count(town, "cases")
    code = code_of(office, who)
    said = code.replace("-", "") if "start" in how else code.lower()
    (answer,) = tell(town, chat, how.format(said))
    assert "menerima pengingat" in answer
    assert roads(town, who) == [("telegram", str(chat), True, False)]
    assert count(town, "cases") == cases
    for written in (code, code.replace("-", ""), code.lower()):
        assert everywhere(town, written) == []
    assert f"…{str(chat)[-3:]}" in office.desk(who).get(WAYS).text


def test_a_code_is_good_once(town, office):
    code = code_of(office, "bagus")
    assert "menerima pengingat" in tell(town, 91003, f"KODE {code}")[0]
    (answer,) = tell(town, 91004, f"KODE {code}")
    assert "tidak berlaku" in answer
    assert roads(town, "bagus") == [("telegram", "91003", True, False)]


def test_a_code_that_is_wrong_late_or_replaced_links_nobody(town, office):
    replaced = code_of(office, "dewi")
    late = code_of(office, "dewi")
    assert "tidak berlaku" in tell(town, 91005, f"KODE {replaced}")[0]
    assert "tidak berlaku" in tell(town, 91005, "/start ABCD-2345")[0]
    town.clock.forward(minutes=31)
    assert "tidak berlaku" in tell(town, 91005, f"KODE {late}")[0]
    assert roads(town, "dewi") == []


def test_a_code_by_sms_links_nobody_and_makes_no_case(town, office):
    code, cases = code_of(office, "dewi"), count(town, "cases")
    town.sms("+6281130300001", f"KODE {code}")
    town.work_off()
    assert "tidak berlaku di sini" in town.sent("+6281130300001")[-1]["text"]
    assert (roads(town, "dewi"), count(town, "cases")) == ([], cases)


def test_who_tries_many_codes_is_not_looked_at_any_more(town, office):
    for number in range(11):
        tell(town, 91006, f"KODE ABCD-23{number + 22}")
    tell(town, 91006, f"KODE {code_of(office, 'dewi')}")
    assert roads(town, "dewi") == []


def test_an_emergency_beside_a_code_is_answered_first_and_told_on_as_by_anybody(town, office):
    code = code_of(office, "lale")
    first, *rest = tell(town, 91007, f"KODE {code} kebakaran besar di pasar Desa Tente Kecamatan Woha Kabupaten Bima, rumah terbakar")
    assert "113" in first and any("menerima pengingat" in one for one in rest)
    ticket = town.ticket_of("kebakaran besar di pasar Desa Tente")
    assert town.case(ticket)["text"].startswith("kebakaran besar")
    assert everywhere(town, code) == everywhere(town, code.replace("-", "")) == []


def test_a_report_that_begins_with_a_code_of_something_else_stays_whole(town):
    tell(town, 91008, "Kode B7FX29KQ meteran air saya rusak sejak Senin di Desa Tente Kecamatan Woha Kabupaten Bima")
    assert town.case(town.ticket_of("meteran air saya rusak"))["text"].startswith("Kode B7FX29KQ meteran")
    tell(town, 91009, "kode pengaman gerbang pasar Desa Tente Kecamatan Woha Kabupaten Bima rusak")
    assert town.ticket_of("pengaman gerbang pasar")


def test_a_linked_officer_may_report_as_a_citizen(town, office):
    tell(town, 91001, CLINIC.format("kata petugas yang juga warga"))
    ticket = town.ticket_of("petugas yang juga warga")
    assert town.sql("SELECT address FROM contacts WHERE id = :id", id=town.case(ticket)["contact_id"]) == [("91001",)]


def test_only_ones_own_road_can_be_let_go(town, office):
    assert office.desk("ratna").post(f"{WAYS}/lepas").status_code == 404
    assert roads(town, "halim") and roads(town, "imran") and roads(town, "bagus")
    answer = office.desk("imran").post(f"{WAYS}/lepas")
    assert (answer.status_code, roads(town, "imran")) == (303, [])
    assert roads(town, "halim") and roads(town, "bagus")


def test_a_mailbox_is_told_only_once_it_is_switched_on(town, office):
    desk = office.desk("halim")
    assert desk.post(WAYS, data={"channel": "email", "bells": "1"}).status_code == 303
    assert roads(town, "halim")[0] == ("email", "halim@ntbcare.example", True, False)
    assert desk.post(WAYS, data={"channel": "email"}).status_code == 303
    assert roads(town, "halim")[0] == ("email", "halim@ntbcare.example", False, False)


def test_what_cannot_be_chosen_is_refused_with_a_reason(town, office):
    for form, why in (
        ({"channel": "sms", "bells": "1"}, "Pilih surel"),
        ({"channel": "telegram", "bells": "1"}, "Hubungkan Telegram dulu"),
    ):
        answer = office.desk("ratna").post(WAYS, data=form)
        assert answer.status_code == 422 and why in answer.text
    gone = town.house.gateways.pop("email")
    try:
        answer = office.desk("ratna").post(WAYS, data={"channel": "email", "bells": "1"})
        assert answer.status_code == 422 and "Surel belum dipasang" in answer.text
    finally:
        town.house.gateways["email"] = gone
    assert roads(town, "ratna") == []


def test_stop_ends_what_an_officer_is_told_until_they_choose_it_again(town, office):
    tell(town, 91001, "STOP")
    assert ("telegram", "91001", False, False) in roads(town, "halim")
    assert "pernah dikirim STOP" in office.desk("halim").get(WAYS).text
    tell(town, 91001, CLINIC.format("laporan sesudah berhenti"))
    assert ("telegram", "91001", False, False) in roads(town, "halim"), "a report of theirs switches nothing on"
    assert office.desk("halim").post(WAYS, data={"channel": "telegram", "bells": "1"}).status_code == 303
    assert ("telegram", "91001", True, False) in roads(town, "halim")


def test_a_code_of_somebody_who_has_left_is_worth_nothing(town, office):
    code = code_of(office, "yusuf")
    town.sql("UPDATE accounts SET active = false WHERE email = 'yusuf@ntbcare.example'")
    assert "tidak berlaku" in tell(town, 91010, f"KODE {code}")[0]
    assert roads(town, "yusuf") == []


def test_the_page_is_for_those_with_a_desk(town, office):
    assert town.browser().get(WAYS).status_code == 302
    assert office.desk("admin").get(WAYS).status_code == 403
