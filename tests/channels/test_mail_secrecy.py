"""Encrypted lines: only to a server whose certificate somebody we trust has signed for this very name."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from channels.mail import Mail
from ntbcare.contract import ChannelError, OutgoingMessage
from tests.counterparts.imap_server import ScriptedImap
from tests.counterparts.smtp_server import SmtpServer

OURS = "lapor@ntbprov.example"
OPEN = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\n{tag} OK [READ-WRITE] open\r\n"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that has signed itself, with its key."""
    folder = tmp_path_factory.mktemp("papers")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "key",
         "-out", folder / "certificate", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def secure(papers: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "certificate", papers / "key")
    return context


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["signed by nobody we trust", "made out to another name"])
def test_a_certificate_that_proves_nothing_stops_us_before_the_password(
    papers: Path, secure: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    if host != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(papers / "certificate"))
    with ScriptedImap(("SELECT", OPEN), secure=secure) as imap, SmtpServer(secure=secure) as smtp:
        channel = Mail(OURS, imap.url(host), smtp.url(scheme="smtps", host=host), timeout=2.0)
        with pytest.raises(ChannelError) as heard:
            channel.poll("")
        with pytest.raises(ChannelError) as said:
            channel.send(OutgoingMessage("notice-1", "aminah@desa.example", "Halo"))
        assert (imap.heard, smtp.commands) == ([], [])
    assert (heard.value.code, said.value.code, said.value.perhaps_sent) == ("403", "403", False)


def test_a_certificate_in_order_lets_mail_through_both_ways(papers: Path, secure: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(papers / "certificate"))
    with ScriptedImap(("SELECT", OPEN), secure=secure) as imap, SmtpServer(secure=secure) as smtp:
        channel = Mail(OURS, imap.url("localhost"), smtp.url(scheme="smtps", host="localhost"), timeout=5.0)
        assert channel.poll("").cursor == "7:0"
        assert channel.send(OutgoingMessage("notice-1", "aminah@desa.example", "Halo")).final is True
        assert len(smtp.mails) == 1
