"""The topic of a text from keywords that say why, abstaining when unsure; with the kind and urgency its words show."""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from ntbcare.reading.phrases import Phrases, stem
from ntbcare.reading.plain import Plain, split, table
from ntbcare.reading.signs import Signs
from ntbcare.reading.usual import USUAL

LENGTH_WEIGHT = {1: 1.0, 2: 2.0}
"""Weight of a phrase by its words; LONG for three and more."""
LONG = 2.6
GENERIC_WEIGHT = 0.5
GENERIC = table(
    "siswa murid masjid kapal bus hotel petani sawah wisata event haji lapangan air jalan rumah lampu harga tanah pbb solar bensin internet "
    "aplikasi kades camat lurah hutan kk bayi gas konsumen investor jembatan kapal festival madrasah izin ijin pedagang pasar pantai gili "
    "perusahaan karyawan jaringan tanaman perahu akun situs penumpang pegawai gaji"
)
"""Single keywords that often only tell where or who; all of a topic's together count once."""
LANDMARK_WEIGHT = 0.3
LANDMARKS = table(
    "dekat depan samping sebelah belakang sekitar menuju arah seberang sampai ke dari pertigaan simpang perempatan area daerah sebrang"
)
"""A keyword right after one of these is a landmark: 'jalan depan sekolah rusak'."""
LEAST = 0.75
"""Lowest score that is an answer."""
MARGIN = 0.22
"""Least lead over the second topic, as a share of the first."""
SEALED_SHARE = 0.6
"""A sealed topic that reaches this share of the best one wins: the sealed desk can pass a case on, an open desk cannot unread it."""


class CategoryRow(NamedTuple):
    """One topic. code may be dotted (a topic below a topic); default_urgency: mendesak | penting | biasa; sealed: closed to open desks."""

    code: str
    name: str
    keywords: tuple[str, ...]
    default_urgency: str
    sealed: bool


class TopicReading(NamedTuple):
    """category (top level) or None; confidence 0..1; words; a sentence; (code, score) best first; kind; urgency; `detail`: dotted code below.

    `scores`: what the lexicon found, by code; `sort`: what it is when it is no report (sapaan, tes, iklan, kasar, jam_buka, pujian);
    `version`: of what read it.
    """

    category: str | None
    confidence: float
    words: tuple[str, ...]
    because: str
    ranked: tuple[tuple[str, float], ...]
    kind: str | None
    kind_words: tuple[str, ...]
    urgency: str
    urgency_words: tuple[str, ...]
    detail: str | None = None
    scores: tuple[tuple[str, float], ...] = ()
    sort: str | None = None
    version: str = "lexicon"


