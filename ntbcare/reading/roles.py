"""What a place is to a story: where it happened, somebody's home, or only a direction, told from the words before its name."""

from ntbcare.reading.plain import table

AT, GOAL, NAMED, BARE, HOME, TOWARD = 4.0, 3.5, 3.4, 3.0, 2.0, 1.0
"""How likely a place is the one meant: 'di X' or a service there; 'ke puskesmas X'; 'desa X'; 'X'; 'warga X'; 'dari X'."""

HERE = table(
    "di d leq lek lk pang ta aka ra ling alamat alamt almt lokasi tkp kos ngekos kost bertempat daerah wilayah kawasan area sekitar seputaran dekat dkt depan"
)
"""What stands after these is where something is; leq and lek are Sasak, pang and ta' Samawa, aka Mbojo."""

LOCAL = table("leq lek lk pang aka alamat alamt almt lokasi tkp kos ngekos kost")
"""Of these words none begins a passive verb or an adverb, as 'di' does."""

AWAY = table(
    "arah menuju jurusan tujuan ke dari dr lewat via asal ktp ojok aning leman plat kelahiran lahir berasal pindahan tembus sampai hingga smp antara "
    "pindah pulang perjalanan rute bukan"
)
"""The place after these may not be where it happened: origins and directions."""

LIVING = table(
    "warga wrg wrga masyarakat masy penduduk orang org tinggal tggl tgl domisili berdomisili asli dengan dou tau nggee nggeqe petani nelayan peternak "
    "pedagang mahasiswa pemuda asal ktp"
)
"""The place after these is somebody's home; what happened may have happened elsewhere."""

GOING = table("lao lalo pergi pegi pgi berangkat lampaq harus merantau pindah kabur lari ngungsi mengungsi")

FACILITIES = table(
    "pasar psr puskesmas pkm pusk pustu polindes poskesdes posyandu rsud rs rsu rsup sd sdn smp smpn sma sman smk smkn mts mtsn min man tk paud sdit smpit "
    "ponpes pondok kantor polsek polres koramil terminal pelabuhan bandara stasiun spbu pom pertamina pdam pam pln samsat dukcapil bpd bumdes karangtaruna "
    "kali sungai kokoq kokok brang sori bendungan dam waduk embung irigasi jembatan simpang perempatan pertigaan prapatan pertelon bundaran pantai dermaga "
    "tpa tps tpi masjid mesjid musholla mushola lapangan stadion got selokan pju bidan bank bri gedung balai"
)
"""A service or a spot that carries the name of its place: 'puskesmas Kopang'."""

SERVICES = table("puskesmas pkm pustu polindes poskesdes sd sdn smp smpn sma sman smk smkn mts mtsn tk paud ponpes polsek koramil")
"""Services whose name is hardly anything but a place."""

AROUND = table(
    "daerah wilayah kawasan area sekitar seputaran dekat dkt depan dpn belakang samping sebelah seberang pinggir pinggiran tengah kota pusat dusun kantor"
)

LINKS = table("dan dgn dengan atau sampai sampe smp hingga serta")
"""A place after one of these shares what was said of the place before: 'di X dan Y'."""


def place_follows(before: str, second: str) -> bool:
    """Do these two words (the nearest one first) announce a place?"""
    if (
        before in HERE
        or before in AWAY
        or before in LIVING
        or before in FACILITIES
        or before in ("perbatasan", "antara", "petani", "nelayan")
    ):
        return True
    return (before.isdigit() and second in FACILITIES) or (before == "merah" and second in ("lampu", "lampo", "lmpu", "lmp"))


def role(raw: list[str], breaks: frozenset[int], start: int, marked: bool) -> float:
    """The role of a place whose first word (its marker included) is `start`, one of AT, GOAL, NAMED, BARE, HOME, TOWARD."""
    k, service = start, False
    while start - k < 4 and k > 0 and k not in breaks and (raw[k - 1] in FACILITIES or raw[k - 1] in AROUND or raw[k - 1].isdigit()):
        k -= 1
        service = service or raw[k] in FACILITIES
    word = raw[k - 1] if k > 0 and k not in breaks else ""
    second = raw[k - 2] if k > 1 and k - 1 not in breaks else ""
    if word in AWAY:
        return GOAL if word == "ke" and service else TOWARD
    if word in HERE:
        return TOWARD if second in GOING or second in AWAY else HOME if second in LIVING else AT
    if service:
        return AT
    if word in LIVING:
        return HOME
    return NAMED if marked else BARE
