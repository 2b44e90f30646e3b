"""Two reports become one and, for a month, can become two again: nobody is lost on the way, and nothing points in a circle."""

from __future__ import annotations

import random

import pytest

from ntbcare.domain import tickets
from ntbcare.domain.errors import DomainError, LostRace
from ntbcare.domain.permissions import Actor, Role
from tests.corridor.looking import CLINIC, ROAD, at_once, by_form, by_sms, clock, count, last, story

CITRA = Actor(Role.COORDINATOR, 1, "Citra", unit_id=1, region="52")


def pretty(ticket: str) -> str:
    return tickets.pretty(ticket)


def parent_of(town, ticket: str) -> str | None:
    rows = town.sql("SELECT p.ticket FROM cases c JOIN cases p ON p.id = c.merged_into WHERE c.ticket = :ticket", ticket=ticket)
    return rows[0][0] if rows else None


def followers(town, ticket: str) -> set[str]:
    query = "SELECT address FROM followers f JOIN contacts c ON c.id = f.contact_id WHERE f.case_id = :id"
    return {row[0] for row in town.sql(query, id=town.case(ticket)["id"])}


def three(town, prefix: str, words: str = ROAD) -> list[str]:
    """Three reports of the same, told on the next morning: by night nobody is told what others do to their case."""
    town.clock.forward(days=1)
    town.clock.moment = town.clock.moment.replace(hour=2, minute=0)
    return [by_sms(town, f"+62811000{prefix}{number}", words.format(f"gabung {prefix} {number}")) for number in (1, 2, 3)]


def clinic(town, phone: str, words: str) -> str:
    """A report for Dinkes Bima (halim), whatever the reader makes of its words; news goes to `phone`."""
    sent = by_form(town, CLINIC.format(words), phone=phone, category="kesehatan", region="52.06.03")
    town.work_off()
    return sent.headers["Location"][3:]


def test_an_officer_sees_what_is_alike_and_joins_it_with_one_press(town, office):
    a, b, _ = three(town, "8010")
    page = office.page("imran", a)
    assert "Laporan serupa" in page and pretty(b) in page
    assert "desa yang sama" in page.lower() and "topik sama" in page
    assert "/merge" in page and "Bukan hal yang sama" in page
    office.act("imran", a, "merge", parent=b)
    assert parent_of(town, a) == b
    assert f"digabung dengan laporan {pretty(b)}" in last(town, "+6281100080101")
    assert followers(town, b) == {"+6281100080101"}
    assert "Laporan lain digabung ke sini" in office.page("imran", b)
    assert "Laporan serupa" not in office.page("imran", a), "a merged case asks for nothing"


def test_an_officer_of_a_unit_sees_only_what_they_may_read(town, office):
    a, b, _ = three(town, "8020")
    secret = by_form(town, ROAD.format("gabung rahasia 8020"), confidential="1").headers["Location"][3:]
    town.work_off()
    page = office.page("bagus", a)
    assert pretty(b) in page, "the same unit's"
    assert "/merge" not in page, "joining is the coordinator's"
    seen = office.page("imran", a)
    row = seen.partition(f'id="serupa-{secret}"')[2].partition("</article>")[0]
    assert "Gabungkan" not in row, "rahasia is never joined"
    other = clinic(town, "+6281100080209", "bukan jalan")
    assert pretty(other) not in page + seen


def test_not_the_same_is_remembered_in_both_directions_and_for_citizens(town, office):
    a, b, _ = three(town, "8030", "Sampah menumpuk di pasar Sila Kecamatan Bolo, {}")
    desk = office.desk("imran")
    assert pretty(b) in office.page("imran", a)
    assert desk.post(f"/meja/{b}/bukan-sama", data={"other": a}).status_code == 303
    assert desk.post(f"/meja/{a}/bukan-sama", data={"other": b}).status_code == 303, "said twice is no fault"
    low, high = sorted((town.case(a)["id"], town.case(b)["id"]))
    assert town.sql("SELECT case_a, case_b FROM unlike WHERE case_a = :low", low=low) == [(low, high)]
    assert f"serupa-{b}" not in office.page("imran", a)
    assert f"serupa-{a}" not in office.page("imran", b)
    # … and to the citizen neither, when the case is read again
    with town.app.app_context(), town.work() as work:
        from ntbcare.casework import likeness
        from ntbcare.records import cases

        case = cases.by_ticket(work.session, a)
        named = [one.case.ticket for one in likeness.similar(work, case, at=case.received_at, case_id=case.id, public=True, least=0.0)]
    assert b not in named and named


