"""A whole house as `make run` opens it: whoever is killed comes back, errands go on, and Ctrl-C or SIGTERM ends it all."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bench import memory
from ntbcare.local.places import CHECKOUT
from ntbcare.local.residents import alive
from ntbcare.local.settings import read
from tests.local.test_branches import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


class Run:
    """A running `python -m ntbcare.cli up`."""

    def __init__(self, base: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.data_dir, self.log = base / "instance", base / "log"
        own = {**os.environ, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)}
        for name in ("DATABASE_URL", "REDIS_URL", "HOST", "PUBLIC_URL", "NTBCARE_ENV", "SECRET_KEY", "PIN_KEY"):
            own.pop(name, None)
        with self.log.open("ab") as out:
            words = [sys.executable, "-m", "ntbcare.cli", "up"]
            self.process = subprocess.Popen(words, cwd=CHECKOUT, env=own, stdout=out, stderr=out, stdin=subprocess.DEVNULL)

    def pids(self, name: str) -> list[int]:
        """Pids of the processes of this house with this name."""
        return [process.pid for process in memory.family(self.process.pid) if process.name == f"ntbcare-{name}"]

    def everybody(self) -> list[int]:
        """Pids of all processes of this house, its servers included."""
        return [process.pid for process in memory.family(self.process.pid)]

    def healthy(self) -> bool:
        """Does /health answer 200?"""
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).status == 200
        except OSError:
            return False

    def file(self) -> str:
        """A case by the API; returns its ticket."""
        words = f"Jalan rusak dan berlubang parah di Kecamatan Woha Kabupaten Bima, dekat warung {secrets.token_hex(4)}"
        wish = json.dumps({"text": words, "category": "jalan_jembatan", "region": "52.06.03"}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/cases", wish, headers)
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.load(answer)["ticket"]

    def routed(self, ticket: str) -> bool:
        """Has a worker sent the case to a unit?"""
        address = read(self.data_dir / "house.env")["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(address) as line:
            row = line.execute("SELECT unit_id FROM cases WHERE ticket = %s", (ticket,)).fetchone()
            return bool(row and row[0])


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One house for all tests of this file; the last of them ends it."""
    base = Path(tempfile.mkdtemp(prefix="ntbcare-trunk-", dir="/tmp"))
    base.chmod(0o755)  # the uid of PostgreSQL must pass through
    house = Run(base)
    try:
        assert until(lambda: house.healthy() or house.process.poll() is not None, 180) and house.healthy(), house.log.read_text()
        assert until(lambda: "The house is open" in house.log.read_text())
        yield house
    finally:
        house.process.terminate()
        house.process.wait(60)
        shutil.rmtree(base)


def test_no_process_of_the_house_loads_migrations_or_the_holidays_of_the_world() -> None:
    script = "import sys, ntbcare.casework.seeding, ntbcare.casework.demo; from workers import boot, errands, rounds, trunk; boot.app()\n"
    script += "print([name for name in ('alembic', 'flask_migrate', 'holidays', 'telegram', 'tweepy') if name in sys.modules])"
    own = {**os.environ, "DATABASE_URL": "postgresql://nobody@/none", "REDIS_URL": "unix:///none", "NTBCARE_ENV": "development"}
    own |= {"SECRET_KEY": "s" * 40, "PIN_KEY": "p" * 40}
    assert subprocess.check_output([sys.executable, "-c", script], cwd=CHECKOUT, env=own, text=True).strip() == "[]"


def test_the_revision_read_from_the_files_is_the_head_alembic_finds() -> None:
    from alembic.script import ScriptDirectory

    from ntbcare.records import schema

    assert schema.newest() == ScriptDirectory(str(schema.MIGRATIONS)).get_current_head()


def test_the_welcome_names_the_address_and_the_demo_sign_ins_of_this_house(run: Run) -> None:
    told = run.log.read_text()
    assert f"The house is open: http://127.0.0.1:{run.port}" in told
    assert "admin@ntbcare.example" in told and "password for all" in told


def test_every_process_can_be_told_by_its_name(run: Run) -> None:
    assert len(run.pids("trunk")) == len(run.pids("work")) == len(run.pids("post")) == len(run.pids("rounds")) == 1
    assert len(run.pids("web")) == 3  # gunicorn and its two workers


def test_a_prepared_house_idles_in_its_budget_of_memory(run: Run) -> None:
    ours = [process for process in memory.family(run.process.pid) if not process.database]
    assert sum(process.pss for process in ours) / memory.MIB <= 350


@pytest.mark.parametrize("name", ["work", "rounds", "post", "web"])
def test_after_kill_9_of_one_process_it_is_forked_again_and_errands_go_on(run: Run, name: str) -> None:
    before = run.pids(name)
    os.kill(before[0], signal.SIGKILL)
    assert until(lambda: run.pids(name) and run.pids(name)[0] != before[0], 30)
    assert until(lambda: not any(alive(pid) for pid in before if name == "web" or pid == before[0]), 30)
    assert until(run.healthy, 30)
    ticket = run.file()
    assert until(lambda: run.routed(ticket), 30)


def test_after_kill_9_of_the_trunk_nobody_is_left_and_the_house_starts_it_again(run: Run) -> None:
    (trunk,) = run.pids("trunk")
    branches = [process.pid for process in memory.family(trunk)]
    os.kill(trunk, signal.SIGKILL)
    assert until(lambda: not any(alive(pid) for pid in branches), 10)
    assert until(run.healthy, 60)
    assert run.pids("trunk") and run.pids("trunk")[0] != trunk
    ticket = run.file()
    assert until(lambda: run.routed(ticket), 30)


def test_sigterm_ends_every_process_and_says_where_the_data_are(run: Run) -> None:
    everybody = run.everybody()
    assert len(everybody) > 10
    run.process.terminate()
    assert run.process.wait(40) == 0
    assert not [pid for pid in everybody if alive(pid)]
    assert str(run.data_dir) in run.log.read_text().splitlines()[-1]
