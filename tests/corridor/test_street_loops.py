"""Machines that order, quote or count: at most a handful of answers an hour, and a person is never mistaken for one."""

from __future__ import annotations

import zlib

import pytest

from tests.corridor.looking import CLINIC, ROAD, by_sms, count


def say(town, me: str, words: list[str]) -> int:
    """A sender says these, one after the other; how many messages left for it."""
    before = len(town.sent(me))
    for text in words:
        assert town.sms(me, text).status_code == 200
        town.clock.forward(seconds=20)
        town.work_off()
    return len(town.sent(me)) - before


@pytest.mark.parametrize(
    ("order", "most"),
    [("STOP", 1), ("MULAI", 3), ("BANTUAN", 3), ("CEK", 6), ("482173058", 3), ("makasih", 2)],
)  # fmt: skip
def test_an_order_repeated_thirty_times_is_not_answered_thirty_times(town, order, most):
    me = f"+62811777{zlib.crc32(order.encode()) % 10_000:04}1"
    by_sms(town, me, CLINIC.format(f"perintah {order}"))
    assert say(town, me, [order] * 30) <= most
    assert count(town, "messages", "contact_id = (SELECT id FROM contacts WHERE address = :me)", me=me) == 31, "everything is stored"


def test_a_machine_that_quotes_our_ticket_in_new_words_is_answered_three_times(town):
    me = "+6281177700021"
    ticket = by_sms(town, me, CLINIC.format("mesin mengutip"))
    town.clock.forward(hours=2)
    assert (
        say(town, me, [f"{ticket} jawaban otomatis nomor urut {['satu', 'dua', 'tiga', 'empat', 'lima'][n % 5]} {n}" for n in range(20)])
        <= 3
    )


def test_who_stopped_and_sends_a_photo_or_a_piece_is_heard_again(town):
    me = "+6281177700031"
    town.sms(me, "jalan rusak parah sekali")
    town.work_off()
    town.sms(me, "STOP")
    town.work_off()
    opted = "SELECT opted_out_at IS NULL FROM contacts WHERE address = :me"
    assert town.sql(opted, me=me) == [(False,)]
    town.sms(me, "di desa Tente kecamatan Woha")
    town.work_off()
    assert town.sql(opted, me=me) == [(True,)]
    assert "sekarang ditangani" in town.sent(me)[-1]["text"]


def test_a_message_that_failed_once_is_not_held_up_by_itself(town):
    """Three a day to a number that never wrote: the third leaves, though its first try failed."""
    from channels.sms.twilio import Twilio
    from tests.conftest import PUBLIC_URL
    from tests.corridor.looking import by_form
    from tests.counterparts.twilio_api import ACCOUNT_SID, SENDER, Mood, TwilioApi

    with TwilioApi(auth_token=town.settings.twilio_auth_token) as api:
        town.plug(Twilio(ACCOUNT_SID, town.settings.twilio_auth_token, SENDER, PUBLIC_URL, api.url))
        for n in range(3):
            if n == 2:
                api.moods.append(Mood(20500))
            by_form(town, ROAD.format(f"gagal sekali {n}"), phone="081200007041")
            for _ in range(4):
                town.work_off()
                town.clock.forward(seconds=10)
        assert len([form for form in api.messages if form["To"] == "+6281200007041"]) == 3
