"""Canaries: words, names and numbers that must not be read where they do not belong, looked for behind every address as every role."""

import re

import pytest

from ntbcare.domain.privacy import Audience
from ntbcare.web.guards import AUDIENCES
from tests.corridor.looking import CLINIC, pin_of

WORDS = {
    "named": "burung kenari satu",
    "anonymous": "burung kenari dua",
    "confidential": "burung kenari tiga",
    "tip": "burung kenari empat",
    "mataram": "burung kenari lima",
}
PEOPLE = {
    "named": ("Kenari Bernama", "81270000001"),
    "anonymous": ("Kenari Tersembunyi", "81270000002"),
    "confidential": ("Kenari Rahasia", "81270000003"),
}

# who may read the words of which case; everybody else may not, wherever they look
READERS = {
    "named": {"halim", "imran", "citra", "sekda", "gubernur", "bupati.bima"},
    "anonymous": {"halim", "imran", "citra", "sekda", "gubernur", "bupati.bima"},
    "confidential": {"halim", "imran", "citra"},
    "tip": {"imran", "citra", "sekda", "gubernur", "bupati.bima"},
    "mataram": {"dewi", "sari", "citra", "sekda", "gubernur"},
}
NAME_READERS = {"named": {"halim", "imran", "citra"}, "anonymous": set(), "confidential": {"halim", "imran", "citra"}}
EVERYBODY = [
    "halim",
    "bagus",
    "nurhayati",
    "ratna",
    "dewi",
    "imran",
    "sari",
    "citra",
    "sekda",
    "gubernur",
    "bupati.bima",
    "inspektur",
    "admin",
]


@pytest.fixture(scope="module")
def tickets(town, office) -> dict[str, str]:
    """One case of each sort, each with a question, an answer, a note and a response, so that there is a story to leak."""
    made = {}
    for sort, words in WORDS.items():
        fields: dict[str, object] = {"text": CLINIC.format(words), "region": "52.06.03", "place": f"sangkar {words}"}
        if sort == "mataram":
            fields |= {"text": f"Sampah menumpuk di Kecamatan Ampenan Kota Mataram, {words}", "region": "52.71.01"}
        if sort == "tip":
            fields["kind"] = "tip"
        if sort in PEOPLE:
            name, phone = PEOPLE[sort]
            fields |= {"name": name, "phone": "0" + phone, "email": f"{phone}@kenari.example", "anonymous": sort == "anonymous"}
        fields["confidential"] = sort == "confidential"
        made[sort] = town.api(**fields).get_json()["ticket"]
    town.work_off()
    for sort, who in (("named", "halim"), ("anonymous", "halim"), ("confidential", "halim"), ("mataram", "dewi")):
        ticket = made[sort]
        assert town.case(ticket)["unit_id"] is not None, (sort, town.case(ticket)["because"])
        office.act(who, ticket, "ask", words=f"Tanya: {WORDS[sort]}?")
        if sort in PEOPLE:
            town.sms(f"+62{PEOPLE[sort][1]}", f"{ticket} Jawab: {WORDS[sort]}")
            town.work_off()
            office.act(who, ticket, "answer", words=f"Kabar: {WORDS[sort]}")
    return made


def addresses(town, tickets: dict[str, str]) -> list[str]:
    """Every address that can be read, with every ticket and every tab."""
    found = []
    for rule in town.app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        if "<ticket>" in rule.rule:
            found += [rule.rule.replace("<ticket>", ticket) for ticket in tickets.values()]
        elif "<" not in rule.rule:
            found.append(rule.rule)
    found += [f"/meja?tab={tab}" for tab in ("todo", "waiting", "attention", "all", "done", "x")]
    return found + [f"/cek?ticket={ticket}" for ticket in tickets.values()]


def leaks(page: str, who: str) -> list[str]:
    """Canaries on a page that `who` must not read."""
    found = [f"words of {sort}" for sort, words in WORDS.items() if words in page and who not in READERS[sort]]
    for sort, (name, phone) in PEOPLE.items():
        if who not in NAME_READERS[sort]:
            found += [f"{part} of {sort}" for part in (name, phone) if part in page]
    return found


def test_the_public_reads_no_canary_anywhere(town, tickets):
    browser = town.browser()
    for address in addresses(town, tickets):
        answer = browser.get(address, follow_redirects=True)
        assert leaks(answer.text, "public") == [], address
        assert answer.status_code in (200, 404), address


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_role_reads_no_canary_that_is_not_for_it(town, office, tickets, who):
    desk, seen = office.desk(who), ""
    for address in addresses(town, tickets):
        answer = desk.get(address)
        assert leaks(answer.text, who) == [], address
        assert answer.status_code in (200, 302, 403, 404), address
        seen += answer.text
    for sort, words in WORDS.items():  # and the crawl did come where the words may be read
        assert (words in seen) == (who in READERS[sort]), sort
    for sort, (name, _) in PEOPLE.items():
        assert (name in seen) == (who in NAME_READERS[sort]), sort


