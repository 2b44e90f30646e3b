"""Is somebody in danger now? Words weighed for and against: what happens, who is in it, that it is now, against past, fear and wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ntbcare.reading.phrases import Phrases

ENOUGH = 1.9
"""From this sum on it is an emergency. Measured by bench/reading.py on texts of this project."""
SURELY = 2.6
"""A deployment's own words: enough by themselves."""

_EVENTS: Mapping[float, str] = {
    2.0: "mau loncat; mau lompat; mau dibunuh; dibunuh; mau bacok; muntah massal; siswa keracunan; anak keracunan; puting beliung; begal; dibegal; perampokan; dirampok; jantungan; serangan jantung; sesak nafas; mayat; kesurupan; kdrt; digigit anjing; kebakaran; kebakar; terbakar; api membesar; rumah dilalap api; tertimbun; ketimbun; tertimpa; ketiban pohon; terjebak; terkurung; "
    "tenggelam; kelelep; kejebak; kejepit; terjepit; tergencet; ketolong; menimbun; nimbun; terguling; karam; terbalik; dikepung massa; dikepung warga; massa mengepung; penembakan; tembakan; ditembak; bakar diri; mau dibakar massa; bakar rumah; nyekap; menyekap; dikunci di mobil; tergulung ombak; mesin mati di laut; mati mesin di laut; terseret; terseret arus; terseret ombak; perahu terbalik; kapal terbalik; sampan terbalik; jukung terbalik; kapal karam; "
    "kesetrum; tersetrum; kestrum; tersengat listrik; sengatan listrik; disekap; disandera; diculik; dibacok; membacok; bacok; ditikam; "
    "ditusuk; ditebas; dikeroyok; pingsan; sekarat; kejang; tidak sadarkan diri; tidak sadar; pendarahan; perdarahan; bunuh diri; "
    "gantung diri; minum racun; keracunan; mau melahirkan; akan melahirkan; ketuban pecah; kabel putus; kabel jatuh; "
    "kabel listrik jatuh; kabel listrik putus; gas bocor; ledakan; perang kampung; perang antar kampung; banjir bandang; "
    "tanggul jebol; bendungan jebol; embung jebol; rumah roboh; rumah ambruk; jembatan putus; jembatan ambruk; jembatan roboh; terisolasi; "
    "terisolir; terkubur; kecebur; tercebur; jatuh ke sumur; jatuh ke jurang; masuk jurang; masuk sumur; hilang di laut; "
    "digigit ular; dipatok ular; diserang buaya; diterkam buaya; digigit anjing gila; diperkosa; gempa barusan; gunung meletus; "
    "anak hilang; melahirkan di jalan; sesak napas; longsor menimpa; longsor menutup; puting beliung; menutup jalan total; menimpa rumah; menimpa warga; menimpa orang",
    1.5: "melahirkan; nganak; pasien sesak; oksigen habis; oksigen tinggal; oksigen menipis; maling masuk; pencuri masuk; rampok masuk; ada maling; meledak; tsunami; belum pulang melaut; hilang kontak di laut; belum balik melaut; mati mesin; hanyut; kecelakaan; tabrakan; ketabrak; tertabrak; tawuran; bentrok; ngamuk; mengamuk; baku hantam; ular masuk; "
    "ular sanca; ular kobra; king kobra; dipukuli; dianiaya; dicekik; diseret; menganiaya; korban jiwa; air masuk rumah; "
    "air masuk ke rumah; banjir masuk rumah; jatuh dari; longsor sekarang; banjir sekarang; kebanjiran; gawat; "
    "kritis; rob; ombak hantam; ombak menghantam; tiang roboh; pohon tumbang; dibakar massa",
    1.0: "muntah muntah; basi; maling; diancam; sesak; ambulan mogok; ambulans mogok; meluap masuk; masuk kampung; timpa; menimpa; banjir; longsor; gempa; asap tebal; api; erupsi; luka; luka parah; berdarah; darah; patah; korban; parang; golok; celurit; clurit; "
    "pisau; senjata tajam; sajam; panah; busur; pistol; senapan; bom; racun; kobra; demam tinggi; muntah darah; darurat; meninggal; tewas; hilang",
}  # fmt: skip
_SIGNS: Mapping[float, str] = {
    1.3: "sedada; seleher; sepinggang; seatap; naik atap; naik ke atap; naik genteng; mau bunuh diri; membawa parang; bawa parang; bawa pisau",
    1.0: "setinggi dada; setinggi leher; setinggi pinggang; setinggi atap; di atap; di atas atap; di atas genteng; "
    "atas genteng; belum keluar; belum ketemu; belum ditemukan; teriak; berteriak; menjerit; minta tolong; masih di laut; terombang ambing; "
    "belum bisa keluar; tidak bisa keluar; tidak bisa turun; masih hidup; tidak bergerak; nempel; tergeletak; perahu karet; "
    "tidak ada ambulans; tidak ada ambulan; ambulans mogok; ambulan mogok; masih menyala; semakin besar; makin besar; merambat; bersimbah darah",
    0.8: "evakuasi; mengungsi; butuh ambulans; perlu ambulans; kirim ambulans; kirim sar; tim sar; basarnas; selamatkan; terlantar di jalan; "
    "barusan; baru saja; sekarang; saat ini; malam ini; detik ini; di dalam; cepat; secepatnya",
    0.5: "masih; tolong; tolong cepat; damkar; pemadam; sar; ambulans; ambulan; polisi; kirim; bantu; bayi; anak; ibu; nenek; lansia; orang; "
    "selutut; naik terus; air naik; lagi; sendirian; panik; sembunyi; ngumpet; nyawa; bahaya",
}  # fmt: skip
_AGAINST: Mapping[float, str] = {
    2.0: "was was; penuh sesak; bedah rumah; pemadam kebakaran; mobil pemadam; jalur evakuasi; rambu; sirine; cuti; provider; optik; kontrol; internet; wifi; rekening; vaksin; pernah; diserahkan; tahun lalu; bulan lalu; minggu lalu; minggu kemarin; bulan kemarin; tahun kemarin; dulu; pasca; bekas; simulasi; pelatihan; sosialisasi; "
    "penyuluhan; asuransi; santunan; huntap; rehab; stimulan; lomba; pencegahan; mencegah; cegah; antisipasi; mitigasi; jangan sampai; "
    "jangan tunggu; jangan nunggu; sebelum ada; sebelum jatuh; sebelum; kalau sampai; kalo sampai; hampir; nyaris; rawan; ditakutkan; "
    "dikhawatirkan; khawatir; kuatir; takut; langganan; sering; kerap; tiap; setiap; selalu; kalau; kalo; jika; apabila; bila; potensi; "
    "berpotensi; mengancam; terancam; rentan; usul; saran; sejak; sudah ditangani; sudah padam; sudah dievakuasi; sudah selamat; membahayakan; "
    "musim; akibat; dampak; ganti rugi; pinjol; phk; penipuan; kapan; apakah; syarat; jadwal; sisa; puing; biaya; instalasi; pemadam kebakaran desa",
    1.0: "kemarin; kemaren; semalam; lama; supaya; agar; biar; mohon; diperbaiki; perbaikan; dibangun; dipasang; dipasangi; pengaman; "
    "diperlebar; dinormalisasi; bisa; dapat; akan; mau runtuh; mau roboh; mau ambruk; mau rubuh; nomor; laporan; dugaan; katanya; mungkin; minta dibuatkan; butuh; perlu; "
    "berita; cerita; dipindah; ditebang; dipangkas; bau; data; bantuan",
}  # fmt: skip
_YEARS = re.compile(r"20(?:0\d|1\d|2\d)")
_DOUBLE = re.compile(r"(.)\1+")
_SHOUT = re.compile(r"!{2,}|([a-z])\1{3,}", re.IGNORECASE)


