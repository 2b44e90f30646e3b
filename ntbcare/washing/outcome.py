"""What comes out of the wash: content that may be kept, or the sentence why not."""

from __future__ import annotations

from dataclasses import dataclass

EMPTY = "Berkasnya kosong."
TOO_LARGE = "Berkasnya terlalu besar (paling besar 20 MB)."
UNKNOWN = "Jenis berkas ini tidak dapat kami simpan. Kirim foto, rekaman suara, video MP4, atau PDF."
BROKEN = "Berkasnya rusak atau tidak lengkap. Mohon kirim sekali lagi."
ARCHIVE = "Berkas Word, Excel, atau ZIP tidak dapat kami simpan. Kirim sebagai PDF atau foto."
HEIC = "Foto jenis HEIC belum dapat kami baca. Kirim sebagai foto biasa (JPG)."
TOO_MANY_DOTS = "Gambarnya terlalu besar. Kirim sebagai foto biasa, bukan sebagai berkas."
ACTIVE = "PDF ini berisi program atau berkas lain. Kirim sebagai PDF biasa atau foto."
LOCKED = "PDF ini terkunci kata sandi. Kirim yang tidak terkunci, atau fotonya."


@dataclass(frozen=True, slots=True)
class Washed:
    """Content that may be kept, of a kind we know. `suffix` begins with a dot."""

    content: bytes
    mime: str
    suffix: str


class Unwelcome(Exception):
    """A file that is not kept; `sentence` says why in the person's words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
