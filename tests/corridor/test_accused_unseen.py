"""A report that names a unit is invisible to it: in lists, counts, search, bells, files, on every address, and whatever is done to it."""

from __future__ import annotations

import html
import re

import pytest

from ntbcare.domain import tickets
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, RIDDLE, ROAD, by_sms, last, story

WOHA = "di Kecamatan Woha Kabupaten Bima"
# who is accused and signs in, the words, the canary in them
NAMED = [
    ("imran", f"petugas kominfo membentak saya waktu mengadu ZEBRAKOM {WOHA}", "ZEBRAKOM"),
    ("bagus", f"pegawai pupr membentak saya di Desa Tente GAJAHPU {WOHA}", "GAJAHPU"),
    ("nurhayati", f"pegawai pupr menghina ibu saya waktu hujan RUSAPU {WOHA}", "RUSAPU"),
    ("halim", f"kepala dinas kesehatan menghina warga waktu rapat SINGADIN {WOHA}", "SINGADIN"),
    ("ratna", f"camat tidur waktu kami datang KUDACAMAT {WOHA}", "KUDACAMAT"),
]


def code(town, ticket: str) -> str | None:
    return town.sql("SELECT (SELECT code FROM units WHERE id = unit_id) FROM cases WHERE ticket = :t", t=ticket)[0][0]


def desk(town, ticket: str) -> str:
    return town.sql("SELECT u.code FROM cases c JOIN units u ON u.id = c.desk_id WHERE ticket = :t", t=ticket)[0][0]


def addresses(town, ticket: str, words: str) -> list[str]:
    """Every address that answers a GET behind the sign-in, filled in for this case."""
    found = []
    for rule in town.app.url_map.iter_rules():
        if "GET" in rule.methods and str(rule).startswith(("/meja", "/kendali")):
            path = str(rule).replace("<ticket>", ticket).replace("<event>", "dispose")
            found.append(re.sub(r"<int:\w+>", "1", path))
    tabs = [f"/meja?tab={tab}" for tab in ("todo", "waiting", "attention", "forwarded", "all", "helping", "done")]
    return [*found, *tabs, f"/meja/cari?q={words}", f"/meja/cari?q={ticket}", f"/meja/cari?q={words}&which=open"]


@pytest.fixture(scope="module")
def named(town) -> dict[str, str]:
    """canary → ticket."""
    return {canary: by_sms(town, f"+62811000470{number:02}", text) for number, (_, text, canary) in enumerate(NAMED)}


@pytest.mark.parametrize(("who", "text", "canary"), NAMED)
def test_no_address_shows_it_to_whom_it_names(town, office, named, who, text, canary):
    ticket, browser = named[canary], office.desk(who)
    assert town.case(ticket)["accused"], "it is kept with the case"
    for path in addresses(town, ticket, canary.lower()):
        page = browser.get(path).text
        assert canary not in page and tickets.pretty(ticket) not in page, path
        assert f'href="/meja/{ticket}' not in page, path
    assert browser.get(f"/meja/{ticket}").status_code == 404


@pytest.mark.parametrize(("who", "text", "canary"), NAMED)
def test_whoever_is_not_named_still_finds_it(town, office, named, who, text, canary):
    ticket = named[canary]
    for other in ("citra",):
        assert canary in office.desk(other).get(f"/meja/{ticket}").text
        assert tickets.pretty(ticket) in office.desk(other).get(f"/meja/cari?q={canary.lower()}").text
    if who != "imran":
        assert canary in office.desk("imran").get(f"/meja/{ticket}").text, "who coordinates and is not accused reads it"
    assert canary in office.desk("bupati.bima").get(f"/meja/{ticket}").text, "and who leads"


def test_it_does_not_count_either(town, office, named):
    counted = lambda: re.findall(r'class="count[^>]*>([^<]*)<', office.queue("imran", "all"))  # noqa: E731
    before = counted()
    by_sms(town, "+6281100047050", f"operator lapor memaki saya di telepon kemarin {WOHA}")
    assert counted() == before


