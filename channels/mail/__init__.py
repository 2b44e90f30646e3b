"""E-mail: letters are looked for by IMAP, ours leave by SMTP. Nothing but the standard library."""

from __future__ import annotations

import re
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from channels.mail import line, post, reading, words
from channels.mail.heads import Names
from channels.mail.line import Box, mailbox, place
from channels.mail.taking import Taking, part
from ntbcare.contract import Channel, ChannelError, Fetched, Item, OutgoingMessage, Polled, Refused, Sent, TooLarge

IMAP_PORTS = {"imaps": 993, "imap": 143}
SMTP_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
BATCH = 20
LOOK = 120.0  # seconds for one whole look, or one file
AGAIN = timedelta(days=14)  # how far back a mailbox that was made anew is read once more


class Mail(Channel):
    """Channel «email». `address` is ours; imap_url is imaps://user:password@host[:port][/folder]; smtp_url smtps:// or smtp+starttls://.

    Plain imap:// and smtp:// speak in the clear to this very machine only; with a password and further away they insist on STARTTLS.
    A session per call: every half minute is not often, and nothing has to survive a fork. Attachments, and mails however
    large, stay on the server until somebody fetches one. From is what the mail claims: `authserv_id` is the name under which our
    own mail server writes Authentication-Results (RFC 8601), and only where it vouches is a message authentic; "" = nowhere.
    """

    gateway = "mail"
    carries = ("email",)
    every = 30

    def __init__(self, address: str, imap_url: str, smtp_url: str, *, authserv_id: str = "", timeout: float = 10.0) -> None:
        self._address = address.strip()
        self._authserv_id = authserv_id.strip()
        self._names = Names(self._address.rpartition("@")[2], f"{imap_url}\0{smtp_url}")  # nobody knows their passwords
        self._imap, self._smtp = place(imap_url, IMAP_PORTS), place(smtp_url, SMTP_PORTS)
        self._timeout = timeout

    def send(self, message: OutgoingMessage) -> Sent:
        """One mail to `message.to`. A server's yes is all that will be heard, except for bounces, which poll() finds.

        Raises Refused (5xx about the recipient or the words), Throttled (421, 450, 451), ChannelError (other 4xx, our login,
        the line). A second attempt carries the same Message-ID, so most mailboxes show the two as one.
        """
        name = self._names.of(message.key)
        mail = post.compose(message, self._address, name)
        post.deliver(self._smtp, self._address, message.to, mail, self._timeout)
        return Sent(name, final=True)

    def poll(self, cursor: str) -> Polled:
        r"""At most 20 mails. A mail is marked \Seen by the next look, whose cursor proves that the house stored it.

        Cursor: UIDVALIDITY:last UID, and while a first look goes on :its end:the date it goes back to ("" = unseen mail only).
        A mailbox whose UIDVALIDITY changed is read again, two weeks back: who was stored already has the same external_id.
        """
        taking = Taking(self._box, time.monotonic() + LOOK)
        with self._box() as box:
            last, end, since = _past(cursor, box)
            if last:
                box.mark_seen(box.search("UID", f"1:{last}", "UNSEEN"))
            uids = _waiting(box, last, end, since)
            batch, more = uids[:BATCH], len(uids) > BATCH
            taking.begin(box, batch)
        taking.finish()
        items: list[Item] = []
        unknown = [(f"uid:{box.validity}:{uid}", "the IMAP server cannot hand this mail out", "") for uid in taking.lost]
        for letter in taking.found:
            try:
                items += reading.translate(letter, self._address, self._names, self._authserv_id)
            except Exception as error:  # a stranger wrote it: whatever it does to our parser, the others must be read
                unknown.append((letter.fallback_id, f"unreadable mail: {type(error).__name__}", letter.raw))
        if taking.left:
            batch, more = batch[: -len(taking.left)], True
        if not more and last < end:
            last = end
        last = max([last, *batch])
        going_on = f":{end}:{since}" if last < end else ""
        return Polled(tuple(items), f"{box.validity}:{last}{going_on}", more=more, unknown=tuple(unknown))

    def fetch(self, ref: str, limit: int) -> Fetched:
        """One attachment; its size is asked for first, so nothing beyond the limit travels."""
        found = re.fullmatch(r"(\d{1,10})\.(\d{1,10})\.(\d{1,4}(?:\.\d{1,4})*)", ref)
        if not found:
            raise Refused("not a file of a mail", code="gone")
        uid, number = int(found[2]), found[3]
        with self._box() as box:
            try:
                row = box.fetch([uid], "BODYSTRUCTURE").get(uid) if box.validity == int(found[1]) else None
            except ChannelError as error:
                if error.code != line.REFUSED:
                    raise
                raise Refused("the IMAP server cannot tell what is in the mail", code="gone") from None
            leaf = next((leaf for leaf in line.leaves(row.get("BODYSTRUCTURE")) if leaf.number == number), None) if row else None
            if leaf is None:
                raise Refused("the mail is gone", code="gone")
            if leaf.size > limit:
                raise TooLarge(f"{leaf.size} bytes", code="size")
            most = leaf.octets + 1 if leaf.octets else 2 * limit + 1000
            content = words.unpacked(part(box, uid, [(number, most)]).get(number, b""), leaf.encoding)
        if len(content) > limit:
            raise TooLarge(f"more than {limit} bytes", code="size")
        return Fetched(content, leaf.mime, reading.filename(leaf))

    def check(self) -> str:
        """Opens the mailbox, and logs in where mail leaves."""
        with self._box() as box:
            unseen = len(box.search("UNSEEN"))
        post.try_out(self._smtp, self._address, self._timeout)
        return f"mailbox opens ({unseen} unread), SMTP server lets us in"

    def _box(self) -> AbstractContextManager[Box]:
        return mailbox(self._imap, self._timeout, LOOK)


def _past(cursor: str, box: Box) -> tuple[int, int, str]:
    """→ (last UID taken, where a first look ends, how far back it goes). One that nobody can read is a first look."""
    found = re.fullmatch(r"(\d{1,10}):(\d{1,10})(?::(\d{1,10}):([0-9A-Za-z-]{0,11}))?", cursor)
    if found and int(found[1]) == box.validity:
        return int(found[2]), int(found[3] or 0), found[4] or ""
    end = box.next - 1 if box.next else max(box.search("ALL"), default=0)
    since = f"{datetime.now().astimezone() - AGAIN:%d-%b-%Y}" if found else ""
    return 0, end, since


def _waiting(box: Box, last: int, end: int, since: str) -> list[int]:
    """UIDs still to take, in order. «n:*» names the newest mail even when that is older than n, hence the filter."""
    if last < end:
        kind = ["OR", "UNSEEN", "SINCE", since] if since else ["UNSEEN"]
        old = [uid for uid in box.search("UID", f"{last + 1}:{end}", *kind) if last < uid <= end]
        if old:
            return [*old, *_waiting(box, end, 0, "")]
    after = max(last, end)
    return [uid for uid in box.search("UID", f"{after + 1}:*") if uid > after]
