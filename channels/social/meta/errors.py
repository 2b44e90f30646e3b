"""What an error of the Graph API means for the house: again, never, wait, or tell a human.

https://developers.facebook.com/docs/graph-api/guides/error-handling
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from ntbcare.contract import ChannelError, OptedOut, Refused, Throttled, WindowClosed

THROTTLED_DEFAULT = 60.0  # seconds, when Meta does not say how long
THROTTLED_LONGEST = 3600.0


class Kind(Enum):
    """What is to be done about it."""

    TOKEN = "our token is not accepted"  # code "401"
    RIGHTS = "our account or permission"  # code "403"
    WAIT = "too fast"
    AGAIN = "may pass"
    NEVER = "refused for good"
    GONE = "no such object"
    STOPPED = "the person does not want our messages"
    CLOSED = "outside the messaging window"


# code → (kind, words). WhatsApp reports the same codes in the answer to a call and in a later status.
CODES: dict[int, tuple[Kind, str]] = {
    0: (Kind.TOKEN, "app user not authenticated"),
    1: (Kind.AGAIN, "unknown error at Meta"),
    2: (Kind.AGAIN, "service unavailable"),
    3: (Kind.RIGHTS, "capability missing"),
    4: (Kind.WAIT, "application request limit"),
    10: (Kind.RIGHTS, "permission not granted"),
    17: (Kind.WAIT, "user request limit"),
    32: (Kind.WAIT, "page request limit"),
    33: (Kind.RIGHTS, "our business number does not exist"),
    100: (Kind.NEVER, "invalid parameter"),
    102: (Kind.TOKEN, "session expired"),
    104: (Kind.TOKEN, "app secret proof required"),
    190: (Kind.TOKEN, "access token expired or revoked"),
    368: (Kind.RIGHTS, "blocked for a policy violation"),
    506: (Kind.NEVER, "the same words twice"),
    551: (Kind.NEVER, "person not available"),
    613: (Kind.WAIT, "call limit"),
    10900: (Kind.NEVER, "the comment was answered in private before"),
    10903: (Kind.NEVER, "the comment cannot be answered in private"),
    80007: (Kind.WAIT, "business account request limit"),
    130429: (Kind.WAIT, "throughput reached"),
    130472: (Kind.NEVER, "held back by an experiment of Meta"),
    130497: (Kind.RIGHTS, "country restricted for our account"),
    131000: (Kind.AGAIN, "unknown error at WhatsApp"),
    131005: (Kind.RIGHTS, "access denied"),
    131008: (Kind.NEVER, "parameter missing"),
    131009: (Kind.NEVER, "parameter value not valid"),
    131016: (Kind.AGAIN, "WhatsApp unavailable"),
    131021: (Kind.NEVER, "recipient is the sender"),
    131026: (Kind.NEVER, "not on WhatsApp, or cannot receive"),
    131030: (Kind.RIGHTS, "recipient not on the list of our test number"),
    131031: (Kind.RIGHTS, "account locked"),
    131037: (Kind.RIGHTS, "display name not approved"),
    131042: (Kind.RIGHTS, "payment method"),
    131045: (Kind.RIGHTS, "our number is not registered"),
    131047: (Kind.CLOSED, "more than 24 hours since the person wrote"),
    131048: (Kind.WAIT, "spam limit of our number"),
    131049: (Kind.AGAIN, "held back by Meta for now"),
    131050: (Kind.STOPPED, "the person stopped our messages at Meta"),
    131051: (Kind.NEVER, "message type not supported"),
    131052: (Kind.AGAIN, "media not downloaded"),
    131053: (Kind.AGAIN, "media not uploaded"),
    131056: (Kind.WAIT, "too many messages to this person"),
    131057: (Kind.AGAIN, "account in maintenance"),
    131062: (Kind.NEVER, "not possible to a user id"),
    132000: (Kind.RIGHTS, "our template takes other parameters"),
    132001: (Kind.RIGHTS, "our template does not exist in this language"),
    132005: (Kind.NEVER, "too long for the template"),
    132007: (Kind.RIGHTS, "our template violates a policy"),
    132012: (Kind.RIGHTS, "our template takes other parameters"),
    132015: (Kind.RIGHTS, "our template is paused"),
    132016: (Kind.RIGHTS, "our template is disabled"),
    132018: (Kind.NEVER, "parameter not valid in the template"),
    133010: (Kind.RIGHTS, "our number is not registered"),
    135000: (Kind.NEVER, "parameter of the request"),
}
PAIR = (131056,)  # a limit between us and one person: everybody else may be written to
# A subcode says more than the code it comes with.
SUBCODES: dict[int, tuple[Kind, str]] = {
    33: (Kind.GONE, "no such object, or not visible to us"),
    1545041: (Kind.NEVER, "person not available"),
    2018001: (Kind.NEVER, "no such person"),
    2018065: (Kind.CLOSED, "outside the allowed window"),
    2018108: (Kind.STOPPED, "the person does not receive messages from us"),
    2018278: (Kind.CLOSED, "outside the allowed window"),
    2207006: (Kind.GONE, "no such object, or not visible to us"),  # Instagram
    2534022: (Kind.CLOSED, "outside the allowed window"),  # Instagram
}


class Gone(Refused):
    """The comment, post or file that was named is not there any more, or was never visible to us."""


def verdict(code: int, subcode: int = 0) -> tuple[Kind, str] | None:
    """(kind, words) of an error Meta publishes; None for one we do not know."""
    if subcode in SUBCODES and not 130000 <= code < 140000:  # WhatsApp's own codes stand alone; their subcodes are deprecated
        return SUBCODES[subcode]
    if 200 <= code <= 299:
        return Kind.RIGHTS, "permission not granted"
    return CODES.get(code)


def meaning(status: int, headers: Mapping[str, str], body: bytes, *, ours: bool = False) -> ChannelError:
    """An answer that is no success → the error to raise. `ours`: the object called is our own, so its absence is our fault.

    Reasons carry our words for the code, else Meta's without anything that could name a person; never an id or the token.
    """
    error = _error(body)
    code, subcode = _number(error.get("code"), -1), _number(error.get("error_subcode"), 0)
    known = verdict(code, subcode) if error else None
    name = f"HTTP {status}" if code < 0 else f"{code}/{subcode}" if subcode else str(code)
    if ours and error and (subcode == 33 or code == 803):
        known = Kind.RIGHTS, "the id we are configured with does not exist, or the token may not use it"
    if known is None or (known[0] in (Kind.NEVER, Kind.GONE) and error.get("is_transient") is True):
        known = _unknown(status, error)
    kind, words = known
    reason = f"Meta {name}: {words}"
    if kind is Kind.WAIT:
        return Throttled(reason, after=_seconds(headers), code=str(code if code > 0 else 429), person=code in PAIR)
    if kind is Kind.TOKEN:
        return ChannelError(f"our Meta configuration: {reason}", permanent=False, code="401")
    if kind is Kind.RIGHTS:
        return ChannelError(f"our Meta configuration: {reason}", permanent=False, code="403")
    if kind is Kind.AGAIN:
        return ChannelError(reason, code=str(code if code > 0 else status), perhaps_sent=not error and status in (502, 504))
    kinds = {Kind.STOPPED: OptedOut, Kind.CLOSED: WindowClosed, Kind.GONE: Gone, Kind.NEVER: Refused}
    return kinds[kind](reason, code=str(code if code > 0 else status))


def _unknown(status: int, error: Mapping[str, Any]) -> tuple[Kind, str]:
    """A code that is not in the tables, or no Graph error at all: then it is a proxy or a wrong address that speaks."""
    if status == 429:
        return Kind.WAIT, "too many requests"
    if status == 401:
        return Kind.TOKEN, "unauthorised"
    if status == 403:
        return Kind.RIGHTS, "forbidden"
    words = _anonymous(str(error.get("message") or "")) or "no Graph error in the answer"
    if error and 400 <= status < 500 and status != 408 and error.get("is_transient") is not True:
        return Kind.NEVER, words
    return Kind.AGAIN, words


def _error(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: Any, otherwise: int) -> int:
    return value if type(value) is int else int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else otherwise


def _anonymous(words: str) -> str:
    """Meta quotes what it was given: whatever stands in quotes, holds five digits in a row or an @ goes."""
    words = re.sub(r"'[^']*'|\"[^\"]*\"", "…", words)
    return re.sub(r"\S*(?:[0-9]{5}|@|EAA)\S*", "…", words).strip()[:200]


def _seconds(headers: Mapping[str, str]) -> float:
    """The longest estimated_time_to_regain_access (minutes) of X-Business-Use-Case-Usage, in seconds.

    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    try:
        usage = json.loads(headers.get("X-Business-Use-Case-Usage", ""))
        minutes = max(float(each.get("estimated_time_to_regain_access", 0)) for limits in usage.values() for each in limits)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return THROTTLED_DEFAULT
    return min(minutes * 60, THROTTLED_LONGEST) if minutes > 0 else THROTTLED_DEFAULT
