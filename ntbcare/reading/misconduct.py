"""Misconduct told without its name: money asked by somebody in office, public means used for themselves. Never by a single word.

All of it works on plain words (abbreviations spelled out), each rule answers with the words it rests on, () where it is not sure: a false
alarm turns a citizen away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ntbcare.reading.plain import table

ASKING = table(
    "minta mintak meminta narik menarik pungut memungut mungut mematok patok nodong palak memalak malak memeras motong potong memotong nembak "
    "endeng ngendeng ngeneng raho nagih menagih"
)
TAKING = ASKING | table(
    "diminta dimintai dimintain diminta2 dimintak ditarik dipungut bayar membayar dibayar setor menyetor disetor nyetor dipotong tambah nambah "
    "menambah dipatok dikenakan dimahalkan ditodong dipalak tebus menebus ditebus pelicin amplop japrem tembak"
)
FORCED = table("diminta dimintai dimintain dimintak ditarik dipungut ditodong dipalak dipatok dikenakan")
PERSONS = table(
    "oknum lurah camat sekdes sekcam kaur kasi kaling keliang klian perangkat staf staff aparat aparatur petugas pegawai pejabat pendamping "
    "fasilitator panitia mandor penyuluh mantri polisi polantas calo asn pns babinsa bhabin kadinas kabid kabag kasubag bendahara timses kepsek "
    "kapus kapolsek dewan bupati walikota gubernur sekda ppk ppl korwil koordinator operator pengelola kadus keliang penghulu bpd"
)
PLACES = table(
    "dinas dishub samsat bkd bpn kua dukcapil satpol pp rt rw kantor loket kelurahan kecamatan imigrasi dinsos disdik dikbud pemda pemkab"
)
"""Offices: somebody there, when the deed fits."""
_HEADS = {
    "kepala": table(
        "desa dusun dinas lingkungan sekolah puskesmas pustu pasar upt uptd bidang bagian seksi rutan lapas kantor kua badan kampung upp "
        "kelurahan kecamatan terminal samsat daerah"
    ),
    "ketua": table("rt rw panitia kelompok klompok gapoktan poktan komite bpd ksm tpk bumdes dewan dprd pkk lpm koperasi"),
    "orang": table(
        "dinas dalam dalem kantor bkd bkpsdm pemda pemkab pemkot kelurahan kecamatan samsat dukcapil provinsi dikbud pu bpn desa"
    ),
    "bapak": table("desa dusun rt rw camat lurah"),
    "anggota": table("dewan dprd satpol polisi bpd panwas"),
    "sekretaris": table("desa dinas camat daerah"),
    **dict.fromkeys(("dokter", "perawat", "bidan"), table("rsud puskesmas pustu rsup")),
    "pol": table("pp pelabuhan"),
}
"""'kepala toko' and 'orang tua' hold no office."""
DUE = table(
    "parkir spp komite pdam tagihan tunggakan retribusi pajak denda tilang resmi iuran token rekening materai meterai ongkos upah gaji "
    "honor harga sewa kontrak tiket kredit cicilan pinjaman arisan premi subsidi ganti rugi santunan beasiswa infak sumbangan seragam "
    "pelunasan belanja listrik air les bimbel wisuda perpisahan pendaftaran lomba turnamen kurban qurban buku lks fotokopi saldo tabungan "
    "pnbp kembalian receh takziah gotong koperasi"
)
"""Bills, prices and what is owed to the writer: an amount beside these is dear or wrong, not a bribe."""
DUES = table("lingkungan kas kebersihan keamanan sampah")
FREE = table(
    "gratis bantuan blt pkh bpnt bansos beras bulog bibit pupuk stimulan raskin rastra sembako sporadik zakat bsps rtlh lpg insentif"
)
"""What nobody may ask money for."""
KEEPING = table(
    "tilep ditilep nilep diembat embat dinikmati dikantongi mengantongi dimanipulasi memanipulasi rekayasa direkayasa "
    "raib dijual pribadi kampanye nyaleg menggelembungkan digelembungkan dimark disalahgunakan dimanfaatkan dipinjamkan digadaikan dimakan"
)
FUNDS = table(
    "dana anggaran bos bop bok bumdes apbdes apbd bantuan bansos pkh blt bpnt pip pokir bibit alsintan traktor pompa proyek kas dd add aset hibah "
    "raskin rastra dak banprov"
)
PUBLIC = (
    FUNDS
    | PLACES
    | table(
        "bpbd dlh pupr puskesmas rsud sekolah sppd perangkat pejabat oknum "
        "pengadaan tender lelang spj lpj rab kegiatan pembangunan rehab kontraktor rekanan pemborong jabatan kuitansi kwitansi dinas desa honorer guru penerima"
    )
)
PAID = FUNDS | table("honor insentif gaji upah uang duit tunjangan jaspel zakat beasiswa sertifikasi blt")
"""What can be cut before it reaches whom it is for."""
USING = table("pake pakai dipake dipakai memakai digunakan menggunakan gunakan kepake")
PURSES = table("dana dd add bos bop bok anggaran kas apbdes apbd pad")
OWN = table("pribadi sendiri kampanye nyaleg studi wisata foya istri istrinya anaknya selingkuhan mobil")
CUT = table("disunat nyunat menyunat disunatin")
CUTTING = table("potong memotong motong nyunat menyunat disunat dipotong dipotongin sunat")
CATTLE = table("sapi kambing kerbau ayam domba kuda")
NOT_CUT = CATTLE | table("bank cicilan pajak bpjs bolos absen koperasi pinjaman meminjam pohon")
STREET = table(
    "preman jukir ogah ormas badut pengamen pengemis gelandangan muda pemuda sopir supir kenek hrd agen tukang pacar kenalan ngaku mengaku "
    "mengatasnamakan wartawan lsm debt collector leasing pinjol spbu toko indomaret alfamart kurir ekspedisi travel hotel penipu penipuan"
)
PRIVATE = STREET - {"hotel", "toko"} | table("akun nasabah manajemen perusahaan mobil motor lowongan olshop order arisan sertifikat agen")
PROJECTS = table("proyek tender lelang kontraktor pengadaan pemborong anggaran talud rekanan")
WISHING = table("saya kami kita warga tiang mada kaji mohon tolong ingin mau tidak bukan tanpa")
"""Right before 'minta': it is the writer who asks, or nobody."""
POSTS = table(
    "cpns pppk p3k pns asn honorer jabatan kepsek eselon mutasi perangkat formasi pelantikan sk polisi bintara kontrak satpol pendamping pps"
)
PROMISED = table(
    "lolos lulus lolosin loloskan meloloskan diloloskan diterima dijamin jamin menjamin janji janjiin menjanjikan dijanjikan mahar dipatok titip titipan diangkat "
    "pelicin"
)
PAYMENT = table(
    "bayar membayar setor menyetor nyetor setoran minta meminta diminta dimintai dipatok mahar titip tebus transfer dp serahkan jual juta uang duit"
)
NO = table("tanpa tidak belum bukan nihil kosong palsu wara nonda nongka ndek")
RECEIPT = table("kwitansi kuitansi kwitansinya kuitansinya karcis nota bukti")
HURRY = (*(f"{how} cepat" for how in ("biar", "supaya", "agar", "mau", "pengen", "bisa", "lebih")), "langsung jadi", "sehari jadi")
NUMBERS = table("seratus ratus sepuluh puluh belas satu dua tiga empat lima enam tujuh delapan sembilan setengah")
_COUNTED = table("dua tiga empat lima enam puluh banyak beberapa")
_WEAK = table("calo operator koordinator pengelola")
_KEPT, _NEAR, _ROUND = 8, 5, 12
_AMOUNT = re.compile(r"(?:rp)?\d[\d.,]*(?:rb|ribu|jt|juta|k|rbu|m)?(?:an)?")
_UNITS = table("rb ribu jt juta rupiah rbu persen sejuta")


def told(words: Sequence[str]) -> tuple[str, ...]:
    """The words in which any of these rules finds misconduct, or ()."""
    people = officials(words)
    return asked(words, people) or misused(words, people) or cut(words, people) or sold(words, people) or pocketed(words, people)


def part(words: Sequence[str]) -> bool:
    """Is there a word that one of these rules listens for: somebody in office, a sum of money, taking or keeping it?"""
    listened = TAKING | KEEPING | USING | CUT | CUTTING | PAYMENT | PROMISED | POSTS | FUNDS | PLACES
    return any(word in listened or is_amount(words, at) for at, word in enumerate(words)) or bool(officials(words))


def officials(words: Sequence[str]) -> dict[int, str]:
    """Where somebody in office is named, by the place of the word; 'kepala' and 'orang' only with what makes them one."""
    found = {at: bare for at, word in enumerate(words) if (bare := word.removesuffix("nya")) in PERSONS}
    for at, word in enumerate(words[:-1]):
        if words[at + 1] in _HEADS.get(word, ()) and not _any(words[max(0, at - 1) : at], _COUNTED):
            found[at] = f"{word} {words[at + 1]}"
    return found


def asked(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """Somebody in office asks money for what is free or for being quick."""
    for at, word in enumerate(words):
        if word not in TAKING or _their_own_wish(words, at, people):
            continue
        near = range(max(0, at - _NEAR), min(len(words), at + _NEAR + 1))
        if not any(is_amount(words, i) for i in near):
            continue
        about = _around(words, at, _ROUND)
        owed = _any(about, DUE) or _any(about, RECEIPT) or ("tarif" in about and word not in FORCED)
        if _of_the_street(words, at) or (owed and not _without_receipt(words, at) and not (word in ASKING and _in_a_hurry(about))):
            continue
        who = [name for place, name in people.items() if abs(place - at) <= _ROUND]
        offices = [other for other in _around(words, at, 6) if other in PLACES]
        forced = word in FORCED or _any(about, FREE) or _in_a_hurry(about)
        if all(name in _WEAK for name in who) and not (offices and (who or forced)):
            continue
        return (" ".join(words[max(0, at - 1) : at + 3]), *(who or offices)[:1])
    return ()


def misused(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """Somebody in office keeps public money or goods for themselves."""
    for at, word in enumerate(words):
        if word not in KEEPING:
            continue
        funds = [other for other in _around(words, at, _KEPT) if other in FUNDS]
        who = [name for place, name in people.items() if abs(place - at) <= _KEPT and name not in _WEAK | {"ketua rt", "ketua rw"}]
        if (
            funds
            and who
            and not (
                word == "pribadi"
                and _any(words[max(0, at - 1) : at], table("tanah lahan rumah kendaraan data usaha dana uang biaya kantong"))
            )
        ):
            return word, funds[0], who[0]
    return _spent(words, people)


def _spent(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """'dana desa dipakai kepala desa untuk kolam pancing sendiri'."""
    for at, word in enumerate(words):
        if word in USING and _any(_around(words, at, _NEAR), PURSES):
            own = [other for other in words[at + 1 : at + 1 + _KEPT] if other in OWN]
            who = [name for place, name in people.items() if abs(place - at) <= _ROUND and name not in _WEAK]
            if own and who:
                return word, own[0], who[0]
    return ()


def cut(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """What is due to somebody is cut by somebody in office: 'honor kader dipotong bidan koordinator', 'bansos disunat'."""
    for at, word in enumerate(words):
        if (word in CUT and _any(words[max(0, at - 4) : at], PAID)) or (
            word == "sunat" and _any(words[at + 1 : at + 3], FUNDS - {"bantuan"})
        ):
            return tuple(words[max(0, at - 2) : at + 1])
        if word not in CUTTING or _any(_around(words, at, _ROUND), NOT_CUT):
            continue
        before, after = words[max(0, at - _NEAR) : at], words[at + 1 : at + 4]
        if word.startswith("di") and _any(before, PAID):
            who = next((name for place, name in people.items() if at < place <= at + 3 and name != "mandor"), None)
        elif not word.startswith("di") and _any(after, PAID):
            who = next((name for place, name in people.items() if at - _NEAR <= place < at), None)
        else:
            continue
        if who:
            return word, who
    return ()


def sold(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """A post or a place in office for money, with somebody in office in it: 'orang dinas minta 20 juta janji lolos PPPK'."""
    for at, word in enumerate(words):
        if word not in POSTS:
            continue
        about = _around(words, at, _ROUND)
        promised = [other for other in about if other in PROMISED]
        who = [name for place, name in people.items() if abs(place - at) <= _ROUND and name not in (*_WEAK, word)]
        money = any(is_amount(about, i) for i in range(len(about))) or _any(about, table("uang duit mahar"))
        if promised and who and money and _any(about, PAYMENT) and not _of_the_street(words, at):
            return word, promised[0], who[0]
    return ()


def pocketed(words: Sequence[str], people: dict[int, str]) -> tuple[str, ...]:
    """'masuk kantong oknum', 'masuk rekening pribadi kepala pasar': where the money of all went."""
    for at, word in enumerate(words[:-1]):
        where = f"{word} {words[at + 1]}"
        if where in ("kantong pribadi", "saku pribadi", "kantong oknum", "rekening pribadi", "rek pribadi", "rekening oknum"):
            before, after = words[max(0, at - 1) : at], words[at + 2 : at + 3]
            if _any(before, table("masuk ke dalam kedalam lewat oleh")) and not _any(after, WISHING) and (people or _any(words, PUBLIC)):
                return (where, *list(people.values())[:1])
        if where in ("kantong kepala", "kantong lurah", "kantong kaling", "kantong pegawai", "kantong petugas", "kantong pejabat"):
            return (where,)
    return ()


def by_office(words: Sequence[str], at: int) -> bool:
    """Is somebody in office near the words at `at`, and nobody of the street? 'Preman minta uang' is the police's matter."""
    if _their_own_wish(words, at, officials(words)):
        return False
    near = words[max(0, at - _KEPT) : at + _KEPT]
    named = officials(near)
    return (
        any(name not in _WEAK for name in named.values()) and not _of_the_street(words, at) and not _any(words[at + 2 : at + 4], DUE | DUES)
    )


