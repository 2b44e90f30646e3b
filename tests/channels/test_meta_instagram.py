"""Instagram: comments below our pictures and those we watch; a mention of ids only points to its words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ntbcare.contract import IncomingMessage, Pointer, UnknownShape
from tests.channels.test_meta_door import meta, post
from tests.channels.test_meta_whatsapp import fields
from tests.counterparts.meta_api import INSTAGRAM_ID


def change(field: str, **value: Any) -> dict[str, Any]:
    return {"field": field, "value": value}


def notification(*changes: dict[str, Any], own: str = INSTAGRAM_ID) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": own, "time": 1795312800, "changes": list(changes)}]}


@pytest.mark.payloads("meta_instagram.json")
def test_a_recorded_change_becomes_a_message(recorded: dict[str, Any]) -> None:
    items = meta.read(post(recorded["request"]))
    expected = [{name: value for name, value in row.items() if name != "channel"} for row in recorded["expect"]]
    assert [fields(item, row) for item, row in zip(items, expected, strict=True)] == expected
    assert {item.channel for item in items} <= {"instagram"}


SAID = change("comments", id="1", **{"from": {"id": "9", "username": "siti"}}, text="air mati")


@pytest.mark.parametrize(
    ("value", "own", "name", "ref"),
    [
        ({"media_id": "17", "comment_id": "18"}, INSTAGRAM_ID, "mention:18", "mention:17:18"),
        ({"media_id": "17"}, INSTAGRAM_ID, "mention:17", "mention:17:"),
        ({"media_id": 17, "comment_id": 18}, "555", "mention:18", "mention:17:18:555"),
    ],
    ids=["in a comment", "in a caption", "of an account that we watch"],
)
def test_a_mention_of_ids_only_points_to_its_words(value: dict[str, Any], own: str, name: str, ref: str) -> None:
    pointer, beside = meta.read(post(notification(change("mentions", **value), SAID, own=own)))
    assert isinstance(pointer, Pointer)
    assert (pointer.channel, pointer.external_id, pointer.ref, json.loads(pointer.raw)) == ("instagram", name, ref, value)
    assert beside.external_id == "1"


@pytest.mark.parametrize(
    "value", [{"comment_id": "18"}, {"media_id": "1){id}", "comment_id": "18"}, {}], ids=["no media", "braces", "empty"]
)
def test_a_mention_whose_ids_are_none_is_kept_and_the_comment_beside_it_is_read(value: dict[str, Any]) -> None:
    with pytest.raises(UnknownShape) as caught:
        meta.read(post(notification(change("mentions", **value), SAID)))
    assert [item.external_id for item in caught.value.items] == ["1"]


def test_a_comment_of_a_picture_alone_says_nothing() -> None:
    assert meta.read(post(notification(change("comments", id="1", **{"from": {"id": "9"}}, media={"id": "2"})))) == []


def test_a_private_message_to_a_watched_account_is_not_ours_to_read() -> None:
    words = {"sender": {"id": "7"}, "recipient": {"id": "5"}, "timestamp": 1795312800000, "message": {"mid": "a", "text": "rahasia"}}
    assert meta.read(post({"object": "instagram", "entry": [{"id": "5", "messaging": [words]}]})) == []


def test_ids_given_as_numbers_are_ids() -> None:
    (message,) = meta.read(post(notification(change("comments", id=17, **{"from": {"id": 9, "username": "siti"}}, text="air mati"))))
    assert isinstance(message, IncomingMessage)
    assert (message.external_id, message.sender, message.thread) == ("17", "9", "17")
