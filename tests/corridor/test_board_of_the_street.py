"""The board of the one who keeps it running: every provider with its state, what is on its way, and a button that sends again."""

import re
from datetime import timedelta

import pytest
from click.testing import Result

from channels.sms.twilio import Twilio
from channels.social.x import X
from channels.telegram import Telegram
from ntbcare.casework import streetboard, upkeep
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import street
from tests.conftest import PUBLIC_URL
from tests.corridor.looking import CLINIC, by_sms, count, no_twins, statements
from tests.counterparts.telegram_api import SECRET, TOKEN, TelegramApi
from tests.counterparts.twilio_api import ACCOUNT_SID, SENDER, Mood, TwilioApi

PHONE = "+6281100007{:03d}"
NOWHERE = "http://127.0.0.1:9"  # nobody listens at this port
X_SECRETS = ("kunci-aplikasi-x", "rahasia-aplikasi-x", "token-akun-x", "rahasia-akun-x")


@pytest.fixture
def twilio(new_town):
    """Twilio itself carries the SMS of this town, over a real socket."""
    with TwilioApi(auth_token=new_town.settings.twilio_auth_token) as api:
        new_town.plug(Twilio(ACCOUNT_SID, new_town.settings.twilio_auth_token, SENDER, PUBLIC_URL, api.url))
        yield api


@pytest.fixture
def asked(new_town) -> X:
    """A provider that has to be asked, and is not there."""
    channel = X(*X_SECRETS, "4711", (), NOWHERE, timeouts=(1.0, 1.0))
    new_town.plug(channel)
    return channel


def rows(page: str, table: str) -> dict[str, str]:
    """Name → everything else of each line of a table, as a person reads it."""
    part = page.partition(f'aria-labelledby="{table}"')[2].partition("</table>")[0]
    found: dict[str, str] = {}
    for line in re.findall(r"<tr role=\"row\".*?</tr>", part.partition("<tbody")[2], re.DOTALL):
        name, cells = re.search(r'scope="row">(.*?)</th>(.*)', line, re.DOTALL).groups()
        title = re.search(r"<b>(.*?)</b>", name)
        found[title.group(1) if title else name] = " ".join(re.sub(r"<[^>]+>", " ", name + " " + cells).split())
    return found


def board(desk) -> tuple[dict[str, str], dict[str, str]]:
    answer = desk.get("/kendali")
    assert answer.status_code == 200
    return rows(answer.text, "penyedia"), rows(answer.text, "lalulintas")


def stumble(town, name: str, times: int, error: str = "HTTP 503") -> None:
    with town.app.app_context(), town.work() as work:
        for _ in range(times):
            street.stumbled(work.session, name, work.now, error, None)
        work.commit()


def settled(town, admin):
    """The newest notice that failed, sent again by the button; returns the answer."""
    number = town.sql("SELECT max(id) FROM notices WHERE state = 'failed'")[0][0]
    answer = admin.post(f"/kendali/kabar/{number}/ulang")
    town.work_off()
    return answer


def test_every_provider_stands_on_the_board_with_what_it_carries(new_town, office_of, twilio, asked):
    providers, _ = board(office_of(new_town).desk("admin"))
    assert providers["Twilio"] == "Twilio SMS Mengirim: baik 0 tidak ada belum ada"
    assert providers["X"] == "X X Mengirim: baik Membaca: baik Ditengok belum pernah 0 tidak ada belum ada"
    assert providers["Meta"] == "Meta WhatsApp, Facebook, Instagram belum dipasang"
    assert providers["Kannel"] == "Kannel SMS belum dipasang"
    assert "E-mail belum dipasang" in providers["E-mail"]
    assert streetboard.STAND_IN in providers, "what only stands in says so"


def test_a_provider_that_fails_is_lowered_with_its_reason_and_stands_up_again(new_town, office_of, twilio):
    admin = office_of(new_town).desk("admin")
    stumble(new_town, "twilio", 6, "time-out sesudah 10 detik")
    said = board(admin)[0]["Twilio"]
    assert re.search(r"Mengirim: dilambatkan sampai Jum 13 Mar 12\.01 WITA 6 time-out sesudah 10 detik Jum 13 Mar 12\.00 WITA", said), said
    new_town.clock.forward(minutes=10)
    assert "Mengirim: dicoba lagi 6" in board(admin)[0]["Twilio"]
    by_sms(new_town, PHONE.format(1), CLINIC.format("sesudah gangguan"))
    said = board(admin)[0]["Twilio"]
    assert "Mengirim: baik 0 time-out" in said and said.endswith("Jum 13 Mar 12.10 WITA")


