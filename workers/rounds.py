"""The rounds: one process, whichever holds the lock, walks the timetable; the others wait to take over."""

from __future__ import annotations

import signal
import time
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from ntbcare.records.base import db
from workers import boot
from workers.timetable import TIMETABLE

log = structlog.get_logger()
LOCK = 0x4E544243  # "NTBC": the advisory lock of the one process that walks
_stop = False


def _end(signum: int, frame: FrameType | None) -> None:
    global _stop
    _stop = True


def main() -> None:
    """Walk until told to stop. A database that goes away is waited for."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    app = boot.app()
    while not _stop:
        try:
            with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
                if line.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}).scalar():
                    _walk(app, line)
                else:
                    time.sleep(1)
        except SQLAlchemyError as broken:
            log.warning("rounds.database", error=type(broken).__name__)
            time.sleep(1)


def _walk(app: Flask, line: Connection) -> None:
    """As long as the connection that holds the lock lives, this process is the one."""
    log.info("rounds.walking")
    due = {entry.name: 0.0 for entry in TIMETABLE}
    while not _stop:
        line.execute(text("SELECT 1"))
        for entry in TIMETABLE:
            if time.monotonic() < due[entry.name]:
                continue
            due[entry.name] = time.monotonic() + entry.every
            with app.app_context():
                try:
                    entry.do(app)
                except Exception:  # one broken round must not stop the others; a database that went away shows on the line
                    log.exception("rounds.failed", round=entry.name)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
