"""A day off is added: a new edition, old dates as they were; counting again is shown, done once, logged, never earlier, and no seed undoes it."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from tests.corridor.looking import CLINIC, ROAD, by_sms, clock, count
from tests.corridor.test_calendars_of_units import add_day, pinned, say
from tests.corridor.test_journey_clocks import at, end_of

FORM = {"day": "2026-03-26", "name": "Hari duka daerah", "kind": "local", "region": "52.06", "source": "SK Gubernur 3/2026"}


def apply(town, office) -> None:
    """Press the button and let the workers count."""
    assert office.desk("admin").post("/kendali/kalender/hitung").status_code == 303
    town.work_off()


def told(town, tag: str) -> list[dict]:
    """The facts of every line of the book with a tag."""
    return [json.loads(body) for (body,) in town.sql("SELECT body FROM journal WHERE tag = :tag ORDER BY id", tag=tag)]


def test_a_day_added_makes_a_new_edition_and_moves_no_date_that_was_named(new_town, office_of):
    town, office = new_town, office_of(new_town)
    old = by_sms(town, "+6281100033001", CLINIC.format("sebelum"))
    due, before = clock(town, old, "followup")["due_at"], town.sql("SELECT version, count(*) FROM days_off GROUP BY 1")
    admin = office.desk("admin")
    answer = admin.post("/kendali/kalender", data=FORM)
    assert answer.status_code == 303
    town.clock.forward(seconds=5)
    new = by_sms(town, "+6281100033002", CLINIC.format("sesudah"))
    assert (
        (clock(town, old, "followup")["due_at"], clock(town, new, "followup")["due_at"])
        == (due, end_of(30, 3))
        == (end_of(27, 3), end_of(30, 3))
    )
    after = dict(town.sql("SELECT version, count(*) FROM days_off GROUP BY 1"))
    assert after.items() >= dict(before).items() and sorted(after.values()) == [before[0][1], before[0][1] + 1]
    assert pinned(town, new, "followup")[0] == f"{pinned(town, old, 'followup')[0]}+1"
    page = html.unescape(admin.get("/kendali/kalender").text)
    assert "Hari duka daerah" in page and "SK Gubernur 3/2026" in page and "Kamis, 26 Maret 2026" in page
    assert told(town, "calendar:edition")[0]["by_name"] == "Admin Contoh"


def test_counting_again_is_shown_first_then_done_and_told_for_each(new_town, office_of):
    town, office = new_town, office_of(new_town)
    me = "+6281100033003"
    ticket, road = by_sms(town, me, CLINIC.format("dihitung")), by_sms(town, "+6281100033004", ROAD.format("jauh"))
    elsewhere = by_sms(town, "+6281100033005", "Obat di puskesmas Kecamatan Praya Kabupaten Lombok Tengah kosong sejak Senin, sana")
    edition = add_day(town, "2026-03-26")
    preview = html.unescape(office.desk("admin").get("/kendali/kalender/hitung").text)
    assert "4 di antaranya mundur" in preview, "follow-up and completion of the two in Bima"
    assert "Jum 27 Mar 23.59 WITA" in preview and "Sen 30 Mar 23.59 WITA" in preview
    assert clock(town, ticket, "followup")["due_at"] == end_of(27, 3), "a look changes nothing"
    apply(town, office)
    assert clock(town, ticket, "followup")["due_at"] == clock(town, road, "followup")["due_at"] == end_of(30, 3)
    assert clock(town, ticket, "complete")["due_at"] == end_of(13, 4)
    assert pinned(town, ticket, "followup")[0] == edition != pinned(town, elsewhere, "followup")[0]
    lines = [line for line in told(town, "clock:recounted") if line["old"] != line["new"]]
    assert len(lines) == 4 and {line["edition"] for line in lines} == {edition}
    assert clock(town, ticket, "first_response")["due_at"] == at(14), "the wall clock knows no days off"
    page = html.unescape(office.page("halim", ticket))
    assert f"Dihitung ulang Jumat, 13 Maret 2026 dengan kalender edisi {edition}." in page and "Hari jadi daerah" in page
    lines_before = count(town, "journal", "tag = 'clock:recounted'")
    apply(town, office)
    assert count(town, "journal", "tag = 'clock:recounted'") == lines_before, "twice is once"
    assert "Tidak ada yang perlu dihitung ulang" in office.desk("admin").get("/kendali/kalender/hitung").text


def test_counting_again_replays_the_pauses_and_what_is_over_or_late_stays(new_town, office_of):
    town, office, me = new_town, office_of(new_town), "+6281100033006"
    ticket, kept = by_sms(town, me, CLINIC.format("dengan jeda")), by_sms(town, "+6281100033007", CLINIC.format("terlewat"))
    town.clock.moment = at(16)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.clock.moment = at(26)
    town.sms(me, "Obat gula")
    town.work_off()
    assert clock(town, ticket, "complete")["due_at"] == end_of(15, 4)
    town.clock.moment = at(30)
    town.round()
    late = clock(town, kept, "followup")
    add_day(town, "2026-03-25", "Cuti bersama susulan", None, "joint")
    add_day(town, "2026-04-14")
    apply(town, office)
    # 25 March was one of three days waited: off, it is neither counted nor waited; 14 April moves the end by one
    assert clock(town, ticket, "complete")["due_at"] == end_of(16, 4)
    assert clock(town, kept, "followup") == late


def test_an_edition_with_fewer_days_off_never_moves_a_date_earlier(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100033008", CLINIC.format("tidak maju"))
    add_day(town, "2026-12-17")
    town.sql("DELETE FROM days_off WHERE version LIKE '%+1' AND day = '2026-03-18'; UPDATE reference_stamp SET stamp = stamp || 'x'")
    town.clock.forward(seconds=5)
    apply(town, office)
    assert clock(town, ticket, "followup")["due_at"] == end_of(27, 3)
    assert "tenggat yang sudah disebut tidak pernah dimajukan" not in office.page("halim", ticket), "nothing is added where nothing is"
    newer = by_sms(town, "+6281100033009", CLINIC.format("lebih cepat"))
    assert clock(town, newer, "followup")["due_at"] == end_of(26, 3)


def test_many_cases_are_counted_slice_by_slice(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100033020", CLINIC.format("banyak"))
    town.sql(
        "INSERT INTO cases (ticket, pin_salt, kind, classification, state, channel, text, urgency, received_at, desk_id, unit_id) "
        "SELECT 'x' || n, '\\x00', kind, classification, state, channel, 'salinan', urgency, received_at, desk_id, unit_id "
        "FROM cases, generate_series(1, 250) AS n WHERE ticket = :ticket",
        ticket=ticket,
    )
    town.sql(
        "INSERT INTO clocks (case_id, clock, round, rule_id, calendar_version, started_at, due_at, first_due_at, week, region) "
        "SELECT copy.id, clock, round, clocks.rule_id, calendar_version, started_at, clocks.due_at, first_due_at, week, clocks.region "
        "FROM clocks, cases AS copy WHERE copy.text = 'salinan' AND clock = 'followup' "
        "AND case_id = (SELECT id FROM cases WHERE ticket = :ticket)",
        ticket=ticket,
    )
    add_day(town, "2026-03-26")
    apply(town, office)
    assert count(town, "clocks", "clock = 'followup' AND due_at = :due", due=end_of(30, 3)) == 251
    assert count(town, "cases", "due_clock = 'followup' AND due_at = :due", due=end_of(30, 3)) == 250, (
        "what is due next is stored on the case"
    )
    assert count(town, "errands", "kind = 'recount' AND done_at IS NOT NULL") == 2


def test_a_seed_that_runs_later_keeps_the_days_added_by_hand(new_town, tmp_path):
    from ntbcare.casework import seeding

    town = new_town
    add_day(town, "2026-03-26")
    add_day(town, "2026-12-17", "Hari jadi provinsi", "52")
    folder = tmp_path / "seed"
    folder.mkdir()
    for path in (Path(__file__).parents[2] / "ntbcare/seed/ntb").iterdir():
        if path.name != "days_off_extra.csv":
            (folder / path.name).symlink_to(path)
    (folder / "days_off_extra.csv").write_text("date,name,kind,region,source\n2026-11-25,Hari pemilihan,local,,KPU\n")
    with town.app.app_context(), town.work() as work:
        assert seeding.seed(work, folder)
        work.commit()
    town.clock.forward(seconds=5)
    with town.app.app_context(), town.work() as work:
        edition, calendar = work.ref.calendar_version, work.ref.calendar_for(None, "52.06.03")
        names = [calendar.days_off.get(seeding.date(2026, month, day)) for month, day in ((3, 26), (12, 17), (11, 25))]
        assert names == ["Hari jadi daerah", "Hari jadi provinsi", "Hari pemilihan"]
        assert edition.endswith("+1") and seeding.date(2026, 3, 26) not in work.ref.calendar.days_off
        assert not seeding.seed(work, folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2026-03-18"}, "sudah libur"),
        ({"day": "2029-01-01"}, "Pilih tanggal antara"),
        ({"day": "besok"}, "Pilih tanggal antara"),
        ({"region": ""}, "Pilih provinsi, kabupaten, atau kota"),
        ({"region": "52.06.03"}, "Pilih provinsi, kabupaten, atau kota"),
        ({"kind": "joint"}, "berlaku di mana-mana"),
        ({"kind": "pasar"}, "Pilih libur daerah"),
        ({"name": ""}, "Tulis nama harinya"),
        ({"source": " "}, "Tulis dasarnya"),
    ],
)
def test_what_cannot_be_a_day_off_is_refused_with_words_and_nothing_is_changed(town, office, change, words):
    answer = office.desk("admin").post("/kendali/kalender", data=FORM | change)
    assert answer.status_code == 422 and words in html.unescape(answer.text)
    assert "Hari duka daerah" in answer.text or "name" in change, "what was typed is still there"
    assert count(town, "calendar_versions") == 1


@pytest.mark.parametrize("who", ["imran", "halim", "gubernur"])
def test_only_an_admin_opens_the_calendar(town, office, who):
    for address in ("/kendali/kalender", "/kendali/kalender/hitung"):
        assert office.desk(who).get(address).status_code == 403
        assert office.desk(who).post(address, data=FORM).status_code == 403


def test_the_command_line_says_why_it_refuses(town):
    refused = say(town, "add-day-off", "2026-03-18", "Hari apa", "--region", "52.06", "--source", "SK 1")
    assert refused.exit_code == 1 and "sudah libur: Cuti Bersama Hari Suci Nyepi" in refused.output
