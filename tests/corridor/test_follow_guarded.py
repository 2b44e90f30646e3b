"""Saying "the same" opens nothing, floods nobody and buries nobody's report: what strangers could do with it, and cannot."""

from __future__ import annotations

import random
import re
import time

import pytest

from ntbcare.domain import tickets
from tests.corridor.looking import ROAD, by_form, by_sms, clock, count, everywhere, last, pin_of, story

CLINIC_AT = "Obat di puskesmas {} kosong sejak Senin, sudah tiga minggu"
HOLE = "Jalan berlubang besar di depan pasar {} Kecamatan Woha, motor sering jatuh"
AGAIN = "lubang besar jalan depan pasar {} kec Woha, {}"


def pretty(ticket: str) -> str:
    return tickets.pretty(ticket)


def same(town, ticket: str, text: str, browser=None, token: str | None = None, **fields: object):
    """Say "the same" by the form."""
    form = {"token": token or f"t{random.getrandbits(64)}", "text": text, "same": ticket, **fields}
    return (browser or town.browser()).post("/lapor", data=form)


def followers(town, ticket: str) -> set[str]:
    query = "SELECT address FROM followers f JOIN contacts c ON c.id = f.contact_id WHERE f.case_id = :id"
    return {row[0] for row in town.sql(query, id=town.case(ticket)["id"])}


def family(town, office, prefix: str) -> list[str]:
    """Three reports by SMS; the second and third are joined to the first. Its reporter has …1."""
    parent, *rest = [by_sms(town, f"+62811000{prefix}{number}", ROAD.format(f"jaga {prefix} {number}")) for number in (1, 2, 3)]
    for child in rest:
        office.act("imran", child, "merge", parent=parent)
    return [parent, *rest]


def test_following_and_then_sending_under_one_token_never_opens_the_others_case(town):
    theirs = by_sms(town, "+6281100090101", HOLE.format("Tente"))
    attacker, words = town.browser(), AGAIN.format("Tente", "cerita penyerang satu")
    form = {"token": "satu-kunci-0001", "text": words}
    assert attacker.post("/lapor", data={**form, "same": theirs}).status_code == 303
    assert attacker.post("/lapor", data={**form, "new": "1"}).status_code == 303
    mine = town.ticket_of("cerita penyerang satu")
    assert mine != theirs and town.case(mine)["text"] == words, "what was asked for: a report of their own"
    page = attacker.get(f"/t/{theirs}").text
    assert "motor sering jatuh" not in page and pin_of(town, theirs) not in page
    assert attacker.post(f"/t/{theirs}/tarik", data={}).status_code == 403
    # … nor does the key under which the words lie, sent as a token
    guess = town.browser().post("/lapor", data={"token": f"same:{theirs}:satu-kunci-0001", "text": words, "new": "1"})
    assert guess.status_code == 422 and "Kunci ini sudah dipakai" in guess.text
    other = town.api(key="satu-kunci-0001", text=words)
    assert other.status_code == 201 and other.json["ticket"] != theirs


def test_sending_and_then_following_under_one_token_does_both(town):
    theirs = by_sms(town, "+6281100090201", HOLE.format("Samili"))
    me, form = town.browser(), {"token": "satu-kunci-0002", "text": AGAIN.format("Samili", "cerita saya dua")}
    assert me.post("/lapor", data={**form, "new": "1"}).status_code == 303
    town.work_off()
    mine = town.ticket_of("cerita saya dua")
    assert me.post("/lapor", data={**form, "same": theirs}).headers["Location"] == f"/ikut/{theirs}"
    assert me.post("/lapor", data={**form, "same": mine}).status_code == 422, "one's own is not followed, and it is said"
    assert me.post("/lapor", data={**form, "new": "1"}).headers["Location"] == f"/t/{mine}", "still one case"
    assert "motor sering jatuh" not in me.get(f"/t/{theirs}").text
    changed = me.post("/lapor", data={**form, "text": AGAIN.format("Samili", "lain"), "same": theirs})
    assert changed.status_code == 422 and "Kunci ini sudah dipakai" in changed.text


