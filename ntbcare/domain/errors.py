"""The tree of refusals: everything the domain can say no to, each with the sentence a person reads."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class DomainError(Exception):
    """A decision against what was asked, with words for the person who asked.

    DomainError                     something cannot be done
    ├── NotAllowed                  this person may not do this here (permission)
    ├── NotFound                    no such thing, or not for the eyes of this person: both read the same
    ├── BadInput(field, sentence)   one field of what was sent cannot be used
    │   ├── TooLong                 the field holds more than fits
    │   └── WordsRequired           a move that needs words came without them
    ├── NoSuchMove                  the state of the case does not allow this move
    │   ├── AlreadyAnswered         a question or poll takes one answer and has it
    │   ├── TooLate                 the window in which this was possible is over
    │   └── QuestionNotDelivered    a pause needs a question that really reached the citizen (domain.md 8.3 no. 5)
    ├── LostRace                    somebody else acted first; carries `who` and `when` if known
    ├── SealedDoor                  a violation (dugaan pelanggaran) came to an open door; names the safe way
    ├── NoRule                      no rule row covers this: a person must decide, nothing is guessed
    └── CalendarTooShort            a day lies outside the years whose days off are known

    `sentence`  plain Indonesian, shown to the person as it stands; never holds personal data of somebody else.
    `subject`   what it is about (a ticket, a field, a day), for logs and for the page; None when there is nothing to name.
    """

    default: ClassVar[str] = "Permintaan ini belum dapat kami lakukan. Silakan coba lagi atau hubungi petugas."

    def __init__(self, sentence: str | None = None, *, subject: str | None = None) -> None:
        self.sentence = sentence or self.default
        self.subject = subject
        super().__init__(self.sentence)


class NotAllowed(DomainError):
    """The role or scope of this person does not include this act."""

    default = "Akun Anda tidak berwenang melakukan ini. Bila menurut Anda seharusnya boleh, hubungi pengelola di kantor Anda."


class NotFound(DomainError):
    """Nothing here, or nothing this person may know about; the two must not be told apart."""

    default = "Kami tidak menemukan yang Anda cari. Periksa lagi nomor tiket atau alamat yang Anda tulis."


class BadInput(DomainError):
    """One field cannot be used as it was sent. `field` is the name of the form or API field."""

    default = "Isian ini belum dapat dipakai. Mohon diperiksa lagi."

    def __init__(self, field: str, sentence: str | None = None, *, subject: str | None = None) -> None:
        super().__init__(sentence, subject=subject or field)
        self.field = field


class TooLong(BadInput):
    """The field holds more than fits. `limit` is the longest that does (characters, or bytes for a file) and None when unsaid."""

    default = "Isian ini terlalu panjang. Mohon dipersingkat."

    def __init__(self, field: str, sentence: str | None = None, *, limit: int | None = None, subject: str | None = None) -> None:
        if sentence is None and limit is not None:
            sentence = f"Isian ini terlalu panjang: paling banyak {limit} huruf. Mohon dipersingkat."
        super().__init__(field, sentence, subject=subject)
        self.limit = limit


class WordsRequired(BadInput):
    """A move that owes somebody words came without them. Sentence first, like the other refusals; `field` defaults to "words"."""

    default = "Mohon tulis penjelasannya: pelapor berhak tahu alasannya."

    def __init__(self, sentence: str | None = None, *, field: str = "words", subject: str | None = None) -> None:
        super().__init__(field, sentence, subject=subject)


class NoSuchMove(DomainError):
    """The case is in a state from which this move does not lead anywhere (domain.md 9.1)."""

    default = "Langkah ini tidak dapat dilakukan pada laporan dengan status sekarang."


class AlreadyAnswered(NoSuchMove):
    """One question, one answer: the answer is already in."""

    default = "Jawaban Anda sudah kami terima sebelumnya. Terima kasih."


class TooLate(NoSuchMove):
    """The window was open and is over."""

    default = "Batas waktu untuk langkah ini sudah lewat. Anda tetap dapat membuat laporan baru."


class QuestionNotDelivered(NoSuchMove):
    """A clock may only stand still while a citizen has our question in hand (domain.md 8.3 no. 5, 9.5 row 4)."""

    default = "Pertanyaan kepada pelapor belum terkirim, jadi waktu layanan tetap berjalan."


class LostRace(DomainError):
    """Two people acted on the same version and the other one was first.

    `who` is a name this person may read, `when` an aware UTC datetime; both None when unknown.
    """

    default = "Laporan ini baru saja diubah oleh orang lain. Muat ulang halaman, lalu periksa sebelum melanjutkan."

    def __init__(
        self, sentence: str | None = None, *, who: str | None = None, when: datetime | None = None, subject: str | None = None
    ) -> None:
        if sentence is None and who:
            sentence = f"Laporan ini baru saja diubah oleh {who}. Muat ulang halaman, lalu periksa sebelum melanjutkan."
        super().__init__(sentence, subject=subject)
        self.who = who
        self.when = when


class SealedDoor(DomainError):
    """A violation came to an open door: it must not walk the open corridor (design.md section 3).

    `safe_way` names where to go instead, as words that follow "Sampaikan ..."; the deployment gives its own address.
    """

    default = ""
    SAFE_WAY: ClassVar[str] = "langsung kepada Inspektorat, secara tatap muka atau dalam surat tertutup"

    def __init__(self, sentence: str | None = None, *, safe_way: str = SAFE_WAY, subject: str | None = None) -> None:
        if sentence is None:
            sentence = (
                "Demi keselamatan Anda, dugaan pelanggaran tidak dapat disampaikan lewat jalur terbuka ini. "
                f"Sampaikan {safe_way}. Jangan tulis nama atau buktinya di sini."
            )
        super().__init__(sentence, subject=subject)
        self.safe_way = safe_way


class NoRule(DomainError):
    """No valid rule row answers the question (which clock, which unit, which template); it goes to a person."""

    default = "Belum ada aturan untuk hal ini, jadi petugas akan memutuskannya."


class CalendarTooShort(DomainError):
    """A day outside first..last of a calendar: its days off are unknown, and unknown is not the same as none."""

    default = "Kalender hari libur untuk tanggal itu belum diisi, jadi tenggatnya belum dapat dihitung."
