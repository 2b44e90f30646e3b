"""How gunicorn serves the house on one machine; read by gunicorn (in the trunk's branch), not imported by us."""

import gc
import os
from typing import Any

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
control_socket_disable = True
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"  # the heartbeat of a worker must not wait for a disk


def when_ready(server: Any) -> None:
    """The app is imported and no worker is forked: freeze what is there."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """In the new worker: collect again, and let go of connections that belong to the parent."""
    gc.enable()
    from ntbcare.records.work import after_fork

    after_fork(worker.app.wsgi())
