"""Who may open a photo: whoever may read the words beside it; everybody else hears that there is none."""

from __future__ import annotations

import pytest

from tests.corridor.looking import CLINIC, by_form, pin_of
from tests.corridor.photographers import arrives, reported, rows
from tests.washing.makings import jpeg

# who may open the file of which case (as they may read its words); everybody else hears that there is none
OPENERS = {
    "open": {"halim", "imran", "citra", "sekda", "gubernur", "bupati.bima"},
    "anonymous": {"halim", "imran", "citra", "sekda", "gubernur", "bupati.bima"},
    "confidential": {"halim", "imran", "citra"},
    "tip": {"imran", "citra", "sekda", "gubernur", "bupati.bima"},
}
EVERYBODY = (
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
)


@pytest.fixture(scope="module")
def guarded(town, street) -> dict[str, int]:
    """Sort of case → the number of its file."""
    found = {}
    for number, sort in enumerate(OPENERS):
        ticket = reported(town, street, 6200 + number, f"kasus {sort}", jpeg((60 + number, 50)))
        if sort == "tip":
            town.sql("UPDATE cases SET kind = 'tip' WHERE ticket = :ticket", ticket=ticket)
        elif sort != "open":
            town.sql(f"UPDATE cases SET {sort} = true WHERE ticket = :ticket", ticket=ticket)
        found[sort] = rows(town, ticket)[0][0]
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_who_may_read_the_words_opens_the_file(town, office, guarded, who):
    desk = office.desk(who)
    for sort, number in guarded.items():
        answer = desk.get(f"/meja/berkas/{number}")
        may = who in OPENERS[sort]
        assert answer.status_code == (200 if may else 403 if who == "inspektur" else 404), sort
        ticket = town.sql("SELECT ticket FROM cases JOIN files ON files.case_id = cases.id WHERE files.id = :id", id=number)[0][0]
        assert (f"/meja/berkas/{number}" in desk.get(f"/meja/{ticket}").text) == may, sort


def test_no_citizen_opens_a_file_with_or_without_the_pin(town, office, guarded):
    ticket = town.ticket_of("kasus open")
    me = town.browser()
    me.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    for browser in (me, town.browser()):
        answer = browser.get(f"/meja/berkas/{guarded['open']}")
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/masuk")
        assert "/meja/berkas" not in browser.get(f"/t/{ticket}").text


def test_files_that_are_none_are_not_found(town, street, office, guarded):
    arrives(town, street.photo(6300, jpeg()))
    town.work_off()
    parked = town.sql("SELECT max(id) FROM files WHERE case_id IS NULL")[0][0]
    elsewhere = guarded["open"]
    path = town.sql("SELECT path FROM files WHERE id = :id", id=elsewhere)[0][0]
    for number in (parked, 0, 2**40, 2**70):
        assert office.desk("citra").get(f"/meja/berkas/{number}").status_code == 404
    for wrong in ("../outbox.jsonl", "/etc/hostname", "ab/none.jpg"):
        town.sql("UPDATE files SET path = :path WHERE id = :id", path=wrong, id=elsewhere)
        assert office.desk("citra").get(f"/meja/berkas/{elsewhere}").status_code == 404, wrong
    town.sql("UPDATE files SET path = :path WHERE id = :id", path=path, id=elsewhere)
    assert office.desk("citra").get(f"/meja/berkas/{elsewhere}").status_code == 200


def test_a_case_without_files_says_nothing_of_files(town, office):
    ticket = by_form(town, CLINIC.format("tanpa berkas")).headers["Location"][-9:]
    town.work_off()
    assert "Foto dan rekaman" not in office.page("halim", ticket)
