"""Somebody outside is asked by a link, answers once, and the desk judges; nothing else of the case moves."""

from __future__ import annotations

import re

import pytest

from tests.corridor.asks import ASKED, HELPER, answer, ask, link, proof, reported, row
from tests.corridor.looking import clock, count, statements, story


@pytest.fixture(scope="module")
def asked(town, office) -> str:
    """A case of which the village head was asked by a link to hand over."""
    ticket = reported(town, "ditanyakan ke luar")
    ask(office, ticket, report="1")
    return ticket


def test_the_desk_sees_who_was_asked_what_and_until_when(office, asked):
    page = office.page("bagus", asked)
    assert "Bantuan dari luar" in page and HELPER in page and ASKED in page
    assert (
        "Belum dibuka" in page and "Sampai Rab 25 Mar 23.59 WITA" in page
    )  # three working days from Friday the 13th: Nyepi and Lebaran lie between
    assert "tetap berjalan selama Anda menunggu" in page
    assert "Tarik kembali" in page and "Ingatkan" not in page  # a link handed over by hand cannot be reminded of


def test_the_helper_sees_this_ask_without_signing_in(town, office, asked):
    answer_ = town.browser().get(link(office, asked))
    assert answer_.status_code == 200
    for words in ("Dinas Pekerjaan Umum", ASKED, "Jalan berlubang", "Kecamatan Woha", "Rabu, 25 Maret 2026"):
        assert words in answer_.text, words
    assert answer_.headers["Referrer-Policy"] == "no-referrer" and "noindex" in answer_.headers["X-Robots-Tag"]
    assert "no-store" in answer_.headers["Cache-Control"]
    assert "Dibuka Jum 13 Mar" in office.page("bagus", asked)


def test_a_messenger_that_only_draws_the_link_has_not_opened_it(town, office):
    ticket = reported(town, "pratinjau tautan")
    ask(office, ticket)
    assert town.browser().get(link(office, ticket), headers={"User-Agent": "WhatsApp/2.23 A"}).status_code == 200
    assert row(town, ticket)["opened_at"] is None


def test_an_answer_comes_to_the_desk_and_changes_nothing_else(town, office):
    ticket = reported(town, "dijawab dari luar")
    ask(office, ticket)
    path, before, promise = link(office, ticket), town.case(ticket), clock(town, ticket, "complete")
    told = count(town, "notices")
    assert answer(town, path, words="Sudah kami tambal kemarin sore.", photos=2).status_code == 303
    town.work_off()
    after = town.case(ticket)
    assert (after["state"], after["desk_id"], after["unit_id"]) == (before["state"], before["desk_id"], before["unit_id"])
    assert after["attention"] == "outside" and "Kabar baru" in office.page("bagus", ticket)
    assert ticket in office.queue("bagus", "attention")
    assert clock(town, ticket, "complete") == promise and promise["paused_at"] is None
    assert count(town, "notices") == told  # the citizen is told nothing by itself
    page = office.page("bagus", ticket)
    assert "Sudah dikerjakan" in page and "Sudah kami tambal kemarin sore." in page
    number = row(town, ticket)["id"]
    for place in (1, 2):
        photo = office.desk("bagus").get(f"/meja/jawaban-luar/{number}?foto={place}")
        assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert office.desk("bagus").get(f"/meja/jawaban-luar/{number}?foto=3").status_code == 404
    assert office.desk("halim").get(f"/meja/jawaban-luar/{number}?foto=1").status_code == 404
    assert [tag for tag, _ in story(town, ticket) if tag.startswith("outside:")] == ["outside:asked", "outside:opened", "outside:answered"]


def test_their_words_become_a_draft_that_the_officer_reads_first(town, office):
    ticket = reported(town, "jadi draf")
    office.act("bagus", ticket, "start")
    ask(office, ticket)
    answer(town, link(office, ticket), words="Ditambal sepanjang empat meter.")
    page = office.desk("bagus").get(f"/meja/{ticket}/jawaban-luar/{row(town, ticket)['id']}").text
    drafts = re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", page)
    assert "Ditambal sepanjang empat meter." in drafts
    assert town.case(ticket)["state"] == "in_progress"
    assert "Ditambal sepanjang empat meter." not in town.browser().get(f"/t/{ticket}").text


def test_a_link_answers_once(town, office):
    ticket = reported(town, "sekali jawab")
    ask(office, ticket)
    path, browser = link(office, ticket), town.browser()
    page = browser.get(path).text
    for words in ("Jawaban pertama.", "Jawaban kedua."):
        browser.post(path, data={"proof": proof(page), "said": "done", "words": words})
    assert row(town, ticket)["answer_words"] == "Jawaban pertama."
    closed = browser.get(path)
    assert closed.status_code == 410 and "Sudah dijawab" in closed.text
    assert ASKED not in closed.text and "Woha" not in closed.text and "berlubang" not in closed.text


@pytest.mark.parametrize("how", ["revoked", "late", "ended", "sealed"])
def test_a_link_that_is_over_says_so_and_nothing_of_the_case(new_town, office_of, how):
    office = office_of(new_town)
    ticket = reported(new_town, f"berakhir {how}")
    ask(office, ticket)
    path = link(office, ticket)
    page = new_town.browser().get(path).text
    if how == "revoked":
        number = row(new_town, ticket)["id"]
        assert office.desk("bagus").post(f"/meja/{ticket}/tanya-luar/{number}/tarik").status_code == 303
    elif how == "late":
        new_town.clock.forward(days=20)
    elif how == "ended":
        new_town.sql("UPDATE cases SET state = 'archived' WHERE ticket = :ticket", ticket=ticket)
    else:
        new_town.sql("UPDATE cases SET kind = 'tip' WHERE ticket = :ticket", ticket=ticket)
    for closed in (new_town.browser().get(path), new_town.browser().post(path, data={"proof": proof(page), "said": "done", "words": "x"})):
        assert closed.status_code == 410
        assert ASKED not in closed.text and "Woha" not in closed.text and "berlubang" not in closed.text
    assert row(new_town, ticket)["answered_at"] is None


