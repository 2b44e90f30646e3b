"""Ways of looking for the corridor's tests: through every table, at the number of statements, at many doing one thing at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from ntbcare.domain import tickets

ROAD = "Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, {}"  # → PUPR Bima (bagus), needs a second pair of eyes
CLINIC = "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin, {}"  # → Dinkes Bima (halim), answered at once
NOWHERE = "jalan berlubang besar di depan masjid, {}"  # topic clear, place not → the province's coordinator (citra)
RIDDLE = "mohon bantuannya untuk Desa Tente Kecamatan Woha Kabupaten Bima, {}"  # place clear, topic not → Bima's coordinator (imran)


def everywhere(town, words: str) -> list[str]:
    """Every "table.column" of the database in which `words` can be read, whatever the type of the column."""
    columns = town.sql(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    )
    asked = []
    for table, column, kind in columns:
        shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        asked.append(f"SELECT '{table}.{column}' WHERE EXISTS (SELECT 1 FROM \"{table}\" WHERE {shown} ILIKE :like)")
    return [row[0] for row in town.sql(" UNION ALL ".join(asked), like=f"%{words}%")]


def count(town, table: str, where: str = "true", **values: Any) -> int:
    """Rows of a table."""
    return town.sql(f"SELECT count(*) FROM {table} WHERE {where}", **values)[0][0]


@contextmanager
def statements(town) -> Iterator[list[str]]:
    """Every SQL statement sent while the block runs."""
    from sqlalchemy import event

    from ntbcare.records.base import db

    heard: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.append(statement)

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)


def at_once(people: int, act: Callable[[int], Any], times: int | None = None) -> list[Any]:
    """`act(number)` by many threads; each waits until all are ready. `times` > people: the rest follow as threads become free."""
    start, total = Barrier(people), times or people

    def one(number: int) -> Any:
        if number < people:
            start.wait(10)
        return act(number)

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(total)))


def pin_of(town, ticket: str) -> str:
    """The PIN as the house derives it."""
    return tickets.pin(town.house.pin_key, bytes(town.case(ticket)["pin_salt"]), ticket)


def form_token(page: str) -> str:
    """The hidden token of the form."""
    return re.search(r'name="token" value="([^"]+)"', page).group(1)


def by_form(town, text: str, browser=None, **fields: object):
    """Fill the form in and send it, as somebody for whom nothing that is open already is the same. Returns the answer; pass a browser to
    keep its cookies."""
    browser = browser or town.browser()
    token = form_token(browser.get("/lapor").text)
    return browser.post("/lapor", data={"token": token, "text": text, "new": "1", **fields})


def by_sms(town, sender: str, text: str, *, patient: bool = True) -> str:
    """File by SMS and let the workers work. Returns the ticket. Who is asked whether theirs is the same as another says nothing, and (if
    `patient`) their time for it is over at once, so that the report is routed and the clock stands still."""
    assert town.sms(sender, text).status_code == 200
    town.work_off()
    ticket = town.ticket_of(text[-30:])
    if patient and town.case(ticket)["offered_until"] is not None:
        silence(town)
    return ticket


def silence(town) -> None:
    """Whoever was asked whether theirs is the same as another says nothing, and their time for it is over: what waited is routed."""
    town.sql("UPDATE errands SET not_before = created_at WHERE kind = 'route' AND done_at IS NULL")
    town.work_off()


def last(town, to: str) -> str:
    """The newest text a person got."""
    return town.sent(to)[-1]["text"]


def story(town, ticket: str) -> list[tuple[str, str]]:
    """(tag, actor) of every entry of a case's book."""
    return town.sql("SELECT tag, actor FROM journal WHERE case_id = :id ORDER BY id", id=town.case(ticket)["id"])


def clock(town, ticket: str, name: str) -> dict[str, Any]:
    """The newest round of one promise of a case."""
    columns = ("round", "started_at", "due_at", "first_due_at", "paused_at", "stopped_at", "outcome")
    query = f"SELECT {', '.join(columns)} FROM clocks WHERE case_id = :id AND clock = :name ORDER BY round DESC LIMIT 1"
    rows = town.sql(query, id=town.case(ticket)["id"], name=name)
    return dict(zip(columns, rows[0], strict=True)) if rows else {}


def no_twins(town):
    """A town whose reports are alike only in these tests: nobody is asked whether theirs is somebody else's."""
    facts = town.sql("SELECT facts FROM deployment WHERE id = 1")[0][0]
    facts["likeness"]["offer"] = 2
    town.sql("UPDATE deployment SET facts = CAST(:facts AS jsonb) WHERE id = 1", facts=json.dumps(facts))
    town.sql("UPDATE reference_stamp SET stamp = stamp || 'x'")
    town.clock.forward(seconds=4)
    return town
