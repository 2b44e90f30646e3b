"""The hands of the post: a road that hangs keeps its own, never another's; errands that never end; a chain that waits rings nobody."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from channels.social.x import X
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from tests.corridor.looking import CLINIC, count
from tests.counterparts.x_api import KEYS, LIMITS, US, XApi
from workers import boot, post

HANGING = ("facebook", "instagram", "listen:meta", "whatsapp")


class Street:
    """Errands on roads of which some hang; what each hand did is noted. `town` is the house they are kept in."""

    def __init__(self, town) -> None:
        self.town, self.gate, self.held, self.done = town, threading.Event(), Counter(), []
        self.changed = threading.Condition()
        boot.use(town.app)

    def put(self, road: str, times: int = 1, chain: int | None = None) -> None:
        with self.town.app.app_context(), self.town.work() as work:
            for _ in range(times):
                work.errand("deliver", 0, road=road, chain=chain)
            work.commit()

    def one(self, claim: Claim) -> None:
        """What a hand does: a road that hangs holds it until the gate opens, a good one takes no time."""
        if claim.road in HANGING:
            with self.changed:
                self.held[claim.road] += 1
                self.changed.notify_all()
            self.gate.wait(30)
        with self.town.house.work(Actor(Role.CHANNEL)) as work:
            errands.finish(work.session, claim, work.now)
            work.commit()
        with self.changed:
            self.done.append(claim.road)
            self.changed.notify_all()

    def until(self, true) -> bool:
        with self.changed:
            return self.changed.wait_for(true, 20)

    def drain(self, longest: float) -> int:
        return post.drain(self.one, longest)


@pytest.fixture
def street(new_town) -> Iterator[Street]:
    opened = Street(new_town)
    yield opened
    opened.gate.set()
    opened.drain(20)


def test_when_its_time_is_over_a_drain_leaves_what_hangs_and_the_next_one_serves_the_other_roads(street):
    street.put("whatsapp")
    first = street.drain(0.2)
    assert first == 0 and post.under_way(), "the time is over, the hand is not empty"
    street.put("sms", 3)
    second = street.drain(0.2)
    assert street.until(lambda: street.done == ["sms"] * 3) and post.under_way()
    street.gate.set()
    assert first + second + street.drain(20) == 4 and not post.under_way()


def test_while_a_hand_hangs_what_comes_later_leaves_in_the_same_drain(street):
    street.put("whatsapp")
    draining = threading.Thread(target=street.drain, args=(20,))
    draining.start()
    assert street.until(lambda: street.held["whatsapp"] == 1)
    street.put("sms")
    assert street.until(lambda: street.done == ["sms"]) and draining.is_alive()
    street.gate.set()
    draining.join(20)
    assert count(street.town, "errands", "done_at IS NULL") == 0


def test_four_roads_that_hang_leave_a_hand_for_the_fifth(street):
    for road in HANGING:
        street.put(road, 15)
    street.drain(0.2)
    assert street.until(lambda: sum(street.held.values()) == post.MOST_HANDS - post.RESERVE) and set(street.held) == set(HANGING)
    assert max(street.held.values()) - min(street.held.values()) <= 1, "no road has more than another"
    for road in ("sms", "telegram"):  # last by name
        street.put(road, 5)
    draining = threading.Thread(target=street.drain, args=(20,))
    draining.start()
    assert street.until(lambda: Counter(street.done) == {"sms": 5, "telegram": 5})
    street.gate.set()
    draining.join(30)
    assert count(street.town, "errands", "done_at IS NULL") == 0


@pytest.mark.parametrize(
    ("due", "busy", "more"),
    [
        (["sms"], {}, {"sms": 10}),
        (["sms"], {"sms": 10}, {}),
        (["a", "b"], {"a": 9}, {"a": 1, "b": 10}),
        (["a", "sms"], {"a": 6, "b": 7, "c": 7, "d": 8}, {"sms": 1}),
        (["a", "b", "c", "d", "e"], {}, {"a": 6, "b": 6, "c": 6, "d": 5, "e": 5}),
        ([f"r{n:02}" for n in range(50)], {}, {f"r{n:02}": 1 for n in range(40)}),
    ],
)
def test_nobody_has_a_second_hand_before_everybody_has_one(due, busy, more):
    assert post.shares(due, Counter(busy)) == more


def test_a_process_that_is_told_to_end_begins_nothing_more(street):
    street.put("sms")
    boot.ending.set()
    try:
        assert street.drain(20) == 0 and street.done == []
    finally:
        boot.ending.clear()
    assert street.drain(20) == 1


def test_the_hands_of_a_parent_are_not_those_of_its_child(street):
    street.put("whatsapp")
    street.drain(0.2)
    child = os.fork()
    if child == 0:
        os._exit(int(post.under_way()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 and post.under_way()


def test_what_waits_behind_another_of_its_chain_rings_nobody(street):
    street.put("sms", 3, chain=7)
    with street.town.app.app_context(), street.town.work() as work:
        (head,) = errands.claim_road(work.session, "post", "sms", work.now, 10)
        assert errands.roads_due(work.session, work.now) == errands.due_lanes(work.session, work.now) == [], "the first is in hand"
        errands.postpone(work.session, head, work.now + timedelta(hours=1))
        assert errands.roads_due(work.session, work.now) == errands.due_lanes(work.session, work.now) == [], "the first must wait"
        later = work.now + timedelta(hours=1)
        assert (errands.roads_due(work.session, later), errands.due_lanes(work.session, later)) == (["sms"], ["post"])
        work.commit()
    street.put("sms", chain=8)
    assert street.drain(20) == 1, "another person does not wait"


@pytest.fixture
def x(new_town) -> Iterator[XApi]:
    with XApi() as api:
        channel = X(*KEYS, US, (), api.url)
        new_town.plug(channel)
        yield api
        channel.close()


def look(town, x) -> None:
    x.left = dict.fromkeys(LIMITS, 1000)
    town.clock.forward(seconds=61)
    town.round()


def listening(town) -> tuple:
    return town.sql("SELECT attempts, dead_at IS NULL, done_at IS NULL FROM errands WHERE kind = 'listen'")[0]


def test_a_good_look_forgets_the_crashes_before_it(new_town, x):
    look(new_town, x)
    new_town.sql("UPDATE errands SET attempts = 60 WHERE kind = 'listen'")  # sixty workers died of it, over the years
    look(new_town, x)
    assert listening(new_town) == (0, True, True)


def test_listening_that_died_is_begun_anew_by_the_round_and_its_alarm_stands(new_town, x):
    look(new_town, x)
    new_town.sql("UPDATE errands SET attempts = 100 WHERE kind = 'listen'")  # the hundred and first finds nobody who lived to tell
    new_town.clock.forward(seconds=61)
    new_town.work_off()
    assert listening(new_town)[1:] == (False, True)
    x.direct(CLINIC.format("sesudah mati"))
    look(new_town, x)
    assert listening(new_town) == (0, True, True) and count(new_town, "cases", "text LIKE '%sesudah mati'") == 1
    assert count(new_town, "alarms", "kind = 'errand_dead' AND cleared_at IS NULL") == 1
    assert count(new_town, "journal", "tag = 'errand:revived'") == 1


def test_listening_goes_on_once_a_provider_is_set_up_again(new_town, x):
    look(new_town, x)
    there = new_town.app.extensions["channels"].pop("x")
    new_town.clock.forward(seconds=61)
    new_town.work_off()
    assert listening(new_town)[1:] == (True, False), "nobody to ask"
    new_town.app.extensions["channels"]["x"] = there
    x.direct(CLINIC.format("dipasang lagi"))
    look(new_town, x)
    assert listening(new_town) == (0, True, True) and count(new_town, "cases", "text LIKE '%dipasang lagi'") == 1