@pytest.mark.parametrize("event", ["ask", "merge", "verify", "dispose", "archive"])
def test_the_accused_coordinator_can_do_nothing_with_it(town, office, named, event):
    ticket, before = named["ZEBRAKOM"], town.case(named["ZEBRAKOM"])
    answer = town.act(office.desk("imran"), ticket, event, words="Siapa nama Anda?", parent=named["GAJAHPU"], unit="1")
    assert answer.status_code == 404
    assert town.case(ticket)["version"] == before["version"]


def test_what_no_unit_has_and_names_the_coordinator_lies_with_the_province(town, office):
    ticket = by_sms(town, "+6281100047051", f"petugas kominfo menghina saya soal bantuan {WOHA}")
    town.sql("UPDATE cases SET state = 'received', unit_id = NULL, triaged_at = NULL WHERE ticket = :t", t=ticket)
    with town.app.app_context(), town.work() as work:
        from ntbcare.casework import interest
        from ntbcare.records import cases

        case = cases.by_ticket(work.session, ticket)
        assert interest.coordinator(work, case).code == "prov.diskominfotik"
        case.accused = [*case.accused, work.ref.coordinator_of(None).id]
        assert interest.coordinator(work, case).code == "52.06.setda", "never nobody"
    assert desk(town, ticket) != "52.06.diskominfo"


def test_the_ladder_never_tells_whom_it_names(new_town):
    town = new_town
    ticket = by_sms(town, "+6281100047052", f"petugas kominfo membentak saya waktu mengadu {WOHA}")
    town.clock.forward(hours=2)  # not in the break at noon
    for _ in range(18):
        town.clock.forward(days=1)
        town.round()
    told = town.sql(
        "SELECT DISTINCT u.code FROM bells b JOIN accounts a ON a.id = b.account_id JOIN units u ON u.id = a.unit_id WHERE b.case_id = :id",
        id=town.case(ticket)["id"],
    )
    assert told and ("52.06.diskominfo",) not in told


def test_words_that_come_later_and_accuse_the_unit_take_the_case_away_before_it_reads_them(town, office):
    ticket = by_sms(town, "+6281100047053", CLINIC.format("nanti"))
    assert code(town, ticket) == "52.06.dinkes" and office.page("halim", ticket)
    town.sms("+6281100047053", f"{ticket} kepala dinas kesehatan menghina saya waktu saya tanya BADAKDK")
    town.work_off()
    assert office.desk("halim").get(f"/meja/{ticket}").status_code == 404
    assert tickets.pretty(ticket) not in office.desk("halim").get("/meja/cari?q=badakdk").text
    assert (town.case(ticket)["state"], code(town, ticket), desk(town, ticket)) == ("verified", None, "52.06.diskominfo")
    page = office.page("imran", ticket)
    assert "BADAKDK" in page and "tidak menangani dan tidak membaca laporan ini lagi" in page
    assert "Unitnya dilaporkan" in office.queue("imran", "attention")
    refused = office.act("imran", ticket, "dispose", 422, unit=office.unit("52.06.dinkes"), words="Coba lagi.")
    assert "tidak menangani laporan ini" in refused
    form = office.page("imran", ticket).partition("/dispose")[2].partition("</form>")[0]
    assert f'value="{office.unit("52.06.dinkes")}"' not in form


def test_an_accusation_told_in_two_messages_is_heard_as_one(town, office):
    ticket = by_sms(town, "+6281100047054", CLINIC.format("dua pesan"))
    town.clock.forward(hours=3)
    town.sms("+6281100047054", f"{ticket} yang saya temui kepala dinas kesehatan")
    town.work_off()
    assert code(town, ticket) == "52.06.dinkes"
    town.sms("+6281100047054", f"{ticket} menghina saya di depan orang banyak")
    town.work_off()
    assert code(town, ticket) is None and office.desk("halim").get(f"/meja/{ticket}").status_code == 404


