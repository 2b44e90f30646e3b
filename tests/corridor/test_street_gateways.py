"""Who carries what, in which order, and how the house goes round a provider that does not do its work."""

from __future__ import annotations

import pytest

from channels.sms.kannel import Kannel
from channels.sms.twilio import Twilio
from ntbcare.records import street
from tests.conftest import PUBLIC_URL
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, count
from tests.counterparts import kannel_api, twilio_api
from tests.counterparts.kannel_api import KannelApi
from tests.counterparts.twilio_api import Mood, TwilioApi

SINGAPORE = "+6581234567"


@pytest.fixture
def twilio():
    with TwilioApi() as api:
        yield api


@pytest.fixture
def kannel():
    with KannelApi() as api:
        yield api


def by_twilio(api: TwilioApi, read: float = 10.0) -> Twilio:
    return Twilio(twilio_api.ACCOUNT_SID, twilio_api.AUTH_TOKEN, twilio_api.SENDER, PUBLIC_URL, api.url, timeouts=(2.0, read))


def by_kannel(api: KannelApi, read: float = 10.0) -> Kannel:
    return Kannel(api.url, kannel_api.USER, kannel_api.PASSWORD, "x" * 16, "", PUBLIC_URL, timeouts=(2.0, read))


@pytest.fixture
def town(new_town, twilio, kannel):
    """SMS by a Kannel of our own and by Twilio beside it."""
    new_town.plug(by_kannel(kannel))
    new_town.plug(by_twilio(twilio), beside=True)
    return new_town


def report(town, number: int, words: str = "") -> str:
    """A report from +62812…; the workers work. Returns the number."""
    me = f"+62812{number:07}"
    town.sms(me, CLINIC.format(words or f"nomor {number}"))
    town.work_off()
    return me


def to_kannel(kannel, me: str) -> list[str]:
    return [asked["text"] for asked in kannel.taken if asked["to"] == me]


def to_twilio(twilio, me: str) -> list[str]:
    return [form["Body"] for form in twilio.messages if form["To"] == me]


def gateway(town, name: str) -> tuple | None:
    rows = town.sql("SELECT failures, lowered_until > :now FROM gateways WHERE name = :name", name=name, now=town.clock())
    return rows[0] if rows else None


def notice_of(town, me: str) -> tuple:
    query = "SELECT n.gateway, n.state, n.attempts, n.possible_repeats FROM notices n JOIN contacts k ON k.id = n.contact_id"
    return town.sql(f"{query} WHERE k.address = :me ORDER BY n.id DESC LIMIT 1", me=me)[0]


def test_indonesian_numbers_go_by_our_own_gateway_and_others_by_twilio(town, twilio, kannel):
    me = report(town, 1)
    town.sms(SINGAPORE, CLINIC.format("dari luar"))
    town.work_off()
    assert (len(to_kannel(kannel, me)), len(to_twilio(twilio, me))) == (1, 0)
    assert (len(to_kannel(kannel, SINGAPORE)), len(to_twilio(twilio, SINGAPORE))) == (0, 1)
    assert notice_of(town, me)[:2] == ("kannel", "sent")


def test_a_number_of_the_range_goes_by_another_when_its_gateway_is_not_plugged(new_town, twilio):
    new_town.plug(by_twilio(twilio))
    assert len(to_twilio(twilio, report(new_town, 2))) == 1


@pytest.mark.parametrize("trouble", [kannel_api.Mood(500, "Internal error"), kannel_api.Mood(403, "Authorization failed for sendsms")])
def test_a_gateway_that_fails_is_lowered_and_the_message_leaves_by_the_next(town, twilio, kannel, trouble):
    kannel.moods.append(trouble)
    me = report(town, 3)
    town.clock.forward(seconds=1.5)
    town.work_off()
    assert len(to_twilio(twilio, me)) == 1
    assert notice_of(town, me)[0] == "twilio" and notice_of(town, me)[3] == 0
    assert gateway(town, "kannel") == (1, True)
    assert len(kannel.calls) == 1


def test_nobody_at_the_gateways_address_is_no_possible_repeat(new_town, twilio):
    with KannelApi() as gone:
        pass
    new_town.plug(by_kannel(gone))
    new_town.plug(by_twilio(twilio), beside=True)
    me = report(new_town, 4)
    new_town.clock.forward(seconds=1.5)
    new_town.work_off()
    assert len(to_twilio(twilio, me)) == 1 and notice_of(new_town, me)[3] == 0


