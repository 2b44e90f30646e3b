"""The rules tried out: where a text would go and why, what another table would have done; nothing is stored, changed or logged."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from ntbcare import commands
from tests.corridor.looking import count, everywhere

SEED = Path(__file__).parents[2] / "ntbcare/seed/ntb/routing_rules.csv"
SECRET = "Jalan rusak berlubang di Desa Tente Kecamatan Woha Kabupaten Bima dekat rumah Zubaidahrahasia"


def flask(town, *args: str):
    """A command of ours."""
    commands.attach(town.app, seed_dir=Path("."), data_dir=Path("."), development=True)
    return town.app.test_cli_runner().invoke(args=list(args))


def rules_with(**changes: str) -> str:
    """The seed's table with rule 120 (roads) changed."""
    lines = SEED.read_text(encoding="utf-8").splitlines()
    for old, new in changes.values():
        lines = [line.replace(old, new, 1) if line.startswith("120,") else line for line in lines]
    return "\n".join(lines) + "\n"


ROADS_TO_THE_PROVINCE = rules_with(level=(",regency,", ",province,"))


@pytest.fixture(scope="module")
def roads(town) -> str:
    """Cases to try a table on; the ticket of one of them."""
    for number in range(3):
        answer = town.api(text=f"Jalan berlubang nomor {number}", category="jalan_jembatan", region="52.06.03")
        town.api(text=f"Obat kosong nomor {number}", category="kesehatan", region="52.06.03")
    town.work_off()
    return answer.json["ticket"].replace(" ", "")


def test_the_page_says_unit_rule_runner_up_and_words(town, office):
    page = office.desk("imran").post("/meja/jalur", data={"text": SECRET})
    assert page.status_code == 200
    for said in ("Dinas Pekerjaan Umum dan Penataan Ruang Kabupaten Bima", "Aturan nomor 120", "Aturan nomor 920", "topiknya lebih khusus",
                 "Desa Tente", "Lewat SMS", "kami terima"):  # fmt: skip
        assert said in page.text, said


def test_nothing_of_the_text_stays_anywhere(town, office, capfd):
    office.desk("citra")  # signing in is an entry in the book
    before = {table: count(town, table) for table in ("cases", "messages", "journal", "errands", "notices", "alarms")}
    assert "Zubaidahrahasia" in office.desk("citra").post("/meja/jalur", data={"text": SECRET}).text
    out = flask(town, "route-explain", SECRET).output
    assert "Zubaidahrahasia" not in out
    assert everywhere(town, "Zubaidahrahasia") == []
    assert {table: count(town, table) for table in before} == before
    heard = capfd.readouterr()
    assert "Zubaidahrahasia" not in heard.out + heard.err


def test_the_door_is_named_for_words_of_misconduct(town, office):
    page = office.desk("imran").post("/meja/jalur", data={"text": "petugas puskesmas marah-marah minta uang"})
    assert "Ditolak di pintu" in page.text


@pytest.mark.parametrize(("text", "status"), [("", 422), ("   ", 422), ("x" * 25_000, 413), ("<script>alert(1)</script> \x00 jalan", 200)])
def test_strange_texts_are_answered_in_words(office, text, status):
    answer = office.desk("imran").post("/meja/jalur", data={"text": text})
    assert answer.status_code in (status, 422), answer.status_code
    assert "<script>alert" not in answer.text