def plain(page: str, ticket: str) -> str:
    """A page without what differs on every page."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.replace(ticket, ""))


@pytest.mark.parametrize("who", ["bagus", "nurhayati", "ratna", "dewi", "sari", "admin"])
def test_for_another_unit_a_case_does_not_exist(town, office, tickets, who):
    desk = office.desk(who)
    for sort in ("named", "anonymous", "confidential", "tip"):
        hidden, nothing = desk.get(f"/meja/{tickets[sort]}"), desk.get("/meja/100000006")
        assert hidden.status_code == nothing.status_code == 404
        assert plain(hidden.text, tickets[sort]) == plain(nothing.text, "100000006"), "the two read the same"
        version = town.case(tickets[sort])["version"]
        for event in ("answer", "respond", "hand_back", "verify", "dispose", "withdraw", "confirm"):
            assert desk.post(f"/meja/{tickets[sort]}/{event}", data={"words": "x", "version": version}).status_code == 404
        assert town.case(tickets[sort])["version"] == version


@pytest.mark.parametrize("who", [one for one in EVERYBODY if one not in ("admin", "inspektur")])
def test_a_desk_never_lists_what_it_may_not_open(town, office, tickets, who):
    listed = 0
    for tab in ("todo", "waiting", "attention", "all", "done"):
        page = office.queue(who, tab)
        for ticket in tickets.values():
            if f"/meja/{ticket}" in page:
                listed += 1
                assert office.desk(who).get(f"/meja/{ticket}").status_code == 200, (tab, ticket)
    assert listed or who in ("bagus", "nurhayati", "ratna")


def test_a_coordinator_without_a_unit_lists_and_opens_nothing(town, tickets):
    from flask_security.utils import hash_password

    from ntbcare.casework import accounts
    from tests.conftest import PASSWORD

    with town.app.app_context(), town.work() as work:
        accounts.invite(work, "tanpa.unit@ntbcare.example", "Tanpa Unit", "coordinator", None, hash_password(PASSWORD))
        work.commit()
    desk = town.desk("tanpa.unit")
    for tab in ("todo", "waiting", "attention", "all", "done"):
        page = desk.get(f"/meja?tab={tab}").text
        assert all(words not in page for words in WORDS.values()), tab
    assert desk.get(f"/meja/{tickets['named']}").status_code == 404


def test_somebody_who_is_no_longer_active_is_out_at_once(town, office, tickets):
    from flask_security.utils import hash_password

    from ntbcare.casework import accounts
    from tests.conftest import PASSWORD

    with town.app.app_context(), town.work() as work:
        accounts.invite(work, "pensiun@ntbcare.example", "Pensiun", "officer", "52.06.dinkes", hash_password(PASSWORD))
        work.commit()
    desk = town.desk("pensiun")
    assert WORDS["named"] in desk.get(f"/meja/{tickets['named']}").text
    town.sql("UPDATE accounts SET active = false WHERE email = 'pensiun@ntbcare.example'")
    assert desk.get(f"/meja/{tickets['named']}").status_code == 302


def test_the_board_of_the_admin_shows_no_citizens_words_even_when_everything_fails(town, office, tickets):
    town.sql("UPDATE notices SET state = 'failed', last_error = 'unreachable' WHERE case_id IS NOT NULL")
    town.sql(
        "INSERT INTO unread (channel, external_id, reason, raw, received_at) VALUES ('sms', 'kenari', 'bentuk baru', :raw, now())",
        raw=" ".join(WORDS.values()),
    )
    page = office.desk("admin").get("/kendali").text
    assert "Kabar yang tidak sampai" in page
    assert "bentuk baru" in page
    assert leaks(page, "admin") == []
    assert all(
        f"/meja/{ticket}" not in page or office.desk("admin").get(f"/meja/{ticket}").status_code == 404 for ticket in tickets.values()
    )


def test_with_the_pin_a_reporter_reads_the_story_and_no_officers_name(town, tickets):
    for sort in ("named", "anonymous", "confidential"):
        ticket, phone = tickets[sort], town.browser()
        assert phone.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)}).status_code == 303
        for page in (phone.get(f"/t/{ticket}").text, phone.get(f"/api/v1/cases/{ticket}", headers={"X-Pin": pin_of(town, ticket)}).text):
            assert f"Kabar: {WORDS[sort]}" in page
            assert "Halim" not in page
            assert all(name not in page and number not in page for name, number in PEOPLE.values())


def test_what_is_published_shows_no_name(town, tickets):
    town.sql("UPDATE cases SET published = true")
    try:
        for sort, (name, phone) in PEOPLE.items():
            page = town.browser().get(f"/t/{tickets[sort]}").text + town.browser().get(f"/api/v1/cases/{tickets[sort]}").text
            assert name not in page
            assert phone not in page
            assert (WORDS[sort] in page) == (sort != "confidential")
    finally:
        town.sql("UPDATE cases SET published = false")


def test_every_endpoint_says_for_whom_it_is(town):
    for rule in town.app.url_map.iter_rules():
        assert AUDIENCES.get(rule.endpoint) or AUDIENCES.get(rule.endpoint.split(".")[0]), rule.endpoint
    assert len(Audience) == 5, "a new audience needs a reader in this file"


def test_no_page_may_be_kept_by_a_shared_cache_or_framed_elsewhere(town, office, tickets):
    for browser, address in (
        (town.browser(), f"/t/{tickets['named']}"),
        (office.desk("halim"), f"/meja/{tickets['named']}"),
        (town.browser(), "/lapor"),
    ):
        headers = browser.get(address).headers
        assert headers["Cache-Control"] in ("no-store", "private, no-cache")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
