"""Turns Ctrl-C, SIGTERM and a closed terminal into one calm flag that every wait looks at."""

import contextlib
import os
import signal
import time
from types import FrameType

from ntbcare.local.errors import Ended

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSign:
    """Set by the first signal; a second one changes nothing, so a double Ctrl-C cannot cut the tidying up short.

    ``wake`` is a file descriptor that becomes readable when a signal came.
    """

    def __init__(self) -> None:
        self.raised = False
        self.wake, self._bell = os.pipe()
        os.set_blocking(self._bell, False)

    def install(self) -> None:
        """Take the signals; only from the main thread."""
        for number in _SIGNALS:
            signal.signal(number, self._raise)

    def nap(self, seconds: float) -> None:
        """Sleep, but raise Ended at once when a signal has come."""
        limit = time.monotonic() + seconds
        while True:
            self.check()
            left = limit - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def check(self) -> None:
        """Raise Ended when a signal has come."""
        if self.raised:
            raise Ended

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self.raised = True
        with contextlib.suppress(OSError):  # the pipe is full of earlier signals: it is readable already
            os.write(self._bell, b"!")
