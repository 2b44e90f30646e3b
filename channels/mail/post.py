"""One mail out by SMTP: what it looks like, and what the server's codes mean (RFC 5321)."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.mail.line import CONNECT, Place, bounded
from channels.mail.words import storable
from ntbcare.contract import ChannelError, OutgoingMessage, Refused, Throttled

WIRE = SMTP.clone(cte_type="7bit")  # every server takes it, with or without 8BITMIME
PATIENCE = 60.0  # seconds, when a server says «later» without saying when
LATER = (421, 450, 451)
GREYLISTED = (450, 451)  # 421 closes the whole line, whoever the recipient is
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
ENHANCED = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


def compose(message: OutgoingMessage, ours: str, name: str) -> bytes:
    """`name` is the Message-ID without its brackets. Plain text in UTF-8, marked as written by a machine so that no other machine answers. Raises Refused for a bad address."""
    if not MAILBOX.fullmatch(message.to) or len(message.to) > 254:
        raise Refused("not a mailbox", code="mailbox")
    mail = EmailMessage(policy=WIRE)
    mail["From"] = ours
    mail["To"] = message.to
    mail["Subject"] = " ".join(storable(message.subject).split()) or "Laporan Anda"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{name}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    answered = message.thread.strip().strip("<>")
    if "@" in answered and re.fullmatch(
        r"[!-;=?-~]{1,900}", answered
    ):  # visible ASCII without brackets: anything else is no id and could end a header
        mail["In-Reply-To"] = mail["References"] = f"<{answered}>"
    lines = [storable(message.text), *(["", *(f"Balas: {storable(text)}" for _, text in message.choices)] if message.choices else [])]
    mail.set_content("\n".join(lines))
    return mail.as_bytes()


def deliver(at: Place, ours: str, to: str, mail: bytes, timeout: float) -> None:
    """One attempt. perhaps_sent only after the server asked for the words and did not say what became of them."""
    leaving = False
    with _errors(lambda: leaving), _session(at, ours, timeout) as line:
        _agree(line.mail(ours), ours=True)
        _agree(line.rcpt(to), person=True)
        leaving = True
        try:
            answer = line.data(mail)
        except smtplib.SMTPDataError as error:  # it did not even ask for the words
            leaving = False
            _agree((error.smtp_code, _bytes(error.smtp_error)))
            raise
        _agree(answer, leaving=True)


def try_out(at: Place, ours: str, timeout: float) -> None:
    """EHLO, login, NOOP."""
    with _errors(lambda: False), _session(at, ours, timeout) as line:
        _agree(line.noop(), ours=True)


@contextlib.contextmanager
def _session(at: Place, ours: str, timeout: float) -> Iterator[smtplib.SMTP]:
    """Greeted, encrypted and logged in as the address says."""
    name = ours.rpartition("@")[2]  # given here: smtplib would ask the name servers for it
    secure = ssl.create_default_context()
    if at.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, name, timeout=CONNECT, context=secure)
    else:
        line = smtplib.SMTP(at.host, at.port, name, timeout=CONNECT)
    try:
        assert line.sock is not None
        line.sock.settimeout(timeout)
        with bounded(line.sock, 3 * timeout):
            line.ehlo_or_helo_if_needed()
            if at.scheme == "smtp+starttls" or (at.scheme == "smtp" and at.user and not at.near):  # no password in the clear
                line.starttls(context=secure)
                line.ehlo()
            if at.user:
                line.login(at.user, at.password)
            yield line
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
    finally:
        line.close()


@contextlib.contextmanager
def _errors(leaving: Callable[[], bool]) -> Iterator[None]:
    """smtplib's errors → what the house must decide. Servers quote mailboxes in their words, so only the codes go on."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise ChannelError("the SMTP server does not take logins at the moment", code=str(error.smtp_code)) from None
        raise ChannelError("our SMTP user or password is not accepted", code="401") from None
    except smtplib.SMTPNotSupportedError:
        raise ChannelError("the SMTP server offers no encryption or no login", code="403") from None
    except ssl.SSLCertVerificationError:
        raise ChannelError("the SMTP server's certificate is not to be trusted", code="403") from None
    except smtplib.SMTPResponseException as error:
        _agree((error.smtp_code, _bytes(error.smtp_error)), ours=True)
        raise ChannelError("the SMTP server answered out of turn", code=str(error.smtp_code), perhaps_sent=leaving()) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise ChannelError(f"the SMTP server did not answer properly: {type(error).__name__}", perhaps_sent=leaving()) from None


def _agree(answer: tuple[int, bytes], *, ours: bool = False, leaving: bool = False, person: bool = False) -> None:
    """Nothing for a 2xx or 3xx. `ours`: said before there was a recipient, so it is about our account, not about this message;
    `person`: said of the recipient, so «later» (greylisting, a full mailbox) is about nobody else."""
    code, said = answer[0], _bytes(answer[1])
    if 200 <= code < 400:
        return
    enhanced = ENHANCED.search(said)
    words = f"SMTP {code}{' ' + enhanced[0].decode() if enhanced else ''}"
    if code in LATER:
        raise Throttled(words, after=PATIENCE, code=str(code), person=person and code in GREYLISTED)
    if 400 <= code < 500:
        raise ChannelError(words, code=str(code))
    if code == 530 or ours or b"relay" in said.lower():
        raise ChannelError(f"our SMTP account: {words}", code="401" if code in (530, 535) else "403")
    if code >= 500:
        raise Refused(words, code=str(code))
    raise ChannelError(f"the SMTP server did not answer properly: {words}", perhaps_sent=leaving)


def _bytes(given: bytes | str) -> bytes:
    return given if isinstance(given, bytes) else given.encode("utf-8", "replace")