def test_officers_and_leaders_do_not_enter_and_coordinators_try_no_table(town, office, roads):
    assert office.desk("bagus").get("/meja/jalur").status_code == 403
    assert office.desk("sekda").get("/meja/jalur").status_code == 403
    assert 'name="rules"' not in office.desk("imran").get("/meja/jalur").text
    assert 'name="rules"' in office.desk("admin").get("/meja/jalur").text
    file = {"rules": (io.BytesIO(SEED.read_bytes()), "r.csv"), "days": "30"}
    assert office.desk("imran").post("/meja/jalur/uji", data=file).status_code == 403


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Jalan rusak parah di Desa Sukadana", "Di mana kejadiannya? 1) Kabupaten Lombok Tengah 2) Kabupaten Lombok Timur"),
        (
            "Jalan rusak parah di desa Tente, kecamatan Batukliang Utara",
            "Di mana kejadiannya? 1) Kabupaten Bima 2) Kabupaten Lombok Tengah.",
        ),
        ("Jalan rusak parah di depan masjid", "Di desa dan kecamatan mana kejadiannya?"),
        (SECRET, ""),
        ("petugas puskesmas marah-marah minta uang", ""),  # turned away at the door: nobody is asked
    ],
)
def test_what_the_sender_would_be_asked_is_shown_and_stands_in_the_words_they_read(town, office, text, asked):
    page = office.desk("imran").post("/meja/jalur", data={"text": text}).text
    shown = page.partition("Akan ditanyakan</dt><dd>")[2].partition("</dd>")[0]
    out = flask(town, "route-explain", text).output
    line = next(line for line in out.splitlines() if line.startswith("asked"))
    if asked:
        assert shown.startswith(asked) and asked in line
        assert asked in out.partition("to sms")[2]
    else:
        assert (shown, line.split()[1:]) == ("Tidak ada pertanyaan.", ["nothing"])


def test_the_link_stands_in_the_frame_of_those_who_may(office):
    assert 'href="/meja/jalur"' in office.queue("imran")
    assert 'href="/meja/jalur"' in office.desk("admin").get("/kendali").text
    assert 'href="/meja/jalur"' not in office.queue("bagus")


def test_route_explain_names_rule_runner_up_helpers_and_words(town):
    out = flask(town, "route-explain", "limbah medis puskesmas", "--region", "52.06.03", "--category", "sampah_lingkungan").output
    assert "order 305, version 2026-1, id " in out
    assert "Dinas Kesehatan Kabupaten Bima" in out.partition("helpers")[2].splitlines()[0]
    assert "order 310" in out.partition("next rule")[2].splitlines()[0]
    assert "menyebut kata yang ditulis pelapor" in out
    assert "kami terima" in out.partition("to sms")[2]
    assert "123" in flask(town, "route-explain", "listrik padam", "--region", "52.06", "--category", "listrik_penerangan").output
    assert flask(town, "route-explain", "x", "--region", "99").exit_code == 1


def test_the_table_in_force_moves_nothing(town, roads):
    out = flask(town, "route-dry-run", str(SEED)).output
    assert "0 of 6 cases would go elsewhere" in out
    assert "FAULT" not in out


def test_another_table_is_rehearsed_and_nothing_changes(town, office, roads, tmp_path):
    file = tmp_path / "rules.csv"
    file.write_text(ROADS_TO_THE_PROVINCE, encoding="utf-8")
    before = town.sql("SELECT id, version, unit_id, desk_id, because FROM cases ORDER BY id"), count(town, "journal")
    out = flask(town, "route-dry-run", str(file), "--days", "2").output
    assert "3 of 6 cases would go elsewhere" in out
    assert f"{roads}  Dinas Pekerjaan Umum dan Penataan Ruang Kabupaten Bima -> Dinas Pekerjaan Umum, Penataan Ruang, Perumahan" in out
    assert "(rule 120)" in out
    page = office.desk("admin").post("/meja/jalur/uji", data={"rules": (io.BytesIO(file.read_bytes()), "r.csv"), "days": "30"}).text
    assert "<b>3</b> dari 6" in page
    assert page.count("aturan 120") == 3
    assert (town.sql("SELECT id, version, unit_id, desk_id, because FROM cases ORDER BY id"), count(town, "journal")) == before


