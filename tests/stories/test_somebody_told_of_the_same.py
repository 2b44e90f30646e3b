"""In a browser: the form asks before it files what is open already, and a coordinator joins two reports with one press."""

from __future__ import annotations

from tests.stories.looks import faults

WORDS = "Jalan berlubang besar di depan pasar Tente Kecamatan Woha, {}"


def told(town, words: str) -> str:
    ticket = town.api(text=WORDS.format(words)).json["ticket"]
    town.work_off()
    return ticket


def test_a_citizen_follows_and_a_coordinator_joins(live, town):
    first, second = told(town, "motor sering jatuh"), told(town, "bahaya kalau malam")
    me = live.citizen()
    me.go("/lapor")
    me.write("Apa yang terjadi?", WORDS.format("sudah dua orang jatuh"))
    assert me.press("Kirim laporan") == 200
    assert me.reads("Mungkin ini sudah dilaporkan") and me.reads("sudah dua orang jatuh")
    assert not me.reads("motor sering jatuh"), "nobody's words but one's own"
    assert faults(me) == []
    me.page.locator(f'button[value="{first}"]').click()
    me.page.wait_for_url("**/ikut/**")
    assert me.reads("Anda mengikuti laporan ini") and me.reads(f"/t/{first}")
    assert faults(me) == []

    officer = live.officer("imran")
    officer.go(f"/meja/{second}")
    assert officer.reads("Laporan serupa") and officer.reads("desa yang sama".capitalize())
    assert faults(officer) == []
    officer.page.locator(f"article:has(#serupa-{first})").get_by_role("button", name="Gabungkan").click()
    officer.page.get_by_text("Pisahkan lagi").first.wait_for()
    assert town.case(second)["merged_into"] == town.case(first)["id"]


def test_a_coordinator_sees_which_word_of_the_reporter_is_waited_for(live, town):
    told(town, "motor sering jatuh, aspalnya hancur")
    assert town.telegram(7990001, WORDS.format("motor sering jatuh pak")).status_code == 200
    town.work_off()
    waiting = town.ticket_of("motor sering jatuh pak")
    officer = live.officer("imran")
    officer.go("/meja")
    assert officer.reads("Ditanya")
    assert faults(officer) == []
    officer.go(f"/meja/{waiting}")
    assert officer.reads("Apakah sama dengan laporan") and officer.reads("Menunggu kata pelapor sampai pukul")
    assert faults(officer) == []