def test_an_answer_without_what_it_needs_is_refused_with_the_words_kept(town, office):
    ticket = reported(town, "jawaban kurang")
    ask(office, ticket)
    path, browser = link(office, ticket), town.browser()
    page = browser.get(path).text
    for data, said in (
        ({"proof": proof(page), "said": "", "words": "Kami cek dulu"}, "Pilih salah satu"),
        ({"proof": proof(page), "said": "not_yet", "words": " "}, "Tulis apa kendalanya"),
        ({"proof": proof(page), "said": "done", "words": "x" * 2001}, "terlalu panjang"),
    ):
        refused = browser.post(path, data=data)
        assert refused.status_code == 422 and said in refused.text and data["words"].strip() in refused.text
    refused = browser.post(path, data={"proof": "0" * 32, "said": "done", "words": "Kami cek dulu"})
    assert refused.status_code == 400 and "Kami cek dulu" in refused.text
    assert answer(town, path, photos=4).status_code == 422
    assert row(town, ticket)["answered_at"] is None


def test_what_is_no_photo_is_not_kept(town, office):
    import io

    ticket = reported(town, "bukan foto")
    ask(office, ticket)
    path, browser = link(office, ticket), town.browser()
    data = {
        "proof": proof(browser.get(path).text),
        "said": "done",
        "words": "Lihat berkas",
        "foto": (io.BytesIO(b"%PDF-1.4 kosong"), "a.jpg"),
    }
    assert browser.post(path, data=data, content_type="multipart/form-data").status_code == 422
    assert row(town, ticket)["answered_at"] is None


def test_misconduct_is_not_written_into_an_open_answer(town, office):
    ticket = reported(town, "jawaban yang tidak boleh")
    ask(office, ticket)
    refused = answer(town, link(office, ticket), said="not_ours", words="Ini pungli, kepala dinas minta uang suap kepada kontraktor")
    assert refused.status_code == 422 and "Inspektorat" in refused.text
    assert row(town, ticket)["answered_at"] is None


def test_a_wrong_link_finds_nothing(town, office, asked):
    path = link(office, asked)
    for wrong in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        "/b/" + "A" * 22,
        "/b/x",
        "/b/" + "é" * 30,
        "/b/" + "a" * 500,
        path + "=",
        "/b/" + path[3:].swapcase(),
    ):
        found = town.browser().get(wrong)
        assert found.status_code == 404 and ASKED not in found.text
        assert found.headers["Referrer-Policy"] == "no-referrer"
        assert town.browser().post(wrong, data={"said": "done"}).status_code == 404
    with statements(town) as heard:
        town.browser().get("/b/" + "A" * 22)
    assert len(heard) == 1 and "token_hash" in heard[0], heard


def test_the_database_holds_no_link(town, office, asked):
    from tests.corridor.looking import everywhere

    assert everywhere(town, link(office, asked).removeprefix("/b/")) == []


def test_who_may_ask(town, office, asked):
    ask(office, asked, who="imran")  # the region's coordinator
    ask(office, asked, who="halim", status=404)
    for who in ("gubernur", "admin", "inspektur"):
        ask(office, asked, who=who, status=403)
    assert town.browser().post(f"/meja/{asked}/tanya-luar", data={"helper": "x"}).status_code == 302
    assert "Bantuan dari luar" not in office.page("gubernur", asked)


def test_a_form_with_faults_comes_back_with_everything_that_was_typed(town, office):
    ticket = reported(town, "formulir salah")
    for more, said in (
        ({"helper": ""}, "Tulis siapa yang ditanya"), ({"asked": " "}, "Tulis dulu apa yang ditanyakan"), ({"days": "11"}, "1 sampai 10 hari kerja"),
        ({"days": "besok"}, "1 sampai 10 hari kerja"), ({"road": "sms", "address": "abc"}, "Nomor HP-nya belum benar"),
        ({"road": "email", "address": "kades"}, "e-mailnya belum benar"), ({"road": "merpati"}, "Pilih cara"), ({"asked": "x" * 1001}, "terlalu panjang"),
    ):  # fmt: skip
        page = ask(office, ticket, status=422, **more).text
        assert said in page and (more.get("helper", HELPER) in page), more
    assert count(town, "outside_asks", "case_id = :id", id=town.case(ticket)["id"]) == 0


def test_not_everybody_is_asked_at_once(town, office):
    ticket = reported(town, "terlalu banyak ditanya")
    for _ in range(5):
        ask(office, ticket)
    assert "Tarik satu kembali dulu" in ask(office, ticket, status=409).text


def test_the_case_page_costs_one_statement_more_where_somebody_was_asked(town, office):
    plain, busy = reported(town, "tanpa luar"), reported(town, "dengan luar")
    for _ in range(3):
        ask(office, busy)
    cost = []
    for ticket in (plain, busy):
        office.page("bagus", ticket)
        with statements(town) as heard:
            office.page("bagus", ticket)
        cost.append(len(heard))
    assert cost[1] == cost[0] + 1, cost