def test_officers_words_reach_those_who_follow_only_where_anybody_may_read_them(town, office):
    first, phone = by_sms(town, "+6281100090301", HOLE.format("Kalampa")), "+6281100090309"
    town.sms(phone, "halo")
    town.clock.forward(minutes=1)
    assert same(town, first, AGAIN.format("Kalampa", "saya juga"), phone=phone).status_code == 303
    office.act("bagus", first, "answer", words="Pak Amir di RT 4, kami datang besok.")
    assert "Pak Amir" in last(town, "+6281100090301")
    assert "Ada kabar dari petugas" in last(town, phone) and f"/t/{first}" in last(town, phone)
    assert "Pak Amir" not in "".join(one["text"] for one in town.sent(phone))
    town.sql("UPDATE cases SET published = true WHERE ticket = :ticket", ticket=first)
    office.act("bagus", first, "answer", words="Alat sudah di lokasi, 081234567890.")
    assert "Alat sudah di lokasi" in last(town, phone) and "081234567890" not in last(town, phone)
    town.sql("UPDATE cases SET confidential = true WHERE ticket = :ticket", ticket=first)
    office.act("bagus", first, "answer", words="Kabar yang sekarang rahasia.")
    assert "Ada kabar baru." in last(town, phone) and "petugas" not in last(town, phone).partition("/t/")[0]


def test_whose_report_became_anonim_since_is_told_of_without_a_word(town, office):
    parent, *_ = family(town, office, "9035")
    town.sql("UPDATE cases SET anonymous = true WHERE ticket = :ticket", ticket=parent)
    office.act("bagus", parent, "answer", words="Ibu Siti, kami datang besok.")
    assert "Ada kabar baru." in last(town, "+6281100090352") and "Siti" not in last(town, "+6281100090352")


def test_a_typed_number_hears_nothing_until_its_owner_writes_and_follows_few(town, office):
    phone, villages = "+6281100090409", ("Rabakodo", "Risa", "Donggobolo", "Naru", "Pandai", "Talabiu", "Nisa")
    followed = []
    for number, village in enumerate(villages):
        text = f"Jalan berlubang besar di Desa {village} Kecamatan Woha, motor sering jatuh"
        ticket = by_sms(town, f"+628110009041{number}", text)
        if same(town, ticket, text + " lagi", phone=phone).status_code == 303:
            followed.append(ticket)
    assert len(followed) >= 6, "or this test proves nothing"
    for ticket in followed[:2]:
        for _ in range(3):
            same(town, ticket, town.case(ticket)["text"] + " sekali lagi", phone=phone)
        office.act("bagus", ticket, "answer", words="Besok.")
    assert town.sent(phone) == []
    assert count(town, "followers f JOIN contacts c ON c.id = f.contact_id", "address = :phone", phone=phone) == 5
    town.sms(phone, "halo")
    town.clock.forward(minutes=1)
    office.act("bagus", followed[0], "answer", words="Lusa.")
    assert "Ada kabar dari petugas" in last(town, phone), "its owner has written: from now on they hear"


def test_following_is_said_once_however_often_it_is_pressed(town):
    first, phone = by_sms(town, "+6281100090501", CLINIC_AT.format("Kecamatan Bolo Kabupaten Bima")), "+6281100090509"
    town.sms(phone, "halo")
    town.work_off()
    before = len(town.sent(phone))
    for number in range(4):
        answer = same(town, first, CLINIC_AT.format("Kecamatan Bolo Kabupaten Bima") + f", kali ke {number}", phone=phone)
        assert answer.status_code == 303
    town.work_off()
    assert sum("mengikuti laporan" in one["text"] for one in town.sent(phone)[before:]) == 1


def test_pressing_the_same_is_slowed_and_telling_is_not(town):
    from ntbcare.web.limits import limiter

    first = by_sms(town, "+6281100090601", HOLE.format("Dadibou"))
    limiter.enabled = True
    try:
        browser = town.browser()
        pressed = [same(town, first, AGAIN.format("Dadibou", f"tekan {n}"), browser).status_code for n in range(14)]
        assert pressed[0] == 303 and pressed[-1] == 429
        told = browser.post("/lapor", data={"token": "t" * 9, "text": AGAIN.format("Dadibou", "tetap didengar"), "new": "1"})
        assert told.status_code == 303
        assert browser.post("/lapor", data=b"text=%ff%fe&new=1", content_type="application/x-www-form-urlencoded").status_code == 400
    finally:
        limiter.enabled = False


