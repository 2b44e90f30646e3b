"""Letters as people and machines write them, read through a real Dovecot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.mail import Mail
from ntbcare.contract import DeliveryReceipt, IncomingMessage, OutgoingMessage, Polled, Refused, TooLarge
from tests.counterparts.imap_server import Dovecot, dovecot
from tests.counterparts.smtp_server import SmtpServer

OURS = "lapor@ntbprov.example"
NOWHERE = "smtp://127.0.0.1:1"


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox for this test alone."""
    return f"u{abs(hash(request.node.nodeid))}"


def channel(imap: Dovecot, user: str, folder: str = "") -> Mail:
    return Mail(OURS, imap.url(user, folder), NOWHERE, timeout=5.0)


def looked(imap: Dovecot, user: str, *mails: bytes) -> Polled:
    imap.deliver(user, *mails)
    return channel(imap, user).poll("")


def exchanged(imap: Dovecot, user: str, lines: list[str]) -> tuple[Polled, dict[str, str]]:
    """We write twice, and this comes in: «notice-7@…» in it stands for the name that our letter really had. → what is heard, the names."""
    with SmtpServer() as smtp:
        line = Mail(OURS, imap.url(user), smtp.url(), timeout=5.0)
        keys = ("notice-7", "notice-12")
        names = {f"{key}@ntbprov.example": line.send(OutgoingMessage(key, "aminah@desa.example", "Halo")).external_id for key in keys}
        text = "\n".join(lines)
        for written, name in names.items():
            text = text.replace(written, name)
        imap.deliver(user, text.encode())
        return line.poll(""), names


def only(found: Polled) -> IncomingMessage:
    assert found.unknown == ()
    (item,) = found.items
    assert isinstance(item, IncomingMessage)
    return item


@pytest.mark.payloads("mail_letters.json")
def test_a_letter_is_read_as_a_person_would(imap: Dovecot, user: str, recorded: dict[str, Any]) -> None:
    found, names = exchanged(imap, user, recorded["mail"])
    heard, expect = only(found), dict(recorded["expect"])
    if "replies_to" in expect:
        expect["replies_to"] = names.get(expect["replies_to"], "")
    assert heard.channel == "email"
    assert "\x00" not in heard.text + heard.raw
    if "contains" in expect:
        assert expect.pop("contains") in heard.text
    if expect.pop("any_text", False):
        assert heard.external_id.endswith("@desa.example")
    if expect.pop("fallback_id", False):
        assert heard.external_id == "uid:" + found.cursor
    if "id_length" in expect:
        assert len(heard.external_id) == expect.pop("id_length")
        assert len(heard.ref) <= 200
    if "media" in expect:
        prefix = found.cursor.replace(":", ".")
        assert [[media.ref.removeprefix(prefix + "."), media.mime, media.size, media.name] for media in heard.media] == expect.pop("media")
    if "media_mimes" in expect:
        assert [media.mime for media in heard.media] == expect.pop("media_mimes")
    assert {name: getattr(heard, name) for name in expect} == expect


@pytest.mark.payloads("mail_bounces.json")
def test_a_letter_that_came_back_is_a_receipt(imap: Dovecot, user: str, recorded: dict[str, Any]) -> None:
    (found, names), expect = exchanged(imap, user, recorded["mail"]), recorded["expect"]
    if expect.get("nothing"):
        assert (found.items, found.unknown) == ((), ())
    elif expect.get("message"):
        assert only(found).automatic is True
    else:
        assert found.items == (DeliveryReceipt("email", names[expect["id"]], "failed", expect["reason"], expect["permanent"], bounce=True),)


def test_the_moment_is_the_server_s_and_not_what_the_sender_claims(imap: Dovecot, user: str) -> None:
    heard = only(looked(imap, user, b"From: a@desa.example\nDate: Mon, 1 Jan 1990 00:00:00 +0000\n\nHalo"))
    assert heard.received_at is not None
    assert abs(heard.received_at - datetime.now(UTC)) < timedelta(minutes=2)


