"""Who may do what, and where: role × verb × scope in one table, the only place such a question is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who acts. The last four are not people with an account."""

    OFFICER = "officer"
    HEAD = "head"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    INSPECTOR = "inspector"
    ADMIN = "admin"
    CITIZEN = "citizen"
    TRIAGE = "triage"
    TIMER = "timer"
    CHANNEL = "channel"


ROLE_LABELS = {
    Role.OFFICER: "Petugas",
    Role.HEAD: "Kepala unit",
    Role.COORDINATOR: "Koordinator",
    Role.LEADER: "Pimpinan daerah",
    Role.INSPECTOR: "Inspektur",
    Role.ADMIN: "Pengelola sistem",
    Role.CITIZEN: "Pelapor",
    Role.TRIAGE: "Pemilahan otomatis",
    Role.TIMER: "Pengingat otomatis",
    Role.CHANNEL: "Kanal",
}


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own case"  # the citizen who filed it
    UNIT = "own unit"  # the unit and everything below it
    HELPING = "own unit, also where it helps another"
    REGION = "own region"  # every case of the region, and for the province also those without a place
    ALL = "everywhere"
    TOLD = "what they were told of"  # the ladder rang their bell
    OTHER_UNIT = "own region, written by somebody else in another unit"  # second pair of eyes


