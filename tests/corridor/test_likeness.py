"""Somebody has told of the same before: offered on every channel, never in the way of the receipt, and never what few may read."""

from __future__ import annotations

import pytest

from ntbcare.domain import tickets
from tests.corridor.looking import CLINIC, by_form, by_sms, count, form_token, last, story

HOLE = "Jalan berlubang besar di depan pasar {village} Kecamatan {district}, motor sering jatuh"
FIRST, AGAIN = HOLE, "lubang besar jalan depan pasar {village} kec {district}, sudah ada yang jatuh"
VILLAGES = [
    ("Tente", "Woha"), ("Rabakodo", "Woha"), ("Samili", "Woha"), ("Kalampa", "Woha"), ("Risa", "Woha"), ("Donggobolo", "Woha"), ("Lingsar", "Lingsar"),
    ("Narmada", "Narmada"), ("Keruak", "Keruak"),
]  # fmt: skip


def at(words: str, number: int) -> str:
    village, district = VILLAGES[number]
    return words.format(village=village, district=district)


def pretty(ticket: str) -> str:
    return tickets.pretty(ticket)


def test_an_sms_that_tells_of_the_same_names_the_open_case_and_a_1_joins_it(town, office):
    first, me = by_sms(town, "+6281100061001", at(FIRST, 0)), "+6281100061002"
    mine = by_sms(town, me, at(AGAIN, 0), patient=False)
    (said,) = town.sent(me)
    assert pretty(mine) in said["text"] and "PIN" in said["text"], "the receipt comes first and whole"
    assert f"Mirip laporan {pretty(first)}" in said["text"] and "Balas 1 bila sama" in said["text"]
    assert "motor" not in said["text"] and "+6281100061001" not in said["text"], "never its words or its reporter"
    assert town.case(mine)["state"] == "received", "it goes to no desk before its sender has said"
    town.sms(me, "1")
    town.work_off()
    case = town.case(mine)
    assert (case["state"], case["merged_into"]) == ("merged", town.case(first)["id"])
    assert f"digabung dengan laporan {pretty(first)}" in last(town, me)
    assert ("case:merge", "citizen") in story(town, mine)
    assert "case:dispose" not in [tag for tag, _ in story(town, mine)]
    before = len(town.sent(me))
    office.act("bagus", first, "start")
    office.act("bagus", first, "answer", words="Tim ke lokasi besok, hubungi 081234567890.")
    assert "Ada kabar dari petugas" in last(town, me) and f"/t/{first}" in last(town, me), "who is merged keeps hearing"
    assert "Tim ke lokasi" not in last(town, me), "officers' words are for the reporter they were written to"
    assert len(town.sent(me)) == before + 1
    assert mine not in office.queue("bagus")


@pytest.mark.parametrize("answer", ["2", "bukan", "Tidak"])
def test_a_no_keeps_the_case_its_own_and_the_offer_is_over(town, answer):
    number = 1 + ["2", "bukan", "Tidak"].index(answer)
    by_sms(town, f"+628110006201{number}", at(FIRST, number))
    me = f"+628110006202{number}"
    mine = by_sms(town, me, at(AGAIN, number), patient=False)
    assert "Mirip laporan" in last(town, me)
    town.sms(me, answer)
    town.work_off()
    assert f"Laporan {pretty(mine)} sekarang ditangani" in last(town, me) and len(town.sent(me)) == 2
    id = town.case(mine)["id"]
    assert town.sql("SELECT count(*) FROM unlike WHERE case_a = :id OR case_b = :id", id=id) == [(1,)], "the desk proposes the pair no more"
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"


def test_silence_keeps_the_case_its_own_and_a_day_later_a_1_means_nothing(new_town):
    town, me = new_town, "+6281100063002"
    by_sms(town, "+6281100063001", at(FIRST, 4))
    mine = by_sms(town, me, at(AGAIN, 4), patient=False)
    town.clock.forward(days=1, minutes=1)
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"


def test_a_1_is_no_rating_while_we_asked_for_both(new_town, office_of):
    town, me = new_town, "+6281100064002"
    office = office_of(town)
    filed = by_form(town, CLINIC.format("dinilai"), phone=me, category="kesehatan", region="52.06.03")
    town.work_off()
    rated = filed.headers["Location"][3:]
    office.act("halim", rated, "respond", words="Sudah datang.")
    town.sms(me, "YA")
    town.work_off()
    first = by_sms(town, "+6281100064001", at(FIRST, 0))
    mine = by_sms(town, me, at(AGAIN, 0), patient=False)
    assert f"Mirip laporan {pretty(first)}" in last(town, me)
    town.sms(me, "1")
    town.work_off()
    assert "Untuk laporan yang mana" in last(town, me)
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(rated)["id"]) == [(None,)]
    assert town.case(mine)["state"] == "received"
    town.sms(me, f"{mine} 1")
    town.work_off()
    assert town.case(mine)["state"] == "merged"
    town.sms(me, "5")
    town.work_off()
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(rated)["id"]) == [(5,)]


