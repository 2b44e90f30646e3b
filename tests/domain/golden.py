"""The literal tables of the clock and the calendar they were written for; computed by a script that shares nothing with the house."""

from __future__ import annotations

from datetime import UTC, date, datetime

import holidays

from ntbcare.domain.calendar import Calendar
from ntbcare.domain.clock import Measure, Promise

NATIONAL = dict(holidays.country_holidays("ID", years=range(2024, 2028), categories=("public", "government"), language="id"))
NTB = Calendar("test-1", NATIONAL, date(2024, 1, 1), date(2027, 12, 31))


def promise(amount: int, measure: str = "working_days", pauses: bool = True) -> Promise:
    return Promise("x", "complete", amount, Measure(measure), pauses, "Penyelesaian", "domain.md 9.2", "1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WORKING, CALENDAR = "working_days", "calendar_days"
FIVE = promise(5)
FRIDAY = at("2026-03-13 02:00:00")  # Friday 13 March 2026, 10.00 WITA
FRIDAY_DUE = at("2026-03-27 15:59:59")

# the vectors of domain.md 8.4: received, +3 +5 +10 +14 +60 working days, +60 calendar days
VECTORS = [
    ("2025-12-24", "2025-12-31", "2026-01-05", "2026-01-12", "2026-01-19", "2026-04-02", "2026-02-22"),
    ("2026-02-13", "2026-02-20", "2026-02-24", "2026-03-03", "2026-03-09", "2026-05-25", "2026-04-14"),
    ("2026-03-13", "2026-03-25", "2026-03-27", "2026-04-06", "2026-04-10", "2026-06-24", "2026-05-12"),
    ("2026-05-12", "2026-05-19", "2026-05-21", "2026-06-02", "2026-06-08", "2026-08-12", "2026-07-11"),
]
COLUMNS = [*((days, "working_days") for days in (3, 5, 10, 14, 60)), (60, "calendar_days")]

# started (UTC), amount, measure, due (UTC), case
GOLDEN = [
    ("2024-02-28 03:00:00", 3, WORKING, "2024-03-04 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 5, WORKING, "2024-03-06 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 14, WORKING, "2024-03-21 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 60, WORKING, "2024-06-11 15:59:59", "the day before the leap day"),
    ("2024-02-29 03:00:00", 1, WORKING, "2024-03-01 15:59:59", "on the leap day"),
    ("2024-02-28 16:00:00", 1, WORKING, "2024-03-01 15:59:59", "leap day begins in WITA at 16:00 UTC"),
    ("2024-02-28 15:59:59", 1, WORKING, "2024-02-29 15:59:59", "one second before the leap day"),
    ("2024-02-28 03:00:00", 1, CALENDAR, "2024-02-29 15:59:59", "due on the leap day"),
    ("2024-02-29 03:00:00", 60, CALENDAR, "2024-04-29 15:59:59", "from the leap day"),
    ("2024-02-28 20:00:00", 24, "hours", "2024-02-29 20:00:00", "over the leap day"),
    ("2024-12-31 03:00:00", 3, WORKING, "2025-01-06 15:59:59", "year end"),
    ("2024-12-31 16:30:00", 3, WORKING, "2025-01-06 15:59:59", "new year's day already in WITA"),
    ("2024-12-23 02:00:00", 5, WORKING, "2025-01-02 15:59:59", "Christmas 2024"),
    ("2024-04-05 07:00:00", 3, WORKING, "2024-04-18 15:59:59", "over Idul Fitri 2024"),
    ("2024-11-26 07:00:00", 1, WORKING, "2024-11-28 15:59:59", "regional election day"),
    ("2024-06-14 07:00:00", 2, WORKING, "2024-06-20 15:59:59", "Idul Adha 2024"),
    ("2025-01-24 01:00:00", 3, WORKING, "2025-02-03 15:59:59", "three days off in a row"),
    ("2025-03-27 06:00:00", 3, WORKING, "2025-04-10 15:59:59", "Nyepi and Idul Fitri 2025"),
    ("2025-03-27 06:00:00", 14, WORKING, "2025-04-28 15:59:59", "Nyepi and Idul Fitri 2025"),
    ("2025-04-05 06:00:00", 1, WORKING, "2025-04-08 15:59:59", "a Saturday inside the Idul Fitri leave"),
    ("2025-05-28 04:00:00", 2, WORKING, "2025-06-03 15:59:59", "long weekend"),
    ("2025-06-05 23:00:00", 5, WORKING, "2025-06-16 15:59:59", "Idul Adha began in WITA"),
    ("2025-08-15 03:00:00", 1, WORKING, "2025-08-19 15:59:59", "18 August 2025, added in mid-year"),
    ("2025-09-04 15:59:59", 3, WORKING, "2025-09-10 15:59:59", "last second before Maulid"),
    ("2025-09-04 16:00:00", 3, WORKING, "2025-09-10 15:59:59", "first second of Maulid"),
    ("2025-12-24 15:59:59", 5, WORKING, "2026-01-05 15:59:59", "last second before Christmas"),
    ("2025-12-31 15:59:59", 1, WORKING, "2026-01-02 15:59:59", "last second of the year"),
    ("2025-12-31 16:00:00", 1, WORKING, "2026-01-02 15:59:59", "first second of the year"),
    ("2025-12-26 03:00:00", 5, WORKING, "2026-01-05 15:59:59", "received on cuti bersama"),
    ("2026-03-13 02:00:00", 5, WORKING, "2026-03-27 15:59:59", "domain.md 9.5 row 5"),
    ("2026-03-13 15:59:59", 5, WORKING, "2026-03-27 15:59:59", "last second of Friday 13 March"),
    ("2026-03-13 16:00:00", 5, WORKING, "2026-03-27 15:59:59", "Saturday 14 March in WITA"),
    ("2026-03-13 16:30:00", 1, CALENDAR, "2026-03-15 15:59:59", "already 14 March in WITA"),
    ("2026-03-13 15:30:00", 1, CALENDAR, "2026-03-14 15:59:59", "still 13 March in WITA"),
    ("2026-03-15 15:30:00", 3, WORKING, "2026-03-25 15:59:59", "a Sunday night"),
    ("2026-03-15 16:30:00", 3, WORKING, "2026-03-26 15:59:59", "Monday in WITA"),
    ("2026-03-17 03:00:00", 1, WORKING, "2026-03-25 15:59:59", "the eve of seven days off"),
    ("2026-03-18 03:00:00", 1, WORKING, "2026-03-25 15:59:59", "received on cuti bersama Nyepi"),
    ("2026-03-21 03:00:00", 3, WORKING, "2026-03-27 15:59:59", "received on Idul Fitri, a Saturday"),
    ("2026-03-24 15:59:59", 1, WORKING, "2026-03-25 15:59:59", "last day of leave"),
    ("2026-03-24 16:00:00", 1, WORKING, "2026-03-26 15:59:59", "first working day in WITA"),
    ("2026-04-02 09:00:00", 2, WORKING, "2026-04-07 15:59:59", "over Good Friday"),
    ("2026-04-30 09:00:00", 10, WORKING, "2026-05-19 15:59:59", "over Labour Day and Ascension"),
    ("2026-05-13 09:00:00", 1, WORKING, "2026-05-18 15:59:59", "Ascension and cuti bersama"),
    ("2026-05-26 09:00:00", 5, WORKING, "2026-06-05 15:59:59", "Idul Adha, Waisak, Pancasila"),
    ("2026-06-15 01:00:00", 30, WORKING, "2026-07-28 15:59:59", "WBS screening"),
    ("2026-08-14 01:00:00", 2, WORKING, "2026-08-19 15:59:59", "over 17 August"),
    ("2026-08-24 23:59:59", 2, WORKING, "2026-08-27 15:59:59", "Maulid in WITA"),
    ("2026-02-13 09:00:00", 60, CALENDAR, "2026-04-14 15:59:59", "statutory ceiling"),
    ("2026-01-31 09:00:00", 14, CALENDAR, "2026-02-14 15:59:59", "statutory answer"),
    ("2026-12-20 09:00:00", 30, CALENDAR, "2027-01-19 15:59:59", "over the year end"),
    ("2026-12-23 03:00:00", 1, WORKING, "2026-12-28 15:59:59", "the eve of Christmas leave"),
    ("2026-12-23 03:00:00", 5, WORKING, "2027-01-04 15:59:59", "into 2027"),
    ("2026-12-31 16:30:00", 2, WORKING, "2027-01-06 15:59:59", "2027 already in WITA"),
    ("2026-10-12 03:00:00", 60, WORKING, "2027-01-08 15:59:59", "sixty days into 2027"),
    ("2026-03-13 15:59:30", 1, "hours", "2026-03-13 16:59:30", "over local midnight"),
    ("2026-03-20 20:15:07", 24, "hours", "2026-03-21 20:15:07", "night and Idul Fitri count"),
    ("2026-12-31 10:00:00", 48, "hours", "2027-01-02 10:00:00", "over the year end"),
    ("2026-06-01 01:02:03", 72, "hours", "2026-06-04 01:02:03", "PDP breach 3x24 hours"),
    ("2026-03-21 15:58:00", 5, "minutes", "2026-03-21 16:03:00", "receipt over local midnight"),
    ("2024-02-29 15:59:59", 5, "minutes", "2024-02-29 16:04:59", "receipt at the end of the leap day"),
    ("2027-03-05 03:00:00", 1, WORKING, "2027-03-16 15:59:59", "Idul Fitri 2027, an estimate"),
    ("2028-02-28 03:00:00", 1, CALENDAR, "2028-02-29 15:59:59", "due on a leap day whose holidays nobody knows yet"),
    ("2028-02-28 16:30:00", 24, "hours", "2028-02-29 16:30:00", "through that leap day"),
    ("2028-02-15 03:00:00", 30, CALENDAR, "2028-03-16 15:59:59", "thirty days over that leap day"),
    ("2026-07-06 00:00:00", 5, WORKING, "2026-07-13 15:59:59", "a plain week"),
    ("2026-07-10 08:00:00", 2, WORKING, "2026-07-14 15:59:59", "check of a result over a weekend"),
    ("2026-07-11 08:00:00", 5, WORKING, "2026-07-17 15:59:59", "received on a plain Saturday"),
]

PAUSED = [  # due, paused, resumed (UTC), measure, due afterwards
    ("2026-03-27 15:59:59", "2026-03-16 02:00:00", "2026-03-25 09:00:00", WORKING, "2026-03-31 15:59:59", "over Nyepi and Idul Fitri"),
    ("2026-03-27 15:59:59", "2026-03-16 02:00:00", "2026-03-16 09:00:00", WORKING, "2026-03-27 15:59:59", "within one day"),
    ("2026-03-27 15:59:59", "2026-03-16 15:59:59", "2026-03-16 16:00:00", WORKING, "2026-03-30 15:59:59", "a second, but over midnight"),
    ("2026-03-27 15:59:59", "2026-03-18 02:00:00", "2026-03-24 09:00:00", WORKING, "2026-03-27 15:59:59", "only days off"),
    ("2026-03-27 15:59:59", "2026-03-20 02:00:00", "2026-03-25 01:00:00", WORKING, "2026-03-30 15:59:59", "day off to working day"),
    ("2026-03-27 15:59:59", "2026-03-27 02:00:00", "2026-04-06 02:00:00", WORKING, "2026-04-06 15:59:59", "from the very last day"),
    ("2026-01-05 15:59:59", "2025-12-24 02:00:00", "2026-01-02 02:00:00", WORKING, "2026-01-09 15:59:59", "over the year end"),
    ("2026-01-05 15:59:59", "2025-12-26 02:00:00", "2025-12-28 02:00:00", WORKING, "2026-01-05 15:59:59", "a weekend"),
    ("2024-03-06 15:59:59", "2024-02-28 02:00:00", "2024-02-29 02:00:00", WORKING, "2024-03-07 15:59:59", "into the leap day"),
    ("2026-05-21 15:59:59", "2026-05-13 02:00:00", "2026-05-18 02:00:00", WORKING, "2026-05-22 15:59:59", "over Ascension"),
    ("2026-04-14 15:59:59", "2026-03-16 02:00:00", "2026-03-25 09:00:00", CALENDAR, "2026-04-23 15:59:59", "calendar days count every day"),
    ("2026-04-14 15:59:59", "2026-03-16 02:00:00", "2026-03-16 15:59:59", CALENDAR, "2026-04-14 15:59:59", "calendar days within one day"),
    ("2026-03-14 02:00:00", "2026-03-13 10:00:00", "2026-03-13 11:30:15", "hours", "2026-03-14 03:30:15", "exact time"),
    ("2026-03-13 02:05:00", "2026-03-13 02:01:00", "2026-03-13 02:01:40", "minutes", "2026-03-13 02:05:40", "exact seconds"),
]

NEARNESS = [  # now (UTC), stage, days left, words; five working days from Friday 13 March
    ("2026-03-13 02:00:00", "on_time", 5, "tinggal 5 hari kerja"),
    ("2026-03-16 02:00:00", "on_time", 4, "tinggal 4 hari kerja"),
    ("2026-03-22 02:00:00", "on_time", 3, "tinggal 3 hari kerja"),
    ("2026-03-25 02:00:00", "on_time", 2, "tinggal 2 hari kerja"),
    ("2026-03-26 02:00:00", "soon", 1, "tinggal 1 hari kerja"),
    ("2026-03-27 15:59:59", "soon", 0, "hari ini hari terakhir"),
    ("2026-03-27 16:00:00", "late", 0, "baru saja lewat tenggat"),
    ("2026-03-29 02:00:00", "late", 0, "baru saja lewat tenggat"),
    ("2026-03-31 02:00:00", "late", 2, "lewat 2 hari kerja"),
]

# promise, started, due (UTC), the sentence
SENTENCES = [
    (FIVE, "2026-03-13 02:00:00", "2026-03-27 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), jadi paling lambat Jumat, 27 Maret 2026 pukul 23.59 WITA; "
     "9 hari libur dan akhir pekan dilewati.")),
    (FIVE, "2026-03-13 02:00:00", "2026-03-31 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), ditambah 2 hari kerja selama menunggu jawaban pelapor, "
     "jadi paling lambat Selasa, 31 Maret 2026 pukul 23.59 WITA; 11 hari libur dan akhir pekan dilewati.")),
    (FIVE, "2026-03-14 02:00:00", "2026-03-27 15:59:59",
     ("5 hari kerja sejak Sabtu, 14 Maret 2026 (hari itu tidak dihitung), jadi paling lambat Jumat, 27 Maret 2026 pukul 23.59 WITA; "
     "8 hari libur dan akhir pekan dilewati.")),
    (promise(2), "2026-07-06 02:00:00", "2026-07-08 15:59:59",
     "2 hari kerja sejak Senin, 6 Juli 2026 (hari itu tidak dihitung), jadi paling lambat Rabu, 8 Juli 2026 pukul 23.59 WITA."),
    (promise(2), "2026-07-10 02:00:00", "2026-07-14 15:59:59",
     ("2 hari kerja sejak Jumat, 10 Juli 2026 (hari itu tidak dihitung), jadi paling lambat Selasa, 14 Juli 2026 pukul 23.59 WITA; "
     "2 hari akhir pekan dilewati.")),
    (promise(1), "2026-06-15 02:00:00", "2026-06-17 15:59:59",
     ("1 hari kerja sejak Senin, 15 Juni 2026 (hari itu tidak dihitung), jadi paling lambat Rabu, 17 Juni 2026 pukul 23.59 WITA; "
     "1 hari libur dilewati.")),
    (FIVE, "2026-03-13 02:00:00", "2026-03-26 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), menurut kalender yang berlaku waktu tenggat ini ditetapkan, "
     "jadi paling lambat Kamis, 26 Maret 2026 pukul 23.59 WITA.")),
    (promise(60, "calendar_days", pauses=False), "2026-02-13 02:00:00", "2026-04-14 15:59:59",
     ("60 hari kalender sejak Jumat, 13 Februari 2026 (hari itu tidak dihitung), jadi paling lambat Selasa, 14 April 2026 "
     "pukul 23.59 WITA; akhir pekan dan hari libur ikut dihitung.")),
    (promise(24, "hours"), "2026-03-13 00:10:00", "2026-03-14 03:30:00",
     ("24 jam sejak Jumat, 13 Maret 2026 pukul 08.10 WITA, siang malam termasuk hari libur, ditambah 3 jam 20 menit selama menunggu "
     "jawaban pelapor, jadi paling lambat Sabtu, 14 Maret 2026 pukul 11.30 WITA.")),
]  # fmt: skip
