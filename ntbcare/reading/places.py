"""Place names in a text: one region of the gazetteer with its reason, or one question."""

from collections.abc import Iterable
from typing import NamedTuple

from ntbcare.reading.choosing import Chooser, Mention
from ntbcare.reading.everyday import (
    AT,
    CLAUSE,
    HARD,
    MARKS,
    NEVER_GUESS,
    NOT_PLACES,
    OFFICES,
    PARTS,
    SOFT,
    STREET_FILL,
    STREETS,
    TOWARD,
    WHOLES,
)
from ntbcare.reading.names import Names, RegionRow, bare, compact
from ntbcare.reading.plain import FILLERS, Plain, split

__all__ = ["Gazetteer", "PlaceReading", "RegionRow"]

LONGEST = 4
"""Words in the longest name looked for."""
MENTIONS = 24
"""Places weighed of one text; a longer list names no one place."""
WORDS = 400
"""A place is looked for in this many first words of a text."""
SHORT_NAME = 4
"""Village names up to this length need evidence, like everyday words."""
_AREAS = ("village", "kelurahan", "district", "regency", "city")
_SCHOOLS = ("sd", "smp", "sma", "smk", "mts", "min", "man", "tk", "paud")


class PlaceReading(NamedTuple):
    """code and level (regency | district | village) or None; confidence 0..1; the words it rests on; a sentence; other candidates; a question."""

    code: str | None
    level: str | None
    confidence: float
    words: tuple[str, ...]
    because: str
    candidates: tuple[str, ...]
    question: str | None


class _Text:
    """One text on the reading desk: folded words, their full forms, where breaks are."""

    def __init__(self, raw: list[str], breaks: frozenset[int], full: list[str], field: bool) -> None:
        self.raw, self.breaks, self.full, self.field = raw, breaks, full, field

    def joined(self, start: int, end: int) -> bool:
        """No break between the words start..end."""
        return end <= len(self.raw) and not any(i in self.breaks for i in range(start + 1, end))

    def before(self, i: int) -> str:
        """The word before i in the same clause, or ''."""
        return self.raw[i - 1] if i > 0 and i not in self.breaks else ""

    def closed(self, end: int) -> bool:
        """A clause, the text or a new marker follows."""
        return end >= len(self.raw) or end in self.breaks or self.raw[end] in MARKS


