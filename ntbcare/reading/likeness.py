"""How alike two told things are: the same place, the same topic, the same words, a short time apart; a score and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import cos, hypot, radians
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from ntbcare.reading.phrases import stem
from ntbcare.reading.plain import FILLERS, MARKERS, Plain, split, table

_DEGREE = 111_195.0  # metres
_PLACE, _MEANING, _TIME = 0.35, 0.55, 0.10  # shares of the score; measured with bench/likeness.py
_MARKED = 0.15  # the same landmark
_APART = 0.3  # what is left of a score when topic or district differ, or the landmarks contradict each other
_DISTRICT = 0.7  # one of the two names only the district
_NEAR_BY = 0.6  # another village, and both tell of the same landmark: people name the next village for a road between two
_MISSPELT = 84.0  # rapidfuzz: 'berlobang' and 'berlubang'
_MOST_WORDS = 150  # of one text: far more than anybody tells of one thing, and a bound for what comparing costs
_LEAST_LETTERS = 5  # shorter words are misspelt into other words ('mati', 'hati')
_COMMON = 0.25  # weight of a word that names the topic and not the thing

_SAME_SENSE = tuple(
    table(line)
    for line in (
        "rusak lubang berlubang bolong hancur amblas amblong remuk parah jelek lobang pecah terkelupas kelupas retak longsor kupas",
        "mati padam gelap gulita nyala menyala hidup",
        "air pdam ledeng keran kran",
        "macet kering kosong habis mengalir ngalir alir",
        "sampah tumpukan numpuk menumpuk bau busuk tumpuk",
        "banjir genangan tergenang meluap luap genang mampet tersumbat sumbat",
        "lampu pju penerangan",
        "selokan got parit drainase",
        "guru pengajar",
        "obat vitamin",
        "puskesmas pustu poskesdes",
        "jembatan titian",
        "roboh ambruk tumbang rubuh miring",
        "antre antri antrean lama lambat",
        "dukcapil capil disdukcapil",
        "pungutan pungli iuran",
        "bising ribut berisik",
        "debu asap limbah",
    )
)
_SENSE = {stem(word): number for number, words in enumerate(_SAME_SENSE) for word in words} | {
    word: number for number, words in enumerate(_SAME_SENSE) for word in words
}
# words that are in every report and tell nothing of which thing it is
_EMPTY = FILLERS | table(
    "yang juga lagi lalu agar supaya pak bu mas kak min admin lapor laporan melaporkan halo assalamualaikum selamat pagi siang sore malam "
    "kabupaten kecamatan desa dusun kota kelurahan lingkungan provinsi ntb lombok sumbawa bima dompu barat timur tengah utara selatan "
    "hari minggu bulan tahun sejak kemarin tadi sudah sekali banget sangat terus saja kok nih deh dong ya mau bisa tidak belum pernah warga "
    "masyarakat pemerintah dinas segera cepat ditindaklanjuti perbaiki diperbaiki perbaikan mohon tolong bantu bantuan perhatian hampir dua tiga "
    "satu empat lima banyak orang anak kalau jika sampai selalu setiap tempat daerah wilayah sini sana situ oleh akan atau jadi sehingga karena "
    "kapan kenapa mengapa bagaimana apa hal masih penuh besar kecil dalam arah"
)
_LANDMARK_SIGNS = table(
    "dekat depan samping sebelah belakang seberang sebrang simpang pertigaan perempatan sekitar sepanjang gang gg rt rw km"
)
_PLACES_OF_NOTE = table(
    "pasar masjid mesjid musholla mushola sekolah sd sdn smp smpn sma sman smk puskesmas pustu kantor jembatan terminal pelabuhan pantai lapangan "
    "kuburan makam alfamart indomaret spbu bank pura gereja posyandu pondok pesantren madrasah bundaran bandara hotel pabrik gudang kali sungai bendungan"
)
_GENERIC = table("jalan air lampu sampah listrik saluran jembatan rumah sekolah puskesmas kantor petugas pelayanan layanan parah")


@dataclass(frozen=True, slots=True)
class Limits:
    """[likeness] of deployment.toml: `metres` and `days` within which two things can be one; from `offer` on a citizen is asked, from
    `show` on an officer sees it; `wait_minutes` = how long a report waits for that answer before it goes to a desk (0 = not at all);
    `answer_hours` = how long a citizen may say "1"; `unmerge_days` = how long a merge can be undone."""

    metres: float = 300.0
    days: float = 30.0
    offer: float = 0.62
    show: float = 0.45
    most_offered: int = 3
    most_shown: int = 5
    wait_minutes: float = 30.0
    answer_hours: float = 24.0
    unmerge_days: float = 30.0


def limits(facts: Mapping[str, Any]) -> Limits:
    """[likeness] → Limits; what is not named keeps its default. Raises TypeError for an unknown name, ValueError for a number that is
    not above nought; only `wait_minutes` may be nought."""
    known = {name: type(getattr(Limits(), name))(value) for name, value in facts.items() if name in Limits.__dataclass_fields__}
    if set(facts) - set(known):
        raise TypeError(f"[likeness] knows no {', '.join(sorted(set(facts) - set(known)))}")
    if any(value < 0 or (value == 0 and name != "wait_minutes") for name, value in known.items()):
        raise ValueError("[likeness] takes numbers above nought only")
    return Limits(**known)


class Told(NamedTuple):
    """One told thing. `topic` = code of its top topic; `region` = dotted code; lat, lon in degrees; `words` and `marks` from `words_of`."""

    region: str | None
    topic: str | None
    words: frozenset[str]
    marks: frozenset[str]
    at: datetime
    lat: float | None = None
    lon: float | None = None


class Likeness(NamedTuple):
    """score 0..1 and what it rests on, in Indonesian for an officer."""

    score: float
    reasons: tuple[str, ...]


def words_of(plain: Plain, text: str, names: frozenset[str] = frozenset()) -> tuple[frozenset[str], frozenset[str]]:
    """(stems that tell what, landmarks that tell where) of a text; `names` = words of its place, which its region says already."""
    known = _EMPTY | MARKERS | names | _LANDMARK_SIGNS
    raw = split(text)[0]
    told = dict.fromkeys(word for word in plain.expand(raw) if len(word) > 2 and not word.isdigit() and word not in known)
    return frozenset(map(stem, islice(told, _MOST_WORDS))), frozenset(_marks(raw))


def _marks(raw: list[str]) -> set[str]:
    """Landmarks of the folded words of a text, before any abbreviation is spelt out ('km' would become 'kamu')."""
    marks: set[str] = set()
    near = -_REACH - 1
    for at, word in enumerate(raw):
        number = raw[at + 1] if at + 1 < len(raw) and raw[at + 1].isdigit() and len(raw[at + 1]) < 4 else ""
        if word in _PLACES_OF_NOTE and (number or at - near <= _REACH):
            marks.add(f"{_ALSO.get(word, word)} {int(number)}" if number else _ALSO.get(word, word))
        elif word in _NUMBERED and number:
            marks.add(f"{_NUMBERED[word]} {int(number)}")
        if word in _LANDMARK_SIGNS or word == "di":
            near = at
    return marks


_REACH = 3  # words between a sign and its landmark: 'simpang tiga bundaran'
_NUMBERED = {"rt": "rt", "rw": "rw", "km": "km", "gang": "gang", "gg": "gang", "kilometer": "km"}
_ALSO = {"sdn": "sd", "smpn": "smp", "sman": "sma", "smkn": "smk", "mushola": "musholla", "mesjid": "masjid"}


def alike(one: Told, other: Told, limits: Limits) -> Likeness:
    """Symmetric; 1 for a thing and itself; below `limits.show` whenever topic or district differ, or the time between is too long."""
    near, place = _place(one, other, limits)
    meaning, shared = _meaning(one, other)
    apart = abs(one.at - other.at)
    window = timedelta(days=limits.days)
    lately = max(0.0, 1 - apart / window / 2)
    score = _PLACE * near + _MEANING * meaning + _TIME * lately
    reasons = [place] if place else []
    if one.topic is None or one.topic != other.topic or near == 0 or apart > window or meaning == 0:
        score = min(score * _APART, limits.show * 0.9)
    else:
        reasons.append("topik sama")
    if shared:
        reasons.append(f"sama-sama menyebut {', '.join(shared[:4])}")
    reasons.append(_days(apart))
    return Likeness(1.0 if one == other else round(min(score, 1.0), 4), tuple(reasons))


def _days(apart: timedelta) -> str:
    days = apart.days
    return "di hari yang sama" if days == 0 else f"berselang {days} hari"


def district_of(code: str | None) -> str | None:
    """The district of a code of a district or village, None when it names less: `52.06.03.2001` → `52.06.03`."""
    parts = (code or "").split(".")
    return ".".join(parts[:3]) if len(parts) >= 3 else None


def metres_between(one: Told, other: Told) -> float | None:
    """Metres between two points, None when one is missing."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    narrow = cos(radians((one.lat + other.lat) / 2))
    return hypot((one.lat - other.lat) * _DEGREE, (one.lon - other.lon) * _DEGREE * narrow)


