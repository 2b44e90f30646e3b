"""The gate says everything that is wrong at once, and every setting is written down where people look for it."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import config
from tests.house.committed import rooms, text, tree

README = text(Path("README.md"))
TABLE = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", README, re.MULTILINE))
SOUND = {
    "DATABASE_URL": "postgresql://care@db/ntbcare", "REDIS_URL": "redis://valkey:6379/0", "SECRET_KEY": "s" * 40, "PIN_KEY": "p" * 40,
    "PUBLIC_URL": "https://ntbcare.example", "NTBCARE_ENV": "production", "DATA_DIR": "/nonexistent",
}  # fmt: skip
READ_BY_MAKE_RUN = {"HOST", "PORT"}  # by the house on one machine, not by config.Settings
THE_SYSTEMS = {"XDG_RUNTIME_DIR"}  # not ours to set


def problems(**changes: str) -> list[str]:
    return config.read(SOUND | changes).problems()


def test_sound_settings_have_no_problems():
    assert problems() == []


def test_every_fault_is_told_at_once():
    found = config.read(
        {"NTBCARE_ENV": "holiday", "PUBLIC_URL": "ntbcare.example", "POLL_AFTER_MINUTES": "soon", "DATA_DIR": "/nonexistent"}
    ).problems()
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PIN_KEY", "NTBCARE_ENV", "PUBLIC_URL", "POLL_AFTER_MINUTES"):
        assert any(line.startswith(name) for line in found), f"{name} is not told in {found}"


def test_production_needs_https_and_development_does_not():
    assert problems(PUBLIC_URL="http://ntbcare.example") == ["PUBLIC_URL must be https:// in production"]
    assert problems(PUBLIC_URL="http://127.0.0.1:8000", NTBCARE_ENV="development") == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_is_taken_however_it_is_written(scheme):
    settings = config.read(SOUND | {"DATABASE_URL": f"{scheme}://care@db/ntbcare"})
    assert (settings.database_url, settings.problems()) == ("postgresql+psycopg://care@db/ntbcare", [])


@pytest.mark.parametrize("address", ["sqlite:///care.db", "mysql://db/care", "care"])
def test_any_other_engine_is_refused(address):
    (only,) = problems(DATABASE_URL=address)
    assert only.startswith("DATABASE_URL must name a PostgreSQL server")


def test_a_short_secret_is_refused_in_production_and_its_value_is_never_shown():
    found = problems(SECRET_KEY="kucing", PIN_KEY="anjing")
    assert [line.split()[0] for line in found] == ["SECRET_KEY", "PIN_KEY"]
    assert not {"kucing", "anjing"} & set(" ".join(found).split())


def test_the_environment_comes_before_what_the_running_house_wrote(tmp_path):
    (tmp_path / "house.env").write_text("# kept\nREDIS_URL=unix:///run/valkey.sock\nSECRET_KEY=from the file\n")
    settings = config.read({"DATA_DIR": str(tmp_path), "SECRET_KEY": "from the environment"})
    assert (settings.redis_url, settings.secret_key) == ("unix:///run/valkey.sock", "from the environment")


def test_the_readme_lists_every_setting_and_no_other():
    settings = {field.name.upper() for field in fields(config.Settings)}
    assert settings | READ_BY_MAKE_RUN == TABLE, "the table of settings in README.md and config.Settings differ"


def test_every_variable_that_is_read_anywhere_is_written_down():
    for path in rooms("ntbcare", "channels", "workers", ".ci", "config.py", "wsgi.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args:
                where, name = ast.unparse(node.func), node.args[0]
                asked = where.endswith(("environ.get", "getenv", "environment.get"))
            elif isinstance(node, ast.Subscript):
                where, name = ast.unparse(node.value), node.slice
                asked = where.endswith(("environ", "environment")) and isinstance(node.ctx, ast.Load)
            else:
                continue
            if asked and isinstance(name, ast.Constant) and name.value not in THE_SYSTEMS:
                assert f"`{name.value}`" in README, f"{path}:{node.lineno} reads {name.value}, which README.md does not name"
