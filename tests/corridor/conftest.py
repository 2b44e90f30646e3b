"""Desks that stay signed in for a whole file: signing in costs an argon2 hash each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import TELEGRAM_SECRET
from tests.counterparts.telegram_api import TOKEN, TelegramApi


class Office:
    """The officers of one town: `office.act("bagus", ticket, "start")`."""

    def __init__(self, town) -> None:
        self.town = town
        self._browsers: dict[str, object] = {}

    def desk(self, who: str):
        """The browser in which `who` is signed in."""
        if who not in self._browsers:
            self._browsers[who] = self.town.desk(who)
        return self._browsers[who]

    def act(self, who: str, ticket: str, event: str, status: int = 303, **form: object) -> str:
        """One act by the form of the case page, then the workers do what follows. Returns the page's text."""
        answer = self.town.act(self.desk(who), ticket, event, **form)
        assert answer.status_code == status, told(answer.text)
        self.town.work_off()
        return answer.text

    def page(self, who: str, ticket: str) -> str:
        """The case page as `who` sees it."""
        answer = self.desk(who).get(f"/meja/{ticket}")
        assert answer.status_code == 200, told(answer.text)
        return answer.text

    def queue(self, who: str, tab: str = "todo") -> str:
        """A tab of the queue as `who` sees it."""
        answer = self.desk(who).get(f"/meja?tab={tab}")
        assert answer.status_code == 200, told(answer.text)
        return answer.text

    def unit(self, code: str) -> int:
        """The id of a unit by its code."""
        return self.town.sql("SELECT id FROM units WHERE code = :code", code=code)[0][0]


def told(page: str) -> str:
    """What a person reads on a page, for the message of a failing test."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())[:600]


@pytest.fixture(scope="module")
def office(town) -> Office:
    """The officers of this file's town."""
    return Office(town)


@pytest.fixture
def office_of() -> Callable[[object], Office]:
    """The officers of a town of one's own (new_town)."""
    return Office


@pytest.fixture(scope="module")
def street(town) -> Iterator[TelegramApi]:
    """Telegram on loopback, and this file's town speaks to it by the real SDK."""
    from channels.telegram import Telegram

    with TelegramApi(secret=TELEGRAM_SECRET) as api:
        channel = town.app.extensions["channels"]["telegram"] = Telegram(TOKEN, TELEGRAM_SECRET, api.url)
        yield api
        channel.close()