class Gazetteer:
    """Finds regions in texts. `regions`: rows of one or more provinces; `aliases`: (spelling, code); `plain`: the house's abbreviations."""

    def __init__(self, regions: Iterable[RegionRow], aliases: Iterable[tuple[str, str]], plain: Plain) -> None:
        self._names = Names(regions, aliases, HARD | SOFT)
        self._plain = plain
        self._chooser = Chooser(self._names)
        rows = [row for row in self._names.regions.values() if row.level == "regency"]
        self._islands = {
            compact(bare(row)): tuple(o.code for o in rows if o is not row and bare(o).startswith(bare(row) + " ")) for row in rows
        }

    def find(self, text: str, near: frozenset[str] = frozenset(), field: bool = False) -> PlaceReading:
        """Reads one text. `near`: codes known for this sender or channel; `field`: the text was typed where only a place was asked for."""
        raw, breaks = split(text)
        raw = raw[:WORDS]
        reading = _Text(raw, breaks, [self._full(raw, i) for i in range(len(raw))], field)
        choice = self._chooser.choose(self._mentions(reading)[:MENTIONS], near)
        level = self._names.regions[choice.code].level if choice.code else None
        words = tuple(dict.fromkeys(m.words for m in sorted(choice.used)))
        return PlaceReading(choice.code, level, choice.confidence, words, choice.because, choice.candidates, choice.question)

    def _full(self, raw: list[str], i: int) -> str:
        """The word as the gazetteer would spell it."""
        word = raw[i]
        if word == "dsn" and i and raw[i - 1] in ("desa", "ds", "kel"):
            return "dasan"
        if word in SOFT:
            return word
        if word in WHOLES:
            return WHOLES[word]
        if word in PARTS:
            return PARTS[word]
        if word[:2] in ("di", "ke") and len(word) > 6 and not self._names.exact(word) and self._firm_name(word[2:]):
            return word[2:]
        known = self._plain.expansion(word)
        return "".join(known) if known else word

    def _firm_name(self, key: str) -> bool:
        return bool(self._names.exact(key)) and key not in HARD and key not in SOFT

    def _mentions(self, text: _Text) -> list[Mention]:
        """Left to right, the longest name first; soft names wait for the place beside them."""
        found: list[Mention] = []
        i = 0
        while i < len(text.raw):
            end, key, codes = self._exact(text, i)
            mention = None
            if codes:
                mention = self._weigh(text, i, end, key, codes)
            elif text.raw[i] not in MARKS:
                mention = self._guess(text, i)
                end = mention.end if mention else i + 1
            if mention:
                found.append(mention)
            i = max(end, i + 1)
        return self._same_name(self._promote(text, found))

    def _exact(self, text: _Text, i: int) -> tuple[int, str, tuple[str, ...]]:
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

    def _longer(self, text: _Text, i: int, end: int, key: str, codes: tuple[str, ...]) -> tuple[int, str, tuple[str, ...]]:
        """'kuripan utra': a name followed by its misspelt second half."""
        if end < len(text.raw) and end not in text.breaks:
            word = text.full[end]
            firm = key not in HARD and key not in SOFT and word != "baru"
            if firm and len(word) >= 3 and word.isalpha() and not any(word in table for table in (NEVER_GUESS, MARKS, AT, FILLERS)):
                like = self._names.like(key + word)
                if like and (like.sounds or like.score >= 91.0) and not set(like.codes) & set(codes):
                    return end + 1, key + word, like.codes
        return end, key, codes

    @staticmethod
    def _filler(raw: list[str], i: int, size: int) -> bool:
        return any(len(word) < 2 or word in FILLERS or word in AT for word in raw[i : i + size])

    @staticmethod
    def _just(text: _Text, i: int, end: int) -> bool:
        """In 'lenek baru diperbaiki' baru means just now, unless a marker says that it is a village."""
        follows = text.raw[end] if end < len(text.raw) and end not in text.breaks else ""
        return text.before(i) not in MARKS and (follows.isdigit() or (follows.startswith("di") and len(follows) > 4) or follows in CLAUSE)

    def _weigh(self, text: _Text, i: int, end: int, key: str, codes: tuple[str, ...]) -> Mention | None:
        """How much an exact name counts in its surroundings; None when it is no place here."""
        mark = MARKS.get(text.raw[i - 1]) if i else None
        start = i - 1 if mark else i
        words = " ".join(text.raw[start:end])
        hard, soft = key in HARD, key in SOFT or (len(key) <= SHORT_NAME and all(self._level(c) == "village" for c in codes))
        if mark == "kelurahan" and i > 1 and MARKS.get(text.raw[i - 2]) == "village":
            mark = "village"
        if mark in _AREAS:
            fits = self._fits(codes, mark)
            weight = (0.95 if fits else 0.65 if soft else 0.8) - (0.03 if mark == "city" else 0.0)
            if hard:
                if not fits or mark in ("regency", "city", "district"):
                    return None
                office = text.raw[i - 1] in OFFICES or (i > 1 and text.raw[i - 2] in OFFICES)
                weight = 0.9 if text.closed(end) and not office else 0.4
                if office and not text.closed(end):
                    return None
            return Mention(start, end, fits or codes, weight, mark, words, "sandang")
        if mark == "hamlet":
            fits = self._fits(codes, "village")
            return None if hard else Mention(start, end, fits or codes, 0.45 if fits else 0.65, mark, words, "dusun")
        if mark == "island":
            fits = self._fits(codes, "village")
            return Mention(start, end, fits, 0.8, mark, words, "sandang") if fits else None
        return self._unmarked(text, i, end, key, codes, hard, soft, words)

    def _unmarked(
        self, text: _Text, i: int, end: int, key: str, codes: tuple[str, ...], hard: bool, soft: bool, words: str
    ) -> Mention | None:
        before = text.before(i)
        whole = text.field and (i == 0 or i in text.breaks) and (text.closed(end) or self._firm_name(text.full[end]))
        if hard or (soft and whole):
            return Mention(i, end, codes, 0.9, None, words, "") if whole else None
        if before in NOT_PLACES or (key == "kilo" and (before.isdigit() or before in ("per", "se", "berapa"))):
            return None
        if before in STREETS or (before in STREET_FILL and i > 1 and text.raw[i - 2] in STREETS):
            if end < len(text.raw) and (text.raw[end] in ("no", "nomor", "gang", "gg") or text.raw[end].isdigit()):
                return None
            district = not soft and any(self._level(c) in ("district", "regency") for c in codes)
            return Mention(i, end, codes, 0.7 if district else 0.5, None, words, "jalan", True)
        at = before in AT or text.full[i] != text.raw[i] or (before.isdigit() and i > 1 and text.raw[i - 2].startswith(_SCHOOLS))
        upper = any(self._level(c) != "village" for c in codes)
        if soft:
            weight = (0.72 if upper else 0.5 if key in SOFT else 0.65) if at or (key == "klu" and text.closed(end)) else 0.1
        elif upper:
            weight = 0.88
        else:
            weight = 0.85 if len(key) >= 6 else 0.75
        return Mention(i, end, codes + self._islands.get(key, ()), weight, None, words, "", before in TOWARD)

    def _guess(self, text: _Text, i: int) -> Mention | None:
        """A misspelt name: freely after a marker, carefully after a preposition, hardly elsewhere."""
        mark = MARKS.get(text.raw[i - 1]) if i else None
        before = text.before(i)
        if before in NOT_PLACES or mark in ("hamlet", "island"):
            return None
        marked = mark in _AREAS
        at = marked or before in AT or text.field
        best: Mention | None = None
        top = 0.0
        for size in (3, 2, 1) if marked or text.field else (2, 1):
            if not text.joined(i, i + size) or any(not w.isalpha() or w in MARKS or w in FILLERS for w in text.raw[i : i + size]):
                continue
            key = "".join(text.full[i : i + size])
            if size == 1 and (key in NEVER_GUESS or self._plain.expansion(text.raw[i]) or len(key) < (5 if marked else 6)):
                continue
            if size > 1 and not marked and (len(key) < 9 or text.full[i] not in self._names.heads):
                continue
            like = self._names.like(key, {"kelurahan": "village", "city": None}.get(mark or "", mark))
            if like is None or like.score <= top or (like.score < 80.0 and not marked):
                continue
            top = like.score
            if marked or text.field:
                weight = 0.5 if not like.slip else 0.8 if top >= 92.0 or like.sounds else 0.7
            elif top < (80.0 if at and like.sounds else 88.0):
                weight = 0.1
            elif at:
                weight = 0.4 if not like.slip else 0.7 if top >= 92.0 else 0.62
            else:
                weight = 0.6 if like.slip and top >= 92.0 and len(key) >= 7 else 0.4 if len(key) >= 7 else 0.1
            codes = (self._fits(like.codes, mark) if marked and mark else ()) or like.codes
            start = i - 1 if marked else i
            best = Mention(start, i + size, codes, weight, mark, " ".join(text.raw[start : i + size]), "mirip", before in TOWARD)
        return best

    def _promote(self, text: _Text, found: list[Mention]) -> list[Mention]:
        """'bugis taliwang': a soft name counts when the place it lies in stands right beside it."""
        out = []
        for at, m in enumerate(found):
            beside = [o for o in found[max(0, at - 1) : at + 2] if o is not m and (o.start == m.end or o.end == m.start)]
            inside = tuple(c for c in m.codes if any(o in self._names.chain(c)[1:] for b in beside for o in b.codes))
            around = tuple(c for c in m.codes if any(c in self._names.chain(o)[1:] for b in beside for o in b.codes))
            if m.weight < 0.8 and m.note != "jalan" and m.mark != "hamlet" and (inside or around):
                m = m._replace(codes=inside or around, weight=0.8)
            if m.note == "jalan" and at + 1 < len(found) and found[at + 1].start == m.end:
                upper = any(self._level(c) == "district" for c in m.codes)
                m = m._replace(toward=False, weight=0.65 if upper else m.weight)
            out.append(m)
        return out

    def _same_name(self, found: list[Mention]) -> list[Mention]:
        """'lingsar kec lingsar': the first one is the village."""
        for at, m in enumerate(found[:-1]):
            after = found[at + 1]
            if m.mark is None and after.mark == "district" and m.note == "" and set(after.codes) <= set(m.codes):
                inside = tuple(c for c in m.codes if any(d in self._names.chain(c)[1:] for d in after.codes))
                if inside:
                    found[at] = m._replace(codes=inside)
        return found

    def _level(self, code: str) -> str:
        return self._names.regions[code].level

    def _fits(self, codes: tuple[str, ...], mark: str) -> tuple[str, ...]:
        """The codes of the level a marker announces; kelurahan, kabupaten and kota prefer their own type."""
        rows = [self._names.regions[c] for c in codes]
        level = {"kelurahan": "village", "city": "regency"}.get(mark, mark)
        typed = {"kelurahan": "kelurahan", "regency": "kabupaten", "city": "kota"}.get(mark)
        fits = [row for row in rows if row.level == level]
        own = [row for row in fits if row.type == typed]
        if mark == "city" and not own:
            own = [row for row in rows if row.level == "district"]
        return tuple(row.code for row in own or fits)
