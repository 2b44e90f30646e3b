"""Which migration the database stands at and which one this code needs, told without loading alembic."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_NAMED = re.compile(r"^(revision|down_revision)\s*(?::[^=]*)?=\s*['\"](\w+)['\"]", re.MULTILINE)


def newest(folder: Path = MIGRATIONS / "versions") -> str:
    """The revision of the file that no other file builds on; "" when there is none."""
    facts = [dict(_NAMED.findall(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.py"))]
    below = {fact.get("down_revision") for fact in facts}
    return next((fact["revision"] for fact in facts if fact.get("revision") and fact["revision"] not in below), "")


def current(session: Session) -> str:
    """The revision the database stands at; "" before the first migration."""
    if session.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return ""
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
