"""A slow line, a wrong key, a second tap: nobody loses words, nobody files twice, nobody is put in danger."""

from tests.corridor.looking import count, pin_of


def test_a_double_tap_on_send_makes_one_case(live):
    citizen = live.citizen()
    citizen.go("/lapor")
    citizen.write("Apa yang terjadi?", "Lampu jalan mati di gang kami, ketukan ganda di layar")
    citizen.page.get_by_role("button", name="Kirim laporan").dblclick(no_wait_after=True)
    # the second tap may break the first navigation off: what counts is where the citizen ends
    citizen.page.wait_for_function("location.pathname.startsWith('/t/') && document.readyState === 'complete'")
    citizen.note()
    assert count(live.town, "cases", "text LIKE '%ketukan ganda di layar'") == 1
    assert citizen.pin == pin_of(live.town, citizen.ticket)


def test_the_back_button_and_send_again_is_the_same_case(live):
    citizen = live.citizen(javascript=False)
    citizen.report("Selokan mampet di depan sekolah, lalu tombol kembali")
    first = citizen.ticket
    citizen.page.go_back()
    assert citizen.page.get_by_label("Apa yang terjadi?").input_value() == "Selokan mampet di depan sekolah, lalu tombol kembali"
    assert citizen.press("Kirim laporan") == 200
    citizen.note()
    assert citizen.ticket == first
    assert count(live.town, "cases", "text LIKE '%lalu tombol kembali'") == 1


def test_words_are_kept_when_something_must_be_mended(live):
    citizen = live.citizen(javascript=False)
    citizen.go("/lapor")
    citizen.write("Apa yang terjadi?", "Air PDAM keruh sejak Rabu")
    citizen.write("Di mana?", "Gang Mawar, Ampenan")
    citizen.page.get_by_label("Usulan").check()
    citizen.write("Nomor HP", "bukan nomor")
    assert citizen.press("Kirim laporan") == 422
    assert citizen.page.title().startswith("Perbaiki dulu")
    assert citizen.reads("Tulisan Anda masih ada, tidak perlu mengulang.")
    assert citizen.page.get_by_label("Apa yang terjadi?").input_value() == "Air PDAM keruh sejak Rabu"
    assert citizen.page.get_by_label("Di mana?").input_value() == "Gang Mawar, Ampenan"
    assert citizen.page.get_by_label("Usulan").is_checked()
    citizen.page.get_by_role("alert").get_by_role("link").click()
    assert citizen.page.url.endswith("#f-phone"), "the sentence leads to its field"
    citizen.write("Nomor HP", "0812 3400 5601")
    assert citizen.press("Kirim laporan") == 200
    assert count(live.town, "cases", "text = 'Air PDAM keruh sejak Rabu'") == 1


def test_a_violation_is_refused_with_the_safe_way_and_the_words_stay_in_the_form(live):
    citizen = live.citizen(javascript=False)
    citizen.go("/lapor")
    citizen.write("Apa yang terjadi?", "Kepala dinas minta suap untuk izin usaha saya")
    assert citizen.press("Kirim laporan") == 422
    assert "Inspektorat" in citizen.page.get_by_role("alert").inner_text()
    assert citizen.page.get_by_label("Apa yang terjadi?").input_value() == "Kepala dinas minta suap untuk izin usaha saya"
    for table in ("cases", "messages"):
        assert count(live.town, table, "text LIKE '%minta suap untuk izin%'") == 0


def test_the_receipt_survives_a_reload_until_the_pin_is_written_down(live):
    citizen = live.citizen(javascript=False)
    citizen.report("Pohon miring di lapangan desa, muat ulang halamannya")
    citizen.page.reload()
    assert citizen.reads(citizen.pin), "who loads the page again still sees both numbers"
    citizen.press("Sudah saya catat, sembunyikan PIN")
    assert not citizen.reads(citizen.pin)
    assert citizen.reads("Yang Anda tulis"), "the report stays open for this browser"


def test_the_pin_is_gone_from_the_page_after_ten_minutes(live):
    citizen = live.citizen()
    citizen.report("Pagar taman rusak, sepuluh menit kemudian")
    live.town.clock.forward(minutes=9)
    citizen.page.reload()
    assert citizen.reads(citizen.pin)
    live.town.clock.forward(minutes=2)
    citizen.page.reload()
    assert not citizen.reads(citizen.pin)


def test_a_wrong_pin_opens_nothing_and_the_right_one_does(live):
    owner = live.citizen()
    owner.report("Bak sampah pasar penuh, dari telepon anak saya")
    other = live.citizen(javascript=False)
    other.go(f"/t/{owner.ticket}")
    other.write("PIN", "000000" if owner.pin != "000000" else "111111")
    assert other.press("Buka laporan saya") == 403
    assert other.page.get_by_label("PIN").get_attribute("aria-invalid") == "true"
    assert not other.reads("dari telepon anak saya")
    other.write("PIN", owner.pin)
    assert other.press("Buka laporan saya") == 200
    assert other.reads("dari telepon anak saya")


def test_a_report_can_be_filed_with_the_keyboard_alone(live):
    citizen = live.citizen(width=1280)
    page = citizen.page
    citizen.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Tulis laporan"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "focus can be seen"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        if here == "f-text":
            page.keyboard.type("Lapangan desa tergenang, ditulis dengan papan ketik")
        elif here == "f-place":
            page.keyboard.type("Desa Tente")
        elif here == "Kirim laporan":
            with page.expect_navigation():
                page.keyboard.press("Enter")
            break
    citizen.note()
    assert live.town.case(citizen.ticket)["text"] == "Lapangan desa tergenang, ditulis dengan papan ketik"
    assert citizen.complaints == []
