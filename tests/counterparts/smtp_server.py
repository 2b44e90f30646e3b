"""A submission server for tests: aiosmtpd over a real socket, with logins, moods and everything it took."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "lapor@ntbprov.example", "kata/sandi @100%"


class SmtpServer:
    """`with SmtpServer() as smtp:`. moods: answers out of turn, as (command, answer); the answer None keeps silent, "" hangs up.

    mails: (sender, recipients, mail) taken · failing: recipient → answer to RCPT.
    """

    def __init__(self, *, auth: bool = True, secure: ssl.SSLContext | None = None) -> None:
        self.mails: list[tuple[str, list[str], EmailMessage]] = []
        self.raw: list[bytes] = []
        self.failing: dict[str, str] = {}
        self.moods: deque[tuple[str, str | None]] = deque()
        self.commands: list[str] = []
        self.auth = auth
        how = {"authenticator": self._authenticate, "auth_require_tls": False} if auth else {}
        self._controller = Controller(self, "127.0.0.1", 0, server_hostname="smtp.example", ssl_context=secure, **how)
        self.port = 0

    def __enter__(self) -> SmtpServer:
        self._controller.port = _free()
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)

    def url(self, password: str = PASSWORD, scheme: str = "smtp", host: str = "127.0.0.1") -> str:
        who = f"{quote(USER, safe='')}:{quote(password, safe='')}@" if self.auth else ""
        return f"{scheme}://{who}{host}:{self.port}"

    def _authenticate(self, server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        self.commands.append("AUTH")
        if self.moods and self.moods[0][0] == "AUTH":
            return AuthResult(success=False, handled=False, message=self.moods.popleft()[1])
        sound = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=sound, handled=False)

    async def _moody(self, command: str, server: object) -> str:
        self.commands.append(command)
        if not (self.moods and self.moods[0][0] == command):
            return ""
        said = self.moods.popleft()[1]
        if said is None:
            await asyncio.sleep(30)
        if said == "":
            server.transport.close()
            return "250 never read"
        return said or ""

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        said = "530 5.7.0 Authentication required" if self.auth and not session.authenticated else await self._moody("MAIL", server)
        if not said:
            envelope.mail_from = address
        return said or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        said = self.failing.get(address) or await self._moody("RCPT", server)
        if not said:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_NOOP(self, server, session, envelope, arg) -> str:
        return await self._moody("NOOP", server) or "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        """Called when the words are there."""
        said = await self._moody("DATA", server)
        if said:
            return said
        self.raw.append(envelope.original_content)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.original_content, policy=default)))
        return "250 2.0.0 queued"


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]
