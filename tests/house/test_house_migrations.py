"""Models = migrations: a database that walked every migration is exactly what the models say."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests.conftest import settings_for
from tests.house.committed import committed


@pytest.fixture(scope="module")
def migrated(servers):
    """An application on a database that was migrated and never seeded."""
    from flask_migrate import upgrade

    from ntbcare import commands
    from ntbcare.app import build
    from ntbcare.records.base import db

    app = build(settings_for(servers.create_database("models"), servers.redis_url), {})
    commands.migrations(app)
    with app.app_context():
        upgrade()
        yield db
        db.engine.dispose()
    servers.drop_database("models")


def test_autogenerate_has_nothing_to_add(migrated):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, migrated.metadata) == []


def test_every_table_has_a_model(migrated):
    assert set(inspect(migrated.engine).get_table_names()) - {"alembic_version"} == set(migrated.metadata.tables)


def test_there_is_one_line_of_migrations(migrated):
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from flask import current_app

    folder = current_app.extensions["migrate"].directory
    config = Config()
    config.set_main_option("script_location", str(folder))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
    assert [path for path in committed() if path.is_relative_to(Path("ntbcare/records/migrations/versions"))]
