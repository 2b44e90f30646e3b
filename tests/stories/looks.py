"""What must hold of a page as it lies in the browser: axe, one heading, a title, the language, nothing to scroll sideways."""

from __future__ import annotations

import gzip
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.stories.people import DESKTOP, PHONE, Person

_AXE = Axe()
_ALL = {"resultTypes": ["violations"]}
_COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_NARROWEST = 320
_NOT_OPTIONS = {"exclude": ["option"]}  # four hundred units in a closed list: the browser draws them, and axe takes seconds over them


def faults(person: Person) -> list[str]:
    """Everything that is wrong with the page that is open now, at both widths, light and dark; folded parts are looked at too."""
    page, found = person.page, [f"the browser says: {words}" for words in person.complaints]
    person.complaints.clear()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found += _frame(page)
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
    violations = _AXE.run(page, context=_NOT_OPTIONS, options=options).response["violations"]
    return [f"{scheme} at {width} px: {one['id']} ({one['help']}) at {[node['target'] for node in one['nodes']][:3]}" for one in violations]


def weight(person: Person, path: str) -> tuple[int, int, list[str]]:
    """(bytes, bytes compressed, addresses) of everything a browser loads for one page when it comes for the first time."""
    loaded: dict[str, bytes] = {}
    person.page.on("response", lambda answer: loaded.setdefault(answer.url, answer.body()) if answer.status == 200 else None)
    person.page.goto(path, wait_until="networkidle")
    return sum(map(len, loaded.values())), sum(len(gzip.compress(body)) for body in loaded.values()), sorted(loaded)
