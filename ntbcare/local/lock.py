"""One house per DATA_DIR: a lock file that the kernel frees when its last holder ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Callable

from ntbcare.local.errors import Refused
from ntbcare.local.places import Places, own_folder
from ntbcare.local.residents import alive

CLEANUP_LIMIT = 45.0  # seconds; the minder of a killed run keeps the lock while it tidies up


def acquire(places: Places, say: Callable[[str], None] = print, nap: Callable[[float], None] = time.sleep) -> int:
    """Take the lock of ``places`` and return its file descriptor; closing it frees the lock.

    Raises Refused when a living process has it.
    """
    own_folder(places.data_dir, 0o711 if places.identity else 0o700)
    descriptor = os.open(places.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    limit = time.monotonic() + CLEANUP_LIMIT
    told = False
    while not _try(descriptor):
        holder = _holder(descriptor)
        if (holder and alive(holder)) or time.monotonic() > limit:
            os.close(descriptor)
            who = f" (process {holder})" if holder else ""
            raise Refused(
                f"A house is already running on {places.data_dir}{who}. "
                "End it there with Ctrl-C, or set DATA_DIR and PORT to run a second one."
            )
        if not told:
            say("An earlier run was killed; waiting until it has tidied up")
            told = True
        nap(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None
