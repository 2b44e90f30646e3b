"""Word tables of place reading: markers, prepositions, everyday words that are also names, words never to be guessed at."""

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

AT = table(
    "di ke dari antara perbatasan daerah wilayah sekitar dekat dkt depan area warga masyarakat pasar psr pantai puskesmas pkm pustu simpang perempatan pertigaan "
    "terminal pelabuhan bandara rsud rs alamat lokasi tkp bundaran asal d petani nelayan sungai kali bendungan dam waduk embung stasiun"
)
"""A place usually follows these."""

TOWARD = table("arah menuju jurusan tujuan ke dari lewat")
"""A road's direction: the place named after these may not be where it happened."""

STREETS = table("jalan jl jln jlan gang gg ruas lintas")
STREET_FILL = table("raya poros utama besar lintas provinsi nasional menuju")

NOT_PLACES = table(
    "pak bapak bpk bp bu ibu sdr saudara sdri haji h hj amaq inaq papuk tgh ustad ustadz nama namanya bernama "
    "ayam nasi sate bakso toko hotel warung rm resto kain tenun pt cv ud bank kapal bus travel pln telkom klub tim band"
)
"""A name after these is a person, a dish or a firm."""

HARD = table(
    "akarakar masmas adu baru dalam luar tengah tenga mata kabar tangga mungkin sampe sepakat golong anyar ganti laju kala kara mama jago pandai mujur "
    "kabul teduh motong selat sai sie dara maria nisa risa pela pane rada sangga saba andalan kumbang durian jambu jamu jala telaga bengkel "
    "gapura tumpu renda salut sadia muncan gelora gelanggang mandala perigi bali surabaya kuang danger timu bara sari jorok kota jia bala "
    "bada mura toya pai kore roka pesa sawe simu hijrah nata banda padesa jembatangantung tete sori dete poto lampe monggo perung seran "
    "riwo kemuning tonda sebasang teko kole kodo boal muer taman lasi lito bagu kowo pulau aka dena beber dore dumu woro soki luk "
    "lando kangga mandalika tanju maman jineng keli"
)
"""Villages (compact spelling) whose name is an everyday word: only right after a marker, or as a whole part of a place field."""

SOFT = table(
    "klu sayangsayang kuta bugis banjar melayu dadap bajo pasirputih jembatankembar kembangkuning kembangsari tamansari tamanindah tamanbaru jerukmanis alas "
    "lembar pemenang empang pekat kilo sanggar tanjung waringin pesanggrahan bintaro anjani goa gondang pendem "
    "sembung babakan ketapangraya sukamaju sukamakmur"
)
"""Names that need a little evidence: a marker, a preposition before them, or the place they lie in right beside them."""

NEVER_GUESS = table(
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
    "mtng": "montong", "sel": "selatan", "slt": "selatan", "tim": "timur", "tmr": "timur", "utr": "utara", "ut": "utara", "brt": "barat",
    "tgh": "tengah", "tngh": "tengah", "dy": "daya", "kb": "kebon", "lmbk": "lombok", "lombk": "lombok", "lomb": "lombok",
}  # fmt: skip
"""Abbreviated parts of longer place names → how the gazetteer spells them."""

WHOLES = {
    "lotim": "lomboktimur", "lomtim": "lomboktimur", "loteng": "lomboktengah", "lomteng": "lomboktengah", "lobar": "lombokbarat",
    "lombar": "lombokbarat", "lomut": "lombokutara", "lotara": "lombokutara", "ksb": "sumbawabarat", "cakra": "cakranegara",
    "mtrm": "mataram", "mtram": "mataram", "smbw": "sumbawa", "sbw": "sumbawa", "kobi": "kotabima",
}  # fmt: skip
"""Abbreviated whole names → compact official spelling."""

CLAUSE = table("saja aja kemarin tadi jadi selesai sebulan seminggu beberapa mulai bisa mau akan setahun dua tiga empat lima satu")
"""After 'baru' these show that it means 'just now'."""
