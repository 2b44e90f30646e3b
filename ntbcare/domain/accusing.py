"""Does a text accuse somebody: a person named and what they did, near each other, and not a landmark or somebody else's anger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AFTER, BEFORE = 5, 3  # words between the person and the deed: "pegawai dinas itu sering kasar", "dibentak oleh petugas puskesmas"


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# "rumah kades", "anak camat": not the person
_LANDMARKS = _words(
    "rumah kantor depan dekat samping sebelah belakang seberang jalan gang lapangan balai anak istri suami adik kakak keluarga warga mobil "
    "motor kandang sapi kambing anjing toko warung calon mantan pemilihan"
)
_NOT = _words("tidak bukan belum jangan tanpa")
_OTHERS = _words("warga masyarakat orang tetangga pemuda pasien pembeli siswa murid anak sopir penjual pedagang preman pemabuk")
_TOWARDS = _words("kepada terhadap ke sama dengan pada oleh")


def accuses(words: Sequence[str], who: Sequence[str], does: Sequence[str], suffered: Sequence[str] = ()) -> bool:
    """`words`: a text in plain words. True when somebody of `who` is followed closely by a deed of `does`, or follows closely after a
    deed of `suffered` ("dibentak"). "Jalan di depan rumah kades" names no person, "warga marah" is nobody's fault of the unit.
    """
    return bool(accused(words, who, does, suffered))


def accused(words: Sequence[str], who: Sequence[str], does: Sequence[str], suffered: Sequence[str] = ()) -> list[tuple[int, int]]:
    """(first, end) of everybody of `who` whom these words accuse, as `accuses` says it, in the order of `who`; [] for nobody."""
    found = []
    for start, end in _places(words, who):
        if start and words[start - 1] in _LANDMARKS:
            continue
        after, first = words[end : end + AFTER + 3], max(0, start - BEFORE - 2)
        did = any(at <= AFTER and _theirs(after, at) for at, _ in _places(after, does))
        if did or any(start - first - done <= BEFORE for _, done in _places(words[first:start], suffered)):
            found.append((start, end))
    return found


def _theirs(after: Sequence[str], at: int) -> bool:
    """Is the deed at this place that of the person named before, and did it happen?"""
    if any(word in _NOT for word in after[max(0, at - 2) : at]):  # "tidak pernah kasar"
        return False
    between = after[:at]
    return not any(word in _OTHERS and (not i or between[i - 1] not in _TOWARDS) for i, word in enumerate(between))


def _places(words: Sequence[str], phrases: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(first, end) of every phrase in the words."""
    for phrase in phrases:
        parts = phrase.split(" ")
        for at in range(len(words) - len(parts) + 1):
            if words[at] == parts[0] and list(words[at : at + len(parts)]) == parts:
                yield at, at + len(parts)
