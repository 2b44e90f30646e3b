"""Letters written to stop us: headers that parsers choke on, names too long for an index, structures too large for a line."""

from __future__ import annotations

import time

import pytest

from channels.mail import Mail
from ntbcare.contract import ChannelError, IncomingMessage, Polled, Refused
from tests.counterparts.imap_server import ScriptedImap

OURS = "lapor@ntbprov.example"
NOWHERE = "smtp://127.0.0.1:1"
SELECT = ("SELECT", b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-WRITE] open\r\n")
PLAIN = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 4 1)'
FILE = b'("text" "plain" ("name" "%s") NIL NIL "7bit" 1 1 NIL ("attachment" ("filename" "%s")) NIL NIL)' % (b"a" * 900, b"a" * 900)
HUGE = b"(" + FILE * 600 + b' "mixed" NIL NIL NIL NIL)'  # more than imaplib takes in one line


def found(*uids: int) -> tuple[str, bytes]:
    return ("UID SEARCH", b"* SEARCH %s\r\n{tag} OK done\r\n" % b" ".join(b"%d" % uid for uid in uids))


def row(uid: int, header: bytes, structure: bytes = PLAIN, body: bytes = b"Halo") -> tuple[str, bytes]:
    """What a server says of one letter, whatever it was asked about it."""
    said = b"* 1 FETCH (UID %d BODYSTRUCTURE %s BODY[HEADER]<0> {%d}\r\n%s BODY[1]<0> {%d}\r\n%s)\r\n{tag} OK done\r\n"
    return (f"UID FETCH {uid} ", said % (uid, structure, len(header), header, len(body), body))


def beginning(uid: int, mail: bytes) -> tuple[str, bytes]:
    said = b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n{tag} OK done\r\n"
    return (f"UID FETCH {uid} (UID BODY.PEEK[]", said % (uid, len(mail), mail))


def looked(*rules: tuple[str, bytes]) -> Polled:
    with ScriptedImap(*rules, SELECT) as server:
        return Mail(OURS, server.url(), NOWHERE, timeout=2.0).poll("7:0")


def heard(header: bytes, structure: bytes = PLAIN, body: bytes = b"Halo") -> IncomingMessage:
    (item,) = looked(row(1, header, structure, body), found(1)).items
    assert isinstance(item, IncomingMessage)
    return item


HOSTILE = {
    "commas in From": b"From: " + b"," * 64_000,
    "words in From": b"From: " + b"a " * 32_000,
    "a route in From": b"From: <" + b"@a," * 21_000,
    "parentheses in From": b"From: " + b"(" * 64_000,
    "mailboxes in From": b"From: " + b"a@b," * 16_000,
    "quotes in From": b"From: " + b'"a" ' * 16_000,
    "groups in From": b"From: " + b"a:b;" * 16_000,
    "encoded words in From": b"From: " + b"=?utf-8?q?a?= " * 4_500,
    "parameters": b"Content-Type: a/b" + b";a=b" * 16_000,
    "pieces of a parameter": b"Content-Type: a/b; " + b"x*0=a;" * 10_000,
    "encoded words that never end": b"Subject: " + b"=?a?q?" * 10_000,
    "a charset that computes": b"Subject: =?punycode?q?" + b"a" * 60_000 + b"-" + b"abcdefghij" * 6_000 + b"?=",
    "brackets in Message-ID": b"Message-ID: " + b"<a" * 32_000,
    "names": b"References: " + b"<a@b> " * 10_000,
    "many fields": b"X: a\r\n" * 10_000,
}  # fmt: skip


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_header_of_nothing_but_rubbish_costs_no_time(header: bytes) -> None:
    begun = time.process_time()
    assert heard(header + b"\r\n\r\n").text.endswith("Halo")
    assert time.process_time() - begun < 0.6  # whole seconds to minutes where the cost grows with the square


def test_a_part_s_header_of_nothing_but_rubbish_costs_no_time() -> None:
    names = b'"name*" "punycode\'\'%s-%s"' % (b"a" * 60_000, b"abcdefghij" * 6_000)
    structure = b'(%s%s "MIXED")' % (PLAIN, 4 * (b'("IMAGE" "PNG" (%s) NIL NIL "BASE64" 4 NIL NIL NIL)' % names))
    begun = time.process_time()
    message = heard(b"From: a@b.id\r\n\r\n", structure)
    assert [file.mime for file in message.media] == ["image/png"] * 4
    assert all(0 < len(file.name) <= 200 for file in message.media)
    assert time.process_time() - begun < 1


