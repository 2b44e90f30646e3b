"""How often one address may try: guessing PINs, passwords and tickets is slowed, reporting is not."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# counted in Redis so that every server process sees the same count; without Redis each process counts for itself
limiter = Limiter(get_remote_address, headers_enabled=True, in_memory_fallback_enabled=True, swallow_errors=True)