def test_a_provider_that_is_asked_tells_how_far_and_when(new_town, office_of, asked):
    admin = office_of(new_town).desk("admin")
    with new_town.app.app_context(), new_town.work() as work:
        street.move_cursor(work.session, "x", '{"mentions": "1790000000000000001"}', work.now)
        work.commit()
    new_town.clock.forward(minutes=7)
    stumble(new_town, "listen:x", 2)
    said = board(admin)[0]["X"]
    assert "Ditengok 7 menit lalu, sampai {&#34;mentions&#34;: &#34;1790000000000000001&#34;}" in said
    assert "Membaca: dilambatkan sampai" in said and "Mengirim: baik" in said


@pytest.mark.parametrize(("length", "words"), [
    ({"seconds": -5}, "baru saja"), ({"seconds": 59}, "baru saja"), ({"minutes": 59}, "59 menit lalu"), ({"hours": 23}, "23 jam lalu"),
    ({"days": 9}, "9 hari lalu"),
])  # fmt: skip
def test_an_age_is_told_as_people_say_it(length, words):
    assert streetboard.ago(timedelta(**length)) == words


def test_words_are_counted_by_channel_and_by_what_became_of_them(new_town, office_of, twilio):
    town, admin = no_twins(new_town), office_of(new_town).desk("admin")
    by_sms(town, PHONE.format(2), CLINIC.format("terkirim saja"))  # no receipt comes: sent
    twilio.landlines.add(PHONE.format(3))
    by_sms(town, PHONE.format(3), CLINIC.format("nomor rumah"))  # refused for good
    twilio.moods.append(Mood(20500))
    by_sms(town, PHONE.format(4), CLINIC.format("nanti lagi"))  # failed, tried again
    town.sms(PHONE.format(5), CLINIC.format("menunggu"))
    with town.app.app_context():
        from workers import boot, errands

        boot.use(town.app)
        errands.run("work")  # triaged, not yet sent
    assert board(admin)[1]["SMS"] == "SMS 1 1 0 1 1"
    town.sql("UPDATE notices SET state = 'delivered' WHERE state = 'sent'")
    assert board(admin)[1]["SMS"] == "SMS 1 0 1 1 1"
    town.clock.forward(hours=25)
    assert board(admin)[1]["SMS"] == "SMS 1 0 0 1 0", "what waits is counted as long as it waits"


def test_words_that_failed_leave_again_at_the_press_of_a_button(new_town, office_of, twilio):
    town, office = new_town, office_of(new_town)
    twilio.landlines.add(PHONE.format(6))
    ticket = by_sms(town, PHONE.format(6), CLINIC.format("kirim lagi"))
    admin = office.desk("admin")
    assert "gagal, tidak dicoba lagi" in office.page("halim", ticket)
    page = admin.get("/kendali").text
    assert re.search(r'<form method="post" action="/kendali/kabar/\d+/ulang">.*?Kirim lagi', page)
    twilio.landlines.clear()
    assert settled(town, admin).status_code == 303
    assert [message["To"] for message in twilio.messages] == [PHONE.format(6)]
    assert town.sql("SELECT state FROM notices WHERE case_id = :c", c=town.case(ticket)["id"]) == [("sent",)]
    assert "terkirim" in office.page("halim", ticket)
    assert count(town, "journal", "tag = 'notice:again' AND actor LIKE 'admin:%' AND body LIKE '%Admin Contoh%'") == 1
    number = town.sql("SELECT max(id) FROM notices")[0][0]
    answer = admin.post(f"/kendali/kabar/{number}/ulang")
    assert answer.status_code == 404 and "sudah terkirim" in answer.text, "pressed twice, sent once"
    town.work_off()
    assert len(twilio.messages) == 1


def test_what_a_provider_gave_up_long_after_taking_it_gets_a_new_errand(new_town, office_of, twilio):
    town, admin = new_town, office_of(new_town).desk("admin")
    by_sms(town, PHONE.format(7), CLINIC.format("ditolak belakangan"))
    town.sql("UPDATE notices SET state = 'failed', last_error = '30005', dialled_at = NULL")
    for times in (2, 3):
        assert settled(town, admin).status_code == 303
        assert len(twilio.messages) == times, "each press sends once"
        town.sql("UPDATE notices SET state = 'failed'")