def test_the_answer_to_a_question_may_accuse_too(town, office):
    ticket = by_sms(town, "+6281100047055", CLINIC.format("ditanya"))
    office.act("halim", ticket, "ask", words="Puskesmas yang mana?")
    town.sms("+6281100047055", "puskesmas Woha, dan kepala dinas kesehatan mengancam saya")
    town.work_off()
    assert (town.case(ticket)["state"], code(town, ticket)) == ("verified", None)
    assert office.desk("halim").get(f"/meja/{ticket}").status_code == 404


def test_a_not_yet_that_accuses_the_unit_goes_to_who_coordinates(town, office):
    ticket = by_sms(town, "+6281100047056", CLINIC.format("belum"))
    office.act("halim", ticket, "respond", words="Sudah diisi.")
    town.sms("+6281100047056", "belum, malah kepala dinas kesehatan memarahi saya")
    town.work_off()
    assert (town.case(ticket)["state"], code(town, ticket), desk(town, ticket)) == ("verified", None, "52.06.diskominfo")


def test_more_words_that_accuse_nobody_leave_the_case_where_it_is(town, office):
    ticket = by_sms(town, "+6281100047057", CLINIC.format("biasa saja"))
    town.sms("+6281100047057", f"{ticket} petugas puskesmas hanya dua orang, warga marah")
    town.work_off()
    assert code(town, ticket) == "52.06.dinkes" and town.case(ticket)["accused"] is None


def test_what_accuses_a_unit_is_not_joined_to_what_it_reads(new_town):
    town, office = new_town, Office(new_town)
    parent = by_sms(town, "+6281100047058", ROAD.format("lama"))
    child = by_sms(town, "+6281100047059", f"pegawai pupr membentak warga di Desa Tente {WOHA}", patient=False)
    assert code(town, parent) == "52.06.pupr"
    page = office.act("imran", child, "merge", 422, parent=parent, words="digabung")
    assert "jadi keduanya tidak digabung" in page and town.case(child)["merged_into"] is None
    plain = by_sms(town, "+6281100047060", ROAD.format("baru"))
    office.act("imran", plain, "merge", parent=parent, words="sama")
    assert town.case(plain)["state"] == "merged", "others still are"


def test_what_accuses_a_unit_is_not_offered_what_it_reads(new_town):
    town = new_town
    text = f"obat di puskesmas Woha kosong, pasien antri lama dan pelayanan lambat {WOHA}"
    first = by_sms(town, "+6281100047061", text)
    second = by_sms(
        town, "+6281100047062", f"kepala dinas kesehatan menghina pasien di puskesmas Woha, obat kosong antri lama pelayanan lambat {WOHA}",
        patient=False,
    )  # fmt: skip
    assert town.case(second)["offered_until"] is None and tickets.pretty(first) not in last(town, "+6281100047062")
    third = by_sms(town, "+6281100047063", text.replace("Woha kosong", "Woha kosong juga"), patient=False)
    assert town.case(third)["offered_until"] is not None, "the same without an accusation is asked about"


def test_what_somebody_beside_says_of_the_unit_is_read_by_who_coordinates_only(new_town):
    town, office = new_town, Office(new_town)
    parent, child = by_sms(town, "+6281100047064", ROAD.format("satu")), by_sms(town, "+6281100047065", ROAD.format("dua"))
    office.act("imran", child, "merge", parent=parent, words="sama")
    town.sms("+6281100047065", f"{child} pegawai pupr mengancam saya lagi HARIMAUPU")
    town.work_off()
    assert "HARIMAUPU" not in office.page("bagus", parent)
    assert "HARIMAUPU" in office.page("imran", parent)
    assert office.desk("bagus").get(f"/meja/{child}").status_code == 404, "their own report names the unit"