def test_a_body_in_a_charset_that_computes_costs_no_time() -> None:
    body = b"a" * 60_000 + b"-" + b"abcdefghij" * 6_000
    begun = time.process_time()
    assert heard(b"From: a@b.id\r\n\r\n", PLAIN.replace(b"utf-8", b"punycode"), body).text.startswith("aaa")
    assert time.process_time() - begun < 2


def test_a_name_of_any_length_fits_into_an_index() -> None:
    long = b"a" * 1_900 + b"@desa.example"
    message = heard(b"From: a@b.id\r\nMessage-ID: <%s>\r\nIn-Reply-To: <%s@ntbprov.example>\r\n\r\n" % (long, long))
    other = heard(b"From: a@b.id\r\nMessage-ID: <b%s>\r\n\r\n" % long)
    assert max(map(len, (message.external_id, message.ref, message.replies_to))) <= 200
    assert message.external_id != other.external_id
    assert heard(b"From: %s@b.id\r\n\r\n" % (b"a" * 300)).sender == ""


MAIL = (
    b"From: aminah@desa.id\r\nSubject: Re: x\r\nMessage-ID: <m2@desa.id>\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSmFsYW4gcnVzYWs=\r\n"
    b"--B\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--B--\r\n"
)


def test_a_structure_longer_than_a_line_may_be_stops_nobody() -> None:
    assert len(HUGE) > 1_000_000
    huge = ("UID FETCH 2 (UID INTERNALDATE", row(2, b"From: a@b.id\r\n\r\n", HUGE)[1])
    others = (row(1, b"From: a@b.id\r\n\r\n"), row(3, b"From: c@d.id\r\n\r\n"))
    told = looked(huge, beginning(2, MAIL), *others, found(1, 2, 3))
    assert [(item.external_id, item.text) for item in told.items] == [
        ("uid:7:1", "Halo"),
        ("m2@desa.id", "Jalan rusak"),
        ("uid:7:3", "Halo"),
    ]
    assert (told.unknown, told.cursor) == ((), "7:3")
    assert [file.name for file in told.items[1].media] == ["a.png"]


def test_a_file_of_a_letter_without_a_readable_structure_is_refused_for_good() -> None:
    with ScriptedImap(row(2, b"", HUGE), SELECT) as server, pytest.raises(Refused):
        Mail(OURS, server.url(), NOWHERE, timeout=2.0).fetch("7.2.2", 1000)


@pytest.mark.parametrize("said", [b"{tag} NO broken mail\r\n", b"{tag} BAD what\r\n", b"* 1 FETCH (UID x)\r\n{tag} OK done\r\n"])
def test_a_letter_that_is_refused_all_alone_does_not_stop_the_next_look(said: bytes) -> None:
    told = looked(("UID FETCH", said), found(2)) if b"UID" not in said else looked(("UID FETCH 2", said), row(3, b"\r\n"), found(2, 3))
    assert told.unknown == (("uid:7:2", "the IMAP server cannot hand this mail out", ""),)


def test_a_letter_at_which_the_server_hangs_up_stops_nobody() -> None:
    told = looked(("UID FETCH 1 ", b""), row(2, b"From: a@b.id\r\n\r\n"), found(1, 2))
    assert ([item.external_id for item in told.items], told.cursor) == (["uid:7:2"], "7:2")
    assert told.unknown == (("uid:7:1", "the IMAP server cannot hand this mail out", ""),)


def test_a_server_that_falls_ill_at_a_refusal_loses_nothing() -> None:
    with pytest.raises(ChannelError) as caught:
        looked(("UID FETCH 1 ", b"{tag} NO broken\r\n"), row(2, b"\r\n"), ("NOOP", b"{tag} NO ill\r\n"), found(1, 2))
    assert caught.value.permanent is False


@pytest.mark.parametrize("depth", [3, 800])
def test_a_letter_we_take_apart_ourselves_may_be_nested_as_it_likes(depth: int) -> None:
    nested = b"Content-Type: text/plain\r\n\r\nHalo"
    for at in range(depth):
        nested = b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n%s\r\n--B%d--" % (at, at, nested, at)
    told = looked(beginning(1, b"From: a@b.id\r\n" + nested[:65_536]), row(1, b"From: a@b.id\r\n\r\n", b"NIL"), found(1))
    assert told.unknown == ()
    assert told.items[0].sender == "a@b.id"
    assert depth > 3 or told.items[0].text == "Halo"