@pytest.mark.parametrize("who", ["dewi", "admin"])
def test_nobody_else_says_that_two_are_not_the_same(town, office, who):
    a, b, _ = three(town, "804" + str(["dewi", "admin"].index(who)))
    assert office.desk(who).post(f"/meja/{a}/bukan-sama", data={"other": b}).status_code in (403, 404)
    assert count(town, "unlike", "case_a = :id OR case_b = :id", id=town.case(a)["id"]) == 0


def test_a_merge_can_be_undone_and_everything_stands_as_it_did(town, office):
    a, b, _ = three(town, "8050")
    before, due = town.case(a), clock(town, a, "first_response")["due_at"]
    assert clock(town, a, "completeness")["stopped_at"] is not None, "stopped by the verification"
    town.clock.forward(hours=2)
    office.act("imran", a, "merge", parent=b)
    assert clock(town, a, "first_response")["stopped_at"] is not None
    town.sms("+6281100080502", f"{b} masih ada lagi keterangan dari saya")
    town.work_off()
    words = count(town, "journal", "case_id = :id AND tag = 'case:words_added'", id=town.case(b)["id"])
    town.clock.forward(days=5)
    office.act("imran", a, "unmerge", words="Ini jalan yang lain.")
    after = town.case(a)
    for name in ("state", "unit_id", "desk_id", "due_at", "due_clock"):
        assert after[name] == before[name], name
    assert after["merged_into"] is None
    assert clock(town, a, "first_response")["stopped_at"] is None
    assert clock(town, a, "first_response")["due_at"] == due, "no promise is made longer by it"
    assert clock(town, a, "completeness")["stopped_at"] is not None, "what was done before stays done"
    said = last(town, "+6281100080501")
    assert "kami tangani sendiri lagi" in said and pretty(b) in said and "Ini jalan yang lain." in said
    assert ("case:unmerge", "coordinator") in [(tag, actor.split(":")[0]) for tag, actor in story(town, a)]
    assert followers(town, b) == set()
    assert count(town, "journal", "case_id = :id AND tag = 'case:words_added'", id=town.case(b)["id"]) == words
    assert a in office.queue("bagus")
    office.act("bagus", b, "answer", words="Kabar untuk pelapor kedua saja.")
    assert "pelapor kedua saja" not in last(town, "+6281100080501")


def test_after_thirty_days_it_stays_merged(new_town, office_of):
    town, office = new_town, office_of(new_town)
    a, b, _ = three(town, "8060")
    office.act("imran", a, "merge", parent=b)
    town.clock.forward(days=29, hours=23)
    office.act("imran", a, "unmerge")
    office.act("imran", a, "merge", parent=b)
    town.clock.forward(days=30, minutes=1)
    assert "Sudah lebih dari 30 hari" in office.act("imran", a, "unmerge", 409)
    assert town.case(a)["state"] == "merged"


def test_only_a_coordinator_undoes_a_merge(town, office):
    a, b, _ = three(town, "8070")
    office.act("imran", a, "merge", parent=b)
    assert "Pisahkan lagi" in office.page("imran", a)
    office.act("bagus", a, "unmerge", 403)


def test_a_chain_leaves_nobody_pointing_at_what_is_merged_and_comes_apart_link_by_link(town, office):
    a, b, c = three(town, "8080")
    one, two, three_ = (f"+628110008080{number}" for number in (1, 2, 3))
    office.act("imran", a, "merge", parent=b)
    office.act("imran", b, "merge", parent=c)
    assert (parent_of(town, a), parent_of(town, b)) == (c, c)
    assert followers(town, c) == {one, two}
    assert pretty(c) in last(town, one), "who was joined first is told where the news comes from now"
    office.act("bagus", c, "answer", words="Besok kami tambal.")
    assert "Besok kami tambal." in last(town, three_)
    assert all("Ada kabar dari petugas" in last(town, who) and f"/t/{c}" in last(town, who) for who in (one, two))
    assert sum("Ada kabar dari petugas" in message["text"] for message in town.sent(one)) == 1, "one person, one message"
    office.act("imran", b, "unmerge")
    assert (parent_of(town, a), parent_of(town, b)) == (b, None)
    assert followers(town, c) == set() and followers(town, b) == {one}
    office.act("imran", a, "unmerge")
    assert followers(town, b) == set()


