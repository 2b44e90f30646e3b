"""A private chat as it goes to and fro: what was sent is what replies, taps and edits name afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram import Telegram
from ntbcare.contract import IncomingMessage, OptedOut, OutgoingMessage, RawRequest, UnknownShape
from tests.channels.conftest import PAYLOADS
from tests.counterparts.telegram_api import SECRET, TOKEN, TelegramApi

RECORDED = [
    row["update"] for name in ("updates", "media", "ignored") for row in json.loads((PAYLOADS / f"telegram_{name}.json").read_text())
]
JUNK = st.sampled_from([None, True, 0, -1, 2**63, 1e400, "", "a", "\x00\ud800", [], [1], [[]], {}, {"id": 1}, {"a": {}}])


def read(channel: Telegram, update: dict[str, Any]) -> list[Any]:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    return channel.read(RawRequest("POST", "https://x.id/hooks/telegram", headers, json.dumps(update).encode()))


def only(channel: Telegram, update: dict[str, Any]) -> IncomingMessage:
    (message,) = read(channel, update)
    return message


def test_a_reply_and_a_tap_name_the_message_that_was_sent(telegram: Telegram, telegram_api: TelegramApi) -> None:
    sent = telegram.send(OutgoingMessage("n-1", "5001", "Sudah selesai?", (("Sudah", "NTB-7K3M YA"),)))
    other = telegram.send(OutgoingMessage("n-2", "5001", "Terima kasih"))
    ours, _ = telegram_api.sent
    assert only(telegram, telegram_api.reply(ours, "belum")).replies_to == sent.external_id != other.external_id
    tapped = only(telegram, telegram_api.tap(5001, "NTB-7K3M YA", under=ours))
    assert (tapped.text, tapped.replies_to, tapped.sender) == ("NTB-7K3M YA", sent.external_id, "5001")


def test_an_edit_names_the_message_whose_words_it_replaces(telegram: Telegram, telegram_api: TelegramApi) -> None:
    first = telegram_api.text(5001, "lampu mati di Ampenn")
    before, after = only(telegram, first), only(telegram, telegram_api.edit(first, "lampu mati di Ampenan"))
    assert (before.edits, after.edits, after.ref) == ("", before.ref, before.ref)
    assert after.external_id != before.external_id


def test_the_same_number_of_a_message_in_two_chats_is_two_names(telegram: Telegram, telegram_api: TelegramApi) -> None:
    one = telegram_api.text(5001, "a")
    two = telegram_api.text(5002, "b")
    two["message"]["message_id"] = one["message"]["message_id"]
    assert only(telegram, one).ref != only(telegram, two).ref


def test_the_photos_of_an_album_are_a_group_and_of_another_chat_are_none_of_it(telegram: Telegram, telegram_api: TelegramApi) -> None:
    album = [telegram_api.photo(5001, b"jpeg", caption=words, album="77") for words in ("longsor", "", "")]
    alien = telegram_api.photo(5002, b"jpeg", album="77")
    assert [only(telegram, update).group for update in (*album, alien)] == ["5001:77"] * 3 + ["5002:77"]
    assert only(telegram, telegram_api.photo(5001, b"jpeg")).group == ""


def test_who_blocks_the_bot_has_said_stop_and_cannot_be_written_to(telegram: Telegram, telegram_api: TelegramApi) -> None:
    stopped = only(telegram, telegram_api.block(5001))
    assert (stopped.text, stopped.automatic, stopped.sender, stopped.media) == ("STOP", True, "5001", ())
    with pytest.raises(OptedOut):
        telegram.send(OutgoingMessage("n-1", "5001", "Kabar"))
    assert read(telegram, telegram_api.unblock(5001)) == []
    assert telegram.send(OutgoingMessage("n-2", "5001", "Kabar")).external_id


def test_only_the_persons_own_card_is_their_number(telegram: Telegram, telegram_api: TelegramApi) -> None:
    card = {"phone_number": "6281234567890", "first_name": "Siti"}
    own = only(telegram, telegram_api.says(5001, {"contact": {**card, "user_id": 5001}}))
    strange = [only(telegram, telegram_api.says(5001, {"contact": {**card, **who}})) for who in ({"user_id": 5002}, {})]
    assert (own.phone, own.text) == ("+6281234567890", "")
    assert [(each.phone, each.text) for each in strange] == [("", "Kontak: Siti, +6281234567890")] * 2


def leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inside for found in leaves(each, (*path, key)))]


@given(st.data())
def test_an_update_bent_anywhere_is_read_or_refused_and_always_storable(data: st.DataObject) -> None:
    update = json.loads(json.dumps(data.draw(st.sampled_from(RECORDED))))
    *way, last = data.draw(st.sampled_from(leaves(update)[1:]))
    part = update
    for step in way:
        part = part[step]
    part[last] = data.draw(JUNK)
    try:
        items = read(Telegram(TOKEN, SECRET), update)
    except UnknownShape:
        return
    for item in items:
        words = [item.text, item.sender_name, item.raw, item.ref, item.edits, item.replies_to, item.group, item.phone, item.sender]
        words += [part for file in item.media for part in (file.ref, file.mime, file.name)]
        assert all("\x00" not in each and each.encode("utf-8") is not None for each in words)
        assert all(file.size is None or file.size >= 0 for file in item.media)
