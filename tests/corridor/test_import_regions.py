"""A new official list of regions: shown, asked about, applied; whatever it changes, every case keeps its name, its desk and its readers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from ntbcare import commands
from ntbcare.casework import seeding
from tests.corridor.looking import CLINIC, RIDDLE, ROAD, by_form, by_sms, count, pin_of, story

SEED = Path(commands.__file__).parent / "seed" / "ntb"
WOHA, TENTE, RISA, NEW, OTHER = "52.06.03", "52.06.03.2003", "52.06.03.2007", "52.06.03.2030", "52.06.03.2031"
POTHOLE = "Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, {}"
QUESTION = "mohon bantuannya untuk Desa Tente Kecamatan Woha Kabupaten Bima, {}"
assert (POTHOLE, QUESTION) == (ROAD, RIDDLE)


@pytest.fixture
def run(new_town):
    """`flask --app wsgi …` in this town; returns (exit code, what was printed). Afterwards every process has read the tables again."""
    commands.attach(new_town.app, seed_dir=SEED, data_dir=new_town.outbox.parent, development=True)

    def of(*words: object, answer: str | None = None) -> tuple[int, str]:
        result = new_town.app.test_cli_runner().invoke(args=[str(word) for word in words], input=answer)
        new_town.clock.forward(seconds=4)
        return result.exit_code, result.output

    return of


def listed(tmp_path: Path, *more: str, root: str = WOHA, without: tuple[str, ...] = (), **names: str) -> Path:
    """The seed's regions below `root` as an official list: `without` some, others `names`d anew (v2003="Raya"), and `more` lines."""
    lines = [(row["code"], row["name"], "") for row in seeding.read(SEED / "regions.csv") if f"{row['code']}.".startswith(f"{root}.")]
    told = [(code, names.get(f"v{code[-4:]}", name), was) for code, name, was in lines if code not in without]
    text = io.StringIO()
    csv.writer(text).writerows([("code", "name", "was"), *told, *(line.split(",") for line in more)])
    path = tmp_path / "kode wilayah.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def everything(town) -> list[list[tuple]]:
    """All that an import may change."""
    tables = ("regions", "region_aliases", "borders", "reference_stamp", "journal", "alarms", "cases")
    return [town.sql(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables]


def region(town, code: str) -> tuple:
    return town.sql("SELECT name, valid_to IS NOT NULL, successor, lat IS NOT NULL FROM regions WHERE code = :code", code=code)[0]


def alarms(town) -> dict[str, str]:
    return dict(town.sql("SELECT subject, sentence FROM alarms WHERE kind = 'region_ended'"))


def test_the_diff_is_shown_applied_and_journalled_and_the_second_time_nothing_happens(new_town, run, tmp_path):
    by_sms(new_town, "+6281100015001", POTHOLE.format("dihitung"))
    path = listed(tmp_path, f"{NEW},Tente Raya,{TENTE}", f"{OTHER},Risa Timur,{RISA}", without=(TENTE, "52.06.03.2015"), v2001="Keli Baru")
    code, told = run("import-regions", path, "--source", "Kepmendagri 2026", "--yes")
    assert code == 0, told
    for words in (
        "covers     52.06.03 Woha (village)", "new        2: 52.06.03.2030 Tente Raya, 52.06.03.2031 Risa Timur",
        "renamed    1: 52.06.03.2001 Keli -> Keli Baru", "recoded    1: 52.06.03.2003 Tente -> 52.06.03.2030 Tente Raya",
        "split off  1: 52.06.03.2031 Risa Timur from 52.06.03.2007 Risa", "ended      1: 52.06.03.2015 Penapali", "unchanged  13",
        "on 52.06.03.2003 Tente: 1 open cases, ", " aliases", "its open cases go to 52.06.03.2030 Tente Raya",
    ):  # fmt: skip
        assert words in told, (words, told)
    assert told.endswith("changed\n")
    assert region(new_town, TENTE) == ("Tente", True, NEW, True)
    assert region(new_town, NEW) == ("Tente Raya", False, None, True), "the same ground under another code has the same point"
    body = new_town.sql("SELECT body FROM journal WHERE tag = 'reference:regions' AND case_id IS NULL")
    assert len(body) == 1
    assert '"source":"Kepmendagri 2026"' in body[0][0] and '"ended":1' in body[0][0] and '"cases_moved":1' in body[0][0]
    before = everything(new_town)
    code, told = run("import-regions", path, "--yes")
    assert (code, everything(new_town)) == (0, before)
    assert "unchanged  16" in told and told.endswith("nothing to do\n")


@pytest.mark.parametrize(
    ("option", "answer", "words"), [(("--dry-run",), None, "dry run: nothing was changed"), ((), "n\n", "Apply this?")]
)
def test_a_dry_run_and_a_no_change_nothing(new_town, run, tmp_path, option, answer, words):
    before = everything(new_town)
    _, told = run("import-regions", listed(tmp_path, without=(TENTE,), v2007="Risa Baru"), *option, answer=answer)
    assert "ended      1: 52.06.03.2003 Tente" in told and words in told
    assert everything(new_town) == before


def test_the_list_the_house_was_seeded_with_changes_nothing(new_town, run):
    before = everything(new_town)
    code, told = run("import-regions", SEED / "regions.csv")
    assert (code, everything(new_town)) == (0, before)
    assert "covers     52 Nusa Tenggara Barat (regency, district, village)" in told and told.endswith("nothing to do\n")


def test_a_yes_applies_it(new_town, run, tmp_path):
    code, told = run("import-regions", listed(tmp_path, v2007="Risa Baru"), answer="y\n")
    assert code == 0 and told.endswith("changed\n") and region(new_town, RISA)[0] == "Risa Baru"


def test_a_renamed_village_is_found_by_its_old_name_and_called_by_its_new_one(new_town, run, tmp_path, office_of):
    old = by_sms(new_town, "+6281100015011", POTHOLE.format("sebelum"))
    run("import-regions", listed(tmp_path, v2003="Sumber Jaya"), "--yes")
    assert "Desa Sumber Jaya, Kecamatan Woha" in office_of(new_town).page("imran", old)
    for number, name in enumerate(("Tente", "Sumber Jaya")):
        ticket = by_sms(new_town, f"+62811000150{number + 12}", f"Jalan berlubang dalam di Desa {name} Kecamatan Woha, sesudah {number}")
        assert new_town.case(ticket)["region"] == TENTE
    ticket = by_sms(new_town, "+6281100015019", "Lampu jalan mati di pasar tente kec woha kab bima sejak kemarin")
    assert new_town.case(ticket)["region"] == TENTE


def test_the_old_name_of_a_recoded_village_and_its_landmarks_find_the_new_code(new_town, run, tmp_path):
    run("import-regions", listed(tmp_path, f"{NEW},Sumber Jaya,{TENTE}", without=(TENTE,)), "--yes")
    for number, place in enumerate(("Desa Tente Kecamatan Woha", "pasar tente kec woha kab bima", "Desa Sumber Jaya")):
        ticket = by_sms(new_town, f"+62811000150{number + 21}", f"Jalan berlubang dalam sekali di {place}, kode {number}")
        assert new_town.case(ticket)["region"] == NEW, place
    (spot,) = new_town.sql("SELECT lat, lon FROM regions WHERE code = :code", code=TENTE)
    ticket = new_town.api(text="Lampu jalan di sini mati sejak kemarin malam", lat=spot[0], lon=spot[1]).json["ticket"]
    new_town.work_off()
    assert new_town.case(ticket)["region"] == NEW, "a position finds no region that has ended"


def test_what_became_several_is_asked_about_and_its_old_cases_stay_with_an_alarm(new_town, run, tmp_path, office_of):
    old = by_sms(new_town, "+6281100015031", POTHOLE.format("terbagi"))
    _, told = run(
        "import-regions", listed(tmp_path, f"{NEW},Tente Barat,{TENTE}", f"{OTHER},Tente Timur,{TENTE}", without=(TENTE,)), "--yes"
    )
    assert "recoded    1: 52.06.03.2003 Tente -> 52.06.03.2030 Tente Barat and 52.06.03.2031 Tente Timur" in told
    assert "LOOK: its open cases stay on the old code: it became several" in told
    assert new_town.case(old)["region"] == TENTE and old[:3] in alarms(new_town)[TENTE] and "Tente Timur" in alarms(new_town)[TENTE]
    assert "Desa Tente, Kecamatan Woha" in office_of(new_town).page("imran", old)
    fresh = by_sms(new_town, "+6281100015032", "Jalan berlubang dalam di Desa Tente Kecamatan Woha, yang mana ya")
    assert new_town.case(fresh)["region"] in (None, WOHA) and "Tente Barat" in (new_town.case(fresh)["question"] or "")


def test_a_case_in_an_ended_village_opens_everywhere_is_listed_counted_and_worked_on(new_town, run, tmp_path, office_of):
    office, me = office_of(new_town), new_town.browser()
    ticket = by_form(new_town, QUESTION.format("berakhir"), me).headers["Location"][-9:]
    new_town.work_off()
    assert new_town.case(ticket)["region"] == TENTE
    _, told = run("import-regions", listed(tmp_path, without=(TENTE,)), "--yes")
    assert "LOOK: its open cases stay on the old code: nothing is named that replaces it" in told
    pretty = f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"
    assert alarms(new_town) == {
        TENTE: f"Wilayah {TENTE} Tente sudah berakhir tanpa pengganti, tetapi masih dipakai oleh laporan terbuka {pretty}."
    }
    assert "Desa Tente" in me.get(f"/t/{ticket}").text, "the reporter still reads where it is"
    page = office.page("imran", ticket)
    assert "Desa Tente, Kecamatan Woha, Kabupaten Bima" in page
    assert pretty in office.queue("imran") or ticket in office.queue("imran")
    assert "Wilayah sudah berakhir" in office.desk("admin").get("/kendali").text
    office.act("imran", ticket, "verify", region=TENTE, category="jalan_jembatan.jalan_berlubang")
    assert new_town.case(ticket)["state"] == "verified" and new_town.case(ticket)["region"] == TENTE
    two = by_sms(
        new_town,
        "+6281100015035",
        "Jalan di Desa Risa Kecamatan Woha berlubang besar sudah lama. Obat di puskesmas Woha kosong sejak Senin",
    )
    run("import-regions", listed(tmp_path, without=(TENTE, RISA)), "--yes")
    parts = [str(number) for number in (1, 2)]
    answers = [office.desk("imran").post(f"/meja/{two}/pisah", data={"part": part}).status_code for part in parts]
    assert 303 in answers and count(new_town, "cases", "split_from IS NOT NULL") == 1, "what lies there can still be taken apart"
    assert new_town.api(text="Lampu mati di sini sejak kemarin", region=TENTE).status_code == 422, "offered to nobody, chosen by nobody"


def test_an_open_case_follows_its_village_and_its_book_says_so_to_all_its_readers(new_town, run, tmp_path, office_of):
    office, me = office_of(new_town), new_town.browser()
    ticket = by_form(new_town, POTHOLE.format("pindah"), me).headers["Location"][-9:]
    closed = by_sms(new_town, "+6281100015041", CLINIC.format("selesai").replace("Kecamatan Woha", "Desa Tente Kecamatan Woha"))
    new_town.work_off()
    office.act("halim", closed, "start")
    office.act("halim", closed, "respond", words="Obat sudah ada.")
    new_town.sms("+6281100015041", "YA")
    new_town.work_off()
    assert new_town.case(closed)["state"] == "closed" and new_town.case(closed)["region"] == TENTE
    held = new_town.case(ticket)
    run("import-regions", listed(tmp_path, f"{NEW},Tente Raya,{TENTE}", without=(TENTE,)), "--yes")
    case = new_town.case(ticket)
    assert (case["region"], case["unit_id"], case["desk_id"], case["state"]) == (NEW, held["unit_id"], held["desk_id"], held["state"])
    words = f"Dulu Desa Tente, kode {TENTE}; sekarang Desa Tente Raya, kode {NEW}. Laporannya tetap sama."
    assert ("case:region_moved", "timer") in story(new_town, ticket)
    for page in (office.page("imran", ticket), office.page("bagus", ticket), me.get(f"/t/{ticket}").text):
        assert words in page and "Wilayahnya berganti nama atau kode" in page and "Desa Tente Raya" in page
    assert words not in new_town.browser().get(f"/t/{ticket}").text, "a stranger reads no story"
    assert new_town.case(closed)["region"] == TENTE and "Desa Tente, Kecamatan Woha" in office.page("imran", closed)
    stranger = new_town.browser()
    stranger.post(f"/t/{closed}/pin", data={"pin": pin_of(new_town, closed)})
    assert "Desa Tente" in stranger.get(f"/t/{closed}").text
    assert alarms(new_town) == {}
    assert run("verify-journal")[0] == 0


def test_a_split_district_takes_its_villages_and_their_cases_and_the_office_stays_with_the_old_one(new_town, run, tmp_path, office_of):
    ticket = by_sms(new_town, "+6281100015051", POTHOLE.format("kecamatan dibagi"))
    path = listed(
        tmp_path, f"52.06.31,Woha Timur,{WOHA}", f"52.06.31.2001,Tente,{TENTE}", f"52.06.31.2002,Risa,{RISA}", without=(TENTE, RISA)
    )
    code, told = run("import-regions", path, "--yes")
    assert code == 0 and "split off  1: 52.06.31 Woha Timur from 52.06.03 Woha" in told and "recoded    2" in told
    assert new_town.case(ticket)["region"] == "52.06.31.2001"
    assert "Desa Tente, Kecamatan Woha Timur, Kabupaten Bima" in office_of(new_town).page("imran", ticket)
    assert region(new_town, WOHA)[1] is False
    fresh = by_sms(new_town, "+6281100015052", "Jalan berlubang dalam sekali di Desa Tente Kecamatan Woha Timur Kabupaten Bima")
    assert new_town.case(fresh)["region"] == "52.06.31.2001"


def test_units_and_rules_on_a_region_that_ends_are_named_and_its_office_still_gets_what_comes(new_town, run, tmp_path):
    new_town.sql("UPDATE routing_rules SET region = :code WHERE position = (SELECT min(position) FROM routing_rules)", code=WOHA)
    villages = [code for (code,) in new_town.sql("SELECT code FROM regions WHERE parent = :code ORDER BY code", code=WOHA)]
    names = dict(new_town.sql("SELECT code, name FROM regions"))
    path = tmp_path / "woha.csv"
    path.write_text("\n".join(["code,name,was", f"52.06.31,Woha,{WOHA}", *(f"52.06.31.{code[-4:]},{names[code]}," for code in villages)]))
    _, told = run("import-regions", path, "--yes")
    assert "LOOK: the unit 52.06.03.kec Kecamatan Woha still stands on it" in told and "LOOK: the routing rule" in told
    assert f"recoded    {len(villages) + 1}" in told, "villages follow by number and name"
    assert "unit 52.06.03.kec Kecamatan Woha" in alarms(new_town)[WOHA] and "aturan pembagian" in alarms(new_town)[WOHA]
    form = new_town.browser().get("/lapor").text
    assert '"52.06.31"' in form and f'"{WOHA}"' not in form, "what has ended is offered to nobody"
    with new_town.app.app_context(), new_town.work() as work:
        assert work.ref.unit_of("kecamatan", "52.06.31").name == "Kecamatan Woha"


def test_a_recoded_regency_without_a_coordinator_of_its_own_leaves_cases_where_somebody_reads_them(new_town, run, tmp_path, office_of):
    office, ticket = office_of(new_town), by_sms(new_town, "+6281100015061", QUESTION.format("kabupaten baru"))
    path = tmp_path / "bima.csv"
    rows = [row for row in seeding.read(SEED / "regions.csv") if f"{row['code']}.".startswith("52.06.")]
    path.write_text("\n".join(["code,name,was", *(f"52.19{row['code'][5:]},{row['name']},{row['code']}" for row in rows)]))
    code, told = run("import-regions", path, "--yes")
    assert code == 0 and "LOOK: its open cases stay on the old code: no coordinator of 52.19 could read them" in told
    assert new_town.case(ticket)["region"] == TENTE and "Desa Tente" in office.page("imran", ticket)
    assert ticket[:3] in alarms(new_town)[TENTE]
    fresh = by_sms(new_town, "+6281100015062", QUESTION.format("sesudah pindah"))
    assert new_town.case(fresh)["region"] == "52.19.03.2003" and "Tente" in office.page("citra", fresh), "the province's coordinator has it"
    new_town.sql("UPDATE units SET region = '52.19' WHERE code = '52.06.diskominfo'")
    new_town.sql("UPDATE reference_stamp SET stamp = stamp || 'x'")
    new_town.clock.forward(seconds=4)
    code, told = run("import-regions", path, "--yes")
    assert code == 0 and new_town.case(ticket)["region"] == "52.19.03.2003", (
        "once the coordinator's desk is there, the same list moves them"
    )
    assert "Desa Tente" in office.page("imran", ticket)


def test_a_bad_list_loses_nothing_and_names_each_fault(new_town, run, tmp_path):
    before = everything(new_town)
    code, told = run(
        "import-regions", listed(tmp_path, f"{TENTE},Tente,", "52.06.3,Woha,", "52.06.77.2001,Jauh,", "51.01,Jembrana,"), "--yes"
    )
    assert (code, everything(new_town)) == (1, before)
    assert "stands already in line" in told and "“52.06.3” is no code" in told and "another province than this one (52)" in told
    assert told.rstrip().endswith("Nothing was changed.") and "Traceback" not in told
    code, told = run("import-regions", tmp_path / "none.csv")
    assert code == 1 and "cannot be read" in told


def test_a_new_seed_undoes_nothing_of_it(new_town, run, tmp_path):
    run("import-regions", listed(tmp_path, f"{NEW},Sumber Jaya,{TENTE}", without=(TENTE, "52.06.03.2015"), v2007="Risa Baru"), "--yes")
    before = (
        new_town.sql("SELECT code, name, valid_to, successor FROM regions ORDER BY code"),
        count(new_town, "region_aliases", "ended_at IS NULL"),
    )
    new_town.sql("UPDATE reference_stamp SET stamp = 'older' || substring(stamp from position('+' in stamp))")
    with new_town.app.app_context(), new_town.work() as work:
        assert seeding.seed(work, SEED)
        work.commit()
    after = (
        new_town.sql("SELECT code, name, valid_to, successor FROM regions ORDER BY code"),
        count(new_town, "region_aliases", "ended_at IS NULL"),
    )
    assert after == before
    new_town.clock.forward(seconds=4)
    for number, (name, code) in enumerate((("Tente", NEW), ("Risa", RISA))):
        ticket = by_sms(new_town, f"+62811000150{number + 71}", f"Jalan berlubang dalam di Desa {name} Kecamatan Woha, benih {number}")
        assert new_town.case(ticket)["region"] == code
