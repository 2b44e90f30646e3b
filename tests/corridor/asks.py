"""Asking somebody outside: a case of the Dinas PU, the form on its page, and the helper who opens the link without signing in."""

from __future__ import annotations

import io
import re

from tests.corridor.looking import ROAD, by_form
from tests.washing.makings import jpeg

HELPER = "Kepala Desa Tente"
ASKED = "Apakah lubang di depan kantor desa sudah ditambal?"
NAME, PHONE, MAIL = "Zulaikha Kanariwati", "+6281234567899", "kanari@contoh.id"


def reported(town, about: str, **fields: str) -> str:
    """A report by the form, at work with the Dinas PU (bagus). Returns the ticket."""
    ticket = by_form(town, ROAD.format(about), **fields).headers["Location"][-9:]
    town.work_off()
    return ticket


def ask(office, ticket: str, who: str = "bagus", status: int = 303, **more: object):
    """The form on the case page, sent."""
    form = {"helper": HELPER, "road": "link", "address": "", "asked": ASKED, "days": "3"} | more
    answer = office.desk(who).post(f"/meja/{ticket}/tanya-luar", data=form)
    assert answer.status_code == status, answer.text
    return answer


def link(office, ticket: str, who: str = "bagus") -> str:
    """The path of the newest open link as the case page shows it."""
    return re.search(r"https://care\.example(/b/[\w-]{22})", office.page(who, ticket)).group(1)


def row(town, ticket: str) -> dict:
    """The newest ask of a case."""
    names = [name for (name,) in town.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'outside_asks'")]
    query = f"SELECT {', '.join(names)} FROM outside_asks WHERE case_id = :id ORDER BY id DESC LIMIT 1"
    return dict(zip(names, town.sql(query, id=town.case(ticket)["id"])[0], strict=True))


def proof(page: str) -> str:
    """What the helper's form carries."""
    return re.search(r'name="proof" value="(\w+)"', page).group(1)


def answer(town, path: str, said: str = "done", words: str = "Sudah kami tambal.", photos: int = 0, browser=None, **more: object):
    """The helper's form, sent."""
    browser = browser or town.browser()
    data = {"proof": proof(browser.get(path).text), "said": said, "words": words} | more
    data["foto"] = [(io.BytesIO(jpeg((40 + number, 30))), f"{number}.jpg") for number in range(photos)]
    return browser.post(path, data=data, content_type="multipart/form-data")


def code(town, ticket: str) -> str:
    """What an SMS about the newest ask begins with."""
    return f"B{row(town, ticket)['id']}"
