"""Sentences ready to use: offered where they fit, put into the words before anything is sent, counted as SMS, kept by who answers for a desk."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from ntbcare.casework import seeding
from ntbcare.domain.permissions import Actor, Role
from tests.corridor.looking import CLINIC, ROAD, by_form, by_sms, statements

OWN = {
    "act": "answer",
    "category": "jalan_jembatan",
    "title": "Khusus PU Bima",
    "words": "Regu jalan datang ke {tempat} tanggal [tanggal].",
}


@pytest.fixture(scope="module")
def clinic(town):
    """A report about a clinic by SMS, on the desk of Dinas Kesehatan Kabupaten Bima (halim)."""
    return by_sms(town, "+6281239870001", CLINIC.format("kata siap pakai"))


@pytest.fixture(scope="module")
def road(town):
    """A report about a road by the form, on the desk of Dinas PU Kabupaten Bima (bagus, nurhayati)."""
    ticket = by_form(town, ROAD.format("kata siap pakai")).headers["Location"][-9:]
    town.work_off()
    return ticket


def offered(page: str, act: str) -> dict[str, tuple[str, str]]:
    """What the form of an act offers: title → (id, words as they would be put in), in their order."""
    form = re.search(rf'<form[^>]*action="/meja/\d+/{act}".*?</form>', page, re.S)
    found = re.findall(r'<option value="(\d+)" data-words="([^"]*)"[^>]*>([^<]*)</option>', form.group(0)) if form else []
    return {unescape(title): (id, unescape(words)) for id, words, title in found}


def written(page: str) -> str:
    """The words in the form that was sent."""
    return unescape(re.search(r'<textarea[^>]*id="f-words"[^>]*>\n?(.*?)</textarea>', page, re.S).group(1))


def compose(office, who: str, ticket: str, event: str, part: str = "", **form: str):
    return office.desk(who).post(f"/meja/{ticket}/{event}/kalimat{part}", data=form)


def keep(town, office, who: str, status: int = 303, address: str = "/kendali/kalimat", **form: str):
    """Add or change a sentence; every process reads it again a few seconds later."""
    answer = office.desk(who).post(address, data=form)
    assert answer.status_code == status, answer.text
    town.clock.forward(seconds=5)
    return answer


def notices(town) -> int:
    return town.sql("SELECT count(*) FROM notices")[0][0]


def test_a_form_offers_what_fits_topic_and_act_the_closest_first(office, clinic, road):
    page = office.page("halim", clinic)
    kinds = list(offered(page, "answer"))
    assert kinds[0].startswith("Obat") and "Kami periksa dulu" in kinds
    assert not any(title.startswith(("Jalan", "Air", "Sampah")) for title in kinds)
    assert all(title not in offered(page, "respond") for title in kinds)
    assert "Jalan: selesai diperbaiki" not in offered(office.page("bagus", road), "answer")


def test_a_result_that_is_checked_first_is_offered_the_answers(town, office, road):
    office.act("bagus", road, "start")
    assert "Jalan: selesai diperbaiki" in offered(office.page("bagus", road), "submit_result")


def test_braces_become_what_the_case_knows_and_nothing_of_its_reporter(office, road):
    words = offered(office.page("bagus", road), "answer")["Kami periksa dulu"][1]
    assert "Desa Tente" in words and "[tanggal]" in words and "{" not in words


def test_choosing_without_a_script_puts_the_sentence_in_and_sends_nothing(town, office, clinic):
    id, words = offered(office.page("halim", clinic), "answer")["Obat: sedang dikirim"]
    before, version = notices(town), town.case(clinic)["version"]
    page = compose(office, "halim", clinic, "answer", kalimat=id, do="pakai").text
    assert written(page) == words
    assert f'name="template" value="{id}"' in page
    other = offered(page, "answer")["Kami periksa dulu"]
    assert written(compose(office, "halim", clinic, "answer", kalimat=other[0], words=words, do="pakai").text) == other[1]
    mixed = written(compose(office, "halim", clinic, "answer", kalimat=id, words="Selamat pagi.", do="pakai").text)
    assert mixed == f"Selamat pagi.\n{words}"
    assert (notices(town), town.case(clinic)["version"]) == (before, version)


def test_an_address_opens_the_act_with_the_sentence(office, clinic):
    id, words = offered(office.page("halim", clinic), "ask")["Sejak kapan?"]
    page = office.desk("halim").get(f"/meja/{clinic}?kalimat={id}").text
    assert written(page) == words
    assert 'id="f-words"' not in office.desk("halim").get(f"/meja/{clinic}?kalimat=999999").text


def test_a_text_with_a_blank_in_it_is_not_sent(town, office, clinic):
    before = notices(town)
    page = office.act("halim", clinic, "answer", status=422, words="Obatnya tiba [tanggal] di [tempat].")
    assert "Masih ada yang belum diisi: [tanggal], [tempat]." in page
    assert written(page) == "Obatnya tiba [tanggal] di [tempat]."
    assert notices(town) == before


def test_words_for_a_colleague_may_hold_brackets(town, office):
    ticket = by_form(town, ROAD.format("kurung siku")).headers["Location"][-9:]
    town.work_off()
    office.act("bagus", ticket, "hand_back", words="Lihat berkas [3], ini jalan desa.", unit="0")
    assert town.case(ticket)["state"] == "verified"


def test_what_will_arrive_is_shown_whole_and_counted(town, office, clinic):
    before, words = notices(town), "Obatnya sudah tiba, silakan ambil besok pagi."
    page = unescape(compose(office, "halim", clinic, "answer", words=words, do="lihat").text)
    pretty = f"{clinic[:3]}-{clinic[3:6]}-{clinic[6:]}"
    sms = f"Kabar laporan {pretty} dari Dinkes Kab. Bima: {words}"
    assert sms in page and f"1 SMS, {len(sms)} huruf." in page and "Di halaman laporannya" in page
    assert notices(town) == before
    office.act("halim", clinic, "answer", words=words)
    assert town.sql("SELECT body FROM notices ORDER BY id DESC LIMIT 1")[0][0] == sms


def test_the_notice_alone_is_a_fragment_and_says_what_an_sms_loses(office, clinic):
    part = compose(office, "halim", clinic, "respond", "?part=pesan", words="Selesai 🙏 " + "dan beres " * 40)
    assert part.status_code == 200 and "<html" not in part.text
    assert "4 SMS" in part.text and "terpotong" in part.text and "tanda tanya" in part.text and "..." in part.text


def test_who_reads_on_the_page_is_shown_no_sms(office, road):
    part = compose(office, "bagus", road, "answer", "?part=pesan", words="Kami datang.").text
    assert "SMS" not in part and "Kabar dari" in part
    assert "data-count" not in office.page("bagus", road) and "Hitung SMS" not in office.page("bagus", road)


def test_whoever_may_not_open_a_case_composes_nothing_for_it(office, town, clinic):
    for who, status in (("dewi", 404), ("admin", 403)):
        for part in ("", "?part=pesan"):
            assert compose(office, who, clinic, "answer", part, words="x").status_code == status
    assert compose(office, "halim", clinic, "nonsense", words="x").status_code == 404
    assert town.browser().post(f"/meja/{clinic}/answer/kalimat").status_code == 302


def test_a_case_with_all_its_sentences_costs_no_statement_more(town, office, clinic):
    office.page("halim", clinic)
    with statements(town) as seen:
        assert offered(office.page("halim", clinic), "answer")
    assert len(seen) <= 9, seen


def test_what_was_sent_stays_and_the_book_tells_its_sentence(town, office, road):
    keep(town, office, "nurhayati", **OWN)
    titles = offered(office.page("bagus", road), "answer")
    assert next(iter(titles)) == "Khusus PU Bima", "one's own unit comes first"
    id, words = titles["Khusus PU Bima"]
    office.act("bagus", road, "answer", words=words.replace("[tanggal]", "12 Maret"), template=id)
    keep(town, office, "nurhayati", address=f"/kendali/kalimat/{id}", **{**OWN, "words": "Sekarang lain."})
    newer, changed = offered(office.page("bagus", road), "answer")["Khusus PU Bima"]
    assert newer != id and changed == "Sekarang lain."
    assert "Regu jalan datang ke Desa Tente tanggal 12 Maret." in office.page("bagus", road)
    said = town.sql("SELECT body FROM journal WHERE tag = 'case:answer' AND body LIKE '%Regu jalan%'")[0][0]
    assert json.loads(said)["template"] == {"id": int(id), "version": 1}
    assert town.sql("SELECT version, valid_to IS NULL FROM reply_templates WHERE title = 'Khusus PU Bima' ORDER BY version") == [
        (1, False),
        (2, True),
    ]


def test_a_sentence_of_a_unit_is_offered_to_no_other(town, office, road, clinic):
    keep(town, office, "nurhayati", **{**OWN, "category": "", "title": "Hanya PU"})
    assert "Hanya PU" in offered(office.page("bagus", road), "answer")
    assert "Hanya PU" not in offered(office.page("halim", clinic), "answer")


def test_a_coordinator_keeps_those_of_the_own_region_and_touches_no_other(town, office, clinic):
    keep(town, office, "imran", act="answer", title="Khas Bima", words="Bima menjawab paling lambat [tanggal].")
    id = offered(office.page("halim", clinic), "answer")["Khas Bima"][0]
    assert office.desk("sari").get(f"/kendali/kalimat/{id}").status_code == 404
    assert "Khas Bima" not in office.desk("sari").get("/kendali/kalimat").text
    assert office.desk("sari").post(f"/kendali/kalimat/{id}/akhiri").status_code == 404
    unit = office.unit("52.71.dlh")
    keep(town, office, "imran", status=422, act="answer", title="Di Mataram", words="Halo.", unit=str(unit))
    seed = town.sql("SELECT id FROM reply_templates WHERE code = 'umum.kabar.periksa'")[0][0]
    assert office.desk("imran").get(f"/kendali/kalimat/{seed}").status_code == 404, "the province's own are the province's"
    assert office.desk("citra").get(f"/kendali/kalimat/{seed}").status_code == 200
    assert office.desk("admin").get(f"/kendali/kalimat/{id}").status_code == 200


def test_one_that_was_ended_is_offered_no_more(town, office, clinic):
    keep(town, office, "imran", act="ask", title="Sebentar saja", words="Masih begitu?")
    id = offered(office.page("halim", clinic), "ask")["Sebentar saja"][0]
    assert office.desk("imran").post(f"/kendali/kalimat/{id}/akhiri").status_code == 303
    town.clock.forward(seconds=5)
    assert "Sebentar saja" not in offered(office.page("halim", clinic), "ask")
    assert office.desk("imran").post(f"/kendali/kalimat/{id}/akhiri").status_code == 409, "who comes second is told"


@pytest.mark.parametrize("who", ["bagus", "gubernur"])
def test_officers_and_leaders_keep_none(office, who):
    assert office.desk(who).get("/kendali/kalimat").status_code == 403
    assert office.desk(who).post("/kendali/kalimat", data=OWN).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": "Halo {nama}"}, "“nama” tidak dikenal"),
        ({"words": "Halo {tiket"}, "“{” tidak dikenal"),
        ({"words": "  "}, "Tulis dulu kalimatnya."),
        ({"words": "x" * 1001}, "Paling panjang 1000 huruf; ini 1001."),
        ({"title": ""}, "Beri nama yang mudah dikenali."),
        ({"title": "x" * 81}, "Paling panjang 80 huruf; ini 81."),
        ({"act": "approve"}, "Pilih tindakannya dari daftar."),
        ({"category": "korupsi_pungli"}, "Pilih bidang dari daftar."),
        ({"channel": "merpati"}, "Pilih kanal dari daftar."),
        ({"unit": "abc"}, "Pilih unit dari daftar."),
    ],
)
def test_a_field_that_cannot_be_used_is_named_in_words(town, office, wrong, sentence):
    page = keep(town, office, "imran", status=422, **{**OWN, "unit": "", **wrong}).text
    assert sentence in unescape(page)
    assert unescape(page).count(OWN["title"]) or "title" in wrong, "what was typed is still there"


def test_measuring_keeps_nothing(town, office):
    before = town.sql("SELECT count(*) FROM reply_templates")
    page = office.desk("imran").post("/kendali/kalimat", data={**OWN, "words": "kata " * 80, "do": "hitung"}).text
    assert "4 SMS" in page or "3 SMS" in page
    assert town.sql("SELECT count(*) FROM reply_templates") == before


def test_many_cases_get_the_sentence_each_with_its_own_facts(town, office):
    tickets = [
        town.api(text=f"Obat kosong di puskesmas nomor {n}", category="kesehatan", region=f"52.06.0{n}").json["ticket"] for n in (1, 3)
    ]
    town.work_off()
    asked = {"ticket": tickets, "event": "answer"}
    page = office.desk("halim").post("/meja/borongan", data=asked).text
    id = re.search(r'<option value="(\d+)"[^>]*>Kami periksa dulu<', page).group(1)
    page = office.desk("halim").post("/meja/borongan?step=kalimat", data={**asked, "kalimat": id}).text
    assert "{tempat}" in written(page)
    with_blank = {**asked, "step": "kerjakan", "words": written(page), "template": id}
    assert "0 laporan selesai" in office.desk("halim").post("/meja/borongan", data=with_blank).text
    done = {**with_blank, "words": written(page).replace("[tanggal]", "Senin")}
    assert "2 laporan selesai" in office.desk("halim").post("/meja/borongan", data=done).text
    bodies = [json.loads(row[0]) for row in town.sql("SELECT body FROM journal WHERE tag = 'case:answer' AND body LIKE '%lambat Senin%'")]
    assert len({body["words"] for body in bodies}) == 2 and all(body["template"]["version"] == 1 for body in bodies)


def test_another_seed_keeps_what_people_have_made_of_theirs(town, office, tmp_path):
    ids = dict(
        town.sql("SELECT code, id FROM reply_templates WHERE code IN ('umum.kabar.periksa', 'umum.kabar.jadwal') AND valid_to IS NULL")
    )
    keep(
        town,
        office,
        "citra",
        address=f"/kendali/kalimat/{ids['umum.kabar.periksa']}",
        title="Milik kami",
        words="Kata kami sampai [tanggal].",
    )
    assert office.desk("citra").post(f"/kendali/kalimat/{ids['umum.kabar.jadwal']}/akhiri").status_code == 303
    lines = (Path(__file__).parents[2] / "ntbcare/seed/ntb/reply_templates.csv").read_text(encoding="utf-8")
    (tmp_path / "reply_templates.csv").write_text(lines.replace("tidak berubah", "x").replace("Mohon maaf", "Maaf"), encoding="utf-8")
    with town.app.app_context(), town.house.work(Actor(Role.TIMER)) as work:
        seeding.sentences(work, tmp_path)
        work.commit()
    force = {
        code: (words, version)
        for code, words, version in town.sql("SELECT code, words, version FROM reply_templates WHERE valid_to IS NULL")
    }
    assert force["umum.kabar.periksa"] == ("Kata kami sampai [tanggal].", 2)
    assert "umum.kabar.jadwal" not in force
    assert force["umum.kabar.tertunda"][1] == 2 and force["umum.kabar.tertunda"][0].startswith("Maaf,")
    assert force["umum.kabar.anggaran"][1] == 1, "what did not change is no new version"


def test_the_page_shows_one_act_at_a_time_and_what_was_just_kept(town, office):
    answer = keep(town, office, "imran", act="ask", title="Tanya cepat", words="Masih begitu hari ini?")
    shown = office.desk("imran").get(answer.headers["Location"]).text
    assert "Tanya cepat" in shown and "Kalimat disimpan." in shown
    assert "Tanya cepat" not in office.desk("imran").get("/kendali/kalimat").text
