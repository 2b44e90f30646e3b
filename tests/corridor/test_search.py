"""An officer finds a case by whatever is remembered of it, and nobody finds what they may not list."""

from __future__ import annotations

import pytest

from tests.corridor.looking import statements


@pytest.fixture(scope="module")
def archive(town):
    """A few cases of Kabupaten Bima and one of Lombok, read by the workers."""
    told = {
        "lamp": {"text": "Lampu jalan di desa Tente padam sejak seminggu, anak-anak takut pulang ngaji", "region": "52.06.03"},
        "road": {"text": "jln rusak parah dkt psr tente, banyak motor jatuh", "region": "52.06.03"},
        "clinic": {"text": "Puskesmas Woha kehabisan obat darah tinggi", "category": "kesehatan", "region": "52.06.03"},
        "elsewhere": {"text": "Puskesmas Narmada kehabisan obat batuk", "category": "kesehatan", "region": "52.01.09"},
        "secret": {"text": "Puskesmas Woha menolak pasien kusta", "category": "kesehatan", "region": "52.06.03", "confidential": True},
    }
    tickets = {name: town.api(**fields).json["ticket"] for name, fields in told.items()}
    town.work_off()
    return tickets


def found(town, who: str, words: str, **more: str) -> str:
    answer = town.desk(who).get("/meja/cari", query_string={"q": words, **more})
    assert answer.status_code == 200
    return answer.text


def test_words_are_found_in_any_spelling(town, archive):
    for words in ("jalan rusak", "jln rusak", "JALAN   rusakkk", "motor jatuh tente", "kerusakan jalan"):
        page = found(town, "imran", words)
        assert archive["road"] in page, words
        assert archive["clinic"] not in page


def test_place_topic_and_unit_are_found_too(town, archive):
    assert archive["clinic"] in found(town, "imran", "kesehatan woha")
    assert archive["road"] in found(town, "imran", "pekerjaan umum")


def test_quotes_keep_words_together_and_a_minus_leaves_one_out(town, archive):
    assert archive["lamp"] in found(town, "imran", '"lampu jalan"')
    assert archive["road"] not in found(town, "imran", '"lampu jalan"')
    assert archive["lamp"] not in found(town, "imran", "jalan -lampu")
    assert archive["road"] in found(town, "imran", "jalan -lampu")


def test_a_number_opens_its_case(town, archive):
    answer = town.desk("imran").get("/meja/cari", query_string={"q": archive["road"]})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/meja/{archive['road']}")


def test_nobody_finds_what_is_not_theirs_to_list(town, archive):
    assert archive["elsewhere"] not in found(town, "imran", "puskesmas obat")
    assert archive["clinic"] in found(town, "imran", "puskesmas obat")
    assert archive["road"] not in found(town, "halim", "jalan rusak")
    answer = town.desk("imran").get("/meja/cari", query_string={"q": archive["elsewhere"]})
    assert answer.status_code == 200
    assert "Tidak ada laporan yang cocok" in answer.text


def test_words_that_a_leader_does_not_read_find_nothing_for_a_leader(town, archive):
    assert archive["secret"] in found(town, "imran", "pasien kusta")
    assert archive["secret"] not in found(town, "gubernur", "pasien kusta")
    assert archive["clinic"] in found(town, "gubernur", "puskesmas obat")


def test_a_case_that_goes_to_another_unit_is_found_there(town, office, archive):
    ticket = town.api(text="Kotak ungu misterius tergeletak begitu saja", region="52.06.03").json["ticket"]
    town.work_off()
    assert ticket not in found(town, "halim", "kotak ungu")
    office.act("imran", ticket, "verify", category="kesehatan")
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dinkes"))
    assert ticket in found(town, "halim", "kotak ungu")


def test_any_question_is_answered_calmly(town, archive):
    for words in (
        "",
        "   ",
        "dan",
        "yang di",
        "di",
        "'",
        '"',
        "&|!():*",
        "-",
        "- -",
        "u:1",
        "'u:1'",
        "k:secret",
        "\u202e\u0000x",
        "ꦲꦏ꧀ꦱꦫ",
        "a" * 5000,
        "%_\\",
    ):
        answer = town.desk("halim").get("/meja/cari", query_string={"q": words})
        assert answer.status_code in (200, 422), words
        assert "<table" not in answer.text, words


def test_a_page_of_matches_costs_a_bounded_number_of_statements(town, archive):
    desk = town.desk("imran")
    desk.get("/meja/cari?q=obat")
    with statements(town) as seen:
        desk.get("/meja/cari?q=obat")
    assert len(seen) <= 5, seen
