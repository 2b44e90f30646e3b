"""One worker process for one lane: `python -m workers.boot work|post`. The application is loaded before the first job."""

from __future__ import annotations

import signal
import sys
import threading
import time
from importlib import import_module
from types import FrameType

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker
from sqlalchemy.exc import SQLAlchemyError

from ntbcare.doorbell import Doorbell
from ntbcare.records.errands import LANES

log = structlog.get_logger()
_LOOK = 1.0  # seconds between two looks while nobody can ring
_STAY = 10.0  # seconds for which the looks go on once Redis is back: those who ring have yet to notice

_app: Flask | None = None
ending = threading.Event()  # this process was told to end: begin nothing more


class _Worker(SimpleWorker):
    """RQ's worker, whose job in hand hears as well that the process is to end."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        ending.set()
        super().request_stop(signum, frame)


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
    bell = app().extensions["doorbell"]
    log.info("worker.ready", lane=lane)
    signal.signal(signal.SIGTERM, _leave)  # RQ puts its own here, but only once Redis has answered it
    try:
        _look(lane)  # whatever waited while nobody was here
        threading.Thread(target=_watch, args=(lane, bell), daemon=True).start()
        while _listen(lane):
            pass
    finally:
        ending.set()
        _part()


def _leave(signum: int, frame: FrameType | None) -> None:
    """Nothing is in the hand of this thread but, at the very start, an errand whose transaction is rolled back."""
    sys.exit(0)


def _part() -> None:
    from workers import post

    post.part()


def _listen(lane: str) -> bool:
    """RQ's loop. RQ waits for an idle worker's Redis and gives up in mid-job; then this says True: begin again."""
    worker = None
    try:
        connection = Redis.from_url(_url(), health_check_interval=30)
        queue = Queue(lane, connection=connection, serializer=JSONSerializer)
        worker = _Worker([queue], connection=connection, serializer=JSONSerializer, worker_ttl=60, maintenance_interval=60)
        worker.max_connection_wait_time = _LOOK  # not RQ's minute
        worker.work(logging_level="WARNING", max_jobs=None)
        if worker._shutdown_requested_date is None:
            time.sleep(_LOOK)
    except RedisError as broken:
        log.warning("worker.redis", lane=lane, error=type(broken).__name__)
        time.sleep(_LOOK)
    except StopRequested:
        return False
    return worker is None or worker._shutdown_requested_date is None


def _watch(lane: str, bell: Doorbell) -> None:
    """While Redis does not answer, nobody can ring: look every second. The leases keep this apart from what RQ starts."""
    looking = 0.0
    while True:
        time.sleep(_LOOK)
        if not bell.well():
            looking = time.monotonic() + _STAY
        if time.monotonic() < looking:
            _look(lane)


def _look(lane: str) -> None:
    """Drain the lane unasked. A ledger that is away is waited for."""
    from workers import errands

    try:
        errands.run(lane)
    except SQLAlchemyError as broken:
        log.warning("worker.database", lane=lane, error=type(broken).__name__)


def _url() -> str:
    import config

    return config.read().redis_url


if __name__ == "__main__":
    import_module("workers.boot").main(sys.argv[1] if len(sys.argv) > 1 else "")  # the module that the errands know, not a second copy
