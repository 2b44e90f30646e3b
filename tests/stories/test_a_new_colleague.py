"""A new coordinator comes by an invitation, on a telephone and without JavaScript; the pages of accounts are good pages for everybody."""

from __future__ import annotations

import re

import pyotp

from tests.stories.looks import faults
from tests.stories.people import PHONE

WORDS = "kuda laut makan rumput"


def invite(admin, name: str) -> str:
    """Invite a coordinator by pressing what is there; the path of the link that is shown."""
    admin.go("/kendali/akun")
    form = admin.page.locator("form", has=admin.page.get_by_role("button", name="Undang"))
    form.get_by_label("Nama").fill(name)
    form.get_by_label("Email").fill(f"{name.lower()}@contoh.go.id")
    form.get_by_label("Peran").select_option(label="Koordinator")
    form.get_by_label("Unit").select_option(label="Diskominfo Kab. Bima")
    assert admin.press("Undang") == 200
    return re.search(r"/masuk/tautan/[\w-]+", admin.page.locator("#tautan").inner_text()).group()


def choose(person, link: str) -> None:
    """Choose a password by the link."""
    person.go(link)
    person.page.get_by_label("Kata sandi", exact=True).fill(WORDS)
    person.write("Ketik sekali lagi", WORDS)
    person.press("Simpan dan masuk")


def code(person) -> str:
    """What the telephone shows once the letters below the picture were typed into it."""
    secret = person.page.locator("#kunci").inner_text().replace(" ", "")
    return pyotp.TOTP(secret).at(person.town.clock.moment)


def test_a_coordinator_comes_in_for_the_first_time_and_again(live):
    link = invite(live.officer("admin"), "Wardah")
    me = live.citizen(javascript=False, width=PHONE)
    choose(me, link)
    assert me.reads("Pasang ini sekali, lalu Anda bisa bekerja")
    me.go("/meja")
    assert me.reads("Pindai dengan aplikasi kode")
    assert me.page.locator(".qr svg").bounding_box()["width"] >= 120
    me.write("Kode enam angka", code(me))
    assert me.press("Pasang") == 200
    paper = me.page.locator(".codes li").first.inner_text()
    me.page.get_by_role("link", name="Sudah saya simpan").click()
    assert me.reads("Sisa kode cadangan: 10") and me.reads("peramban ini")
    me.press("Keluar")
    me.go("/masuk")
    me.write("Email", "wardah@contoh.go.id")
    me.page.get_by_label("Kata sandi", exact=True).fill(WORDS)
    me.press("Masuk")
    me.write("Kode", paper)
    assert me.press("Masuk") == 200
    assert me.page.url.endswith("/meja")


def test_the_pages_of_accounts_are_accessible_at_both_widths(live):
    admin, told = live.officer("admin"), []
    link = invite(admin, "Zulkifli")
    told += [("the link", fault) for fault in faults(admin)]
    admin.page.get_by_role("link", name="Sudah saya salin").click()
    told += [("an invited person", fault) for fault in faults(admin)]
    admin.go("/kendali/akun?kata=a")
    told += [("the list", fault) for fault in faults(admin)]
    admin.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    admin.press("Undang")
    told += [("the list with errors", fault) for fault in faults(admin)]
    me = live.citizen()
    for path in ("/masuk/lupa", link, "/masuk/tautan/1-x"):
        me.go(path)
        told += [(path, fault) for fault in faults(me)]
    choose(me, link)
    told += [("setting the second step up", fault) for fault in faults(me)]
    me.write("Kode enam angka", "12")
    me.press("Pasang")
    told += [("a wrong code", fault) for fault in faults(me)]
    me.write("Kode enam angka", code(me))
    me.press("Pasang")
    told += [("paper codes", fault) for fault in faults(me)]
    me.go("/akun")
    told += [("my account", fault) for fault in faults(me)]
    me.press("Keluar")
    me.go("/masuk")
    me.write("Email", "zulkifli@contoh.go.id")
    me.page.get_by_label("Kata sandi", exact=True).fill(WORDS)
    me.press("Masuk")
    told += [("the second step", fault) for fault in faults(me)]
    found = live.town.sql("SELECT id FROM accounts WHERE email = 'zulkifli@contoh.go.id'")[0][0]
    admin.go(f"/kendali/akun/{found}")
    admin.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    admin.press("Hapus langkah kedua")
    told += [("one person with errors", fault) for fault in faults(admin)]
    assert not told, "\n".join(f"{where}: {fault}" for where, fault in told)
