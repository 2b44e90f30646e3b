"""Mentions on Instagram against the loopback Meta: the words are asked for by their ids, and answered below them by our account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import ChannelError, IncomingMessage, Pointer, Refused, Scene, Throttled, UnknownShape
from tests.channels.test_meta_door import post
from tests.channels.test_meta_instagram import change, notification
from tests.channels.test_meta_sending import channel, failure, graph, instagram
from tests.counterparts.meta_api import APP_SECRET, INSTAGRAM_ID, PAGE_TOKEN, TOKEN, VERIFY_TOKEN, MetaApi, Mood

__all__ = ["graph"]  # the fixture
WORDS = "@ntbcare air PDAM mati 3 hari di Woha"


def pointed(line: Meta, value: dict[str, Any], own: str = INSTAGRAM_ID) -> str:
    """The ref of a notification of a mention."""
    (pointer,) = line.read(post(notification(change("mentions", **value), own=own)))
    assert isinstance(pointer, Pointer)
    return pointer.ref


def brought(line: Meta, ref: str) -> IncomingMessage:
    message = line.look(ref)
    assert isinstance(message, IncomingMessage)
    return message


def fault(line: Meta, ref: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        line.look(ref)
    return caught.value


@pytest.mark.parametrize("caption", [False, True], ids=["a comment", "a caption"])
def test_a_mention_is_brought_with_all_that_is_told_of_it(graph: MetaApi, caption: bool) -> None:
    line, value = channel(graph), graph.mention(WORDS, caption=caption)
    name, ref = value.get("comment_id", value["media_id"]), pointed(line, value)
    message = brought(line, ref)
    assert message == IncomingMessage(
        channel="instagram", external_id=name, text=WORDS, sender="@siti.lombok", sender_name="siti.lombok", raw=message.raw,
        received_at=datetime(2026, 11, 22, 2, tzinfo=UTC), scene=Scene.ADDRESSED, thread=ref,
        link=f"https://www.instagram.com/p/{value['media_id'][-4:]}/",
    )  # fmt: skip
    assert json.loads(message.raw)["id"] == name
    assert [(method, path, token) for method, path, _, token in graph.calls] == [("GET", f"/v23.0/{INSTAGRAM_ID}", TOKEN)]


def test_a_mention_of_an_account_that_we_watch_is_asked_for_as_that_account_and_overheard(graph: MetaApi) -> None:
    graph.accounts.add("555")
    line = channel(graph)
    assert brought(line, pointed(line, graph.mention(WORDS), own="555")).scene is Scene.OVERHEARD
    assert graph.calls[0][1] == "/v23.0/555"


def test_without_an_id_of_our_own_the_account_that_was_told_is_asked(graph: MetaApi) -> None:
    line = Meta(APP_SECRET, VERIFY_TOKEN, TOKEN, graph.url)
    assert brought(line, pointed(line, graph.mention(WORDS))).scene is Scene.ADDRESSED


@pytest.mark.parametrize("caption", [False, True], ids=["a comment", "a caption"])
def test_without_the_address_of_the_picture_the_words_still_come(graph: MetaApi, caption: bool) -> None:
    graph.no_fields = {"permalink"}
    line = channel(graph)
    message = brought(line, pointed(line, graph.mention(WORDS, caption=caption)))
    assert (message.text, message.sender, message.link) == (WORDS, "@siti.lombok", "")


@pytest.mark.parametrize("mood", [None, Mood(code=24, subcode=2207006), Mood(status=200, body=json.dumps({"id": INSTAGRAM_ID}).encode())])
def test_a_mention_that_was_taken_back_is_nothing(graph: MetaApi, mood: Mood | None) -> None:
    graph.moods.extend([mood] if mood else [])
    assert channel(graph).look("mention:17:404") is None


def test_an_account_that_is_not_ours_is_no_mention_that_is_gone(graph: MetaApi) -> None:
    error = fault(Meta(APP_SECRET, VERIFY_TOKEN, TOKEN, graph.url, instagram_id="666"), "mention:17:18")
    assert (type(error), error.code, error.permanent) == (ChannelError, "403", False)
    error = fault(Meta(APP_SECRET, VERIFY_TOKEN, TOKEN, graph.url), "mention:17:18")
    assert (type(error), error.code, error.permanent) == (ChannelError, "403", False)


def test_where_comments_are_turned_off_meta_refuses(graph: MetaApi) -> None:
    value = graph.mention(WORDS)
    graph.comments_off.add(value["comment_id"])
    line = channel(graph)
    assert type(fault(line, pointed(line, value))) is Refused


@pytest.mark.parametrize("ref", ["mention:17", "mention::18", "mention:1){id}:2", "mention:1:2:3:4", "url:https://x.example/", ""])
def test_what_is_no_mention_is_refused_and_nobody_is_asked(graph: MetaApi, ref: str) -> None:
    assert type(fault(channel(graph), ref)) is Refused
    assert graph.calls == []


@pytest.mark.parametrize(
    ("mood", "kind", "code"),
    [
        (Mood(code=190, status=401), ChannelError, "401"),
        (Mood(code=10, status=403), ChannelError, "403"),
        (Mood(code=4), Throttled, "4"),
        (Mood(code=2, status=503), ChannelError, "2"),
        (Mood(status=503, body=b"<html>"), ChannelError, "503"),
        (Mood(status=200, body=b"{}"), ChannelError, ""),
        (Mood(status=200, body=b"<html>welcome</html>"), ChannelError, ""),
        (Mood(hang_up=True), ChannelError, ""),
    ],
)
def test_a_fault_that_may_pass_loses_nothing(graph: MetaApi, mood: Mood, kind: type[ChannelError], code: str) -> None:
    line = channel(graph)
    ref = pointed(line, graph.mention(WORDS))
    graph.moods.append(mood)
    error = fault(line, ref)
    assert (type(error), error.code, error.permanent, error.perhaps_sent) == (kind, code, False, False)
    assert brought(line, ref).text == WORDS


@pytest.mark.parametrize("told", [{"id": "18"}, {"id": "18", "text": ""}, {"id": "18", "text": [1]}, "18", [], {"id": "18", "text": {}}])
def test_an_answer_without_words_is_for_a_person(graph: MetaApi, told: Any) -> None:
    graph.moods.append(Mood(status=200, body=json.dumps({"mentioned_comment": told, "id": INSTAGRAM_ID}).encode()))
    assert type(fault(channel(graph), "mention:17:18")) is UnknownShape


def test_what_is_strange_beside_the_words_costs_them_nothing(graph: MetaApi) -> None:
    told = {"text": "air \ud83d mati\x00", "timestamp": "kemarin", "media": {"permalink": "javascript:alert(1)"}}
    graph.moods.append(Mood(status=200, body=json.dumps({"mentioned_comment": told, "id": INSTAGRAM_ID}).encode()))
    message = brought(channel(graph), "mention:17:18")
    assert (message.text, message.sender, message.link, message.received_at) == ("air \ufffd mati\ufffd", "", "", None)
    assert not {"\x00", "\ud83d"} & set(message.raw)


@pytest.mark.parametrize("caption", [False, True], ids=["a comment", "a caption"])
def test_a_public_answer_hangs_below_the_mention(graph: MetaApi, caption: bool) -> None:
    line, value = channel(graph), graph.mention(WORDS, caption=caption)
    sent = line.send(instagram("Terima kasih. " * 40 + "\nBalas lewat DM.", thread=pointed(line, value), public=True))
    ((path, body),) = graph.sent
    assert (path, {**value, "message": body["message"]}) == (f"{INSTAGRAM_ID}/mentions", body)
    (words,) = graph.answers[value.get("comment_id", value["media_id"])]
    assert words.endswith("… Balas lewat DM.")
    assert sent.final and sent.external_id.startswith("17846")
    assert [token for *_, token in graph.calls] == [TOKEN], "the user's token, not the page's"


def test_a_mention_that_is_gone_is_not_answered_for_ever(graph: MetaApi) -> None:
    error = failure(graph, instagram(thread="mention:17:18", public=True))
    assert isinstance(error, Refused) and error.permanent


def test_an_account_known_by_its_name_is_not_written_to_in_private(graph: MetaApi) -> None:
    for thread in ("", "mention:17:18"):
        error = failure(graph, instagram(to="@siti.lombok", thread=thread))
        assert (type(error), graph.calls) == (Refused, [])
        assert "cannot be written to in private" in error.reason and "siti" not in error.reason


def test_a_mention_is_no_thread_for_private_words_or_for_facebook(graph: MetaApi) -> None:
    graph.mention(WORDS)
    assert type(failure(graph, instagram(thread="mention:17:18"))) is Refused
    assert type(failure(graph, instagram(channel="facebook", thread="mention:17:18", public=True), token=PAGE_TOKEN)) is Refused
    assert graph.sent == []
