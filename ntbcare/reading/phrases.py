"""Finding weighted words and phrases in plain words, with light stems and small gaps."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ntbcare.reading.plain import table

KEEP = table(
    "kebakaran terbakar jembatan pelabuhan kecamatan kelurahan terminal perumahan pemakaman bersih berita kendaraan pertanahan pekerja penerangan "
    "pendidikan berkas bendera menara penting mengapa termasuk berapa bencana dipecat penyakit kecelakaan pemerintah perempuan terima tertib "
    "pelicin pelecehan kekerasan kepala sekolah kelas kenapa bendungan pesangon pengemis pengamen pencurian kesehatan perikanan mengamuk perizinan perijinan"
)
"""Words left whole, because their stem means something else."""
_ENDINGS = ("nya", "lah", "kah", "pun", "kan", "an", "ku", "mu")
_BEGINNINGS = (
    ("meny", "s"),
    ("meng", ""),
    ("mem", ""),
    ("men", ""),
    ("peng", ""),
    ("pem", ""),
    ("pen", ""),
    ("per", ""),
    ("ber", ""),
    ("ter", ""),
)
_SHORT_BEGINNINGS = ("di", "ke", "me", "pe")
GAP = 4
"""Words that may stand between the two halves of a phrase ('jalan di desa kami rusak')."""
GAPPED, TURNED = 0.7, 0.55


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A rough Indonesian stem of at least four letters: 'jalannya' → 'jalan', 'diaspal' → 'aspal'. Alike for keywords and texts, no dictionary."""
    if word in KEEP or len(word) < 6:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    if word in KEEP:
        return word
    for beginning, sound in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= 4:
            rest = word[len(beginning) :]
            if beginning in ("men", "pen") and rest[0] in "aeiou":
                rest = "t" + rest
            if beginning in ("mem", "pem") and rest[0] in "aeiou":
                rest = "p" + rest
            return sound + rest
    for beginning in _SHORT_BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= 4:
            return word[len(beginning) :]
    return word


class Found(NamedTuple):
    """A phrase of the table, where its first word stands, and how closely it was written (1 adjacent, less with gaps)."""

    phrase: str
    at: int
    closeness: float


class Phrases:
    """A table of phrases (plain words joined by spaces). `stems`: compare stems instead of whole words."""

    def __init__(self, phrases: Iterable[Sequence[str]], stems: bool = True) -> None:
        self._key = stem if stems else str
        self._first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for words in phrases:
            keys = tuple(self._key(word) for word in words)
            if keys:
                self._first.setdefault(keys[0], []).append((keys, " ".join(words)))

    def find(self, words: Sequence[str], gaps: bool = False) -> list[Found]:
        """All phrases in the words; with `gaps` also phrases of two words that stand apart or turned round. Each phrase once, at its closest."""
        keys = [self._key(word) for word in words]
        places: dict[str, list[int]] = {}
        for at, key in enumerate(keys):
            places.setdefault(key, []).append(at)
        best: dict[str, Found] = {}
        for first, starts in places.items():
            for phrase, name in self._first.get(first, ()):
                for at in starts:
                    closeness = self._closeness(keys, places, phrase, at, gaps)
                    if closeness and (name not in best or best[name].closeness < closeness):
                        best[name] = Found(name, at, closeness)
        return list(best.values())

    @staticmethod
    def _closeness(keys: list[str], places: dict[str, list[int]], phrase: tuple[str, ...], at: int, gaps: bool) -> float:
        if len(phrase) == 1 or tuple(keys[at : at + len(phrase)]) == phrase:
            return 1.0
        if not gaps or len(phrase) != 2:
            return 0.0
        distances = [other - at for other in places.get(phrase[1], ())]
        if any(0 < d <= GAP + 1 for d in distances):
            return GAPPED
        return TURNED if any(-2 <= d < 0 for d in distances) else 0.0
