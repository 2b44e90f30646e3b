"""A small shell that outlives us: when we end in any way, it ends the processes we still had."""

import contextlib
import os
import subprocess

# It reads lines until our end of the pipe closes, then obeys the last one, for instance
# "TERM:120 TERM:121 | TERM:110 | INT:100": stage by stage, ten seconds each, then SIGKILL to the group.
_SCRIPT = """
trap '' INT TERM HUP QUIT
last=
while IFS= read -r line; do last=$line; done
pids=
alive() {
  kill -0 "$1" || return 1
  read -r facts < "/proc/$1/stat" || return 0
  case $facts in *') Z '*) return 1 ;; esac  # a zombie nobody has reaped is dead
}
settle() {
  n=0
  while [ $n -lt 100 ]; do
    left=
    for p in $pids; do alive "$p" && left="$left $p"; done
    [ -z "$left" ] && break
    sleep 0.1; n=$((n + 1))
  done
  for p in $left; do kill -KILL -- "-$p" 2>/dev/null; done
  pids=
}
for word in $last; do
  case $word in
    '|') settle ;;
    *) kill -"${word%%:*}" "${word#*:}" 2>/dev/null && pids="$pids ${word#*:}" ;;
  esac
done
settle
"""


class Minder:
    """Ends our processes when we cannot: after a kill -9 of ours nothing is left running, on any Unix.

    It also inherits the house lock, so the next run waits until it has finished.
    """

    def __init__(self, lock: int):
        """``lock``: the descriptor of the house lock."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[lock],
            start_new_session=True,
            cwd="/",
        )

    def watch(self, *stages: list[tuple[str, int | None]]) -> None:
        """Replace what is to be ended: stages of (signal name, pid), in order. A pid None is left out."""
        words = [" ".join(f"{name}:{pid}" for name, pid in stage if pid is not None) for stage in stages]
        assert self._shell.stdin is not None
        with contextlib.suppress(OSError):  # somebody killed the minder; we still tidy up ourselves
            os.write(self._shell.stdin.fileno(), (" | ".join(words) + "\n").encode())

    def dismiss(self) -> None:
        """Nothing is left to end: let the shell go."""
        self.watch()
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait()
