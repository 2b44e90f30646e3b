"""What was mended in the sending: receipts that meet their sending, limits of one person, gateways that do not reach a number."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from channels.sms.gammu import Gammu
from channels.social.x import X
from ntbcare.casework import delivery, notices, upkeep
from ntbcare.contract import DeliveryReceipt, OutgoingMessage, Sent
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from tests.corridor.avenue import open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, count
from tests.corridor.test_board_of_the_street import board
from tests.corridor.test_street_gateways import SINGAPORE, by_kannel, by_twilio, gateway, notice_of, report, to_kannel, to_twilio
from tests.counterparts import kannel_api, meta_api, x_api
from tests.counterparts.gammu_house import furnish
from tests.counterparts.kannel_api import KannelApi
from tests.counterparts.twilio_api import Mood, TwilioApi
from tests.counterparts.x_api import XApi

NAME = "SM" + "5" * 32
SITI = "7000000042"  # on Messenger
DIAL = delivery.Dial("twilio", OutgoingMessage("notice-1", "+62812", "kabar", channel="sms"), "twilio")


@pytest.fixture
def avenue(servers, template, tmp_path):
    yield from open_avenue(servers, template, tmp_path)


@pytest.fixture
def twilio():
    with TwilioApi() as api:
        yield api


@pytest.fixture
def kannel():
    with KannelApi() as api:
        yield api


@pytest.fixture
def town(new_town, twilio, kannel):
    """SMS by a Kannel of our own and by Twilio beside it."""
    new_town.plug(by_kannel(kannel))
    new_town.plug(by_twilio(twilio), beside=True)
    return new_town


def waiting(town, number: int) -> int:
    """A notice that was dialled and whose sending nobody has recorded yet."""
    me = f"+62812{number:07}"
    town.sms(me, CLINIC.format(f"nomor {number}"))
    town.work_off()
    town.sql(
        "UPDATE notices SET state = 'waiting', external_id = NULL, sent_at = NULL, delivered_at = NULL, dialled_at = :now", now=town.clock()
    )
    return town.sql("SELECT max(id) FROM notices")[0][0]


def note(town, number: int, final: bool = False):
    return lambda work: delivery.sent(work, DIAL, number, Sent(NAME, final))


def tell(state: str, **more: bool):
    return lambda work: delivery.receipt(work, DeliveryReceipt("sms", NAME, state, **more))


def do(town, *deeds) -> None:
    """Each in a transaction of its own."""
    for deed in deeds:
        with town.app.app_context(), town.work(Actor(Role.CHANNEL)) as work:
            deed(work)
            work.commit()


def side_by_side(town, first, second) -> None:
    """`first` has done its work and not committed it when `second` begins; it commits once the second has ended or waits for it."""

    def blocked() -> bool:
        return bool(
            town.sql(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )[0][0]
        )

    with ThreadPoolExecutor(1) as pool, town.app.app_context(), town.work(Actor(Role.CHANNEL)) as work:
        first(work)
        work.session.flush()
        other = pool.submit(do, town, second)
        pause = threading.Event()
        while not (other.done() or blocked()):
            pause.wait(0.02)
        work.commit()
        other.result(timeout=20)


@pytest.mark.parametrize("receipt_first", [True, False])
def test_a_receipt_that_meets_the_record_of_its_sending_is_never_lost(new_town, receipt_first):
    number = waiting(new_town, 21)
    pair = [tell("delivered"), note(new_town, number)]
    side_by_side(new_town, *(pair if receipt_first else reversed(pair)))
    assert new_town.sql("SELECT state FROM notices WHERE id = :id", id=number) == [("delivered",)]
    assert count(new_town, "early_receipts") == 0


def test_a_letter_that_came_back_before_its_sending_was_noted_has_come_back(new_town):
    number = waiting(new_town, 22)
    do(new_town, tell("failed", permanent=True, bounce=True), note(new_town, number, final=True))
    assert new_town.sql("SELECT state FROM notices WHERE id = :id", id=number) == [("failed",)]


def test_receipts_of_words_that_are_not_ours_are_forgotten_after_two_weeks(new_town):
    do(new_town, tell("delivered"))
    new_town.clock.forward(days=13)
    do(new_town, upkeep.tidy)
    assert count(new_town, "early_receipts") == 1
    new_town.clock.forward(days=2)
    do(new_town, upkeep.tidy)
    assert count(new_town, "early_receipts") == 0


def test_a_limit_of_one_person_on_whatsapp_holds_up_nobody_else(avenue):
    town = avenue.town
    avenue.meta.pair_room[avenue.address("whatsapp", 8_001).lstrip("+")] = 0
    avenue.write("whatsapp", 8_001, CLINIC.format("terlalu sering"))
    avenue.write("whatsapp", 8_002, CLINIC.format("orang lain"))
    town.work_off()
    assert [len(avenue.heard("whatsapp", person)) for person in (8_001, 8_002)] == [0, 1]
    assert town.sql("SELECT name FROM gateways WHERE failures > 0 OR lowered_until IS NOT NULL") == []
    avenue.meta.pair_room[avenue.address("whatsapp", 8_001).lstrip("+")] = 9
    town.clock.forward(seconds=61)
    town.work_off()
    assert len(avenue.heard("whatsapp", 8_001)) == 1


def on_messenger(avenue, words: str) -> None:
    avenue.meta.people[SITI] = "facebook"
    message = {
        "sender": {"id": SITI},
        "recipient": {"id": meta_api.PAGE_ID},
        "timestamp": 1_795_312_800_000,
        "message": {"mid": f"m_{len(words)}", "text": words},
    }
    entry = {"id": meta_api.PAGE_ID, "time": 1_795_312_800_000, "messaging": [message]}
    assert avenue.notify({"object": "page", "entry": [entry]}).status_code == 200
    avenue.town.work_off()


def messenger(avenue) -> list[str]:
    return [body["message"]["text"] for _, body in avenue.meta.sent if (body.get("recipient") or {}) == {"id": SITI}]


def test_whatsapp_that_is_away_does_not_hold_up_messenger_and_the_board_tells_which(avenue):
    town = avenue.town
    avenue.meta.open_for.add(SITI)
    avenue.meta.moods.append(meta_api.Mood(code=131016, status=500))
    avenue.file("whatsapp", 8_003, CLINIC.format("WhatsApp mati"))
    assert avenue.heard("whatsapp", 8_003) == []
    on_messenger(avenue, CLINIC.format("Messenger hidup"))
    assert len(messenger(avenue)) == 1
    assert (gateway(town, "meta:whatsapp"), gateway(town, "meta:facebook"), gateway(town, "meta")) == ((1, True), None, None)
    said = board(Office(town).desk("admin"))[0]["Meta"]
    assert "Mengirim WhatsApp: dilambatkan sampai" in said and "Mengirim Facebook: baik" in said
    town.clock.forward(seconds=3)
    town.work_off()
    assert len(avenue.heard("whatsapp", 8_003)) == 1 and gateway(town, "meta:whatsapp") == (0, None)
    assert "Mengirim: baik" in board(Office(town).desk("admin"))[0]["Meta"]


def test_who_does_not_reach_a_number_is_gone_round_once_and_only_the_last_refusal_is_final(town, twilio, kannel):
    twilio.forbidden_prefixes = ("+65",)
    town.sms(SINGAPORE, CLINIC.format("dari luar"))
    town.work_off()
    assert len(to_kannel(kannel, SINGAPORE)) == 1 and len(twilio.calls) == 1
    assert notice_of(town, SINGAPORE) == ("kannel", "sent", 2, 0)
    assert gateway(town, "twilio") is None, "it is well"
    kannel.moods.append(kannel_api.Mood(403, "Not routable. Do not try again."))
    town.sms(SINGAPORE, "CEK")
    town.work_off()
    assert notice_of(town, SINGAPORE)[:3] == ("kannel", "failed", 2)
    assert (len(twilio.calls), len(kannel.calls)) == (2, 2), "each was asked once"
    twilio.forbidden_prefixes = ()
    number = town.sql("SELECT max(id) FROM notices")[0][0]
    assert Office(town).desk("admin").post(f"/kendali/kabar/{number}/ulang").status_code == 303
    town.work_off()
    assert len(to_twilio(twilio, SINGAPORE)) == 1, "who asks for it again asks all of them again"


def test_words_that_one_gateway_lost_are_tried_by_the_next(town, twilio, kannel):
    me = report(town, 24)
    name = town.sql("SELECT max(external_id) FROM notices")[0][0]
    do(town, lambda work: delivery.receipt(work, DeliveryReceipt("sms", name, "failed", reason="the phone was off")))
    town.clock.forward(minutes=5)
    town.work_off()
    assert (len(to_kannel(kannel, me)), len(to_twilio(twilio, me))) == (1, 1)
    name = town.sql("SELECT max(external_id) FROM notices")[0][0]
    do(town, lambda work: delivery.receipt(work, DeliveryReceipt("sms", name, "failed", reason="the phone was off")))
    town.clock.forward(minutes=5)
    town.work_off()
    assert len(to_kannel(kannel, me)) == 2, "and by the first again"


def test_a_modem_whose_daemon_is_dead_is_gone_round(new_town, servers, twilio):
    url = servers.create_database("gammu_dead")
    furnish(url)
    new_town.plug(Gammu(url))
    new_town.plug(by_twilio(twilio), beside=True)
    me = report(new_town, 25)
    new_town.clock.forward(seconds=1.5)
    new_town.work_off()
    assert len(to_twilio(twilio, me)) == 1 and notice_of(new_town, me)[3] == 0
    assert gateway(new_town, "gammu")[0] == 1


def test_a_notice_revived_at_night_waits_for_the_morning_once_more(avenue):
    town, office = avenue.town, Office(avenue.town)
    ticket = avenue.file("sms", 8_004, CLINIC.format("dibangunkan malam"))
    town.clock.moment = datetime(2026, 3, 13, 12, 55, tzinfo=UTC)  # 20.55
    avenue.twilio.moods.append(Mood(code=20500))
    office.act("halim", ticket, "answer", words="Kabar sore.")
    town.clock.moment = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)  # 23.00
    for _ in range(2):
        town.work_off()
        (errand,) = town.sql("SELECT id FROM errands WHERE kind = 'deliver' AND done_at IS NULL")
        assert office.desk("admin").post(f"/kendali/errand/{errand[0]}/ulang").status_code == 303
    town.work_off()
    avenue.write("sms", 8_004, "CEK")
    town.work_off()
    heard = len(avenue.heard("sms", 8_004))
    assert heard == 2 and "Kabar sore." not in "".join(avenue.heard("sms", 8_004)), "who asks at night is answered at night"
    town.clock.moment = datetime(2026, 3, 13, 22, 0, tzinfo=UTC)
    town.work_off()
    assert ["Kabar sore." in text for text in avenue.heard("sms", 8_004)[heard:]] == [True]


def owe_in_public(town, thread: str) -> None:
    """Words of ours below somebody's post on X."""
    town.sql("INSERT INTO contacts (channel, address, heard_at) VALUES ('x', :who, :now)", who=x_api.CITIZEN, now=town.clock())

    def write(work) -> None:
        number = work.session.execute(select(Contact.id).where(Contact.channel == "x")).scalar_one()
        notice = Notice(contact_id=number, channel="x", template="public_receipt", template_version="1", body="Terima kasih, laporan dicatat.",
                        state="waiting", created_at=work.now, thread=thread, public=True, prompted=True)  # fmt: skip
        work.session.add(notice)
        work.session.flush()
        notices.send(work, notice)

    do(town, write)


