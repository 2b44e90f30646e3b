"""How much one name in a text counts as a place: markers and prepositions for it, everyday meanings against it."""

from ntbcare.reading.choosing import Mention
from ntbcare.reading.deskwords import DeskText
from ntbcare.reading.everyday import (
    HARD,
    MARKS,
    NEVER_AFTER_DI,
    NEVER_GUESS,
    NOT_PLACES,
    OFFICES,
    SILENT,
    SOFT,
    STATES,
    STREET_FILL,
    STREET_NAMES,
    STREETS,
    VERBAL,
    VERY,
)
from ntbcare.reading.names import Likeness, Names, bare, compact
from ntbcare.reading.plain import FILLERS, Plain
from ntbcare.reading.roles import FACILITIES, LOCAL, SERVICES, place_follows, role
from ntbcare.reading.spelling import HEARD, LIKE, MOST, SAME, SHORT, SLIP, bones

HINT = 0.05
"""An everyday word that is also a name: counts only when the place it lies in stands beside it."""
SHORT_NAME = 4
"""Village names up to this length need evidence, like everyday words."""
AREAS = ("village", "kelurahan", "district", "regency", "city")
_FEW = {"bangsal": ("anak", "rsud", "rs", "rumah", "kelas", "bersalin", "bedah", "penyakit", "kulkas")}
"""A word that these words behind it make an ordinary one."""


