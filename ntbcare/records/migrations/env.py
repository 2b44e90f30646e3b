"""How migrations meet our database: the application's own engine, one transaction, short waits for locks."""

from alembic import context
from flask import current_app
from sqlalchemy import text

target = current_app.extensions["migrate"].db


def ours(thing, name, kind, reflected, compare_to):
    """Autogenerate proposes to drop what it does not know: tables of others in the same database are not ours to drop."""
    return not (kind == "table" and reflected and compare_to is None)


def run() -> None:
    """Upgrade inside one transaction; a lock that cannot be had in ten seconds fails instead of stopping every desk."""
    if context.is_offline_mode():
        context.configure(url=str(target.engine.url), target_metadata=target.metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    with target.engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_lock(5260603)"))  # two processes that start at once migrate one after the other
        connection.commit()
        context.configure(connection=connection, target_metadata=target.metadata, include_object=ours, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(5260603)"))
        connection.commit()


run()