def test_only_what_would_be_offered_for_this_very_report_is_followed(town, office):
    lamp = by_sms(town, "+6281100090701", "Lampu jalan mati di Kecamatan Narmada Kabupaten Lombok Barat, gelap sekali")
    answer = same(
        town, lamp, "Dokter di puskesmas Kecamatan Bolo Kabupaten Bima jarang datang, beli obat di toko saya", phone="081100090709"
    )
    assert answer.status_code == 422 and "tidak dapat diikuti" in answer.text and "toko saya" in answer.text
    assert count(town, "messages", "meaning = 'same' AND case_id = :id", id=town.case(lamp)["id"]) == 0
    assert followers(town, lamp) == set()
    for given in ({"confidential": "1"}, {"kind": "tip"}):
        assert same(town, lamp, "Lampu jalan mati di Kecamatan Narmada Kabupaten Lombok Barat", **given).status_code == 422


def test_what_they_wrote_is_counted_and_readable_and_never_in_the_book(town, office):
    first = by_sms(town, "+6281100090801", CLINIC_AT.format("Kecamatan Sape Kabupaten Bima"))
    words = CLINIC_AT.format("Kecamatan Sape Kabupaten Bima")
    long = words + ", semangka biru " + "lagi " * 200 + "ekornya"
    assert same(town, first, long).status_code == 303
    for number in range(23):
        assert same(town, first, f"{words}, warga nomor {number:02}").status_code == 303
    page = office.page("imran", first)
    assert "24 orang menyampaikan hal yang sama" in page
    assert len(re.findall(r"warga nomor \d\d", page)) == 20 and "warga nomor 22" in page and "warga nomor 02" not in page
    assert everywhere(town, "semangka biru") == ["messages.text"]
    assert "case:followed" not in [tag for tag, _ in story(town, first)]


def test_after_a_hundred_on_one_day_people_are_counted_and_words_not_kept(town):
    first = by_sms(town, "+6281100090901", CLINIC_AT.format("Kecamatan Wawo Kabupaten Bima"))
    case = town.case(first)["id"]
    town.sql(
        "INSERT INTO messages (channel, external_id, case_id, meaning, text, received_at) "
        "SELECT 'web', 'banyak' || n, :id, 'same', 'x', :now FROM generate_series(1, 99) n", id=case, now=town.clock(),
    )  # fmt: skip
    said = {}
    for name in ("keseratus", "seratus satu"):
        browser = town.browser()
        text = CLINIC_AT.format("Kecamatan Wawo Kabupaten Bima") + f", yang {name}"
        sent = same(town, first, text, browser, phone=f"0811000909{len(said)}2")
        said[name] = browser.get(sent.headers["Location"]).text
    assert "kami simpan di samping laporan" in said["keseratus"] and "tidak kami simpan" in said["seratus satu"]
    assert everywhere(town, "yang keseratus") == ["messages.text"] and everywhere(town, "yang seratus satu") == []
    assert len(followers(town, first)) == 2


def test_the_cut_is_honest():
    from ntbcare.casework.following import cut

    assert cut("a" * 500) == "a" * 500
    assert len(cut("a" * 501)) == 500 and cut("a" * 501).endswith("…")


