"""Word tables of place reading: markers, everyday words that are also names, words never to be guessed at."""

from ntbcare.reading.ordinary import ORDINARY
from ntbcare.reading.plain import table

MARKS = {
    **dict.fromkeys(("desa", "ds", "des", "kades", "pemdes"), "village"),
    **dict.fromkeys(("kelurahan", "kel", "lurah"), "kelurahan"),
    **dict.fromkeys(("kecamatan", "kec", "kecam", "kcmtn", "camat", "polsek", "koramil"), "district"),
    **dict.fromkeys(("kabupaten", "kab", "kabup", "bupati", "pemkab", "polres", "wabup"), "regency"),
    **dict.fromkeys(("kota", "kot", "walikota", "pemkot", "wali"), "city"),
    **dict.fromkeys(
        (
            "dusun",
            "dsn",
            "dus",
            "lingkungan",
            "ling",
            "lingk",
            "kp",
            "kampung",
            "kampong",
            "kmpg",
            "gubuk",
            "gubug",
            "btn",
            "perumahan",
            "perum",
        ),
        "hamlet",
    ),
    **dict.fromkeys(("pulau", "p"), "island"),
}
"""Word → the level it announces."""

OFFICES = table("dana perangkat kantor kepala aparat aparatur anggaran alokasi pemerintah kades pemdes lurah camat staf pegawai")
"""Before or as a marker these speak of an office: 'kepala desa baru' is a new headman, not the village Baru."""

STREETS = table("jalan jl jln jlan gang gg ruas lintas")
STREET_FILL = table("raya poros utama besar lintas provinsi nasional menuju")

NOT_PLACES = table(
    "pak bapak bpk bp bu ibu sdr saudara sdri haji h hj amaq inaq papuk tgh ustad ustadz nama namanya bernama "
    "ayam nasi sate bakso soto toko hotel warung rm resto kain kopi merk merek perusahaan yayasan suami istri tenun pt cv ud bank kapal bus travel pln telkom klub tim band"
)
"""A name after these is a person, a dish or a firm."""

HARD = table(
    "akarakar masmas adu baru dalam luar tengah tenga mata kabar tangga mungkin sampe sepakat golong anyar ganti laju kala kara mama jago pandai mujur "
    "kabul teduh motong selat sai sie dara maria nisa risa pela pane rada sangga saba andalan kumbang durian jambu jamu jala telaga bengkel "
    "gapura tumpu renda salut gelanggang mandala perigi bali surabaya danger timu bara sari jorok kota jia bala "
    "bada mura toya pai kore pesa sawe simu hijrah nata banda padesa jembatangantung tete sori dete poto lampe monggo perung "
    "kemuning tonda teko kole kodo taman lasi pulau aka dena beber dore luk mandalika maman keli bajo adat"
)
"""Villages (compact spelling) whose name is an everyday word: only right after a marker, beside the place they lie in, or as a whole part of a
place field."""

NEVER_AFTER_DI = table("dalam luar tengah baru tangga mata kota taman sepakat mungkin sampe pulau kabar tenga")
"""Of those the ones that a preposition does not make a place: 'di dalam kota Taliwang'."""

VERBAL = table("baru ganti mungkin sampe sepakat dalam luar kala laju kota anyar pulau padesa")
"""Of those the ones that may follow the word 'desa' in a sentence: 'desa baru dapat', 'desa mungkin belum tahu'."""

STATES = table(
    "minta mohon butuh belum blm tidak tdk ga gak nongka nonda wati watipu ndeq ndeqman rusak banjir banyak byk kekurangan krg perlu punya masih msh "
    "sering terendam kekeringan longsor gelap ingin jarang susah sulit mengeluh tanpa ada kebanjiran pak bu tolong tlg mati padam hancur"
)
"""After a name these say that it was one: 'desa ganti minta pompa'."""

VERY = table("sekali skali banget bgt bngt amat sangat nian parah")
"""After these 'jorok' and 'baru' are what they say: 'desa jorok sekali'."""

SOFT = table(
    "klu sayangsayang kuta bugis banjar melayu dadap bajo pasirputih jembatankembar kembangkuning kembangsari tamansari tamanindah tamanbaru jerukmanis alas "
    "lembar pemenang empang pekat kilo sanggar tanjung waringin pesanggrahan bintaro anjani goa gondang pendem "
    "sembung babakan ketapangraya sukamaju sukamakmur raba kumbe sadia muncan seran kuang gelora muer boal lito riwo woro kowo dumu soki lando kangga "
    "tanju jineng sebasang roka bangsal sila lepak saneo sepit kawo pukat menang mantun"
)
"""Names that need a little evidence: a marker, a preposition before them, or the place they lie in right beside them."""

