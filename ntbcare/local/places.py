"""Where the embedded servers of one DATA_DIR live: data, logs, short socket paths, and the uid that owns them."""

import contextlib
import hashlib
import os
import pwd
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from ntbcare.local.errors import Refused

CHECKOUT = Path(__file__).resolve().parents[2]
ELSEWHERE = Path("/var/lib/ntbcare")
SERVER_USER = "nobody"  # whom PostgreSQL runs as when we are root; initdb needs a name that exists
SOCKET_LIMIT = 100  # bytes; the kernel allows 108 on Linux and 104 on macOS, with the closing zero


@dataclass(frozen=True)
class Identity:
    """Another user to run a server as. uid and gid are numbers of this machine."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Places:
    """Every path of one house. ``identity`` is None when servers run as ourselves."""

    data_dir: Path
    sockets: Path
    identity: Identity | None

    @property
    def lock_file(self) -> Path:
        return self.data_dir / "house.lock"

    @property
    def env_file(self) -> Path:
        return self.data_dir / "house.env"

    @property
    def pointer(self) -> Path:
        """Names the folder of the PostgreSQL data when it cannot live in DATA_DIR."""
        return self.data_dir / "POSTGRES-DATA-IS-ELSEWHERE.txt"

    @property
    def postgres_log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def valkey_data(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    def database_url(self, name: str = "ntbcare") -> str:
        """The SQLAlchemy address of database ``name`` on the embedded server."""
        return f"postgresql+psycopg://care@/{name}?host={self.postgres_sockets}"

    def postgres_data(self) -> Path:
        """The folder of the PostgreSQL data, decided once and then remembered on disk.

        Raises Refused when the pointer names a folder that belongs to another DATA_DIR still in use.
        """
        inside = self.data_dir / "postgres"
        if self.pointer.exists():
            return self._pointed()
        if self.identity is None or inside.exists() or reachable(self.data_dir, self.identity):
            return inside
        return self._place_elsewhere()

    def _pointed(self) -> Path:
        home = Path(self.pointer.read_text(encoding="utf-8").splitlines()[0])
        note = home / "belongs-to"
        owner = note.read_text(encoding="utf-8").strip() if note.exists() else str(self.data_dir)
        # A copied DATA_DIR carries a copied pointer; two houses on one database would be a disaster.
        if owner != str(self.data_dir) and Path(owner).exists():
            raise Refused(f"{self.pointer} names {home}, which belongs to {owner}. Remove that file to begin empty.")
        if home.exists():
            note.write_text(f"{self.data_dir}\n", encoding="utf-8")
        return home / "postgres"

    def _place_elsewhere(self) -> Path:
        # The random end makes a fresh checkout at an old address begin empty, as it would inside DATA_DIR.
        home = ELSEWHERE / f"{self.data_dir.name[:24]}-{short_hash(self.data_dir)}-{secrets.token_hex(2)}"
        for folder in (ELSEWHERE, home):
            own_folder(folder, 0o711)
        (home / "belongs-to").write_text(f"{self.data_dir}\n", encoding="utf-8")
        self.pointer.write_text(
            f"{home}\n\nThe PostgreSQL data of this DATA_DIR live in the folder above: as root the server runs as\n"
            f"user {SERVER_USER}, who may not pass through {self.data_dir}.\nBack up and delete both together.\n",
            encoding="utf-8",
        )
        return home / "postgres"

    def prepare(self) -> None:
        """Make our own folders with tight modes. Never touches the mode of a parent or of a folder found there.

        Raises Refused when the socket folder exists and is not ours alone.
        """
        if not self.data_dir.exists():
            # 0711 lets the server's uid pass through to its own 0700 folder, and lets nobody list.
            own_folder(self.data_dir, 0o711 if self.identity else 0o700)
        own_folder(self.sockets, 0o711 if self.identity else 0o700)
        _refuse_foreign(self.sockets, os.geteuid())
        own_folder(self.postgres_sockets, 0o700, self.identity)
        own_folder(self.valkey_data, 0o700)

    def tidy(self) -> None:
        """Remove the empty socket folders; call it when the servers have ended."""
        for folder in (self.postgres_sockets, self.sockets):
            with contextlib.suppress(OSError):  # something is still in it, or it is gone
                folder.rmdir()


def places(data_dir: str | os.PathLike[str] | None = None) -> Places:
    """The places of ``data_dir`` (default: $DATA_DIR, else ``instance`` in the checkout). Creates nothing."""
    chosen = data_dir or os.environ.get("DATA_DIR") or CHECKOUT / "instance"
    root = CHECKOUT / chosen  # a relative one is meant from the checkout, as in config.py
    return Places(data_dir=root, sockets=_socket_folder(root), identity=server_identity())


def server_identity() -> Identity | None:
    """Whom servers that refuse root run as: None for an ordinary user, ``nobody`` for root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise Refused(f"PostgreSQL does not run as root and this machine has no user {SERVER_USER!r}.") from None
    return Identity(entry.pw_uid, entry.pw_gid)


def short_hash(path: Path) -> str:
    """Twelve hex characters that stand for an absolute path."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def reachable(path: Path, who: Identity) -> bool:
    """Whether ``who`` may pass through ``path`` and all its parents; folders not made yet count as passable."""
    return all(_passable(folder, who) for folder in (path.resolve(), *path.resolve().parents) if folder.exists())


def own_folder(path: Path, mode: int, owner: Identity | None = None) -> None:
    """Make ``path`` (and missing parents) with exactly ``mode``, whatever the umask; leave an existing one alone."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        return
    path.chmod(mode)
    if owner:
        os.chown(path, owner.uid, owner.gid)


def _socket_folder(data_dir: Path) -> Path:
    # A unix socket's path has about 107 bytes while a checkout may be deep, so sockets live apart.
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    name = short_hash(data_dir)
    # Root's runtime folder is closed to the uid that PostgreSQL will have.
    if runtime and os.geteuid() != 0 and Path(runtime).is_dir():
        folder = Path(runtime) / f"ntbcare-{name}"
        if len(os.fsencode(folder / "pg" / ".s.PGSQL.5432.lock")) < SOCKET_LIMIT:
            return folder
    return Path(f"/tmp/ntbcare-{os.geteuid()}-{name}")


def _passable(folder: Path, who: Identity) -> bool:
    facts = folder.stat()
    if facts.st_uid == who.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == who.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def _refuse_foreign(folder: Path, uid: int) -> None:
    # /tmp belongs to everybody: a folder somebody laid there first could catch our connections.
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid or facts.st_mode & 0o022:
        raise Refused(f"{folder} exists and is not a folder of ours alone. Remove it, then start again.")
