"""Anonim, rahasia and tip, proved over every page that can be read, for everybody who can read one."""

from __future__ import annotations

import pytest

NAME, PHONE, WORDS = "Baiq Kenari Purnama", "+6281234098765", "cendrawasih-terbang-tinggi"
EVERYBODY = ("bagus", "halim", "ratna", "dewi", "citra", "imran", "nurhayati", "sekda", "gubernur", "bupati.bima", "admin", "inspektur")


@pytest.fixture(scope="module")
def filed(town):
    """Three protected cases at the clinic of Woha; their tickets by what protects them."""
    facts = {"category": "kesehatan", "region": "52.06.03", "name": NAME, "phone": PHONE}
    tickets = {}
    for what, more in {"anonim": {"anonymous": True}, "rahasia": {"confidential": True}, "tip": {"kind": "tip"}}.items():
        answer = town.api(text=f"Puskesmas Woha {WORDS} {what}", **facts, **more)
        assert answer.status_code == 201, answer.text
        tickets[what] = answer.json["ticket"]
    town.work_off()
    return tickets


def _addresses(town, tickets):
    """Every address that can be read without changing anything, with a ticket where one belongs."""
    for rule in town.app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or "<int:id>" in rule.rule:
            continue
        if "<ticket>" in rule.rule:
            yield from (rule.rule.replace("<ticket>", ticket) for ticket in tickets.values())
        else:
            yield rule.rule
    yield from ("/meja?tab=all", "/meja?tab=attention", "/meja?tab=waiting", "/meja?tab=done")


def test_every_page_declares_its_audience(town):
    from ntbcare.web.guards import AUDIENCES

    for rule in town.app.url_map.iter_rules():
        assert rule.endpoint.split(".")[0] in AUDIENCES, rule.endpoint


def test_the_public_reads_no_name_no_number_and_no_words(town, filed):
    browser = town.browser()
    for address in _addresses(town, filed):
        page = browser.get(address, follow_redirects=True)
        for secret in (NAME, PHONE, PHONE[1:], WORDS):
            assert secret not in page.text, (address, secret)


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_at_a_desk_learns_who_an_anonymous_report_is_from(town, filed, who):
    desk = town.desk(who)
    pages = {address: desk.get(address, follow_redirects=True).text for address in _addresses(town, {"anonim": filed["anonim"]})}
    for address, text in pages.items():
        assert PHONE not in text and PHONE[1:] not in text, (who, address)
        assert NAME not in text or filed["anonim"] not in address, (who, address)
    assert not any(NAME in text for address, text in pages.items() if address.startswith(f"/meja/{filed['anonim']}"))


def test_a_tip_is_read_by_coordinators_and_leaders_only(town, filed):
    ticket = filed["tip"]
    allowed = {"citra", "imran", "sekda", "gubernur", "bupati.bima"}
    for who in EVERYBODY:
        status = town.desk(who).get(f"/meja/{ticket}").status_code
        assert (status == 200) == (who in allowed), (who, status)
    assert town.sql("SELECT count(*) FROM clocks JOIN cases ON cases.id = case_id WHERE ticket = :t AND clock <> 'receipt'", t=ticket) == [
        (0,)
    ]


def test_an_officer_of_another_unit_finds_nothing(town, filed):
    for who in ("dewi", "bagus"):
        for ticket in filed.values():
            assert town.desk(who).get(f"/meja/{ticket}").status_code == 404


def test_reading_a_name_is_an_entry_in_the_book(town, filed):
    case = town.case(filed["rahasia"])["id"]
    page = town.desk("halim").get(f"/meja/{filed['rahasia']}")
    assert NAME in page.text
    assert town.sql("SELECT count(*) FROM journal WHERE tag = 'identity:read' AND case_id = :id", id=case) == [(1,)]


def test_no_notice_holds_a_name_or_a_pin(town, filed):
    bodies = [row[0] for row in town.sql("SELECT body FROM notices")]
    assert bodies and not any(NAME in body or PHONE in body for body in bodies)
    with town.app.app_context(), town.work() as work:
        from ntbcare.casework import lookup

        pins = [lookup.pin_of(work, lookup.by_ticket(work, ticket)) for ticket in filed.values()]
    assert not any(pin in body for pin in pins for body in bodies)


def test_what_only_a_sealed_drawer_may_hold_stands_in_no_table(town):
    secret = "kutilang-bernyanyi"
    assert town.api(text=f"Kepala desa minta uang pelicin {secret}").status_code == 422
    assert town.api(text=f"Laporan biasa {secret}", kind="violation").status_code == 422
    assert town.browser().post("/lapor", data={"text": f"Pejabat korupsi dana desa {secret}", "token": "t"}).status_code == 422
    assert town.sms("+6281234098111", f"kades minta uang pelicin {secret}").status_code == 200
    town.work_off()
    columns = town.sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
    )
    for table, column in columns:
        assert town.sql(f'SELECT count(*) FROM "{table}" WHERE "{column}" LIKE :like', like=f"%{secret}%") == [(0,)], (table, column)
    assert "Inspektorat" in town.sent("+6281234098111")[-1]["text"]
