"""What our logs must never hold."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ntbcare import logs


def test_a_database_error_in_the_log_does_not_tell_the_row(town):
    from ntbcare.records.base import db

    with town.app.app_context(), db.engine.begin() as line:
        line.execute(text("INSERT INTO contacts (channel, address) VALUES ('sms', '+6281299990001')"))
    with pytest.raises(IntegrityError) as broken, town.app.app_context(), db.engine.begin() as line:
        line.execute(text("INSERT INTO contacts (channel, address) VALUES ('sms', :number)"), {"number": "+6281299990001"})
    told = str(broken.value)
    assert "+6281299990001" in told  # PostgreSQL itself tells it
    event = logs.without_values(None, "error", {"exception": told})
    assert "+6281299990001" not in event["exception"]
    assert "UniqueViolation" in event["exception"]
