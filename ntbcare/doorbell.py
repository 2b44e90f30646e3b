"""The doorbell: tells a worker "look now" through RQ. It carries no facts; when it is broken the sweep rings a second later."""

from __future__ import annotations

import time

import structlog
from prometheus_client import Counter
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()
_RUNG = Counter("ntbcare_doorbell_rings", "Times a worker was told to look", ["lane", "result"])
_COMMAND = "workers.errands.run"
_QUIET = 1.0  # seconds: after a failed ring do not try again at once, so a dead Redis does not slow every request
_FLAG_SECONDS = 5  # a ring that no worker answered is forgotten after this, and may ring again


class Doorbell:
    """Rings lanes. Many rings while a worker is already on its way are one ring (a flag in Redis)."""

    def __init__(self, url: str) -> None:
        self.redis = Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5)
        self._queues: dict[str, Queue] = {}
        self._silent_until = 0.0

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
            except RedisError as broken:
                self._silent_until = time.monotonic() + _QUIET
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
