"""Flask-SQLAlchemy's `db` and the base of every table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

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


db = SQLAlchemy(model_class=_Base, disable_autonaming=True)

if TYPE_CHECKING:
    Base = _Base  # what Flask-SQLAlchemy makes of it at run time is the same to a type checker
else:
    Base = db.Model
