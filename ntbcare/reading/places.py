"""Place names in a text: one region of the gazetteer with its reason, or one question."""

from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz import fuzz

from ntbcare.reading.choosing import Chooser, Mention
from ntbcare.reading.deskwords import DeskText
from ntbcare.reading.everyday import CLAUSE, HARD, MARKS, NEVER_AFTER_DI, NEVER_GUESS, PARTS, SOFT, SPOTS, WHOLES
from ntbcare.reading.names import Names, RegionRow
from ntbcare.reading.plain import FILLERS, Plain, split
from ntbcare.reading.roles import BARE, LINKS, LOCAL, place_follows
from ntbcare.reading.spelling import LIKE, MOST, SLIP, bones
from ntbcare.reading.weighing import AREAS, HINT, SHORT_NAME, Weigher

__all__ = ["Gazetteer", "PlaceReading", "RegionRow"]

LONGEST = 4
"""Words in the longest name looked for."""
MENTIONS = 24
"""Places weighed of one text; a longer list names no one place."""
WORDS = 400
"""A place is looked for in this many first words of a text."""
_SURE = 0.7
_SIDES = {bones(word): word for word in ("timur", "barat", "utara", "selatan", "tengah", "indah", "atas", "bawah")}
_SPOTS = {bones(word): word for word in SPOTS}


class PlaceReading(NamedTuple):
    """code and level (regency | district | village) or None; confidence 0..1; the words it rests on; a sentence; other candidates; a question.

    `certain`: the regency that holds all candidates where no one place can be chosen. `head`: how the question begins where the candidates
    are numbered, "" for the usual words.
    """

    code: str | None
    level: str | None
    confidence: float
    words: tuple[str, ...]
    because: str
    candidates: tuple[str, ...]
    question: str | None
    certain: str | None = None
    head: str = ""


