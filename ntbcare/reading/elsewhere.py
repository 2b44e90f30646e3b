"""Does a text tell of a place outside this province? A list of provinces and well-known cities, where nothing of ours is named as clearly."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ntbcare.reading.plain import split, table

LONGEST = 3
_AT = table("di d daerah wilayah kota kab kabupaten provinsi prov propinsi pulau pesisir")
"""'di Surabaya' tells where; 'jalan Surabaya', 'bus ke Surabaya' and 'tower Jakarta' do not."""
_ONLY_THERE = table(
    "kuliah sekolah kerja bekerja kerjaan tinggal mondok merantau rantau tugas dinas berobat dirawat dirujuk rujukan kantor pusat pernah jual dijual beli lahir asal"
)
_OURS = table(
    "kampung kp desa ds dusun dsn kelurahan kel lingkungan ling lingk gang jalan jln jl jalur rt rw blok btn toko warung hotel pura"
)


class Elsewhere:
    """`names`: how the places are called, as people write them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {tuple(split(name)[0]): name for name in names}

    def find(self, text: str, ours: Collection[str] = ()) -> str:
        """The name that was told, "" for none or where `ours`, the words of our own places in it, hold more than that name itself."""
        words, breaks = split(text[:4000])
        told: list[tuple[int, tuple[str, ...]]] = []
        at = 0
        while at < len(words):
            size = next((n for n in range(LONGEST, 0, -1) if tuple(words[at : at + n]) in self._names), 0)
            if size:
                told.append((at, tuple(words[at : at + size])))
            at += size or 1
        where = [one for one in told if self._meant(words, breaks, one[0], told)]
        taken = {word for _, name in told for word in name}
        if not where or any(word not in taken for mention in ours for word in split(mention)[0]):
            return ""
        return self._names[where[0][1]]

    @staticmethod
    def _meant(words: list[str], breaks: frozenset[int], at: int, told: list[tuple[int, tuple[str, ...]]]) -> bool:
        before = words[at - 1] if at else ""
        if before in _OURS:
            return False
        if before in _AT:
            return not any(word in _ONLY_THERE for word in words[max(0, at - 3) : at - 1])
        beside = any(other + len(name) == at for other, name in told)  # "Denpasar, Bali"
        return beside and (at in breaks or at == 0 or len(told) > 1)
