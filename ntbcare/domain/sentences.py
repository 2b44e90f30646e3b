"""Sentences ready to use: what may stand in braces, which blanks are still open, and which sentence fits a case best. Plain functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

# what a sentence may ask for in braces, with what it becomes; nothing of the reporter is among it
PLACEHOLDERS = {
    "tiket": "nomor laporan",
    "unit": "nama singkat unit",
    "tempat": "desa atau kecamatan",
    "bidang": "bidang laporan",
    "tanggal": "tanggal hari ini",
    "petugas": "nama petugas",
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_BLANK = re.compile(r"\[[^\[\]\n]{1,60}\]")


def fill(words: str, facts: Mapping[str, str]) -> str:
    """Put facts where braces are. What is not known becomes a blank, so that somebody must look: {tempat} → "[tempat]"."""
    return _BRACES.sub(lambda found: facts.get(found[1]) or f"[{found[1]}]", words)


def unknown(words: str) -> list[str]:
    """What stands in braces and is no placeholder, and braces that do not close; [] where all is well."""
    strange = [name for name in _BRACES.findall(words) if name not in PLACEHOLDERS]
    return strange or (["{"] if set(_BRACES.sub("", words)) & set("{}") else [])


def blanks(words: str) -> list[str]:
    """The blanks nobody has filled in yet, each once, in their order: "[tanggal]"."""
    return list(dict.fromkeys(_BLANK.findall(words)))


def nearness(wanted: str, category: str | None) -> int | None:
    """How exactly a sentence's topic meets a case's: 2 the same, 1 the topic above it, 0 any topic; None: it is about something else."""
    if not wanted:
        return 0
    if wanted == category:
        return 2
    return 1 if (category or "").startswith(wanted + ".") else None
