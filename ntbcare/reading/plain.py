"""Plain words: slang, abbreviations and spelling brought to one searchable form."""

import re
import unicodedata
from collections.abc import Iterable


def table(words: str) -> frozenset[str]:
    """A set of words written as one line of text."""
    return frozenset(words.split())


MARKERS = table(
    "desa ds des kelurahan kel lurah kades dusun dsn dus lingkungan ling lingk kecamatan kec camat kabupaten kab kota kp kampung pulau"
)
"""Words that introduce a place name; the token after one may be the name itself."""

PLACE_PARTS = table("lab kr bt gn tj tg mt sel tim utr brt tgh lotim loteng lobar klu ksb cakra")
"""Abbreviations that are parts of place names, so they are expanded after a marker too."""

FILLERS = table(
    "saya kami kita yang dengan dan dari di dalam ini itu tersebut tidak sudah belum karena untuk pada juga ke masih "
    "sekarang ada bapak ibu terima kasih mohon tolong sangat"
)
"""Expansions that can hardly be a village: 'ds sy' stays 'desa saya'."""

_APOSTROPHES = dict.fromkeys(map(ord, "'`’‘ʼʻ´′ʹˈ＇"))
_LONG = re.compile(r"([a-z])\1{2,}")
_TWICE = re.compile(r"(?<![a-z0-9])(?!(?:sd|smp|sma|smk|mts|min|man|rt|rw|km)n?2)([a-z]{3,})2(?![a-z0-9])")
_PIECE = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]+|\n")
_NUMERAL = frozenset(("iii", "www", "xxx"))


def fold(text: str) -> str:
    """Lower-case NFKC text without diacritics and apostrophes; line breaks stay."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return text


def _shorten(word: str) -> str:
    """'rusakkkk' → 'rusak'; Roman three stays."""
    return word if word in _NUMERAL else _LONG.sub(r"\1", word)


def _binds(token: str, folded: str, start: int, words: list[str]) -> bool:
    """A hyphen inside a word or the dot of an abbreviation."""
    if token == "-":
        return bool(folded[start - 1 : start].strip()) and bool(folded[start + 1 : start + 2].strip())
    return token == "." and bool(words) and len(words[-1]) <= 3


def split(text: str) -> tuple[list[str], frozenset[int]]:
    """The folded words of a text and the indexes of words that stand after a break.

    A break is punctuation or a new line; a hyphen inside a word and the dot of an abbreviation ('kec.', 'lab.') are none.
    """
    words: list[str] = []
    breaks: set[int] = set()
    folded = _TWICE.sub(r"\1 \1", fold(text))
    for piece in _PIECE.finditer(folded):
        token = piece.group()
        if token[0].isalpha() and token[0].isascii():
            words.append(_shorten(token))
        elif token.isdecimal() and token.isascii():
            words.append(token)
        elif not _binds(token, folded, piece.start(), words):
            breaks.add(len(words))
    return words, frozenset(breaks)


class Plain:
    """Reads any spelling as plain words.

    `abbreviations`: pairs (token, expansion), for instance ('yg', 'yang'); the first of two pairs for one token counts. Pairs of several tokens
    and pairs whose expansion only repeats the token ('air' → 'pdam air pdam') are left out, because they add words the citizen did not write.
    """

    def __init__(self, abbreviations: Iterable[tuple[str, str]]) -> None:
        self._expansions: dict[str, tuple[str, ...]] = {}
        for token, expansion in abbreviations:
            short, long = split(token)[0], tuple(split(expansion)[0])
            if len(short) == 1 and long and short[0] not in long:
                self._expansions.setdefault(short[0], long)

    def expansion(self, word: str) -> tuple[str, ...]:
        """The words a folded token stands for; empty when it stands for itself."""
        return self._expansions.get(word, ())

    def words(self, text: str) -> list[str]:
        """Lower-case words, digits kept, abbreviations expanded, elongated letters reduced. Never raises for any text."""
        return self.expand(split(text)[0])

    def expand(self, raw: list[str]) -> list[str]:
        """Expands folded tokens; a token right after a place marker is a name and stays, unless it is a marker, a part of names or a filler."""
        out: list[str] = []
        after_marker = False
        for token in raw:
            known = self._expansions.get(token)
            if known is None or (
                after_marker and token not in MARKERS and token not in PLACE_PARTS and not any(word in FILLERS for word in known)
            ):
                out.append(token)
            else:
                out.extend(known)
            after_marker = token in MARKERS
        return out

    def text(self, text: str) -> str:
        """The words joined by single spaces."""
        return " ".join(self.words(text))
