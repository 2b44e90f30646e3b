"""Whoever is asked outside never learns who reported: not by the page, the SMS, the mail, a photo or an error."""

from __future__ import annotations

import pytest

from tests.corridor.asks import ASKED, MAIL, NAME, PHONE, answer, ask, link, proof, reported, row
from tests.corridor.looking import by_sms, count, pin_of
from tests.corridor.outside import pretty
from tests.corridor.photographers import arrives
from tests.washing.makings import CANARY, jpeg

NOTE = "catatan dapur kanari-5521"
OTHER = "laporan lain kanari-8812"
TOLD = f"nama saya {NAME}, HP 081234567899 atau {MAIL}, NIK 5206034101900001"


def canaries(town, ticket: str) -> list[str]:
    """All that must not be read outside."""
    first, last = NAME.split()
    return [
        first,
        last,
        PHONE,
        PHONE[3:],
        "081234567899",
        MAIL,
        "5206034101900001",
        NOTE,
        "kanari-8812",
        ticket,
        pretty(ticket),
        pin_of(town, ticket),
    ]


@pytest.fixture(scope="module")
def told(town, office) -> dict[str, list[str]]:
    """Sort of case → everything a person outside could read about it, and what the house sent them; errors too."""
    found: dict[str, list[str]] = {}
    for number, (sort, fields) in enumerate({"open": {}, "anonymous": {"anonymous": "1"}, "confidential": {"confidential": "1"}}.items()):
        ticket = reported(town, f"{sort}. {TOLD}", name=NAME, phone=PHONE, email=MAIL, place="depan rumah Zulaikha", **fields)
        reported(town, f"{OTHER} {sort}", name=NAME, phone=PHONE)
        office.desk("bagus").post(f"/meja/{ticket}/catatan", data={"note": NOTE})
        to = (f"+62812779000{number:02}", f"helper{number}@desa.id")
        for road, address in (("sms", to[0]), ("email", to[1])):
            ask(office, ticket, road=road, address=address, report="1")
        town.work_off()
        path, browser = link(office, ticket), town.browser()
        office.desk("bagus").post(f"/meja/{ticket}/tanya-luar/{row(town, ticket)['id']}/ingatkan")
        town.work_off()
        page = browser.get(path)
        answers = [
            page,
            browser.get(path + "/foto/1"),
            browser.get(path + "x"),
            browser.post(path),
            answer(town, path, said="", browser=browser),
        ]
        answers += [answer(town, path, browser=browser), browser.get(path), browser.post(path, data={"proof": proof(page.text)})]
        sent = [str(one["text"]) for address in to for one in town.sent(address)]
        assert len(sent) == 3  # SMS, mail, one reminder
        found[sort] = [f"{one.status_code} {one.headers} {one.text}" for one in answers] + sent
        found[sort].append(ticket)
    return found


@pytest.mark.parametrize("sort", ["open", "anonymous", "confidential"])
def test_nothing_that_leaves_tells_who_reported(town, told, sort):
    *texts, ticket = told[sort]
    assert [(canary, text[:300]) for canary in canaries(town, ticket) for text in texts if canary.lower() in text.lower()] == []


def test_the_words_of_an_open_report_are_read_without_names_and_numbers(told):
    page = told["open"][0]
    assert "Jalan berlubang" in page and "[nama disamarkan]" in page and "[NIK disamarkan]" in page
    assert "depan rumah [nama disamarkan]" in page


@pytest.mark.parametrize("sort", ["anonymous", "confidential"])
def test_of_a_protected_report_only_the_officers_words_are_read(told, sort):
    page = told[sort][0]
    assert ASKED in page and "Bidang" in page and "Kecamatan Woha" in page
    assert "Jalan berlubang" not in page and "depan rumah" not in page


def test_the_form_shows_what_would_be_read_before_it_leaves(town, office):
    ticket = reported(town, f"pratinjau. {TOLD}", name=NAME, phone=PHONE)
    form = office.page("bagus", ticket).partition('id="luar"')[2]
    assert "[nama disamarkan]" in form and "Zulaikha" not in form
    hidden = reported(town, "pratinjau rahasia", confidential="1")
    form = office.page("bagus", hidden).partition('id="luar"')[2]
    assert "Pelapor minta namanya dijaga" in form and 'name="report"' not in form


def test_what_an_officer_did_not_tick_stays_here(town, office):
    ticket = reported(town, "tanpa kata warga")
    ask(office, ticket)
    page = town.browser().get(link(office, ticket)).text
    assert ASKED in page and "Jalan berlubang" not in page


