"""Reports as citizens of NTB write them, made from word lists; the same number gives the same words."""

from __future__ import annotations

import random

# topic → what is wrong. No word here may sound like misconduct: open doors refuse that.
TROUBLES: dict[str, tuple[str, ...]] = {
    "jalan_jembatan": (
        "Jalan berlubang dan digenangi air",
        "Aspal jalan rusak parah sepanjang dua ratus meter",
        "Jembatan kayu sudah lapuk",
    ),
    "drainase_irigasi": ("Saluran drainase tersumbat sampah", "Gorong-gorong mampet sehingga air meluap ke jalan", "Saluran irigasi jebol"),
    "air_bersih": ("Air PDAM tidak mengalir", "Air ledeng keruh dan berbau", "Tagihan air naik padahal air jarang mengalir"),
    "listrik_penerangan": ("Lampu jalan mati", "Lampu penerangan jalan padam di tiga titik", "Tiang lampu jalan miring hampir jatuh"),
    "sampah_lingkungan": (
        "Sampah menumpuk tidak diangkut",
        "Tempat pembuangan sampah liar di pinggir sungai",
        "Truk sampah tidak pernah datang",
    ),
    "kesehatan": ("Antrean puskesmas sangat lama", "Obat di puskesmas kosong", "Dokter puskesmas tidak ada di tempat pada jam layanan"),
    "pendidikan": ("Atap ruang kelas sekolah bocor", "Guru kelas tiga tidak masuk sejak dua minggu", "Bangku sekolah rusak dan kurang"),
    "kependudukan": ("KTP elektronik belum jadi sudah lima bulan", "Akta kelahiran anak belum terbit", "Kartu keluarga salah nama"),
    "bansos": ("Nama kami hilang dari daftar penerima PKH", "Bantuan sembako belum cair", "Kartu bansos tidak bisa dipakai"),
    "perhubungan": ("Rambu lalu lintas di simpang empat roboh", "Angkutan umum tidak lewat lagi", "Parkir di tepi jalan membuat macet"),
    "pertanian_perikanan": ("Pupuk subsidi langka di kios", "Hama wereng menyerang sawah", "Dermaga nelayan rusak"),
    "layanan_desa": ("Kantor desa tutup pada jam kerja", "Surat keterangan usaha dari desa belum selesai", "Jalan usaha tani desa becek"),
}
_SINCE = ("sudah dua bulan", "sejak minggu lalu", "sudah hampir setahun", "sejak musim hujan", "sudah tiga hari", "sejak awal tahun")
_EFFECT = (
    "Anak sekolah susah lewat.", "Warga terpaksa memutar jauh.", "Banyak pengendara yang hampir jatuh.", "Kami sudah lapor ke RT tapi belum ada kabar.",
    "Ibu-ibu mengeluh setiap hari.", "Pedagang pasar jadi sepi.", "Orang tua kami sakit dan sulit berobat.", "Dagangan kami ikut terganggu.",
)  # fmt: skip
_ASK = (
    "Mohon segera diperbaiki.", "Tolong ditindaklanjuti, terima kasih.", "Mohon bantuannya bapak ibu.", "Kapan bisa ditangani?",
    "Semoga cepat ada perhatian dari pemerintah.", "Mhn perhatiannya yg berwenang.",
)  # fmt: skip
_MARKS = (
    "dekat masjid",
    "di depan pasar",
    "di belakang kantor desa",
    "sebelah lapangan",
    "arah pelabuhan",
    "samping puskesmas",
    "di gang kedua",
)
_NAMES = (
    "Aminah",
    "Baiq Rina",
    "Lalu Surya",
    "Nurhayati",
    "Muhammad Saleh",
    "Sri Wahyuni",
    "Abdul Hakim",
    "Siti Zaenab",
    "I Made Arta",
    "Ikhsan",
)


class Writer:
    """Writes reports. `places` = (village code, "Desa X Kecamatan Y Kabupaten Z") pairs."""

    def __init__(self, seed: int, places: list[tuple[str, str]]) -> None:
        self.dice = random.Random(seed)
        self._places = places
        self._topics = sorted(TROUBLES)

    def report(self, topic: str | None = None, place: tuple[str, str] | None = None) -> tuple[str, str, str]:
        """(topic, village code, text)."""
        dice = self.dice
        topic = topic or dice.choice(self._topics)
        code, where = place or dice.choice(self._places)
        text = f"{dice.choice(TROUBLES[topic])} {dice.choice(_MARKS)} di {where}, {dice.choice(_SINCE)}. {dice.choice(_EFFECT)} {dice.choice(_ASK)}"
        return topic, code, text

    def name(self) -> str:
        """A citizen's name."""
        return self.dice.choice(_NAMES)

    def phone(self) -> str:
        """A mobile number."""
        return f"+628{self.dice.randrange(10**9, 10**10)}"
