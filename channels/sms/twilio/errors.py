"""What Twilio's states and errors mean for the house: again, never, or tell a human."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ntbcare.contract import ChannelError, OptedOut, Refused

# MessageStatus → our state. https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
# Callbacks may overtake each other: «sent» can arrive after «delivered». «received» belongs to inbound messages.
STATES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

# ErrorCode of a status callback → (permanent, reason). https://www.twilio.com/docs/api/errors
# A code that is not here is taken as temporary: one message too many is better than one too few.
FAILURES: dict[str, tuple[bool, str]] = {
    "21610": (True, "the person asked the provider to stop"),
    "30001": (False, "provider's queue overflowed"),
    "30002": (False, "our account is suspended"),
    "30003": (False, "handset unreachable"),
    "30004": (True, "blocked by the network or the recipient"),
    "30005": (True, "unknown or inactive number"),
    "30006": (True, "landline or unreachable carrier"),
    "30007": (True, "content filtered by the carrier"),
    "30008": (False, "unknown error at the carrier"),
    "30009": (False, "a segment was lost"),
    "30010": (False, "price above our maximum"),
    "30017": (False, "carrier congested"),
    "30018": (False, "our sender name is not registered with the carrier"),
    "30019": (True, "too long for the carrier"),
    "30036": (False, "validity period expired in the queue"),
    "30410": (False, "carrier timed out"),
}

# Errors of POST Messages.json that say something about OUR account or sender, not about this message or this person:
# they must alarm and the message must wait, so they are never permanent. A 401, 403 or 404 without a 21xxx code is ours too.
OURS: dict[int, str] = {
    20003: "account SID or auth token not accepted",
    20005: "account not active",
    20404: "account SID unknown",
    21212: "our sender is not a valid number",
    21603: "our sender is missing",
    21606: "our sender cannot send SMS",
    21608: "trial account: recipient not verified",
    21609: "our status callback address is not a valid URL",
    21611: "our sender's queue is full",
    21659: "our sender is not a Twilio number",
    21660: "our sender belongs to another account",
    21661: "our sender cannot send SMS",
    21703: "our messaging service has no sender",
}
OPTED_OUT = 21610
OUT_OF_REACH = (21408, 21612)  # region not enabled for us, no way from our sender to that number: another gateway may reach it
THROTTLED_DEFAULT = 5.0  # seconds, when a 429 carries no readable Retry-After
LONG_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")


def seconds(headers: Mapping[str, str] | None) -> float:
    """Retry-After in seconds, between 1 and 3,600; a date or nonsense gives the default."""
    given = (headers or {}).get("Retry-After", "").strip()
    return float(min(max(int(given), 1), 3600)) if re.fullmatch(r"[0-9]{1,9}", given) else THROTTLED_DEFAULT


def meaning(status: int, code: int | None, words: str) -> ChannelError:
    """A Twilio error response → what the house must decide: again, never, or tell a human."""
    number, known = str(code or status), OURS.get(code or 0)
    about_the_message = 21000 <= (code or 0) < 22000  # such a code says more than the 403 it may come with
    if known or status == 401 or (status in (403, 404) and not about_the_message):
        return ChannelError(f"our Twilio configuration: {known or f'HTTP {status}'}", permanent=False, code=number)
    reason = LONG_NUMBER.sub("…", words or f"HTTP {status}")[:300]
    if code == OPTED_OUT:
        return OptedOut("the person asked Twilio to stop", code=number)
    if 400 <= status < 500 and status != 408:
        return Refused(reason, code=number, elsewhere=code in OUT_OF_REACH)
    return ChannelError(reason, code=number, perhaps_sent=status in (502, 504))


def never_left(error: Exception) -> bool:
    """No line was ever open, so nothing can have gone over it."""
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import NewConnectionError

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, ConnectTimeout) or isinstance(cause, NewConnectionError)