def test_a_case_others_hang_on_is_not_moved_away_by_one_word(new_town):
    town, office = new_town, Office(new_town)
    parent, child = by_sms(town, "+6281100047066", ROAD.format("satu")), by_sms(town, "+6281100047067", ROAD.format("dua"))
    office.act("imran", child, "merge", parent=parent, words="sama")
    town.clock.forward(hours=3)
    town.sms("+6281100047066", f"{parent} ralat, salah tempat, maksud saya di Kecamatan Rasanae Barat Kota Bima")
    town.work_off()
    assert town.case(parent)["region"].startswith("52.06.03") and town.case(parent)["attention"]
    assert "Belum diterapkan" in office.page("imran", parent) and "Rasanae Barat" in office.page("imran", parent)


def test_a_one_for_a_case_that_lies_elsewhere_by_now_joins_nothing(new_town):
    town = new_town
    first = by_sms(town, "+6281100047068", "Jalan berlubang besar di depan pasar Tente Kecamatan Woha, motor sering jatuh")
    second = by_sms(town, "+6281100047069", "lubang besar jalan depan pasar Tente Kecamatan Woha, sudah ada yang jatuh", patient=False)
    assert town.case(second)["offered_until"] is not None
    town.sms("+6281100047068", f"{first} ralat, salah tempat, maksud saya di Kecamatan Rasanae Barat Kota Bima")
    town.work_off()
    town.sms("+6281100047069", "1")
    town.work_off()
    assert town.case(second)["merged_into"] is None and code(town, second) == "52.06.pupr"
    assert any("tidak cocok lagi" in one["text"] for one in town.sent("+6281100047069"))


def test_a_leader_reads_nothing_that_quotes_a_rahasia_report(town, office):
    text = f"Jalan berlubang dekat Pasar Tente {WOHA}, camat tidur waktu kami mengadu"
    ticket = town.api("rahasia-pimpinan", text=text, confidential=True).json["ticket"]
    town.work_off()
    case = town.case(ticket)
    assert case["because"] and case["place_because"]
    page, rows = html.unescape(office.page("bupati.bima", ticket)), office.queue("bupati.bima", "all")
    row = rows.partition(f"/meja/{ticket}")[2].partition("</tr>")[0]
    for words in (case["because"], case["place_because"]):
        assert words not in page and words not in row
        assert words in html.unescape(office.page("imran", ticket)), "who works on it does"
    assert "Laporan rahasia" in row


def test_a_parent_out_of_reach_reads_like_one_that_does_not_exist(town, office):
    mine = by_sms(town, "+6281100047070", RIDDLE.format("milik saya"))
    away = by_sms(town, "+6281100047071", "Sampah menumpuk di Kelurahan Pagesangan Kecamatan Mataram Kota Mataram")
    secret = town.api("luar", text="Sampah menumpuk di Kelurahan Pagesangan Kota Mataram", confidential=True).json["ticket"]
    town.work_off()

    def said(parent: str) -> tuple[int, str]:
        answer = town.act(office.desk("imran"), mine, "merge", parent=parent, words="sama")
        return answer.status_code, re.sub(r"\d{3}.?\d{3}.?\d{3}", "", answer.text.partition('role="alert"')[2][:300])

    nowhere = "100000000"
    assert said(away) == said(secret) == said(nowhere)
    assert said(away)[0] == 422 and town.case(mine)["state"] != "merged"


def test_the_number_of_an_unpublished_anonim_report_is_told_to_nobody_else(town, office):
    parent = town.api("anonim-induk", text=ROAD.format("anonim"), anonymous=True).json["ticket"]
    town.work_off()
    child = by_sms(town, "+6281100047072", ROAD.format("anak"))
    office.act("imran", child, "merge", parent=parent, words="sama")
    assert "case:merge" in [tag for tag, _ in story(town, child)]
    assert tickets.pretty(parent) not in last(town, "+6281100047072") and "digabung dengan laporan lain" in last(town, "+6281100047072")
