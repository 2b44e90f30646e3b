"""The house's own environment: servers and secrets, kept in DATA_DIR/house.env for other terminals."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ntbcare.local.errors import Refused
from ntbcare.local.places import Places

SECRETS = ("SECRET_KEY", "PIN_KEY", "TWILIO_AUTH_TOKEN", "TELEGRAM_SECRET")


def port_of(environment: Mapping[str, str]) -> int:
    """PORT as a number (default 8000). Raises Refused for anything that is no port."""
    text = environment.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def compose(environment: Mapping[str, str], at: Places, port: int) -> dict[str, str]:
    """The environment of all children; also writes house.env (0600) with what the real environment lacks.

    A generated secret is kept in the file for ever: PINs and sessions made with it must stay readable, also after
    a run in which the real environment had another one.
    """
    kept = read(at.env_file)
    file = {name: kept.get(name) or secrets.token_urlsafe(32) for name in SECRETS if needs(name, kept, environment)}
    if not environment.get("DATABASE_URL"):
        file["DATABASE_URL"] = at.database_url()
    if not environment.get("REDIS_URL"):
        file["REDIS_URL"] = at.redis_url
    write(at.env_file, file)
    given = {name: value for name, value in environment.items() if value or name not in file}
    own = {"NTBCARE_ENV": "development", "PYTHONUNBUFFERED": "1"}
    fixed = {"DATA_DIR": str(at.data_dir), "PORT": str(port)}
    # Compiling 1,500 modules at each start takes longer than everything else together, so bytecode is kept whatever the shell says.
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**own, **file, **given, **fixed}


def needs(name: str, kept: Mapping[str, str], environment: Mapping[str, str]) -> bool:
    """Whether house.env holds secret ``name``: it did before, or nobody else gives one."""
    return name in kept or not environment.get(name)


def read(path: Path) -> dict[str, str]:
    """KEY=VALUE lines of ``path``; {} when it does not exist."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Replace ``path`` in one step; only its owner may read it."""
    lines = ["# Written by make run. Read by config.py where the real environment says nothing. Keep it secret.\n"]
    lines += [f"{key}={value}\n" for key, value in sorted(values.items())]
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