@pytest.mark.parametrize("end", ["withdraw", "lapse"])
def test_who_ends_their_own_report_buries_nobody_elses(new_town, office_of, end):
    town, office = new_town, office_of(new_town)
    parent, heir, other = (by_sms(town, f"+628110009100{n}", ROAD.format(f"waris {n}")) for n in (1, 2, 3))
    due = clock(town, heir, "first_response")["due_at"]
    for child in (heir, other):
        office.act("imran", child, "merge", parent=parent)
    if end == "withdraw":
        town.sms("+6281100091001", f"BATAL {parent}")
        town.work_off()
    else:
        office.act("bagus", parent, "ask", words="Di RT berapa?")
        town.clock.forward(days=60)  # long after an officer could have parted them
        town.round()
    assert town.case(parent)["state"] == "archived"
    assert (town.case(heir)["state"], town.case(heir)["merged_into"]) == ("dispositioned", None)
    assert clock(town, heir, "first_response")["stopped_at"] is None and clock(town, heir, "first_response")["due_at"] == due
    assert (town.case(other)["state"], town.case(other)["merged_into"]) == ("merged", town.case(heir)["id"])
    told = last(town, "+6281100091002")
    assert "kami tangani sendiri lagi" in told and "sudah diakhiri pelapornya" in told and pretty(heir) in told
    assert f"digabung dengan laporan {pretty(heir)}" in last(town, "+6281100091003")
    assert followers(town, heir) == {"+6281100091003"} and followers(town, parent) == set()
    assert heir in office.queue("bagus")
    third = by_sms(town, "+6281100091004", ROAD.format("waris 4"))
    office.act("imran", heir, "merge", parent=third)
    office.act("imran", heir, "unmerge")
    assert town.case(other)["merged_into"] == town.case(heir)["id"], "what it inherited comes along when it is parted from another"
    office.act("bagus", heir, "answer", words="Kami lanjutkan.")
    assert "Ada kabar dari petugas" in last(town, "+6281100091003")


def test_who_is_content_speaks_for_themselves_and_the_coordinator_hears_of_the_others(town, office):
    sent = by_form(town, CLINIC_AT.format("Kecamatan Woha Kabupaten Bima"), phone="+6281100091101", category="kesehatan", region="52.06.03")
    town.work_off()
    parent = sent.headers["Location"][3:]
    child = by_sms(town, "+6281100091102", ROAD.format("puas 2"))
    office.act("imran", child, "merge", parent=parent)
    office.act("halim", parent, "respond", words="Obat sudah datang.")
    town.sms("+6281100091101", "YA")
    town.work_off()
    assert town.case(parent)["state"] == "closed"
    assert "Selesai menurut pelapornya" in last(town, "+6281100091102") and "laporan baru" in last(town, "+6281100091102")
    assert parent in office.queue("imran", "attention")


def test_a_page_of_following_is_for_the_browser_that_followed(town):
    first, me = by_sms(town, "+6281100091201", HOLE.format("Keli")), town.browser()
    page = same(town, first, AGAIN.format("Keli", "ikut saja"), me).headers["Location"]
    assert "Anda mengikuti laporan ini" in me.get(page).text
    assert town.browser().get(f"/ikut/{first}").status_code == 404
    assert town.browser().get(f"/ikut/{first}?sms=1").status_code == 404


def test_two_hundred_long_texts_are_compared_in_no_time(new_town):
    town, dice = new_town, random.Random(7)
    region = {"category": "jalan_jembatan", "region": "52.06.03"}
    ticket = by_form(town, HOLE.format("Tente"), **region).headers["Location"][3:]
    town.work_off()
    names = [row[0] for row in town.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases'")]
    kept = ", ".join(name for name in names if name not in ("id", "ticket", "text"))
    for number in range(199):
        words = " ".join("".join(dice.choices("abdeghiklmnoprstu", k=7)) for _ in range(8750))
        copy = f"INSERT INTO cases (ticket, text, {kept}) SELECT :new, :words, {kept} FROM cases WHERE ticket = :old"
        town.sql(copy, new=f"{number:09}", words=words, old=ticket)
    long = HOLE.format("Tente") + " " + " ".join("".join(dice.choices("abdeghiklmnoprstu", k=7)) for _ in range(550))
    browser, took = town.browser(), []
    for number in range(2):  # the first also reads what the process then keeps in memory
        started = time.perf_counter()
        answer = browser.post("/lapor", data={"token": f"panjang-sekali-{number}", "text": f"{long} {number}", **region})
        took.append(time.perf_counter() - started)
        assert answer.status_code in (200, 303)
    print(took)
    assert sum(took) < 4, f"{took} s for two presses: whole texts were compared"
