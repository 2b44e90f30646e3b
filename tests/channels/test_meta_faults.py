"""Meta's errors, limits and broken lines; files from Meta's own hosts only; forks, threads and the doctor's look."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import ChannelError, Fetched, OptedOut, Refused, Throttled, TooLarge
from tests.channels.test_meta_sending import AMINAH, BUDI, channel, facebook, failure, graph, instagram, words
from tests.counterparts.meta_api import NUMBER_ID, PAGE_ID, PAGE_TOKEN, TOKEN, MetaApi, Mood

__all__ = ["graph"]  # the fixture


@pytest.mark.parametrize(
    ("mood", "kind", "code"),
    [
        (Mood(code=190, status=401), ChannelError, "401"),
        (Mood(code=0, status=401, body=b'{"error": {"code": 0, "message": "AuthException"}}'), ChannelError, "401"),
        (Mood(code=10, status=403), ChannelError, "403"),
        (Mood(code=200, status=403), ChannelError, "403"),
        (Mood(code=299, status=403), ChannelError, "403"),
        (Mood(code=131031), ChannelError, "403"),
        (Mood(code=132001, status=404), ChannelError, "403"),
        (Mood(code=131042), ChannelError, "403"),
        (Mood(code=4), Throttled, "4"),
        (Mood(code=613), Throttled, "613"),
        (Mood(code=130429), Throttled, "130429"),
        (Mood(code=131048), Throttled, "131048"),
        (Mood(code=131056), Throttled, "131056"),
        (Mood(status=429, body=b"slow down"), Throttled, "429"),
        (Mood(code=1, status=500), ChannelError, "1"),
        (Mood(code=2, status=503), ChannelError, "2"),
        (Mood(code=131000, status=500), ChannelError, "131000"),
        (Mood(code=131016, status=500), ChannelError, "131016"),
        (Mood(code=131049), ChannelError, "131049"),
        (Mood(code=987654, transient=True), ChannelError, "987654"),
        (Mood(code=100, transient=True), ChannelError, "100"),
        (Mood(code=131050), OptedOut, "131050"),
        (Mood(code=131026), Refused, "131026"),
        (Mood(code=100), Refused, "100"),
        (Mood(code=987654), Refused, "987654"),
        (Mood(status=400, body=b'{"error": {"message": "no code"}}'), Refused, "400"),
    ],
    ids=lambda value: f"{value.code or value.status}{'t' if value.transient else ''}" if isinstance(value, Mood) else None,
)
def test_every_error_says_what_the_house_must_decide(graph: MetaApi, mood: Mood, kind: type[ChannelError], code: str) -> None:
    graph.moods.append(mood)
    error = failure(graph, words())
    assert (type(error), error.code, error.permanent) == (kind, code, issubclass(kind, Refused))
    assert not error.perhaps_sent
    channel(graph).send(words())
    assert len(graph.sent) == 1


def test_an_id_we_are_configured_with_wrongly_never_loses_a_message(graph: MetaApi) -> None:
    unset = Meta("s", "v", TOKEN, graph.url)  # carries all three, to read
    with pytest.raises(ChannelError) as caught:
        unset.send(words())
    for error in (failure(graph, words(), number="555"), failure(graph, facebook(), page="555", token=PAGE_TOKEN), caught.value):
        assert (type(error), error.code, error.permanent) == (ChannelError, "403", False)


def test_a_comment_that_is_gone_is_a_refusal(graph: MetaApi) -> None:
    assert isinstance(failure(graph, facebook(thread="1_2", public=True)), Refused)


def test_how_long_to_wait_is_what_meta_estimates(graph: MetaApi) -> None:
    graph.room, graph.regain_minutes = 0, 7
    assert isinstance(error := failure(graph, words()), Throttled)
    assert (error.after, error.code) == (420.0, "80007")
    for usage, after in (("", 60.0), ("nonsense", 60.0), ("[1]", 60.0), ('{"1": [{"estimated_time_to_regain_access": 600}]}', 3600.0)):
        graph.moods.append(Mood(code=4, headers=(("X-Business-Use-Case-Usage", usage),)))
        assert isinstance(error := failure(graph, words()), Throttled)
        assert error.after == after


def test_a_reason_names_no_person_and_no_token(graph: MetaApi) -> None:
    said = f"User '{AMINAH}' or \"Aminah\" aminah@example.id with ID 7001700170017001 and token {TOKEN} failed (6281100000001)"
    for code in (987654, 190, 100):
        graph.moods.append(Mood(code=code, message=said))
        reason = failure(graph, words()).reason
        assert not any(secret in reason for secret in ("62811", "Aminah", "aminah", "70017", "EAA"))


@pytest.mark.parametrize(
    "mood",
    [
        Mood(status=503, body=b"<html>Service Unavailable</html>"),
        Mood(status=404, body=b"<html>hotel wifi</html>"),
        Mood(status=302, body=b"", headers=(("Location", "http://127.0.0.1:1/"),)),
        Mood(status=200, body=b"<html>welcome</html>"),
        Mood(status=200, body=b"[]"),
        Mood(status=200, body=b"{}"),
        Mood(status=200, body=b'{"messages": [{}], "message_id": ""}'),
        Mood(status=200, body=b" " * 2_100_000),
        Mood(hang_up=True),
        Mood(delay=9.0),
    ],
    ids=["503 of a proxy", "404 of a proxy", "a redirect", "not JSON", "a list", "no id", "an empty id", "endless", "hung up", "too slow"],
)
def test_a_fault_that_may_pass_is_to_be_tried_again(graph: MetaApi, mood: Mood) -> None:
    graph.moods.append(mood)
    began = time.monotonic()
    error = failure(graph, words())
    assert (type(error), error.permanent) == (ChannelError, False)
    assert error.perhaps_sent == (mood.status == 200 or mood.hang_up or mood.delay > 0)
    assert time.monotonic() - began < 6


def test_a_line_that_never_opened_carried_nothing() -> None:
    nobody = Meta("s", "v", "t", "http://127.0.0.1:1", whatsapp_number_id=NUMBER_ID)
    with pytest.raises(ChannelError) as caught:
        nobody.send(words())
    assert (caught.value.permanent, caught.value.perhaps_sent) == (False, False)


def test_a_page_token_that_ran_out_is_asked_for_again(graph: MetaApi) -> None:
    line = channel(graph)
    line.send(facebook())
    graph.moods.append(Mood(code=190, subcode=463, status=401))
    with pytest.raises(ChannelError):
        line.send(facebook())
    line.send(facebook())
    assert [method for method, *_ in graph.calls] == ["GET", "POST", "POST", "GET", "POST"]


def test_without_the_right_to_a_page_token_our_own_is_tried(graph: MetaApi) -> None:
    graph.moods.append(Mood(code=200, status=403))
    channel(graph, token=PAGE_TOKEN).send(facebook())
    assert graph.sent[0][1]["recipient"] == {"id": BUDI}


# files


def test_a_file_of_whatsapp_is_fetched_with_our_token(graph: MetaApi) -> None:
    graph.files["1003"] = (b"\xff\xd8foto", "image/jpeg")
    assert channel(graph).fetch("whatsapp:1003", 100) == Fetched(b"\xff\xd8foto", "image/jpeg")
    assert [token for *_, token in graph.calls] == [TOKEN, TOKEN]


def test_a_file_named_by_address_is_fetched_without_our_token(graph: MetaApi) -> None:
    graph.files["a.jpg"] = (b"foto", "image/jpeg")
    assert channel(graph).fetch(f"url:{graph.url}/files/a.jpg", 100) == Fetched(b"foto", "image/jpeg")
    assert [token for *_, token in graph.calls] == [""]


def test_a_file_larger_than_the_limit_is_not_taken(graph: MetaApi) -> None:
    graph.files["big"] = (b"x" * 101, "video/mp4")
    for ref in ("whatsapp:big", f"url:{graph.url}/files/big"):
        with pytest.raises(TooLarge):
            channel(graph).fetch(ref, 100)
        assert len(channel(graph).fetch(ref, 101).content) == 101


def test_a_file_that_is_gone_is_a_refusal_and_a_fault_is_not(graph: MetaApi) -> None:
    for ref in ("whatsapp:404", f"url:{graph.url}/files/404"):
        with pytest.raises(Refused):
            channel(graph).fetch(ref, 100)
        graph.moods.append(Mood(status=503, body=b""))
        with pytest.raises(ChannelError) as caught:
            channel(graph).fetch(ref, 100)
        assert not caught.value.permanent


@pytest.mark.parametrize(
    "ref",
    [
        "url:http://169.254.169.254/latest/meta-data",
        "url:http://scontent.xx.fbcdn.net/a.jpg",
        "url:https://fbcdn.net.evil.example/a.jpg",
        "url:https://evilfbcdn.net/a.jpg",
        "url:https://evil.example\\@scontent.xx.fbcdn.net/a.jpg",
        "url:https://scontent.xx.fbcdn.net@evil.example/a.jpg",
        "url:https://scontent.xx.fbcdn.net:8443/a.jpg",
        "url:https://evil.example#.fbcdn.net",
        "url:file:///etc/passwd",
        "url:http://127.0.0.1:1/a.jpg",
        "whatsapp:../me",
        "whatsapp:1?x=1",
        "mail:1",
        "",
    ],
)
def test_nothing_but_meta_s_own_hosts_is_ever_asked_for_a_file(graph: MetaApi, ref: str) -> None:
    with pytest.raises(Refused):
        channel(graph).fetch(ref, 100)
    assert graph.calls == []


def test_a_redirect_is_followed_among_meta_s_hosts_and_without_the_token(graph: MetaApi) -> None:
    graph.files = {"old": (b"foto", "image/jpeg"), "new": (b"foto", "image/jpeg")}
    graph.moved["old"] = "/files/new"
    assert channel(graph).fetch("whatsapp:old", 100).content == b"foto"
    assert [token for *_, token in graph.calls] == [TOKEN, TOKEN, ""]
    graph.moved["old"] = "http://169.254.169.254/"
    with pytest.raises(Refused, match="does not lie at Meta"):
        channel(graph).fetch("whatsapp:old", 100)
    graph.moved["old"] = "/files/old"
    with pytest.raises(ChannelError, match="redirects"):
        channel(graph).fetch("whatsapp:old", 100)


# the house around it


def test_the_doctor_hears_whose_token_it_is_and_which_channels_are_ready(graph: MetaApi) -> None:
    assert channel(graph).check() == "token of NTB Care: whatsapp ready, facebook ready, instagram ready; template kabar:id"
    with pytest.raises(ChannelError, match="whatsapp: our Meta configuration") as caught:
        channel(graph, number="555").check()
    assert caught.value.code == "403"
    with pytest.raises(ChannelError) as caught:
        channel(graph, token="wrong").check()
    assert caught.value.code == "401"
    assert all(method == "GET" for method, *_ in graph.calls)


def test_many_threads_share_one_line(graph: MetaApi) -> None:
    line = channel(graph)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda number: line.send((words, facebook, instagram)[number % 3](f"kabar {number}")), range(60)))
    assert len({each.external_id for each in sent}) == len(graph.sent) == 60


def _child(line: Meta, told: multiprocessing.connection.Connection) -> None:
    told.send(line.send(facebook("dari anak")).external_id)
    os._exit(0)


def test_a_forked_child_opens_its_own_line_and_leaves_its_parent_s_alone(graph: MetaApi) -> None:
    line = channel(graph)
    line.send(facebook("dari induk"))
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_child, args=(line, theirs))
    child.start()
    assert ours.poll(10)
    assert ours.recv().startswith("m_")
    child.join(10)
    line.send(facebook("masih dari induk"))
    assert [body["message"]["text"] for _, body in graph.sent] == ["dari induk", "dari anak", "masih dari induk"]


def test_a_closed_line_opens_again(graph: MetaApi) -> None:
    line = channel(graph)
    line.send(words("satu"))
    line.close()
    line.close()
    line.send(instagram("dua"))
    assert [path for path, _ in graph.sent] == [f"{NUMBER_ID}/messages", f"{PAGE_ID}/messages"]
