"""What must hold of a page as it lies in the browser: axe, one heading, a title, the language, nothing to scroll sideways."""

from __future__ import annotations

import gzip
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.stories.people import DESKTOP, PHONE, Person

_AXE = Axe().axe_script
_ALL: dict[str, Any] = {}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# options: four hundred units in a closed list are drawn by the browser itself, and axe takes seconds over them
_RUN = """options => axe.run({exclude: ["option"]}, {resultTypes: ["violations"], ...options})
    .then(found => found.violations.map(one => `${one.id} (${one.help}) at ${one.nodes.slice(0, 3).map(node => node.target)}`))"""
_NARROWEST = 320


def faults(person: Person) -> list[str]:
    """Everything that is wrong with the page that is open now, at both widths, light and dark; folded parts are looked at too."""
    page, found = person.page, [f"the browser says: {words}" for words in person.complaints]
    person.complaints.clear()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found += _frame(page)
    page.evaluate(_AXE)
    for width in (_NARROWEST, PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 740})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{wide} px to scroll sideways at {width} px")
        if width != _NARROWEST:
            found += _axe(page, "light", width, _ALL) + _axe(page, "dark", width, _COLOURS)  # dark changes colours and nothing else
    return found


def _frame(page: Any) -> list[str]:
    checks = {
        "the title is empty": page.title().strip() != "",
        "not exactly one h1": page.locator("h1").count() == 1,
        "the language is not id": page.locator("html").get_attribute("lang") == "id",
        "an id is used twice": page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
        == page.evaluate("document.querySelectorAll('[id]').length"),
    }
    return [words for words, holds in checks.items() if not holds]


def _axe(page: Any, scheme: str, width: int, options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    return [f"{scheme} at {width} px: {one}" for one in page.evaluate(_RUN, options)]


def weight(person: Person, path: str) -> tuple[int, int, list[str]]:
    """(bytes, bytes compressed, addresses) of everything a browser loads for one page when it comes for the first time."""
    loaded: dict[str, bytes] = {}
    person.page.on("response", lambda answer: loaded.setdefault(answer.url, answer.body()) if answer.status == 200 else None)
    person.page.goto(path, wait_until="networkidle")
    return sum(map(len, loaded.values())), sum(len(gzip.compress(body)) for body in loaded.values()), sorted(loaded)
