"""The one sanitiser for every ingress: text from anybody becomes text that can be stored, searched and sent."""

from __future__ import annotations

import unicodedata

import phonenumbers

from ntbcare.domain.errors import BadInput, TooLong

TEXT_LIMIT = 5_000  # letters of a report
SHORT_LIMIT = 200  # names, places
_KEEP = {"\n", "\t"}
# bidirectional overrides turn what an officer reads around without anybody seeing it
_INVISIBLE = {*(chr(c) for c in range(0x202A, 0x202F)), *(chr(c) for c in range(0x2066, 0x206A)), "\ufeff"}


def text(raw: str, *, field: str = "text", limit: int = TEXT_LIMIT) -> str:
    """NFC, line ends as \\n, no control letters, no lone surrogates. Raises TooLong; never cuts a person's words."""
    cleaned = raw.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in raw) else raw
    cleaned = unicodedata.normalize("NFC", cleaned.replace("\r\n", "\n").replace("\r", "\n"))
    if not cleaned.isprintable():
        cleaned = "".join(c for c in cleaned if c in _KEEP or (unicodedata.category(c) != "Cc" and c not in _INVISIBLE))
    cleaned = cleaned.strip()
    if len(cleaned) > limit:
        sentence = f"Tulisannya terlalu panjang: {len(cleaned)} huruf, paling banyak {limit}. Ringkas dulu, atau kirim sebagai dua laporan."
        raise TooLong(field, sentence, limit=limit)
    return cleaned


def line(raw: str, *, field: str, limit: int = SHORT_LIMIT) -> str:
    """One line of text: a name, a place."""
    return " ".join(text(raw, field=field, limit=limit).split())


def phone(raw: str, *, field: str = "phone", region: str = "ID") -> str:
    """A phone number as people write it → E.164. Raises BadInput."""
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise BadInput(field, "Nomor HP-nya belum benar. Contoh: 0812 3456 7890.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(body: bytes) -> bool:
    """Is this valid UTF-8? A body that is not must be refused, not guessed at."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
