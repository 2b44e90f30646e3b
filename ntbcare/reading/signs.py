"""Signs in the words: what kind of report a text is and how urgent, as plain tables with the few guards they need."""

from collections.abc import Iterable, Sequence

from ntbcare.reading import misconduct
from ntbcare.reading.alarm import Danger
from ntbcare.reading.phrases import Phrases
from ntbcare.reading.plain import table

VIOLATION = (
    "korupsi", "korup", "dikorupsi", "mengkorupsi", "koruptor", "pungli", "pungutan liar", "suap", "disuap", "menyuap", "penyuapan", "sogok", "disogok",
    "nyogok", "menyogok", "sogokan", "uang pelicin", "uang rokok", "uang damai", "uang setoran", "gratifikasi", "mark up", "markup",
    "di mark up", "dimark up", "fiktif", "jual beli jabatan", "jual jabatan", "diselewengkan", "penyelewengan", "selewengkan", "menyelewengkan",
    "diselewengin", "digelapkan", "penggelapan", "menggelapkan", "diperas", "memeras", "pemerasan", "minta uang", "minta duit",
    "meminta uang", "dimintai uang", "dimintai duit", "minta jatah", "minta setoran", "minta fee", "nepotisme", "kolusi",
    "penyalahgunaan wewenang", "menyalahgunakan wewenang", "salahgunakan wewenang", "penyalahgunaan dana", "menyalahgunakan dana",
    "dipotong oknum", "dipotong kades", "dipotong kepala desa", "dipotong kadus", "dipotong kepala dusun", "dipotong perangkat",
    "bantuan dipotong", "blt dipotong", "pkh dipotong", "bansos dipotong", "bpnt dipotong", "dana dipotong", "kwitansi palsu",
    "makan uang rakyat", "makan dana desa", "makan uang bantuan", "makan duit bantuan", "makan duit rakyat", "makan uang desa",
    "salam tempel", "di bawah meja", "bawah meja", "kongkalikong", "kong kalikong", "jual beli proyek", "jual beli sk", "bagi bagi proyek",
    "minta amplop", "kasih amplop", "dikasih amplop", "ada amplop", "amplop dulu", "selipin duit", "selipin uang", "selip uang", "selipkan uang",
    "minta bayaran", "minta imbalan", "minta biaya tambahan", "upeti", "minta persenan", "minta komisi", "minta uang rokok", "minta uang bensin", "minta uang jalan", "minta uang kopi", "minta uang lelah",
    "diminta uang", "diminta duit", "minta pelicin", "setor ke oknum", "nyetor ke oknum", "setoran ke oknum", "damai di tempat", "spj palsu",
    "kuitansi palsu", "kuitansi kosong", "pinjam bendera", "persekongkolan tender", "tender diatur", "lelang diatur", "dibekingi aparat",
    "dibekingi oknum", "dibeking aparat", "dibeking oknum", "dibeking polisi", "ada main", "dikorup", "makan duitnya", "makan uangnya",
)  # fmt: skip
NOT_VIOLATION_BEFORE = table(
    "anti bebas cegah mencegah pencegahan tanpa bukan hindari menghindari sosialisasi penyuluhan pendidikan jangan lawan berantas memberantas "
    "pemberantasan perangi seminar hari lomba film berita nonton menonton baca membaca bahaya kurikulum duta tv koran"
)
"""A violation word within two words after one of these speaks of preventing it, or of the news."""
NEVER = table("ada pernah boleh akan suka mau")
"""'tidak ada pungli': with 'tidak' before one of these, or right before the word."""
PUNISHED = table("hukum dihukum dimiskinkan tangkap ditangkap menangkap penjara dipenjara vonis divonis kpk miskinkan adili diadili")
"""Beside these 'koruptor' is somebody of the news, unless it is said what was taken."""
NEEDS_OFFICE = frozenset(
    (
        "minta uang", "minta duit", "meminta uang", "dimintai uang", "dimintai duit", "minta jatah", "minta setoran", "uang rokok", "diperas",
        "memeras", "pemerasan", "minta amplop", "kasih amplop", "dikasih amplop", "ada amplop", "minta persenan", "minta komisi", "minta fee",
        "minta uang rokok", "minta uang bensin", "minta uang jalan", "minta uang kopi", "minta uang lelah", "diminta uang", "diminta duit",
        "uang setoran", "uang damai", "damai di tempat", "kuitansi kosong", "kuitansi palsu", "kwitansi palsu", "selipin duit", "selipin uang",
        "selip uang", "selipkan uang", "upeti", "minta bayaran", "minta imbalan", "minta biaya tambahan",
    )
)  # fmt: skip
"""Misconduct only where somebody in office does it."""
NEEDS_PUBLIC = frozenset(
    (
        "fiktif", "digelapkan", "penggelapan", "menggelapkan", "markup", "mark up", "di mark up", "dimark up", "dana dipotong",
        "bantuan dipotong", "di bawah meja", "bawah meja", "pinjam bendera", "makan duitnya", "makan uangnya",
    )
)  # fmt: skip
"""Misconduct only where it is public money."""
NOT_VIOLATION_AFTER = table("ganti kembali pengganti santunan pensiun saku balik muka kembalian pas suapan nasi makan jalan raya")
"""'minta uang ganti rugi' asks for what is due."""

