"""An officer writes by SMS with a sentence that was ready, with and without a script; the script counts as the house counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ntbcare.casework import templating
from ntbcare.wording import gsm7, parts
from tests.corridor.looking import CLINIC, by_form
from tests.stories.looks import faults
from tests.stories.people import PHONE

TEXTS = (
    "", "a" * 160, "a" * 161, "a" * 306, "a" * 307, "[" * 80, "[" * 81, "€^{}~|\\", "Terima kasih 🙏", "👨‍👩‍👧 keluarga", "é à ñ Ā ő ﬁ ½ ① Å", "“kutip” – tanda… • \t\u00a0",
    "di mana? kapan?", "Жалоба", "中文", "Ǆ ẛ̣ ㎏", "baris\nkedua", "ﷺ", "\ud83d\ude00" + "x" * 150,
)  # fmt: skip


@pytest.fixture(scope="module")
def told(live) -> SimpleNamespace:
    """Two reports on the desk of the Dinas Kesehatan whose reporters left a number and read by SMS."""
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    tickets = [by_form(town, CLINIC.format(f"siap pakai {n}"), phone=f"081239880{n}1").headers["Location"][-9:] for n in range(2)]
    town.work_off()
    town.app.config["WTF_CSRF_ENABLED"] = True
    return SimpleNamespace(tickets=tickets)


def test_the_script_counts_letters_and_parts_as_the_house_does(live, told):
    officer = live.officer("halim")
    officer.open(told.tickets[0])
    texts = [text.encode("utf-16", "surrogatepass").decode("utf-16") for text in TEXTS]
    assert officer.page.evaluate("texts => texts.map(ntbSms.gsm7)", texts) == [gsm7(text) for text in texts]
    assert officer.page.evaluate("texts => texts.map(one => ntbSms.parts(ntbSms.gsm7(one)))", texts) == [
        parts(gsm7(text)) for text in texts
    ]
    around = [["Kabar 1: ", text, "\nBalas YA?"] for text in texts]
    ours = [templating.size(*one).sentence for one in around]
    assert officer.page.evaluate("all => all.map(one => ntbSms.told(...one))", around) == ours


def test_with_the_script_a_sentence_is_put_in_counted_and_shown_at_once(live, told):
    officer = live.officer("halim")
    officer.open(told.tickets[0])
    form = officer.form("Kirim kabar")
    form.get_by_label("Pakai kalimat siap pakai").select_option(label="Obat: sedang dikirim")
    form.get_by_role("button", name="Pakai kalimat ini").click()
    assert officer.page.evaluate("getSelection().toString()") == "[tanggal]", "the first blank waits to be overwritten"
    officer.page.keyboard.type("12 Maret")
    form.get_by_text("2 SMS, ").wait_for()
    with officer.page.expect_response("**/kalimat?part=pesan"):
        form.get_by_role("button", name="Hitung SMS dan lihat pesannya").click()
    form.get_by_text("Lewat SMS").wait_for()
    assert "Perkiraan tiba di puskesmas 12 Maret." in form.locator(".looks").inner_text()
    assert officer.do("Kirim kabar") == 422 and officer.reads("Masih ada yang belum diisi: [tempat obat tersedia].")
    area = officer.page.locator("#f-words")
    area.fill(area.input_value().replace("[tempat obat tersedia]", "RSUD Bima"))
    assert officer.do("Kirim kabar") == 200
    assert "ambil dulu di RSUD Bima." in live.town.sent("+628123988001")[-1]["text"]


def test_without_the_script_the_same_needs_two_presses_more(live, told):
    officer = live.officer("halim", javascript=False, width=PHONE)
    officer.open(told.tickets[1])
    form = officer.form("Kirim kabar")
    form.get_by_label("Pakai kalimat siap pakai").select_option(label="Kami periksa dulu")
    form.get_by_role("button", name="Pakai kalimat ini").click()
    area = officer.page.locator("#f-words")
    area.fill(area.input_value().replace("[tanggal]", "Senin"))
    officer.form("Kirim kabar").get_by_role("button", name="Hitung SMS dan lihat pesannya").click()
    assert officer.reads("Lewat SMS") and officer.reads(" SMS, ") and officer.reads("Di halaman laporannya")
    assert faults_without_script(officer) == []
    assert officer.do("Kirim kabar") == 200
    assert "paling lambat Senin" in live.town.sent("+628123988011")[-1]["text"]


def test_a_head_keeps_the_sentences_of_the_unit(live):
    head = live.officer("nurhayati")
    head.go("/kendali/kalimat")
    assert faults(head) == []
    head.page.get_by_label("Untuk tindakan").select_option(label="Kirim kabar")
    head.write("Nama di daftar", "Regu jalan")
    head.write("Kalimatnya", "Regu jalan datang [tanggal]. 🙏")
    head.page.get_by_text("1 SMS, ").first.wait_for()
    assert head.press("Simpan kalimat") == 200 and head.reads("Kalimat disimpan.")
    head.unfold("Semua bidang")
    head.page.get_by_role("link", name="Ubah kalimat Regu jalan").click()
    assert head.reads("Disimpan sebagai versi baru.") and faults(head) == []
    assert head.press("Akhiri kalimat ini") == 200 and head.reads("tidak ditawarkan lagi")
    assert "Regu jalan datang" not in head.page.content()


def test_case_and_board_have_no_fault_at_any_width(live, told):
    for who, path in (("halim", f"/meja/{told.tickets[1]}"), ("admin", "/kendali/kalimat"), ("imran", "/kendali/kalimat?tindakan=ask")):
        officer = live.officer(who)
        assert officer.go(path) == 200
        assert faults(officer) == [], (who, path)


def faults_without_script(officer) -> list[str]:
    """A browser without scripts runs no axe: nothing to scroll sideways, and no complaint."""
    box = officer.page.locator("main").bounding_box()
    return officer.complaints + ([f"{box['width']} px wide"] if box["width"] > PHONE else [])
