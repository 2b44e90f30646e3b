"""Facebook: comments, visitors' posts and mentions, and Messenger."""

from __future__ import annotations

from typing import Any

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import DeliveryReceipt, IncomingMessage, Scene
from tests.channels.test_meta_door import meta, post
from tests.channels.test_meta_whatsapp import fields
from tests.counterparts.meta_api import APP_SECRET, PAGE_ID, VERIFY_TOKEN


def comment(**more: Any) -> dict[str, Any]:
    value = {"item": "comment", "verb": "add", "comment_id": "555_777", "post_id": f"{PAGE_ID}_555", "from": {"id": "8001", "name": "Budi"}}
    value |= {"message": "jembatan putus", "created_time": 1795312800, **more}
    return {"object": "page", "entry": [{"id": PAGE_ID, "time": 1795312805, "changes": [{"field": "feed", "value": value}]}]}


def read(request: dict[str, Any]) -> IncomingMessage:
    (message,) = meta.read(post(request))
    assert isinstance(message, IncomingMessage)
    return message


@pytest.mark.payloads("meta_page.json")
def test_a_recorded_change_of_a_page_becomes_a_message(recorded: dict[str, Any]) -> None:
    items = meta.read(post(recorded["request"]))
    expected = [{name: value for name, value in row.items() if name != "channel"} for row in recorded["expect"]]
    assert [fields(item, row) for item, row in zip(items, expected, strict=True)] == expected
    assert {item.channel for item in items} <= {"facebook"}


@pytest.mark.payloads("meta_messaging.json")
def test_a_recorded_private_event_becomes_what_it_says(recorded: dict[str, Any]) -> None:
    items = meta.read(post(recorded["request"]))
    assert len(items) == len(recorded["expect"])
    for item, row in zip(items, recorded["expect"], strict=True):
        assert item.channel == row["channel"]
        expected = {name: value for name, value in row.items() if name != "channel"}
        if isinstance(item, DeliveryReceipt):
            assert (item.external_id, item.state) == (row["external_id"], row["state"])
        else:
            assert fields(item, expected) == expected


def test_two_edits_of_one_comment_are_two_messages_and_a_resend_is_one() -> None:
    first, second = read(comment(verb="edited", message="satu")), read(comment(verb="edited", message="dua"))
    again = read(comment(verb="edited", message="satu"))
    assert first.edits == second.edits == "555_777"
    assert first.external_id == again.external_id != second.external_id


def test_a_comment_that_mentions_us_below_our_own_post_is_one_message() -> None:
    request = comment()
    mention = {**request["entry"][0], "changes": [{**request["entry"][0]["changes"][0], "field": "mention"}]}
    both = meta.read(post({**request, "entry": [*request["entry"], mention]}))
    assert {item.external_id for item in both} == {"555_777"}


def test_a_public_address_is_only_believed_when_it_is_one() -> None:
    assert read(comment(permalink_url="javascript:alert(1)")).link == "https://www.facebook.com/555_777"


def test_a_picture_elsewhere_is_words_and_never_a_file_to_fetch() -> None:
    message = read(comment(photo="http://169.254.169.254/latest/meta-data"))
    assert message.media == ()
    assert message.text.endswith("http://169.254.169.254/latest/meta-data")


def test_without_a_page_of_ours_every_comment_is_said_to_us() -> None:
    (message,) = Meta(APP_SECRET, VERIFY_TOKEN, "").read(post(comment()))
    assert isinstance(message, IncomingMessage)
    assert message.scene is Scene.ADDRESSED
