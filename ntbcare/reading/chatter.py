"""Thanks and offers, told from reports by their words: praise stays praise with a place in it, an advertisement with a topic in it.

Both are only said where nothing in the text complains, asks or wishes: a report must never be taken for either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ntbcare.reading.plain import Plain, split, table
from ntbcare.reading.signs import COMPLAINT

THANKS = table("terimakasih makasih trims thanks tampi suksma alhamdulillah syukur matur suwun kalembo jazakallah")
ACCLAIM = table(
    "mantap mantab mantul keren salut bangga apresiasi jempol hebat terbaik top oke acungan acungi puas memuaskan istimewa solah jos joss sip siip "
    "sukses senang respek"
)
GOOD = table(
    "bagus baik mulus lancar terang nyala menyala hidup mengalir ngalir selesai beres diperbaiki ditangani ditindaklanjuti ditindak "
    "direspon direspons dibantu terbantu dibangun dicor diaspal dihotmix diangkut dibersihkan diterima nerima terima dapat cair cepat ramah "
    "sopan bersih aman rapi indah sabar tanggap puas memuaskan senang gratis mudah gampang nyaman turun datang dipasang dikerjakan tuntas normal "
    "kinerja kerja kerjanya pelayanan pelayanannya layanan layanannya respon responnya perhatian perbaikan keren mantap solah hebat"
)
BUT = table(
    "tapi tetapi tp namun cuma hanya sayang sayangnya walaupun walau meskipun meski padahal kok kenapa mengapa kapan bagaimana gimana mana siapa "
    "berapa apakah mohon tolong minta usul usulan saran harap berharap harapan juga sekalian giliran ditunggu nunggu tunggu menunggu kalau kalo "
    "perlu butuh harus ingin mau pengen belum bukan jangan masih tetap kayak kaya seperti ibarat macam katanya janji dong lapor melapor "
    "segera supaya agar biar kurang terus sejak sampai hingga lebih bisa bantu tolongin kecuali selain"
)
LEFTOVER = table("sampah lumpur debu genangan banjir lubang lobang aduan keluhan")
"""What is bad is gone where it 'sudah ditangani'."""
BAD = COMPLAINT - table("diperbaiki perbaiki perbaikan lama") | table(
    "jelek buruk bolong lobang lumpur becek debu sampah genangan bangsat anjing goblok korupsi pungli bohong rugi gagal miskin sedih jarang "
    "marah takut korban sakit meninggal jatuh semakin makin tambah numpuk curang cuek tidur bolos hujan kubangan kolam copot retak dipalak"
)
DONE = table("ditangani selesai beres diangkut dibersihkan diperbaiki ditambal tuntas ditindaklanjuti ditindak")
CREWS = table("petugas pasukan truk mobil tukang tim bank pengangkut dinas")
SERVED = table(
    "pelayanan pelayanannya layanan layanannya petugas petugasnya respon responnya kerja kerjanya kinerja dokter perawat guru gurunya bidan pegawai"
)
SERVES = table("ramah cepat bagus baik sopan sabar tanggap mantap memuaskan rajin hebat keren lembut teliti")
KIND = table(
    "sehat sukses berkah berkat panjang umur jaya dibalas membalas balas contoh amanah dipertahankan sejahtera maju lancar allah tuhan pahala rezeki rejeki "
    "bahagia dirahmati selalu bermanfaat"
)
"""'semoga sehat selalu' is a blessing, 'semoga segera diperbaiki' a wish."""
NOW = table("sudah telah akhirnya wah uah sekarang langsung")
CLAUSE = re.compile(r"[.,;:!\n]+(?:\s|$)")
LURES = table(
    "slot gacor maxwin scatter jackpot togel toto casino kasino judi pinjol gestun kta undian pemenang terpilih giveaway follower followers subscriber "
    "backlink pelet pesugihan kripto crypto bitcoin forex pelangsing pembesar peninggi pemutih jackpot pinjaman"
)
"""What hardly anybody but an advertiser offers; counts double."""
GOODS = table(
    "promo promosi diskon jual dijual jasa sewa rental obat herbal cream krim skincare dukun investasi trading akun pulsa kuota voucher reseller loker "
    "sampingan kost ruko kavling tanah rumah motor mobil madu kambing sapi qurban katering tumpeng travel umroh asuransi bansos blt parfum baju hijab "
    "grosir sepatu dana gadai kredit tunai hadiah bola paket"
)
INVITING = table(
    "bonus bergaransi garansi ready stok terbatas murah termurah nego profit cair acc jaminan agunan terpercaya melayani antar gratis untung dijamin "
    "langsung mulai proses cepat bunga rendah"
)
CALLED = table(
    "daftar klik hub hubungi wa whatsapp minat berminat order cod chat dm inbox japri gabung join deposit depo telegram subscribe follow gacor maxwin "
    "ongkir dapatkan raih menangkan memenangkan login anda"
)
"""What a report hardly says: one of these, or an address or a telephone number, must be there."""
ADDRESS = re.compile(
    r"https?://|www\.|bit\.ly|wa\.me|t\.me/|\b[a-z0-9-]+\.(?:com|net|xyz|site|online|id|io|vip|club)\b|(?:\+?62|\b0)8\d{7,}", re.IGNORECASE
)
PRICE = re.compile(r"\d ?(?:rb|ribu|jt|juta|%|persen)")
SUFFERED = (COMPLAINT - table("langka mahal kosong habis lama liar")) | table(
    "resah meresahkan marak korban tertipu penipuan penipu ditipu menipu tipu tertibkan blokir diblokir berantas tutup ditutup tagih ditagih nagih teror "
    "diteror meneror ancam diancam mengancam kecanduan suami istri anak tetangga polisi tangkap hapus dihapus spam iklan sms kenapa mengapa hati lapor "
    "apakah siapa dimana mana bagaimana gimana kapan berapa benar kok tidak belum jangan bukan mohon tolong minta gagal error masyarakat warga "
    "merusak bangkrut hutang utang ilegal bandar oknum pemerintah gubernur bupati walikota admin usul saran kecewa permintaan warung kampung"
)
ENOUGH = 4
_LONGEST_OFFER, _LONGEST_TEXT = 60, 1000
_OPENING = 5
_TELLING = 3


def is_praise(plain: Plain, text: str) -> bool:
    """Thanks or acclaim for something, and nothing but that: no 'but', no wish, no question, nothing that is bad now."""
    raw, _ = split(text)
    words = plain.expand(raw)
    if "?" in text or not words:
        return False
    if _wants(words) or not all(_kindly(plain.words(clause)) for clause in CLAUSE.split(text)):
        return False
    thanks = [at for at, word in enumerate(words) if word in THANKS or words[at : at + 2] == ["terima", "kasih"]]
    acclaim = [at for at, word in enumerate(words) if word in ACCLAIM or words[at : at + 2] in (["luar", "biasa"], ["good", "job"])]
    if not thanks and not acclaim:
        return False
    rest = [word for at, word in enumerate(words) if words[at : at + 2] != ["terima", "kasih"]]
    served = any(word in SERVED and _has(words[max(0, at - 3) : at + 4], SERVES) for at, word in enumerate(words))
    done = any(word in NOW and _has(words[at + 1 : at + 4], GOOD | {"jadi"}) for at, word in enumerate(words))
    first = min((*thanks, *acclaim))
    return done or served or (first < _OPENING and (_has(rest, GOOD - ACCLAIM) or bool(acclaim and _has(words, SERVED))))


def _kindly(words: Sequence[str]) -> bool:
    """Is there something good in this clause, or too little to be anything?"""
    if len(words) < _TELLING or _has(words, GOOD | THANKS | ACCLAIM | KIND | NOW):
        return True
    line = " ".join(words)
    return "terima kasih" in line or (words[0] == "tidak" and "lagi" in words)


def is_offer(plain: Plain, text: str) -> bool:
    """Something is offered and we are called to take it, and nobody tells what it did to people."""
    words = plain.words(text) if len(text) <= _LONGEST_TEXT else []
    if not words or len(words) > _LONGEST_OFFER or any(word in SUFFERED for word in words):
        return False
    reach = bool(ADDRESS.search(text)) and "go.id" not in text
    lures, goods = {word for word in words if word in LURES}, _has(words, GOODS)
    called, inviting = {word for word in words if word in CALLED}, {word for word in words if word in INVITING}
    if not (lures or goods) or not (called or reach):
        return False
    priced = bool(PRICE.search(text.lower()))
    return 2 * min(2, len(lures)) + goods + reach + priced + len(called) + min(2, len(inviting)) >= ENOUGH


def _has(words: Sequence[str], known: frozenset[str]) -> bool:
    return any(word in known for word in words)


def _wants(words: Sequence[str]) -> bool:
    """Does anything here complain, doubt or wish? 'tidak banjir lagi' does not, nor 'semoga sehat selalu'."""
    for at, word in enumerate(words):
        before, after = words[max(0, at - 2) : at], words[at + 1 : at + 5]
        if word in ("tidak", "tak", "ndak", "nggak") and "lagi" not in after[:4]:
            return True
        if word.removesuffix("nya") in BAD and not ("tidak" in before and "lagi" in after) and not _gone(words, at):
            return True
        if word in BUT or (word in ("semoga", "moga", "mudahan") and not any(other in KIND for other in after)):
            return True
    return False


def _gone(words: Sequence[str], at: int) -> bool:
    """'sampah sudah ditangani', 'petugas sampah': something bad that is not there any more, or only in a name."""
    if words[at] not in LEFTOVER:
        return False
    done = any(word in ("sudah", "telah", "akhirnya") and _has(words[i + 1 : i + 4], DONE) for i, word in enumerate(words))
    return done or _has(words[max(0, at - 1) : at], CREWS)
