"""A process of its own for a file that needs work: it is given little time and memory, and nothing of the house but the bytes.

`python -m ntbcare.washing <seconds> <memory>` reads the file from its standard input and answers on its standard output: a line
"kept <mime> <suffix> <bytes>" and the content, or "refused <bytes>" and the sentence in UTF-8.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from ntbcare.washing.outcome import BROKEN, Unwelcome, Washed

SECONDS = 20  # of a processor. A photo takes one, the worst honest one about eight
MEMORY = 1536 * 1024 * 1024  # bytes of address space. The worst honest picture takes 660 MB
PATIENCE = 30.0  # seconds by the clock on the wall

_ROOT = Path(__file__).resolve().parents[2]
# an interpreter that was not put where it was built for needs to be told where its library is
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# who ends us ends the child with us, and a machine without memory takes whom it likes: none of this is the file's fault
_NOT_ITS_FAULT = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGKILL}
_two_at_a_time = threading.BoundedSemaphore(2)  # six hands of the post may hold six photos; only two are spread out in memory


def washed(content: bytes, seconds: int = SECONDS, memory: int = MEMORY, patience: float = PATIENCE) -> Washed:
    """Wash a file over there. Raises Unwelcome, also when it takes too long; OSError when there is no process or memory for it."""
    # -P: nothing is imported from the folder one happens to be in; no variable of ours, no key, is in the child
    words = [sys.executable, "-P", "-s", "-m", "ntbcare.washing", str(seconds), str(memory)]
    around = {"PYTHONPATH": str(_ROOT)} | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with _two_at_a_time:
        try:
            done = subprocess.run(
                words, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=patience, env=around, cwd="/",
                check=False, start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired as too_long:
            raise Unwelcome(BROKEN) from too_long
    if done.returncode > 0 or done.returncode in _NOT_ITS_FAULT:
        raise OSError(f"the wash ended with {done.returncode}")
    if done.returncode < 0:  # out of time, or a decoder that fell
        raise Unwelcome(BROKEN)
    return _read(done.stdout)


def told(outcome: Washed | Unwelcome) -> bytes:
    """An answer, as the child writes it."""
    if isinstance(outcome, Unwelcome):
        sentence = outcome.sentence.encode()
        return b"refused %d\n" % len(sentence) + sentence
    return f"kept {outcome.mime} {outcome.suffix} {len(outcome.content)}\n".encode() + outcome.content


def _read(answer: bytes) -> Washed:
    head, _, body = answer.partition(b"\n")
    match head.decode("ascii", "replace").split():
        case ["kept", mime, suffix, size] if size == str(len(body)):
            return Washed(body, mime, suffix)
        case ["refused", size] if size == str(len(body)):
            raise Unwelcome(body.decode())
    raise OSError("the wash gave no answer")
