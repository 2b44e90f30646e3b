"""Logs as JSON lines: what happened and to which row, never who, never what they wrote."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# PostgreSQL tells the values of the row in these lines of an error ("DETAIL:  Key (address)=(+62…) already exists")
_VALUES = re.compile(r"^.*?(?:DETAIL|CONTEXT|Failing row contains).*$", re.MULTILINE)


def without_values(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A traceback says where it broke; what a citizen wrote stays out of it."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _VALUES.sub("(values left out)", event["exception"])
    return event


class _Plain(logging.Formatter):
    """The same care for lines of libraries that log by the standard module."""

    def formatException(self, info: Any) -> str:
        return _VALUES.sub("(values left out)", super().formatException(info))


def begin(*, development: bool) -> None:
    """Set up structured logging once per process."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    renderer = structlog.dev.ConsoleRenderer(colors=False) if development else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
