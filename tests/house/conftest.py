"""An application with every door open that opens no connection."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def app():
    """The application with every channel's hooks, composed and never connected."""
    from channels import switchboard
    from ntbcare.app import build
    from tests.conftest import settings_for

    settings = settings_for("postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1/0")
    return build(settings, switchboard.build(settings, development=True, outbox=None))
