"""Somebody corrects the place they told: "eh maaf, Batukliang Utara", "salah, maksud saya desa Tente", "bukan Woha pak, Belo"."""

from __future__ import annotations

import re

from ntbcare.reading.places import Gazetteer, PlaceReading
from ntbcare.reading.plain import split, table

MOST = 16
"""Words of a correction; more are a story of their own."""
_SURE = 0.7
_SORRY = table("eh ehh maaf maap mf sorry sori oh aduh waduh")
_MARKS = table("ralat koreksi keliru salah maksudnya maksudku harusnya seharusnya mestinya semestinya")
_PAIRS = {
    **dict.fromkeys(("saya", "sy", "sya", "aku", "kami", "sebenarnya", "sebenernya"), ("maksud",)),
    **dict.fromkeys(("benar", "bener", "betul"), ("yang", "yg")),
    **dict.fromkeys(("ketik", "tulis", "kirim", "sebut", "tempat", "desa", "kecamatan", "alamat", "lokasi"), ("salah",)),
}  # second word of a mark in two words → its first
_NOT_WRONG = table("satu seorang paham pengertian sasaran")  # "salah satu warga", "salah paham"
_BUT = table("tapi tetapi tp tpi melainkan namun")
_OF_A_PLACE = table("desa ds kelurahan kel dusun dsn kecamatan kec kabupaten kab kota")
_ASIDE = _SORRY | table(
    "pak bu bapak ibu min admin kak mas mbak bang bos ya iya yah tadi itu ini dong mohon tolong saya sy di d ada adalah yaitu yang yg lokasi "
    "lokasinya tempat tempatnya alamat alamatnya kejadian kejadiannya posisi posisinya wilayah daerah terima kasih makasih mksh tks trims tulis "
    "ketik sebut kirim"
)
_LEADING = _ASIDE | _MARKS | _OF_A_PLACE | table("maksud benar bener betul sebenarnya sebenernya aku kami sya")
_MARK = re.compile(
    r"(?<!\w)(?:(?:eh+|aduh|waduh|oh)[ ,]+(?:maa[fp]|sorry|sori|salah)|maa[fp][ ,]+(?:salah|maksud|yang benar|yg benar|yg bener)|ralat|koreksi"
    r"|salah (?:ketik|tulis|sebut)|(?:tapi )?maksud(?:nya|ku| saya| sy| sya| aku| kami)|maksud sya)(?!\w)",
    re.IGNORECASE,
)
_END = re.compile(r"[!?;\n]|\.(?=\s|$)")
_SHORTER = (10, 8, 7, 6, 5, 4)  # words of a correction that goes on with the story
_READ = 2000  # letters of a text in which corrections are looked for
_LOOSE = 2  # other words that a correction in so many words may hold


def read(text: str, gazetteer: Gazetteer, near: frozenset[str] = frozenset()) -> PlaceReading | None:
    """The place that these words put right, None when they correct nothing or name no place that is sure. `near`: the place told before.

    Words that correct and do nothing else ("ralat", "maksud saya") bear a few others beside the place; after "maaf" or "salah", and around
    "bukan", there may be nothing but places.
    """
    words, breaks = split(text)
    if len(words) > MOST:
        return None
    start, firm = _after_marks(words)
    if "bukan" in words[start:]:
        rest, denied = _instead(words, breaks, start, words.index("bukan", start))
        if not denied or _others(denied, gazetteer.find(" ".join(denied), field=True)):
            return None
    else:
        rest = words[start:] if start else []
    said = [word for word in rest if word not in _ASIDE]
    found = _settled(gazetteer.find(" ".join(said), near=near, field=True), near)
    if found.code is None or found.confidence < _SURE or len(_others(said, found)) > (_LOOSE if firm else 0):
        return None
    return found


def within(text: str, gazetteer: Gazetteer) -> PlaceReading | None:
    """The place that a text puts right in itself: "di desa Labuapi, eh maaf maksud saya desa Bagik Polak"; None when it corrects nothing.

    What stands before the mark must name a place, and the correction ends with its sentence; of a longer one the first words count.
    """
    for mark in _MARK.finditer(text[:_READ]):
        told = gazetteer.find(text[: mark.start()])
        if told.code is None and not told.candidates:
            continue
        tail = _END.split(text[mark.start() :], maxsplit=1)[0].split()
        for size in dict.fromkeys((min(len(tail), MOST), *_SHORTER)):
            found = read(" ".join(tail[:size]), gazetteer, frozenset({told.code} if told.code else told.candidates))
            if found is not None and found.code is not None:
                return found
    return None


def _after_marks(words: list[str]) -> tuple[int, bool]:
    """The first word behind the last word of correction or regret with which a text begins, 0 for none; and whether it can mean nothing else."""
    start, firm = 0, False
    for i, word in enumerate(words):
        if word not in _LEADING:
            break
        after = words[i + 1] if i + 1 < len(words) else ""
        paired = i > 0 and words[i - 1] in _PAIRS.get(word, ())
        if word == "salah" and after in _NOT_WRONG:
            break
        if paired or word in _MARKS or word in _SORRY:
            start = i + 1
            firm = firm or paired or (word in _MARKS and word != "salah")
    return start, firm


def _instead(words: list[str], breaks: frozenset[int], start: int, bukan: int) -> tuple[list[str], list[str]]:
    """(what stands instead, what is denied): "bukan Woha tapi Belo", "bukan Woha pak, Belo", "Belo pak, bukan Woha"."""
    before = words[start:bukan]
    but = next((i for i in range(bukan, len(words)) if words[i] in _BUT), 0)
    cut = but or next((i for i in sorted(breaks) if bukan + 1 < i < len(words)), 0)
    denied = [word for word in words[bukan + 1 : cut or len(words)] if word not in _ASIDE]
    if not cut:
        return before, denied
    return (words[cut + bool(but) :], denied) if all(word in _ASIDE for word in before) else ([], [])


def _others(words: list[str], found: PlaceReading) -> list[str]:
    """The words that are no part of a place."""
    named = {word for mention in found.words for word in mention.split()}
    return [word for word in words if word not in named and word not in _OF_A_PLACE]


def _settled(found: PlaceReading, near: frozenset[str]) -> PlaceReading:
    """Of namesakes the one in the regency told before; of a district and its villages there the district, whose name is the one people use."""
    if (found.code is not None and found.confidence >= _SURE) or len(found.words) != 1 or not near:
        return found
    regencies = {".".join(code.split(".")[:2]) for code in near}
    there = [code for code in found.candidates if ".".join(code.split(".")[:2]) in regencies]
    larger = [code for code in there if code.count(".") == 2]
    chosen = there if len(there) == 1 else larger
    if len(chosen) != 1:
        return found
    return found._replace(code=chosen[0], level={1: "regency", 2: "district"}.get(chosen[0].count("."), "village"), confidence=_SURE)
