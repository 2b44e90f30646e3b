"""The real tweepy against the loopback X: replies, direct messages, files, and every error says what the house must decide."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.social.x import X
from channels.social.x_words import cut, weight
from ntbcare.contract import ChannelError, IncomingMessage, OutgoingMessage, Refused, Throttled, TooLarge
from tests.counterparts.x_api import ACCESS_SECRET, ACCESS_TOKEN, API_SECRET, CITIZEN, KEYS, US, Mood, XApi


@pytest.fixture
def x() -> Iterator[XApi]:
    with XApi() as api:
        yield api


def channel(api: XApi, *, keys: tuple[str, str, str, str] = KEYS, us: str = US) -> X:
    return X(*keys, us, (), api.url, timeouts=(2.0, 2.0))


def private(text: str = "Laporan NTB-7K3M diterima", to: str = CITIZEN, **more: tuple[tuple[str, str], ...]) -> OutgoingMessage:
    return OutgoingMessage("notice-1", to, text, **more)


def public(text: str, thread: str) -> OutgoingMessage:
    return OutgoingMessage("notice-2", CITIZEN, text, thread=thread, public=True)


def failure(api: XApi, message: OutgoingMessage | None = None, keys: tuple[str, str, str, str] = KEYS) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(api, keys=keys).send(message or private())
    return caught.value


# words that arrive


def test_private_words_are_a_direct_message_and_final(x: XApi) -> None:
    sent = channel(x).send(private("Terima kasih 🙏 & salam <hormat>"))
    (taken,) = x.messages
    assert (taken["to"], taken["text"]) == (CITIZEN, "Terima kasih 🙏 & salam <hormat>")
    assert (sent.external_id, sent.final) == (f"dm:{taken['id']}", True)


def test_choices_follow_a_direct_message_as_lines(x: XApi) -> None:
    line = channel(x)
    line.send(private("Sudah selesai?", choices=(("Sudah", "7K3M YA"), ("Belum", "7K3M BELUM"))))
    line.send(private("panjang " * 2000, choices=(("Sudah", "7K3M YA"),)))
    assert x.messages[0]["text"] == "Sudah selesai?\n• Sudah: 7K3M YA\n• Belum: 7K3M BELUM"
    assert x.messages[1]["text"].endswith("panjang …\n• Sudah: 7K3M YA")
    assert 9_980 < len(x.messages[1]["text"]) <= 10_000


def test_public_words_hang_below_the_post_and_its_answer_names_them(x: XApi) -> None:
    post = x.post("@ntbcare jalan rusak")
    line = channel(x)
    sent = line.send(public("Laporan Anda kami terima: https://lapor.ntbprov.go.id/t/7K3M", post))
    assert x.tweets == [{"id": sent.external_id, "text": "Laporan Anda kami terima: https://lapor.ntbprov.go.id/t/7K3M", "to": post}]
    assert sent.final
    cursor = line.poll("").cursor
    x.post("@ntbcare YA", in_reply_to_user_id=US, referenced_tweets=[{"type": "replied_to", "id": sent.external_id}])
    (answer,) = line.poll(cursor).items
    assert isinstance(answer, IncomingMessage)
    assert (answer.text, answer.replies_to) == ("YA", sent.external_id)


def test_long_public_words_are_cut_at_a_word_with_their_link_at_the_end(x: XApi) -> None:
    link = "https://lapor.ntbprov.go.id/t/7K3M?dari=sebuah-alamat-yang-sangat-panjang-sekali"
    channel(x).send(public("Petugas sudah memperbaiki jalan. " * 12 + link, x.post("@ntbcare jalan")))
    (taken,) = x.tweets
    assert taken["text"].endswith(f" … {link}")
    assert taken["text"].startswith("Petugas sudah memperbaiki jalan. Petugas")
    assert 265 < weight(taken["text"]) <= 280


def test_a_lone_surrogate_stops_nothing(x: XApi) -> None:
    channel(x).send(private("rusak \ud83d parah"))
    assert x.messages[0]["text"] == "rusak ? parah"


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("Jalan rusak", 11), ("cafe\u0301", 4), ("https://ntbprov.go.id/a/very/long/path?with=query", 23), ("lihat http://a.id.", 30),
        ("ntbprov.go.id", 23), ("🙏", 2), ("👨‍👩‍👧‍👦", 2), ("👋🏽", 2), ("🇮🇩", 2), ("日本", 4), ("–", 1), ("…", 2), ("", 0),
    ],
)  # fmt: skip
def test_words_weigh_what_X_says(text: str, weighs: int) -> None:
    assert weight(text) == weighs


def test_whatever_is_cut_fits_and_what_fits_is_not_cut() -> None:
    for text in ("a" * 500, "🙏" * 300, "日本 " * 300, "https://a.id/" + "b" * 400, "kata https://a.id/b " * 60, " " * 400):
        assert weight(cut(text)) <= 280
        assert cut(text[:20]) == text[:20]
    assert cut("日" * 141) == "日" * 138 + " …"


# words that do not


def test_who_takes_no_direct_messages_is_refused_and_may_still_be_answered_in_public(x: XApi) -> None:
    x.closed.add(CITIZEN)
    error = failure(x)
    assert (type(error), error.code, error.permanent, error.perhaps_sent) == (Refused, "349", True, False)
    x.moods.append(Mood(403, b'{"errors":[{"code":150,"message":"You cannot send messages to users who are not following you."}]}'))
    assert (type(error := failure(x)), error.code) == (Refused, "349")


def test_the_same_public_words_again_are_refused_as_perhaps_sent(x: XApi) -> None:
    post = x.post("@ntbcare jalan")
    channel(x).send(public("Kami terima", post))
    error = failure(x, public("Kami terima", post))
    assert (type(error), error.code, error.perhaps_sent, error.already) == (Refused, "187", True, True)


def test_a_post_that_is_gone_or_closed_to_us_is_refused(x: XApi) -> None:
    assert (type(error := failure(x, public("Halo", "1234567890"))), error.code) == (Refused, "433")
    x.unanswerable.add(post := x.post("@ntbcare jalan"))
    assert (type(error := failure(x, public("Halo", post))), error.code) == (Refused, "433")


@pytest.mark.parametrize(
    "message",
    [private(""), private(to=""), private(to="../me"), private(to="²"), public("Halo", ""), public("Halo", "dm:1"), public("", "1")],
    ids=["no words", "nobody", "a path", "a superscript", "no thread", "a direct message", "no public words"],
)
def test_a_message_X_will_never_take_is_refused(x: XApi, message: OutgoingMessage) -> None:
    error = failure(x, message)
    assert (type(error), error.code) == (Refused, "400")
    assert x.tweets == x.messages == []


def test_our_own_faults_never_lose_the_message(x: XApi) -> None:
    wrong = [(failure(x, keys=(*KEYS[:3], "wrong")), "401"), (failure(x, keys=("wrong", *KEYS[1:])), "401")]
    for status, body, code in (
        (403, b'{"detail":"Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."}', "403"),
        (403, b"<html>blocked</html>", "403"),
        (402, b'{"title":"CreditsDepleted","detail":"Your enrolled account [1918540743066472448] has no credits"}', "403"),
        (429, b'{"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped"}', "403"),
    ):
        x.moods.append(Mood(status, body))
        wrong.append((failure(x), code))
    for error, code in wrong:
        assert (type(error), error.permanent, error.code) == (ChannelError, False, code)
        assert error.reason.startswith("our X ")
        assert not any(secret in error.reason for secret in (API_SECRET, ACCESS_SECRET, ACCESS_TOKEN, "1918540743066472448"))


def test_a_limit_says_how_long_to_wait(x: XApi) -> None:
    x.left["messages"], x.reset = 0, int(time.time()) + 500
    error = failure(x)
    assert isinstance(error, Throttled)
    assert 440 < error.after <= 500
    for headers, after in (((), 60.0), ((("x-rate-limit-reset", "9999999999"),), 3600.0), ((("x-rate-limit-reset", "1"),), 1.0)):
        x.moods.append(Mood(429, headers=headers))
        error = failure(x)
        assert isinstance(error, Throttled)
        assert (error.after, error.permanent, x.messages) == (after, False, [])


@pytest.mark.parametrize(
    ("mood", "perhaps"),
    [
        (Mood(500), True), (Mood(503, b"<html>busy</html>"), False), (Mood(504), True), (Mood(201, b"<html>hotel wifi</html>"), True),
        (Mood(201, b"[]"), True), (Mood(201, b'{"data":{}}'), True), (Mood(500, b"[1]"), True), (Mood(hang_up=True), True),
        (Mood(307, headers=(("Location", "http://127.0.0.1:9/"),)), True), (Mood(delay=9.0), True),
    ],
    ids=["500", "503", "504", "not JSON", "a list", "no id", "a strange fault", "hung up", "a redirect", "too slow"],
)  # fmt: skip
def test_a_fault_that_may_pass_is_to_be_tried_again(x: XApi, mood: Mood, perhaps: bool) -> None:
    x.moods.append(mood)
    error = failure(x)
    assert (type(error), error.permanent, error.perhaps_sent) == (ChannelError, False, perhaps)
    channel(x).send(private())
    assert len(x.messages) == 1


def test_nobody_at_the_other_end_has_taken_nothing() -> None:
    with pytest.raises(ChannelError) as caught:
        X(*KEYS, US, (), "http://127.0.0.1:9", timeouts=(0.5, 0.5)).send(private())
    assert (type(caught.value), caught.value.perhaps_sent) == (ChannelError, False)


def test_a_reason_carries_no_name_and_no_number(x: XApi) -> None:
    x.moods.append(Mood(400, b'{"detail":"Could not find user 7000000001 @inaq_sumi at https://x.com/inaq_sumi"}'))
    assert failure(x).reason == "Could not find user … … at …"


# files


def test_a_picture_is_fetched_and_that_of_a_direct_message_with_our_signature(x: XApi) -> None:
    x.files = {
        "/media/a.jpg": ("image/jpeg; charset=binary", b"\xff\xd8jalan"),
        "/1.1/ton/data/dm/1/2/b.jpg": ("image/jpeg", b"\xff\xd8rahasia"),
    }
    line = channel(x)
    fetched = line.fetch(f"url:{x.url}/media/a.jpg", 1000)
    assert (fetched.content, fetched.mime) == (b"\xff\xd8jalan", "image/jpeg")
    assert line.fetch(f"url:{x.url}/1.1/ton/data/dm/1/2/b.jpg", 1000).content == b"\xff\xd8rahasia"
    with pytest.raises(ChannelError) as caught:
        channel(x, keys=(*KEYS[:3], "wrong")).fetch(f"url:{x.url}/1.1/ton/data/dm/1/2/b.jpg", 1000)
    assert caught.value.code == "401"


def test_a_file_larger_than_the_limit_is_not_taken(x: XApi) -> None:
    for path in ("/media/a.mp4", "/media/unsized.mp4"):
        x.files[path] = ("video/mp4", b"x" * 200_000)
        assert len(channel(x).fetch(f"url:{x.url}{path}", 200_000).content) == 200_000
        with pytest.raises(TooLarge):
            channel(x).fetch(f"url:{x.url}{path}", 199_999)


@pytest.mark.parametrize(
    "ref", ["http://pbs.twimg.com/a.jpg", "https://pbs.twimg.com.evil.id/a", "https://me@pbs.twimg.com/a", "http://127.0.0.1:1/a", "file:///etc/passwd", "http://[::1"]
)  # fmt: skip
def test_nothing_is_fetched_from_elsewhere(x: XApi, ref: str) -> None:
    for each in (f"url:{ref}", ref):
        with pytest.raises(Refused):
            channel(x).fetch(each, 1000)
    assert x.calls == []


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        (Mood(404), Refused), (Mood(302, headers=(("Location", "http://127.0.0.1:9/"),)), ChannelError), (Mood(503), ChannelError),
        (Mood(429), Throttled), (Mood(hang_up=True), ChannelError),
    ],
)  # fmt: skip
def test_a_file_that_does_not_come_is_gone_or_to_be_tried_again(x: XApi, mood: Mood, kind: type[ChannelError]) -> None:
    x.moods.append(mood)
    with pytest.raises(ChannelError) as caught:
        channel(x).fetch(f"url:{x.url}/media/a.jpg", 1000)
    assert type(caught.value) is kind


# the line


def test_a_check_names_us_and_a_foreign_token_is_our_fault(x: XApi) -> None:
    assert channel(x).check() == "X knows us as @ntbcare"
    with pytest.raises(ChannelError) as caught:
        channel(x, us="5000000001").check()
    assert (caught.value.reason, caught.value.code) == ("our X configuration: token belongs to another account", "403")


def test_threads_and_forked_workers_share_no_connection(x: XApi) -> None:
    line = channel(x)
    x.left["messages"] = 1000
    line.send(private("induk"))

    def work(name: str) -> None:
        raise SystemExit(len({line.send(private(f"{name} {number}")).external_id for number in range(5)}) != 5)

    children = [multiprocessing.get_context("fork").Process(target=work, args=(f"anak {n}",)) for n in range(2)]
    for child in children:
        child.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: line.send(private(f"utas {n}")), range(24)))
    for child in children:
        child.join(30)
    line.close()
    assert [child.exitcode for child in children] == [0, 0]
    assert len({taken["text"] for taken in x.messages}) == len(x.messages) == 35
    speakers: dict[int, set[str]] = {}
    for port, sent in x.lines:
        text = json.loads(sent)["text"]
        speakers.setdefault(port, set()).add(text.rpartition(" ")[0] if text.startswith("anak") else "induk")
    assert all(len(names) == 1 for names in speakers.values())


def test_building_the_channel_imports_no_vendor() -> None:
    code = "import sys; from channels.social.x import X; X('a','b','c','d','1'); print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tweepy", "requests", "urllib3"}.intersection(loaded)