def test_protected_cases_are_counted_and_neither_named_nor_explained(new_town, office_of, tmp_path):
    admin, file = office_of(new_town).desk("admin"), tmp_path / "rules.csv"
    file.write_text(ROADS_TO_THE_PROVINCE, encoding="utf-8")
    tickets_ = [
        new_town.api(text=f"Jalan berlubang nomor {n}", category="jalan_jembatan", region="52.06.03", **more)
        .json["ticket"]
        .replace("-", "")
        for n, more in enumerate(({}, {"anonymous": True}, {"confidential": True}, {}))
    ]
    new_town.work_off()
    new_town.sql("UPDATE categories SET sealed = 'restricted' WHERE code = 'jalan_jembatan.jalan_berlubang'")
    new_town.sql("UPDATE cases SET category = 'jalan_jembatan.jalan_berlubang' WHERE ticket = :ticket", ticket=tickets_[3])
    new_town.sql("UPDATE reference_stamp SET stamp = stamp || 'x'")
    new_town.clock.forward(seconds=4)
    out = flask(new_town, "route-dry-run", str(file)).output
    assert "4 of 4 cases would go elsewhere" in out and "3 of them are protected" in out
    assert [ticket for ticket in tickets_ if ticket in out] == tickets_[:1]
    page = admin.post("/meja/jalur/uji", data={"rules": (io.BytesIO(file.read_bytes()), "r.csv"), "days": "30"}).text
    assert "<b>4</b> dari 4" in page and "3 di antaranya dilindungi" in page and page.count("aturan 120") == 1
    assert "daftar lengkap" not in page


def test_a_table_that_holds_to_the_last_day_there_is_is_rehearsed_like_any_other(office, roads):
    last = rules_with(end=("2025-01-01,,", "2025-01-01,9999-12-31,"))
    line = next(line for line in last.splitlines() if line.startswith("120,"))
    later = line.replace("2026-1,2025-01-01,9999-12-31", "2026-2,2026-01-01,")
    file = (last + later + "\n").encode()
    answer = office.desk("admin").post("/meja/jalur/uji", data={"rules": (io.BytesIO(file), "r.csv"), "days": "30"})
    assert answer.status_code == 200 and "chance would decide" in answer.text


def test_a_broken_table_is_rehearsed_with_its_faults_named(town, office, roads):
    broken = rules_with(function=(",pu,", ",hantu,")).encode()
    page = office.desk("admin").post("/meja/jalur/uji", data={"rules": (io.BytesIO(broken), "r.csv"), "days": "30"}).text
    assert "“hantu” belongs to no unit" in page
    assert "Koordinator" in page


@pytest.mark.parametrize(("content", "days"), [(b"", "30"), (b"\xff\xfe\x00", "30"), (b"a,b\n1,2\n", "30"), (b"x" * 500_001, "30"),
                                               (SEED.read_bytes(), "0"), (SEED.read_bytes(), "sejuta"), (SEED.read_bytes(), "9" * 5_000)])  # fmt: skip
def test_what_is_no_table_is_refused_in_words(office, content, days):
    answer = office.desk("admin").post("/meja/jalur/uji", data={"rules": (io.BytesIO(content), "r.csv"), "days": days})
    assert answer.status_code == 422
    assert "Ada yang perlu diperbaiki" in answer.text


def test_cases_before_the_days_asked_for_are_not_read(new_town, office_of):
    office = office_of(new_town)
    new_town.api(text="Jalan berlubang dulu", category="jalan_jembatan", region="52.06.03")
    new_town.clock.forward(days=40)
    page = office.desk("admin").post("/meja/jalur/uji", data={"rules": (io.BytesIO(SEED.read_bytes()), "r.csv"), "days": "30"}).text
    assert "<b>0</b> dari 0" in page


def test_ten_thousand_cases_are_rehearsed_in_twenty_seconds(new_town, tmp_path):
    new_town.api(text="Jalan berlubang di Tente, sudah lama tidak diperbaiki, mohon segera ditangani sebelum ada korban", category="jalan_jembatan",
                 region="52.06.03")  # fmt: skip
    new_town.work_off()
    columns = [row[0] for row in new_town.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'cases'")]
    copied = [name for name in columns if name not in ("id", "ticket")]
    names = ", ".join(f'"{name}"' for name in copied)
    new_town.sql(f"INSERT INTO cases (ticket, {names}) SELECT 'X' || n, {names} FROM cases, generate_series(1, 9999) n")
    file = tmp_path / "rules.csv"
    file.write_text(ROADS_TO_THE_PROVINCE, encoding="utf-8")
    begun = time.monotonic()
    out = flask(new_town, "route-dry-run", str(file)).output
    assert "10000 of 10000 cases would go elsewhere" in out
    assert time.monotonic() - begun < 20
