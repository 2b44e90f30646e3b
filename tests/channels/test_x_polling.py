"""The real tweepy against the loopback X: what people say to us is read once, in order, and nothing is passed over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from channels.social.x import PAGES, X
from ntbcare.contract import ChannelError, IncomingMessage, Polled, Scene, Throttled
from tests.counterparts.x_api import CITIZEN, KEYS, OFFICE, US, Mood, XApi

START = json.dumps({"mentions": "1", "dm": "1", "watched": {OFFICE: "1"}})
DAYS = timedelta(days=1, minutes=5)


@pytest.fixture
def x() -> Iterator[XApi]:
    with XApi() as api:
        yield api


def channel(api: XApi, *watched: str, keys: tuple[str, str, str, str] = KEYS) -> X:
    return X(*keys, US, watched, api.url, timeouts=(2.0, 2.0))


def messages(polled: Polled) -> list[IncomingMessage]:
    assert all(isinstance(item, IncomingMessage) for item in polled.items)
    return list(polled.items)  # type: ignore[arg-type]


def texts(polled: Polled) -> list[str]:
    return [message.text for message in messages(polled)]


def read_all(line: X, cursor: str) -> tuple[list[str], list[Polled]]:
    """Looks as long as there is more to take at once."""
    looks = [line.poll(cursor)]
    while looks[-1].more:
        looks.append(line.poll(looks[-1].cursor))
    return [text for look in looks for text in texts(look)], looks


@pytest.mark.payloads("x_pages.json")
def test_a_recorded_page_is_read_word_for_word(recorded: dict[str, Any], x: XApi) -> None:
    path = {"mentions": f"/2/users/{US}/mentions", "dm": "/2/dm_events"}.get(recorded["source"], f"/2/users/{recorded['source']}/mentions")
    x.moods.append(Mood(200, json.dumps(recorded["page"]).encode(), only=path))
    polled = channel(x, OFFICE).poll(START)
    assert [identity for identity, _, _ in polled.unknown] == [recorded[name] for name in ("unknown",) if name in recorded]
    assert [len(message.raw) > 50 for message in messages(polled)] == [True for _ in (recorded["is"],) if recorded["is"]]
    for message in messages(polled):
        found: dict[str, Any] = {name: getattr(message, name) for name in recorded["is"]}
        found |= {"media": [[each.ref, each.mime] for each in message.media]} if "media" in found else {}
        found |= {"received_at": message.received_at.isoformat()} if message.received_at and "received_at" in found else {}
        assert found == recorded["is"]
        assert message.channel == "x"


def test_mentions_direct_messages_and_what_is_said_to_watched_accounts_come_oldest_first(x: XApi) -> None:
    x.post("@ntbcare jalan rusak", age=timedelta(minutes=5))
    x.direct("saya mau lapor", age=timedelta(minutes=4))
    x.post("@dinas_pu lampu mati", age=timedelta(minutes=3))
    x.post("kopi pagi", age=timedelta(minutes=2))
    polled = channel(x, OFFICE).poll("")
    assert [(message.text, message.scene) for message in messages(polled)] == [
        ("jalan rusak", Scene.ADDRESSED), ("saya mau lapor", Scene.PRIVATE), ("@dinas_pu lampu mati", Scene.OVERHEARD),
    ]  # fmt: skip
    assert (polled.more, polled.after, polled.unknown) == (False, None, ())


def test_a_post_to_us_and_to_a_watched_account_is_one_message_for_us(x: XApi) -> None:
    identity = x.post("@dinas_pu @ntbcare lampu mati")
    (message,) = messages(channel(x, OFFICE).poll(""))
    assert (message.external_id, message.scene) == (identity, Scene.ADDRESSED)
    x.moods.append(Mood(503, only=f"/{US}/"))  # our own list cannot be read now
    (alone,) = messages(channel(x, OFFICE).poll(""))
    assert (alone.external_id, alone.scene) == (identity, Scene.ADDRESSED)


def test_the_next_look_sees_only_what_is_new(x: XApi) -> None:
    line = channel(x, OFFICE)
    x.post("@ntbcare satu")
    x.direct("dua")
    cursor = line.poll("").cursor
    quiet = line.poll(cursor)
    assert (quiet.items, quiet.cursor) == ((), cursor)
    x.post("@ntbcare tiga")
    x.direct("empat")
    x.direct("jawaban kami", US)
    again = line.poll(cursor)
    assert texts(again) == ["tiga", "empat"]
    assert line.poll(again.cursor).items == ()


def test_the_first_look_goes_back_one_day_and_one_page(x: XApi) -> None:
    x.post("@ntbcare kemarin dulu", age=DAYS)
    x.direct("kemarin dulu", age=DAYS)
    x.post("@ntbcare hari ini", age=timedelta(hours=23))
    x.direct("hari ini", age=timedelta(hours=23))
    line = channel(x)
    polled = line.poll("")
    assert texts(polled) == ["hari ini", "hari ini"]
    assert line.poll(polled.cursor).items == ()
    assert [path for _, path, _ in x.calls] == [f"/2/users/{US}/mentions", "/2/dm_events"] * 2
    for number in range(130):
        x.post(f"@ntbcare {number}")
    newest = channel(x).poll("")
    assert texts(newest)[1:] == [str(number) for number in range(30, 130)]
    assert not newest.more


def test_an_unreadable_cursor_and_an_empty_house_are_a_first_look(x: XApi) -> None:
    x.post("@ntbcare kemarin dulu", age=DAYS)
    for cursor in ("", "rusak", "[]", '{"mentions": {"x": 1}}', '{"mentions": "abc"}', '{"watched": 3}'):
        polled = channel(x).poll(cursor)
        assert (polled.items, channel(x).poll(polled.cursor).items) == ((), ())


@pytest.mark.parametrize("write", ["post", "direct"])
def test_a_burst_is_read_in_several_looks_and_nothing_is_passed_over(x: XApi, write: str) -> None:
    line, said = channel(x), [f"pesan {number}" for number in range(100 * PAGES + 120)]
    getattr(x, write)("@ntbcare awal")
    cursor = line.poll("").cursor
    for text in said:
        getattr(x, write)(f"@ntbcare {text}" if write == "post" else text)
    first = line.poll(cursor)
    assert first.more
    assert len(first.items) == 100 * PAGES
    getattr(x, write)("@ntbcare menyusul")  # while the old ones are still being read
    x.left["dm_events"] = 15
    rest, looks = read_all(line, first.cursor)
    assert sorted(texts(first) + rest, key=lambda text: int(text.rpartition(" ")[2])) == said
    x.left["dm_events"] = 15
    assert [text.removeprefix("@ntbcare ") for text in texts(line.poll(looks[-1].cursor))] == ["menyusul"]


def test_a_page_that_X_no_longer_knows_is_walked_to_again_from_the_top(x: XApi) -> None:
    line = channel(x)
    x.post("@ntbcare 0")
    cursor = line.poll("").cursor
    for number in range(1, 621):
        x.post(f"@ntbcare {number}")
    first = line.poll(cursor)
    x.expired.add(json.loads(first.cursor)["mentions"]["next"])
    x.left["dm_events"] = 15
    rest, _ = read_all(line, first.cursor)
    assert {int(text) for text in (*texts(first), *rest)} == set(range(1, 621))


def test_a_limit_in_the_middle_keeps_what_was_read_and_says_when_to_come_back(x: XApi) -> None:
    line = channel(x)
    x.post("@ntbcare 0")
    cursor = line.poll("").cursor
    for number in range(1, 251):
        x.post(f"@ntbcare {number}")
    x.left["mentions"], x.reset = 2, int(time.time()) + 600
    cut = line.poll(cursor)
    assert texts(cut) == [str(number) for number in range(51, 251)]
    assert cut.after is not None
    assert 540 < cut.after <= 600
    assert not cut.more
    x.left["mentions"] = 300
    assert texts(line.poll(cut.cursor)) == [str(number) for number in range(1, 51)]


def test_a_limit_at_once_is_throttled_and_other_sources_are_read_all_the_same(x: XApi) -> None:
    line = channel(x, OFFICE)
    x.left["mentions"], x.reset = 0, int(time.time()) + 300
    with pytest.raises(Throttled) as caught:
        line.poll(START)
    assert 240 < caught.value.after <= 300
    assert [path for _, path, _ in x.calls] == [f"/2/users/{US}/mentions", "/2/dm_events"]  # one limit for all mentions
    x.direct("saya mau lapor")
    polled = line.poll(START)
    assert texts(polled) == ["saya mau lapor"]
    assert polled.after is not None
    assert json.loads(polled.cursor)["mentions"] == "1"


@pytest.mark.parametrize("broken", [f"/2/users/{US}/mentions", "/2/dm_events", f"/2/users/{OFFICE}/mentions"])
def test_one_source_that_fails_holds_no_other_and_loses_nothing(x: XApi, broken: str) -> None:
    line = channel(x, OFFICE)
    x.post("@ntbcare jalan")
    x.direct("rahasia")
    x.post("@dinas_pu lampu")
    x.moods.append(Mood(503, only=broken))
    first = line.poll("")
    second = line.poll(first.cursor)
    assert (len(first.items), len(second.items)) == (2, 1)
    assert sorted(texts(first) + texts(second)) == ["@dinas_pu lampu", "jalan", "rahasia"]


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (Mood(500), "500"),
        (Mood(503, b"<html>"), "503"),
        (Mood(401), "401"),
        (
            Mood(403, b'{"detail":"Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."}'),
            "403",
        ),
        (Mood(402, b'{"title":"CreditsDepleted","detail":"Your enrolled account [1] does not have any credits"}'), "403"),
        (Mood(429, b'{"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped"}'), "403"),
        (Mood(400, b'{"title":"Invalid Request"}'), "400"),
        (Mood(302, headers=(("Location", "http://127.0.0.1:9/"),)), ""),
        (Mood(200, b"<html>hotel wifi</html>"), ""),
        (Mood(200, b"[]"), ""),
        (Mood(200, b'{"data":[{"text":"tanpa id"}],"meta":{}}'), ""),
        (Mood(hang_up=True), ""),
        (Mood(delay=9.0), ""),
    ],
    ids=lambda value: str(value.status or "hung up or slow") if isinstance(value, Mood) else value,
)
def test_a_look_that_gains_nothing_says_what_is_wrong_and_can_be_repeated(x: XApi, mood: Mood, code: str) -> None:
    x.moods.append(mood)
    with pytest.raises(ChannelError) as caught:
        channel(x).poll(START)
    assert (type(caught.value), caught.value.code, caught.value.permanent) == (ChannelError, code, False)
    x.post("@ntbcare masih ada")
    assert texts(channel(x).poll(START)) == ["masih ada"]


def test_wrong_keys_are_our_fault_and_the_alarm_outranks_a_limit(x: XApi) -> None:
    with pytest.raises(ChannelError) as caught:
        channel(x, keys=(*KEYS[:3], "wrong")).poll("")
    assert caught.value.code == "401"
    x.left["mentions"] = 0
    x.moods.append(Mood(403, only="/2/dm_events"))
    with pytest.raises(ChannelError) as caught:
        channel(x).poll("")
    assert caught.value.code == "403"


def test_a_watched_account_that_is_gone_is_named_as_such_and_holds_nobody(x: XApi) -> None:
    line = channel(x, "404404")
    with pytest.raises(ChannelError) as caught:
        line.poll("")
    assert caught.value.code == "404"
    assert "404404" not in caught.value.reason
    x.post("@ntbcare jalan", CITIZEN)
    assert texts(line.poll("")) == ["jalan"]


def test_an_account_no_longer_watched_leaves_the_cursor_and_our_own_is_not_watched_twice(x: XApi) -> None:
    x.post("@dinas_pu lampu")
    polled = channel(x, US).poll(START)
    assert set(json.loads(polled.cursor)) == {"mentions", "dm", "watched"}
    assert json.loads(polled.cursor)["watched"] == {}
    assert len(x.calls) == 2
