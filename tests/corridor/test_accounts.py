"""An account from the invitation to the day its owner leaves: links open once, sessions end when they should, nobody is told who is here."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PASSWORD
from tests.corridor.conftest import told

NEW = "kuda laut makan rumput"


def invited(office, email: str, role: str = "officer", unit: str = "52.06.pupr", who: str = "admin") -> str:
    """The path of the link that inviting somebody shows."""
    form = {"email": email, "name": "Orang Baru", "role": role, "unit": office.unit(unit)}
    answer = office.desk(who).post("/kendali/akun", data=form)
    assert answer.status_code == 200, told(answer.text)
    return link_on(answer.text)


def link_on(page: str) -> str:
    return "/masuk/tautan/" + re.search(r"/masuk/tautan/([\w-]+)", page).group(1)


def choose(town, link: str, password: str = NEW):
    """Choose a password by a link, in a browser of its own."""
    browser = town.browser()
    return browser, browser.post(link, data={"password": password, "again": password})


def settled(office, email: str) -> object:
    """Somebody with an account and a session."""
    browser, answer = choose(office.town, invited(office, email))
    assert answer.status_code == 303, told(answer.text)
    return browser


def number_of(town, email: str) -> int:
    return town.sql("SELECT id FROM accounts WHERE email = :email", email=email)[0][0]


def test_somebody_invited_chooses_a_password_once_and_is_in(town, office):
    link = invited(office, "baru@contoh.go.id")
    assert "Orang Baru" in town.browser().get(link).text  # looking uses nothing up
    browser, answer = choose(town, link)
    assert (answer.status_code, answer.location) == (303, "/meja")
    assert browser.get("/meja").status_code == 200
    again = choose(town, link, "jalan lain ke rumah")[1]
    assert again.status_code == 404
    assert town.browser().post("/masuk", data={"email": "baru@contoh.go.id", "password": "jalan lain ke rumah"}).status_code == 403
    assert town.browser().post("/masuk", data={"email": "baru@contoh.go.id", "password": NEW}).status_code == 303


def test_an_invitation_is_over_after_its_hours_and_a_new_one_voids_the_old(town, office):
    first = invited(office, "lambat@contoh.go.id")
    second = link_on(office.desk("admin").post(f"/kendali/akun/{number_of(town, 'lambat@contoh.go.id')}/tautan").text)
    assert first != second
    assert town.browser().get(first).status_code == 404
    town.clock.forward(hours=71)
    assert town.browser().get(second).status_code == 200
    town.clock.forward(hours=1)
    assert town.browser().get(second).status_code == 404
    assert choose(town, second)[1].status_code == 404


@pytest.mark.parametrize("token", ["1-" + "0" * 40, "0-x", "abc", "99999-" + "a" * 40, "1"])
def test_a_link_that_was_guessed_opens_nothing(town, token):
    assert town.browser().get(f"/masuk/tautan/{token}").status_code == 404


def test_a_password_that_others_would_try_first_is_refused(town, office):
    link = invited(office, "lemah.sekali@contoh.go.id")
    easy = (
        "pendek",
        "bismillah123",
        "PasswordPassword",
        "111111111111",
        "123456789012",
        "abcabcabcabcabc",
        "lemah.sekali",
        "Lemah.Sekali@contoh.go.id",
    )
    for password in easy:
        assert choose(town, link, password)[1].status_code == 422, password
    assert town.browser().post(link, data={"password": NEW, "again": NEW + "x"}).status_code == 422
    assert town.sql("SELECT password_at FROM accounts WHERE email = 'lemah.sekali@contoh.go.id'") == [(None,)]
    assert choose(town, link)[1].status_code == 303


def test_nobody_learns_at_the_door_who_has_an_account(town, office):
    def asked(path: str, email: str) -> tuple[int, str]:
        answer = town.browser().post(path, data={"email": email, "password": "salah sekali"})
        return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    assert asked("/masuk", "bagus@ntbcare.example") == asked("/masuk", "tidak.ada@ntbcare.example")
    assert asked("/masuk/lupa", "dewi@ntbcare.example") == asked("/masuk/lupa", "tidak.ada@ntbcare.example")


def test_a_forgotten_password_is_mended_by_a_letter_and_ends_every_session(town, office):
    browser, email = settled(office, "pelupa@contoh.go.id"), "pelupa@contoh.go.id"
    for address in (email, "hantu@contoh.go.id", email):
        assert town.browser().post("/masuk/lupa", data={"email": address}).status_code == 200
    town.work_off()
    letters = town.sent(email)
    assert len(letters) == 1 and not town.sent("hantu@contoh.go.id")
    assert choose(town, link_on(letters[0]["text"]), "sapi terbang ke bulan")[1].status_code == 303
    assert browser.get("/meja").status_code == 302
    assert town.browser().post("/masuk", data={"email": email, "password": NEW}).status_code == 403


def test_signing_in_makes_a_new_session_and_signing_out_ends_it_for_good(town):
    browser = town.browser()
    browser.get("/masuk")
    with browser.session_transaction() as before:
        before["_user_id"] = "dipasang-orang-lain"  # a session planted by somebody else
    browser.post("/masuk", data={"email": "ratna@ntbcare.example", "password": PASSWORD})
    with browser.session_transaction() as after:
        token = after["_user_id"]
        kept = dict(after)
    assert token != "dipasang-orang-lain"
    assert browser.get("/meja").status_code == 200
    browser.post("/keluar")
    with browser.session_transaction() as stolen:
        stolen.update(kept)
    assert browser.get("/meja").status_code == 302  # a copy of the cookie is worth nothing


def test_sessions_are_listed_and_ended_one_by_one_or_all(town, office):
    email, agents = "banyak@contoh.go.id", ("Mozilla/5.0 (Linux; Android 14) Chrome/120", "Mozilla/5.0 (Windows NT 10.0) Firefox/130")
    settled(office, email)
    browsers = [town.browser() for _ in agents]
    for browser, agent in zip(browsers, agents, strict=True):
        browser.post("/masuk", data={"email": email, "password": NEW}, headers={"User-Agent": agent})
    page = browsers[0].get("/akun").text
    assert "Chrome di Android" in page and "Firefox di Windows" in page
    other = town.sql("SELECT id FROM sign_ins WHERE browser = 'Firefox di Windows' ORDER BY id DESC LIMIT 1")[0][0]
    assert office.desk("dewi").post(f"/akun/sesi/{other}/akhiri").status_code == 404  # not one's own
    assert browsers[1].get("/meja").status_code == 200
    assert browsers[0].post(f"/akun/sesi/{other}/akhiri").status_code == 303
    assert browsers[1].get("/meja").status_code == 302
    assert browsers[0].post("/akun/sesi/akhiri-lainnya").status_code == 303
    assert town.sql("SELECT count(*) FROM sign_ins WHERE account_id = :id", id=number_of(town, email)) == [(1,)]
    assert browsers[0].get("/meja").status_code == 200


def test_another_password_ends_the_other_sessions_and_needs_the_old_one(town, office):
    email = "ganti@contoh.go.id"
    here, there = settled(office, email), town.browser()
    there.post("/masuk", data={"email": email, "password": NEW})
    form = {"password": "gunung tambora meletus", "again": "gunung tambora meletus"}
    assert here.post("/akun/kata-sandi", data={**form, "current": "bukan ini orangnya"}).status_code == 403
    assert there.get("/meja").status_code == 200
    assert here.post("/akun/kata-sandi", data={**form, "current": NEW}).status_code == 303
    assert (here.get("/meja").status_code, there.get("/meja").status_code) == (200, 302)


@pytest.mark.parametrize(("column", "kept", "over"), [("seen_at", "7 hours", "9 hours"), ("begun_at", "6 days", "8 days")])
def test_a_session_ends_by_itself(town, column, kept, over):
    browser = town.desk("yusuf")
    age = f"UPDATE sign_ins SET {column} = now() - CAST(:age AS interval) WHERE account_id = :id"
    town.sql(age, age=kept, id=number_of(town, "yusuf@ntbcare.example"))
    assert browser.get("/meja").status_code == 200
    assert town.sql(
        "SELECT seen_at > now() - interval '1 minute' FROM sign_ins WHERE account_id = :id ORDER BY id DESC LIMIT 1",
        id=number_of(town, "yusuf@ntbcare.example"),
    ) == [(True,)]
    town.sql(age, age=over, id=number_of(town, "yusuf@ntbcare.example"))
    assert browser.get("/meja").status_code == 302


def test_who_leaves_is_out_at_once_and_what_was_open_is_named(town, office):
    from tests.corridor.looking import CLINIC, by_sms

    email = "pergi@contoh.go.id"
    link = invited(office, email, unit="52.06.dinkes")
    browser, _ = choose(town, link)
    ticket = by_sms(town, "+6281100044001", CLINIC.format("petugasnya pergi"))
    assert town.act(browser, ticket, "start").status_code == 303
    id = number_of(town, email)
    assert office.desk("admin").post(f"/kendali/akun/{id}/nonaktif").status_code == 303
    assert browser.get("/meja").status_code == 302
    assert town.browser().post("/masuk", data={"email": email, "password": NEW}).status_code == 403
    page = office.desk("admin").get(f"/kendali/akun/{id}").text
    assert f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in page
    assert office.desk("admin").post(f"/kendali/akun/{id}/aktif").status_code == 303
    assert town.browser().post("/masuk", data={"email": email, "password": NEW}).status_code == 303


def test_another_role_or_unit_ends_the_sessions_and_another_name_does_not(town, office):
    browser, email = settled(office, "pindah@contoh.go.id"), "pindah@contoh.go.id"
    admin, address = office.desk("admin"), f"/kendali/akun/{number_of(town, email)}/ubah"
    assert admin.post(address, data={"name": "Nama Baru", "role": "officer", "unit": office.unit("52.06.pupr")}).status_code == 303
    assert browser.get("/meja").status_code == 200
    assert admin.post(address, data={"name": "Nama Baru", "role": "officer", "unit": office.unit("52.06.dinkes")}).status_code == 303
    assert browser.get("/meja").status_code == 302


def test_a_head_asks_colleagues_into_the_own_unit_and_nobody_else_anywhere(town, office):
    head = office.desk("nurhayati")
    link = invited(office, "bawahan@contoh.go.id", who="nurhayati")
    assert choose(town, link)[1].status_code == 303
    page = head.get("/kendali/akun").text
    assert "bawahan@contoh.go.id" in page and "dewi@ntbcare.example" not in page
    for role, unit in (("admin", "52.06.pupr"), ("head", "52.06.pupr"), ("officer", "52.71.dlh")):
        form = {"email": "jauh@contoh.go.id", "name": "Jauh", "role": role, "unit": office.unit(unit)}
        assert head.post("/kendali/akun", data=form).status_code == 422, (role, unit)
    mine, far = number_of(town, "bawahan@contoh.go.id"), number_of(town, "dewi@ntbcare.example")
    assert head.get(f"/kendali/akun/{far}").status_code == 404
    for act in ("nonaktif", "aktif", "tautan", "langkah-kedua", "ubah"):
        form = {"seen": "yes", "name": "X", "role": "officer", "unit": office.unit("52.06.pupr")}
        assert head.post(f"/kendali/akun/{mine}/{act}", data=form).status_code == 403, act


@pytest.mark.parametrize("who", ["bagus", "imran", "sekda", "inspektur"])
def test_nobody_else_opens_the_list_of_accounts(office, who):
    desk = office.desk(who)
    assert desk.get("/kendali/akun").status_code == 403
    assert desk.post("/kendali/akun", data={"email": "x@contoh.go.id", "name": "X", "role": "admin"}).status_code == 403
    assert desk.get("/kendali/akun/1").status_code == 403


def test_the_list_is_searched_and_filtered(office):
    admin = office.desk("admin")
    names = lambda query: set(re.findall(r"(\w[\w.]*)@ntbcare\.example", admin.get(f"/kendali/akun?{query}").text))  # noqa: E731
    assert names("kata=halim") == {"halim"}
    assert names("kata=%25") == set()
    assert names("peran=inspector") == {"inspektur"}
    assert {"bagus", "nurhayati"} <= names(f"unit={office.unit('52.06.pupr')}") and "dewi" not in names(f"unit={office.unit('52.06.pupr')}")
    assert not names("keadaan=left")


def test_the_book_tells_what_was_done_with_accounts_and_holds_no_secret(town, office):
    from tests.corridor.looking import everywhere

    email = "rahasia@contoh.go.id"
    link = invited(office, email)
    browser, _ = choose(town, link, "kerbau putih menari")
    with browser.session_transaction() as kept:
        token = kept["_user_id"]
    tags = {tag for (tag,) in town.sql("SELECT tag FROM journal WHERE tag LIKE 'account:%'")}
    assert {"account:invited", "account:link_made", "account:link_used", "account:password_set", "account:signed_in"} <= tags
    for secret in (token, link.rpartition("-")[2], "kerbau putih menari"):
        assert everywhere(town, secret) == []


def test_without_the_token_of_the_form_nothing_is_done(town, office):
    browser = office.desk("admin")
    town.app.config["WTF_CSRF_ENABLED"] = True
    try:
        for address in (
            "/masuk",
            "/masuk/lupa",
            "/masuk/tautan/1-x",
            "/akun/kata-sandi",
            "/akun/dua-langkah",
            "/kendali/akun",
            "/kendali/akun/1/nonaktif",
            "/keluar",
        ):
            assert browser.post(address, data={"email": "a@b.go.id"}).status_code == 400, address
    finally:
        town.app.config["WTF_CSRF_ENABLED"] = False
