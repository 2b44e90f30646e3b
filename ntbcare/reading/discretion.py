"""Does somebody ask us to keep their name, or the whole report, to ourselves? Heard generously: a mistake only protects."""

from __future__ import annotations

import re

from ntbcare.reading.plain import Plain

_WHO = r"(?:nama|nma|nm|identitas|indentitas|identity|nomor|nomer|no|data diri|jati diri|pelapor|pelapornya)"
_HIDE = r"(?:rahasia|rahasiakan|rahasiain|dirahasiakan|dirahasiain|merahasiakan|sembunyikan|disembunyikan|samarkan|disamarkan)"
_NAME = re.compile(
    rf"\b{_HIDE}(?: \w+)? {_WHO}\b|\b{_WHO}(?: \w+){{0,4}} {_HIDE}\b"
    rf"|\b(?:jangan|tidak mau|tidak ingin|tanpa|tidak usah)(?: (?:di|ke|saya|tolong))* (?:sebut|disebut|sebutkan|disebutkan|menyebut|tulis|ditulis|tampilkan|ditampilkan"
    rf"|bocorkan|dibocorkan|publikasikan|cantumkan|dicantumkan|sebarkan|disebarkan|kasih tahu|dikasih tahu|beri tahu|beritahu)(?: \w+)? {_WHO}\b"
    r"|\bjangan (?:dikasih|kasih|beri|diberi) ?(?:tahu|tau) (?:siapa|bahwa saya|kalau saya|saya|nama)\b"
    r"|\btakut\b.{0,40}\bjangan (?:dikasih|kasih|beri|diberi) ?(?:tahu|tau)\b|\bjangan (?:dikasih|kasih) ?(?:tahu|tau)\b.{0,40}\btakut\b"
    r"|\bjangan sampai (?:tahu|tau|ketahuan)(?: \w+){0,3} saya\b|\b(?:secara|tetap|sebagai|mau|ingin) anonim\b"
    r"|\bsaya (?:minta|mohon|mau|ingin) (?:di)?rahasia(?:kan)?\b|\b(?:tolong|mohon|minta|harap) (?:di)?rahasia(?:kan)?(?: ya| pak| bu| min)*$"
)
_ALL = re.compile(
    r"\b(?:laporan|aduan|pengaduan|pesan|info|informasi)(?: \w+){0,2} (?:rahasia|dirahasiakan|bersifat rahasia)\b"
    r"|\brahasiakan (?:laporan|aduan|pengaduan|pesan)\b"
)
_TAG = re.compile(r"#\s?rahasia\b", re.IGNORECASE)
_NOT = re.compile(
    rf"\b(?:tidak|bukan|tanpa|jangan|belum)(?: \w+)? {_HIDE}\b|\bboleh (?:disebut|sebut|ditulis)\b|\b(?:tidak|bukan) anonim\b|\brahasia umum\b"
)


def asks(text: str, plain: Plain) -> tuple[bool, bool]:
    """(keep the name, keep the report) as the words ask for it; (False, False) for "tidak perlu dirahasiakan". Never raises."""
    words = " ".join(plain.words(text[:4000]))
    whole = _TAG.search(text) is not None or (_ALL.search(words) is not None and _NOT.search(words) is None)
    kept = _NOT.sub(" ", words)
    return _NAME.search(kept) is not None, whole
