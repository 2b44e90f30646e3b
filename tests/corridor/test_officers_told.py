"""A bell leaves by the roads its officer chose: in office hours, once, with nothing of the citizen's; and to nobody who is not to hear it."""

from __future__ import annotations

import pytest

from tests.corridor.ladders import at, bell, file, only, told
from tests.corridor.looking import CLINIC, NOWHERE, RIDDLE, ROAD, by_form, count
from tests.corridor.test_officers_roads import WAYS, code_of, tell

MAIL, CHAT = "halim@ntbcare.example", 92001
SECRETS = ("Aminah", "menangis", "kosong", "Obat", "+62811003", "aminah@", "081234009911")


@pytest.fixture
def scene(new_town, office_of):
    """halim hears by mail and by Telegram; a report of his desk climbs on Wednesday 1 April at half past seven."""
    town, office = new_town, office_of(new_town)
    tell(town, CHAT, f"KODE {code_of(office, 'halim')}")
    assert office.desk("halim").post(WAYS, data={"channel": "email", "bells": "1"}).status_code == 303
    town.ticket = file(town, "+6281100304001", CLINIC.format("ibu Aminah menangis, tulis ke aminah@warga.example atau 081234009911"))
    town.office = office
    return town


def climb(town, *, post: bool = True) -> None:
    """The half of the promise is over, and it is told in the morning."""
    from workers import timetable

    town.clock.moment = at(3, 31, 23)
    only(town, town.ticket, "complete")
    town.round()
    assert told(town, town.ticket) == []
    town.clock.moment = at(4, 1, 7, 30)
    if post:
        town.round()
    else:
        with town.app.app_context():
            timetable.ladder(town.app)


def left(town) -> list[tuple[str, str]]:
    """(channel, text) of every bell that left."""
    return [(one["channel"], one["text"]) for one in town.sent() if "/meja/kabar#b" in one["text"]]


def pretty(ticket: str) -> str:
    return f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"


def test_a_bell_leaves_by_mail_and_telegram_in_its_own_words_and_once(scene):
    town = scene
    climb(town)
    mine = bell(town, "halim", town.ticket, "unit")
    assert sorted(channel for channel, _ in left(town)) == ["email", "telegram"]
    for _, text in left(town):
        assert pretty(town.ticket) in text and "Kecamatan Woha" in text and "Jumat, 10 April 2026" in text
        assert f"https://care.example/meja/kabar#b{mine}" in text
        assert not [secret for secret in SECRETS if secret in text]
    town.round()
    town.clock.forward(minutes=5)
    town.round()
    assert len(left(town)) == 2
    assert town.sql("SELECT count(*) FROM notices WHERE template = 'officer_bell' AND case_id IS NOT NULL") == [(0,)]
    assert "/meja/kabar#b" not in town.browser().get(f"/t/{town.ticket}").text + town.office.page("halim", town.ticket)


def test_what_a_late_worker_finds_at_night_waits_for_the_office_and_holds_nothing_up(scene):
    town = scene
    climb(town, post=False)
    town.clock.moment = at(4, 1, 19)
    town.work_off()
    assert left(town) == [], "neither by Telegram nor by mail"
    assert tell(town, CHAT, "CEK"), "what this officer asks as a citizen is answered at once"
    town.clock.moment = at(4, 2, 7, 29)
    town.work_off()
    assert left(town) == []
    town.clock.moment = at(4, 2, 7, 30)
    town.work_off()
    assert len(left(town)) == 2


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ("UPDATE accounts SET active = false WHERE email = 'halim@ntbcare.example'", []),
        ("UPDATE accounts SET email = 'baru@ntbcare.example' WHERE email = 'halim@ntbcare.example'", ["telegram"]),
        ("UPDATE account_roads SET bells = false WHERE contact_id IN (SELECT id FROM contacts WHERE channel = 'telegram')", ["email"]),
        ("DELETE FROM account_roads WHERE contact_id IN (SELECT id FROM contacts WHERE channel = 'email')", ["telegram"]),
        ("UPDATE contacts SET opted_out_at = now() WHERE address = '92001'", ["email"]),
        ("UPDATE bells SET read_at = now()", []),
        ("UPDATE cases SET category = 'perempuan_anak'", []),
        ("UPDATE cases SET kind = 'tip'", []),
    ],
    ids=["left", "another address", "switched off", "unlinked", "stopped", "answered", "sealed", "a tip"],
)
def test_what_changed_between_the_bell_and_the_post_counts(scene, change, kept):
    town = scene
    climb(town, post=False)
    town.sql(change)
    town.work_off()
    assert [channel for channel, _ in left(town)] == kept
    assert count(town, "notices", "template = 'officer_bell' AND state = 'no_road'") == 2 - len(kept)
    assert count(town, "notices", "template = 'officer_bell' AND state NOT IN ('no_road', 'delivered')") == 0