def of_public_means(words: Sequence[str], at: int) -> bool:
    """Is it public money, or somebody in office, that the words at `at` speak of? 'Akun fiktif' and 'penggelapan motor' are not."""
    near = _around(words, at, _KEPT)
    public = _any(near, PUBLIC) or any(name not in _WEAK for name in officials(near).values())
    return public and not _any([word.removesuffix("nya") for word in _around(words, at, 3)], PRIVATE)


def of_a_project(words: Sequence[str], at: int) -> bool:
    """Is it a public work that the words at `at` speak of? 'Ada main' alone is anything."""
    return _any(_around(words, at, _ROUND), PROJECTS) and not _any(words[at + 2 : at + 3], table("bola gaple domino judi hp"))


def _of_the_street(words: Sequence[str], at: int) -> bool:
    """Is somebody of the street near who may be the one that asks? Not where it is an 'oknum': then they are the ones who pay."""
    near = _around(words, at, 6)
    oknum = [words[i + 1] for i, word in enumerate(words[:-1]) if word == "oknum"]
    return _any(near, STREET) and not any(word not in STREET for word in oknum)


def _their_own_wish(words: Sequence[str], at: int, people: dict[int, str]) -> bool:
    """'kami minta petugas …' is asked by the writer, 'petugas di tempat kami minta …' is not; 'tidak minta' is nobody's."""
    if words[at] not in ("minta", "mintak", "meminta") or not _any(words[max(0, at - 1) : at], WISHING):
        return False
    return words[at - 1] in NO or not any(0 < at - place <= _NEAR for place in people)


