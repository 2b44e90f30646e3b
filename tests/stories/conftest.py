"""A real Chromium before a real served house: CSRF on, cookies real, no worker but `town.work_off()`."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Town, open_town
from tests.stories.people import Live

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium_path() -> str:
    """Where Chromium is. A machine without one fails the stories with a sentence; nothing is skipped."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None) or (_ON_A_MAC if Path(_ON_A_MAC).exists() else None)
    if found is None:
        pytest.fail("The browser stories need Chromium or Chrome on PATH: `make test` installs it (or run .ci/browser).", pytrace=False)
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """One browser for a file. It ends with the file: its event loop must not be in the way of other tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--disable-dev-shm-usage"] + (["--no-sandbox"] if os.geteuid() == 0 else [])  # root has no sandbox to give
        browser = play.chromium.launch(executable_path=chromium_path(), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def town(servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that knows its own address, with CSRF checked as in production."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    for town in open_town(servers, template, tmp_path_factory.mktemp("town"), PUBLIC_URL=f"http://127.0.0.1:{port}"):
        town.app.config["WTF_CSRF_ENABLED"] = True
        yield town


@pytest.fixture(scope="module")
def live(town: Town, chromium) -> Iterator[Live]:
    """The town, served, and whoever walks up to it: `live.citizen()`, `live.officer("bagus")`."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """Says nothing of every request."""

        def log(self, *_: object) -> None: ...

    address = town.house.public_url
    server = make_server("127.0.0.1", int(address.rsplit(":", 1)[1]), town.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    house = Live(town, address, chromium)
    yield house
    house.leave()
    server.shutdown()
    thread.join(10)
    server.server_close()
