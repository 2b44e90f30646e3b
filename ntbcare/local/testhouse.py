"""Real servers for tests: a PostgreSQL and a Valkey of their own, to be used, killed and started again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ntbcare.local import lock
from ntbcare.local.minder import Minder
from ntbcare.local.places import Places, places
from ntbcare.local.postgres import Postgres
from ntbcare.local.valkey import Valkey


class Servers:
    """Both servers of one data_dir. Errors are those of ``ntbcare.local.errors``."""

    def __init__(self, at: Places, minder: Minder, settings: dict[str, str]):
        """``settings`` are added to PostgreSQL's."""
        self.places = at
        self.postgres = Postgres(at, say=_quiet, settings=settings)
        self.valkey = Valkey(at, say=_quiet)
        self._minder = minder

    @property
    def redis_url(self) -> str:
        """``unix://…`` for redis.Redis.from_url."""
        return self.places.redis_url

    def database_url(self, dbname: str = "ntbcare") -> str:
        """``postgresql+psycopg://…`` of one database."""
        return self.places.database_url(dbname)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, a copy of ``template`` if given (nobody may be connected to it); returns its URL."""
        self.postgres.create_database(name, template)
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists and cut whoever is connected."""
        self.postgres.drop_database(name)

    def start_postgres(self) -> None:
        """Start PostgreSQL, with crash recovery if it was killed; no-op while it runs."""
        if self.postgres.pid is None:
            self.postgres.start()
        self._watch()

    def stop_postgres(self) -> None:
        """Stop PostgreSQL in order, cutting its clients."""
        self.postgres.stop()
        self._watch()

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster."""
        self.postgres.kill()
        self._watch()

    def start_redis(self) -> None:
        """Start Valkey on what its file holds; no-op while it runs."""
        if self.valkey.pid is None:
            self.valkey.start()
        self._watch()

    def stop_redis(self) -> None:
        """Stop Valkey in order."""
        self.valkey.stop()
        self._watch()

    def kill_redis(self) -> None:
        """kill -9 of Valkey."""
        self.valkey.kill()
        self._watch()

    def _watch(self) -> None:
        self._minder.watch([("TERM", self.valkey.pid)], [("INT", self.postgres.pid)])


@contextmanager
def servers(data_dir: str | os.PathLike[str], *, keep: bool = False, durable: bool = True) -> Iterator[Servers]:
    """Run both servers on ``data_dir`` and end them afterwards; database ``ntbcare`` exists.

    keep: leave the data for a later call; otherwise they are removed, wherever they had to be placed.
    durable=False turns fsync off: faster, safe against kill -9 of processes but not against a power cut.
    """
    at = places(data_dir)
    held = lock.acquire(at, say=_quiet)
    minder = Minder(held)
    try:
        house = Servers(at, minder, {} if durable else {"fsync": "off", "full_page_writes": "off"})
        try:
            house.start_postgres()
            house.postgres.ensure_database("ntbcare")
            house.start_redis()
            yield house
        finally:
            house.stop_redis()
            house.stop_postgres()
            if not keep:
                _remove(house)
    finally:
        minder.dismiss()
        os.close(held)


def _remove(house: Servers) -> None:
    data: Path = house.postgres.data
    if house.places.pointer.exists():
        data = data.parent
        house.places.pointer.unlink()
    for folder in (data, house.places.valkey_data, house.places.sockets):
        shutil.rmtree(folder, ignore_errors=True)


def _quiet(sentence: str) -> None:
    pass
