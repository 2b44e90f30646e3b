"""Every page in every state, at both widths, light and dark: axe finds nothing, nothing scrolls sideways, the browser complains of nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import abort, request
from sqlalchemy.exc import OperationalError

from ntbcare.casework import candidates, upkeep
from ntbcare.contract import IncomingMessage, Media, Scene
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import street
from ntbcare.records.work import House
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, ROAD, by_form, pin_of
from tests.stories.looks import faults, weight

LONG = "Laporanyangpanjangsekalitanpaspasi" * 8 + " " + "Jalan berlubang di Desa Tente, Kecamatan Woha, Bima. " * 60
# state → who does what to get there
LIVES = {
    "received": [], "dispositioned": [], "needs_info": [("bagus", "start"), ("bagus", "ask")], "in_progress": [("bagus", "start")],
    "awaiting_check": [("bagus", "start"), ("bagus", "submit_result")],
    "responded": [("bagus", "start"), ("bagus", "submit_result"), ("imran", "approve")],
    "closed": [("bagus", "start"), ("bagus", "submit_result"), ("imran", "approve"), ("", "selesai")],
    "rated": [("bagus", "start"), ("bagus", "submit_result"), ("imran", "approve"), ("", "selesai"), ("", "nilai")],
    "verified": [("bagus", "hand_back")], "withdrawn": [("", "tarik")],
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(live) -> SimpleNamespace:
    """A case in each state, two full pages of queue, alarms on the board. Made by forms, without the browser."""
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    office, me, tickets = Office(town), town.browser(), {}
    for state, acts in LIVES.items():
        words = "Mohon bantuannya, sudah lama begini" if state == "received" else ROAD.format(state)
        tickets[state] = by_form(town, words, me, phone="081234009900", name="Baiq Nurhayati").headers["Location"][-9:]
        town.work_off()
        for who, event in acts:
            said = "Kami sudah ke lokasi dan menambal lubangnya sepanjang 40 meter."
            if who:
                office.act(who, tickets[state], event, words=said, **({"unit": "0"} if event == "hand_back" else {}))
            else:
                assert me.post(f"/t/{tickets[state]}/{event}", data={"words": "Terima kasih", "score": "5"}).status_code == 303
    for number in range(55):
        words = LONG if number % 10 == 0 else CLINIC.format(number)
        kept = {"anonymous": "1", "confidential": "1"} if number % 5 == 0 else {}
        tickets["long" if number == 0 else str(number)] = by_form(town, words, **kept).headers["Location"][-9:]
    town.work_off()
    with town.app.app_context(), town.house.work(Actor(Role.CHANNEL)) as work:
        upkeep.alarm(work, "notice_failed", "sms:receipt", "Penyedia SMS menolak nomornya. " + "x" * 200)
        upkeep.keep_unread(work, "telegram", "4711", "no message in the update", f'{{"teks": "{LONG}"}}')
        work.commit()
    town.sql(
        "UPDATE errands SET dead_at = now(), done_at = NULL, attempts = 9, last_error = 'TimedOut' WHERE id = (SELECT min(id) FROM errands)"
    )
    town.sql("UPDATE notices SET state = 'failed', possible_repeats = 1, last_error = '30003' WHERE id = (SELECT max(id) FROM notices)")
    town.app.config["WTF_CSRF_ENABLED"] = True
    return SimpleNamespace(**tickets)


@pytest.fixture
def seen(live):
    """Look at a page: `seen(person, "its name")`; every fault of every page is told at the end, not only the first."""
    told: list[str] = []

    def look(person, name: str) -> None:
        told.extend(f"{name}: {fault}" for fault in faults(person))

    yield look
    assert not told, "\n".join(told)


def test_the_pages_of_citizens(live, cases, seen):
    me = live.citizen()
    for path in ("/", "/lapor", "/cek", "/cek?ticket=12", "/t/000000000", f"/t/{cases.needs_info}", f"/t/{cases.responded}", "/masuk"):
        me.go(path)
        seen(me, path)
    me.go("/lapor")
    me.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    me.write("Apa yang terjadi?", "Kepala dinas minta suap. " + LONG)
    me.write("Nomor HP", "bukan nomor")
    me.press("Kirim laporan")
    seen(me, "the form with errors and a long text")
    me.report(LONG, "Gang " + "panjang" * 20)
    seen(me, "the receipt")
    me.go(f"/t/{cases.responded}")
    me.write("PIN", "000000")
    me.press("Buka laporan saya")
    seen(me, "a wrong PIN")


def test_the_tracking_page_in_every_state(live, cases, seen):
    me = live.citizen()
    for state in LIVES:
        ticket = getattr(cases, state)
        me.go(f"/t/{ticket}")
        me.write("PIN", pin_of(live.town, ticket))
        me.press("Buka laporan saya")
        seen(me, f"tracking, {state}")
    me.go(f"/t/{cases.needs_info}")
    me.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    assert me.press("Kirim jawaban") == 422
    seen(me, "an answer without words")


def test_the_pages_of_officers(live, cases, seen):
    halim, bagus = live.officer("halim"), live.officer("bagus")
    for tab in ("todo", "attention"):
        halim.go(f"/meja?tab={tab}")
        seen(halim, f"the queue, {tab}")
    bagus.go("/meja?tab=done")
    seen(bagus, "the queue of what is closed")
    halim.go("/meja?state=responded&urgency=mendesak")
    seen(halim, "a filter that finds nothing")
    for state in ("dispositioned", "in_progress", "needs_info", "awaiting_check", "closed"):
        bagus.open(getattr(cases, state))
        seen(bagus, f"a case, {state}")
    bagus.open(cases.dispositioned)
    bagus.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    assert bagus.do("Tanya pelapor") == 422
    seen(bagus, "an act without words")
    bagus.open(cases.in_progress)
    bagus.page.evaluate("document.querySelectorAll('[name=version]').forEach(field => field.value = 1)")
    assert bagus.do("Kirim kabar", "Kami datang besok pagi.") == 409
    seen(bagus, "a conflict")


def test_the_pages_of_coordinators_leaders_and_admins(live, cases, seen):
    imran, citra = live.officer("imran"), live.officer("citra")
    for state in ("awaiting_check", "verified", "closed"):
        imran.open(getattr(cases, state))
        seen(imran, f"a coordinator's case, {state}")
    imran.go("/meja")
    seen(imran, "a coordinator's queue")
    assert citra.open(cases.received) == 200
    seen(citra, "the province's coordinator verifies")
    governor = live.officer("gubernur")
    governor.go("/meja?tab=waiting")
    seen(governor, "a leader's queue")
    admin = live.officer("admin")
    admin.go("/kendali")
    seen(admin, "the board with alarms")
    admin.page.get_by_role("link", name="kiriman dari Telegram").first.click()
    assert admin.reads("Laporanyangpanjang")
    seen(admin, "what could not be read")
    admin.go("/meja")
    seen(admin, "an admin has no queue")
    admin.go("/kendali/pembaca")
    assert admin.reads("Diukur saat dilatih") and admin.reads("Salah kirim, menurut aturan")
    seen(admin, "the reader's page")


def test_the_pages_of_a_counter(live, cases, seen):
    halim = live.officer("halim")
    halim.go("/meja/catat")
    seen(halim, "writing down what somebody says")
    halim.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    halim.write("Apa yang terjadi?", "Kepala dinas minta suap. " + LONG)
    halim.write("Nomor HP pelapor", "bukan nomor")
    assert halim.press("Simpan laporan") == 422
    seen(halim, "writing down, with errors and a long text")
    for phone, name in (("081234009901", "the receipt with a number"), ("", "the receipt without one")):
        halim.go("/meja/catat")
        halim.write("Apa yang terjadi?", f"Puskesmas Woha kehabisan obat, {name}")
        halim.write("Nomor HP pelapor", phone)
        halim.press("Simpan laporan")
        seen(halim, name)
        halim.page.reload()
        seen(halim, f"{name}, without the PIN")


def test_the_page_of_what_is_said_in_public(live, cases, seen):
    citra, town = live.officer("citra"), live.town
    citra.go("/meja/calon")
    seen(citra, "nothing was said in public")
    said = ("kepala dinas minta suap", LONG, CLINIC.format("hubungi 081234567890"), "mantap", CLINIC.format("x" * 300))
    with town.app.app_context(), town.house.work(Actor(Role.CITIZEN)) as work:
        for number in range(40):
            words, photo = said[number % len(said)], (Media("r", "image/jpeg"),)
            more = {"sender": f"u{number}", "sender_name": "Lalu Muhammad " * 10, "scene": Scene.OVERHEARD, "media": photo}
            comment = IncomingMessage("facebook", f"f{number}", words, **more, link="https://social.example/" + "p" * 150)
            candidates.overhear(work, comment, "meta")
        work.commit()
    for tab in ("laporan", "lainnya", "semua"):
        citra.go(f"/meja/calon?tampak={tab}")
        seen(citra, f"what is said in public, {tab}")
    citra.page.get_by_role("checkbox").first.check()
    assert citra.press("Yang dicentang bukan laporan") == 200
    seen(citra, "one comment was put away")
    town.sql("UPDATE candidates SET state = 'dismissed'")
    with citra.page.expect_navigation() as following:
        citra.page.get_by_role("button", name="Jadikan laporan").first.click()
    assert following.value.status == 409
    seen(citra, "somebody else was faster")


def test_the_board_when_the_street_is_not_well(live, cases, seen):
    town = live.town
    with town.app.app_context(), town.work() as work:
        for name in ("twilio", "telegram"):
            street.stumbled(work.session, name, work.now, "HTTP 503 " + "x" * 200, None)
        work.commit()
    town.sql("UPDATE gateways SET lowered_until = lowered_until - interval '1 hour' WHERE name = 'telegram'")
    admin = live.officer("admin")
    admin.go("/kendali")
    assert admin.reads("dilambatkan sampai") and admin.reads("dicoba lagi") and admin.reads("belum dipasang")
    seen(admin, "the board with a provider that is lowered")


def test_the_sign_in_page_and_every_error_page(live, seen, monkeypatch):
    app, me = live.town.app, live.citizen()
    monkeypatch.setitem(app.config, "DEMO_SIGN_INS", [("Petugas DPUPR Kab. Bima", "bagus@ntbcare.example", "rahasia")] * 3)
    me.go("/masuk")
    seen(me, "the sign-in page of a demo")
    me.write("Email", "tidak@ada.example")
    me.write("Kata sandi", "salah")
    assert me.press("Masuk") == 403
    seen(me, "a wrong password")
    monkeypatch.setitem(app.view_functions, "citizen.find", lambda: abort(int(request.args["status"])))
    for status in (400, 403, 404, 405, 413, 429, 500, 503):
        assert me.go(f"/cek?status={status}") == status
        me.complaints.clear()  # the browser logs that the answer is an error
        seen(me, f"error {status}")


def test_while_the_database_is_away_there_is_still_a_page_with_a_telephone_number(live, seen, monkeypatch):
    me = live.citizen()

    def gone(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(House, "reference", gone)
    assert me.go("/") == 503
    me.complaints.clear()
    assert me.page.get_by_role("link", name="112").count() == 1
    seen(me, "the database is away")


def test_the_first_page_weighs_at_most_100_kilobytes(live, capsys):
    raw, packed, addresses = weight(live.citizen(), "/lapor")
    with capsys.disabled():
        print(f"\n/lapor for the first time: {packed / 1000:.1f} kB compressed, {raw / 1000:.1f} kB as it is, {len(addresses)} requests")
    assert packed <= 100_000
    assert raw <= 100_000, "nobody has promised a proxy that compresses"
    assert all(address.startswith(live.address) for address in addresses)


def test_files_may_be_kept_for_a_year_and_pages_may_not(live):
    me = live.citizen()
    headers: dict[str, str] = {}
    me.page.on("response", lambda answer: headers.setdefault(answer.url.removeprefix(live.address), answer.headers["cache-control"]))
    me.go("/")
    style = next(address for address in headers if address.startswith("/static/house.css?v="))
    assert "max-age=31536000" in headers[style]
    assert headers["/"] == "no-store"
