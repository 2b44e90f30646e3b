"""The office modem for tests: Gammu's published tables in a real PostgreSQL, and the real gammu-smsd with its dummy phone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

SCHEMA = Path("/usr/share/doc/gammu-smsd/examples/pgsql.sql")  # of Debian's package gammu-smsd
SMSC = "123456"  # what the dummy phone calls its SMS centre


def plain(url: str) -> str:
    """A SQLAlchemy address → one that libpq knows."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def furnish(url: str) -> None:
    """Load the tables that the package publishes, into an empty database."""
    with psycopg.connect(plain(url)) as line:
        line.execute(SCHEMA.read_text(encoding="utf-8").replace("CREATE LANGUAGE plpgsql;", "").encode())


class GammuHouse:
    """A Gammu database: what a modem would write into it, and what stands in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.line = psycopg.connect(plain(url), autocommit=True)

    def close(self) -> None:
        self.line.close()

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        found = self.line.execute(query.encode(), values)
        return found.fetchall() if found.description else []

    def empty(self) -> None:
        self.sql("TRUNCATE inbox, outbox, outbox_multipart, sentitems, phones")

    def alive(self, ago: float = 0.0) -> None:
        """The daemon reported so many seconds ago, and promised to do so again within ten."""
        self.sql("DELETE FROM phones WHERE \"ID\" = 'mataram'")
        self.sql(
            'INSERT INTO phones ("ID", "TimeOut", "Send", "Receive", "IMEI", "IMSI", "Client") '
            "VALUES ('mataram', LOCALTIMESTAMP + (10 - %s) * interval '1 second', true, true, '0', '0', 'Gammu')",
            ago,
        )

    def hear(self, text: str, sender: str = "+6281230000001", *, udh: str = "", ago: float = 0.0, **more: object) -> int:
        """One row of the inbox, as the daemon writes it; `ago` seconds. more: columns. Returns its ID."""
        row = {
            "SenderNumber": sender, "TextDecoded": text, "Text": text.encode("utf-16-be", "surrogatepass").hex().upper(), "UDH": udh,
            "Coding": "Unicode_No_Compression", "RecipientID": "mataram",
        } | more  # fmt: skip
        names = ", ".join(f'"{name}"' for name in row)
        return self.sql(
            f'INSERT INTO inbox ({names}, "UpdatedInDB", "ReceivingDateTime") VALUES ({", ".join(["%s"] * len(row))}, '
            'LOCALTIMESTAMP - %s * interval \'1 second\', LOCALTIMESTAMP - %s * interval \'1 second\') RETURNING "ID"',
            *row.values(), ago, ago,
        )[0][0]  # fmt: skip

    def transmit(self, status: str = "SendingOK", *, number: int = 0, code: int = -1, until: int = 99) -> None:
        """What the daemon does with the outbox: each part into sentitems, then away. number: one ID only; until: stop after that part."""
        rows = self.sql(
            'SELECT "ID", 1, "TextDecoded", "UDH", "DestinationNumber", "CreatorID", "Coding" FROM outbox WHERE %s IN (0, "ID") UNION '
            'SELECT p."ID", p."SequencePosition", p."TextDecoded", p."UDH", o."DestinationNumber", o."CreatorID", p."Coding" '
            'FROM outbox_multipart p JOIN outbox o USING ("ID") WHERE %s IN (0, "ID") ORDER BY 1, 2',
            number, number,
        )  # fmt: skip
        for key, place, text, udh, to, creator, coding in rows:
            if place <= until:
                self.sql(
                    'INSERT INTO sentitems ("ID", "SequencePosition", "TextDecoded", "Text", "UDH", "DestinationNumber", "CreatorID", '
                    '"Coding", "Status", "StatusCode", "SenderID") VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, \'mataram\') '
                    "ON CONFLICT DO NOTHING",
                    key, place, text, text.encode("utf-16-be").hex(), udh or "", to, creator, coding, status, code,
                )  # fmt: skip
        if until == 99:
            self.sql('DELETE FROM outbox WHERE %s IN (0, "ID")', number)
            self.sql('DELETE FROM outbox_multipart WHERE %s IN (0, "ID")', number)

    def report(self, number: int, status: str, error: int = 0, *, place: int = 1) -> None:
        """A delivery report found its message."""
        self.sql(
            'UPDATE sentitems SET "Status" = %s, "StatusError" = %s, "DeliveryDateTime" = LOCALTIMESTAMP WHERE ("ID", "SequencePosition") = (%s, %s)',
            status, error, number, place,
        )  # fmt: skip


class Modem:
    """A running gammu-smsd; its dummy phone keeps every SMS as a file in a folder."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log, self._last = folder, log, 0

    def arrive(self, number: str, text: str, *, udh: str = "", report_for: int | None = None) -> None:
        """A text comes over the air, or the report about the sent SMS with that TPMR. https://docs.gammu.org/formats/smsbackup.html"""
        self._last += 1
        units = text.encode("utf-16-be").hex().upper()
        lines = [
            "[SMSBackup000]", f'SMSC = "{SMSC}"', f"SMSCUnicode = {_hex(SMSC)}", "State = UnRead", f'Number = "{number}"',
            f"NumberUnicode = {_hex(number)}", 'Name = ""', "Coding = Unicode_No_Compression", "Folder = 1", f"Length = {len(units) // 4}",
            "Class = -1", "ReplySMSC = False", "RejectDuplicates = False", "ReplaceMessage = 0", f"MessageReference = {report_for or 0}",
            f"DateTime = {datetime.now(UTC):%Y%m%dT%H%M%S}", f"PDU = {'Deliver' if report_for is None else 'Status_Report'}",
            *(f"Text{at // 200:02} = {units[at : at + 200]}" for at in range(0, len(units), 200)), *([f"UDH = {udh}"] if udh else []),
        ]  # fmt: skip
        half = self._folder / "half"
        half.write_text("\n".join(lines) + "\n", encoding="utf-8")
        half.rename(self._folder / f"sms/1/{self._last}")

    def until(self, ready: Callable[[], Any], seconds: float = 30.0) -> Any:
        """Wait for something true; the daemon's own log when it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := ready():
                return found
            time.sleep(0.05)
        raise AssertionError(self._log.read_text(encoding="utf-8", errors="replace")[-3000:])


@contextmanager
def modem(folder: Path, host: Path, dbname: str) -> Iterator[Modem]:
    """gammu-smsd on a database of the server that listens in the socket folder `host`; every clock of it turned quick."""
    phone, settings, log = folder / "phone", folder / "smsdrc", folder / "smsd.log"
    for box in range(1, 6):
        (phone / f"sms/{box}").mkdir(parents=True)
    settings.write_text(
        f"[gammu]\nmodel = dummy\nconnection = none\ndevice = {phone}\n\n"
        f"[smsd]\nservice = sql\ndriver = native_pgsql\nhost = {host}\nuser = care\npassword = none\ndatabase = {dbname}\n"
        f"phoneid = mataram\nlogfile = {log}\ndebuglevel = 0\nloopsleep = 1\ncommtimeout = 1\nsendtimeout = 5\nreceivefrequency = 1\n"
        "statusfrequency = 1\nchecksecurity = 0\nchecknetwork = 0\ndeliveryreport = log\ndeliveryreportdelay = 86400\n"
    )
    daemon = subprocess.Popen(["gammu-smsd", "-c", str(settings)], env={"TZ": "UTC", "PATH": "/usr/bin"}, stdout=subprocess.DEVNULL)
    try:
        yield Modem(phone, log)
    finally:
        daemon.terminate()
        daemon.wait(20)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
