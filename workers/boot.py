"""One worker process for one lane: `python -m workers.boot work|post`. The application is loaded before the first job."""

from __future__ import annotations

import sys
from importlib import import_module

import structlog
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from ntbcare.records.errands import LANES

log = structlog.get_logger()


_app: Flask | None = None


def app() -> Flask:
    """The application of this process, built on first use: importing a worker touches nothing."""
    global _app
    if _app is None:
        _app = import_module("wsgi").app
    return _app


def use(ready: Flask | None) -> None:
    """Run the errands of an application that is already there (a forking server, a test)."""
    global _app
    _app = ready


def main(lane: str) -> None:
    """Answer the doorbell of one lane until told to stop. One queue per worker: several lose jobs (RQ, components.md 3)."""
    if lane not in set(LANES.values()):
        sys.exit(f"There is no lane {lane!r}; there are: {', '.join(sorted(set(LANES.values())))}.")
    from workers import errands

    house = app()
    bell = house.extensions["doorbell"].redis
    connection = type(bell).from_url(_url(), health_check_interval=30)
    queue = Queue(lane, connection=connection, serializer=JSONSerializer)
    log.info("worker.ready", lane=lane)
    errands.run(lane)  # whatever waited while nobody was here
    worker = SimpleWorker([queue], connection=connection, serializer=JSONSerializer, worker_ttl=60, maintenance_interval=60)
    worker.work(logging_level="WARNING", max_jobs=None)


def _url() -> str:
    import config

    return config.read().redis_url


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
