"""How often one address may try: guessing PINs, passwords and tickets is slowed, reporting is not."""

from __future__ import annotations

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis.backoff import NoBackoff
from redis.retry import Retry


def wrong(response: Response) -> bool:
    """Only wrong guesses count: nobody is shut out for being right."""
    return response.status_code == 403


def chooses_nobodys() -> bool:
    """Telling is never slowed; saying "the same" of somebody else's case is. The body is kept for who reads it after us."""
    request.get_data(cache=True)
    return not request.form.get("same")


def ticket_asked() -> str:
    """One ticket, whoever asks: many addresses guessing at one case are slowed together."""
    return f"ticket:{(request.view_args or {}).get('ticket', '')}"


# counted in Redis so that every server process sees the same count; without Redis each process counts for itself
# a Redis that hangs is waited for half a second, once: redis-py by itself would hold a page for longer than gunicorn lets it live
limiter = Limiter(
    get_remote_address, headers_enabled=True, in_memory_fallback_enabled=True, swallow_errors=True,
    storage_options={"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 0)},  # type: ignore[dict-item]
)  # fmt: skip
