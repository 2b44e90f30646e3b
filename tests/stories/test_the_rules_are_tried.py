"""A coordinator asks where a report would go and forwards one outside our government; an admin tries another table. Every page is clean."""

from __future__ import annotations

from pathlib import Path

from tests.corridor.looking import by_form
from tests.stories.looks import faults

SEED = Path(__file__).parents[2] / "ntbcare/seed/ntb/routing_rules.csv"


def test_where_a_report_would_go_is_asked_from_the_desk(live):
    imran = live.officer("imran")
    imran.go("/meja")
    imran.page.get_by_role("link", name="Jalur", exact=True).click()
    assert faults(imran) == []
    imran.write("Isi laporan", "Jalan rusak berlubang di Desa Tente Kecamatan Woha Kabupaten Bima " + "panjangsekalitanpaspasi" * 9)
    imran.press("Lihat jalurnya")
    assert "Dinas Pekerjaan Umum" in imran.page.inner_text("main")
    assert faults(imran) == []


def test_an_admin_tries_another_table(live, tmp_path):
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    assert by_form(town, "Jalan berlubang besar", category="jalan_jembatan", region="52.06.03").status_code == 303
    town.app.config["WTF_CSRF_ENABLED"] = True
    town.work_off()
    file = tmp_path / "rules.csv"
    changed = SEED.read_text(encoding="utf-8").replace("{category} di {region} diurus", "{kepala} di {region} diurus")
    file.write_text(changed, encoding="utf-8")
    admin = live.officer("admin")
    admin.go("/meja/jalur")
    admin.page.get_by_label("Tabel aturan (CSV)").set_input_files(file)
    admin.press("Uji")
    assert "1 dari 1 laporan akan berpindah jalur" in admin.page.inner_text("main")
    assert faults(admin) == []


def test_a_case_for_the_power_company_is_one_click_and_a_check(live):
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    ticket = by_form(town, "Listrik padam dari pagi", category="listrik_penerangan", region="52.06.03").headers["Location"][-9:]
    town.app.config["WTF_CSRF_ENABLED"] = True
    town.work_off()
    imran = live.officer("imran")
    assert imran.open(ticket) == 200
    assert faults(imran) == []
    imran.page.locator("details.first").get_by_role("button", name="Teruskan ke instansi lain").click()
    town.work_off()
    assert town.case(ticket)["state"] == "forwarded"