SILENT = table(
    "klu sila kilo menang mantun alas kuang lepak goa bangsal pukat kawo kumbe raba lembar pemenang muer pendem bajo sanggar pekat gelora kuta melayu dadap"
)
"""Of those the ones that without evidence are not even asked about; and so are the shortest names."""

NEVER_GUESS = ORDINARY | table(
    "lanjut tanggal hubung kurang tenaga mengurus tetangga anggar tanggap lebar pengaduan rendah bahkan sempit panggil antar tumpuk pergi lantas "
    "sanggah menyala mantan tempo gantung lantai kupang manyar sampek sampai blangko sukarela perempuan unggah pelanggan rendam bayang bandar "
    "banar benar santai serang candi keruk nunggak armada peran ngalir omong pasangan landa emang medan pengadaan perna pernah andai kubang "
    "ongkos kandangan lantar buayan konter ngomong ajang kalinya pemegang kendor mandeg karangan arang sangar malak mengalah santri lombok "
    "sekolah kemarin jembatan selokan pelayanan terminal tanggapan bantuan masyarakat bangunan lapangan tambahan pemasangan kerusakan "
    "penerangan lingkungan perbaikan kebersihan kesehatan pendidikan sampah pantai pasar sungai tambang tanaman bendungan saluran genangan "
    "pelayan kecamatan kabupaten kelurahan puskesmas gunung pegunungan karang barat timur selatan utara tengah labuhan tanjung batuan "
    "sumbangan kembang simpang setengah selang sedang tenang menang pemandangan merata mataram jatuh jumlah "
    "karung mangga terpal matang mandek ngeluh langsam selagi tambah nunggal pelarangan sakura manggala"
)
"""Ordinary words that lie a letter away from a village; found by measuring on complaints of other places."""

PARTS = {
    "lab": "labuhan", "lbh": "labuhan", "lb": "labuhan", "labuan": "labuhan", "kr": "karang", "krg": "karang", "kg": "karang", "bt": "batu",
    "gn": "gunung", "gng": "gunung", "tj": "tanjung", "tg": "tanjung", "tjg": "tanjung", "tnjg": "tanjung", "mt": "montong", "mtg": "montong",
    "mtng": "montong", "mntg": "montong", "mntong": "montong", "sel": "selatan", "slt": "selatan", "tim": "timur", "tmr": "timur", "utr": "utara", "ut": "utara", "brt": "barat",
    "sltn": "selatan", "slatan": "selatan", "timr": "timur", "utra": "utara", "brat": "barat", "tgh": "tengah", "tngh": "tengah", "dy": "daya", "kb": "kebon", "lmbk": "lombok", "lombk": "lombok", "lomb": "lombok",
}  # fmt: skip
"""Abbreviated parts of longer place names → how the gazetteer spells them."""

WHOLES = {
    "lotim": "lomboktimur", "lomtim": "lomboktimur", "loteng": "lomboktengah", "lomteng": "lomboktengah", "lobar": "lombokbarat",
    "lombar": "lombokbarat", "lomut": "lombokutara", "lotara": "lombokutara", "ksb": "sumbawabarat", "cakra": "cakranegara",
    "mtrm": "mataram", "mtaram": "mataram", "matram": "mataram", "mtram": "mataram", "smbw": "sumbawa", "sbw": "sumbawa", "kobi": "kotabima",
}  # fmt: skip
"""Abbreviated whole names → compact official spelling."""

SPOTS = table(
    "pelabuhan bandara terminal pantai pasar bendungan stadion gunung jembatan labuhan karang montong tanjung lembah puskesmas bundaran dermaga"
)
"""First words of place names that are often written without their vowels ('plabuhan')."""

STREET_NAMES = table("pejanggik langko selaparang sandubaya majapahit rinjani tambora udayana airlangga sriwijaya panjitilar bungkarno")
"""Streets named after a place that they do not lie in."""

CLAUSE = table("saja aja kemarin tadi jadi selesai sebulan seminggu beberapa mulai bisa mau akan setahun dua tiga empat lima satu")
"""After 'baru' these show that it means 'just now'."""
