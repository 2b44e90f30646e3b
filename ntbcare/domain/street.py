"""The manners of the street as data: who carries which number, quiet hours, how much one person or everybody may be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

RINGS = frozenset({"sms", "telegram", "whatsapp", "facebook", "instagram", "x"})  # these make a phone ring at night


@dataclass(frozen=True, slots=True)
class Range:
    """Gateways for addresses of a channel that begin with `prefix`, in the order in which they are tried."""

    channel: str
    prefix: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """The table [street] of a deployment (deployment.toml). Every number is the deployment's own choice, none is law."""

    ranges: tuple[Range, ...] = ()
    quiet_from: time = time(21)
    quiet_to: time = time(6)
    join: timedelta = timedelta(minutes=10)  # words that follow a report so soon belong to it
    join_media: timedelta = timedelta(minutes=60)  # photos without words likewise
    person_hour: int = 20
    person_day: int = 60
    stranger_day: int = 3  # to an address that never wrote to us
    house_hour: int = 40_000
    echoes: int = 3  # the same words from the same sender within an hour: the third is not answered
    stranger_prefix: str = ""  # numbers that were only typed into a form get SMS when they begin so: calling far costs much

    def order(self, channel: str, address: str, open_: Iterable[str]) -> tuple[str, ...]:
        """The gateways of `open_` in the order for this address: those of the longest prefix that fits, then the rest by name."""
        fits = [row for row in self.ranges if row.channel == channel and address.startswith(row.prefix)]
        named = max(fits, key=lambda row: len(row.prefix)).order if fits else ()
        there = sorted(open_)
        return (*(name for name in named if name in there), *(name for name in there if name not in named))

    def quiet_until(self, channel: str, moment: datetime, zone: tzinfo) -> datetime | None:
        """The end of the quiet hours if `moment` lies in them and this channel rings, else None. They may pass midnight."""
        if channel not in RINGS or self.quiet_from == self.quiet_to:
            return None
        here = moment.astimezone(zone)
        clock = here.timetz().replace(tzinfo=None)
        end = datetime.combine(here.date(), self.quiet_to, tzinfo=zone)
        if self.quiet_from > self.quiet_to:
            if clock >= self.quiet_from:
                return end + timedelta(days=1)
            return end if clock < self.quiet_to else None
        return end if self.quiet_from <= clock < self.quiet_to else None


def read(facts: Mapping[str, Any]) -> Street:
    """[street] of deployment.toml → Street. Raises ValueError or TypeError, with the name, for a value that is none."""
    given: dict[str, Any] = dict(facts)
    known: dict[str, Any] = {}
    ranges = tuple(_range(row) for row in given.pop("gateways", ()))
    for name in ("quiet_from", "quiet_to"):
        if name in given:
            known[name] = time.fromisoformat(given.pop(name))
    for name in ("join", "join_media"):
        if f"{name}_minutes" in given:
            known[name] = timedelta(minutes=_number(name, given.pop(f"{name}_minutes")))
    if "stranger_prefix" in given:
        known["stranger_prefix"] = str(given.pop("stranger_prefix"))
    known |= {name: _number(name, value) for name, value in given.items()}
    return Street(ranges=ranges, **known)


def _range(row: Any) -> Range:
    if not isinstance(row, Mapping):
        raise ValueError("[[street.gateways]] is a list of tables")
    order = row.get("order")
    if not row.get("channel") or not isinstance(order, list) or not all(isinstance(name, str) for name in order):
        raise ValueError("[[street.gateways]] needs a channel and an order, a list of names")
    return Range(str(row["channel"]), str(row.get("prefix", "")), tuple(order))


def _number(name: str, value: Any) -> int:
    if int(value) < 1:
        raise ValueError(f"[street] {name} must be 1 or more")
    return int(value)