class Weigher:
    """Weighs names and guesses at misspelt ones; keeps no state."""

    def __init__(self, names: Names, plain: Plain) -> None:
        self._names, self._plain = names, plain
        rows = [row for row in names.regions.values() if row.level == "regency"]
        self._islands = {
            compact(bare(row)): tuple(o.code for o in rows if o is not row and bare(o).startswith(bare(row) + " ")) for row in rows
        }

    def level(self, code: str) -> str:
        """The level of a region."""
        return self._names.regions[code].level

    def weigh(self, text: DeskText, i: int, end: int, key: str, codes: tuple[str, ...]) -> Mention | None:
        """How much an exact name counts in its surroundings; None when it is no place here."""
        mark = MARKS.get(text.raw[i - 1]) if i else None
        start = i - 1 if mark else i
        hard, soft = key in HARD, key in SOFT or (len(key) <= SHORT_NAME and all(self.level(c) == "village" for c in codes))
        if mark == "kelurahan" and i > 1 and MARKS.get(text.raw[i - 2]) == "village":
            mark = "village"
        if mark in AREAS:
            return self._marked(text, start, i, end, key, codes, mark, hard, soft)
        if mark == "hamlet":
            fits = self.fits(codes, "village")
            return (
                None
                if hard
                else self._mention(
                    text, start, end, fits or codes, 0.8 if key in self._names.called else 0.45 if fits else 0.65, mark, "dusun"
                )
            )
        if mark == "island":
            fits = self.fits(codes, "village")
            return self._mention(text, start, end, fits, 0.8, mark, "sandang") if fits else None
        return self._unmarked(text, i, end, key, codes, hard, soft)

    def _mention(self, text: DeskText, start: int, end: int, codes: tuple[str, ...], weight: float, mark: str | None, note: str) -> Mention:
        return Mention(
            start, end, codes, weight, mark, " ".join(text.raw[start:end]), note, role(text.raw, text.breaks, start, mark in AREAS)
        )

    def _marked(
        self, text: DeskText, start: int, i: int, end: int, key: str, codes: tuple[str, ...], mark: str, hard: bool, soft: bool
    ) -> Mention | None:
        fits = self.fits(codes, mark)
        weight = (0.95 if fits else 0.65 if soft else 0.8) - (0.03 if mark == "city" else 0.0)
        if hard:
            office = text.raw[i - 1] in OFFICES or (i > 1 and text.raw[i - 2] in OFFICES)
            if not fits or mark in ("regency", "city", "district") or (office and not text.closed(end)) or text.after(end) in VERY:
                return self._mention(text, i, end, codes, HINT, None, "")
            named = text.caps[i] or (text.after(end) in STATES and key not in NEVER_AFTER_DI)
            if key in VERBAL and not named and not text.closed(end):
                return self._mention(text, i, end, codes, HINT, None, "")
            weight = 0.4 if office else 0.9 if text.closed(end) else 0.82
        return self._mention(text, start, end, fits or codes, weight, mark, "sandang")

    def _unmarked(self, text: DeskText, i: int, end: int, key: str, codes: tuple[str, ...], hard: bool, soft: bool) -> Mention | None:
        before, second = text.before(i), text.before(i, 2)
        whole = text.field and (i == 0 or i in text.breaks) and (text.closed(end) or self.firm(text.full[end]))
        at = place_follows(before, second) or text.full[i] != text.raw[i]
        if whole and (hard or soft):
            return self._mention(text, i, end, codes, 0.9, None, "")
        if hard:
            sure = key not in NEVER_AFTER_DI and text.after(end) not in VERY
            local = before in LOCAL or before in SERVICES or (before.isdigit() and second in FACILITIES) or (at and text.caps[i])
            return self._mention(text, i, end, codes, 0.74 if sure and local else HINT, None, "")
        if before in NOT_PLACES or (key == "kilo" and (before.isdigit() or before in ("per", "se", "berapa"))):
            return None
        if text.after(end) in _FEW.get(key, ()) or (end - i == 1 and text.raw[i] in (before, text.after(end))):
            return None
        if before in STREETS or (before in STREET_FILL and second in STREETS):
            return self._street(text, i, end, key, codes, soft)
        upper = any(self.level(c) != "village" for c in codes)
        if soft:
            weight = (
                0.75
                if at or (key == "klu" and text.closed(end))
                else 0.7
                if text.caps[i]
                else 0.1
                if key in SILENT or len(key) <= SHORT_NAME
                else 0.3
            )
        elif upper:
            weight = 0.88
        else:
            weight = 0.85 if len(key) >= 6 else 0.75
        return self._mention(text, i, end, codes + self._islands.get(key, ()), weight, None, "")

    def _street(self, text: DeskText, i: int, end: int, key: str, codes: tuple[str, ...], soft: bool) -> Mention | None:
        follows = text.after(end)
        if follows in ("no", "nomor", "gang", "gg") or follows.isdigit():
            return None
        named = key in STREET_NAMES or soft
        upper = any(self.level(c) in ("district", "regency") for c in codes)
        return self._mention(text, i, end, codes, 0.5 if named else 0.75 if upper else 0.72, None, "jalan")

    def firm(self, key: str) -> bool:
        """A name that is no everyday word."""
        return bool(self._names.exact(key)) and key not in HARD and key not in SOFT

    def guess(self, text: DeskText, i: int, free: list[bool], within: frozenset[str], levels: tuple[str, ...]) -> Mention | None:
        """A misspelt name at word i, of words that are still `free`: freely after a marker of `levels` or inside a place named in the text
        (`within`), carefully after a preposition, hardly elsewhere.
        """
        mark = MARKS.get(text.raw[i - 1]) if i else None
        if mark == "island":
            mark = "village" if text.raw[i - 1] == "p" or text.raw[i - 1] == "pulau" else None
        if text.before(i) in NOT_PLACES or mark == "hamlet" or (levels and mark not in levels):
            return None
        best: Mention | None = None
        top = 0.0
        for size in (3, 2, 1):
            if not text.joined(i, i + size) or not all(free[i : i + size]):
                continue
            if any(not w.isalpha() or w in MARKS or w in FILLERS for w in text.raw[i : i + size]):
                continue
            found = self._like(text, i, size, mark if mark in AREAS else None, within)
            if found and found.score > top:
                weight = self._weight(text, i, i + size, found, mark in AREAS, within)
                if weight:
                    top = found.score
                    start = i - 1 if mark else i
                    codes = (self.fits(found.codes, mark) if mark else ()) or found.codes
                    best = self._mention(text, start, i + size, codes, weight, mark if mark in AREAS else None, "mirip")
        return best

    def _like(self, text: DeskText, i: int, size: int, mark: str | None, within: frozenset[str]) -> Likeness | None:
        level = {"kelurahan": "village", "city": None}.get(mark or "", mark)
        for words in (text.full, text.raw) if text.full[i : i + size] != text.raw[i : i + size] else (text.full,):
            key = "".join(words[i : i + size])
            if self._guessable(text, i, size, key, mark, within):
                found = self._names.like(key, level, within, everyday=bool(mark))
                if found and (size == 1 or found.how != LIKE or found.inside):
                    return found
        return None

    def _guessable(self, text: DeskText, i: int, size: int, key: str, mark: str | None, within: frozenset[str]) -> bool:
        if len(key) > MOST or key in HARD or key in SOFT:
            return False
        if size == 1:
            known = key in NEVER_GUESS or key in FACILITIES or key.endswith("nya") or bool(self._plain.expansion(text.raw[i]))
            return len(key) >= 3 and not known and not self._names.exact(key)
        return len(key) >= (5 if mark or within else 7) and (bool(mark or within) or self._names.head(text.full[i]))

    def _weight(self, text: DeskText, i: int, end: int, like: Likeness, marked: bool, within: frozenset[str]) -> float:
        key = "".join(text.full[i:end])
        heard = like.how in (SAME, HEARD)
        if marked or text.field:
            if not like.inside and ((len(key) < 5 and len(like.codes) > 1) or (like.how == SHORT and len(bones(key)) < 3)):
                return 0.4
            if not like.inside and like.how == SLIP and len(key) <= 5:
                return 0.5
            return {SAME: 0.85, HEARD: 0.84, SHORT: 0.82, SLIP: 0.8, LIKE: 0.75 if like.inside else 0.5}[like.how]
        at = place_follows(text.before(i), text.before(i, 2)) or text.before(i) in STREETS
        firm = text.before(i) not in FACILITIES or text.caps[i]
        if like.inside:
            beside = (text.after(end) != "" and bool(self._names.exact(text.full[end]))) or at or text.caps[i]
            if heard and (len(key) >= 5 or beside):
                return 0.82 if beside else 0.75
            if beside and (like.how == SHORT or like.score >= 80.0):
                return 0.8 if like.how != LIKE else 0.62
            return 0.7 if like.how == SLIP and len(key) >= 7 and like.score >= 88.0 else 0.4 if len(key) >= 6 and like.how != LIKE else 0.0
        if at or text.caps[i]:
            if heard and len(key) >= 5:
                return 0.78 if firm else 0.72
            if like.how == SHORT:
                return 0.72 if len(bones(key)) >= 5 else 0.4 if len(bones(key)) >= 3 and len(key) >= 4 else 0.0
            if like.how == SLIP and firm and at:
                return 0.72 if len(key) >= 6 and like.score >= 85.0 else 0.4 if len(key) >= 6 else 0.0
            return 0.4 if len(key) >= 6 and like.score >= 88.0 else 0.0
        if heard:
            return 0.72 if len(key) >= 7 else 0.4 if len(key) >= 6 else 0.0
        if like.how == SHORT:
            return 0.72 if len(bones(key)) >= 7 else 0.0
        return (0.7 if len(key) >= 9 else 0.6) if like.how == SLIP and like.score >= 92.0 and len(key) >= 7 else 0.0

    def fits(self, codes: tuple[str, ...], mark: str) -> tuple[str, ...]:
        """The codes of the level a marker announces; kelurahan, kabupaten and kota prefer their own type."""
        rows = [self._names.regions[c] for c in codes]
        level = {"kelurahan": "village", "city": "regency"}.get(mark, mark)
        typed = {"kelurahan": "kelurahan", "regency": "kabupaten", "city": "kota"}.get(mark)
        fits = [row for row in rows if row.level == level]
        own = [row for row in fits if row.type == typed]
        if mark == "city" and not own:
            own = [row for row in rows if row.level == "district"]
        return tuple(row.code for row in own or fits)
