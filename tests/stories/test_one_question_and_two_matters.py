"""A citizen answers the reader's question without JavaScript, an officer takes two matters apart, a coordinator finds a lost report."""

from __future__ import annotations

import os

from tests.stories.looks import faults

WHERE = "Jalan rusak parah di Desa Sukadana, jawab di halaman"
TWO = "Jalan di Desa Tente Kecamatan Woha berlubang besar. Obat di puskesmas Woha kosong sejak Senin"


def seen(person, name: str) -> None:
    """Nothing is wrong with the page that is open."""
    if folder := os.environ.get("SHOTS"):
        for width in (360, 1280):
            person.page.set_viewport_size({"width": width, "height": 740})
            person.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    found = faults(person)
    assert not found, "\n".join(found)


def test_a_citizen_without_javascript_chooses_where_it_is(live):
    me = live.citizen(javascript=False)
    me.report(WHERE)
    me.town.work_off()
    me.look()
    assert me.reads("Kami perlu tahu satu hal") and me.reads("Kabupaten Lombok Timur")
    with_script = live.citizen()
    with_script.go(f"/t/{me.ticket}")
    with_script.write("PIN", me.pin)
    with_script.press("Buka laporan saya")
    seen(with_script, "question-with-choices")
    me.page.get_by_label("Kabupaten Lombok Timur").check()
    assert me.press("Kirim jawaban") == 200
    assert me.town.case(me.ticket)["region"] == "52.03.03.2006"
    me.look()
    assert not me.reads("Kami perlu tahu satu hal")


def test_an_answer_without_words_keeps_the_question(live):
    me = live.citizen()
    me.report("Jalan berlubang besar di depan masjid, tidak tahu alamatnya")
    me.town.work_off()
    me.look()
    seen(me, "open-question")
    me.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    assert me.press("Kirim jawaban") == 422
    seen(me, "open-question-error")
    citra = live.officer("citra")
    citra.open(me.ticket)
    assert citra.reads("Kami sudah menanyakan kepada pelapor") and citra.reads("Belum dijawab.")
    seen(citra, "desk-asked")
    citra.go("/meja")
    assert citra.reads("Ditanya")
    seen(citra, "queue-asked")


def test_an_officer_takes_two_matters_apart(live):
    me, imran = live.citizen(), live.officer("imran", javascript=False)
    me.report(TWO)
    me.town.work_off()
    looks = live.officer("imran")
    looks.open(me.ticket)
    seen(looks, "desk-two-matters")
    imran.open(me.ticket)
    imran.page.get_by_role("checkbox").first.uncheck()
    assert imran.press("Catat tersendiri") == 422
    imran.open(me.ticket)
    assert imran.press("Catat tersendiri") == 200
    assert imran.reads("Dari laporan yang sama")
    looks.open(me.ticket)
    seen(looks, "desk-taken-apart")
    me.look()
    assert me.reads("Hal lain, kami catat tersendiri")
    seen(me, "track-taken-apart")
    me.page.get_by_role("link", name="Obat di puskesmas").or_(me.page.get_by_role("link", name="Jalan di Desa Tente")).first.click()
    assert me.reads("Yang Anda tulis")
    seen(me, "track-the-other")


def test_a_coordinator_finds_a_report_among_what_was_none(live):
    citra = live.officer("citra")
    citra.go("/meja/bukan-laporan")
    assert citra.reads("Tidak ada.")
    seen(citra, "asides-empty")
    for number, words in enumerate(("halo admin", "promo pulsa murah hub 081234567890", "goblok " * 12)):
        citra.town.telegram(770_000 + number, words)
    citra.go("/meja/bukan-laporan")
    seen(citra, "asides")
    with citra.page.expect_navigation() as following:
        citra.page.get_by_role("button", name="Jadikan laporan").first.click()
    assert following.value.status == 200 and "/meja/" in citra.page.url
