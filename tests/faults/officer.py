"""Somebody with a desk and an ordinary browser: signs in by the form, looks at pages, presses buttons."""

from __future__ import annotations

import html
import re
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from tests.conftest import PASSWORD
from tests.faults.town_of_processes import Town


class Officer:
    """`who`@ntbcare.example, signed in."""

    def __init__(self, town: Town, who: str) -> None:
        self._url = town.url
        self._browser: OpenerDirector = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self.read("/masuk")
        self.press("/masuk", email=f"{who}@ntbcare.example", password=PASSWORD)

    def read(self, path: str) -> str:
        """A page as a person reads it: words only. The token of its forms is kept."""
        with self._browser.open(self._url + path, timeout=15) as answer:
            page = answer.read().decode()
        if token := re.search(r'name="csrf_token" value="([^"]+)"', page):
            self._token = html.unescape(token[1])
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())

    def press(self, path: str, **form: str) -> int:
        """Send a form; the status after redirects."""
        body = urlencode({"csrf_token": self._token, **form}).encode()
        try:
            with self._browser.open(self._url + path, body, timeout=15) as answer:
                return int(answer.status)
        except HTTPError as refusal:
            return refusal.code