def test_what_may_have_left_already_stays_counted_when_somebody_sends_it_again(new_town, office_of, twilio):
    town, admin = new_town, office_of(new_town).desk("admin")
    by_sms(town, PHONE.format(8), CLINIC.format("mungkin dua kali"))
    town.sql("UPDATE notices SET state = 'failed', possible_repeats = 3, dialled_at = now(), last_error = 'tanpa jawaban'")
    assert settled(town, admin).status_code == 303
    assert town.sql("SELECT state, possible_repeats FROM notices") == [("sent", 4)]
    assert "mungkin diterima 5 kali" in office_of(town).page("halim", town.ticket_of("mungkin dua kali"))


def test_a_dead_letter_can_be_sent_again_too(new_town, office_of, twilio):
    town, admin = new_town, office_of(new_town).desk("admin")
    twilio.landlines.add(PHONE.format(9))
    by_sms(town, PHONE.format(9), CLINIC.format("surat mati"))
    twilio.landlines.clear()
    dead = town.sql("SELECT id FROM errands WHERE dead_at IS NOT NULL AND done_at IS NULL")[0][0]
    assert re.search(rf"/kendali/errand/{dead}/ulang.*?Kirim lagi", admin.get("/kendali").text)
    assert admin.post(f"/kendali/errand/{dead}/ulang").status_code == 303
    town.work_off()
    assert len(twilio.messages) == 1
    assert "surat mati" not in admin.get("/kendali").text


def test_only_admins_see_the_board_and_press_its_buttons(town, office):
    for who in ("halim", "nurhayati", "citra", "gubernur", "inspektur"):
        assert office.desk(who).get("/kendali").status_code == office.desk(who).post("/kendali/kabar/1/ulang").status_code == 403
    stranger = town.browser().post("/kendali/kabar/1/ulang")
    assert (stranger.status_code, stranger.headers["Location"].split("?")[0]) == (302, "/masuk")
    assert office.desk("admin").post("/kendali/kabar/999999/ulang").status_code == 404


def test_the_board_costs_the_same_however_much_waits(town, office):
    admin = office.desk("admin")
    admin.get("/kendali")
    with statements(town) as heard:
        admin.get("/kendali")
    few = len(heard)
    for number in range(30):
        by_sms(town, PHONE.format(100 + number), CLINIC.format(number))
    town.sql("UPDATE notices SET state = 'failed', last_error = 'x' WHERE id % 2 = 0")
    with statements(town) as heard:
        admin.get("/kendali")
    assert len(heard) == few <= 16, heard


def test_an_alarm_of_every_kind_is_told_in_words(town, office):
    kinds = ("channel_missing", "stranger_cap", "person_cap", "sending_breaker", "echo", "listening", "channel_down", "channel_setup")
    with town.app.app_context(), town.work(Actor(Role.CHANNEL)) as work:
        for kind in kinds:
            upkeep.alarm(work, kind, "sms", f"Kalimat untuk {kind}")
        work.commit()
    page = office.desk("admin").get("/kendali").text
    for kind in kinds:
        assert f"<b>{kind}</b>" not in page and f"Kalimat untuk {kind}" in page


def doctor(town) -> Result:
    """`flask doctor` of this town."""
    from pathlib import Path

    from ntbcare import commands

    commands.attach(town.app, seed_dir=Path("."), data_dir=Path("."), development=True)
    return town.app.test_cli_runner().invoke(args=["doctor"])


def test_doctor_tries_every_provider_and_names_those_that_are_not_set_up(new_town, twilio):
    with TelegramApi(secret=SECRET) as api:
        api.webhook |= {"url": f"{PUBLIC_URL}/hooks/telegram"}
        new_town.plug(Telegram(TOKEN, SECRET, api.url))
        told = doctor(new_town)
    lines = told.output.splitlines()
    assert "ok  Twilio the account is active" in lines
    assert any(line.startswith("ok  Telegram @ntbcare_bot; webhook") for line in lines)
    assert "-   Kannel not set up (sms)" in lines and "-   Meta not set up (whatsapp, facebook, instagram)" in lines
    assert told.exit_code == 0, told.output


def test_doctor_says_who_is_not_well_and_prints_no_secret(new_town, twilio, asked):
    twilio.status = "suspended"
    new_town.plug(Telegram(TOKEN, SECRET, NOWHERE, timeout=1.0))
    told = doctor(new_town)
    lines = told.output.splitlines()
    assert "BAD Twilio our Twilio configuration: the account is suspended" in lines
    assert any(line.startswith("BAD Telegram ") for line in lines) and any(line.startswith("BAD X ") for line in lines)
    assert told.exit_code == 1
    for secret in (TOKEN, SECRET, new_town.settings.twilio_auth_token, *X_SECRETS):
        assert secret not in told.output