def test_a_circle_cannot_be_made(town, office):
    a, b, c = three(town, "8090")
    office.act("imran", a, "merge", 422, parent=a)
    office.act("imran", a, "merge", parent=b)
    for wrong in (b, c):
        assert "masih terbuka" in office.act("imran", wrong, "merge", 422, parent=a)
    assert parent_of(town, b) is None


def _move(town, ticket: str, event: str, parent: str | None) -> str:
    from ntbcare.casework import moves
    from ntbcare.records import cases

    with town.app.app_context(), town.work(CITRA) as work:
        case = cases.by_ticket(work.session, ticket)
        other = cases.by_ticket(work.session, parent).id if parent else None
        try:
            moves.move(work, case, event, moves.Given(parent=other))
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return type(refusal).__name__
    return ""


def test_two_who_join_each_other_at_once_make_no_circle(town):
    for turn in range(6):
        a, b, _ = three(town, f"81{turn}0")
        done = at_once(2, lambda who, pair=(a, b): _move(town, pair[who], "merge", pair[1 - who]))
        assert sorted(bool(refused) for refused in done) == [False, True], done
        assert {parent_of(town, a), parent_of(town, b)} & {None}


def test_whatever_is_joined_and_parted_no_case_points_at_a_merged_one(town):
    dice = random.Random(4)
    all_of_them = [*three(town, "8200"), *three(town, "8210")]
    done = 0
    for _ in range(60):
        event = dice.choice(("merge", "merge", "unmerge"))
        ticket, other = dice.sample(all_of_them, 2)
        done += _move(town, ticket, event, other if event == "merge" else None) == ""
        wrong = town.sql(
            "SELECT c.ticket FROM cases c LEFT JOIN cases p ON p.id = c.merged_into "
            "WHERE (c.state = 'merged') <> (c.merged_into IS NOT NULL) OR p.state = 'merged'"
        )
        assert wrong == []
    assert done > 15


def test_followers_hear_the_end_on_their_own_channel_and_their_digit_before_they_are_asked_is_nobodys_rating(new_town, office_of, street):
    town, office = new_town, office_of(new_town)
    a, b = by_sms(town, "+6281100082201", ROAD.format("penutup satu")), clinic(town, "+6281100082202", "penutup dua")
    office.act("imran", a, "merge", parent=b)
    office.act("halim", b, "respond", words="Obat sudah datang.")
    follower, reporter = "+6281100082201", "+6281100082202"
    assert "Sudah dijawab petugas" in last(town, follower) and "YA atau BELUM" not in last(town, follower)
    town.sms(reporter, "YA")
    town.work_off()
    assert "Balas satu angka" in last(town, reporter)
    assert "Selesai menurut pelapornya" in last(town, follower)
    town.sms(follower, "1")
    town.sms(reporter, "5")
    town.work_off()
    assert town.sql("SELECT score FROM polls") == [(5,)], "a follower's digit is nobody's rating"


def test_a_topic_with_readers_of_its_own_is_never_joined(town, office):
    secret = by_form(town, "Anak di Desa Tente Kecamatan Woha dipukul ayahnya", category="perempuan_anak", region="52.06.03")
    hidden = secret.headers["Location"][3:]
    town.work_off()
    other, *_ = three(town, "8230")
    for child, parent in ((hidden, other), (other, hidden)):
        assert "hanya dibaca sedikit orang" in office.act("citra", child, "merge", 422, parent=parent)


def test_a_lost_race_is_told_and_not_half_done(town):
    a, b, c = three(town, "8240")
    done = at_once(2, lambda who: _move(town, a, "merge", (b, c)[who]))
    assert sorted(done)[0] == "" and sorted(done)[1] in (LostRace.__name__, "NoSuchMove", "BadInput")
    assert len(followers(town, b) | followers(town, c)) == 1