def test_our_own_letters_are_no_letters_to_us(imap: Dovecot, user: str) -> None:
    found = looked(imap, user, b"From: Lapor <LAPOR@ntbprov.example>\nSubject: x\n\nHalo", b"From: a@desa.example\nSubject: Re: x\n\nHalo")
    assert [item.sender for item in found.items] == ["a@desa.example"]


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        ("Jalan é rusak".encode(), "", "Jalan é rusak"),
        ("Jalan é rusak".encode("cp1252"), "", "Jalan é rusak"),
        ("Jalan é rusak".encode("cp1252"), "us-ascii", "Jalan é rusak"),
        ("Jalan é rusak".encode("cp1252"), "utf-8", "Jalan \ufffd rusak"),
        ("جالن".encode("iso-8859-6"), "iso-8859-6", "جالن"),
        ("路".encode("gb2312"), "gb2312", "路"),
        (b"Jalan", "unicode_escape", "Jalan"),
        (b"Jalan", "rot13", "Jalan"),
        (b"Jalan", "idna", "Jalan"),
        (b"Jalan", "hex", "Jalan"),
    ],
)
def test_bytes_become_letters_whatever_they_claim_to_be(imap: Dovecot, user: str, body: bytes, charset: str, expected: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    assert only(looked(imap, user, f"From: a@b.id\nSubject: Re: x\n{kind}\n\n".encode() + body)).text == expected


def test_garbage_and_nuls_are_read_as_far_as_they_go(imap: Dovecot, user: str) -> None:
    garbage = bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"")
    imap.deliver(
        user,
        b"From: " + garbage + b"\nSubject: " + garbage + b"\nMessage-ID: <" + garbage + b">\n\n" + garbage,
        b"Subject: Lampu \xc3\xa9 mati\nFrom: a@b.id\n\n\xff\xfe\x01",
        b"\n\n\n",
        b"From: a@b.id\nSubject: Re: x\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\nAAAAQQ==",
    )
    found = channel(imap, user).poll("")
    assert len(found.items) + len(found.unknown) == 4
    for item in found.items:
        assert all("\x00" not in words and words.encode() for words in (item.text or " ", item.raw or " ", item.sender_name or " "))
    assert "Lampu é mati" in found.items[1].text
    assert found.items[3].text == "\ufffd\ufffd\ufffdA"


def test_headers_in_raw_utf_8_are_read(imap: Dovecot, user: str) -> None:
    heard = only(looked(imap, user, 'From: "Désirée" <d@desa.example>\nSubject: Lampu mati – 3 malam\n\nTolong'.encode()))
    assert (heard.sender_name, heard.text) == ("Désirée", "Lampu mati – 3 malam\n\nTolong")


def _mixed(*parts: bytes) -> bytes:
    head = b"From: a@b.id\nSubject: Re: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
    return head + b"".join(b"--B\n" + part + b"\n" for part in parts) + b"--B--\n"


def test_a_file_is_fetched_whole_and_decoded(imap: Dovecot, user: str) -> None:
    photo = bytes(range(256)) * 40
    import base64

    coded = base64.encodebytes(photo)
    found = looked(
        imap, user,
        _mixed(
            b"Content-Type: text/plain\n\nLihat",
            b"Content-Type: image/jpeg\nContent-Disposition: attachment; filename=jalan.jpg\nContent-Transfer-Encoding: base64\n\n" + coded,
            b"Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9,1",
        ),
    )  # fmt: skip
    picture, table = only(found).media
    line = channel(imap, user)
    fetched = line.fetch(picture.ref, 1_000_000)
    assert (fetched.content, fetched.mime, fetched.name) == (photo, "image/jpeg", "jalan.jpg")
    assert abs((picture.size or 0) - len(photo)) < 100
    assert line.fetch(table.ref, 100).content == "é,1".encode()
    assert [seen for _, seen in imap.flags(user)] == [False]


def test_a_file_beyond_the_limit_is_not_downloaded(imap: Dovecot, user: str) -> None:
    big = b"Content-Type: video/mp4; name=a.mp4\nContent-Transfer-Encoding: base64\n\n" + (b"QUJD" * 19 + b"\n") * 40_000
    (film,) = only(looked(imap, user, _mixed(b"Content-Type: text/plain\n\nLihat", big))).media
    with pytest.raises(TooLarge):
        channel(imap, user).fetch(film.ref, 1_000_000)
    assert imap.carried(user) == 0


def test_a_letter_of_many_megabytes_is_heard_without_being_carried_here(imap: Dovecot, user: str) -> None:
    big = b"Content-Type: video/mp4; name=a.mp4\nContent-Transfer-Encoding: base64\n\n" + (b"QUJD" * 19 + b"\n") * 150_000
    long = b"Content-Type: text/plain\n\n" + b"Jalan rusak. " * 40_000
    heard = only(looked(imap, user, _mixed(long, big)))
    assert heard.text.startswith("Jalan rusak. Jalan rusak.")
    assert len(heard.text) <= 50_000
    assert (heard.media[0].size or 0) > 8_000_000
    assert 0 < imap.carried(user) <= 262_144


@pytest.mark.parametrize("ref", ["", "1.2", "x.1.1", "1.1.1", "1.1.1) BODY[]"])
def test_a_file_that_is_gone_is_refused_for_good(imap: Dovecot, user: str, ref: str) -> None:
    imap.deliver(user, b"From: a@b.id\n\nHalo")
    with pytest.raises(Refused):
        channel(imap, user).fetch(ref, 1000)


def test_a_file_of_a_deleted_letter_is_refused_for_good(imap: Dovecot, user: str) -> None:
    found = looked(imap, user, _mixed(b"Content-Type: image/png; name=a.png\n\nx"))
    (photo,) = only(found).media
    with imap.session(user) as line:
        line.select()
        line.store("1", "+FLAGS", r"(\Deleted)")
        line.expunge()
    with pytest.raises(Refused):
        channel(imap, user).fetch(photo.ref, 1000)