def test_x_that_knows_our_words_already_has_them_from_the_attempt_nobody_heard_the_end_of(new_town):
    with XApi() as x:
        new_town.plug(X(*x_api.KEYS, x_api.US, (), x.url, timeouts=(1.0, 0.5)))
        thread = str(x.post(x_api.CITIZEN, "@ntbcare jalan rusak"))
        x.moods.append(x_api.Mood(delay=1.5, only="tweets"))
        owe_in_public(new_town, thread)
        new_town.work_off()
        while not x.tweets:
            threading.Event().wait(0.05)
        new_town.clock.forward(seconds=5)
        new_town.work_off()
        assert len(x.tweets) == 1
    assert new_town.sql("SELECT state, attempts, possible_repeats FROM notices") == [("delivered", 2, 0)]
    assert count(new_town, "alarms", "kind = 'notice_failed'") == 0


def test_private_words_after_the_window_wait_until_the_person_writes_again(avenue):
    town = avenue.town
    on_messenger(avenue, CLINIC.format("jendela tertutup"))
    assert town.sql("SELECT state FROM notices") == [("held",)] and messenger(avenue) == []
    assert count(town, "alarms") == 0 and count(town, "errands", "dead_at IS NOT NULL") == 0
    assert "menunggu pelapor menulis lagi" in Office(town).page("halim", town.ticket_of("jendela tertutup"))
    number = town.sql("SELECT contact_id FROM notices")[0][0]
    for opened, state in ((False, "held"), (True, "delivered")):
        if opened:
            avenue.meta.open_for.add(SITI)
        do(town, lambda work: delivery.reopen(work, number))
        town.work_off()
        assert town.sql("SELECT state FROM notices") == [(state,)]
    assert len(messenger(avenue)) == 1
    do(town, lambda work: delivery.reopen(work, number))
    assert town.work_off() == 0