@pytest.mark.parametrize("late", [False, True], ids=["before the bell", "between the bell and the post"])
def test_of_a_rahasia_case_not_even_topic_and_place_leave(scene, late):
    town = scene
    hide = "UPDATE cases SET confidential = true"
    if not late:
        town.sql(hide)
    climb(town, post=False)
    if late:
        town.sql(hide)
    town.work_off()
    assert len(left(town)) == 2
    for _, text in left(town):
        assert f"Laporan rahasia {pretty(town.ticket)}" in text
        assert "Woha" not in text and "kesehatan" not in text.lower() and "puskesmas" not in text.lower()


@pytest.mark.parametrize("change", ["category = 'perempuan_anak'", "kind = 'tip'"], ids=["a topic with its own readers", "a tip"])
def test_nothing_of_a_sealed_topic_or_a_tip_leaves_to_those_who_may_not_read_it(scene, change):
    town = scene
    town.sql(f"UPDATE cases SET {change}")
    climb(town)
    assert told(town, town.ticket) and left(town) == []
    assert count(town, "notices", "template = 'officer_bell'") == 0


def test_an_officer_who_has_left_gets_nothing(scene):
    town = scene
    town.sql("UPDATE accounts SET active = false WHERE email = 'halim@ntbcare.example'")
    climb(town)
    assert [one for one in town.sent(MAIL) if "meja/kabar" in one["text"]] == [] == left(town)


def test_more_bells_a_day_than_a_stranger_may_be_sent_still_reach_the_mailbox(scene):
    town = scene
    others = [file(town, f"+62811003041{n:02}", CLINIC.format(f"yang ke-{n} dari banyak")) for n in range(4)]
    town.clock.moment = at(3, 31, 23)
    for ticket in (town.ticket, *others):
        only(town, ticket, "complete")
    town.round()
    town.clock.moment = at(4, 1, 7, 30)
    town.round()
    assert len([1 for channel, _ in left(town) if channel == "email"]) == 5
    assert count(town, "notices", "template = 'officer_bell' AND state = 'failed'") == 0


def test_whatever_is_reported_and_however_long_it_takes_no_officer_is_sent_a_word_of_a_citizen(new_town):
    town = new_town
    town.sql("INSERT INTO contacts (channel, address) SELECT 'email', email FROM accounts")
    town.sql(
        "INSERT INTO account_roads (account_id, contact_id, since, bells, digest) "
        "SELECT a.id, c.id, now(), true, true FROM accounts a JOIN contacts c ON c.address = a.email AND c.channel = 'email'"
    )
    canaries, tickets = [], []
    for number, words in enumerate((CLINIC, ROAD, NOWHERE, RIDDLE) * 2):
        marks = {"phone": f"08123400{number:04}", "email": f"kenari{number}@warga.example", "name": f"Baiq Kenari{number}"}
        answer = by_form(town, words.format(f"zamrud{number} kata si kenari{number}"), **marks)
        tickets.append(answer.headers["Location"][-9:])
        canaries += [f"zamrud{number}", f"kenari{number}", *marks.values(), f"8123400{number:04}"]
        town.work_off()
    tip, sealed, rahasia = tickets[4:7]
    town.sql("UPDATE cases SET kind = 'tip' WHERE ticket = :it", it=tip)
    town.sql("UPDATE cases SET category = 'perempuan_anak' WHERE ticket = :it", it=sealed)
    town.sql("UPDATE cases SET confidential = true WHERE ticket = :it", it=rahasia)
    for moment in (at(3, 16, 8), at(3, 17, 10), at(3, 27, 9), at(4, 1, 9), at(4, 2, 9), at(4, 14, 9)):
        town.clock.moment = moment
        town.round()
    out = [one for one in town.sent() if one["to"].endswith("@ntbcare.example")]
    assert len({one["to"] for one in out}) >= 5 and {one["text"][:5] for one in out} >= {"Meja ", "Lapor"}, "bells and digests"
    for one in out:
        assert not [mark for mark in canaries if mark.lower() in one["text"].lower()], one
        assert pretty(sealed) not in one["text"]
        if pretty(tip) in one["text"]:
            who = one["to"].partition("@")[0]
            assert who in ("citra", "imran", "sari", "johar", "sekda", "gubernur", "bupati.bima"), "only who may read tips"
        for line in one["text"].splitlines():
            if pretty(rahasia) in line or pretty(tip) in line:
                assert "Laporan rahasia" in line and "Woha" not in line and "obat" not in line.lower()
