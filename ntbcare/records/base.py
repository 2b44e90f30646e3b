"""Flask-SQLAlchemy's `db` and the base of every table."""

from __future__ import annotations

import select
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, Table, Text, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import Pool

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Base(DeclarativeBase):
    """Constraint names are fixed so that migrations can name them; every moment is aware and stored as UTC."""

    registry = registry(metadata=MetaData(naming_convention=_NAMES), type_annotation_map={datetime: DateTime(timezone=True), str: Text()})
    if TYPE_CHECKING:
        __table__: ClassVar[Table]  # every model here has a table of its own, so statements may be made on it


def _look_before_use(connection: Any, record: object, proxy: object) -> None:
    """Has the server hung up on a connection from the pool? Its end of the line then has something to read.

    pool_pre_ping would ask it: a round trip for every piece of work.
    """
    watch = select.poll()
    watch.register(connection, select.POLLIN)
    if watch.poll(0):
        raise DisconnectionError


def _begun(connection: Connection) -> None:
    connection.info["looked"] = True


def _asked(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
    if not statement.startswith("SELECT"):
        connection.info["looked"] = False


event.listen(Pool, "checkout", _look_before_use)
event.listen(Engine, "begin", _begun)
event.listen(Engine, "before_cursor_execute", _asked)


def only_looked(session: Session) -> bool:
    """Has everything since the last commit been questions, with no change waiting to be written?"""
    if session.new or session.dirty or session.deleted:
        return False
    return not session.in_transaction() or bool(session.connection().info.get("looked"))


db = SQLAlchemy(model_class=_Base, disable_autonaming=True)

if TYPE_CHECKING:
    Base = _Base  # what Flask-SQLAlchemy makes of it at run time is the same to a type checker
else:
    Base = db.Model
