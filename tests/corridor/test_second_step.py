"""The second step: a code opens once, paper codes open once, roles that need it come no further without it, and guessing is slowed."""

from __future__ import annotations

import re

import pyotp
import pytest

from tests.corridor.conftest import told

NEW = "kuda laut makan rumput"


def newcomer(office, email: str, role: str):
    """Somebody who came by an invitation just now, signed in with the password alone."""
    town = office.town
    unit = town.sql("SELECT id FROM units WHERE code = '52.06.diskominfo'")[0][0]
    page = office.desk("admin").post("/kendali/akun", data={"email": email, "name": "Orang Baru", "role": role, "unit": unit}).text
    browser = town.browser()
    link = re.search(r"/masuk/tautan/[\w-]+", page).group()
    assert browser.post(link, data={"password": NEW, "again": NEW}).status_code == 303
    return browser


def secret_on(page: str) -> str:
    return re.search(r'id="kunci">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")


def code(town, secret: str) -> str:
    """What the telephone shows now; its clock goes on with the house's."""
    return pyotp.TOTP(secret).at(town.clock.moment)


def with_telephone(office, email: str, role: str = "coordinator"):
    """(browser, secret, paper codes) of somebody who has set the second step up."""
    browser = newcomer(office, email, role)
    secret = secret_on(browser.get("/akun/dua-langkah").text)
    answer = browser.post("/akun/dua-langkah", data={"code": code(office.town, secret)})
    assert answer.status_code == 200, told(answer.text)
    return browser, secret, re.findall(r'<li class="mono">([\w-]+)</li>', answer.text)


def half_way(town, email: str):
    """A browser that has given the password and is asked for the code."""
    browser = town.browser()
    answer = browser.post("/masuk", data={"email": email, "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/masuk/kode"), told(answer.text)
    return browser


def give(browser, typed: str) -> int:
    return browser.post("/masuk/kode", data={"code": typed}).status_code


@pytest.mark.parametrize(("role", "home"), [("admin", "/kendali"), ("inspector", "/akun"), ("leader", "/meja"), ("coordinator", "/meja")])
def test_a_role_that_sees_much_comes_no_further_than_the_page_that_sets_it_up(town, office, role, home):
    browser = newcomer(office, f"wajib.{role}@contoh.go.id", role)
    for address in ("/meja", "/kendali", "/akun", "/meja/cari", "/kendali/akun"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location) == (303, "/akun/dua-langkah"), address
    assert browser.post("/kendali/akun", data={"email": "x@contoh.go.id"}).location == "/akun/dua-langkah"
    secret = secret_on(browser.get("/akun/dua-langkah").text)
    assert browser.post("/akun/dua-langkah", data={"code": "000000"}).status_code == 403
    assert browser.get(home).status_code == 303
    assert browser.post("/akun/dua-langkah", data={"code": code(town, secret)}).status_code == 200
    assert browser.get(home).status_code == 200


def test_a_role_that_need_not_have_it_may_set_it_up(town, office):
    browser = newcomer(office, "boleh@contoh.go.id", "officer")
    assert browser.get("/meja").status_code == 200
    _, secret, _ = with_telephone(office, "boleh.juga@contoh.go.id", "officer")
    town.clock.forward(minutes=1)
    assert give(half_way(town, "boleh.juga@contoh.go.id"), code(town, secret)) == 303


def test_the_picture_is_drawn_here_and_holds_the_same_secret_as_the_letters(town, office):
    page = newcomer(office, "gambar@contoh.go.id", "officer").get("/akun/dua-langkah").text
    assert "<svg" in page and "https://" not in re.search(r"<svg.*?</svg>", page, re.DOTALL).group()
    assert len(secret_on(page)) == 32  # 160 bits


def test_the_password_alone_opens_nothing_and_a_code_opens_once(town, office):
    _, secret, _ = with_telephone(office, "ponsel@contoh.go.id")
    first, second = half_way(town, "ponsel@contoh.go.id"), half_way(town, "ponsel@contoh.go.id")
    assert first.get("/meja").status_code == 302
    assert give(first, code(town, secret)) == 403  # the code that set it up was used by that
    town.clock.forward(seconds=30)
    now = code(town, secret)
    assert give(first, now) == 303
    assert first.get("/meja").status_code == 200
    assert give(second, now) == 403  # looked over somebody's shoulder
    assert second.get("/meja").status_code == 302
    town.clock.forward(minutes=5)
    assert give(second, now) == 403


def test_a_code_on_paper_opens_once(town, office):
    _, _, papers = with_telephone(office, "kertas@contoh.go.id")
    assert len(set(papers)) == 10
    browser = half_way(town, "kertas@contoh.go.id")
    assert give(browser, papers[0].upper()) == 303
    assert "Sisa kode cadangan: 9" in browser.get("/akun").text
    assert give(half_way(town, "kertas@contoh.go.id"), papers[0]) == 403
    made = browser.post("/akun/kode-cadangan", data={"current": NEW})
    assert made.status_code == 200
    assert give(half_way(town, "kertas@contoh.go.id"), papers[1]) == 403  # the old paper is waste paper now
    from tests.corridor.looking import everywhere

    assert everywhere(town, papers[2].replace("-", "")) == [] == everywhere(town, papers[2])


def test_halfway_lasts_ten_minutes_and_ends_with_the_password(town, office):
    signed_in, secret, _ = with_telephone(office, "lama@contoh.go.id")
    late, stale = half_way(town, "lama@contoh.go.id"), half_way(town, "lama@contoh.go.id")
    changed = {"current": NEW, "password": "ayam bertelur emas", "again": "ayam bertelur emas"}
    assert signed_in.post("/akun/kata-sandi", data=changed).status_code == 303
    town.clock.forward(minutes=1)
    assert stale.post("/masuk/kode", data={"code": code(town, secret)}).location == "/masuk"
    town.clock.forward(minutes=10)
    assert late.post("/masuk/kode", data={"code": code(town, secret)}).location == "/masuk"
    assert late.get("/meja").status_code == 302


def test_a_forgotten_password_does_not_go_round_the_second_step(town, office):
    with_telephone(office, "jalan.pintas@contoh.go.id")
    id = town.sql("SELECT id FROM accounts WHERE email = 'jalan.pintas@contoh.go.id'")[0][0]
    link = re.search(r"/masuk/tautan/[\w-]+", office.desk("admin").post(f"/kendali/akun/{id}/tautan").text).group()
    browser = town.browser()
    answer = browser.post(link, data={"password": "ayam bertelur emas", "again": "ayam bertelur emas"})
    assert answer.location == "/masuk/kode"
    assert browser.get("/meja").status_code == 302


def test_a_lost_telephone_is_mended_by_an_admin_who_has_seen_the_person(town, office):
    browser, secret, papers = with_telephone(office, "hilang@contoh.go.id")
    id = town.sql("SELECT id FROM accounts WHERE email = 'hilang@contoh.go.id'")[0][0]
    admin, address = office.desk("admin"), f"/kendali/akun/{id}/langkah-kedua"
    assert admin.post(address).status_code == 422
    assert browser.get("/meja").status_code == 200
    assert admin.post(address, data={"seen": "yes"}).status_code == 303
    assert browser.get("/meja").status_code == 302
    again = town.browser()
    assert again.post("/masuk", data={"email": "hilang@contoh.go.id", "password": NEW}).location == "/meja"
    assert again.get("/meja").location == "/akun/dua-langkah"
    assert secret_on(again.get("/akun/dua-langkah").text) != secret
    assert town.sql("SELECT count(*) FROM recovery_codes WHERE account_id = :id", id=id) == [(0,)]
    assert town.sql("SELECT actor LIKE 'admin:%' FROM journal WHERE tag = 'account:second_step_reset'") == [(True,)]
    assert papers


def test_another_telephone_needs_the_password_again(town, office):
    browser, old, _ = with_telephone(office, "ganti.hp@contoh.go.id")
    new = secret_on(browser.get("/akun/dua-langkah").text)
    assert new != old
    assert browser.post("/akun/dua-langkah", data={"code": code(town, new)}).status_code == 403
    assert browser.post("/akun/dua-langkah", data={"code": code(town, new), "current": NEW}).status_code == 200
    town.clock.forward(minutes=1)
    assert give(half_way(town, "ganti.hp@contoh.go.id"), code(town, old)) == 403


def test_the_way_back_is_only_ever_a_path_of_our_own(town, office):
    _, secret, _ = with_telephone(office, "arah@contoh.go.id")
    for wanted, there in (("/meja/kabar", "/meja/kabar"), ("https://jahat.example/", "/meja"), ("//jahat.example", "/meja")):
        town.clock.forward(minutes=1)
        browser = town.browser()
        step = browser.post("/masuk", data={"email": "arah@contoh.go.id", "password": NEW, "next": wanted})
        assert browser.post(step.location, data={"code": code(town, secret)}).location == there


def test_the_secret_stands_in_no_table(town, office):
    from tests.corridor.looking import everywhere

    _, secret, _ = with_telephone(office, "tabel@contoh.go.id")
    assert everywhere(town, secret) == []


@pytest.fixture
def limited(town):
    from ntbcare.web.limits import limiter

    limiter.enabled = True
    limiter.reset()
    yield limiter
    limiter.reset()
    limiter.enabled = False


def guess(browser, email: str, times: int, address: str) -> list[int]:
    found = []
    for _ in range(times):
        answer = browser.post("/masuk", data={"email": email, "password": "salah sama sekali"}, environ_base={"REMOTE_ADDR": address})
        found.append(answer.status_code)
    return found


def test_strangers_who_guess_are_slowed_and_the_owner_is_not_locked_out(town, office, limited):
    email, address = "diserang@contoh.go.id", "203.0.113.7"
    own = newcomer(office, email, "officer")  # this browser has been in before
    own.post("/keluar")
    thief = [guess(town.browser(), email, 1, f"198.51.100.{number}")[0] for number in range(8)]  # eight addresses
    assert thief[:5] == [403] * 5 and set(thief[5:]) == {429}
    right = {"email": email, "password": NEW}
    assert (
        town.browser().post("/masuk", data=right, environ_base={"REMOTE_ADDR": address}).status_code == 429
    )  # a browser nobody knows waits
    assert own.post("/masuk", data=right, environ_base={"REMOTE_ADDR": "198.51.100.1"}).status_code == 303  # even from the thief's address
    assert (
        town.browser()
        .post("/masuk", data={"email": "dewi@ntbcare.example", "password": "x"}, environ_base={"REMOTE_ADDR": address})
        .status_code
        == 403
    )


def test_a_known_browser_that_guesses_is_slowed_by_itself(town, office, limited):
    email = "sendiri@contoh.go.id"
    own = newcomer(office, email, "officer")
    own.post("/keluar")
    found = guess(own, email, 7, "203.0.113.9")
    assert found[:5] == [403] * 5 and set(found[5:]) == {429}
    assert (
        town.browser().post("/masuk", data={"email": email, "password": NEW}, environ_base={"REMOTE_ADDR": "203.0.113.10"}).status_code
        == 303
    )
    forged = town.browser()
    forged.set_cookie("perangkat", "WyJ4IixbIngiXV0.palsu")
    assert guess(forged, email, 1, "203.0.113.11") == [403]


def test_one_address_that_guesses_at_many_people_is_slowed(town, limited):
    found = [guess(town.browser(), f"siapa{number}@contoh.go.id", 1, "203.0.113.20")[0] for number in range(23)]
    assert found[:20] == [403] * 20 and found[20:] == [429] * 3


def test_codes_are_guessed_no_faster_than_passwords(town, office, limited):
    with_telephone(office, "tebak@contoh.go.id", "officer")
    browser = half_way(town, "tebak@contoh.go.id")
    assert [give(browser, f"{number:06}") for number in range(7)] == [403] * 5 + [429] * 2
