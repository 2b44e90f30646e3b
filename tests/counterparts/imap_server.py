"""IMAP for tests: the real Dovecot of Debian's dovecot-imapd on loopback, and a server that reads its answers from a script."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PASSWORD = "rahasia@1/sangat:panjang&tiga?empat"


class Dovecot:
    """Every name is a user with a mailbox of their own, and all have PASSWORD."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log

    def url(self, user: str, folder: str = "", password: str = PASSWORD) -> str:
        return f"imap://{quote(user, safe='')}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(folder)}"

    @contextmanager
    def session(self, user: str) -> Iterator[imaplib.IMAP4]:
        """What a mail program of that user would do."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as line:
            line.login(user, PASSWORD)
            yield line

    def deliver(self, user: str, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Put letters into a mailbox, as they are."""
        with self.session(user) as line:
            line.create(folder)
            for mail in mails:
                state, said = line.append(folder, flags or None, None, re.sub(rb"\r?\n", b"\r\n", mail))
                assert state == "OK", said

    def flags(self, user: str, folder: str = "INBOX") -> list[tuple[int, bool]]:
        """(UID, seen?) of every mail."""
        with self.session(user) as line:
            line.select(folder, readonly=True)
            rows = line.uid("FETCH", "1:*", "(FLAGS)")[1]
        texts = [row.decode() for row in rows if row]
        return sorted((int(re.search(r"UID (\d+)", text)[1]), "\\Seen" in text) for text in texts)

    def carried(self, user: str) -> int:
        """Bytes of letters' bodies that the user's last session took away; Dovecot notes them when the session has ended."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            rows = [row for row in self.log.read_text().splitlines() if user in row]
            ended = [row for row in rows if "body_bytes=" in row]
            if ended and len(ended) == sum(": Info: Login: " in row for row in rows):
                return int(ended[-1].rpartition("body_bytes=")[2])
            time.sleep(0.02)
        raise AssertionError(self.log.read_text()[-2000:])

    def make_anew(self, user: str, folder: str) -> None:
        """Throw a folder away and make it again: another UIDVALIDITY."""
        with self.session(user) as line:
            line.delete(folder)
            line.create(folder)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """As whoever we are; started by root, it keeps mail as nobody, for it refuses to do so as root."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    home.chmod(0o755)
    root = os.getuid() == 0
    me = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    group = grp.getgrgid(os.getgid()).gr_name
    (home / "mail").mkdir()
    os.chown(home / "mail", me.pw_uid, me.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "conf").write_text(f"""
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
login_greeting = ready
default_login_user = {"dovenull" if root else me.pw_name}
default_internal_user = {"dovecot" if root else me.pw_name}
default_internal_group = {"dovecot" if root else group}
first_valid_uid = 0
mail_location = maildir:{home}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
listen = 127.0.0.1
service anvil {{
  chroot =
}}
service auth {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={me.pw_uid} gid={me.pw_gid} home={home}/mail/%u
}}
""")
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "dovecot"
    master = subprocess.Popen([program, "-F", "-c", str(home / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, home / "log")
        yield Dovecot(port, home / "log")
    finally:
        master.terminate()
        try:
            master.wait(10)
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                if line.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError(log.read_text() if log.exists() else "dovecot did not start")


class ScriptedImap:
    """Answers each command by the first rule whose words begin it; {tag} is filled in. None: say nothing more; b"": hang up.

    `heard` keeps what was asked. What no rule knows is answered OK. A bytes answer is sent as it is, a function gets the tag.
    """

    def __init__(
        self,
        *rules: tuple[str, bytes | Callable[[str], bytes] | None],
        greeting: bytes = b"* OK ready\r\n",
        host: str = "127.0.0.1",
        secure: ssl.SSLContext | None = None,
    ) -> None:
        self.rules = (*rules, ("CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"))
        self.greeting, self._secure = greeting, secure
        self.heard: list[str] = []
        self._door = socket.create_server((host, 0))
        self.port = self._door.getsockname()[1]
        self._open: list[socket.socket] = []

    def url(self, host: str = "127.0.0.1") -> str:
        return f"imap{'s' if self._secure else ''}://lapor:x@{host}:{self.port}/"

    def __enter__(self) -> ScriptedImap:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        for line in self._open:
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            self._open.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            line = self._secure.wrap_socket(line, server_side=True) if self._secure else line
            line.sendall(self.greeting)
            for row in line.makefile("rb"):
                tag, _, words = row.decode().strip().partition(" ")
                self.heard.append(words)
                answer = next((said for start, said in self.rules if words.upper().startswith(start)), b"{tag} OK done\r\n")
                if callable(answer):
                    answer = answer(tag)
                if answer == b"":
                    line.shutdown(socket.SHUT_RDWR)
                    return
                if answer is not None:
                    line.sendall(answer.replace(b"{tag}", tag.encode()))
        except OSError:
            return
