"""An officer sees the photos beside the words, and the one who sent them reads what became of them; both pages are accessible."""

from __future__ import annotations

from tests.conftest import TELEGRAM_SECRET
from tests.corridor.looking import ROAD, pin_of
from tests.corridor.photographers import arrives, document, rows
from tests.counterparts.telegram_api import TOKEN, TelegramApi
from tests.stories.looks import faults
from tests.washing.makings import jpeg, mp4, opus, pdf


def test_photos_are_drawn_beside_the_words_and_told_to_their_sender(live):
    from channels.telegram import Telegram

    town = live.town
    with TelegramApi(secret=TELEGRAM_SECRET) as street:
        channel = town.app.extensions["channels"]["telegram"] = Telegram(TOKEN, TELEGRAM_SECRET, street.url)
        arrives(town, street.photo(9001, jpeg((2400, 1200)), caption=ROAD.format("foto di sampingnya"), album="77"))
        arrives(town, street.photo(9001, jpeg((600, 1200)), album="77"))
        for content in (opus(), mp4(), pdf(), b"PK\x03\x04" + bytes(60)):
            arrives(town, document(street, 9001, content))
        town.work_off()
        channel.close()
    ticket = town.ticket_of("foto di sampingnya")
    assert [row[1] for row in rows(town, ticket)] == ["kept"] * 5 + ["refused"]
    town.sql("UPDATE files SET state = 'waiting', path = NULL WHERE mime = 'application/pdf'")

    bagus = live.officer("bagus")
    bagus.open(ticket)
    drawn = bagus.page.locator(".shots img")
    assert drawn.count() == 2
    for number in range(2):
        drawn.nth(number).scroll_into_view_if_needed()
        bagus.page.wait_for_function("number => document.querySelectorAll('.shots img')[number].naturalWidth > 0", arg=number)
    assert bagus.reads("Sedang diambil dari Telegram.") and bagus.reads("belum tiba") and bagus.reads("tidak disimpan")
    assert bagus.page.locator("audio[controls], video[controls]").count() == 2
    assert faults(bagus) == []
    with bagus.page.expect_popup() as alone:
        bagus.page.get_by_role("link", name="Foto 1 dari pelapor").click()
    assert alone.value.evaluate("document.images[0].naturalWidth") == 2048, "a click shows it whole, on a page of its own"

    me = live.citizen()
    me.go(f"/t/{ticket}")
    assert not me.reads("berkas")
    me.write("PIN", pin_of(town, ticket))
    me.press("Buka laporan saya")
    assert me.reads("4 berkas kami simpan bersama laporan ini") and me.reads("1 berkas sedang kami ambil")
    assert me.reads("1 berkas tidak dapat kami simpan. Berkas Word, Excel, atau ZIP")
    assert me.page.get_by_text("(foto atau rekaman)").count() == 1, "photo after photo is told once"
    assert faults(me) == []