def test_an_officer_who_names_the_reporter_is_told_so(town, office):
    ticket = reported(town, "petugas menyebut", name=NAME, phone=PHONE)
    for words, said in (
        ("Tolong temui ibu zulaikha di sana", "menyebut pelapor"),
        ("Hubungi 0812 3456 7899", "memuat nomor telepon"),
        ("Cek rumah NIK 5206034101900001", "memuat nomor telepon"),
    ):
        page = ask(office, ticket, status=422, asked=words).text
        assert said in page and words in page
    assert "menyebut pelapor" in ask(office, ticket, status=422, helper="Tetangga Zulaikha").text
    assert count(town, "outside_asks", "case_id = :id", id=town.case(ticket)["id"]) == 0


def test_of_an_anonymous_report_no_refusal_tells_whose_it_is(town, office):
    ticket = reported(town, "menebak nama", name=NAME, phone=PHONE, anonymous="1")
    ask(office, ticket, asked="Tolong temui ibu Zulaikha di sana")
    ask(office, ticket, road="sms", address=PHONE)


def test_a_report_that_is_protected_later_closes_the_words_that_were_shown(town, office):
    ticket = reported(town, "kemudian dijaga")
    ask(office, ticket, report="1")
    path = link(office, ticket)
    assert "Jalan berlubang" in town.browser().get(path).text
    town.sql("UPDATE cases SET confidential = true WHERE ticket = :ticket", ticket=ticket)
    page = town.browser().get(path).text
    assert ASKED in page and "Jalan berlubang" not in page


@pytest.mark.parametrize("how", ["kind = 'tip'", "category = (SELECT code FROM categories WHERE sealed = 'restricted' LIMIT 1)"])
def test_what_few_may_know_of_is_asked_of_nobody_outside(town, office, how):
    ticket = reported(town, "tertutup")
    town.sql(f"UPDATE cases SET {how} WHERE ticket = :ticket", ticket=ticket)
    page = ask(office, ticket, who="imran", status=409).text
    assert "tidak boleh ditanyakan ke luar" in page and 'name="asked"' not in page
    assert count(town, "outside_asks", "case_id = :id", id=town.case(ticket)["id"]) == 0


def test_only_ticked_photos_are_shown_and_they_are_clean(town, office, street):
    arrives(town, street.photo(7301, jpeg(), caption="Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, dua foto"))
    town.work_off()
    town.sql(
        "UPDATE errands SET not_before = created_at WHERE kind = 'route' AND done_at IS NULL"
    )  # nobody waits to hear whether it is the same
    town.work_off()
    ticket = town.ticket_of("dua foto")
    case = town.case(ticket)["id"]
    (file,) = town.sql("SELECT id FROM files WHERE case_id = :id", id=case)[0]
    strange = town.sql("SELECT coalesce(max(id), 0) + 1 FROM files")[0][0]
    ask(office, ticket)
    unticked = link(office, ticket)
    assert town.browser().get(unticked + "/foto/1").status_code == 404
    ask(office, ticket, photo=[str(strange), str(file)])
    path = link(office, ticket)
    assert row(town, ticket)["shown"] == [file]
    shown = town.browser().get(path + "/foto/1")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg") and CANARY.encode() not in shown.data
    assert ticket not in str(shown.headers) and shown.headers["Referrer-Policy"] == "no-referrer"
    assert town.browser().get(path + "/foto/2").status_code == 404
    town.sql("UPDATE cases SET anonymous = true WHERE ticket = :ticket", ticket=ticket)
    assert town.browser().get(path + "/foto/1").status_code == 404


def test_an_answer_of_somebody_outside_is_read_by_no_citizen(town, office):
    ticket = by_sms(town, "+6281277900099", "Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, tanpa bocor")
    ask(office, ticket)
    answer(town, link(office, ticket), words="jawaban luar kanari-6634")
    town.sms("+6281277900099", f"CEK {ticket}")
    town.work_off()
    phone = town.browser()
    phone.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    told = [phone.get(f"/t/{ticket}").text, town.browser().get(f"/t/{ticket}").text, office.page("gubernur", ticket), str(town.sent())]
    told.append(phone.get(f"/api/v1/cases/{ticket}", headers={"X-Pin": pin_of(town, ticket)}).text)
    told += [str(row) for row in town.sql("SELECT body FROM journal")] + [str(row) for row in town.sql("SELECT body FROM notices")]
    assert [text[:200] for text in told if "kanari-6634" in text] == []
