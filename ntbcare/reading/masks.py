"""Personal data in public texts: found and hidden (NIK, KK, telephone, e-mail, vehicle plate, account number)."""

import re
from typing import NamedTuple

from ntbcare.reading.plain import table

REPLACEMENTS = {
    "email": "[e-mail disamarkan]",
    "nik": "[NIK disamarkan]",
    "kk": "[nomor KK disamarkan]",
    "phone": "[telepon disamarkan]",
    "account": "[nomor disamarkan]",
    "plate": "[plat disamarkan]",
}

_PLATES = table(
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP D DA DB DC DD DE DG DH DK DL DM DN DP DR DS DT DW E EA EB ED EE F G H K KB KH KT KU "
    "L M N P PA PB PG PS PT PY R RI S T W Z"
)
_LOCAL = frozenset(("DR", "EA", "DK", "DH", "EB", "ED"))
"""NTB (DR Lombok, EA Sumbawa) and its neighbours: recognised without a final letter group when the number has four digits."""

_GAP = r"[ .\-/]?"
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?\[at\]\s?|\s?\(at\)\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}", re.IGNORECASE)
_SIXTEEN = re.compile(rf"(?<![\d])\d(?:{_GAP}\d){{15}}(?!\d)")
_PHONE = re.compile(r"(?<![\w.,])\(?(?:\+\s?62|62|0)[ .\-]?(?:\(0\))?[ .\-]?(?:8(?:[ .\-]?\d){8,11}|3[67]\d\)?(?:[ .\-]?\d){6,8})(?!\d)")
_ACCOUNT = re.compile(r"(?<![\w.,+\-])\d(?:[ \-]?\d){9,17}(?!\w)(?![.,]\d)")
_DATED = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}|\d{1,2}[ \-]\d{1,2}[ \-](?:19|20)\d\d|(?:(?:19|20)\d\d[ \-]*)+$")
_PLATE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,2})([ .\-]?)(\d{1,4})(?:([ .\-]?)([A-Za-z]{1,3}))?(?![A-Za-z0-9])")
_KK_BEFORE = re.compile(r"(?:\bkk|kartu\s+keluarga)\b[^\d]{0,20}$", re.IGNORECASE)
_PLATE_BEFORE = re.compile(
    r"(?:plat|nopol|no\.?\s*pol(?:isi)?|polisi|motor|mobil|truk|pickup|pick up|bus|kendaraan|nomor)[\w .:]{0,12}$", re.IGNORECASE
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩０１２３４５６７８９", "01234567890123456789")
_UNITS = table("KM KG RT RW CM MM JT RB M L G HP PT CV NO SD TK AM PM HR JAM")


class Hit(NamedTuple):
    """One secret: kind (nik | kk | phone | email | plate | account) and its place text[start:end]."""

    kind: str
    start: int
    end: int


def plausible_nik(digits: str) -> bool:
    """16 digits whose province, regency and birth date can exist (a woman's day is 40 more); the date is not checked against the calendar."""
    if len(digits) != 16 or not digits.isdigit() or not 11 <= int(digits[:2]) <= 97 or digits[2:4] == "00" or digits[12:] == "0000":
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    return 1 <= month <= 12 and (1 <= day <= 31 or 41 <= day <= 71)


def _numbers(text: str) -> list[Hit]:
    hits = []
    for found in _SIXTEEN.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        family = _KK_BEFORE.search(text[max(0, found.start() - 40) : found.start()])
        kind = "kk" if family else "nik" if plausible_nik(digits) else "account"
        hits.append(Hit(kind, found.start(), found.end()))
    hits += [Hit("phone", found.start(), found.end()) for found in _PHONE.finditer(text)]
    hits += [Hit("account", found.start(), found.end()) for found in _ACCOUNT.finditer(text) if not _amount(text, found)]
    return hits


def _amount(text: str, found: re.Match[str]) -> bool:
    """Dates, rows of years and rupiah are no account numbers."""
    return bool(_DATED.match(found.group())) or text[max(0, found.start() - 4) : found.start()].lower().rstrip(" .").endswith("rp")


def _plates(text: str) -> list[Hit]:
    hits = []
    for found in _PLATE.finditer(text):
        area, gap, number, _, tail = found.groups()
        if area.upper() not in _PLATES or number.startswith("0"):
            continue
        announced = bool(_PLATE_BEFORE.search(text[max(0, found.start() - 30) : found.start()]))
        shouted = area.isupper() and (tail or "X").isupper()
        if tail:
            plausible = tail.upper() not in _UNITS and (
                announced or shouted or (area.upper() in _LOCAL and len(number) >= 3 and _few(tail))
            )
        else:
            plausible = (announced and len(area) == 2) or (area.isupper() and area in _LOCAL and len(number) == 4 and not _year(number))
        if plausible and not (len(area) == 1 and not announced and (not gap or len(number) < 3)):
            hits.append(Hit("plate", found.start(), found.end()))
    return hits


def _few(tail: str) -> bool:
    """A lower-case tail must not be a word: 'dr 1000 yg' (from 1000 that) is no plate."""
    return len(tail) <= 2 and tail not in (
        "yg",
        "di",
        "ke",
        "m",
        "rb",
        "jt",
        "ribu",
        "km",
        "kg",
        "kk",
        "rt",
        "dg",
        "dr",
        "ha",
        "an",
        "se",
        "kw",
        "l",
    )


def _year(number: str) -> bool:
    return number.startswith(("19", "20"))


def find(text: str) -> list[Hit]:
    """The secrets of a text in order, not overlapping; the stricter kind wins where two overlap. Never raises for any text."""
    plain = text.translate(_DIGITS)
    hits = [Hit("email", found.start(), found.end()) for found in _EMAIL.finditer(plain)] + _numbers(plain) + _plates(plain)
    chosen: list[Hit] = []
    taken = bytearray(len(text))
    for hit in hits:
        if not any(taken[hit.start : hit.end]):
            chosen.append(hit)
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    return sorted(chosen, key=lambda hit: hit.start)


def mask(text: str) -> str:
    """The text with each secret replaced by what it was: '[NIK disamarkan]'. Masking twice changes nothing."""
    parts, at = [], 0
    for hit in find(text):
        parts += [text[at : hit.start], REPLACEMENTS[hit.kind]]
        at = hit.end
    return "".join(parts) + text[at:]
