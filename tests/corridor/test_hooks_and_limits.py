"""The limits of guessing live beside the providers' doors and neither disturbs the other."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture
def limited(town):
    from ntbcare.web.limits import limiter

    limiter.enabled = True
    yield limiter
    limiter.enabled = False


def test_a_webhook_does_not_throw_the_limits_out_of_redis(town, limited, caplog):
    with caplog.at_level(logging.WARNING, "flask-limiter"):
        for number in range(30):  # far more than any page may be asked wrongly
            assert town.sms(f"+62811000077{number:02}", "Jalan rusak di Tente").status_code == 200
    assert [record.getMessage() for record in caplog.records if record.name == "flask-limiter"] == []
    assert not limited._storage_dead
