"""Everything of a house in one loading: `python -m workers.trunk [options of gunicorn]` forks web, workers and rounds.

One import instead of five, and pages of memory that all processes share. On several machines each process is started by
itself (gunicorn wsgi:app, python -m workers.boot LANE, python -m workers.rounds); the same functions run there.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from functools import partial
from importlib import import_module

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from workers.branches import Branches, Role, call_me, settle, told

log = structlog.get_logger()
DATABASE_LIMIT = 120.0  # seconds; the servers are started at the same time as we, and may have to recover from a crash


def main(web_words: list[str]) -> None:
    """Load, prepare, fork, tend. `web_words` are gunicorn's."""
    call_me("trunk")
    gc.disable()  # what is made while importing stays for ever: no use in looking through it again and again
    from workers import boot

    roles = _roles(web_words)
    app = boot.app()
    _await_database(app)
    _prepare(app)
    _share(app)
    role = Branches(roles).tend()
    gc.enable()
    if role is not None:
        role()


def _roles(web_words: list[str]) -> dict[str, Role]:
    """Name → what that process does; the modules are loaded here, so that every process has them in common."""
    import gunicorn.app.wsgiapp
    import gunicorn.workers.gthread

    import config
    from ntbcare.records.errands import LANES
    from workers import boot, errands, rounds  # noqa: F401 - errands is named by the jobs

    if config.read().telegram_token:
        import_module("telegram")  # 27 MiB that both doors and the post will need: once here instead of once in each

    def web() -> None:
        sys.argv = ["gunicorn", *web_words, "wsgi:app"]  # the very command of production, less the loading
        gunicorn.app.wsgiapp.run()

    lanes = {lane: partial(boot.main, lane) for lane in sorted(set(LANES.values()), reverse=True)}
    return {"web": web, **lanes, "rounds": rounds.main}


def _await_database(app: Flask) -> None:
    from ntbcare.records.base import db

    begun, told_at = time.monotonic(), time.monotonic() + 5
    while True:
        try:
            with app.app_context(), db.engine.connect():
                return
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            if time.monotonic() - begun > DATABASE_LIMIT:
                sys.exit(f"The database did not answer within {DATABASE_LIMIT:.0f} s: {reason}")
            if time.monotonic() > told_at:
                told_at = time.monotonic() + 15
                log.warning("trunk.waiting_for_database", error=reason)
            time.sleep(0.05)


def _prepare(app: Flask) -> None:
    """Migrations, seed and demo when something is missing: in a process of its own, which takes what it loaded with it."""
    from ntbcare import commands

    try:
        if commands.prepared(app):
            return
    except SQLAlchemyError as error:  # tables of an older house: the migrations will tell
        log.info("trunk.unprepared", reason=type(error).__name__)
    _hang_up(app)
    trunk = os.getpid()
    pid = os.fork()
    if pid == 0:
        from flask.cli import ScriptInfo

        settle("prepare", trunk)
        app.cli.main(args=["prepare"], prog_name="ntbcare", obj=ScriptInfo(create_app=lambda: app))
        sys.exit()
    _, status = os.waitpid(pid, 0)
    if status:
        sys.exit(f"Preparing the database failed ({told(status)}); see the lines above.")


def _share(app: Flask) -> None:
    """What every process reads and none writes is read once, here; connections are closed and memory is set apart."""
    from ntbcare.domain.permissions import Actor, Role

    with app.app_context(), app.extensions["house"].work(Actor(Role.TIMER)) as work:
        work.ref.read_all()
    _hang_up(app)
    gc.collect()
    gc.freeze()  # the collector of a child walks, and so copies, nothing of what is here


def _hang_up(app: Flask) -> None:
    from ntbcare.records.base import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    app.extensions["doorbell"].redis.connection_pool.disconnect()


if __name__ == "__main__":
    main(sys.argv[1:])
