"""Demo accounts and cases for a house that somebody tries out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from ntbcare.casework import accounts, intake, moves, triage
from ntbcare.casework.seeding import read
from ntbcare.domain import permissions
from ntbcare.domain.errors import DomainError
from ntbcare.domain.kinds import Kind
from ntbcare.records import cases as case_rows
from ntbcare.records import messages
from ntbcare.records.people import Account, Contact
from ntbcare.records.work import House, Work

_SPREAD = timedelta(hours=5)  # demo cases arrived over the last days, not all in one second
_WORDS = {
    "ask": "Mohon sebutkan patokan terdekat, supaya petugas tidak salah tempat.",
    "answer": "Sudah kami cek di lapangan. Perbaikannya masuk jadwal minggu ini.",
    "respond": "Pekerjaan sudah selesai. Terima kasih sudah melapor.",
    "submit_result": "Lubang sudah ditambal sepanjang 40 meter.",
}
# `then` of the file → moves made by the first officer of the unit
_THEN = {"accept": ("start",), "ask": ("start", "ask"), "answer": ("start", "answer"), "close": ("start", "respond")}


def password_in(note: Path) -> str | None:
    """The demo password written at the first run, so that later runs keep it."""
    try:
        return note.read_text().splitlines()[0].split("\t")[2]
    except (OSError, IndexError):
        return None


def officers(work: Work, folder: Path, hashed: Callable[[str], str], password: str, note: Path) -> int:
    """Make the demo accounts once; one random password for all, written to `note` (0600). Returns how many were made."""
    rows = read(folder / "demo_officers.csv")
    if _accounts_there(work, rows, note):
        return 0
    secret = hashed(password)
    for row in rows:
        accounts.invite(work, row["email"], row["name"], row["role"], row["unit"], secret)
    units = {unit.code: unit.short for unit in work.ref.units.values()}
    lines = [
        f"{permissions.ROLE_LABELS[permissions.Role(row['role'])]} {units.get(row['unit'], '')}\t{row['email']}\t{password}" for row in rows
    ]
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch(mode=0o600)
    note.write_text("\n".join(lines) + "\n")
    return len(rows)


def complete(work: Work, folder: Path, note: Path) -> bool:
    """Is the demo there? Asked at each start, so it is two statements; cases are filed in order, so the last one tells."""
    last = read(folder / "demo_cases.csv")[-1:]
    filed = all(messages.find(work.session, row["channel"], _key(row)) for row in last)
    return filed and _accounts_there(work, read(folder / "demo_officers.csv"), note)


def _accounts_there(work: Work, rows: list[dict[str, str]], note: Path) -> bool:
    known = set(work.session.scalars(select(Account.email)))
    return all(row["email"] in known for row in rows) and note.exists()


def _key(row: dict[str, str]) -> str:
    return f"demo-{row['ref']}"


def cases(house: House, folder: Path) -> int:
    """File the demo cases once, each through the ordinary corridor, some of them handled a little. Returns how many."""
    rows = read(folder / "demo_cases.csv")
    filed: list[tuple[int, str]] = []
    # first all filings, then all handling: reference tables are those of a day, and going back and forth reads them each time
    for number, row in enumerate(rows):
        with house.work(permissions.Actor(permissions.Role.CITIZEN)) as work:
            if messages.find(work.session, row["channel"], _key(row)):
                continue
            work.now -= _SPREAD * (len(rows) - number)
            case_id = _file(work, row)
            if case_id is None:
                continue
            work.commit()
            filed.append((case_id, row["then"] or "none"))
    for case_id, then in filed:
        with house.work(permissions.Actor(permissions.Role.TRIAGE)) as work:
            triage.triage(work, case_id)
            work.commit()
        _handle(house, case_id, then)
    return len(filed)


def _file(work: Work, row: dict[str, str]) -> int | None:
    sender = row["phone"] or "" if row["channel"] in ("sms", "telegram") else ""
    filing = intake.Filing(
        channel=row["channel"], key=_key(row), text=row["text"], kind=Kind(row["kind"]), category=row["category"],
        region=row["region"], phone=None if sender else row["phone"], sender=sender,
    )  # fmt: skip
    try:
        filed = intake.file(work, filing)
    except DomainError:
        return None
    case = case_rows.get(work.session, filed.case_id)
    contact = work.session.get(Contact, case.contact_id) if case and case.contact_id else None
    if contact is not None:  # the numbers look real: a demo never writes to anybody
        contact.opted_out_at = work.now
    return filed.case_id


def _handle(house: House, case_id: int, then: str) -> None:
    for event in _THEN.get(then, ()):
        with house.work(permissions.Actor(permissions.Role.OFFICER)) as work:
            case = case_rows.get(work.session, case_id)
            account = (
                work.session.scalars(select(Account).where(Account.unit_id == case.unit_id).limit(1)).first()
                if case and case.unit_id
                else None
            )
            if case is None or account is None:
                return
            work.actor = accounts.actor_of(account, work.ref.units)
            category = work.ref.categories.get(case.category or "")
            step = "submit_result" if event == "respond" and category and category.needs_check else event
            try:
                moves.move(work, case, step, moves.Given(words=_WORDS.get(step, "")))
                work.commit()
            except DomainError:
                return