class Alarm(NamedTuple):
    """`urgent`: somebody is in danger now; the words for it, strongest first; the sum they were weighed with."""

    urgent: bool
    words: tuple[str, ...]
    sum: float


def _bones(word: str) -> str:
    """First letter and consonants, doubled ones once: what is left of a word in a hasty SMS."""
    return _DOUBLE.sub(r"\1", word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou"))


def _phrases(groups: Mapping[float, str]) -> dict[str, float]:
    return {phrase.strip(): weight for weight, row in groups.items() for phrase in row.split(";") if phrase.strip()}


class Danger:
    """Weighs the words of a text. `own`: phrases of the deployment that are enough by themselves; `words`: all it listens for."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._events = _phrases(_EVENTS) | dict.fromkeys(own, SURELY)
        self._signs, self._against = _phrases(_SIGNS), _phrases(_AGAINST)
        weights = (self._events, self._signs, self._against)
        self.words = frozenset(word for group in weights for phrase in group for word in phrase.split())
        once: dict[str, set[str]] = {}
        for word in (word for phrase in self._events for word in phrase.split() if len(word) >= 6):
            once.setdefault(_bones(word), set()).add(word)
        self._bones = {bones: next(iter(own)) for bones, own in once.items() if len(own) == 1 and len(bones) >= 3}
        self._finders = tuple(Phrases((phrase.split() for phrase in group), stems=False) for group in weights)

    def meant(self, word: str) -> str:
        """'pndarahan' → 'pendarahan': the only word for a danger with these consonants; whoever is in danger types badly."""
        if len(word) < 5 or word in self.words:
            return word
        target = self._bones.get(_bones(word), "")
        letters = iter(target)
        return target if target and all(letter in letters for letter in word) else word

    def weigh(self, words: Sequence[str], raw: str = "") -> Alarm:
        """`words`: plain words of the text; `raw`: as it was written, for shouting. The heaviest event counts whole, further ones half."""
        words = [self.meant(word) for word in words]
        kinds = _apart(sorted(((self._events[f.phrase], f.phrase) for f in self._finders[0].find(words, gaps=True)), reverse=True))
        signs = _apart(sorted(((self._signs[f.phrase], f.phrase) for f in self._finders[1].find(words)), reverse=True))
        against = _apart(sorted(((self._against[f.phrase], f.phrase) for f in self._finders[2].find(words)), reverse=True))
        if not kinds and (not signs or signs[0][0] < 1.0):
            return Alarm(False, (), 0.0)  # haste alone is no danger
        total = (kinds[0][0] if kinds else 0.0) + sum(weight for weight, _ in kinds[1:3]) / 2
        total += min(2.4, sum(weight for weight, _ in signs) * 0.8) + (0.5 if _SHOUT.search(raw) else 0.0)
        total -= min(3.0, sum(weight for weight, _ in against)) + (2.0 if any(_YEARS.fullmatch(word) for word in words) else 0.0)
        return Alarm(total >= ENOUGH, tuple(phrase for _, phrase in (*kinds, *signs)[:4]), round(total, 2))


def _apart(found: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Each word counts once, in the heaviest phrase that holds it."""
    seen: set[str] = set()
    kept = []
    for weight, phrase in found:
        parts = set(phrase.split())
        if not parts & seen:
            kept.append((weight, phrase))
        seen |= parts
    return kept
