"""The filters of the queue: read from its address, drawn as a form, kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import bulking, keeping
from ntbcare.casework import desk as desks
from ntbcare.domain import lifecycle
from ntbcare.domain.errors import DomainError
from ntbcare.domain.kinds import URGENCY_LABELS
from ntbcare.domain.permissions import Role
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("filtering", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("queue.read"))
_LARGEST = 2**31 - 1  # ids are 32 bits wide
_DIGITS = 9


def asked(work: Work, given: Mapping[str, str]) -> desks.Asked:
    """What an address or a form asks of the queue; what it cannot mean is left out."""
    first = "all" if work.actor.role is Role.LEADER else "todo"
    state, urgency, category = (given.get(name, "") for name in ("state", "urgency", "category"))
    return desks.Asked(
        tab=given.get("tab", "") if given.get("tab", "") in dict(desks.TABS) else first,
        state=state if state in set(lifecycle.State) else "", urgency=urgency if urgency in URGENCY_LABELS else "",
        category=category if category in work.ref.categories else "", late=given.get("late") == "1", after=_after(given.get("after", "")),
    )  # fmt: skip


def _after(given: str) -> tuple[datetime | None, int] | None:
    due, _, last = given.partition("_")
    if not last.isdecimal() or len(last) > _DIGITS:
        return None
    try:
        return (datetime.fromisoformat(due) if due else None), int(last)
    except ValueError:
        return None


def _address(wanted: desks.Asked, **more: Any) -> str:
    return url_for("desk.queue", **_said(wanted), **more)


def _said(wanted: desks.Asked) -> dict[str, Any]:
    """What differs from an unfiltered queue, as the address has it."""
    found = {
        "tab": wanted.tab,
        "state": wanted.state,
        "urgency": wanted.urgency,
        "category": wanted.category,
        "late": "1" if wanted.late else "",
    }
    return {name: value for name, value in found.items() if value}


def drawn(work: Work, page: desks.QueuePage, wanted: desks.Asked) -> dict[str, Any]:
    """The queue as its template wants it."""
    tabs = []
    for key, label in desks.tabs(work.actor):
        count = page.counts.get(key)
        tabs.append((key, label, _many(count) if count is not None else None, url_for("desk.queue", tab=key), key == wanted.tab))
    after = f"{page.after[0].isoformat() if page.after[0] else ''}_{page.after[1]}" if page.after else None
    said = _said(wanted)
    return {
        "desk_name": page.desk_name, "tabs": tabs, "rows": page.rows, "empty_sentence": page.empty_sentence, "bells": _many(page.bells),
        "live_href": None if wanted.after else _address(wanted, part="rows"), "filters": _filters(work, wanted), "filtered": len(said) > 1,
        "kept": [(one.id, one.name, url_for("desk.queue", **one.asked), one.asked == said) for one in page.kept],
        "next_href": _address(wanted, after=after) if after else None,
    }  # fmt: skip


def _many(count: int) -> int | str:
    return f"{desks.COUNT_TO}+" if count > desks.COUNT_TO else count


def _filters(work: Work, wanted: desks.Asked) -> dict[str, Any]:
    return {
        "tab": wanted.tab, "state": wanted.state, "urgency": wanted.urgency, "category": wanted.category, "late": wanted.late,
        "states": [(str(one), lifecycle.LABELS[one][0]) for one in lifecycle.OPEN], "urgencies": [(str(one), label) for one, label in URGENCY_LABELS.items()],
        "categories": [(one.code, one.name) for one in work.ref.categories.values() if one.parent is None and one.sealed != "yes"],
    }  # fmt: skip


@bp.post("/meja/saringan")
def keep() -> ResponseReturnValue:
    """Keep what the queue is filtered by, under a name."""
    with guards.work() as work:
        wanted = asked(work, request.form)
        said = _said(wanted)
        try:
            keeping.keep(work, sanitise.line(request.form.get("name", ""), field="name"), said if len(said) > 1 else {})
            work.commit()
        except DomainError as refusal:
            work.rollback()
            page = drawn(work, desks.queue(work, wanted), wanted) | {
                "bulk": bulking.offered(work.actor),
                "errors": {"name": refusal.sentence},
            }
            return render_template("desk/queue.html", page=page, left=""), errors.status_of(refusal)
    return redirect(url_for("desk.queue", **said), 303)


@bp.post("/meja/saringan/<int:id>/hapus")
def drop(id: int) -> ResponseReturnValue:
    """Forget a kept filter."""
    with guards.work() as work:
        keeping.drop(work, min(id, _LARGEST))
        work.commit()
    return redirect(url_for("desk.queue"), 303)
