"""Files of an MMS: from Twilio and its CDN, as far as the limit goes, with our account shown to Twilio alone."""

from __future__ import annotations

import time

import pytest

from channels.sms.twilio import Twilio
from ntbcare.contract import ChannelError, Refused, Throttled, TooLarge
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER, Mood, TwilioApi
from tests.counterparts.twilio_cdn import Manner

PICTURE = bytes(range(256)) * 400  # 102,400 bytes
SID = "ME" + "0" * 32


def channel(api: TwilioApi, *, token: str = AUTH_TOKEN, elsewhere: bool = False) -> Twilio:
    origins = () if elsewhere else (api.cdn.url,)
    return Twilio(ACCOUNT_SID, token, SENDER, "https://x.id", api.url, timeouts=(2.0, 1.0), media_origins=origins)


def failure(api: TwilioApi, ref: str, limit: int = 10**6, *, token: str = AUTH_TOKEN, elsewhere: bool = False) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(api, token=token, elsewhere=elsewhere).fetch(ref, limit)
    assert SID not in caught.value.reason
    assert AUTH_TOKEN not in caught.value.reason
    return caught.value


@pytest.fixture
def api(twilio_api: TwilioApi) -> TwilioApi:
    twilio_api.media[SID] = ("image/jpeg", PICTURE)
    return twilio_api


def test_a_picture_comes_whole_from_the_cdn_which_never_sees_our_account(api: TwilioApi) -> None:
    file = channel(api).fetch(api.media_url(SID), len(PICTURE))
    assert (file.content, file.mime) == (PICTURE, "image/jpeg")
    assert [authorization for _, authorization in api.cdn.seen] == [""]
    assert len(api.calls) == 1


def test_a_picture_at_the_address_of_the_api_itself_comes_as_well(api: TwilioApi) -> None:
    ref = api.media_url(SID).replace("https://api.twilio.com", api.url)
    assert channel(api).fetch(ref, len(PICTURE)).content == PICTURE


def test_a_file_that_says_it_is_too_large_is_not_read(api: TwilioApi) -> None:
    api.media[SID] = ("video/mp4", b"x" * 20_000_000)
    assert type(failure(api, api.media_url(SID), 5_000_000)) is TooLarge


def test_a_file_that_does_not_say_how_large_it_is_is_read_to_the_limit_only(api: TwilioApi) -> None:
    api.media[SID] = ("video/mp4", b"x" * 20_000_000)
    api.cdn.manner = Manner(length=False)
    assert type(failure(api, api.media_url(SID), 1000)) is TooLarge
    assert api.cdn.sent < 20_000_000


def test_exactly_the_limit_is_not_too_large_and_one_byte_more_is(api: TwilioApi) -> None:
    api.cdn.manner = Manner(length=False)
    assert len(channel(api).fetch(api.media_url(SID), len(PICTURE)).content) == len(PICTURE)
    assert type(failure(api, api.media_url(SID), len(PICTURE) - 1)) is TooLarge


def test_a_file_that_is_gone_is_refused(api: TwilioApi) -> None:
    del api.media[SID]
    error = failure(api, api.media_url(SID))
    assert (type(error), error.permanent, error.code) == (Refused, True, "404")


@pytest.mark.parametrize(
    "ref",
    [
        "https://169.254.169.254/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "http://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com.example.org/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://nottwilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com@127.0.0.1/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://127.0.0.1\\.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com:8443/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com/internal",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_no_address_but_twilio_s_is_ever_dialled(api: TwilioApi, ref: str) -> None:
    assert type(failure(api, ref)) is Refused
    assert (api.calls, api.cdn.seen) == ([], [])


def test_without_another_api_address_none_is_dialled_but_twilio_s(api: TwilioApi) -> None:
    ref = api.media_url(SID).replace("https://api.twilio.com", api.url)
    with pytest.raises(Refused):
        Twilio(ACCOUNT_SID, AUTH_TOKEN, SENDER, "https://x.id").fetch(ref, 10**6)
    assert api.calls == []


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:9/x", "https://mms.twiliocdn.com.example.org/x", "http://mms.twiliocdn.com/x", "//[", "/x"]
)
def test_a_redirect_goes_to_the_cdn_and_nowhere_else(api: TwilioApi, elsewhere: str) -> None:
    api.moods.append(Mood(status=307, body=b"", headers=(("Location", elsewhere),)))
    failure(api, api.media_url(SID), elsewhere=True)
    assert api.cdn.seen == []


def test_the_cdn_is_trusted_only_where_it_is_named(api: TwilioApi) -> None:
    assert type(failure(api, api.media_url(SID), elsewhere=True)) is Refused
    assert api.cdn.seen == []


def test_a_redirect_in_circles_ends(api: TwilioApi) -> None:
    api.cdn.manner = Manner(status=302, location="/again")
    error = failure(api, api.media_url(SID))
    assert (type(error), error.permanent) == (ChannelError, False)
    assert len(api.cdn.seen) == 3


def test_our_token_refused_is_an_alarm_and_not_the_end_of_the_file(api: TwilioApi) -> None:
    error = failure(api, api.media_url(SID), token="wrong")
    assert (type(error), error.permanent, error.code) == (ChannelError, False, "401")


def test_too_many_requests_says_how_long_to_wait(api: TwilioApi) -> None:
    api.moods.append(Mood(code=20429, headers=(("Retry-After", "17"),)))
    error = failure(api, api.media_url(SID))
    assert isinstance(error, Throttled)
    assert error.after == 17.0


@pytest.mark.parametrize(
    "manner",
    [Manner(status=503), Manner(status=403), Manner(only=1000), Manner(only=2, pause=9.0)],
    ids=["503", "a signature that ran out", "broken off", "falls silent"],
)
def test_a_fault_that_may_pass_is_to_be_tried_again(api: TwilioApi, manner: Manner) -> None:
    api.cdn.manner = manner
    began = time.monotonic()
    error = failure(api, api.media_url(SID))
    assert (type(error), error.permanent, error.code) == (ChannelError, False, "")
    assert time.monotonic() - began < 6
    api.cdn.manner = Manner()
    assert channel(api).fetch(api.media_url(SID), 10**6).content == PICTURE


def test_check_says_that_the_account_is_active_and_sends_nothing(api: TwilioApi) -> None:
    assert channel(api).check() == "the account is active"
    assert api.messages == []


@pytest.mark.parametrize(("status", "token", "code"), [("suspended", AUTH_TOKEN, "403"), ("active", "wrong", "20003")])
def test_check_complains_of_a_suspended_account_and_of_a_wrong_token(api: TwilioApi, status: str, token: str, code: str) -> None:
    api.status = status
    with pytest.raises(ChannelError) as caught:
        channel(api, token=token).check()
    assert (caught.value.permanent, caught.value.code) == (False, code)
