"""What X holds everybody to: signatures, fields, weights and the shape of a refusal; written apart from what we send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

EPOCH = 1288834974657  # milliseconds; an id of X is a moment and a number
# What may be asked for (x-api/fundamentals/data-dictionary) and what comes without asking.
TWEET_FIELDS = {
    "article", "attachments", "author_id", "conversation_id", "created_at", "display_text_range", "edit_controls", "entities", "geo",
    "in_reply_to_user_id", "lang", "note_tweet", "possibly_sensitive", "public_metrics", "referenced_tweets", "reply_settings", "source",
}  # fmt: skip
DM_FIELDS = {
    "attachments",
    "created_at",
    "dm_conversation_id",
    "event_type",
    "id",
    "participant_ids",
    "referenced_tweets",
    "sender_id",
    "text",
}
COMMON = {"max_results", "pagination_token", "expansions", "media.fields", "user.fields", "tweet.fields"}
MENTIONS = COMMON | {"since_id", "until_id", "start_time", "end_time", "place.fields", "poll.fields"}
DIRECTS = COMMON | {"dm_event.fields", "event_types"}


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> tuple[int, dict[str, Any]]:
    """https://docs.x.com/x-api/fundamentals/response-codes-and-errors."""
    full = kind if kind == "about:blank" else f"https://api.twitter.com/2/problems/{kind}"
    return status, {"title": title, "type": full, "status": status, "detail": detail, **more}


def snowflake(moment: datetime, number: int) -> str:
    return str(((int(moment.timestamp() * 1000) - EPOCH) << 22) + number)


def signed(method: str, url: str, header: str, keys: tuple[str, str, str, str], seen: set[str]) -> bool:
    """Whether an Authorization header is OAuth 1.0a over this very request: HMAC-SHA1, right keys, fresh, its nonce new.

    https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/creating-a-signature
    """
    api_key, api_secret, token, token_secret = keys
    found = {unquote(name): unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
    signature = found.pop("oauth_signature", "")
    parts = urlsplit(url)
    pairs = sorted((_enc(name), _enc(value)) for name, value in [*found.items(), *parse_qsl(parts.query, keep_blank_values=True)])
    base = "&".join((method, _enc(f"{parts.scheme}://{parts.netloc}{parts.path}"), _enc("&".join("=".join(pair) for pair in pairs))))
    expected = base64.b64encode(hmac.new(f"{_enc(api_secret)}&{_enc(token_secret)}".encode(), base.encode(), hashlib.sha1).digest())
    fresh = found.get("oauth_nonce", "") not in seen and abs(time.time() - int(found.get("oauth_timestamp") or 0)) < 300
    seen.add(found.get("oauth_nonce", ""))
    ours = (found.get("oauth_consumer_key"), found.get("oauth_token"), found.get("oauth_version")) == (api_key, token, "1.0")
    return header.startswith("OAuth ") and fresh and ours and hmac.compare_digest(signature.encode(), expected)


def _enc(text: str) -> str:
    return quote(text, safe="-._~")


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def invalid(query: dict[str, str], known: set[str], least: int) -> tuple[int, dict[str, Any]] | None:
    strange = set(query) - known
    if strange:
        return problem(400, "Invalid Request", f"The query parameters {sorted(strange)} are not among the expected.", "invalid-request")
    if not least <= int(query.get("max_results", 10)) <= 100:
        return problem(400, "Invalid Request", "max_results is out of range", "invalid-request")
    return None


def unknown(given: str, known: set[str], name: str) -> tuple[int, dict[str, Any]] | None:
    strange = set(filter(None, given.split(","))) - known
    return problem(400, "Invalid Request", f"{name} knows no {sorted(strange)}", "invalid-request") if strange else None


def length(text: str) -> int:
    """Weighted after https://docs.x.com/fundamentals/counting-characters, addresses with a scheme only; written apart from ours."""
    total = 0
    for part in re.split(r"(https?://\S+)", text):
        if part.startswith(("http://", "https://")):
            total += 23
        else:
            total += sum(1 if ord(sign) < 0x1100 or 0x2000 <= ord(sign) <= 0x200D or 0x2010 <= ord(sign) <= 0x201F else 2 for sign in part)
    return total
