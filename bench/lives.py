"""One case's whole life as rows: filed, read, routed, handled, answered, closed; each moment in the order of the corridor."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bench.words import Writer
from ntbcare.domain import clock as promises
from ntbcare.domain import kinds, tickets
from ntbcare.records.reference import Reference, UnitFacts

BUSY_UNIT = "52.06.pupr"  # the desk of the officer who reads the queue
_HOUR = timedelta(hours=1)
_OPEN_SHARE = 0.10
# state → how many of a hundred open cases; the busy desk has none that still lie with a coordinator
_OPEN = {"verified": 15, "dispositioned": 38, "in_progress": 28, "awaiting_check": 4, "needs_info": 7, "responded": 8}
_BUSY = {"dispositioned": 50, "in_progress": 35, "needs_info": 7, "responded": 8}
_FINAL = {"closed": 88, "archived": 12}
_CHANNELS = {"sms": 45, "web": 30, "api": 15, "telegram": 10}
_CLOCKED = ("receipt", "first_response", "verify", "completeness")
_RESULT = "Petugas sudah turun ke lapangan dan pekerjaannya selesai. Foto sebelum dan sesudah ada di kantor. Terima kasih sudah melapor."


@dataclass
class Life:
    """The rows of one case by table, and its story: (at, tag, actor, facts)."""

    id: int
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    story: list[tuple[datetime, str, str, dict[str, Any]]] = field(default_factory=list)
    clocks: dict[str, list[Any]] = field(default_factory=dict)

    def tell(self, at: datetime, tag: str, actor: str, **facts: Any) -> None:
        """One line of its book."""
        self.story.append((at, tag, actor, facts))


def ticket_of(number: int) -> str:
    """The ticket of the n-th case: scattered over all tickets, with its check digit."""
    body = str(10_000_000 + (number * 48_271_337) % 90_000_000)
    return next(body + digit for digit in "0123456789" if tickets.valid(body + digit))


@lru_cache(maxsize=4)
def _units(ref: Reference) -> list[UnitFacts]:
    usual = (unit for unit in ref.units.values() if unit.in_force(ref.today) and unit.kind not in ("coordinator", "secretariat"))
    return [unit for unit in usual if unit.level != "central" and unit.region]


@lru_cache(maxsize=600)
def _villages(ref: Reference, region: str) -> list[str]:
    return [code for code, row in ref.regions.items() if row.level == "village" and code.startswith(region + ".")]


def live(number: int, ref: Reference, dice: random.Random, writer: Writer, now: datetime, busy: bool) -> Life:
    """The life of the n-th case."""
    life = Life(number)
    unit = next(u for u in ref.units.values() if u.code == BUSY_UNIT) if busy else dice.choice(_units(ref))
    village = dice.choice(_villages(ref, unit.region or "52"))
    is_open = busy or dice.random() < _OPEN_SHARE
    state = _pick(dice, _BUSY if busy else _OPEN if is_open else _FINAL)
    oldest = 30 if is_open else 600
    received = now - timedelta(days=dice.uniform(2 if is_open else 40, oldest))
    channel = _pick(dice, _CHANNELS)
    kind = "aspiration" if dice.random() < 0.07 else "complaint"
    urgency = dice.choice(("biasa", "biasa", "biasa", "penting"))
    topic, _, text = writer.report("jalan_jembatan" if busy else None, (village, ref.region_name(village)))
    contact = number if channel in ("sms", "telegram") else None
    because = f"Topik “{ref.category_name(topic)}” di {ref.region_name(village)} ditangani {unit.name}."
    placed = f"Pelapor menulis “{ref.regions[village].name}”."
    facts = {"kind": kind, "classification": str(kinds.classify(kind)), "urgency": urgency}
    times = _routed(life, ref, facts, received, text, channel, because, placed, unit.id if state != "verified" else None)
    times |= _handled(life, ref, facts, state, dice, now, times["routed"])
    _notices(life, channel, contact, times, ref.regions[village].name)
    desk = (ref.coordinator_of(village) or unit).id if state in ("verified", "awaiting_check") else unit.id
    answered = state in ("responded", "closed", "awaiting_check")
    closed = times.get("closed")
    due = _due(life, state) if is_open else (None, None)
    salt = number.to_bytes(8)
    life.rows["cases"] = [(
        number, ticket_of(number), salt, len(life.story), kind, facts["classification"], state, "in_progress" if state == "needs_info" else None,
        channel, contact, text[:87] + "...", text, topic, village, placed, because, "2026-1", None if state == "verified" else unit.id, desk, urgency,
        "t" if dice.random() < 0.1 else "f", "t" if dice.random() < 0.05 else "f", received, received + timedelta(seconds=2), *due,
        _RESULT if answered else None, times.get("answered"), closed, closed, "system" if state == "closed" else None,
    )]  # fmt: skip
    if contact:
        life.rows["contacts"] = [(number, channel, f"+62811{number:08d}" if channel == "sms" else str(10**9 + number))]
    elif dice.random() < 0.6:
        life.rows["reporters"] = [(number, writer.name(), writer.phone())]
    life.rows["messages"] = [(channel, f"fill-{number}", contact, number, "new", text, f"{number:032x}", received)]
    life.rows["clocks"] = [tuple(row) for row in life.clocks.values()]
    if state == "closed":
        score = dice.choice((None, 3, 4, 5, 2))
        life.rows["polls"] = [(number, 1, contact, closed, score, closed if score else None)]
    if now - received < timedelta(days=14):
        life.rows["errands"] = [("triage", "work", number, f"triage:{number}", received, 1, received, received)]
    return life


def _pick(dice: random.Random, shares: dict[str, int]) -> str:
    return dice.choices(list(shares), list(shares.values()))[0]


def _start(life: Life, ref: Reference, facts: dict[str, str], name: str, at: datetime) -> None:
    found = ref.promise(name, facts["kind"], facts["classification"], facts["urgency"])
    if found is None:
        return
    rule, promise = found
    due = promises.due(promise, at, ref.calendar)
    breached = due if due < datetime.now(due.tzinfo) else None
    life.clocks[name] = [life.id, name, 1, rule, ref.calendar_version, at, due, due, None, None, None, None, breached]
    life.tell(
        at,
        "clock:started",
        "triage",
        clock=name,
        round=1,
        due=due,
        rule=promise.code,
        version=promise.version,
        calendar=ref.calendar_version,
    )


def _stop(life: Life, name: str, at: datetime, actor: str) -> None:
    row = life.clocks.get(name)
    if row is not None and row[8] is None:
        kept = at <= row[6]
        row[8], row[9], row[12] = at, "kept" if kept else "late", None if kept else row[6]
        life.tell(at, "clock:stopped", actor, clock=name, round=1, outcome=row[9])


def _routed(
    life: Life,
    ref: Reference,
    facts: dict[str, str],
    received: datetime,
    text: str,
    channel: str,
    because: str,
    placed: str,
    unit: int | None,
) -> dict[str, datetime]:
    """Filed, read and (unless a coordinator must decide) sent to its unit."""
    at = received + timedelta(seconds=2)
    life.tell(received, "case:submit", "citizen", before=None, after="received", words=text, channel=channel)
    for name in _CLOCKED:
        _start(life, ref, facts, name, at)
    life.tell(at, "case:triaged", "triage", because=because, place_because=placed, urgency=facts["urgency"], rule=1, version="2026-1")
    _stop(life, "completeness", at, "triage")
    for name in ("complete", "complete_calendar"):
        _start(life, ref, facts, name, at)
    life.tell(at, "case:verify", "triage", before="received", after="verified", words="", by_name="")
    if unit is not None:
        _stop(life, "verify", at, "triage")
        _start(life, ref, facts, "followup", at)
        life.tell(at, "case:dispose", "triage", before="verified", after="dispositioned", words=because, by_name="", unit=unit)
    _stop(life, "receipt", at + timedelta(seconds=3), "channel")
    return {"received": received, "routed": at}


def _handled(
    life: Life, ref: Reference, facts: dict[str, str], state: str, dice: random.Random, now: datetime, routed: datetime
) -> dict[str, datetime]:
    """What officers and the citizen did, up to the state wanted."""
    times: dict[str, datetime] = {}
    step = min((now - routed) / 5, timedelta(days=dice.uniform(0.5, 6)))
    at, who = routed + step, f"officer:{dice.randint(1, 5)}"
    if state in ("verified", "dispositioned"):
        return times
    life.tell(at, "case:start", who, before="dispositioned", after="in_progress", words="", by_name="Petugas Contoh")
    if state == "archived":
        life.tell(at + step, "case:withdraw", "citizen", before="in_progress", after="archived", words="")
    elif state == "needs_info":
        at = now - timedelta(days=dice.uniform(0.5, 2))
        life.tell(
            at, "case:ask", who, before="in_progress", after="needs_info", words="Di sebelah mana tepatnya?", by_name="Petugas Contoh"
        )
        _start(life, ref, facts, "citizen_completes", at)
    elif state in ("awaiting_check", "responded", "closed"):
        at = now - timedelta(days=dice.uniform(0.5, 4)) if state == "responded" else at + step
        life.tell(at, "case:respond", who, before="in_progress", after="responded", words=_RESULT, by_name="Petugas Contoh")
        for name in ("first_response", "followup", "complete", "complete_calendar"):
            _stop(life, name, at, who)
        times["answered"] = at
        if state != "awaiting_check":
            _start(life, ref, facts, "rebut", at)
    if state in ("closed", "archived"):
        times["closed"] = at + step
        for name in list(life.clocks):
            _stop(life, name, at + step, "timer")
    if state == "closed":
        life.tell(at + step, "case:confirm", "citizen", before="responded", after="closed", words="", closed_by="system")
    return times


def _notices(life: Life, channel: str, contact: int | None, times: dict[str, datetime], place: str) -> None:
    owed = [("receipt", times["routed"], f"Laporan kami terima. PIN [[PIN]]. Sedang ditangani di {place}.")]
    if "answered" in times:
        owed.append(("response", times["answered"], _RESULT))
    rows = []
    for template, at, body in owed:
        sent = at + timedelta(seconds=3)
        said = "delivered" if contact else "shown"
        rows.append((
            life.id, contact, channel if contact else "web", template, "fill", body, said, f"fill-{life.id}-{template}" if contact else None, 1, sent,
            sent, at,
        ))  # fmt: skip
        for tag in ("notice:sent", "notice:delivered"):
            life.tell(sent, tag, "channel", notice=life.id, template=template, channel=channel)
    life.rows["notices"] = rows


def _due(life: Life, state: str) -> tuple[datetime | None, str | None]:
    """The promise that is due next, as clockwork.settle would store it."""
    citizen = ("citizen_completes", "rebut")
    running = [row for row in life.clocks.values() if row[8] is None and row[1] != "receipt"]
    wanted = [row for row in running if (row[1] in citizen) == (state in ("needs_info", "responded"))]
    nearest = min(wanted, key=lambda row: row[6], default=None)
    return (nearest[6], nearest[1]) if nearest else (None, None)
