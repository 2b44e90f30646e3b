"""Reports that a body outside has: how to send one there, and what is told of it."""

from __future__ import annotations

from ntbcare.domain.clock import short_moment
from tests.corridor.looking import by_sms

POWER = "Listrik padam tiap malam di Desa Tente Kecamatan Woha Kabupaten Bima, {}"
HOW = "Listrik disalurkan PLN. Anda juga bisa menelepon 123."
REF = "PLN-0098"
ASKED = "Kami menelepon kantor Bima; teknisi dijadwalkan Senin."


def row(town, ticket: str, *names: str) -> tuple:
    case = town.case(ticket)
    return tuple(case[name] for name in names)


def sent_away(town, office, me: str, about: str, **more) -> str:
    """A report that was forwarded to PLN with their number."""
    ticket = by_sms(town, me, POWER.format(about))
    office.act("imran", ticket, "forward", **({"words": HOW, "unit": office.unit("pusat.pln"), "ref": REF} | more))
    return ticket


def pretty(ticket: str) -> str:
    return f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"


def told_to(town, ticket: str) -> str:
    """The next due moment of a case as an SMS tells it."""
    with town.app.app_context(), town.work() as work:
        return short_moment(town.case(ticket)["due_at"], work.ref.calendar)