def _place(one: Told, other: Told, limits: Limits) -> tuple[float, str]:
    """0..1 and the reason; 0 whenever the districts differ or one is not known."""
    here, there = district_of(one.region), district_of(other.region)
    if here is None or here != there:
        return 0.0, ""
    metres = metres_between(one, other)
    if metres is not None:
        if metres <= limits.metres:
            return 1.0, f"jaraknya {round(metres, -1):.0f} meter"
        return max(0.0, 0.5 - metres / limits.metres / 10), ""
    if one.region == other.region:
        return (1.0, "desa yang sama") if (one.region or "").count(".") == 3 else (_DISTRICT, "kecamatan yang sama")
    if (one.region or "").count(".") < 3 or (other.region or "").count(".") < 3:
        return _DISTRICT, "kecamatan yang sama"
    if one.marks & other.marks:
        return _NEAR_BY, "desa bertetangga, patokan yang sama"
    return 0.15, ""


def _meaning(one: Told, other: Told) -> tuple[float, list[str]]:
    """0..1 and the words both tell: the weight of what is shared against what the shorter tells, and a little of the longer."""
    if not one.words or not other.words:
        return 0.0, []
    pairs = _pairs(one.words, other.words)
    shared = sum(_weight(mine) + _weight(theirs) for mine, theirs in pairs) / 2
    mine, theirs = sum(map(_weight, one.words)), sum(map(_weight, other.words))
    value = 0.75 * shared / min(mine, theirs) + 0.25 * shared / max(mine, theirs)
    named = sorted({min(pair, key=lambda word: (len(word), word)) for pair in pairs})
    if one.marks and other.marks:
        both = one.marks & other.marks
        value = min(1.0, value + _MARKED) if both else value * _APART
        named = sorted(both) + named
    return max(0.0, min(value, 1.0)), named


