"""A provider is away, hangs, or is missing: words wait, and afterwards each comes once, in order, about its own event."""

from __future__ import annotations

import threading

import pytest

from channels.sms.twilio import Twilio
from channels.telegram import Telegram
from tests.conftest import PUBLIC_URL, TELEGRAM_SECRET
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, count, no_twins
from tests.counterparts import telegram_api, twilio_api
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi


@pytest.fixture
def twilio():
    with TwilioApi() as api:
        yield api


def by_twilio(api: TwilioApi) -> Twilio:
    return Twilio(twilio_api.ACCOUNT_SID, twilio_api.AUTH_TOKEN, twilio_api.SENDER, PUBLIC_URL, api.url)


def report(town, number: int) -> str:
    me = f"+62812{number:07}"
    town.sms(me, CLINIC.format(f"nomor {number}"))
    town.work_off()
    return me


def to_twilio(twilio, me: str) -> list[str]:
    return [form["Body"] for form in twilio.messages if form["To"] == me]


def notice_of(town, me: str) -> tuple:
    query = "SELECT n.id, n.state, n.possible_repeats FROM notices n JOIN contacts k ON k.id = n.contact_id"
    return town.sql(f"{query} WHERE k.address = :me ORDER BY n.id DESC LIMIT 1", me=me)[0]


class Switched(TwilioApi):
    """Twilio that answers 503 while `off`, and holds its answers while `gate` is closed."""

    off = False
    gate = threading.Event()

    def take(self, form):
        self.gate.wait(20)
        return self.error(20500, form) if self.off else super().take(form)


@pytest.fixture
def switched():
    with Switched() as api:
        api.gate = threading.Event()
        api.gate.set()
        yield api
        api.gate.set()


def test_away_for_an_hour_each_notice_comes_once_in_order_and_tells_its_own_event(new_town, switched):
    no_twins(new_town).plug(by_twilio(switched))
    office, people = Office(new_town), [f"+62812{100 + n:07}" for n in range(20)]
    switched.off = True
    for me in people:
        new_town.sms(me, CLINIC.format(f"sejam tanpa penyedia {me}"))
    new_town.work_off()
    tickets = [new_town.ticket_of(f"penyedia {me}") for me in people]
    for n, ticket in enumerate(tickets):
        new_town.clock.forward(minutes=1)
        office.act("halim", ticket, "answer", words=f"Kabar untuk {n}.")
        if n < 10:
            office.act("halim", ticket, "respond", words=f"Sudah beres {n}.")
    new_town.clock.forward(minutes=40)
    new_town.work_off()
    assert switched.messages == []
    assert count(new_town, "alarms", "kind = 'channel_down' AND cleared_at IS NULL") == 1
    switched.off = False
    for _ in range(6):
        new_town.clock.forward(minutes=1)
        new_town.work_off()
    assert len(switched.messages) == 50
    for n, me in enumerate(people):
        heard = to_twilio(switched, me)
        assert "PIN" in heard[0] and "Dinkes" in heard[0], "the receipt is about the first moment, not about now"
        assert f"Kabar untuk {n}." in heard[1]
        assert [f"Sudah beres {n}." in text for text in heard[2:]] == ([True] if n < 10 else [])
    assert count(new_town, "notices", "possible_repeats > 0 OR state = 'failed'") == 0
    assert new_town.sql("SELECT failures, lowered_until FROM gateways") == [(0, None)]


def test_a_channel_missing_from_the_settings_keeps_its_words_with_an_alarm_until_it_is_there(new_town, twilio):
    office, before = Office(new_town), new_town.house.gateways.pop("sms")
    me = report(new_town, 20)
    office.act("halim", new_town.ticket_of("nomor 20"), "answer", words="Sabar ya.")
    assert count(new_town, "alarms", "kind = 'channel_missing' AND subject = 'sms' AND cleared_at IS NULL") == 1
    assert count(new_town, "notices", "state = 'waiting'") == 2 and before
    new_town.plug(by_twilio(twilio))
    new_town.clock.forward(minutes=15)
    new_town.work_off()
    first, second = to_twilio(twilio, me)
    assert "PIN" in first and "Sabar ya." in second


def test_a_provider_that_hangs_holds_up_no_other(new_town, switched):
    """Real threads: Telegram's message leaves while twelve calls of Twilio hang."""
    with TelegramApi(secret=TELEGRAM_SECRET) as telegram:
        new_town.plug(by_twilio(switched))
        new_town.plug(Telegram(telegram_api.TOKEN, TELEGRAM_SECRET, telegram.url))
        switched.gate.clear()
        for n in range(12):
            new_town.sms(f"+62812{300 + n:07}", CLINIC.format(f"menggantung {n}"))
        working = threading.Thread(target=new_town.work_off)
        working.start()
        try:
            assert until(lambda: len(switched.calls) >= 1), "Twilio holds a call"
            new_town.telegram(4_400, CLINIC.format("tidak ikut menunggu"))
            from workers import errands

            errands.run("work")
            assert until(lambda: len(telegram.sent) == 1), "and Telegram's message left meanwhile"
            assert switched.messages == [] and working.is_alive()
        finally:
            switched.gate.set()
            working.join(30)
        new_town.work_off()
        assert len({form["To"] for form in switched.messages}) == len(switched.messages) == 12
        for name in ("twilio", "telegram"):
            new_town.app.extensions["channels"][name].close()


def until(true, limit: float = 20.0) -> bool:
    """Wait until something is so, at most `limit` seconds."""
    waiting = threading.Event()
    for _ in range(int(limit / 0.02)):
        if true():
            return True
        waiting.wait(0.02)
    return False


@pytest.mark.parametrize("door", ["errand", "notice"])
def test_what_was_given_up_can_be_sent_again_by_hand(new_town, twilio, door):
    new_town.plug(by_twilio(twilio))
    me = f"+62812{400:07}"
    twilio.landlines.add(me)
    report(new_town, 400)
    assert notice_of(new_town, me)[1] == "failed"
    twilio.landlines.clear()
    admin = Office(new_town).desk("admin")
    dead = new_town.sql("SELECT id FROM errands WHERE dead_at IS NOT NULL")[0][0]
    doors = {"errand": f"/kendali/errand/{dead}/ulang", "notice": f"/kendali/kabar/{notice_of(new_town, me)[0]}/ulang"}
    for _ in range(2):  # pressed twice
        admin.post(doors[door])
    new_town.work_off()
    assert len(to_twilio(twilio, me)) == 1 and notice_of(new_town, me)[1:] == ("sent", 0)
