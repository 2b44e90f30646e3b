"""The line to X: tweepy with time-outs of ours, another host when we name one, and errors that say what to do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ntbcare.contract import ChannelError, Refused, Throttled

if TYPE_CHECKING:
    from requests import Response
    from tweepy import Client

PATIENCE = 60.0  # seconds, when a 429 carries no readable x-rate-limit-reset
LONGEST_PATIENCE = 3600.0

# What a 403 says about this message or this person; every other 403 is about our own app. (codes, words, code to note, reason)
# X publishes no list: the codes are those of v1.1 (https://developer.x.com/en/support/x-api/error-troubleshooting), the words v2's.
REFUSALS = (
    ((187, 151), "duplicate content", "187", "X says these words were posted before"),
    ((349, 150), "cannot send messages to|permission to dm", "349", "this person takes no direct messages from us"),
    ((385, 433), "reply to this conversation is not allowed|deleted or not visible|restricted who can reply", "433", "nobody or not we may reply to this post"),
    ((186, 354), "text is too long|over the max limit", "186", "too long for X"),
)  # fmt: skip
PERSONAL = re.compile(r"\d{5,}|@\w+|https?://\S+")


def client(keys: tuple[str, str, str, str], api_url: str, timeouts: tuple[float, float]) -> Client:
    """A tweepy client for one process: OAuth 1.0a, no waiting of its own, no redirects."""
    # Imported here and not above: tweepy and requests cost a third of a second, and the web process never asks X.
    import logging

    import tweepy
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies

    for name in ("tweepy", "requests_oauthlib", "oauthlib", "urllib3"):  # at DEBUG they log words and ids of citizens
        logging.getLogger(name).setLevel(logging.WARNING)

    class Wire(HTTPAdapter):
        """requests' own adapter with a time-out always; signed for api.twitter.com, wherever it goes."""

        def send(self, request: Any, **kwargs: Any) -> Response:  # type: ignore[override]
            if api_url:
                request = request.copy()
                request.url = api_url + urlsplit(request.url)._replace(scheme="", netloc="").geturl()
                kwargs["proxies"] = get_environ_proxies(request.url)
            kwargs["timeout"] = timeouts
            return super().send(request, **kwargs)

    found = tweepy.Client(
        consumer_key=keys[0], consumer_secret=keys[1], access_token=keys[2], access_token_secret=keys[3], return_type=dict
    )  # fmt: skip
    found.session.mount("https://api.twitter.com", Wire(pool_maxsize=16))
    found.session.max_redirects = 0  # the API never redirects; who does is not X
    return found


def ask(call: Callable[..., Any], **given: Any) -> dict[str, Any]:
    """One call of the SDK → the JSON object X answered. Raises ChannelError and its children."""
    from tweepy.errors import HTTPException

    try:
        answer = call(**given, user_auth=True)
    except HTTPException as error:
        raise meaning(error.response, error.api_codes) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:  # requests' errors are OSErrors; the others: not X's JSON
        raise ChannelError(f"X did not answer properly: {type(error).__name__}", perhaps_sent=not never_left(error)) from None
    if not isinstance(answer, dict):
        raise ChannelError("X did not answer properly: no JSON object", perhaps_sent=True)
    return answer


def meaning(response: Response, codes: list[int]) -> ChannelError:
    """An answer that is no 2xx → what the house must decide: again, never, or tell a human.

    https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    status, said = response.status_code, response.text[:2000]
    if status == 429 and "usage-capped" not in said:
        return Throttled("X asks us to slow down", after=patience(response), code="429")
    if status in (402, 429):
        return ChannelError("our X account: its credits or its monthly share are used up", code="403")
    if status == 401:
        return ChannelError("our X configuration: keys or token not accepted", code="401")
    if status == 403:
        for known, words, code, reason in REFUSALS:
            if set(known).intersection(codes) or re.search(words, said, re.IGNORECASE):
                return Refused(reason, code=code, perhaps_sent=code == "187", already=code == "187")
        return ChannelError(f"our X configuration: {_detail(response)}", code="403")
    if 400 <= status < 500 and status != 408:
        return Refused(_detail(response), code=str(status))
    return ChannelError(f"X answered {status}", code=str(status), perhaps_sent=status in (500, 502, 504))


def patience(response: Response) -> float:
    """Seconds until x-rate-limit-reset (a moment in Unix seconds), between 1 and 3,600."""
    given = response.headers.get("x-rate-limit-reset", "").strip()
    if not re.fullmatch("[0-9]{1,11}", given):
        return PATIENCE
    return min(max(int(given) - time.time(), 1.0), LONGEST_PATIENCE)


def never_left(error: Exception) -> bool:
    """No line was ever open, so nothing can have gone over it."""
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import NewConnectionError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, ConnectTimeout) or isinstance(cause, NewConnectionError)


def _detail(response: Response) -> str:
    """X's own words without ids, names and addresses."""
    try:
        problem = response.json()
        words = str(problem.get("detail") or problem.get("title") or "")
    except (ValueError, AttributeError):
        words = ""
    return PERSONAL.sub("…", words)[:200] or f"HTTP {response.status_code}"