class Gazetteer:
    """Finds regions in texts. `regions`: rows of one or more provinces; `aliases`: (spelling, code); `plain`: the house's abbreviations."""

    def __init__(self, regions: Iterable[RegionRow], aliases: Iterable[tuple[str, str]], plain: Plain) -> None:
        self._names = Names(regions, aliases, HARD | SOFT)
        self._plain = plain
        self._chooser = Chooser(self._names)
        self._weigher = Weigher(self._names, plain)

    def named(self, words: str) -> tuple[str, ...]:
        """The codes of all regions that are called exactly so, by name or nickname; () when there are none."""
        return tuple(dict.fromkeys(code for key in self.keys(words) for code in self._names.exact(key)))

    @staticmethod
    def keys(words: str) -> tuple[str, str]:
        """Compact spellings of a name: as written, and with the parts of names spelled out ('tj luar' → 'tanjungluar')."""
        raw = split(words)[0]
        return "".join(raw), "".join(WHOLES.get(word) or PARTS.get(word) or word for word in raw)

    def find(self, text: str, near: frozenset[str] = frozenset(), field: bool = False) -> PlaceReading:
        """Reads one text. `near`: codes known for this sender or channel; `field`: the text was typed where only a place was asked for."""
        reading = DeskText(text, WORDS, field)
        reading.full = [self._full(reading, i) for i in range(len(reading.raw))]
        choice = self._chooser.choose(self._mentions(reading)[:MENTIONS], near)
        level = self._names.regions[choice.code].level if choice.code else None
        words = tuple(dict.fromkeys(m.words for m in sorted(choice.used)))
        return PlaceReading(
            choice.code, level, choice.confidence, words, choice.because, choice.candidates, choice.question, choice.certain
        )

    def _full(self, text: DeskText, i: int) -> str:
        """The word as the gazetteer would spell it."""
        word, before = text.raw[i], text.before(i)
        if len(word) > MOST:
            return word
        if word == "dsn" and before in ("desa", "ds", "kel"):
            return "dasan"
        if word == "mtr" and not before.isdigit() and (before in ("plat", "plt", "kota", "kot", "kab") or place_follows(before, "")):
            return "mataram"
        if word in SOFT:
            return word
        if word in WHOLES:
            return WHOLES[word]
        if word in PARTS:
            return PARTS[word]
        if word[:2] in ("di", "ke") and len(word) > 6 and not self._names.exact(word) and self._weigher.firm(word[2:]):
            return word[2:]
        if len(word) >= 5 and (spot := _SPOTS.get(bones(word))) and word != spot and len(word) < len(spot):
            return spot
        if len(word) >= 3 and (side := _SIDES.get(bones(word))) and fuzz.ratio(word, side) >= 72.0:
            return side
        known = self._plain.expansion(word)
        return "".join(known) if known else word

    def _mentions(self, text: DeskText) -> list[Mention]:
        """Exact names first, the longest one at each word; then misspelt ones among the words that are left, larger areas before smaller ones."""
        found: list[Mention] = []
        free = [True] * len(text.raw)
        i = 0
        while i < len(text.raw):
            end, key, codes = self._exact(text, i)
            mention = self._weigher.weigh(text, i, end, key, codes) if codes else None
            if mention:
                found.append(mention)
            if codes and (mention is None or (mention.weight > 0.3 and (mention.mark or len(key) > SHORT_NAME))):
                free[i:end] = [False] * (end - i)
            i = max(end, i + 1)
        for levels in (("regency", "district", "city"), ()):
            within = frozenset(c for m in found if m.weight >= _SURE for c in m.codes if self._weigher.level(c) != "village")
            self._guesses(text, found, free, within, levels)
        found = self._same_name(self._promote(text, sorted(found)))
        return self._shared_roles(text, found)

    def _guesses(self, text: DeskText, found: list[Mention], free: list[bool], within: frozenset[str], levels: tuple[str, ...]) -> None:
        i = 0
        while i < len(text.raw):
            mention = self._weigher.guess(text, i, free, within, levels) if free[i] and text.raw[i] not in MARKS else None
            if mention:
                found[:] = [m for m in found if m.end <= mention.start or m.start >= mention.end]
                found.append(mention)
                free[mention.start : mention.end] = [False] * (mention.end - mention.start)
            i = mention.end if mention else i + 1

    def _exact(self, text: DeskText, i: int) -> tuple[int, str, tuple[str, ...]]:
        """The longest exact name that starts at word i: its end, compact key and codes."""
        for size in range(min(LONGEST, len(text.raw) - i), 0, -1):
            if not text.joined(i, i + size) or (size == 1 and text.raw[i] in MARKS):
                continue
            for words in (text.raw, text.full):
                key = "".join(words[i : i + size])
                codes = self._names.exact(key) if size > 1 or words is text.raw or text.raw[i] not in PARTS else ()
                if codes and (size == 1 or size <= self._names.tokens[key] or (len(key) >= 6 and not self._filler(text.raw, i, size))):
                    if size > 1 and key.endswith("baru") and self._just(text, i, i + size) and self._names.exact(key[:-4]):
                        break
                    return self._longer(text, i, i + size, key, codes)
        return i + 1, "", ()

    def _longer(self, text: DeskText, i: int, end: int, key: str, codes: tuple[str, ...]) -> tuple[int, str, tuple[str, ...]]:
        """'kuripan utra': a name followed by its misspelt second half."""
        word = text.full[end] if text.after(end) else ""
        if key in HARD or word == "baru" or len(word) < 3 or not word.isalpha() or self._names.exact(key + word):
            return end, key, codes
        if word in NEVER_GUESS or word in MARKS or word in FILLERS or place_follows(word, ""):
            return end, key, codes
        like = self._names.like(key + word)
        if like and like.how != LIKE and (like.how != SLIP or like.score >= 91.0) and not set(like.codes) & set(codes):
            return end + 1, key + word, like.codes
        return end, key, codes

    @staticmethod
    def _filler(raw: list[str], i: int, size: int) -> bool:
        return any(len(word) < 2 or word in FILLERS or place_follows(word, "") for word in raw[i : i + size])

    @staticmethod
    def _just(text: DeskText, i: int, end: int) -> bool:
        """In 'lenek baru diperbaiki' baru means just now, unless a marker says that it is a village."""
        follows = text.after(end)
        return text.before(i) not in MARKS and (follows.isdigit() or (follows.startswith("di") and len(follows) > 4) or follows in CLAUSE)

    def _promote(self, text: DeskText, found: list[Mention]) -> list[Mention]:
        """'bugis taliwang': a soft name counts when the place it lies in stands right beside it."""
        out = []
        for at, m in enumerate(found):
            beside = [
                o for o in found[max(0, at - 1) : at + 2] if o is not m and (o.start == m.end or o.end == m.start) and o.weight > HINT
            ]
            inside = tuple(c for c in m.codes if any(o in self._names.chain(c)[1:] for b in beside for o in b.codes))
            around = tuple(c for c in m.codes if any(c in self._names.chain(o)[1:] for b in beside for o in b.codes))
            if m.weight == HINT:
                if inside and self._meant(text, m):
                    m = m._replace(codes=inside, weight=0.8)
            elif m.weight < 0.8 and m.note != "jalan" and m.mark != "hamlet" and (inside or around):
                m = m._replace(codes=inside or around, weight=0.8)
            if m.note == "jalan" and at + 1 < len(found) and found[at + 1].start == m.end:
                m = m._replace(
                    role=BARE, weight=max(m.weight, 0.65) if any(self._weigher.level(c) == "district" for c in m.codes) else m.weight
                )
            out.append(m)
        return out

    @staticmethod
    def _meant(text: DeskText, m: Mention) -> bool:
        """An everyday word before its district: 'leq Kabar sakra', 'mujur praya timur', but not 'di dalam taliwang'."""
        before = text.before(m.start)
        if before in LOCAL or before in MARKS or text.caps[m.start] or (not before and text.after(m.end) in MARKS):
            return True
        ordinary = before in ("di", "d", "ke", "dari", "dr", "paling", "yang", "yg", "bagian", "apa", "pasar", "jalan", "jln", "jl")
        if m.words in NEVER_AFTER_DI or m.end not in text.breaks:
            return m.words not in NEVER_AFTER_DI and not ordinary
        return place_follows(before, text.before(m.start, 2))

    def _same_name(self, found: list[Mention]) -> list[Mention]:
        """'lingsar kec lingsar': the first one is the village."""
        for at, m in enumerate(found[:-1]):
            after = found[at + 1]
            if m.mark is None and after.mark == "district" and m.note == "" and set(after.codes) <= set(m.codes):
                inside = tuple(c for c in m.codes if any(d in self._names.chain(c)[1:] for d in after.codes))
                if inside:
                    found[at] = m._replace(codes=inside)
        return found

    def _shared_roles(self, text: DeskText, found: list[Mention]) -> list[Mention]:
        """'asal Taliwang KSB': the larger place right behind a name, and the one joined by 'dan', has the role of the first."""
        kept = [m for m in found if m.weight > HINT]
        for at in range(1, len(kept)):
            one, other = kept[at - 1], kept[at]
            nested = any(c in self._names.chain(o) or o in self._names.chain(c) for c in other.codes for o in one.codes)
            beside = other.start == one.end and (nested or other.start not in text.breaks or self._address(one, other))
            if beside or (other.start == one.end + 1 and text.raw[one.end] in LINKS):
                kept[at] = other._replace(role=one.role)
        return kept

    def _address(self, one: Mention, other: Mention) -> bool:
        """'desa Tente, kecamatan Praya': a larger place told right behind a smaller one belongs to it, also where the two contradict."""
        widths = {"village": 0, "district": 1, "regency": 2}
        small, large = (max(widths.get(self._weigher.level(c), 3) for c in m.codes) for m in (one, other))
        return small < min(widths.get(self._weigher.level(c), 3) for c in other.codes) and (other.mark in AREAS or large > 1)
