"""How gunicorn serves the house on one machine; read by gunicorn (in the trunk's branch), not imported by us."""

import gc
import logging
import os
import re
import traceback
from typing import Any

from gunicorn.glogging import Logger

# Objects made while the app is imported stay for ever: no collector need walk, or copy, their pages.
gc.disable()

_host = os.environ.get("HOST") or "127.0.0.1"
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = 2
threads = 2
preload_app = True
max_requests = 5000
max_requests_jitter = 500
timeout = 30
graceful_timeout = 6  # below the eight seconds the trunk waits before SIGKILL
keepalive = 5
loglevel = "warning"
accesslog = None  # the query of /hooks/kannel/* holds our secret, a citizen's number and words: no line of it is ever written
limit_request_line = 8190  # the most gunicorn knows: Kannel brings a long SMS in its address, three letters for each byte
control_socket_disable = True
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # the heartbeat of a worker must not wait for a disk


def discreet(record: logging.LogRecord) -> bool:
    """gunicorn quotes whole addresses, callers and whatever it cannot read: a line tells what went wrong, and nobody's words."""
    told = re.sub(r"\bip=\S+", "ip=…", record.getMessage())
    record.msg, record.args = re.sub(r"\?\S*|b?['\"].*", "…", told, flags=re.DOTALL), ()
    if record.exc_info and record.exc_info[0]:
        frames = "".join(traceback.format_tb(record.exc_info[2]))
        record.exc_text, record.exc_info = f"{frames}{record.exc_info[0].__name__}", None
    return True


class Discreet(Logger):  # type: ignore[misc,unused-ignore]
    """gunicorn's own log, made discreet."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(discreet)


logger_class = Discreet


def when_ready(server: Any) -> None:
    """The app is imported and no worker is forked: freeze what is there."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """In the new worker: collect again, and let go of connections that belong to the parent."""
    gc.enable()
    from ntbcare.records.work import after_fork

    after_fork(worker.app.wsgi())
