"""Somebody at a counter and somebody below a post: both have a ticket in the end, and nobody had to write a form."""

import pytest

from ntbcare.casework import candidates
from ntbcare.contract import IncomingMessage, Scene
from ntbcare.domain.permissions import Actor, Role
from tests.corridor.looking import count, last, pin_of

HOLE = "tolong jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, {}"


def hear(town, name: str, text: str) -> None:
    """Somebody says this below a post of the governor."""
    with town.app.app_context(), town.house.work(Actor(Role.CITIZEN)) as work:
        candidates.overhear(
            work,
            IncomingMessage(
                channel="facebook", external_id=f"fb-{name}", text=text, sender=f"fb-{name}", sender_name=name, scene=Scene.OVERHEARD,
                thread="post-9", link="https://social.example/post-9",
            ),
            "meta",
        )  # fmt: skip
        work.commit()


def numbers(officer) -> tuple[str, str]:
    """Ticket and PIN as they stand on the receipt."""
    said = officer.page.locator(".receipt .slips dd").all_inner_texts()
    return said[0].replace("-", ""), said[1].replace(" ", "") if len(said) > 1 else ""


def comment(officer, name: str):
    return officer.page.locator("li").filter(has_text=name)


def click(officer, button) -> int:
    with officer.page.expect_navigation() as following:
        button.click()
    officer.town.work_off()
    return following.value.status


@pytest.fixture
def at_the_counter(live):
    """Halim's counter, with nothing but HTML, at the width of a telephone."""
    halim = live.officer("halim", javascript=False, width=360)
    halim.go("/meja")
    halim.page.get_by_role("link", name="Catat laporan").click()
    return halim


def test_a_farmer_tells_it_at_the_counter_and_follows_it_at_home(live, at_the_counter):
    halim, town = at_the_counter, live.town
    halim.page.get_by_label("Telepon", exact=True).check()
    halim.write("Apa yang terjadi?", "Obat darah tinggi di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin")
    halim.write("Nomor HP pelapor", "0812")
    assert halim.press("Simpan laporan") == 422
    assert halim.reads("Nomor HP-nya belum benar")
    assert halim.page.get_by_label("Telepon", exact=True).is_checked()
    assert halim.page.get_by_label("Apa yang terjadi?").input_value().startswith("Obat darah tinggi")
    halim.write("Nomor HP pelapor", "0812 3400 6600")
    assert halim.press("Simpan laporan") == 200
    ticket, pin = numbers(halim)
    assert pin == pin_of(town, ticket)
    assert halim.reads("SMS ke nomor HP yang berakhir 600")
    assert pin in last(town, "+6281234006600")
    halim.page.reload()
    assert numbers(halim) == (ticket, "") and halim.reads("tidak tampil lagi")

    farmer = live.citizen(javascript=False)
    farmer.go(f"/t/{ticket}")
    farmer.write("PIN", pin)
    assert farmer.press("Buka laporan saya") == 200
    assert farmer.reads("Obat darah tinggi") and not farmer.reads("Halim")
    halim.open(ticket)
    assert halim.reads("Mencatat laporan ini untuk pelapor")
    assert halim.complaints == farmer.complaints == []


def test_whoever_missed_the_pin_goes_back_saves_again_and_reads_the_same(at_the_counter, live):
    halim = at_the_counter
    halim.write("Apa yang terjadi?", "Antrean loket puskesmas Woha sampai sore, kata seorang ibu")
    halim.press("Simpan laporan")
    first = numbers(halim)
    halim.page.go_back()
    assert halim.press("Simpan laporan") == 200
    assert numbers(halim) == first
    assert count(live.town, "cases", "text LIKE 'Antrean loket puskesmas Woha sampai sore%'") == 1
    halim.press("Catat laporan berikutnya")
    assert halim.page.get_by_label("Apa yang terjadi?").input_value() == ""


def test_what_is_printed_is_for_the_citizen_only(live, at_the_counter):
    halim = at_the_counter
    halim.write("Apa yang terjadi?", "Tensimeter puskesmas Woha rusak, kata seorang bapak")
    halim.press("Simpan laporan")
    assert halim.reads("Tanpa nomor HP, tidak ada SMS.")
    halim.page.emulate_media(media="print")
    shown = halim.page.locator("body").inner_text()
    ticket, pin = numbers(halim)
    assert f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in shown and f"{pin[:3]} {pin[3:]}" in shown and f"/t/{ticket}" in shown
    for words in ("Halim", "Antrean", "Catat laporan berikutnya", "Ctrl+P", "tidak ada SMS"):
        assert words not in shown, words


def test_a_coordinator_makes_reports_of_comments_and_puts_the_rest_away(live):
    town = live.town
    hear(town, "Aminah", HOLE.format("hubungi 081234567890"))
    hear(town, "Lalu Andi", HOLE.format("depan sekolah"))
    hear(town, "Seseorang", "kepala dinas minta suap lima juta")
    for number in range(3):
        hear(town, f"Penggemar {number}", "semangat terus pak")
    citra = live.officer("citra", javascript=False, width=360)
    citra.go("/meja")
    citra.page.get_by_role("link", name="Dari media sosial 3 tampak laporan", exact=True).click()
    assert "081234567890" not in citra.page.content() and citra.reads("[telepon disamarkan]")
    assert not citra.reads("minta suap") and citra.reads("Inspektorat yang harus melihatnya")
    assert click(citra, comment(citra, "Aminah").get_by_role("button", name="Jadikan laporan")) == 200
    assert citra.reads("Menjadi laporan") and comment(citra, "Aminah").count() == 0
    citra.page.get_by_role("link", name="Buka laporannya").click()
    assert citra.reads("lewat Facebook")
    assert [line["public"] for line in town.sent("fb-Aminah")] == [True, False]

    citra.go("/meja/calon?tampak=lainnya")
    for number in range(2):
        citra.page.get_by_role("checkbox", name=f"Centang kiriman Penggemar {number}").check()
    assert click(citra, citra.page.get_by_role("button", name="Yang dicentang bukan laporan")) == 200
    assert citra.reads("2 kiriman disisihkan.") and comment(citra, "Penggemar 2").count() == 1
    click(citra, citra.page.get_by_role("button", name="Batalkan, kembalikan"))
    assert citra.reads("2 kiriman kembali ke daftar.") and comment(citra, "Penggemar").count() == 3
    assert citra.complaints == []


def test_of_two_coordinators_the_slower_one_is_told_and_finds_the_report(live):
    hear(live.town, "Baiq Sri", HOLE.format("dekat jembatan"))
    citra, imran = live.officer("citra"), live.officer("imran")
    for each in (citra, imran):
        each.go("/meja/calon")
    click(citra, comment(citra, "Baiq Sri").get_by_role("button", name="Jadikan laporan"))
    assert click(imran, comment(imran, "Baiq Sri").get_by_role("button", name="Jadikan laporan")) == 409
    assert imran.reads("sudah lebih dulu dijadikan laporan oleh Citra Contoh")
    imran.page.get_by_role("link", name="Buka laporan").click()
    assert imran.reads("dekat jembatan")
    assert count(live.town, "cases", "text LIKE '%dekat jembatan'") == 1
