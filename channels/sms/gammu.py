"""SMS by a modem in the office: Gammu SMSD and its own PostgreSQL tables, which are its published interface."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.sms import gammu_parts as parts
from channels.sms.gammu_tables import ALIVE, CMS_ERRORS, ERRORS, FIND, INBOX, PHONES, PUT, PUT_PART, SENT, TP_STATUS
from ntbcare.contract import Channel, ChannelError, DeliveryReceipt, IncomingMessage, OutgoingMessage, Polled, Refused, Sent

if TYPE_CHECKING:
    from psycopg import Connection

OURS = "ntbcare:"  # how CreatorID begins in rows of ours
MOST_ROWS, MOST_RECEIPTS = 200, 200  # of one look
WAIT = 600.0  # seconds for the missing parts of a long text, counted from the first: the daemon's own MultipartTimeout
VALIDITY = 168  # TP-VP: two days, 3GPP TS 23.040, 9.2.3.12.1
BACK = "2 minutes"  # UpdatedInDB counts whole seconds and is set before its commit: every look goes back by this much
FIRST_LOOK = "2 days"
SILENT = "2 minutes"  # a daemon that long behind its own time-out is away, and what is put into the outbox goes nowhere
TEXT_CODINGS = (parts.DEFAULT, parts.UNICODE)

REFUSED = re.compile(
    r"authentication failed|no password supplied|pg_hba\.conf|(role|user|database) \".*\" does not exist|not permitted to log in"
)


class Gammu(Channel):
    """Channel «sms» by Gammu SMSD. `phone` is the PhoneID of one daemon; "" = whichever daemon uses this database.

    Tables: https://docs.gammu.org/smsd/tables.html. The user needs SELECT on all, INSERT on outbox and outbox_multipart,
    USAGE on outbox's sequence, and UPDATE on inbox. A house with many years of sentitems is glad of an index on UpdatedInDB.
    One connection per call: a modem sends ten texts a minute, and nothing has to survive a fork.
    """

    gateway = "gammu"
    carries = ("sms",)
    every = 5

    def __init__(self, database_url: str, *, phone: str = "", timeout: float = 10.0) -> None:
        self._url = re.sub(r"\A(postgres(?:ql)?)\+\w+://", r"\1://", database_url)
        self._phone = phone
        self._timeout = timeout

    def send(self, message: OutgoingMessage) -> Sent:
        """Into the outbox; a message whose key stands there already, and has not failed, is not put in again.

        `message.to` is E.164. Raises Refused for anything that is no number, for no words, and beyond 50 parts; ChannelError
        while no daemon lives that would send it, so that another gateway carries it.
        """
        if not re.fullmatch(r"\+?[0-9]{3,19}", message.to):
            raise Refused("not a phone number", code="number")
        coding, pieces = parts.cut(message.text)
        if not pieces[0] or len(pieces) > parts.MOST_PARTS:
            raise Refused(f"a text in {len(pieces)} parts" if pieces[0] else "no words", code="length")
        creator = OURS + (message.key if len(message.key) <= 100 else hashlib.sha256(message.key.encode()).hexdigest())
        with self._line() as line:
            # Two workers with one key: the second waits here and then finds the row of the first.
            line.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (creator,))
            found = line.execute(FIND, {"creator": creator, "to": message.to, "errors": list(ERRORS)}).fetchone()
            number = found[0] if found else self._put(line, creator, message.to, coding, pieces)
        return Sent(f"gammu:{number}", final=False)

    def _put(self, line: Connection[Any], creator: str, to: str, coding: str, pieces: list[str]) -> int:
        if line.execute(ALIVE, {"phone": self._phone, "patience": SILENT}).fetchone() != (True,):
            raise ChannelError("no modem that sends has reported to the Gammu database lately", code="modem")
        row = line.execute("""SELECT nextval(pg_get_serial_sequence('outbox', 'ID'))""").fetchone()
        assert row is not None
        number, total = int(row[0]), len(pieces)
        values = (number, to, pieces[0], coding, parts.header(number, total, 1), total > 1, VALIDITY, self._phone or None, creator)
        line.execute(PUT, values)
        for place, piece in enumerate(pieces[1:], start=2):
            line.execute(PUT_PART, (number, place, piece, coding, parts.header(number, total, place)))
        return number

    def poll(self, cursor: str) -> Polled:
        """Heard messages and changed states of sent ones. Rows handed out are marked Processed by the next look, not by this one:

        its cursor is the proof that the house stored them. The cursor is JSON: `in` the highest inbox ID looked at, `took`
        IDs handed out, `wait` IDs of parts that wait for others, `at` the newest UpdatedInDB of sentitems looked at, `told`
        the states reported for messages changed shortly before it.
        """
        place = _place(cursor)
        with self._line() as line:
            line.execute("""UPDATE inbox SET "Processed" = true WHERE "ID" = ANY(%s) AND NOT "Processed" """, (place["took"],))
            heard, unknown, full = self._hear(line, place)
            receipts, more = self._follow(line, place)
        return Polled((*heard, *receipts), json.dumps(place, separators=(",", ":")), more=full or more, unknown=tuple(unknown))

    def check(self) -> str:
        """Is there a daemon whose modem reported lately? Battery and signal are what the modem claims."""
        with self._line() as line:
            found = line.execute(PHONES, {"phone": self._phone}).fetchone()
            waiting = line.execute("SELECT count(*) FROM outbox").fetchone()
        if found is None:
            raise ChannelError("no modem has ever reported to this Gammu database", code="modem")
        sends, receives, battery, signal, network, late = found
        if late > 0:
            raise ChannelError(f"the modem has been silent for {late / 60:.0f} minutes: is gammu-smsd running?", code="modem")
        if not (sends and receives):
            raise ChannelError(f"the modem does not {'receive' if sends else 'send'}", code="modem")
        words = [f"on {network}"] if network not in ("", "ERROR") else []
        words += [f"signal {_percent(signal)}", f"battery {_percent(battery)}", f"{waiting[0] if waiting else 0} texts wait in the outbox"]
        return "modem answers, " + ", ".join(words)

    # looking

    def _hear(self, line: Connection[Any], place: dict[str, Any]) -> tuple[list[IncomingMessage], list[tuple[str, str, str]], bool]:
        if place["in"] is None:  # the first look ever: what somebody marked as processed before us stays theirs
            row = line.execute('SELECT coalesce(max("ID"), 0) FROM inbox').fetchone()
            place["in"] = row[0] if row else 0
        most = MOST_ROWS + len(place["wait"])
        asked = {"high": place["in"], "wait": place["wait"], "phone": self._phone, "most": most}
        rows = [parts.Row(*row) for row in line.execute(INBOX, asked)]
        full = len(rows) == most
        place["in"] = max([place["in"], *(row.id for row in rows)])
        place["took"], place["wait"] = [], []
        heard, unknown = [], []
        for found in parts.join(rows):
            # A look that was cut short may have cut a message as well: its other parts are in the next one.
            if not found.whole and (full or found.first.age < WAIT):
                place["wait"] += found.ids
                continue
            place["took"] += found.ids
            name, raw = f"gammu:in:{found.first.id}", _raw(found)
            if all(row.coding in TEXT_CODINGS for row in found.parts.values()):
                heard.append(_message(found, name, raw))
            else:
                unknown.append((name, "an SMS that is no text", raw))
        return heard, unknown, full and bool(place["took"])

    def _follow(self, line: Connection[Any], place: dict[str, Any]) -> tuple[list[DeliveryReceipt], bool]:
        """Every part of every message of ours of which a part changed since a little before `at`; what was told is not told again."""
        messages: dict[int, list[Any]] = {}
        for number, *rest in line.execute(SENT, {"ours": OURS, "at": place["at"], "first": FIRST_LOOK, "back": BACK}):
            messages.setdefault(number, []).append(rest)
        states = [(max(row[5] for row in rows), number, _receipt(number, rows)) for number, rows in messages.items()]
        changed = sorted(((at, number, receipt) for at, number, receipt in states if receipt is not None), key=lambda each: each[:2])
        news = [each for each in changed if place["told"].get(str(each[1])) != each[2].state]
        taken, left = news[:MOST_RECEIPTS], {number for _, number, _ in news[MOST_RECEIPTS:]}
        place["told"] = {str(number): receipt.state for _, number, receipt in changed if number not in left}
        (now,) = line.execute("SELECT LOCALTIMESTAMP").fetchone() or (datetime.now(),)  # noqa: DTZ005
        seen = [at for at, _, _ in (taken if left else changed)]
        earlier = [datetime.fromisoformat(place["at"])] if place["at"] else []
        # Never beyond the database's own clock: after that was wrong once, everything until then would be missed.
        place["at"] = min(now, max([*seen, *earlier], default=now)).isoformat()
        return [receipt for _, _, receipt in taken], bool(left)

    # the line

    @contextlib.contextmanager
    def _line(self) -> Iterator[Connection[Any]]:
        """One transaction on a connection of its own. Beyond the time-out the socket is cut, so a frozen server cannot hold us."""
        import psycopg

        committing = False
        try:
            connect = max(2, min(5, round(self._timeout)))
            limit = f"-c statement_timeout={int(self._timeout * 1000)}"
            with (
                psycopg.connect(self._url, connect_timeout=connect, options=limit, application_name="ntbcare") as line,
                _bounded(line.fileno(), self._timeout + 1.0),
            ):
                yield line
                committing = True
                line.commit()
        except psycopg.Error as error:
            raise _meaning(error, committing) from None


@contextlib.contextmanager
def _bounded(descriptor: int, seconds: float) -> Iterator[None]:
    """After so many seconds the line is shut down, and whoever waits on it hears of its end."""
    with socket.socket(fileno=os.dup(descriptor)) as twin:

        def cut() -> None:
            with contextlib.suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)

        cutter = threading.Timer(seconds, cut)
        cutter.daemon = True
        cutter.start()
        try:
            yield
        finally:
            cutter.cancel()
            cutter.join()  # the twin's number must not be closed, and used anew, under its hands


def _place(cursor: str) -> dict[str, Any]:
    """The cursor as a dictionary; one that nobody can read is a first look: what comes twice has the same name twice."""
    place: dict[str, Any] = {"in": None, "took": [], "wait": [], "at": "", "told": {}}
    if cursor:
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            given = json.loads(cursor)
            if not (set(given) == set(place) and datetime.fromisoformat(given["at"])):
                raise ValueError("not a cursor of ours")
            place = given
    return place


def _message(found: parts.Heard, name: str, raw: str) -> IncomingMessage:
    """Senders without seven digits in a row (TELKOMSEL, 3636) are no telephone but machines of the operator: kept, never answered."""
    sender = parts.storable(found.first.sender).strip()
    number = re.fullmatch(r"(\+|0|(?=62))([1-9][0-9]{6,14})", re.sub(r"[ -]", "", sender))
    if number:
        sender = f"+{'62' if number[1] == '0' else ''}{number[2]}"
    return IncomingMessage(
        "sms", name, found.text, sender=sender, received_at=found.first.received, raw=raw,
        automatic=not re.search("[0-9]{7}", re.sub(r"[ -]", "", sender)),
    )  # fmt: skip


def _raw(found: parts.Heard) -> str:
    rows = [
        {"ID": row.id, "SenderNumber": row.sender, "Coding": row.coding, "UDH": row.udh, "Text": row.text, "TextDecoded": row.decoded}
        for _, row in sorted(found.parts.items())
    ]
    return parts.storable(json.dumps(rows, ensure_ascii=False))


def _receipt(number: int, rows: list[Any]) -> DeliveryReceipt | None:
    """Parts (place, Status, StatusError, StatusCode, UDH, UpdatedInDB) → one word about the whole; None while parts are missing.

    One part that failed fails the message; it is delivered when every part is. SendingOKNoReport stays «sent» for good.
    """
    name = f"gammu:{number}"
    for _, status, error, code, *_ in rows:
        if status in ERRORS:
            known = TP_STATUS.get(error) if status == "DeliveryFailed" else CMS_ERRORS.get(code)
            permanent, words = known or (False, "")
            detail = error if status == "DeliveryFailed" else code
            reason = " ".join(filter(None, [status, str(detail) if detail >= 0 else "", words]))
            return DeliveryReceipt("sms", name, "failed", reason=reason, permanent=permanent)
    where = parts.place(rows[0][4])
    if len(rows) < (where[1] if where else 1):
        return None
    done = all(row[1] == "DeliveryOK" for row in rows)
    return DeliveryReceipt("sms", name, "delivered" if done else "sent")


def _percent(value: int) -> str:
    return f"{value} %" if 0 <= value <= 100 else "unknown"


def _meaning(error: Any, committing: bool) -> ChannelError:
    """psycopg's error → what the house must decide. Its words may quote rows and passwords, so they stay here."""
    state = error.sqlstate or ""
    if state.startswith("28") or (not state and REFUSED.search(str(error))):
        return ChannelError("our Gammu database does not let us in", code="401")
    if state in ("42501", "42P01", "42703", "42883"):
        return ChannelError(f"our Gammu database lacks a table, a column or a right ({state})", code="403")
    words = f"the Gammu database did not answer properly: {type(error).__name__} {state}".strip()
    return ChannelError(words, code=state, perhaps_sent=committing)
