"""Every answer of sendsms says what the house must decide."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.sms.kannel import Kannel
from ntbcare.contract import ChannelError, OutgoingMessage, Refused, Throttled
from tests.counterparts.kannel_api import PASSWORD, USER, KannelApi, Mood

AMINAH, SECRET = "+6281100000001", "rahasia_kannel-0123456789"


@pytest.fixture
def api() -> Iterator[KannelApi]:
    with KannelApi() as kannel:
        yield kannel


def channel(api: KannelApi, *, password: str = PASSWORD, sender: str = "1708", path: str = "") -> Kannel:
    return Kannel(f"{api.url}{path}", USER, password, SECRET, sender, "https://lapor.ntbprov.go.id/", timeouts=(1.0, 1.0))


def words(text: str = "Laporan NTB-7K3M diterima", to: str = AMINAH) -> OutgoingMessage:
    return OutgoingMessage("notice-1", to, text)


def failure(api: KannelApi, message: OutgoingMessage | None = None, *, password: str = PASSWORD, path: str = "") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(api, password=password, path=path).send(message or words())
    reason = caught.value.reason
    assert AMINAH not in reason
    assert SECRET not in reason
    assert PASSWORD not in reason
    return caught.value


def test_a_message_taken_is_sent_but_not_final_and_its_reports_come_back_to_us(api: KannelApi) -> None:
    sent = channel(api).send(words())
    (taken,) = api.taken
    assert not sent.final
    assert (taken["to"], taken["from"], taken["text"], taken["coding"]) == (AMINAH, "1708", "Laporan NTB-7K3M diterima", "0")
    assert (taken["charset"], taken["dlr-mask"]) == ("UTF-8", "31")
    address = urlsplit(taken["dlr-url"])
    told = parse_qs(address.query, keep_blank_values=True)
    assert address._replace(query="").geturl() == "https://lapor.ntbprov.go.id/hooks/kannel/dlr"
    assert f"kannel:{told['id'][0]}" == sent.external_id
    assert (told["secret"], told["state"], told["answer"], told["foreign"]) == ([SECRET], ["%d"], ["%A"], ["%F"])


def test_each_attempt_has_a_name_of_its_own_so_that_a_late_report_cannot_speak_for_another(api: KannelApi) -> None:
    first, second = channel(api).send(words()), channel(api).send(words())
    assert first.external_id != second.external_id
    assert first.external_id.startswith("kannel:notice-1.")


@pytest.mark.parametrize("said", ["0: Accepted for delivery", "3: Queued for later delivery", "Sent.", "Sent. Message splits: 2"])
def test_accepted_queued_and_sent_are_a_yes(api: KannelApi, said: str) -> None:
    api.moods.append(Mood(202, said))
    assert channel(api).send(words()).external_id


def test_without_a_sender_kannel_takes_its_own(api: KannelApi) -> None:
    channel(api, sender="").send(words())
    assert "from" not in api.taken[0]


@pytest.mark.parametrize(
    ("text", "coding"),
    [("Jalan [rusak] ~ 5€ @é Ñ §", "0"), ("Nyale ç", "2"), ("“kutip”", "2"), ("🙏", "2"), ("a`b", "2"), ("baris\nbaru", "0")],
)
def test_letters_of_the_default_alphabet_go_as_seven_bits_and_others_as_ucs2(api: KannelApi, text: str, coding: str) -> None:
    channel(api).send(words(text))
    assert (api.taken[0]["text"], api.taken[0]["coding"]) == (text, coding)


def test_a_nul_and_a_lone_surrogate_stop_nothing(api: KannelApi) -> None:
    channel(api).send(words("rusak \ud83d parah\x00"))
    assert api.taken[0]["text"] == "rusak ? parah?"


@pytest.mark.parametrize(
    ("longest", "too_long"),
    [("a" * 1530, "a" * 1531), ("€" * 765, "€" * 766), ("ع" * 670, "ع" * 671), ("🙏" * 335, "🙏" * 336)],
    ids=["letters", "letters that count twice", "UCS-2", "emoji"],
)
def test_what_kannel_would_cut_off_is_refused_instead(api: KannelApi, longest: str, too_long: str) -> None:
    channel(api).send(words(longest))
    assert type(failure(api, words(too_long))) is Refused
    assert [taken["text"] for taken in api.taken] == [longest]


@pytest.mark.parametrize("to", ["", "TELKOMSEL", "+62 811 2222", "62811 62812", "12", "+6281100000001\n", "٠٨١١٢٣٤٥"])
def test_what_is_no_number_is_refused_without_asking(api: KannelApi, to: str) -> None:
    assert type(failure(api, words(to=to))) is Refused
    assert api.calls == []


def test_no_words_are_refused_without_asking(api: KannelApi) -> None:
    assert type(failure(api, words(""))) is Refused
    assert api.calls == []


def test_a_number_on_kannel_s_list_is_refused_for_good(api: KannelApi) -> None:
    api.moods.append(Mood(400, "Number(s) has/have been denied by white- and/or black-lists."))
    error = failure(api)
    assert (type(error), error.permanent) == (Refused, True)


def test_no_way_to_a_foreign_number_is_the_number_s_and_to_an_indonesian_one_our_own(api: KannelApi) -> None:
    api.moods += [Mood(403, "Not routable. Do not try again."), Mood(403, "Not routable. Do not try again.")]
    assert (type(foreign := failure(api, words(to="+4915100000001"))), foreign.elsewhere) == (Refused, True)
    error = failure(api)
    assert (type(error), error.permanent, error.code) == (ChannelError, False, "403")


def test_our_own_misconfiguration_never_loses_the_message(api: KannelApi) -> None:
    wrong = [failure(api, password="salah"), failure(api, path="/salah")]
    for status, said in ((400, "Sender missing and no global set, rejected"), (400, "DLR-URL field misformed, rejected"), (401, "")):
        api.moods.append(Mood(status, said))
        wrong.append(failure(api))
    for error in wrong:
        assert (type(error), error.permanent, error.code, error.perhaps_sent) == (ChannelError, False, "403", False)
        assert "our Kannel configuration" in error.reason


def test_a_full_queue_says_to_wait(api: KannelApi) -> None:
    api.moods.append(Mood(503, "Temporal failure, try again later."))
    error = failure(api)
    assert isinstance(error, Throttled)
    assert (error.after, error.permanent) == (30.0, False)


@pytest.mark.parametrize(
    ("mood", "perhaps"),
    [
        (Mood(500, "Sending failed."), False),
        (Mood(503, "<html>Service Unavailable</html>"), False),
        (Mood(504, "<html>Gateway Time-out</html>"), True),
        (Mood(202, "<html>welcome to the hotel wifi</html>"), True),
        (Mood(200, ""), True),
        (Mood(302, ""), False),
        (Mood(hang_up=True), True),
        (Mood(delay=9.0), True),
    ],
    ids=["500", "503 of a proxy", "504 of a proxy", "not Kannel's words", "200", "a redirect", "hung up", "too slow"],
)
def test_a_fault_that_may_pass_is_to_be_tried_again(api: KannelApi, mood: Mood, perhaps: bool) -> None:
    api.moods.append(mood)
    began = time.monotonic()
    error = failure(api)
    assert (type(error), error.permanent, error.perhaps_sent) == (ChannelError, False, perhaps)
    assert time.monotonic() - began < 4
    assert channel(api).send(words()).external_id


def test_a_path_in_the_address_replaces_the_usual_one(api: KannelApi) -> None:
    failure(api, path="/sms/kirim")
    channel(api, path="/").send(words())
    assert [path for path, _ in api.calls] == ["/sms/kirim", "/cgi-bin/sendsms"]


def test_check_is_well_only_when_user_and_password_are(api: KannelApi) -> None:
    assert "takes our user and password" in channel(api).check()
    api.moods.append(Mood(202, "0: Accepted for delivery"))
    with pytest.raises(ChannelError):
        channel(api).check()
    with pytest.raises(ChannelError):
        channel(api, password="salah").check()
    assert api.taken == []
    assert all("to" not in asked for _, asked in api.calls)


def test_one_channel_serves_many_threads_and_forked_workers(api: KannelApi) -> None:
    line = channel(api)

    def work() -> None:
        raise SystemExit(len({line.send(words(f"anak {number}")).external_id for number in range(5)}) != 5)

    children = [multiprocessing.get_context("fork").Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda number: line.send(words(f"pesan {number}")).external_id, range(20)))
    for child in children:
        child.join(30)
    assert [child.exitcode for child in children] == [0, 0]
    assert len(set(sent)) == 20
    assert sorted(taken["text"] for taken in api.taken if taken["text"].startswith("pesan")) == sorted(f"pesan {n}" for n in range(20))
