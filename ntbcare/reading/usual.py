"""Usual Indonesian phrases per topic code, beside the keywords of the deployment; unknown codes do no harm."""

USUAL: dict[str, tuple[str, ...]] = {
    "jalan_jembatan": (
        "jalan lubang", "jalan jelek", "jalan bolong", "jalan parah", "jalan longsor", "jalan putus", "jalan tanah", "jalan berbatu",
        "jalan licin", "jalan gang", "diaspal", "jembatan rusak", "jembatan roboh", "jembatan goyang", "jembatan lapuk", "drainase jalan",
        "cor jalan", "hotmix", "jalan tani", "jalan usaha tani", "jalan lingkungan", "jalan retak", "jalan bergelombang",
    ),
    "drainase_irigasi": (
        "got mampet", "got bau", "got meluap", "parit", "parit mampet", "selokan meluap", "saluran irigasi rusak", "bendung jebol", "sungai meluap",
        "sungai dangkal", "bronjong", "tebing sungai", "normalisasi kali", "air irigasi", "pengairan sawah", "gorong jebol",
    ),
    "air_bersih": (
        "pam mati", "air pdam", "air keran", "air kran", "kran mati", "air kecil", "air tidak keluar", "air tidak ada", "tidak ada air",
        "kekurangan air", "kekeringan", "air kotor", "air bau", "pipa rusak", "bocor pipa", "air bor", "mata air kering", "air galon",
        "air hidup", "droping air", "dropping air", "air berlumpur",
    ),
    "listrik_penerangan": (
        "padam", "listrik sering padam", "lampu padam", "lampu pju", "tiang miring", "kabel menjuntai", "kabel jatuh", "token", "voltase",
        "listrik turun", "gelap gulita", "lampu taman",
        "lampu jalan rusak",
        "lampu jalan mati",
        "internet mati", "penerangan", "mati lampu", "aliran listrik", "biaya listrik",
    ),
    "perumahan_permukiman": (
        "rumah rusak", "rumah hampir roboh", "rumah bocor", "rumah bedek", "rumah bilik", "huntap", "hunian tetap", "rumah tahan gempa", "rtg",
        "tidak punya wc", "tidak punya jamban", "tpu", "septic tank", "developer",
    ),
    "sampah_lingkungan": (
        "bau sampah", "sampah berserakan", "sampah bau", "sampah sungai", "sampah plastik", "tpst", "bank sampah", "petugas sampah", "asap",
        "pembakaran sampah", "debu", "debu tambang", "tambang pasir", "tambang emas", "penambangan", "pembalakan", "illegal logging",
        "kandang babi", "bau kandang", "merkuri", "pohon miring", "dahan", "ranting",
    ),
    "kesehatan": (
        "berobat", "nakes", "tenaga kesehatan", "rs", "ugd", "kamar penuh", "antri obat", "ambulan desa", "demam", "muntaber", "diare", "campak",
        "polindes", "bidan desa", "bpjs mati", "bpjs nonaktif", "pbi", "pelayanan rsud", "pelayanan puskesmas", "rujukan", "melahirkan",
        "gigitan anjing", "vaksin rabies", "stok obat",
    ),
    "pendidikan": (
        "guru jarang", "guru tidak masuk", "guru tidak mengajar", "kepala sekolah", "atap kelas", "gedung sekolah", "bangku sekolah", "meja kursi",
        "toilet sekolah", "dana bos", "uang sekolah", "biaya sekolah", "daftar sekolah", "putus sekolah", "sumbangan sekolah", "uang seragam",
        "study tour", "wisuda", "kuliah", "mbg", "perpustakaan", "pungutan sekolah", "bangku", "rapor",
    ),
    "kependudukan": (
        "ktp rusak", "ktp hilang", "urus ktp", "buat ktp", "bikin ktp", "urus kk", "akta lahir", "akta anak", "pecah kk", "ganti kk", "adminduk",
        "disdukcapil", "capil", "surat kematian", "rekam ktp", "ktp belum jadi", "blanko", "blanko ktp",
    ),
    "bansos": (
        "bantuan sosial", "tidak dapat pkh", "belum dapat bantuan", "belum cair", "bantuan lansia", "orang miskin", "janda miskin", "jompo",
        "orang tua sebatang kara", "data bantuan", "blt dana desa", "beras miskin", "raskin", "rastra", "dinsos", "tidak terdaftar",
        "orang kaya dapat", "bantuan tidak tepat", "penyandang disabilitas", "yatim piatu", "anak terlantar", "bantuan gempa", "kpm",
    ),
    "ketertiban": (
        "mabuk mabukan", "anak muda minum", "minum minum", "tuak", "perjudian", "judi online", "sabu", "ribut", "orang gila", "gangguan jiwa",
        "kehilangan motor", "curanmor", "motor hilang", "dicuri", "pencuri", "rampok", "kos bebas", "prostitusi", "petasan", "knalpot brong",
        "knalpot bising", "orgen", "cafe", "geng motor", "anak punk", "tempat maksiat", "ternak berkeliaran", "kecimol",
    ),
    "perizinan": ("izin", "urus izin", "perijinan", "ijin usaha", "ijin", "ijin bangunan", "belum berizin", "tidak berizin", "nomor induk berusaha"),
    "pertanahan": (
        "sertifikat", "sertipikat", "sertipikat tanah", "sengketa", "ganti rugi", "tanah diserobot", "diserobot", "patok tanah", "sporadik",
        "tanah ulayat", "tanah negara", "tanah desa", "surat tanah", "ukur ulang", "tanah kami diambil", "hak milik",
    ),
    "ketenagakerjaan": (
        "gaji", "gaji dipotong", "gaji kecil", "gaji telat", "belum digaji", "tidak digaji", "di phk", "diphk", "karyawan", "perusahaan", "outsourcing",
        "tki ilegal", "malaysia", "pulang dari malaysia", "calon tki", "pjtki", "agen tki", "jamsostek", "bpjs ketenagakerjaan", "lowongan",
        "pengangguran", "bekerja di luar negeri", "jht",
    ),
    "perhubungan": (
        "tarif parkir", "parkir mahal", "lampu merah mati", "traffic light", "angkutan", "truk besar", "truk odol", "kelebihan muatan", "penumpang",
        "tiket kapal", "fast boat", "perahu penyeberangan", "damri", "ojek", "marka jalan", "kecelakaan", "jalur cepat", "pembatas jalan",
        "cermin tikungan", "speed bump", "tikungan tajam", "calo tiket",
    ),
    "pajak_samsat": ("bayar pajak", "pajak mati", "pajak naik", "perpanjang stnk", "ganti plat", "mutasi kendaraan", "bpkb lama", "pajak daerah"),
    "korupsi_pungli": (
        "uang rokok", "sogok", "disogok", "menyogok", "minta setoran", "dimintai uang", "korup", "dikorupsi", "koruptor",  "bantuan dipotong",
        "blt dipotong", "pkh dipotong", "bansos dipotong", "menyuap", "disuap", "penyimpangan dana", "penyalahgunaan dana", "memakan dana",
        "digelapkan", "menggelapkan", "diselewengkan", "markup", "uang setoran", "pemotongan bantuan",
    ),
    "kepegawaian": (
        "gaji guru", "gaji pns", "pegawai tidak masuk", "pegawai jarang", "pegawai bolos", "tes cpns", "formasi", "pegawai honor", "honor guru",
        "honor kader", "gaji 13", "tukin", "tenaga kontrak", "pegawai kontrak", "sertifikasi belum cair", "pegawai nongkrong", "non asn",
        "pensiun",
    ),
    "layanan_desa": (
        "kepala desa tidak", "kades tidak", "kantor desa tutup", "pegawai desa", "pak rt", "ketua rw", "kadus", "kaling", "surat domisili",
        "sktm", "surat tidak mampu", "laporan dana desa", "transparansi dana desa", "anggaran desa", "pemilihan kades", "pemerintah desa", "add",
        "kantor desa", "stempel", "kepala desa jarang", "musdes", "pemdes", "insentif rt",
    ),
    "pertanian_perikanan": (
        "pupuk langka", "pupuk mahal", "pupuk kosong", "urea", "ponska", "phonska", "harga jagung", "harga gabah", "harga bawang", "gabah", "sapi mati",
        "ternak mati", "pmk", "inseminasi", "ikan mati", "solar untuk nelayan", "perahu", "kerang", "lobster", "benur", "wereng", "tikus", "monyet",
        "babi hutan", "bibit jagung", "subsidi pupuk", "alsintan", "tanaman", "kakao", "kopi", "kambing", "ayam mati", "jaring", "bom ikan",
    ),
    "bencana": (
        "kebanjiran", "rumah terendam", "terendam", "rumah kebakaran", "tertimbun", "tertimpa pohon", "pohon tumbang menimpa", "damkar", "tebing runtuh",
        "ombak besar", "air laut naik", "rob", "tanah retak", "tanah bergerak", "ular", "tawon", "buaya", "tenda", "bantuan logistik", "hilang di laut",
        "anak hanyut", "korban gempa", "korban banjir",
    ),
    "pariwisata_budaya": (
        "pantai", "gili", "pemandu", "guide", "wisata pantai", "tiket wisata", "parkir wisata", "pendaki", "rinjani", "motogp", "sirkuit", "desa adat",
        "sanggar seni", "lapangan", "lapangan sepak bola", "turnamen", "atlit", "karcis masuk", "porter",
    ),
    "kominfo": (
        "sinyal hp", "jaringan", "jaringan hilang", "sinyal hilang", "telkomsel", "indihome", "wifi desa", "internet lambat",
        "internet mati", "susah jaringan", "provider",
        "website error", "tidak bisa login", "akun", "berita bohong", "situs", "server down", "tiang wifi",
    ),
    "ekonomi_umkm": (
        "harga", "harga mahal", "gas 3 kg", "gas elpiji", "gas melon langka", "gas mahal", "minyak tanah", "antri bensin", "antri solar", "pertamina",
        "pom bensin", "pasar", "pedagang", "pasar sepi", "los pasar", "kredit usaha", "kur", "bank emok", "bantuan umkm", "usaha kecil", "lpg langka",
        "minyakita", "beras mahal", "cabai mahal", "penipuan online", "bank keliling", "investasi bodong", "arisan",
    ),
    "perempuan_anak": (
        "dipukul", "dipukuli suami", "memukul istri", "suami kasar", "kekerasan", "diperkosa", "dicabuli", "cabul", "dilecehkan", "anak dipukul",
        "dibully", "bullying", "kawin anak", "kawin lari", "nikah siri anak", "hamil di luar nikah", "nafkah", "ditelantarkan", "anak dibawah umur",
        "anak di bawah umur", "disiksa", "trafficking", "dinikahkan",
    ),
    "lainnya": ("visa", "buku nikah", "kua", "naik haji", "sidang", "kejaksaan", "dana haji", "umroh"),
}  # fmt: skip