_PARTS = frozenset(word for row in VIOLATION for word in row.split() if len(word) >= 4)

ASPIRATION = (
    "usul", "usulan", "usulkan", "mengusulkan", "saran", "menyarankan", "aspirasi", "mohon dibangun", "mohon dibangunkan", "mohon dibuatkan",
    "mohon dibuat", "mohon diadakan", "mohon ditambah", "mohon dipasang", "mohon pembangunan", "mohon pengadaan", "mohon penambahan",
    "minta dibangun", "minta dibangunkan", "minta dibuatkan", "minta diadakan", "minta penambahan", "minta pembangunan", "tolong dibangun",
    "tolong dibangunkan", "tolong dibuatkan", "tolong diadakan", "harap ada", "harap dibangun", "harapan kami ada", "berharap ada",
    "semoga ada", "sebaiknya", "alangkah baiknya", "perlu dibangun", "perlu diadakan", "ingin ada", "kalau bisa dibangun", "kalau bisa ada",
    "kalau bisa dibuat", "bagaimana kalau", "mengharapkan adanya", "mendambakan",
)  # fmt: skip
TIP = (
    "mencurigakan", "pengedar", "bandar narkoba", "bandar judi", "bandar sabu", "peredaran narkoba", "peredaran sabu", "peredaran miras",
    "transaksi narkoba", "transaksi sabu", "penyelundupan", "penyelundup", "penimbunan bbm", "penimbunan pupuk", "penimbunan solar",
    "menimbun bbm", "menimbun pupuk", "rencana tawuran", "rencana penyerangan", "rencana demo", "akan menyerang", "mau menyerang",
    "akan tawuran", "mau tawuran", "teroris", "terorisme", "radikal", "provokator", "info intelijen", "informasi strategis",
)  # fmt: skip
QUESTION = (
    "apakah", "bagaimana cara", "bagaimana caranya", "bagaimana prosedur", "bagaimana syarat", "berapa biaya", "berapa lama", "apa syarat",
    "apa saja syarat", "apa saja", "syaratnya apa", "mau tanya", "mau bertanya", "ingin bertanya", "ingin tanya", "numpang tanya", "tanya",
    "bertanya", "minta info", "mohon info", "mohon informasi", "minta informasi", "di mana", "kapan jadwal", "kapan dibuka", "kapan mulai",
    "jam berapa", "siapa yang", "kemana", "ke mana",
)  # fmt: skip
COMPLAINT = table(
    "rusak hancur jebol mati padam mampet macet bocor bau busuk kotor kumuh keruh longsor banjir berlubang lubang amblas putus ambruk roboh "
    "gelap hilang telat terlambat lambat lama dipersulit mempersulit ditolak kecewa mengeluh keluhan aduan mengadu mahal langka menumpuk "
    "tumbang liar habis kosong terbengkalai mangkrak diperbaiki perbaiki perbaikan parah bahaya bising tersumbat meluap kering kekeringan "
    "susah sulit antri antre kasar malas lalai dipungut dipotong keberatan protes melapor lapor kasihan meresahkan resah mengganggu"
)

SERIOUS = (
    "kebakaran", "terbakar", "tertimbun", "tertimpa", "longsor menimpa", "menimpa rumah", "tenggelam", "terseret", "hanyut", "kecelakaan",
    "tabrakan", "korban", "melahirkan", "gempa", "tsunami", "jembatan putus", "jembatan ambruk", "jembatan roboh", "kabel putus",
    "kabel listrik putus", "kabel listrik jatuh", "kabel jatuh", "kesetrum", "tersetrum", "tersengat", "keracunan", "sekarat", "darurat", "gawat sekali",
    "banjir sekarang", "banjir bandang", "air masuk rumah",
    "banjir masuk rumah",
    "air masuk ke rumah",
    "tanggul jebol",
    "bendungan jebol",
    "bendung jebol",
    "menutup jalan",
    "menutupi jalan",
    "menimpa", "terjebak", "terkurung", "terisolir", "terisolasi", "mengamuk", "dibacok", "bacok",
    "ditikam", "ditusuk", "dibunuh", "pembunuhan", "bunuh diri", "disandera", "diculik", "penculikan", "diperkosa", "pemerkosaan", "dianiaya",
    "dipukuli", "dikeroyok", "tawuran", "pingsan", "kritis",  "digigit anjing", "puting beliung", "gas bocor", "meledak",
    "ledakan", "terbalik", "anak hilang", "butuh ambulans", "perlu ambulans", "tolong ambulans", "rumah roboh", "gunung meletus", "mau runtuh",
)  # fmt: skip

IMPORTANT = (
    "bahaya", "berbahaya", "membahayakan", "banjir", "longsor", "putus", "roboh", "ambruk", "rawan", "wabah", "demam berdarah", "dbd",
    "obat habis", "obat kosong", "tidak ada dokter", "tidak ada air", "kekeringan", "kelaparan", "gizi buruk", "bayi", "sakit", "kekerasan",
    "kdrt", "pelecehan", "mengancam", "diancam", "limbah", "segera",
)  # fmt: skip


