"""The child's side of the tub: limits first, then the file. See tub.py."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

from ntbcare.washing import LARGEST, kinds, tub
from ntbcare.washing.outcome import BROKEN, Unwelcome


def main(seconds: int, memory: int) -> None:
    """Wash what is read, tell what came of it. Ends with 0 whenever there is an answer."""
    with suppress(OSError):  # where memory runs out this process goes, not the house
        Path("/proc/self/oom_score_adj").write_text("1000")
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_AS, memory)
    content = sys.stdin.buffer.read(LARGEST + 1)
    try:
        answer = tub.told(kinds.washed(content))
    except Unwelcome as refused:
        answer = tub.told(refused)
    except MemoryError:
        answer = tub.told(Unwelcome(BROKEN))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _limit(which: int, most: int) -> None:
    """Never more than we were given ourselves. Some systems know no limit of memory."""
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(which, (most, most + 1 if hard == resource.RLIM_INFINITY else hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