def _weight(word: str) -> float:
    return _COMMON if word in _GENERIC else 1.0


def _pairs(mine: frozenset[str], theirs: frozenset[str]) -> list[tuple[str, str]]:
    """Words that say the same, each used once: equal first, then of the same sense, then misspelt; the same whichever comes first."""
    same = mine & theirs
    pairs = [(word, word) for word in sorted(same)]
    left, right = set(mine - same), set(theirs - same)
    found = [(-close, min(word, other), max(word, other), word) for close, word, other in _close(sorted(left), sorted(right))]
    for _, low, high, word in sorted(found):
        other = high if word == low else low
        if word in left and other in right:
            left.discard(word)
            right.discard(other)
            pairs.append((word, other))
    return pairs


def _close(left: list[str], right: list[str]) -> list[tuple[float, str, str]]:
    """(closeness 0..100, word, other) of every pair that says the same: of one sense, or one misspelt."""
    senses = {(word, other) for word in left if word in _SENSE for other in right if _SENSE.get(other) == _SENSE[word]}
    mine, theirs = ([word for word in words if len(word) >= _LEAST_LETTERS] for words in (left, right))
    close = cdist(mine, theirs, scorer=ratio, score_cutoff=_MISSPELT, dtype=np.float64)
    misspelt = [(float(close[at, to]), mine[at], theirs[to]) for at, to in zip(*close.nonzero(), strict=True)]
    return [(100.0, *pair) for pair in senses] + [one for one in misspelt if one[1:] not in senses]
