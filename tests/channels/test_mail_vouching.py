"""Who wrote, and whether they saw our letter: what nobody proved is not believed."""

from __future__ import annotations

import pytest

from channels.mail import Mail
from ntbcare.contract import IncomingMessage, Item, OutgoingMessage
from tests.counterparts.imap_server import ScriptedImap
from tests.counterparts.smtp_server import SmtpServer

OURS = "lapor@ntbprov.example"
NOWHERE = "smtp://127.0.0.1:1"
SELECT = ("SELECT", b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n{tag} OK [READ-WRITE] open\r\n")
PASS = "mx.ntbprov.example; dmarc=pass (p=reject) header.from=desa.example"


def reading(mail: str) -> tuple[tuple[str, bytes], ...]:
    """A server with this one letter, whose structure it does not tell."""
    content = mail.replace("\n", "\r\n").encode()
    return (
        ("UID FETCH", b"* 1 FETCH (UID 1 BODYSTRUCTURE NIL BODY[]<0> {%d}\r\n%s)\r\n{tag} OK done\r\n" % (len(content), content)),
        ("UID SEARCH", b"* SEARCH 1\r\n{tag} OK done\r\n"),
        SELECT,
    )


def heard(*headers: str, sender: str = "From: Aminah <aminah@desa.example>", authserv_id: str = "mx.ntbprov.example") -> IncomingMessage:
    with ScriptedImap(*reading("\n".join((*headers, sender, "Subject: Re: x", "", "Halo")))) as server:
        (item,) = Mail(OURS, server.url(), NOWHERE, authserv_id=authserv_id, timeout=2.0).poll("7:0").items
    assert isinstance(item, IncomingMessage)
    assert item.text == "Halo"
    return item


@pytest.mark.parametrize(
    "said",
    [
        PASS,
        "MX.ntbprov.example 1; spf=fail smtp.mailfrom=x@y.id; dmarc=pass header.from=DESA.example",
        "mx.ntbprov.example;\n dkim=pass (2048-bit key; unprotected) header.d=desa.example header.i=@desa.example;\n spf=none",
        "mx.ntbprov.example; dkim=fail header.d=y.id; spf=pass smtp.mailfrom=aminah@desa.example",
        "mx.ntbprov.example; dmarc=none header.from=desa.example; spf=pass smtp.mailfrom=desa.example",
    ],
)
def test_a_sender_is_believed_whom_our_own_server_vouches_for(said: str) -> None:
    message = heard(f"Authentication-Results: {said}")
    assert (message.authentic, message.sender) == (True, "aminah@desa.example")


@pytest.mark.parametrize(
    "said",
    [
        "mx.ntbprov.example; none",
        "mx.ntbprov.example; dmarc=fail header.from=desa.example",
        "mx.ntbprov.example; dmarc=fail header.from=desa.example; spf=pass smtp.mailfrom=desa.example",
        "mx.ntbprov.example; dmarc=pass header.from=jahat.example",
        "mx.ntbprov.example; dmarc=pass",
        "mx.ntbprov.example; dkim=pass header.d=jahat.example",
        "mx.ntbprov.example; dkim=pass header.d=example",
        "mx.ntbprov.example; spf=pass smtp.mailfrom=desa.example@jahat.example",
        "mx.ntbprov.example; spf=pass smtp.helo=desa.example",
        "mx.jahat.example; dmarc=pass header.from=desa.example",
        "mx.ntbprov.example.jahat.example; dmarc=pass header.from=desa.example",
        'mx.ntbprov.example; spf=fail smtp.mailfrom="a; dmarc=pass header.from=desa.example"@jahat.example',
        "mx.ntbprov.example; spf=fail (says; dmarc=pass header.from=desa.example) smtp.mailfrom=a@jahat.example",
        r"mx.ntbprov.example; spf=fail (a \) b; dmarc=pass header.from=desa.example",
        "mx.ntbprov.example; dkim=pass header.d=jahat.example header.d=desa.example",
        "mx.ntbprov.example; dmarc=pass " + "x" * 2_000 + " header.from=desa.example",
    ],
)
def test_a_sender_is_not_believed_on_any_other_word(said: str) -> None:
    assert heard(f"Authentication-Results: {said}").authentic is False


def test_only_the_topmost_word_of_our_own_server_counts() -> None:
    real = "Authentication-Results: mx.ntbprov.example; dmarc=fail header.from=desa.example"
    assert heard(real, f"Authentication-Results: {PASS}").authentic is False
    assert heard("Authentication-Results: relay.example; dmarc=fail", f"Authentication-Results: {PASS}").authentic is True


def test_without_a_name_for_our_server_nobody_is_believed() -> None:
    assert heard(f"Authentication-Results: {PASS}", authserv_id="").authentic is False
    assert heard("Authentication-Results: ; dmarc=pass header.from=desa.example", authserv_id="").authentic is False
    assert heard().authentic is False


@pytest.mark.parametrize(
    "sender",
    [
        "From: aminah@desa.example\nFrom: gubernur@desa.example",
        "From: gubernur@desa.example, aminah@desa.example",
        "From: gubernur@desa.example)<aminah@desa.example>",
        "From: a" + " " * 2_100 + "<aminah@desa.example>, <x@jahat.example>",
    ],
)
def test_a_from_that_can_be_read_in_two_ways_is_not_believed(sender: str) -> None:
    assert heard(f"Authentication-Results: {PASS}", sender=sender).authentic is False


def test_a_name_in_quotes_or_encoded_letters_is_one_way_to_read() -> None:
    for name in ('"Budi, S.H. <b@x.id>"', "=?utf-8?q?D=C3=A9sir=C3=A9e?=", ""):
        assert heard(f"Authentication-Results: {PASS}", sender=f"From: {name} <aminah@desa.example>").authentic is True


# our own letters' names


def told(quoted: str, *, report: bool) -> Item:
    """What is heard when somebody quotes this name: as an answer, or as a letter that came back. {} is our letter's real name."""
    with SmtpServer() as smtp:
        holder = [b""]
        rules = (("UID FETCH", lambda tag: holder[0].replace(b"{tag}", tag.encode())), *reading("")[1:])
        with ScriptedImap(*rules) as server:
            line = Mail(OURS, server.url(), smtp.url(), timeout=2.0)
            name = line.send(OutgoingMessage("notice-7", "aminah@desa.example", "Halo")).external_id
            quoted = quoted.replace("{}", name).replace("{digits}", name.split(".")[1][:16])
            answer = f"From: a@b.id\nIn-Reply-To: <{quoted}>\nSubject: Re: x\n\nHalo"
            bounce = (
                "From: Mail <a@b.id>\nContent-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n"
                f"Reporting-MTA: dns; b.id\n\nAction: failed\nStatus: 5.1.1\n\n--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{quoted}>\n--B--"
            )
            holder[0] = reading(bounce if report else answer)[0][1]
            (item,) = line.poll("7:0").items
    if quoted.lower() == name.lower():
        assert (item.external_id if report else item.replies_to) == name
    return item


@pytest.mark.parametrize("quoted", ["{}"])
def test_a_letter_that_quotes_our_real_name_is_an_answer_or_came_back(quoted: str) -> None:
    assert told(quoted, report=True).state == "failed"
    assert told(quoted, report=False).replies_to


@pytest.mark.parametrize(
    "quoted",
    [
        "notice-7@ntbprov.example",
        "notice-7.0123456789abcdef@ntbprov.example",
        "notice-8.{digits}@ntbprov.example",
        "x{}",
        "{}.jahat.example",
    ],
)
def test_a_name_that_somebody_made_up_is_nobody_s(quoted: str) -> None:
    bounced, answered = told(quoted, report=True), told(quoted, report=False)
    assert isinstance(bounced, IncomingMessage)
    assert (bounced.automatic, bounced.replies_to) == (True, "")
    assert isinstance(answered, IncomingMessage)
    assert (answered.automatic, answered.replies_to) == (False, "")


def test_two_houses_name_the_same_notice_differently() -> None:
    with SmtpServer() as smtp:
        message = OutgoingMessage("notice-7", "aminah@desa.example", "Halo")
        names = [Mail(OURS, f"imap://lapor:{word}@127.0.0.1:1/", smtp.url()).send(message).external_id for word in ("satu", "dua", "dua")]
    assert names[0] != names[1] == names[2]
