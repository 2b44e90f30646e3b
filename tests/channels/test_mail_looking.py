"""Look after look at a real mailbox: nothing lost, nothing marked too early, and lines that break."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from channels.mail import BATCH, Mail
from ntbcare.contract import ChannelError, Polled
from tests.counterparts.imap_server import Dovecot, ScriptedImap, dovecot
from tests.counterparts.smtp_server import SmtpServer

OURS = "lapor@ntbprov.example"
NOWHERE = "smtp://127.0.0.1:1"


@pytest.fixture(scope="module")
def imap() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return f"u{abs(hash(request.node.nodeid))}"


def letter(at: object, name: str = "") -> bytes:
    return f"From: aminah@desa.example\nSubject: Re: x\nMessage-ID: <{name or f'm{at}'}@desa.example>\n\nLaporan {at}".encode()


def channel(imap: Dovecot, user: str, folder: str = "") -> Mail:
    return Mail(OURS, imap.url(user, folder), NOWHERE, timeout=5.0)


def told(found: Polled) -> list[str]:
    return [item.text.removeprefix("Laporan ") for item in found.items]


def test_a_letter_is_marked_only_when_the_next_look_proves_that_it_was_stored(imap: Dovecot, user: str) -> None:
    imap.deliver(user, letter(1))
    line = channel(imap, user)
    first = line.poll("")
    assert (told(first), imap.flags(user)) == (["1"], [(1, False)])
    assert told(line.poll("")) == ["1"]  # the house died before it stored
    second = line.poll(first.cursor)
    assert (told(second), imap.flags(user)) == ([], [(1, True)])


def test_the_first_look_ever_takes_unseen_letters_and_the_next_ones_everything_new(imap: Dovecot, user: str) -> None:
    imap.deliver(user, letter("lama"), flags=r"(\Seen)")
    imap.deliver(user, letter("baru"))
    line = channel(imap, user)
    first = line.poll("")
    assert told(first) == ["baru"]
    imap.deliver(user, letter("dibaca petugas dahulu"), flags=r"(\Seen)")
    second = line.poll(first.cursor)
    assert told(second) == ["dibaca petugas dahulu"]
    assert told(line.poll(second.cursor)) == []


def test_an_empty_mailbox_is_no_news_and_the_first_letter_in_it_is(imap: Dovecot, user: str) -> None:
    line = channel(imap, user)
    first = line.poll("")
    assert (first.items, first.more) == ((), False)
    imap.deliver(user, letter(1), flags=r"(\Seen)")
    assert told(line.poll(first.cursor)) == ["1"]


def test_many_letters_are_taken_in_batches_and_read_ones_stay_where_they_are(imap: Dovecot, user: str) -> None:
    imap.deliver(user, *(letter(at) for at in range(BATCH + 5)))
    imap.deliver(user, letter("dibaca"), flags=r"(\Seen)")
    imap.deliver(user, *(letter(at) for at in range(BATCH + 5, BATCH * 2 + 3)))
    line = channel(imap, user)
    taken, cursor, looks, more = [], "", 0, True
    while more:
        found = line.poll(cursor)
        if looks == 0:
            imap.deliver(user, letter("sementara itu"), flags=r"(\Seen)")
        taken += told(found)
        cursor, more, looks = found.cursor, found.more, looks + 1
        assert len(found.items) <= BATCH
    assert taken == [*(str(at) for at in range(BATCH * 2 + 3)), "sementara itu"]
    assert looks == 3
    line.poll(cursor)
    assert all(seen for _, seen in imap.flags(user))


def test_a_mailbox_made_anew_is_read_again_and_every_letter_keeps_its_name(imap: Dovecot, user: str) -> None:
    imap.deliver(user, letter(1), letter(2), folder="Warga")
    line = channel(imap, user, "Warga")
    first = line.poll("")
    imap.make_anew(user, "Warga")
    imap.deliver(user, letter(2), folder="Warga", flags=r"(\Seen)")
    imap.deliver(user, letter(3), folder="Warga")
    again = line.poll(first.cursor)
    assert told(again) == ["2", "3"]
    assert again.cursor.partition(":")[0] != first.cursor.partition(":")[0]
    assert again.items[0].external_id == first.items[1].external_id
    assert told(line.poll(again.cursor)) == []


@pytest.mark.parametrize("cursor", ["rusak", "1:2:3", "::", "-1:5", "1:2:3:4:5", '"'])
def test_a_cursor_nobody_can_read_is_a_first_look(imap: Dovecot, user: str, cursor: str) -> None:
    imap.deliver(user, letter(1))
    assert told(channel(imap, user).poll(cursor)) == ["1"]


def test_a_folder_with_a_name_in_any_letters_but_quotes_is_found(imap: Dovecot, user: str) -> None:
    imap.deliver(user, letter(1), folder='"Surat Warga"')
    assert told(channel(imap, user, "Surat Warga").poll("")) == ["1"]


def test_doctor_opens_the_mailbox_and_knocks_where_mail_leaves(imap: Dovecot, user: str) -> None:
    imap.deliver(user, letter(1))
    with SmtpServer() as smtp:
        assert Mail(OURS, imap.url(user), smtp.url()).check() == "mailbox opens (1 unread), SMTP server lets us in"
        assert smtp.commands == ["AUTH", "NOOP"]
        with pytest.raises(ChannelError) as caught:
            Mail(OURS, imap.url(user), smtp.url(password="salah")).check()
        assert caught.value.code == "401"
        with pytest.raises(ChannelError) as caught:
            Mail(OURS, imap.url(user, "Tidak Ada"), smtp.url()).check()
        assert caught.value.code == "403"


def test_a_wrong_password_is_ours(imap: Dovecot, user: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Mail(OURS, imap.url(user, password="salah"), NOWHERE).poll("")
    assert (caught.value.code, caught.value.permanent) == ("401", False)
    assert "salah" not in caught.value.reason
    assert user not in caught.value.reason


# servers on a bad day

OPEN = (b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-WRITE] open\r\n",)
SELECT = ("SELECT", OPEN[0])


def failure(server: ScriptedImap, host: str = "127.0.0.1", timeout: float = 0.4) -> ChannelError:
    begun = time.monotonic()
    with server, pytest.raises(ChannelError) as caught:
        Mail(OURS, server.url(host), NOWHERE, timeout=timeout).poll("")
    assert time.monotonic() - begun < 5
    return caught.value


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("said", [None, b"", b"\xff\xfe nonsense\r\n", b"* BYE going down\r\n", b"* 1 FETCH (UID {5}\r\n"])
def test_a_line_that_breaks_anywhere_is_tried_again_later(command: str, said: bytes | None) -> None:
    server = ScriptedImap((command, said), SELECT, ("UID SEARCH", b"* SEARCH 1 2\r\n{tag} OK done\r\n"))
    error = failure(server)
    assert any(words.startswith(command) for words in server.heard)
    assert (error.permanent, error.code) == (False, "")


def test_a_server_that_is_away_or_full_is_tried_again_later() -> None:
    with pytest.raises(ChannelError) as caught:
        Mail(OURS, "imap://lapor:x@127.0.0.1:1/", NOWHERE).poll("")
    assert (caught.value.permanent, caught.value.code) == (False, "")
    assert failure(ScriptedImap(greeting=b"* BYE too many connections\r\n")).code == ""
    assert failure(ScriptedImap(("LOGIN", b"{tag} NO [UNAVAILABLE] later\r\n"))).code == ""
    assert failure(ScriptedImap(("LOGIN", b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"))).code == "401"


def test_a_password_never_crosses_a_foreign_line_in_the_clear() -> None:
    server = ScriptedImap(SELECT, host="0.0.0.0")
    failure(server, "0.0.0.0", timeout=2.0)  # leads to this machine, but is no loopback address
    assert not [words for words in server.heard if words.upper().startswith(("LOGIN", "AUTHENTICATE"))]


ROW = (
    b'* 1 FETCH (UID %d INTERNALDATE "13-Mar-2026 12:00:00 +0800" BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 4 1) '
    b"BODY[HEADER]<0> {21}\r\nFrom: aminah@desa.id\n BODY[1]<0> {4}\r\nHalo)\r\n{tag} OK done\r\n"
)


def test_one_letter_the_server_cannot_hand_out_does_not_stop_the_others() -> None:
    rules = (("UID FETCH 2", b"{tag} NO broken mail\r\n"), ("UID FETCH 3", ROW % 3), ("UID FETCH 1", ROW % 1), SELECT)
    with ScriptedImap(*rules, ("UID SEARCH", b"* SEARCH 1 2 3\r\n{tag} OK done\r\n")) as server:
        found = Mail(OURS, server.url(), NOWHERE, timeout=2.0).poll("")
    assert [item.external_id for item in found.items] == ["uid:7:1", "uid:7:3"]
    assert found.unknown == (("uid:7:2", "the IMAP server cannot hand this mail out", ""),)
    assert found.cursor == "7:3"


def test_a_server_that_hands_out_nothing_loses_nothing() -> None:
    error = failure(
        ScriptedImap(("UID FETCH", b"{tag} NO [UNAVAILABLE] later\r\n"), SELECT, ("UID SEARCH", b"* SEARCH 1 2 3\r\n{tag} OK done\r\n"))
    )
    assert error.reason == "the IMAP server hands out no mail at the moment"


@pytest.mark.parametrize("structure", [b"NIL", b'("TEXT")', b"(((((", b'"x"', b"{3}\r\nabc"])
def test_a_structure_nobody_can_read_is_replaced_by_our_own_look(structure: bytes) -> None:
    mail = b"From: aminah@desa.id\r\nSubject: Re: x\r\nContent-Type: text/plain\r\n\r\nHalo"
    header = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    row = b"* 1 FETCH (UID 1 BODY[HEADER]<0> {%d}\r\n%s BODYSTRUCTURE %s)\r\n{tag} OK done\r\n" % (len(header), header, structure)
    whole = b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n{tag} OK done\r\n" % (len(mail), mail)
    rules = (("UID FETCH 1 (UID BODY.PEEK[]", whole), ("UID FETCH", row), SELECT, ("UID SEARCH", b"* SEARCH 1\r\n{tag} OK done\r\n"))
    with ScriptedImap(*rules) as server:
        (heard,) = Mail(OURS, server.url(), NOWHERE, timeout=2.0).poll("").items
    assert (heard.text, heard.sender) == ("Halo", "aminah@desa.id")
