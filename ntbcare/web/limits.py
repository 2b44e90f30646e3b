"""How often one address may try: guessing PINs, passwords and tickets is slowed, reporting is not."""

from __future__ import annotations

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


def wrong(response: Response) -> bool:
    """Only wrong guesses count: nobody is shut out for being right."""
    return response.status_code == 403


def ticket_asked() -> str:
    """One ticket, whoever asks: many addresses guessing at one case are slowed together."""
    return f"ticket:{(request.view_args or {}).get('ticket', '')}"


# counted in Redis so that every server process sees the same count; without Redis each process counts for itself
limiter = Limiter(get_remote_address, headers_enabled=True, in_memory_fallback_enabled=True, swallow_errors=True)