def test_after_its_rest_one_message_tries_it_and_success_raises_it(town, twilio, kannel):
    kannel.moods.append(kannel_api.Mood(500, "Internal error"))
    report(town, 5)
    town.clock.forward(seconds=1)
    assert to_kannel(kannel, report(town, 6)) == [], "others go round it meanwhile"
    assert gateway(town, "kannel") == (1, True)
    town.clock.forward(seconds=5)
    kannel.moods.append(kannel_api.Mood(500, "Internal error"))
    numbers = [f"+62812000007{n}" for n in range(8)]
    for me in numbers:
        town.sms(me, CLINIC.format(f"setelah istirahat {me}"))
    calls = len(kannel.calls)
    town.work_off()
    assert len(kannel.calls) == calls + 1, "one trial, not eight"
    assert gateway(town, "kannel")[0] == 2
    town.clock.forward(seconds=1.5)
    town.work_off()
    assert [len(to_twilio(twilio, me)) for me in numbers] == [1] * 8
    town.clock.forward(seconds=20)
    assert len(to_kannel(kannel, report(town, 8))) == 1
    assert gateway(town, "kannel") == (0, None)
    assert len(to_kannel(kannel, report(town, 9))) == 1


def test_a_trial_that_nobody_finished_is_followed_by_another(town, twilio, kannel):
    town.sql("INSERT INTO gateways (name, failures, lowered_until) VALUES ('kannel', 3, :now)", now=town.clock())
    town.plug(by_kannel(kannel))  # Twilio is gone
    me = f"+62812{10:07}"
    town.sms(me, CLINIC.format("percobaan mati"))
    town.sql("UPDATE gateways SET lowered_until = :now + interval '15 seconds'", now=town.clock())  # whoever tried died with it
    town.work_off()
    assert kannel.calls == []
    town.clock.forward(seconds=16)
    town.work_off()
    assert len(to_kannel(kannel, me)) == 1


def test_a_trial_is_given_as_long_as_a_call_may_last(new_town):
    new_town.sql("INSERT INTO gateways (name, failures, lowered_until) VALUES ('twilio', 1, :now)", now=new_town.clock())
    for length, mine in ((0, True), (40, False), (6, True)):
        new_town.clock.forward(seconds=length)
        with new_town.app.app_context(), new_town.work() as work:
            assert street.on_trial(work.session, "twilio", work.now) is mine
            work.commit()


def test_a_refusal_of_the_number_lowers_nobody_and_is_shown(town, twilio, kannel):
    kannel.moods.append(kannel_api.Mood(400, "Number(s) has/have been denied by white- and/or black-lists."))
    me = report(town, 11)
    assert notice_of(town, me)[:3] == ("kannel", "failed", 1)
    assert gateway(town, "kannel") is None or gateway(town, "kannel")[0] == 0
    assert len(to_kannel(kannel, report(town, 12))) == 1
    ticket = town.ticket_of("nomor 11")
    assert "tidak sampai" in Office(town).page("halim", ticket)


def test_a_time_out_counts_a_possible_repeat(new_town, twilio):
    new_town.plug(by_twilio(twilio, read=1.5))
    twilio.moods.append(Mood(delay=20.0))
    me = report(new_town, 13)
    assert to_twilio(twilio, me) == [] and notice_of(new_town, me)[3] == 0
    new_town.clock.forward(seconds=5)
    new_town.work_off()
    assert len(to_twilio(twilio, me)) == 1
    assert notice_of(new_town, me)[1:] == ("sent", 2, 1)
    assert count(new_town, "journal", "tag = 'notice:possible_repeat'") == 1


def test_who_asks_for_patience_is_given_it_and_has_not_failed(new_town, twilio):
    new_town.plug(by_twilio(twilio))
    twilio.moods.append(Mood(code=20429, headers=(("Retry-After", "40"),)))
    me = report(new_town, 14)
    assert gateway(new_town, "twilio") == (0, True)
    new_town.clock.forward(seconds=38)
    new_town.work_off()
    assert len(twilio.calls) == 1
    new_town.clock.forward(seconds=3)
    new_town.work_off()
    assert len(to_twilio(twilio, me)) == 1
    assert count(new_town, "errands", "kind = 'deliver' AND attempts > 1") == 0, "patience is no failed try"
    assert count(new_town, "alarms") == 0


def test_who_asks_for_patience_is_gone_round_when_there_is_another(town, twilio, kannel):
    kannel.moods.append(kannel_api.Mood(503, "Temporal failure, try again later."))
    me = report(town, 15)
    town.clock.forward(seconds=1.5)
    town.work_off()
    assert len(to_twilio(twilio, me)) == 1 and gateway(town, "kannel") == (0, True)
