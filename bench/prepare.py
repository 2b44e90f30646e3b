"""Databases for measuring: one template that is migrated, seeded and has officers, and one filled copy of it per size."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import scratch
from bench.fill import fill
from ntbcare.local.testhouse import Servers

_SEEDS = scratch.ROOT / "ntbcare/seed/ntb"


def database(servers: Servers, folder: Path, count: int) -> str:
    """The name of a fresh database with `count` cases. Filled ones are kept as templates as long as the servers' data are."""
    edition = _edition()
    filled, name, new = f"bench_{edition}_{count}", f"bench_{count}", "bench_new"
    if not _exists(servers, filled):
        begun = time.monotonic()
        servers.drop_database(new)
        servers.create_database(new)
        _seed(servers, folder, new)
        _fill(servers, folder, new, count)
        _rename(servers, new, filled)
        print(f"  {count:,} cases written in {time.monotonic() - begun:.0f} s", flush=True)
    servers.drop_database(name)
    servers.create_database(name, template=filled)
    return name


def application(servers: Servers, folder: Path, name: str) -> Any:
    """The application in this process, on one database."""
    import config
    from channels import switchboard
    from ntbcare.app import build

    settings = config.read(scratch.environment(servers, name, folder, 8000, 1))
    return build(settings, switchboard.build(settings, development=False, outbox=None))


def _edition() -> str:
    """Changes with the tables, the seed and what is filled in, so that no stale template is used."""
    folders = (scratch.ROOT / "ntbcare/records/migrations/versions", _SEEDS, scratch.ROOT / "bench")
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.glob("*.*")):
        if path.parent.name != "bench" or path.stem in ("fill", "lives", "words"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _seed(servers: Servers, folder: Path, name: str) -> None:
    from flask_migrate import upgrade
    from flask_security.utils import hash_password

    from ntbcare import commands
    from ntbcare.casework import accounts, seeding
    from ntbcare.domain.permissions import Actor, Role
    from ntbcare.records.base import db

    app = application(servers, folder, name)
    commands.migrations(app)
    with app.app_context():
        upgrade()
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            seeding.seed(work, _SEEDS)
            work.commit()
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            hashed = hash_password(scratch.PASSWORD)
            for row in seeding.read(_SEEDS / "demo_officers.csv"):
                accounts.invite(work, row["email"], row["name"], row["role"], row["unit"], hashed)
            work.commit()
        db.engine.dispose()


def _fill(servers: Servers, folder: Path, name: str, count: int) -> None:
    from ntbcare.domain.permissions import Actor, Role
    from ntbcare.records.base import db

    app = application(servers, folder, name)
    with app.app_context():
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            ref = work.ref
        db.engine.dispose()
    fill(scratch.plain(servers, name), ref, count)


def _exists(servers: Servers, name: str) -> bool:
    with psycopg.connect(scratch.plain(servers, "postgres")) as line:
        return line.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _rename(servers: Servers, old: str, new: str) -> None:
    with psycopg.connect(scratch.plain(servers, "postgres"), autocommit=True) as line:
        line.execute(f"ALTER DATABASE {old} RENAME TO {new}")


def places(app: Any) -> list[tuple[str, str]]:
    """Villages as (code, name with district and regency)."""
    from ntbcare.domain.permissions import Actor, Role
    from ntbcare.records.base import db

    with app.app_context():
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            found = [(code, work.ref.region_name(code)) for code, region in work.ref.regions.items() if region.level == "village"]
        db.session.remove()
        db.engine.dispose()
    return found