class Lexicon:
    """Keywords of all topics. `usual`: further Indonesian phrases per code, used only for codes among the rows; `urgent_words`: emergency phrases;
    `words`: every single word of these, and of the signs of kind, danger and haste."""

    def __init__(
        self,
        categories: Iterable[CategoryRow],
        plain: Plain,
        urgent_words: Iterable[str] = (),
        usual: Mapping[str, tuple[str, ...]] = USUAL,
    ) -> None:
        self.plain = plain
        self._signs = Signs(urgent_words)
        self._rows = {row.code: row for row in categories}
        self.names = {row.code: row.name for row in self._rows.values()}
        owners: dict[str, set[str]] = {}
        for row in self._rows.values():
            for keyword in (*row.keywords, *usual.get(row.code, ())):
                phrase = " ".join(split(keyword)[0])
                if phrase:
                    owners.setdefault(phrase, set()).add(row.code)
        self._owners = owners
        self.words = self._signs.words | {word for phrase in owners for word in phrase.split()}
        closed = {phrase for phrase, codes in owners.items() if any(self._rows[code].sealed for code in codes)}
        self._open = Phrases(phrase.split() for phrase in owners if phrase not in closed)
        self._closed = Phrases((phrase.split() for phrase in closed), stems=False)

    def read(self, text: str) -> TopicReading:
        """Reads one text; never raises for any text. The words are looked at as written and as expanded: 'tiang' may mean 'saya'."""
        raw = split(text)[0][:600]
        words = self.plain.expand(raw)
        scores, rests = self._scores(words)
        if raw != words:
            for code, (score, phrases) in self._merge(raw).items():
                if score > scores.get(code, 0.0):
                    scores[code], rests[code] = score, phrases
        tops = sorted(((code, round(score, 2)) for code, score in scores.items() if "." not in code), key=lambda pair: (-pair[1], pair[0]))
        category, confidence, because = self._decide(tops, rests)
        kind, kind_words = self._signs.kind(words, "?" in text, bool(tops))
        sealed = next((code for code, score in tops if self._rows[code].sealed and score >= LEAST), None)
        if kind == "violation" and category is None and sealed:
            category, confidence = sealed, 0.6
            because = f"{self._rows[sealed].name}: kata {_quote(rests[sealed])}; dugaan pelanggaran didahulukan."
        default = self._rows[category].default_urgency if category else "biasa"
        urgency, urgency_words = self._signs.urgency(words, default, text[:2000])
        ranked = tuple(tops[:5])
        detail = self._detail(category, scores) if category else None
        found = rests.get(category, ()) if category else ()
        return TopicReading(
            category, confidence, found, because, ranked, kind, kind_words, urgency, urgency_words, detail, tuple(scores.items())
        )

    def scores(self, text: str) -> list[tuple[str, float]]:
        """(code, score) of every topic with a keyword in the text, the better reading of written and expanded words."""
        raw = split(text)[0][:600]
        words = self.plain.expand(raw)
        scores = self._scores(words)[0]
        if raw != words:
            for code, score in self._scores(raw)[0].items():
                scores[code] = max(score, scores.get(code, 0.0))
        return list(scores.items())

    def is_urgent(self, words: Sequence[str], raw: str = "") -> bool:
        """Do these plain words, `raw` as they were written, speak of an emergency now?"""
        return self._signs.urgency(words, "biasa", raw[:2000])[0] == "mendesak"

    def meant(self, word: str) -> str:
        """'tenglam' → 'tenggelam': a misspelt word of danger as it was meant; any other word itself."""
        return self._signs.meant(word)

    def is_sealed(self, code: str | None) -> bool:
        """Is this a topic that open desks do not read?"""
        return code is not None and self._rows[code].sealed

    def rests(self, code: str, told: TopicReading) -> tuple[str, ...]:
        """The words of a reading that speak for `code`, where they are known."""
        return told.words if told.category == code else ()

    def detail(self, category: str, scores: Iterable[tuple[str, float]]) -> str | None:
        """The one dotted code below a topic that leads clearly, if any."""
        return self._detail(category, dict(scores))

    def tells_violation(self, text: str) -> bool:
        """Is the kind `read` would find a violation? Looks for nothing else, so that a door can ask before it stores anything."""
        words = split(text)[0]
        return any(self._signs.violation(self.plain.expand(words[at : at + 600])) for at in range(0, len(words), 560))

    def may_tell_violation(self, text: str) -> bool:
        """Could these words be a part of what tells of misconduct only together with others? Sure of nothing: it saves looking."""
        return self._signs.part_of_violation(self.plain.expand(split(text)[0][:600]))

    def _merge(self, words: list[str]) -> dict[str, tuple[float, tuple[str, ...]]]:
        scores, rests = self._scores(words)
        return {code: (score, rests[code]) for code, score in scores.items()}

    def _scores(self, words: list[str]) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
        """Per code the sum of its phrases' weights; a word inside a longer phrase of the same topic counts a quarter."""
        hits: dict[str, list[tuple[float, str]]] = {}
        for found in (*self._open.find(words, gaps=True), *self._closed.find(words)):
            codes = self._owners[found.phrase]
            tops = {code.split(".")[0] for code in codes}
            size = found.phrase.count(" ") + 1
            weight = LENGTH_WEIGHT.get(size, LONG) * found.closeness / sqrt(len(tops))
            if size == 1 and found.phrase in GENERIC:
                weight *= GENERIC_WEIGHT
            if found.at and words[found.at - 1] in LANDMARKS and size == 1:
                weight *= LANDMARK_WEIGHT
            for code in codes | {top for top in tops if top in self._rows}:
                hits.setdefault(code, []).append((weight, found.phrase))
        scores: dict[str, float] = {}
        rests: dict[str, tuple[str, ...]] = {}
        for code, pairs in hits.items():
            pairs.sort(reverse=True)
            seen: set[str] = set()
            total = 0.0
            for weight, phrase in pairs:
                parts = {stem(word) for word in phrase.split()}
                mark = "generic" if phrase in GENERIC else ""
                total += weight * (0.25 if parts & seen or (mark and mark in seen) else 1.0)
                seen |= parts | ({mark} if mark else set())
            scores[code], rests[code] = total, tuple(phrase for _, phrase in pairs[:4])
        return scores, rests

    def _decide(self, tops: list[tuple[str, float]], rests: Mapping[str, tuple[str, ...]]) -> tuple[str | None, float, str]:
        if not tops or tops[0][1] < LEAST:
            return None, 0.0, "Tidak ada kata yang menunjukkan topik dengan jelas."
        best, top = tops[0]
        guarded = next((code for code, score in tops if self._rows[code].sealed and score >= SEALED_SHARE * top and score >= LEAST), None)
        if guarded and guarded != best:
            return guarded, 0.6, f"{self._rows[guarded].name}: kata {_quote(rests[guarded])}; topik tertutup didahulukan."
        second = tops[1][1] if len(tops) > 1 else 0.0
        if top - second < MARGIN * top and not guarded:
            other = tops[1][0]
            because = f"Bisa {self._rows[best].name} ({_quote(rests[best])}) atau {self._rows[other].name} ({_quote(rests[other])})."
            return None, round(top / (top + second) / 2, 2), because
        confidence = top / (top + second) * (0.6 + 0.4 * min(1.0, top / 3.0))
        return best, round(confidence, 2), f"{self._rows[best].name}: kata {_quote(rests[best])}."

    def _detail(self, category: str, scores: Mapping[str, float]) -> str | None:
        """The one dotted code below the topic that leads clearly, if any."""
        below = sorted(((score, code) for code, score in scores.items() if code.startswith(category + ".")), reverse=True)
        if not below or below[0][0] < 1.0 or (len(below) > 1 and below[1][0] > 0.7 * below[0][0]):
            return None
        return below[0][1]


def _quote(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