def test_on_telegram_the_receipt_carries_the_offer_and_sama_is_heard(town, street):
    first = by_sms(town, "+6281100065001", at(FIRST, 5))
    chat = 7650001
    town.telegram(chat, at(AGAIN, 5))
    town.work_off()
    mine = town.ticket_of(at(AGAIN, 5)[-30:])
    body = town.sql("SELECT body FROM notices WHERE case_id = :id AND template = 'receipt'", id=town.case(mine)["id"])[0][0]
    assert f"Mirip laporan {pretty(first)}" in body
    town.telegram(chat, "sama")
    town.work_off()
    assert town.case(mine)["merged_into"] == town.case(first)["id"]


def test_a_1_after_the_other_case_has_ended_is_answered_and_changes_nothing(new_town, office_of):
    town, me = new_town, "+6281100066002"
    first = by_sms(town, "+6281100066001", at(FIRST, 0))
    mine = by_sms(town, me, at(AGAIN, 0), patient=False)
    town.sms("+6281100066001", f"BATAL {first}")
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["state"] == "dispositioned"
    assert "tetap kami tangani sendiri" in town.sent(me)[-2]["text"] and "sekarang ditangani" in last(town, me)


def test_who_tells_the_place_later_is_asked_then_and_once(new_town):
    town, me = new_town, "+6281100067002"
    first = by_sms(town, "+6281100067001", at(FIRST, 0))
    town.sms(me, "Jalan berlubang besar, motor sering jatuh")
    town.work_off()
    assert "Mirip laporan" not in last(town, me), "nobody knows yet where"
    mine = town.ticket_of("Jalan berlubang besar, motor sering jatuh")
    town.sms(me, "di depan pasar Tente Kecamatan Woha Kabupaten Bima")
    town.work_off()
    assert sum(f"Mirip laporan {pretty(first)}" in one["text"] for one in town.sent(me)) == 1
    town.sms(me, "1")
    town.work_off()
    assert town.case(mine)["merged_into"] == town.case(first)["id"]


def ask_by_form(town, text: str, **fields: object):
    browser = town.browser()
    token = form_token(browser.get("/lapor").text)
    return browser, {"token": token, "text": text, **fields}


def test_a_form_asks_before_it_files_and_keeps_every_word(town):
    first = by_sms(town, "+6281100068001", at(FIRST, 6))
    words = at(AGAIN, 6) + ' dan "gelap" <sekali>'
    browser, form = ask_by_form(town, words, name="Aminah", phone="081100068009", place="depan pasar", kind="complaint")
    cases = count(town, "cases")
    page = browser.post("/lapor", data=form)
    assert page.status_code == 200 and "Mungkin ini sudah dilaporkan" in page.text
    assert pretty(first) in page.text and "motor sering jatuh" not in page.text
    assert count(town, "cases") == cases, "nothing is filed yet"
    for kept in ("&lt;sekali&gt;", "Aminah", "081100068009", form["token"]):
        assert kept in page.text
    for _ in range(2):  # a double tap
        answer = browser.post("/lapor", data={**form, "new": "1"})
        assert answer.status_code == 303
    assert count(town, "cases") == cases + 1
    assert town.sql("SELECT text FROM cases ORDER BY id DESC LIMIT 1") == [(words,)]
    assert browser.post("/lapor", data=form).status_code == 303, "sent once more without a choice it is still the same case"
    assert count(town, "cases") == cases + 1


def test_who_says_the_same_on_the_form_follows_and_files_nothing(town, office):
    first, phone = by_sms(town, "+6281100069001", at(FIRST, 7)), "+6281100069009"
    town.sms(phone, "halo")
    town.work_off()
    town.clock.forward(minutes=1)
    greeted = len(town.sent(phone))
    browser, form = ask_by_form(town, at(AGAIN, 7), phone=phone)
    cases = count(town, "cases")
    for _ in range(2):
        answer = browser.post("/lapor", data={**form, "same": first})
        assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert pretty(first) in page.text and "lewat SMS" in page.text
    town.work_off()
    (told,) = town.sent(phone)[greeted:]
    assert f"mengikuti laporan {pretty(first)}" in told["text"] and "PIN" not in told["text"]
    assert count(town, "cases") == cases
    assert count(town, "followers", "case_id = :id", id=town.case(first)["id"]) == 1
    story_page = office.page("citra", first)
    assert "1 orang menyampaikan hal yang sama" in story_page and "sudah ada yang jatuh" in story_page
    town.sms(phone, "STOP")
    town.work_off()
    before = len(town.sent(phone))
    town.sms("+6281100069001", f"BATAL {first}")
    town.work_off()
    assert len(town.sent(phone)) == before, "STOP holds for followers too"


