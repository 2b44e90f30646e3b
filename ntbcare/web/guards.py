"""Who is at the counter: every endpoint declares its audience here, and the piece of work opens with the right actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ntbcare.casework.accounts import actor_of
from ntbcare.domain.permissions import Actor, Role, may
from ntbcare.records.work import House, Work
from ntbcare.web import entering

# endpoint or blueprint → who it is for. A house test fails for an endpoint that is not named here.
AUDIENCES = {
    "citizen": "anybody; a case's own words only with its PIN",
    "accounts": "anybody; signs an officer in or out, and lets one who has a link choose a password",
    "mine": "whoever is signed in, their own account only",
    "staffing": "heads, to invite into their own unit; everything else admins",
    "desk": "officers, heads, coordinators and leaders, each in their scope",
    "assisting": "officers, heads and coordinators, for somebody who stands before them or telephones",
    "bells": "officers, heads, coordinators and leaders, each what the ladder told them",
    "bulk": "officers, heads and coordinators, each case as their scope allows",
    "candidates": "coordinators, each in their region",
    "asides": "coordinators",
    "composing": "officers, heads and coordinators, each on the cases they may read; nothing is sent",
    "consulting": "officers and heads of the responsible unit, coordinators of the region",
    "control": "admins",
    "calendar": "admins",
    "naming": "coordinators for their region, and admins; only admins take back",
    "noting": "officers, heads and coordinators who work on the case",
    "phrases": "coordinators for their region, heads for their unit, and admins",
    "outside": "whoever was given the link, for this one ask",
    "reader": "coordinators and admins; another model is activated by admins only",
    "roads": "officers, heads, coordinators and leaders, how they themselves wish to be told",
    "sharing": "officers, heads and coordinators, each on the cases they may read; a part is worked on by the unit that was asked",
    "searching": "officers, heads, coordinators and leaders, each in what they may list",
    "ways": "coordinators and admins; another rule table is tried by admins only",
    "api": "anybody; a case's own words only with its PIN",
    "hooks": "providers; signature or secret checked by the channel",
    "filtering": "officers, heads, coordinators and leaders, their own filters only",
    "health": "anybody; no personal data",
    "static": "anybody",
    "openapi": "anybody",
}
CITIZEN = Actor(Role.CITIZEN)
_A_MOMENT = timedelta(minutes=10)
_MOST_REMEMBERED = 20  # tickets whose PIN this browser has proved


def house() -> House:
    """What app.py composed."""
    return current_app.extensions["house"]


@contextmanager
def work(actor: Actor | None = None) -> Iterator[Work]:
    """A piece of work for whoever is at the counter: the signed-in officer, or a citizen. The page's frame may use it too."""
    with house().work(actor or getattr(g, "actor", None) or CITIZEN) as piece:
        g.piece = piece
        try:
            yield piece
        finally:
            g.pop("piece", None)


def officers_only() -> ResponseReturnValue | None:
    """before_request of rooms behind the sign-in."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None))
    g.actor = actor_of(current_user, house().reference().units)
    return entering.gate(g.actor)


def only(*roles: Role) -> Callable[[], ResponseReturnValue | None]:
    """before_request for a room of certain roles."""

    def check() -> ResponseReturnValue | None:
        answer = officers_only()
        if answer is None and g.actor.role not in roles:
            abort(403)
        return answer

    return check


def those_who_may(verb: str) -> Callable[[], ResponseReturnValue | None]:
    """before_request for a room of everybody whose role has this verb (domain.permissions)."""

    def check() -> ResponseReturnValue | None:
        answer = officers_only()
        if answer is None and not may(g.actor, verb):
            abort(403)
        return answer

    return check


def remember(ticket: str, *, fresh: bool = False) -> None:
    """This browser has proved that the case is its own: it filed it just now, or gave the PIN."""
    known = [one for one in session.get("mine", []) if one != ticket]
    session["mine"] = [ticket, *known][:_MOST_REMEMBERED]
    if fresh:
        session["fresh"] = [ticket, int(house().now().timestamp())]


def just_filed(ticket: str) -> bool:
    """Was it filed in this browser a moment ago? The PIN stays readable that long: a page that is loaded again must not lose it."""
    which, at = session.get("fresh") or ("", 0)
    return which == ticket and house().now().timestamp() - at < _A_MOMENT.total_seconds()


def endangered(ticket: str, number: str) -> None:
    """This browser has just told of an emergency in a case: its page names the number to call, also when it is loaded again."""
    session["danger"] = [ticket, number, int(house().now().timestamp())]


def danger(ticket: str) -> str:
    """The number to call above this case's page; "" where no emergency was told a moment ago."""
    which, number, at = session.get("danger") or ("", "", 0)
    return number if which == ticket and house().now().timestamp() - at < _A_MOMENT.total_seconds() else ""


def sent(contents: str, token: str) -> None:
    """This browser has just sent a form with these contents under this token."""
    session["sent"] = [contents, token, int(house().now().timestamp())]


def sent_before(contents: str) -> str | None:
    """The token under which this browser sent the very same form a moment ago: back and send again is one case."""
    which, token, at = session.get("sent") or ("", "", 0)
    return token if which == contents and house().now().timestamp() - at < _A_MOMENT.total_seconds() else None


def forget_sent() -> None:
    """What is written next is another report, even in the same words."""
    session.pop("sent", None)


def follow(ticket: str, *, numbered: bool, kept: bool) -> None:
    """This browser has said "the same" of a case; it proves nothing more than that."""
    known = [one for one in session.get("followed", []) if one[0] != ticket]
    session["followed"] = [[ticket, numbered, kept], *known][:_MOST_REMEMBERED]


def follows(ticket: str) -> tuple[bool, bool] | None:
    """(left a number, its words are kept) where this browser said "the same" of this case, None where it did not."""
    return next(((numbered, kept) for one, numbered, kept in session.get("followed", []) if one == ticket), None)


def wrote_down(ticket: str) -> None:
    """An officer has just filed this for somebody: the receipt may be opened, and shows the PIN once."""
    session["assisted"] = [ticket, True]


def take_receipt(ticket: str) -> bool | None:
    """Is the PIN still to be shown? None: this browser has not just filed it. Asking uses the one time up."""
    which, show = session.get("assisted") or ("", False)
    if which != ticket:
        return None
    session["assisted"] = [ticket, False]
    return bool(show)


def noted(ticket: str) -> None:
    """The reporter has written the PIN down: it is not shown again, whoever takes the telephone next."""
    if (session.get("fresh") or [""])[0] == ticket:
        session.pop("fresh")


def owns(ticket: str) -> bool:
    """Has this browser proved that the case is its own?"""
    return ticket in session.get("mine", [])