def _around(words: Sequence[str], at: int, reach: int) -> Sequence[str]:
    return words[max(0, at - reach) : at + reach + 1]


def _any(words: Collection[str], known: Collection[str]) -> bool:
    return any(word in known for word in words)


def _in_a_hurry(about: Sequence[str]) -> bool:
    line = " ".join(about)
    return any(sign in line for sign in HURRY)


def _without_receipt(words: Sequence[str], at: int) -> bool:
    """'tanpa kwitansi', 'kwitansi wati wara' near the words at `at`: no bill that anybody could check."""
    for place in range(max(0, at - _ROUND), min(len(words), at + _ROUND + 1)):
        if words[place] in RECEIPT and _any(words[max(0, place - 3) : place + 4], NO):
            return not _any(_around(words, at, _NEAR), table("parkir iuran sumbangan"))
    return False


def is_amount(words: Sequence[str], at: int) -> bool:
    """'100rb', '1,5jt', a number before 'ribu', '50000'; not a telephone or identity number."""
    word = words[at]
    if word in _UNITS:
        return word == "sejuta" or (at > 0 and (words[at - 1][:1].isdigit() or words[at - 1] in NUMBERS))
    if not _AMOUNT.fullmatch(word):
        return False
    return not word.isdigit() or (at + 1 < len(words) and words[at + 1] in _UNITS) or (5 <= len(word) <= 9 and word.endswith("00"))
