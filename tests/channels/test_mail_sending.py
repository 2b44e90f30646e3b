"""Mail out by a real SMTP conversation: what it looks like, and what every answer means for the house."""

from __future__ import annotations

import multiprocessing
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.mail import Mail
from ntbcare.contract import ChannelError, OutgoingMessage, Refused, Sent, Throttled
from tests.counterparts.smtp_server import SmtpServer

OURS = "lapor@ntbprov.example"
AMINAH = "aminah@desa.example"
NOBODY = "imap://lapor:x@127.0.0.1:1/"


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def words(text: str = "Laporan NTB-7K3M diterima", to: str = AMINAH, key: str = "notice-1", **more: object) -> OutgoingMessage:
    return OutgoingMessage(key, to, text, **more)


def send(smtp: SmtpServer, message: OutgoingMessage | None = None, **how: str) -> Sent:
    return Mail(OURS, NOBODY, smtp.url(**how), timeout=2.0).send(message or words())


def failure(smtp: SmtpServer, message: OutgoingMessage | None = None, **how: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        send(smtp, message, **how)
    assert AMINAH not in caught.value.reason
    return caught.value


def test_a_mail_leaves_with_its_name_and_says_that_a_machine_wrote_it(smtp: SmtpServer) -> None:
    sent = send(smtp, words("Terima kasih 🙏, laporan Anda diterima.", subject="Laporan NTB-7K3M"))
    assert re.fullmatch(r"notice-1\.[0-9a-f]{16}@ntbprov\.example", sent.external_id)
    assert sent.final
    ((sender, recipients, mail),) = smtp.mails
    assert (sender, recipients) == (OURS, [AMINAH])
    assert mail.get_content().strip() == "Terima kasih 🙏, laporan Anda diterima."
    told = {
        name: mail[name] for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To")
    }
    assert told == {
        "From": OURS, "To": AMINAH, "Subject": "Laporan NTB-7K3M", "Message-ID": f"<{sent.external_id}>", "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All", "In-Reply-To": None,
    }  # fmt: skip
    assert abs(mail["Date"].datetime.timestamp() - time.time()) < 60
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")


def test_an_answer_hangs_below_the_letter_it_answers(smtp: SmtpServer) -> None:
    send(smtp, words(thread="CAF+x@mail.example"))
    send(smtp, words(thread="<CAF+x@mail.example>"))
    send(smtp, words(thread="uid 3\r\nBcc: x@y"))
    assert [mail["In-Reply-To"] for _, _, mail in smtp.mails] == ["<CAF+x@mail.example>", "<CAF+x@mail.example>", None]
    assert smtp.mails[0][2]["References"] == "<CAF+x@mail.example>"
    assert smtp.mails[0][2]["Subject"] == "Laporan Anda"


def test_choices_are_words_to_answer_with(smtp: SmtpServer) -> None:
    send(smtp, words("Sudah selesai?", choices=(("Sudah", "NTB-7K3M YA"), ("Belum", "NTB-7K3M BELUM"))))
    assert smtp.mails[0][2].get_content().splitlines() == ["Sudah selesai?", "", "Balas: NTB-7K3M YA", "Balas: NTB-7K3M BELUM"]


def test_no_value_of_ours_can_begin_a_header_of_its_own(smtp: SmtpServer) -> None:
    send(smtp, words("isi\r\n.\r\nMAIL FROM:<x@y>\x00 \ud83d", subject="Laporan\r\nBcc: semua@desa.example\n\x00", key="a\r\nBcc: x@y"))
    ((_, recipients, mail),) = smtp.mails
    assert recipients == [AMINAH]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Laporan Bcc: semua@desa.example \ufffd"
    assert mail.get_content().splitlines() == ["isi", ".", "MAIL FROM:<x@y>\ufffd \ufffd"]
    assert mail["Message-ID"].endswith("@ntbprov.example>")
    assert all(len(line) <= 998 and line.isascii() for line in smtp.raw[0].decode("ascii").splitlines())


@pytest.mark.parametrize(
    "to", ["", "aminah", "a b@c.id", "a@b.id\r\nRCPT TO:<x@y>", "<a@b.id>", "a@b.id,c@d.id", "ñ@desa.example", "a" * 250 + "@b.id"]
)
def test_what_is_no_mailbox_is_refused_before_anybody_is_called(to: str) -> None:
    with pytest.raises(Refused) as caught:
        Mail(OURS, NOBODY, "smtp://127.0.0.1:1").send(words(to=to))
    assert caught.value.code == "mailbox"


# what the server says


@pytest.mark.parametrize(
    ("command", "said", "kind", "code", "permanent"),
    [
        ("RCPT", "550 5.1.1 <aminah@desa.example> unknown", Refused, "550", True),
        ("RCPT", "553 no such mailbox", Refused, "553", True),
        ("RCPT", "452 4.2.2 mailbox full", ChannelError, "452", False),
        ("RCPT", "450 4.2.0 greylisted", Throttled, "450", False),
        ("RCPT", "451 later", Throttled, "451", False),
        ("RCPT", "554 5.7.1 Relay access denied", ChannelError, "403", False),
        ("RCPT", "530 5.7.0 log in first", ChannelError, "401", False),
        ("MAIL", "421 4.7.0 too many", Throttled, "421", False),
        ("MAIL", "550 5.7.1 sender not allowed", ChannelError, "403", False),
        ("DATA", "554 5.7.1 looks like spam", Refused, "554", True),
        ("DATA", "451 4.3.0 later", Throttled, "451", False),
        ("DATA", "452 4.3.1 disk full", ChannelError, "452", False),
        ("AUTH", "454 4.7.0 later", ChannelError, "454", False),
    ],
)  # fmt: skip
def test_every_answer_says_what_to_do(
    smtp: SmtpServer, command: str, said: str, kind: type[ChannelError], code: str, permanent: bool
) -> None:
    smtp.moods.extend([(command, said)] * (2 if command == "AUTH" else 1))  # smtplib tries a second mechanism
    error = failure(smtp)
    assert (type(error), error.code, error.permanent, error.perhaps_sent) == (kind, code, permanent, False)
    if isinstance(error, Throttled):
        assert (error.after, error.person) == (60, command == "RCPT")
    assert smtp.mails == []
    send(smtp)
    assert len(smtp.mails) == 1


def test_a_wrong_password_is_ours_and_loses_nothing(smtp: SmtpServer) -> None:
    error = failure(smtp, password="salah")
    assert (type(error), error.code, error.permanent) == (ChannelError, "401", False)


def test_a_server_that_wants_no_login_gets_none() -> None:
    with SmtpServer(auth=False) as smtp:
        send(smtp)
        assert "AUTH" not in smtp.commands
        assert len(smtp.mails) == 1


def test_a_server_that_is_away_sent_nothing() -> None:
    with pytest.raises(ChannelError) as caught:
        Mail(OURS, NOBODY, "smtp://127.0.0.1:1").send(words())
    assert (caught.value.perhaps_sent, caught.value.permanent) == (False, False)


@pytest.mark.parametrize(("command", "perhaps"), [("MAIL", False), ("RCPT", False), ("DATA", True)])
@pytest.mark.parametrize("said", [None, ""], ids=["falls silent", "hangs up"])
def test_a_line_that_breaks_may_have_sent_only_once_the_words_were_under_way(
    smtp: SmtpServer, command: str, perhaps: bool, said: str | None
) -> None:
    smtp.moods.append((command, said))
    begun = time.monotonic()
    with pytest.raises(ChannelError) as caught:
        Mail(OURS, NOBODY, smtp.url(), timeout=0.4).send(words())
    assert time.monotonic() - begun < 5
    assert (caught.value.perhaps_sent, caught.value.permanent) == (perhaps, False)


def test_a_server_that_drips_is_left_all_the_same() -> None:
    """One byte now and then keeps every time-out between two bytes from striking."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_drip, args=(door,), daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(ChannelError):
            Mail(OURS, NOBODY, f"smtp://127.0.0.1:{door.getsockname()[1]}", timeout=0.4).send(words())
        assert time.monotonic() - begun < 5


def _drip(door: socket.socket) -> None:
    line, _ = door.accept()
    with line:
        line.sendall(b"220 ready\r\n250-")
        try:
            while True:
                line.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            return


def test_a_password_never_crosses_a_foreign_line_in_the_clear(smtp: SmtpServer) -> None:
    """0.0.0.0 leads to this machine as well, but it is no loopback address, so STARTTLS is asked for, and there is none."""
    error = failure(smtp, host="0.0.0.0")
    assert (error.code, smtp.commands) == ("403", [])
    error = failure(smtp, scheme="smtp+starttls")
    assert (error.code, smtp.commands) == ("403", [])


def test_many_threads_and_a_forked_child_send_side_by_side(smtp: SmtpServer) -> None:
    channel = Mail(OURS, NOBODY, smtp.url(), timeout=5.0)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda at: channel.send(words(key=f"notice-{at}")), range(8)))
    child = multiprocessing.get_context("fork").Process(target=channel.send, args=(words(key="notice-8"),))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    last = channel.send(words(key="notice-8"))  # the same name again, from another process
    assert {mail["Message-ID"] for _, _, mail in smtp.mails} == {f"<{each.external_id}>" for each in (*sent, last)}
    assert len(smtp.mails) == 10
