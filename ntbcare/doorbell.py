"""The doorbell: tells a worker "look now" through RQ. It carries no facts; when it is broken the sweep rings a second later."""

from __future__ import annotations

import time

import structlog
from prometheus_client import Counter
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()
_RUNG = Counter("ntbcare_doorbell_rings", "Times a worker was told to look", ["lane", "result"])
_COMMAND = "workers.errands.run"
_PATIENCE = 0.5  # seconds a ring waits for Redis, once: redis-py by itself would try again and again
# seconds: after a failed ring none is tried for so long, doubled each time, so that a dead or hung Redis does not slow requests
_QUIET, _QUIETEST = 1.0, 8.0
_FLAG_SECONDS = 5  # a ring that no worker answered is forgotten after this, and may ring again


class Doorbell:
    """Rings lanes. Many rings while a worker is already on its way are one ring (a flag in Redis)."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=Retry(NoBackoff(), 0))
        self._queues: dict[str, Queue] = {}
        self._silent_until = 0.0
        self._quiet = _QUIET

    def queue(self, lane: str) -> Queue:
        """The lane's one RQ queue."""
        if lane not in self._queues:
            self._queues[lane] = Queue(lane, connection=self.redis, serializer=JSONSerializer)
        return self._queues[lane]

    def ring(self, lanes: set[str]) -> None:
        """Best effort: never raises, never waits long."""
        if time.monotonic() < self._silent_until:
            return
        for lane in sorted(lanes):
            try:
                if self.redis.set(flag(lane), "1", nx=True, ex=_FLAG_SECONDS):
                    self.queue(lane).enqueue(_COMMAND, lane, job_timeout=120, result_ttl=0, failure_ttl=3600)
                    _RUNG.labels(lane, "rung").inc()
                else:
                    _RUNG.labels(lane, "already").inc()
                self._quiet = _QUIET
            except RedisError as broken:
                self._silent_until = time.monotonic() + self._quiet
                self._quiet = min(self._quiet * 2, _QUIETEST)
                _RUNG.labels(lane, "failed").inc()
                log.warning("doorbell.broken", lane=lane, error=type(broken).__name__)
                return

    def answered(self, lane: str) -> None:
        """A worker has come: rings from now on are new rings."""
        try:
            self.redis.delete(flag(lane))
        except RedisError as broken:
            log.warning("doorbell.broken", lane=lane, error=type(broken).__name__)

    def well(self) -> bool:
        """Does Redis answer?"""
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False


def flag(lane: str) -> str:
    """The key that says somebody already rang."""
    return f"ntbcare:rung:{lane}"
