"""Letters out of a mailbox, one by one: a mail that spoils the line or that the server refuses must not stop the ones behind it."""

from __future__ import annotations

import imaplib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from channels.mail import line, reading
from channels.mail.heads import HEADER
from channels.mail.line import Box
from channels.mail.reading import Mail as Letter
from ntbcare.contract import ChannelError

LONGEST_TEXT = 262_144  # bytes of one part of words, as it travels
BEGINNING = 65_536  # bytes of a mail whose structure the server cannot tell
TROUBLE = (ChannelError, imaplib.IMAP4.error, OSError, *line.UNREADABLE)


class Taking:
    """One look's letters. `found` in order; `lost`: UIDs that nobody can read; `left`: those for which no time was left.

    A mail that cannot be read with its structure (imaplib gives up at a line of a megabyte, and the line is spoilt) is read once
    more on a fresh line, only its beginning and without asking for the structure.
    """

    def __init__(self, opens: Callable[[], AbstractContextManager[Box]], until: float) -> None:
        self._opens, self._until = opens, until
        self.found: list[Letter] = []
        self.lost: list[int] = []
        self.left: list[int] = []
        self._validity = 0
        self._passing = False

    def begin(self, box: Box, uids: list[int]) -> None:
        """On an open line, until the first trouble."""
        self._validity, self.left = box.validity, list(uids)
        self._go_on(box)

    def finish(self) -> None:
        """What is left, on fresh lines. Raises ChannelError when such a line does not work either, or when the server hands out nothing
        and it is not the mails' fault: then nothing is lost and the next look tries again."""
        spoilt = False
        while self.left and (time.monotonic() < self._until or not (self.found or self.lost)):
            spoilt = False
            with self._opens() as box:
                self._known(box)
                letter = self._attempt(lambda: beginning(box, self.left[0]))
                spoilt = letter is None
                if letter is None:
                    self.lost.append(self.left.pop(0))
                else:
                    self._keep(letter)
                    self._go_on(box)
        if spoilt:
            with self._opens() as box:
                self._known(box)
        if self._passing and not self.found:
            raise ChannelError("the IMAP server hands out no mail at the moment")

    def _go_on(self, box: Box) -> None:
        while self.left and (letter := self._attempt(lambda: whole(box, self.left[0]))) is not None:
            self._keep(letter)

    def _known(self, box: Box) -> None:
        box.noop()
        if box.validity != self._validity:
            raise ChannelError("the mailbox was made anew meanwhile")

    def _keep(self, letter: list[Letter]) -> None:
        self.found += letter
        self.left.pop(0)

    def _attempt(self, read: Callable[[], list[Letter]]) -> list[Letter] | None:
        """[] when the mail is gone meanwhile, None when it cannot be read."""
        try:
            return read()
        except TROUBLE as error:
            # A line that breaks or a server that says «later» may be about every mail.
            refused = isinstance(error, ChannelError) and error.code == line.REFUSED
            self._passing = self._passing or not refused
            return None


def whole(box: Box, uid: int) -> list[Letter]:
    """Header and structure, then its words alone."""
    row = box.fetch([uid], f"INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER]<0.{HEADER}>").get(uid)
    if row is None:
        return []
    structure = _structure(row)
    if not structure:  # a server that could not tell what is in it
        return beginning(box, uid)
    header = next((value for name, value in row.items() if name.startswith("BODY[HEADER]") and isinstance(value, bytes)), b"")
    asked = [(leaf.number, LONGEST_TEXT) for leaf in reading.wanted(structure)[:10]]
    return [Letter(box.validity, uid, header, _moment(row.get("INTERNALDATE")), structure, part(box, uid, asked))]


def beginning(box: Box, uid: int) -> list[Letter]:
    """Without the server's opinion of its structure."""
    row = box.fetch([uid], f"BODY.PEEK[]<0.{BEGINNING}> INTERNALDATE").get(uid)
    if row is None:
        return []
    content = next((value for name, value in row.items() if name.startswith("BODY[") and isinstance(value, bytes)), b"")
    header, structure, contents = reading.parsed_whole(content)
    return [Letter(box.validity, uid, header, _moment(row.get("INTERNALDATE")), structure, contents)]


def part(box: Box, uid: int, asked: list[tuple[str, int]]) -> dict[str, bytes]:
    """Part number → its content as it travels, at most so many bytes of it."""
    if not asked:
        return {}
    row = box.fetch([uid], " ".join(f"BODY.PEEK[{number}]<0.{most}>" for number, most in asked)).get(uid, {})
    found = {name.partition("[")[2].partition("]")[0]: value for name, value in row.items() if name.startswith("BODY[")}
    return {number: value for number, value in found.items() if isinstance(value, bytes)}


def _structure(row: dict[str, Any]) -> list[line.Leaf]:
    try:
        return line.leaves(row.get("BODYSTRUCTURE"))
    except line.UNREADABLE:
        return []


def _moment(given: Any) -> datetime | None:
    try:
        return datetime.strptime(given.decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    except (ValueError, AttributeError):
        return None
