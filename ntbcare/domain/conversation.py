"""What an incoming text means, the same for every channel: a new report, an answer, a rating, CEK, STOP or a courtesy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ntbcare.domain import tickets


class Meaning(StrEnum):
    """What is to be done with a message."""

    NEW = "new"
    ANSWER = "answer"
    RATING = "rating"
    CONFIRM = "confirm"
    OBJECT = "object"
    CHECK = "check"
    WITHDRAW = "withdraw"
    STOP = "stop"
    START = "start"
    HELP = "help"
    COURTESY = "courtesy"
    WHICH = "which"
    SAME = "same"
    APART = "apart"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What we wait for from this sender, newest first: tickets whose question, reaction or rating is open.

    `parked` = words of which we asked to which case they belong; `offered` = the tickets we named then, by their numbers 1, 2, 3.
    `likes` = (their own new case, somebody's case we asked about: "1 if it is the same"), newest first.
    `ended` = their cases that were closed here lately, or are worked on again because they said no: a bare "belum" is about one of them.
    """

    questions: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()
    polls: tuple[str, ...] = ()
    parked: str = ""
    offered: tuple[str, ...] = ()
    likes: tuple[tuple[str, str], ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def tickets(self) -> tuple[str, ...]:
        """Every ticket we wait for something about, without repeats, in the order asked."""
        return tuple(dict.fromkeys(self.questions + self.reactions + self.polls + self.doubted))

    @property
    def parkable(self) -> tuple[str, ...]:
        """Every ticket that words may belong to of which we asked."""
        return self.tickets + self.ended

    @property
    def doubted(self) -> tuple[str, ...]:
        """Cases of theirs of which we asked whether somebody has reported the same before."""
        return tuple(own for own, _ in self.likes)


@dataclass(frozen=True, slots=True)
class Understanding:
    """The meaning, the case it is about (when known), and the words that remain after commands and ticket."""

    meaning: Meaning
    ticket: str | None = None
    words: str = ""
    score: int | None = None
    choices: tuple[str, ...] = ()
    explicit: bool = False  # NEW: "LAPOR …" was said, so it is a report of its own whatever was sent a minute ago


_COMMANDS: dict[str, Meaning] = {
    "cek": Meaning.CHECK, "status": Meaning.CHECK, "check": Meaning.CHECK,
    "batal": Meaning.WITHDRAW, "cabut": Meaning.WITHDRAW, "batalkan": Meaning.WITHDRAW,
    "stop": Meaning.STOP, "berhenti": Meaning.STOP, "unreg": Meaning.STOP,
    "mulai": Meaning.START, "/start": Meaning.START,
    "bantuan": Meaning.HELP, "help": Meaning.HELP, "info": Meaning.HELP, "/help": Meaning.HELP, "menu": Meaning.HELP,
}  # fmt: skip
_ALONE = {Meaning.STOP, Meaning.START, Meaning.HELP}  # commands only when nothing but a ticket follows: "info jalan rusak" is a report
_OF_A_REPORT = {"laporan", "aduan", "pengaduan", "keluhan", "tiket", "nomor", "no", "nomer", "kabar", "progres"}
_AFTER_STOP = {"sms", "pesan", "ntb", "ntbcare", "care", "langganan", "dong", "pak", "bu", "ya", "dulu", "kirim", "berhenti"}
_REPORT_WORDS = ("lapor", "laporan", "aduan", "ntbcare", "usul")
_YES = {"ya", "y", "iya", "sudah", "selesai", "beres", "sdh", "udah", "tuntas"}
_NO = {"belum", "blm", "tidak", "tdk", "blum", "belom", "belumselesai", "masih", "msh"}
_SAME = {"1", "sama", "ya sama", "iya sama", "1 sama", "betul sama", "benar sama", "ya 1", "sama persis", "itu sama"}
_APART = {
    "2", "0", "bukan", "bukan sama", "bukan itu", "bukan yang itu", "tidak sama", "tdk sama", "beda", "berbeda", "lain", "2 lain", "yang lain",
    "laporan lain", "ini lain", "ini beda", "tidak", "tdk",
}  # fmt: skip
_POLITE = re.compile(r"(?: (?:pak|bu|min|kak|mas|mbak|ya))+$")
_NOT_THAT = re.compile(
    r"(?:bukan|bukan (?:yang )?itu|beda|lain|tidak sama|tdk sama)(?: (?:pak|bu|min|kak))?\s*[,.;:!]+\s*(?P<words>.*\w.*)",
    re.IGNORECASE | re.DOTALL,
)
_COURTESIES = {
    "ok", "oke", "okey", "okay", "siap", "baik", "terima kasih", "terimakasih", "makasih", "trims", "tks", "thanks", "sip", "mantap",
    "halo", "hallo", "hai", "hi", "p", "ping", "tes", "test", "assalamualaikum", "selamat pagi", "selamat siang", "selamat sore",
    "selamat malam", "salam", "terima kasih banyak", "makasih banyak", "ok terima kasih", "baik terima kasih", "matur tampi asih",
}  # fmt: skip
_NEVER_MIND = re.compile(
    r"(?:gak|ga|nggak|ngga|enggak|tidak|tdk|ndak|gk)\s+jadi(?:\s+(?:pak|bu|min|lapor|melapor|laporan|deh|ya|kak|saya|sy))*[ .!]*",
    re.IGNORECASE,
)
_HOW_IS_IT = re.compile(
    r"(?:apa kabar|gimana|gmn|bagaimana|bgmn|sampai mana|sampai dimana|mana|kabar|perkembangan)\s+(?:kabar|nasib|perkembangan|kelanjutan|progres)?\s*"
    r"(?:laporan|aduan|pengaduan|keluhan)(?:\s+(?:saya|sy|kami|aku))?(?:\s+(?:pak|bu|min|ya|kak|kemarin))*[ ?.!]*",
    re.IGNORECASE,
)
_GREETINGS = {
    "halo", "hallo", "hai", "hi", "p", "ping", "tes", "test", "assalamualaikum", "selamat pagi", "selamat siang", "selamat sore", "selamat malam",
    "salam",
}  # fmt: skip
_MOST_OF_A_NO, _MOST_OF_A_REST = 3, 20  # words: who writes more tells a story
_STILL = re.compile(r"\b(?:masih|msh|belum|blm|blum|belom|tetap|ttp|sama saja|sama aja|lagi)\b")
_ANEW = re.compile(r"\b(?:lapor|melapor|laporkan|melaporkan|tanya|bertanya|mau|ingin|usul)\b")
_NINE = re.compile(r"(?:(\S+)\s+)?#?(\d{3}[ .-]?\d{3}[ .-]?\d{3})\s*[.!?]?")
_SCORE = re.compile(r"^\s*(\d{1,3})\s*[.!]?\s*$")  # 6 and 10 too: whoever answers outside 1 to 5 is told so, and makes no case


def understand(text: str, waiting: Waiting, about: str | None = None) -> Understanding:
    """Decide what `text` means for a sender of whom we wait for `waiting`; `about` is the ticket of the message of ours they replied to.

    Order: commands, then a named ticket, then what we asked for; whatever is left is a new report. When words could belong
    to more than one case the meaning is WHICH: the caller keeps the words and asks, once.
    """
    stripped = text.strip()
    if not stripped:
        return Understanding(Meaning.EMPTY)
    found = tickets.find(stripped) or _mistyped(stripped)
    ticket, rest = found if found else (about, stripped)
    first, _, after = rest.partition(" ")
    head = first.lower().strip(".,:;!?")
    command = _COMMANDS.get(head)
    if command is Meaning.START and found:  # t.me/bot?start=<ticket>
        return Understanding(Meaning.CHECK, ticket)
    if command and (found is not None or head == "/start" or _orders(command, after)):  # "/start x" is a link of Telegram's
        return Understanding(command, ticket, after.strip())
    if head in ("lapor", "laporan", "aduan") and not found and not _bare(after):
        return Understanding(Meaning.HELP, None, stripped)  # whoever writes only LAPOR waits to be told how
    if not found and _NEVER_MIND.fullmatch(stripped):
        return Understanding(Meaning.WITHDRAW, about, stripped)
    if not found and _HOW_IS_IT.fullmatch(stripped):
        return Understanding(Meaning.CHECK, about, stripped)
    if head in _REPORT_WORDS and not found and after.strip():
        return Understanding(Meaning.NEW, None, after.strip() if head != "usul" else stripped, explicit=True)
    if about and not found and _bare(stripped) in _COURTESIES:
        return Understanding(Meaning.COURTESY, words=stripped)
    if ticket is not None:
        return _about(ticket, rest, waiting)
    return _unnamed(stripped, waiting)


def _mistyped(text: str) -> tuple[str, str] | None:
    """Nine digits that are no ticket, alone or after a command: somebody mistyped theirs, and must be told so."""
    match = _NINE.fullmatch(text)
    if match is None or (match[1] and match[1].lower() not in _COMMANDS):
        return None
    return re.sub(r"\D", "", match[2]), match[1] or ""


def _orders(command: Meaning, after: str) -> bool:
    """Is this our command, or a report that happens to begin with its word ("cek jalan di depan pasar, berlubang besar")?"""
    words = after.lower().split()
    if command is Meaning.STOP:
        return all(word.strip(".,!") in _AFTER_STOP for word in words)
    if not words or command in _ALONE:
        return not words
    return len(words) <= 2 or words[0] in _OF_A_REPORT or words[0].lstrip("#")[:1].isdigit()


def _about(ticket: str, rest: str, waiting: Waiting) -> Understanding:
    """A text that names its case."""
    if not rest:
        if waiting.parked and ticket in waiting.parkable:
            return _about(ticket, waiting.parked, waiting)
        return Understanding(Meaning.CHECK, ticket)
    score = _SCORE.match(rest)
    likened, own = _likened(rest), next((mine for mine, other in waiting.likes if ticket in (mine, other)), None)
    if own and likened and (ticket == own or ticket not in waiting.tickets):
        return Understanding(likened, own, rest)
    if score and ticket in waiting.polls:
        return Understanding(Meaning.RATING, ticket, score=int(score.group(1)))
    said = _reaction(rest)
    if said and ticket not in waiting.questions:
        return Understanding(said, ticket, _after_reaction(rest))
    return Understanding(Meaning.ANSWER, ticket, rest)


def _unnamed(text: str, waiting: Waiting) -> Understanding:
    """A text without a ticket: what did we ask this person last?"""
    bare = _bare(text)
    score = _SCORE.match(text)
    chosen = waiting.offered[int(score.group(1)) - 1 :][:1] if score and int(score.group(1)) else ()
    if waiting.parked and chosen and chosen[0] in waiting.parkable:
        return _about(chosen[0], waiting.parked, waiting)
    likened = _likened(text) if waiting.likes else None
    if likened and (score or _POLITE.sub("", bare) not in _NO or not waiting.reactions + waiting.polls):
        rivals = waiting.polls + waiting.questions if score else waiting.questions  # a lone 1 may be a rating: asked, never guessed
        return _one(likened, tuple(dict.fromkeys(waiting.doubted + rivals)), words=text)
    if score and waiting.polls:
        return _one(Meaning.RATING, waiting.polls + waiting.questions, score=int(score.group(1)))
    said = _reaction(text)
    asked = waiting.reactions or (() if waiting.questions else waiting.polls)
    if said is Meaning.OBJECT:
        asked = waiting.reactions + waiting.polls  # a rating asked after closing may also be answered with "belum"
    if said and asked:  # with a question open as well it may be the answer to that: then we ask which
        return _one(said, asked + waiting.questions, words=_after_reaction(text))
    if is_bare_no(text) and waiting.ended and not waiting.questions:
        return _one(Meaning.OBJECT, waiting.ended, words=_after_reaction(text) if len(waiting.ended) == 1 else text)
    if bare in _GREETINGS and not waiting.tickets:
        return Understanding(Meaning.HELP, words=text)
    if bare in _COURTESIES or not bare:
        return Understanding(Meaning.COURTESY, words=text)
    if waiting.questions:
        return _one(Meaning.ANSWER, waiting.questions, words=text)
    if (said and len(bare.split()) <= 2) or score:
        return Understanding(Meaning.COURTESY, words=text)
    return Understanding(Meaning.NEW, words=text)


def _likened(text: str) -> Meaning | None:
    """ "1" or "sama", "2" or "bukan": is it the case we named?"""
    said = _POLITE.sub("", _bare(text))
    return Meaning.SAME if said in _SAME else Meaning.APART if said in _APART or _NOT_THAT.fullmatch(text.strip()) else None


def beside_no(text: str) -> str:
    """What is told beside a "no, it is not that one": "Bukan, ini di depan masjid" → "ini di depan masjid"; "" for a bare no."""
    found = _NOT_THAT.fullmatch(text.strip())
    return found["words"].strip() if found else ""


def may_answer_offer(text: str) -> bool:
    """Could these words answer "1 if it is the same"? Only then is it worth asking what was offered."""
    found = tickets.find(text)
    rest = found[1] if found else text
    return not rest or _likened(rest) is not None or _SCORE.match(rest) is not None


def is_bare_no(text: str) -> bool:
    """ "Belum", "belum diperbaiki pak": no and no more than two words with it, so that it can only be about something told before."""
    return _reaction(text) is Meaning.OBJECT and len(text.split()) <= _MOST_OF_A_NO


def tells_still(text: str) -> bool:
    """ "Lubangnya masih ada", "obatnya kosong lagi": could these words be about something that was told and answered before?"""
    bare = _bare(text)
    return 2 <= len(bare.split()) <= _MOST_OF_A_REST and _STILL.search(bare) is not None and _ANEW.search(bare) is None


def _bare(text: str) -> str:
    """Letters and digits only, in small letters: what is left of "Ok, terima kasih!" or of a lone emoji."""
    return re.sub(r"[^\w\s]", "", text.lower()).strip()


def _one(meaning: Meaning, candidates: tuple[str, ...], *, words: str = "", score: int | None = None) -> Understanding:
    if len(candidates) == 1:
        return Understanding(meaning, candidates[0], words, score)
    return Understanding(Meaning.WHICH, None, words or (str(score) if score else ""), score, candidates)


def _reaction(text: str) -> Meaning | None:
    first = re.sub(r"[^\w]", "", text.split(maxsplit=1)[0].lower()) if text.split() else ""
    if first in _NO:
        return Meaning.OBJECT
    if first not in _YES or len(text.split()) > 5:
        return None
    mixed = any(word.strip(".,!") in _NO for word in text.lower().split())  # "sudah tapi belum rapi"
    return Meaning.OBJECT if mixed else Meaning.CONFIRM if len(text.split()) <= 4 else None


def _after_reaction(text: str) -> str:
    parts = text.strip().split(maxsplit=1)
    return parts[1].strip(" ,.;:") if len(parts) > 1 else ""