def _phrases(rows: Iterable[str]) -> Phrases:
    return Phrases((row.split() for row in rows), stems=False)


def _touted(words: Sequence[str]) -> tuple[str, ...]:
    """Somebody sells at an office what is free there: 'calo 300rb di dukcapil'. Not where there is none."""
    for at, word in enumerate(words):
        office = next((other for other in words[max(0, at - 6) : at + 7] if other in misconduct.PLACES), None)
        paid = any(misconduct.is_amount(words, i) for i in range(max(0, at - 5), min(len(words), at + 6)))
        if word in ("calo", "percaloan") and office and paid and not set(words[max(0, at - 2) : at]) & misconduct.NO:
            return word, office
    return ()


class Signs:
    """Reads kind and urgency; `urgent_words`: further phrases of the deployment that always mean an emergency; `words`: all it listens for."""

    def __init__(self, urgent_words: Iterable[str] = ()) -> None:
        self._kinds = {
            "violation": _phrases(VIOLATION),
            "aspiration": _phrases(ASPIRATION),
            "tip": _phrases(TIP),
            "question": _phrases(QUESTION),
        }
        self._danger = Danger(urgent_words)
        rows = (*VIOLATION, *ASPIRATION, *TIP, *QUESTION, *SERIOUS, *IMPORTANT)
        self.words = COMPLAINT | self._danger.words | {word for row in rows for word in row.split()}
        self._serious = _phrases(SERIOUS)
        self._important = _phrases(IMPORTANT)

    def kind(self, words: Sequence[str], asked: bool, topical: bool) -> tuple[str | None, tuple[str, ...]]:
        """complaint | aspiration | tip | violation | question | None and the words. `asked`: a question mark; `topical`: a topic was found."""
        clear = self.violation(words)
        if clear:
            return "violation", clear
        complaints = tuple(dict.fromkeys(word for word in words if word in COMPLAINT))
        wishes = [f.phrase for f in self._kinds["aspiration"].find(words, gaps=True) if not self._said_before(words, f.at)]
        if wishes:
            return "aspiration", tuple(wishes)
        tips = [f.phrase for f in self._kinds["tip"].find(words)]
        if tips:
            return "tip", tuple(tips)
        questions = [f.phrase for f in self._kinds["question"].find(words)]
        if questions and not complaints and (asked or len(words) <= 20):
            return "question", tuple(questions)
        return ("complaint" if complaints or topical else None), complaints

    def violation(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that clearly speak of misconduct."""
        found = self._kinds["violation"].find(words, gaps=False)
        clear = tuple(f.phrase for f in found if self._clear(words, f.at, f.phrase))
        return clear or misconduct.told(words) or _touted(words)

    @staticmethod
    def part_of_violation(words: Sequence[str]) -> bool:
        """Is there any word in which a telling of misconduct could go on that began in an earlier message?"""
        return any(word in _PARTS for word in words) or misconduct.part(words)

    @staticmethod
    def _clear(words: Sequence[str], at: int, phrase: str) -> bool:
        """Does the phrase at `at` accuse somebody? Not where it is prevented, denied, in the news, or no office and no public money is near."""
        if phrase in NEEDS_OFFICE and not misconduct.by_office(words, at):
            return False
        if phrase in NEEDS_PUBLIC and not misconduct.of_public_means(words, at):
            return False
        if phrase == "ada main" and not misconduct.of_a_project(words, at):
            return False
        end = at + len(phrase.split())
        before, after = words[max(0, at - 2) : at], words[end : end + 1]
        denied = "tidak" in before[-1:] or (before[:1] == ["tidak"] and before[-1] in NEVER)
        if denied or any(w in NOT_VIOLATION_BEFORE for w in before) or any(w in NOT_VIOLATION_AFTER for w in after):
            return False
        if phrase.endswith("dipotong") and any(w in misconduct.CATTLE for w in before):
            return False
        around = words[max(0, at - 4) : end + 4]
        return phrase != "koruptor" or not any(w in PUNISHED for w in around) or any(w in misconduct.FUNDS for w in around)

    @staticmethod
    def _said_before(words: Sequence[str], at: int) -> bool:
        """'sudah usul tiga kali', 'kotak saran'."""
        return any(word in ("sudah", "pernah", "kotak", "telah", "berkali") for word in words[max(0, at - 2) : at])

    def meant(self, word: str) -> str:
        """A misspelt word of danger as it was meant; any other word itself."""
        return self._danger.meant(word)

    def urgency(self, words: Sequence[str], default: str, raw: str = "") -> tuple[str, tuple[str, ...]]:
        """mendesak | penting | biasa and the words; `default` is the topic's own, of which 'mendesak' needs a sign in the words."""
        danger = self._danger.weigh(words, raw)
        if danger.urgent:
            return "mendesak", danger.words
        important = [*danger.words, *(f.phrase for f in (*self._serious.find(words), *self._important.find(words)))]
        if important:
            return "penting", tuple(dict.fromkeys(important))
        return ("biasa" if default == "biasa" else "penting"), ()
