"""Misconduct told without its name: money asked by somebody in office, public means used for themselves. Never by a single word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ntbcare.reading.plain import table

TAKING = table(
    "minta mintak meminta diminta dimintai dimintain diminta2 narik menarik ditarik pungut memungut dipungut mungut bayar membayar dibayar "
    "setor menyetor disetor nyetor potong memotong dipotong motong tambah nambah menambah dipatok mematok patok dikenakan dimahalkan nodong "
    "ditodong palak memalak dipalak malak tebus menebus ditebus pelicin amplop japrem tembak nembak memeras"
)
OFFICE = table(
    "oknum kades kadus kadas kaling keliang kepala lurah camat sekdes kaur kasi perangkat staf staff aparat petugas pegawai pejabat pendamping "
    "fasilitator panitia ketua mandor penyuluh mantri polisi polantas satpol pp dinas dishub samsat bkd bpn kua dukcapil operator calo "
    "asn pns babinsa bhabin rt rw kadinas kabid bendahara timses orang dalam"
)
DUE = table(
    "parkir spp komite pdam tagihan retribusi pajak denda tilang resmi kwitansi kuitansi iuran token rekening materai meterai ongkos upah gaji "
    "honor harga sewa kontrak tiket kredit cicilan pinjaman arisan premi subsidi ganti rugi santunan beasiswa infak sumbangan seragam "
    "pelunasan belanja listrik air les bimbel wisuda perpisahan"
)
"""Bills, prices and what is owed to the writer: an amount beside these is dear or wrong, not a bribe."""
FREE = table(
    "gratis bantuan blt pkh bpnt bansos beras bulog bibit pupuk stimulan raskin rastra sembako sporadik zakat bsps rtlh lpg insentif"
)
"""What nobody may ask money for."""
KEEPING = table(
    "sunat disunat tilep ditilep nilep dimakan makan diembat embat dinikmati dikantongi mengantongi dimanipulasi memanipulasi rekayasa direkayasa "
    "raib dijual pribadi kampanye menggelembungkan digelembungkan dimark disalahgunakan dimanfaatkan dipinjamkan digadaikan"
)
FUNDS = table(
    "dana anggaran bos bop bumdes apbdes apbd bantuan bansos pkh blt bpnt pip pokir bibit alsintan traktor pompa proyek kas dd add aset hibah raskin"
)
STREET = table(
    "preman jukir ogah ormas badut pengamen pengemis gelandangan anak pemuda sopir supir kenek hrd agen kunci tukang pacar kenalan ngaku wartawan lsm calo"
)
_KEPT = 8
_AMOUNT = re.compile(r"(?:rp)?\d[\d.,]*(?:rb|ribu|jt|juta|k|rbu|m)?(?:an)?")
_UNITS = table("rb ribu jt juta rupiah rbu persen")
_NEAR, _ROUND = 5, 12


def asked(words: Sequence[str]) -> tuple[str, ...]:
    """The words in which somebody in office asks money for what is free or for being quick; () when the text does not say that."""
    for at, word in enumerate(words):
        if word not in TAKING:
            continue
        near = range(max(0, at - _NEAR), min(len(words), at + _NEAR + 1))
        if not any(_is_amount(words, i) for i in near):
            continue
        about = words[max(0, at - _ROUND) : at + _ROUND + 1]
        if any(other in DUE for other in about):
            continue
        who = [other for other in about if other in OFFICE]
        free = [other for other in about if other in FREE]
        if (who and not all(other in ("orang", "kepala", "dalam", "dinas") for other in who)) or (free and who):
            return (" ".join(words[max(0, at - 1) : at + 3]), *(who or free)[:1])
    return ()


def misused(words: Sequence[str]) -> tuple[str, ...]:
    """The words in which somebody in office keeps public money or goods for themselves; () when the text does not say that."""
    for at, word in enumerate(words):
        if word not in KEEPING:
            continue
        about = words[max(0, at - _KEPT) : at + _KEPT + 1]
        funds = [other for other in about if other in FUNDS]
        who = [other for other in about if other in OFFICE and other not in ("kepala", "orang", "dalam", "dinas", "rt", "rw")]
        if funds and who:
            return word, funds[0], who[0]
    return ()


def by_office(words: Sequence[str], at: int) -> bool:
    """Is somebody in office near the words at `at`, and nobody of the street? 'Preman minta uang' is the police's matter."""
    about = words[max(0, at - _ROUND) : at + _ROUND + 1]
    return any(other in OFFICE for other in about) and not any(other in STREET for other in about)


def _is_amount(words: Sequence[str], at: int) -> bool:
    """'100rb', '1,5jt', or a number before 'ribu'."""
    word = words[at]
    if word in _UNITS:
        return at > 0 and words[at - 1][:1].isdigit()
    return bool(_AMOUNT.fullmatch(word)) and (not word.isdigit() or (at + 1 < len(words) and words[at + 1] in _UNITS) or len(word) >= 5)
