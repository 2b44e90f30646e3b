"""The Graph API by hand against the loopback Meta: what leaves, in which form, and what every refusal means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import ChannelError, OptedOut, OutgoingMessage, Refused, Throttled, WindowClosed
from tests.counterparts.meta_api import (
    APP_SECRET,
    INSTAGRAM_ID,
    NUMBER_ID,
    PAGE_ID,
    PAGE_TOKEN,
    TEMPLATE,
    TOKEN,
    VERIFY_TOKEN,
    MetaApi,
)

AMINAH, BUDI, SITI = "+6281100000001", "7001", "9001"
NOW = datetime.now(UTC)
YES_NO = (("Sudah selesai", "NTB7K3M YA"), ("Belum selesai", "NTB7K3M BELUM"))


@pytest.fixture
def graph() -> Iterator[MetaApi]:
    with MetaApi() as meta:
        meta.open_for = {AMINAH.lstrip("+"), BUDI, SITI, "ID.77"}
        meta.people = {BUDI: "facebook", SITI: "instagram"}
        meta.comments = {"555_777": "jembatan putus", f"{PAGE_ID}_556": "sampah", "17865": "air mati"}
        yield meta


def channel(api: MetaApi, *, token: str = TOKEN, template: str = TEMPLATE, number: str = NUMBER_ID, page: str = PAGE_ID) -> Meta:
    return Meta(
        APP_SECRET, VERIFY_TOKEN, token, api.url, page_id=page, instagram_id=INSTAGRAM_ID, whatsapp_number_id=number,
        whatsapp_template=template, timeouts=(2.0, 2.0),
    )  # fmt: skip


def words(text: str = "Laporan NTB-7K3M diterima", to: str = AMINAH, **more: object) -> OutgoingMessage:
    return replace(OutgoingMessage("notice-1", to, text, channel="whatsapp", heard_at=NOW), **more)  # type: ignore[arg-type]


def facebook(text: str = "Laporan diterima", to: str = BUDI, **more: object) -> OutgoingMessage:
    return words(text, to, **{"channel": "facebook", **more})


def instagram(text: str = "Laporan diterima", to: str = SITI, **more: object) -> OutgoingMessage:
    return words(text, to, **{"channel": "instagram", **more})


def failure(api: MetaApi, message: OutgoingMessage, **how: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(api, **how).send(message)
    return caught.value


# WhatsApp


def test_within_24_hours_the_words_go_as_they_are(graph: MetaApi) -> None:
    sent = channel(graph).send(words("Laporan 🙏\nditerima"))
    ((path, body),) = graph.sent
    assert path == f"{NUMBER_ID}/messages"
    assert (body["to"], body["type"], body["text"]) == ("6281100000001", "text", {"preview_url": False, "body": "Laporan 🙏\nditerima"})
    assert (sent.external_id in graph.wamids, sent.final) == (True, False)


def test_a_person_without_a_number_is_written_to_by_their_user_id(graph: MetaApi) -> None:
    channel(graph).send(words(to="ID.77"))
    assert (graph.sent[0][1].get("recipient"), graph.sent[0][1].get("to")) == ("ID.77", None)


@pytest.mark.parametrize("heard_at", [None, NOW - timedelta(hours=24, minutes=1), NOW - timedelta(days=9)])
def test_outside_24_hours_the_template_carries_the_words_on_one_line(graph: MetaApi, heard_at: datetime | None) -> None:
    channel(graph).send(words("Laporan NTB-7K3M:\n\n\tselesai      dikerjakan", heard_at=heard_at, choices=YES_NO))
    template = graph.sent[0][1]["template"]
    assert (template["name"], template["language"]) == ("kabar", {"code": "id"})
    assert template["components"] == [{"type": "body", "parameters": [{"type": "text", "text": "Laporan NTB-7K3M: selesai dikerjakan"}]}]


def test_a_long_answer_fits_into_the_template_and_still_says_how_to_reply(graph: MetaApi) -> None:
    channel(graph).send(words("Sudah kami tangani. " * 200 + "\n\nSudah selesai? Balas YA atau BELUM.", heard_at=None))
    (text,) = (each["text"] for each in graph.sent[0][1]["template"]["components"][0]["parameters"])
    assert 800 < len(text) <= 900
    assert text.startswith("Sudah kami tangani.")
    assert text.endswith(" … Sudah selesai? Balas YA atau BELUM.")


def test_a_window_that_meta_knows_to_be_closed_gets_the_template_once(graph: MetaApi) -> None:
    graph.open_for.clear()
    channel(graph).send(words())
    assert [body["type"] for _, body in graph.sent] == ["template"]
    assert [path for _, path, _, _ in graph.calls].count(f"/v23.0/{NUMBER_ID}/messages") == 2


def test_without_a_template_a_closed_window_is_a_refusal(graph: MetaApi) -> None:
    refused = failure(graph, words(heard_at=None), template="")
    assert (type(refused), refused.reason, graph.calls) == (WindowClosed, "outside the 24-hour window and no template configured", [])
    graph.open_for.clear()
    assert failure(graph, words(), template="").permanent


def test_two_choices_are_buttons_that_send_their_text_back(graph: MetaApi) -> None:
    channel(graph).send(words(choices=YES_NO))
    action = graph.sent[0][1]["interactive"]
    assert (action["type"], action["body"]) == ("button", {"text": "Laporan NTB-7K3M diterima"})
    assert [each["reply"] for each in action["action"]["buttons"]] == [{"id": back, "title": label} for label, back in YES_NO]


def test_five_choices_are_a_list_and_longer_labels_are_cut(graph: MetaApi) -> None:
    choices = tuple((f"{score} sangat memuaskan bagi saya", f"NTB7K3M {score}") for score in range(1, 6))
    channel(graph).send(words(choices=choices))
    rows = graph.sent[0][1]["interactive"]["action"]["sections"][0]["rows"]
    assert rows[4] == {"id": "NTB7K3M 5", "title": "5 sangat memuaskan bagi "}


@pytest.mark.parametrize(
    "choices",
    [tuple((f"Pilihan {n}", f"{n}") for n in range(11)), (("sama", "A"), ("sama", "B")), (("A", "x" * 300),), (("A", ""),)],
    ids=["eleven", "twins", "too long to send back", "nothing to send back"],
)
def test_choices_that_fit_no_button_are_written_out(graph: MetaApi, choices: tuple[tuple[str, str], ...]) -> None:
    channel(graph).send(words(choices=choices))
    body = graph.sent[0][1]
    assert body["type"] == "text"
    assert all(f"\n{label}: {back}".rstrip() in body["text"]["body"] for label, back in choices)


def test_a_long_text_leaves_in_parts_with_the_buttons_below_the_last(graph: MetaApi) -> None:
    sent = channel(graph).send(words("Kalimat panjang. " * 300, choices=YES_NO))
    kinds = [body["type"] for _, body in graph.sent]
    assert kinds == ["text"] * (len(kinds) - 1) + ["interactive"]
    parts = [body["text"]["body"] if body["type"] == "text" else body["interactive"]["body"]["text"] for _, body in graph.sent]
    assert " ".join(parts) == ("Kalimat panjang. " * 300).strip()
    assert sent.external_id == list(graph.wamids)[-1]


def test_a_part_that_fails_after_another_has_left_says_so(graph: MetaApi) -> None:
    graph.pair_room["6281100000001"] = 1
    error = failure(graph, words("a " * 4000))
    assert (type(error), error.code, error.perhaps_sent, error.person) == (Throttled, "131056", True, True)


# Messenger and Instagram


def test_private_words_go_with_the_page_s_own_token_asked_for_once(graph: MetaApi) -> None:
    line = channel(graph)
    sent = [line.send(facebook(choices=YES_NO)), line.send(instagram())]
    assert [(path, body["recipient"], body["messaging_type"]) for path, body in graph.sent] == [
        (f"{PAGE_ID}/messages", {"id": BUDI}, "RESPONSE"),
        (f"{PAGE_ID}/messages", {"id": SITI}, "RESPONSE"),
    ]
    assert graph.sent[0][1]["message"]["quick_replies"][0] == {"content_type": "text", "title": "Sudah selesai", "payload": "NTB7K3M YA"}
    assert [(method, token) for method, _, _, token in graph.calls] == [("GET", TOKEN), ("POST", PAGE_TOKEN), ("POST", PAGE_TOKEN)]
    assert all(each.final and each.external_id.startswith("m_") for each in sent)


def test_a_page_token_of_our_own_serves_without_a_page_id(graph: MetaApi) -> None:
    channel(graph, token=PAGE_TOKEN, page="").send(instagram())
    assert graph.sent[0][0] == "me/messages"


def test_long_private_words_leave_in_parts_measured_as_each_network_does(graph: MetaApi) -> None:
    channel(graph).send(facebook("é " * 2500))
    assert [len(body["message"]["text"]) <= 2000 for _, body in graph.sent] == [True, True, True]
    graph.sent.clear()
    channel(graph).send(instagram("é " * 500, choices=YES_NO))
    assert [len(body["message"]["text"].encode()) <= 1000 for _, body in graph.sent] == [True, True]
    assert ["quick_replies" in body["message"] for _, body in graph.sent] == [False, True]


def test_a_comment_is_answered_in_private_once_and_then_its_author_is(graph: MetaApi) -> None:
    line = channel(graph)
    line.send(facebook("satu " * 900 + "\nPIN 1234", thread="555_777"))
    line.send(facebook("dua", thread="555_777"))
    first, second = (body for _, body in graph.sent)
    assert (first["recipient"], second["recipient"]) == ({"comment_id": "555_777"}, {"id": BUDI})
    assert first["message"]["text"].endswith(" … PIN 1234")


def test_a_visitor_s_post_is_answered_in_private_as_a_post(graph: MetaApi) -> None:
    channel(graph).send(facebook(thread=f"{PAGE_ID}_556"))
    assert graph.sent[0][1]["recipient"] == {"post_id": f"{PAGE_ID}_556"}


def test_a_comment_that_can_no_longer_be_answered_in_private_is_a_refusal(graph: MetaApi) -> None:
    graph.old_comments, graph.private_replies = {"555_777"}, {"17865"}
    assert failure(graph, facebook(thread="555_777")).code == "10903"
    assert (type(error := failure(graph, instagram(to="", thread="17865"))), error.code) == (Refused, "10900")


def test_public_words_hang_below_the_comment(graph: MetaApi) -> None:
    line = channel(graph)
    assert line.send(facebook("Terima kasih", to="", thread="555_777", public=True)).final
    line.send(instagram("Terima kasih. " * 40 + "\nBalas lewat DM.", to="", thread="17865", public=True))
    assert [path for path, _ in graph.sent] == ["555_777/comments", "17865/replies"]
    assert graph.answers["17865"][0].endswith("… Balas lewat DM.")


@pytest.mark.parametrize("thread", ["", "../me", "555/777", "555?x", "a b"])
def test_public_words_need_something_to_hang_below(graph: MetaApi, thread: str) -> None:
    assert type(failure(graph, facebook(thread=thread, public=True))) is Refused
    assert graph.calls == []


@pytest.mark.parametrize(
    "message",
    [words(channel="x"), words(channel=""), words(to=""), words(public=True, thread="5"), facebook(to=""), words(" \n"), facebook("\n")],
    ids=["another channel", "no channel", "no number", "public WhatsApp", "nobody", "no words", "no private words"],
)
def test_what_meta_cannot_carry_is_refused_before_anything_leaves(graph: MetaApi, message: OutgoingMessage) -> None:
    assert type(failure(graph, message)) is Refused
    assert graph.sent == []


def test_a_lone_surrogate_and_a_nul_stop_nothing(graph: MetaApi) -> None:
    channel(graph).send(words("rusak \ud83d parah\x00"))
    assert graph.sent[0][1]["text"]["body"] == "rusak \ufffd parah\ufffd"


def test_people_who_cannot_be_reached_are_told_apart(graph: MetaApi) -> None:
    graph.deaf, graph.unavailable, graph.strangers = {BUDI}, {SITI}, {"6281100000001"}
    assert (type(error := failure(graph, facebook())), error.code) == (OptedOut, "200")
    assert (type(error := failure(graph, instagram())), error.code) == (Refused, "551")
    assert (type(error := failure(graph, words())), error.code) == (Refused, "131026")
    assert (type(error := failure(graph, facebook(to="404"))), error.code) == (Refused, "100")


def test_a_closed_window_of_messenger_and_instagram_is_a_refusal_and_no_alarm(graph: MetaApi) -> None:
    graph.open_for.clear()
    for message in (facebook(), instagram()):
        error = failure(graph, message)
        assert (type(error), error.code) == (WindowClosed, "10")
        assert "must write to us first" in error.reason
