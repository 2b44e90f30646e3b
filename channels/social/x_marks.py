"""How far X is read: marks, the cursor they are stored in, and the step one page makes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.social.x_posts import UNREADABLE, Json
from ntbcare.contract import ChannelError

FIRST_LOOK = timedelta(hours=24)  # how far back, when nothing is known yet


@dataclass(frozen=True)
class Mark:
    """How far one source is read: everything up to the id `since`.

    X gives the newest page first. So while a walk is unfinished it goes on at the page `next`, and `top`, the newest id
    it has seen, becomes `since` at its end: nothing between the two is passed over.
    """

    since: str = ""
    top: str = ""
    next: str = ""


def read(cursor: str) -> dict[str, Mark]:
    """A stored cursor → source («mentions», «dm», a watched account's id) → mark. One that cannot be read is a first look."""
    try:
        stored = json.loads(cursor)
        flat = {**{name: stored[name] for name in ("mentions", "dm") if name in stored}, **stored.get("watched", {})}
        return {name: Mark(**mark) if isinstance(mark, dict) else Mark(str(int(mark))) for name, mark in flat.items()}
    except UNREADABLE:
        return {}


def write(marks: dict[str, Mark]) -> str:
    """{"mentions": mark, "dm": mark, "watched": {id: mark}}; a mark is an id, or an object while its walk is unfinished."""
    told = {name: asdict(mark) if mark.next else mark.since for name, mark in marks.items() if mark != Mark()}
    watched = {name: mark for name, mark in told.items() if name not in ("mentions", "dm")}
    return json.dumps({name: mark for name, mark in told.items() if name not in watched} | {"watched": watched})


def step(answer: dict[str, Any], mark: Mark) -> tuple[list[Json], Mark]:
    """One page of an answer → (what is new in it, the mark after it). Raises ChannelError for a page without ids."""
    try:
        posts = {int(each["id"]): each for each in answer.get("data") or []}
        token = str((answer.get("meta") or {}).get("next_token") or "")
    except UNREADABLE:
        raise ChannelError("X did not answer properly: a page without ids") from None
    since = int(mark.since or 0)
    new = [each for identity, each in posts.items() if identity > since and (since or _young(each))]
    top = str(max([since, int(mark.top or 0), *posts]) or "")
    if token and since and min(posts, default=since + 1) > since:  # the first look ever is one page
        return new, Mark(mark.since, top, token)
    return new, Mark(top)


def _young(data: Json) -> bool:
    try:
        return datetime.fromisoformat(data["created_at"]) > datetime.now(UTC) - FIRST_LOOK
    except UNREADABLE:
        return True