def test_who_leaves_no_number_is_shown_where_to_look(town):
    first = by_sms(town, "+6281100070001", at(FIRST, 8))
    browser, form = ask_by_form(town, at(AGAIN, 8))
    page = browser.get(browser.post("/lapor", data={**form, "same": first}).headers["Location"])
    assert f"/t/{first}" in page.text and "tidak meninggalkan nomor" in page.text
    assert "sudah ada yang jatuh" not in browser.get(f"/t/{first}").text, "the words of a follower are for the desk"


AT_TENTE = "Jalan berlubang besar di depan pasar Tente Kecamatan Woha, motor sering jatuh"
SECRET = {
    "rahasia": {"confidential": "1"},
    "anonim": {"anonymous": "1"},
    "informasi": {"kind": "tip"},
    "perempuan dan anak": {"category": "perempuan_anak"},
}


@pytest.mark.parametrize("door", ["form", "sms", "telegram"])
def test_what_few_may_read_is_named_at_no_door(new_town, door):
    town, hidden = new_town, {}
    roads = {"category": "jalan_jembatan", "region": "52.06.03"}
    for why, given in SECRET.items():
        hidden[why] = by_form(town, AT_TENTE, **(roads | given)).headers["Location"][3:]
    plain = by_form(town, AT_TENTE, **roads).headers["Location"][3:]
    town.work_off()
    if door == "form":
        browser, form = ask_by_form(town, AT_TENTE + " lagi", **roads)
        said = browser.post("/lapor", data=form).text
    else:
        town.sms("+6281100071002", AT_TENTE + " pak") if door == "sms" else town.telegram(7710002, AT_TENTE + " pak")
        town.work_off()
        (said,) = [one["text"] for one in town.sent() if one["channel"] == door]
    assert pretty(plain) in said, "what anybody may know of is named, so this test can see"
    assert [why for why, ticket in hidden.items() if pretty(ticket) in said or ticket in said] == []


@pytest.mark.parametrize("why", SECRET)
def test_nobody_follows_what_few_may_read_by_guessing_its_number(town, why):
    given = {"category": "jalan_jembatan", "region": "52.06.03", **SECRET[why]}
    secret = by_form(town, AT_TENTE + f" {why}", **given).headers["Location"][3:]
    town.work_off()
    page = town.browser().post("/lapor", data={"token": f"t{why}" * 3, "text": AT_TENTE, "same": secret, "phone": "081100071009"})
    assert page.status_code == 422 and AT_TENTE in page.text
    assert town.browser().get(f"/ikut/{secret}").status_code == 404
    assert count(town, "followers", "case_id = :id", id=town.case(secret)["id"]) == 0


def test_who_tells_in_confidence_is_asked_nothing(new_town):
    by_form(new_town, AT_TENTE, category="jalan_jembatan", region="52.06.03")
    new_town.work_off()
    for given in ({"confidential": "1"}, {"kind": "tip"}, {"category": "perempuan_anak"}):
        browser, form = ask_by_form(new_town, AT_TENTE + " juga", **{"category": "jalan_jembatan", "region": "52.06.03", **given})
        assert browser.post("/lapor", data=form).status_code == 303, given


def test_one_statement_more_for_a_triage_and_an_index_behind_it(new_town):
    from sqlalchemy import event

    from ntbcare.records.base import db

    town, asked = new_town, []
    for number in range(12):
        by_sms(town, f"+62811000720{number:02}", at(FIRST, 0))
    town.sms("+6281100072900", at(AGAIN, 0))
    with town.app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, parameters, *rest):
        if "received_at > " in statement and "LIKE" in statement and "FROM cases" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    town.work_off()
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1
    with engine.connect() as line:  # so few rows that PostgreSQL would rather read them all: may it use the index?
        line.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in line.exec_driver_sql(f"EXPLAIN {asked[0][0]}", asked[0][1]))
    assert "ix_cases_region" in plan, plan


def test_two_texts_in_a_row_of_one_sender_are_asked_about_apart(new_town):
    town, me = new_town, "+6281100073002"
    by_sms(town, "+6281100073001", at(FIRST, 6))
    by_sms(town, "+6281100073003", at(FIRST, 0))
    one = by_sms(town, me, at(AGAIN, 6), patient=False)
    town.clock.forward(minutes=30)
    other = by_sms(town, me, at(AGAIN, 0), patient=False)
    town.sms(me, "1")
    town.work_off()
    assert "Untuk laporan yang mana" in last(town, me)
    town.sms(me, "2")
    town.work_off()
    merged = [ticket for ticket in (one, other) if town.case(ticket)["state"] == "merged"]
    assert merged == [one], "the older was the second that we named"
