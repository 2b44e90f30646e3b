"""What each audience sees of a case: allow-lists, so that a new field is hidden until somebody decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who reads an output."""

    PUBLIC = "public"  # anybody with the ticket, without the PIN
    REPORTER = "reporter"  # with the PIN, or on the channel it was filed from
    HANDLER = "handler"  # officer or head of the responsible unit
    COORDINATOR = "coordinator"
    FIGURES = "figures"  # leadership


@dataclass(frozen=True, slots=True)
class View:
    """Which parts may be drawn."""

    progress: bool = False
    words: bool = False
    story: bool = False
    place: bool = False
    identity: bool = False
    contact: bool = False


def may_be_offered(*, tip: bool, anonymous: bool, confidential: bool, published: bool, sealed: str) -> bool:
    """May somebody who tells of the same be told that this case is there (number, topic, region, state and date, nothing else)?

    Not what few may read: tips, rahasia, topics with readers of their own (`sealed` of the topic: yes, restricted, no). Anonim only
    once it was published: that a neighbour reported something at all can tell who it was.
    """
    return not tip and not confidential and sealed == "no" and (published or not anonymous)


def view(audience: Audience, *, anonymous: bool, confidential: bool, published: bool) -> View:
    """What may be shown. Anonim hides who; rahasia hides the whole report from the public (domain.md 1.7, 9.4)."""
    if audience is Audience.PUBLIC:
        open_to_all = published and not confidential
        return View(progress=True, words=open_to_all, story=open_to_all, place=open_to_all)
    if audience is Audience.REPORTER:
        return View(progress=True, words=True, story=True, place=True)
    if audience is Audience.FIGURES:
        return View(progress=True, words=not confidential, place=True)
    named = not anonymous
    return View(progress=True, words=True, story=True, place=True, identity=named, contact=named)