TABLE: dict[str, dict[Role, Scope]] = {
    # the moves of a case (domain.md 9.1)
    "submit": {Role.CITIZEN: Scope.OWN, Role.CHANNEL: Scope.ALL},
    "verify": {Role.COORDINATOR: Scope.REGION, Role.TRIAGE: Scope.ALL},
    "dispose": {Role.COORDINATOR: Scope.REGION, Role.TRIAGE: Scope.ALL},
    "forward": {Role.COORDINATOR: Scope.REGION},
    "recall": {Role.COORDINATOR: Scope.REGION},
    "watch_on": {Role.COORDINATOR: Scope.REGION},
    "relay": {Role.COORDINATOR: Scope.REGION},
    "take_back": {Role.COORDINATOR: Scope.REGION},
    "archive": {Role.COORDINATOR: Scope.REGION},
    "merge": {Role.COORDINATOR: Scope.REGION, Role.CITIZEN: Scope.OWN},
    "unmerge": {Role.COORDINATOR: Scope.REGION, Role.TIMER: Scope.ALL},  # the timer: when what it was joined to is gone
    "ask": {Role.COORDINATOR: Scope.REGION, Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "complete": {Role.CITIZEN: Scope.OWN},
    "lapse": {Role.TIMER: Scope.ALL},
    "withdraw": {Role.CITIZEN: Scope.OWN},
    "start": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "hand_back": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "recuse": {Role.TRIAGE: Scope.ALL},  # the citizen's words accuse the unit that has it
    "answer": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "respond": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "submit_result": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "approve": {Role.COORDINATOR: Scope.OTHER_UNIT},
    "refuse": {Role.COORDINATOR: Scope.OTHER_UNIT},
    "object": {Role.CITIZEN: Scope.OWN},
    "confirm": {Role.CITIZEN: Scope.OWN},
    "window_over": {Role.TIMER: Scope.ALL},
    "close": {Role.COORDINATOR: Scope.REGION},
    "reopen": {Role.COORDINATOR: Scope.REGION},
    # UU KIP: the PPID of a unit is its head, the region's is the coordinator
    "kip_register": {Role.COORDINATOR: Scope.REGION, Role.HEAD: Scope.UNIT},
    "kip_extend": {Role.COORDINATOR: Scope.REGION, Role.HEAD: Scope.UNIT},
    "escalate": {Role.TIMER: Scope.ALL, Role.HEAD: Scope.UNIT},
    # looking
    "queue.read": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION, Role.LEADER: Scope.REGION},
    "case.read": {Role.OFFICER: Scope.HELPING, Role.HEAD: Scope.HELPING, Role.COORDINATOR: Scope.REGION, Role.LEADER: Scope.REGION},
    "tip.read": {Role.COORDINATOR: Scope.REGION, Role.LEADER: Scope.REGION},
    # a name and a number are needed by whoever works on the case, not by whoever reads figures
    "identity.read": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "retopic": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "split": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "unlike": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "note": {Role.OFFICER: Scope.HELPING, Role.HEAD: Scope.HELPING, Role.COORDINATOR: Scope.REGION},
    # parts of further units: who has the case asks, who was asked works on it, who coordinates lets it go
    "part.ask": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "part.start": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "part.answer": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "part.return": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT},
    "part.drop": {Role.COORDINATOR: Scope.REGION},
    "outside.ask": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    # the street
    "assist": {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION},
    "candidate.decide": {Role.COORDINATOR: Scope.REGION},
    # the ladder: who was told answers, whoever they are
    "bell.answer": {Role.OFFICER: Scope.TOLD, Role.HEAD: Scope.TOLD, Role.COORDINATOR: Scope.TOLD, Role.LEADER: Scope.TOLD},
    # sentences ready to use
    "templates.manage": {Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION, Role.ADMIN: Scope.ALL},
    # running the system
    "board.read": {Role.ADMIN: Scope.ALL},
    "board.act": {Role.ADMIN: Scope.ALL},
    "board.calendar": {Role.ADMIN: Scope.ALL},
    # who has an account: a head asks colleagues in, an admin does everything
    "accounts.invite": {Role.HEAD: Scope.UNIT, Role.ADMIN: Scope.ALL},
    "accounts.manage": {Role.ADMIN: Scope.ALL},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something now. `id` is an account id, 0 for the system, None for a citizen."""

    role: Role
    id: int | None = None
    name: str = ""
    unit_id: int | None = None
    region: str | None = None

    def __str__(self) -> str:
        return f"{self.role}:{self.id}" if self.id else str(self.role)


@dataclass(frozen=True, slots=True)
class Standing:
    """What scope questions need to know of a case: `units` = the responsible unit and all above it (ids), `helpers` = those that help,
    `told` = the ladder told this very person, `accused` = the units it is about, with everything below them."""

    units: tuple[int, ...] = ()
    region: str | None = None
    own: bool = False
    author_id: int | None = None
    author_unit: int | None = None
    helpers: tuple[int, ...] = ()
    told: bool = False
    accused: frozenset[int] = frozenset()


def may(actor: Actor, verb: str, standing: Standing | None = None) -> bool:
    """Is `actor` allowed `verb` on a case standing like that? Without a standing: anywhere at all? Who is accused is allowed nothing."""
    scope = TABLE[verb].get(actor.role)
    if scope is None or (standing is not None and actor.unit_id in standing.accused):
        return False
    if standing is None or scope is Scope.ALL:
        return True
    if scope is Scope.OWN:
        return standing.own
    if scope is Scope.TOLD:
        return standing.told
    if scope is Scope.UNIT:
        return actor.unit_id is not None and actor.unit_id in standing.units
    if scope is Scope.HELPING:
        return actor.unit_id is not None and actor.unit_id in (*standing.units, *standing.helpers)
    if not _in_region(actor, standing):
        return False
    if scope is Scope.OTHER_UNIT:
        return standing.author_id != actor.id and standing.author_unit != actor.unit_id
    return True


def _in_region(actor: Actor, standing: Standing) -> bool:
    if not actor.region:
        return False
    if standing.region is None:
        return "." not in actor.region  # a case without a place is the province's
    return standing.region == actor.region or standing.region.startswith(actor.region + ".")


def describe() -> str:
    """The table as Markdown, for docs and for `flask --app wsgi permissions`."""
    people = [role for role in Role if any(role in row for row in TABLE.values())]
    lines = ["| verb | " + " | ".join(people) + " |", "|---" * (len(people) + 1) + "|"]
    lines += [f"| {verb} | " + " | ".join(str(row.get(role, "-")) for role in people) + " |" for verb, row in TABLE.items()]
    return "\n".join(lines)
