"""Choosing one place among the places a text mentions, or asking one question."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ntbcare.reading.names import Names, bare, compact

STRONG = 0.6
"""A mention below this weight may narrow a choice or be asked about, never decide alone."""
WHISPER = 0.3
"""Below this a mention only helps to tell namesakes apart and is never asked about."""
SURE = 0.97
_NAMED = 3  # contradicting places that a reason names
QUESTION = 149
"""Longest question in GSM-7 letters (one SMS with room to spare)."""
_TITLE = {"village": "Desa", "district": "Kec.", "regency": "Kab.", "province": "Provinsi"}
_GSM = frozenset("@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Mention(NamedTuple):
    """One place named in a text: words `start`..`end`, what it may be, its weight 0..1, the level announced by a marker, words as read, a note on
    how it was found, and its role in the story (roles.AT …)."""

    start: int
    end: int
    codes: tuple[str, ...]
    weight: float
    mark: str | None
    words: str
    note: str
    role: float = 3.0


class Choice(NamedTuple):
    """The outcome: a code (or None), confidence 0..1, the mentions used, a reason, candidates, the question to ask, and the regency in which
    all candidates lie where no one place can be chosen."""

    code: str | None
    confidence: float
    used: tuple[Mention, ...]
    because: str
    candidates: tuple[str, ...]
    question: str | None
    certain: str | None = None


class Chooser:
    """Decides over `names`; keeps no state."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._chains = {code: names.chain(code) for code in names.regions}

    def choose(self, mentions: Sequence[Mention], near: frozenset[str]) -> Choice:
        """The most specific place consistent with every firm mention; otherwise a question. `near`: codes of places likely for this sender."""
        firm = [m for m in mentions if m.weight >= STRONG]
        faint = [m for m in mentions if WHISPER <= m.weight < STRONG]
        if not firm:
            return self._faint(faint, near)
        found = self._settle(firm)
        if not found and any(m.note == "mirip" and m.weight < 0.75 for m in firm):
            firm = [m for m in firm if m.note != "mirip" or m.weight >= 0.75] or firm
            found = self._settle(firm)
        aside = 0.0
        while not found and len({m.role for m in firm}) > 1:
            least = min(m.role for m in firm)
            firm = [m for m in firm if m.role > least]
            found, aside = self._settle(firm), 0.02
        if not found:
            return self._conflict(firm)
        found, helping = self._narrow(found, [m for m in mentions if m.weight < STRONG])
        used = (*firm, *helping)
        extra = ""
        if len(found) > 1:
            closest = self._near(found, near)
            larger = [c for c in found if self._names.regions[c].level == "district"]
            if not closest and len(found) == 2 and len(larger) == 1:
                closest, extra = larger, " Desa bernama sama di tempat lain tidak disebut jelas."
            elif len(closest) == 1:
                extra = " Dipilih yang dekat dengan laporan atau saluran pengirim sebelumnya."
            if len(closest) != 1:
                return Choice(
                    None, 0.3, used, f"Nama {self._quote(firm)} dipakai oleh {len(found)} wilayah.", tuple(found), self._which(found, used)
                )
            found = closest
        code = found[0]
        confidence = max(STRONG, self._confidence(code, used) - (0.1 if extra else 0.0) - aside)
        namesakes = tuple(c for m in used for c in m.codes if c != code and c not in self._chains[code])
        because = f"{self.title(code, full=True)}, dari kata {self._quote(used)}{self._evidence(used)}.{extra}"
        return Choice(code, round(min(SURE, confidence), 2), used, because, (code, *dict.fromkeys(namesakes)), None)

    def _settle(self, firm: Sequence[Mention]) -> list[str]:
        """Codes that agree with all mentions; of two nested ones that rest on the same words the larger one."""
        full = []
        for code in dict.fromkeys(code for m in firm for code in m.codes):
            chain = self._chains[code]
            if all(any(other in chain for other in m.codes) for m in firm):
                full.append((code, frozenset(i for i, m in enumerate(firm) if code in m.codes)))
        return [
            code for code, rests in full if not any(other != code and other in self._chains[code] and rests <= also for other, also in full)
        ]

    def _narrow(self, found: list[str], faint: Sequence[Mention]) -> tuple[list[str], list[Mention]]:
        """Faint mentions may pick among several, or name the one village inside a chosen district or regency."""
        used = []
        for m in faint:
            if (m.note == "jalan" or m.weight < WHISPER) and len(found) == 1:
                continue
            inside = [c for c in m.codes if any(f in self._chains[c] for f in found)]
            if len(inside) == 1 and inside[0] not in found:
                regional = self._names.regions[found[0]].level == "regency"
                if not (m.mark == "hamlet" and (regional or len(found) > 1)):
                    found = inside
                    used.append(m)
            elif len(found) > 1:
                kept = [f for f in found if any(c in self._chains[f] for c in m.codes)]
                if kept and len(kept) < len(found):
                    found = kept
                    used.append(m)
        return found, used

    def _near(self, found: Iterable[str], near: frozenset[str]) -> list[str]:
        """The candidates closest to the sender's known places: same village, else same district, else same regency."""
        known = [self._chains[code] for code in near if code in self._chains]
        scored = [(max((len(set(self._chains[c]) & set(chain)) for chain in known), default=0), c) for c in found]
        best = max((score for score, _ in scored), default=0)
        return [c for score, c in scored if score == best] if best >= 2 else []

    def _faint(self, faint: Sequence[Mention], near: frozenset[str]) -> Choice:
        codes = list(dict.fromkeys(code for m in faint for code in m.codes))
        if not codes:
            return Choice(None, 0.0, (), "Tidak ada nama wilayah yang dikenali.", (), None)
        agreed = self._settle(faint) or codes
        closest = self._near(agreed, near)
        if len(closest) == 1 and not any(m.mark == "hamlet" or m.note == "jalan" for m in faint):
            because = f"{self.title(closest[0], full=True)}, diduga dari kata {self._quote(faint)} dan tempat pengirim sebelumnya."
            return Choice(closest[0], STRONG, tuple(faint), because, tuple(agreed), None)
        because = f"Kata {self._quote(faint)} mungkin nama tempat, tetapi belum cukup jelas."
        question = self._which(agreed, faint) if len(agreed) > 1 else self._confirm(agreed[0])
        return Choice(None, 0.2, tuple(faint), because, tuple(agreed), question)

    def _conflict(self, firm: Sequence[Mention]) -> Choice:
        """Several places that do not lie in each other: what is certain all the same (one district, one regency) and otherwise a question."""
        codes = self._rivals(firm)
        shared = set(self._chains[codes[0]]).intersection(*(self._chains[code] for code in codes))
        for code in sorted(shared):
            if self._names.regions[code].level == "district":
                because = f"Beberapa tempat ({self._quote(firm)}) yang semuanya di {self.title(code, full=True)}."
                return Choice(code, 0.75, tuple(firm), because, tuple(codes), None)
        because, question = f"Disebut beberapa tempat yang berbeda ({self._quote(firm)})", self._which(codes, firm)
        for code in shared:
            if self._names.regions[code].level == "regency":
                because = f"{because}; yang pasti semuanya di {self.title(code, full=True)}."
                return Choice(None, 0.2, tuple(firm), because, tuple(codes), question, code)
        named = " atau ".join(self.title(code, full=True) for code in codes[:_NAMED])
        return Choice(None, 0.2, tuple(firm), f"{because}: {named}; belum pasti yang mana.", tuple(codes), question)

    def _rivals(self, firm: Sequence[Mention]) -> list[str]:
        """The places that contradict each other, each as exact as the mentions that agree with it make it: of "Woha, Bima" and "Praya,
        Lombok Tengah" the two districts."""
        found: dict[str, None] = {}
        for mention in firm:
            agreed = [mention]
            for other in firm:
                if other is not mention and self._settle([*agreed, other]):
                    agreed.append(other)
            found |= dict.fromkeys(self._settle(agreed))
        return [code for code in found if not any(code in self._chains[other][1:] for other in found)]

    def _confidence(self, code: str, used: Sequence[Mention]) -> float:
        own = [m.weight for m in used if code in m.codes] or [0.6]
        strength = max(own) + 0.04 * (len(used) - 1)
        level = self._names.regions[code].level
        rivals = any(c not in self._chains[code] and code not in self._chains[c] for m in used if code in m.codes for c in m.codes)
        return max(STRONG, strength - (0.15 if rivals and len(used) == 1 and level == "district" else 0.0))

    def title(self, code: str, full: bool = False) -> str:
        """'Desa Lingsar', or in full 'Desa Lingsar, Kec. Lingsar, Kab. Lombok Barat'."""
        parts: list[str] = []
        for step in self._chains[code] if full else (code,):
            row = self._names.regions[step]
            if row.level == "province" and parts:
                break
            kind = {"kelurahan": "Kel.", "kota": "Kota"}.get(row.type, _TITLE.get(row.level, ""))
            parts.append(f"{kind} {bare(row)}".strip())
        return ", ".join(parts)

    def _short(self, code: str, by: str) -> str:
        chain = [self._names.regions[c] for c in self._chains[code]]
        wanted = [row for row in chain if row.level == by] or chain[:1]
        return self.title(wanted[0].code)

    def _which(self, codes: Sequence[str], used: Sequence[Mention]) -> str:
        """One question that tells the candidates apart, as short as the SMS allows."""
        names = {compact(bare(self._names.regions[code])) for code in codes}
        levels = {self._names.regions[code].level for code in codes}
        if len(names) == 1 and len(levels) == 1 and "village" in levels:
            head = f"Desa {bare(self._names.regions[codes[0]])} ada di beberapa tempat. Yang mana: "
            for by in ("regency", "district"):
                options = list(dict.fromkeys(self._short(code, by) for code in codes))
                if len(options) == len(codes):
                    return self._fit(head, options)
            return self._fit(head, [f"{self._short(c, 'district')} {self._short(c, 'regency')}" for c in codes])
        return self._fit("Kejadiannya di mana: ", list(dict.fromkeys(self._option(c, codes) for c in codes)))

    def _option(self, code: str, codes: Sequence[str]) -> str:
        title = self.title(code)
        same = sum(compact(self.title(other)) == compact(title) for other in codes) > 1
        return f"{title} ({self._short(code, 'regency')})" if same else title

    def _confirm(self, code: str) -> str:
        text = f"Apakah maksudnya {self.title(code, full=True)}? Balas YA atau tulis nama desa dan kecamatannya."
        return (
            _clean(text)
            if len(text) <= QUESTION
            else _clean(f"Apakah maksudnya {self.title(code)}? Balas YA atau tulis desa/kecamatannya.")
        )

    @staticmethod
    def _fit(head: str, options: Sequence[str]) -> str:
        for count in (len(options), 4, 3, 2):
            shown = list(options[:count])
            tail = (
                f"{', '.join(shown[:-1])} atau {shown[-1]}?"
                if count >= len(options) and len(shown) > 1
                else f"{', '.join(shown)} atau lainnya?"
            )
            if len(head) + len(tail) <= QUESTION:
                return _clean(head + tail)
        return "Di desa dan kecamatan mana kejadiannya?"

    @staticmethod
    def _quote(used: Sequence[Mention]) -> str:
        return ", ".join(f'"{words}"' for words in dict.fromkeys(m.words for m in sorted(used)))

    @staticmethod
    def _evidence(used: Sequence[Mention]) -> str:
        notes = dict.fromkeys(m.note for m in used if m.note)
        said = {"mirip": "ejaan mirip", "jalan": "nama jalan", "dusun": "nama dusun", "sandang": "penanda wilayah"}
        words = [said[note] for note in notes if note in said]
        return f" ({', '.join(words)})" if words else ""


def _clean(text: str) -> str:
    """Only letters every telephone can show."""
    return "".join(c if c in _GSM else "" for c in text)
