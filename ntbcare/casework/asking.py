"""The reader's own question: one per case, on the channel it came from, while the coordinator may act all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, bindparam, select

from ntbcare.casework import notices
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.lifecycle import State
from ntbcare.domain.routing import below
from ntbcare.records import journal
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

if TYPE_CHECKING:
    from ntbcare.reading.places import PlaceReading
    from ntbcare.reading.topics import TopicReading

MOST = 4  # answers to choose from
NEITHER = "?"  # the answer "something else"
ON_ITS_PAGE = "web"  # whose reports are asked where the PIN opens them, and nowhere else
ANSWERED = ""  # case.question once it was answered: no second one is asked
_WHERE = "Di desa dan kecamatan mana kejadiannya?"
_BOTH = "Apa yang terjadi, dan di desa atau kecamatan mana?"
_SPOKEN = ("satu", "dua", "tiga", "empat")
_NUMBER = re.compile(
    r"(?:(?:yang|yg|pilih|pilihan|jawab|jawaban|nomor|nomer|nmr|no|angka|ke|opsi)[ .:-]*)*(?:(?P<digit>\d{1,4})|(?:ke)?(?P<word>satu|dua|tiga|empat))"
    r"(?:[ .,!)]+(?:pak|bu|min|ya|kak|aja|saja|dong|terima kasih|makasih|mksh|tks))*"
)
_YES = {"ya", "y", "iya", "ok", "oke", "betul", "benar", "nggih", "inggih"}
_OTHER = "lainnya"
_BY_NUMBER = " Balas angkanya."
_REST = "lainnya"  # the topic for what has none: nobody is asked whether theirs is "something else"
_LIKELY, _LIKELIEST = 0.15, 0.35  # probability from which a topic is offered, and from which offering makes sense at all
_LONGEST = 150  # letters of a question with choices: more do not fit into the two SMS of a receipt
_LATE, _LATE_WORDS = timedelta(days=1), 8  # what may still answer a question once somebody has acted without the answer


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what the numbers 1, 2, 3 stand for: region codes or topics."""

    words: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """A question as its page shows it: the words, and (what is sent back, what it says) to choose from."""

    words: str
    choices: tuple[tuple[str, str], ...]


def find(work: Work, case: Case, topic: TopicReading, place: PlaceReading | None, *, several: bool = False) -> Question:
    """The one question that would let the rules decide; none (words "") when nobody can be asked or nothing would be gained.

    `place` = what the text says of it, None when it is known. `several` matters in one report are a person's to take apart: which
    of their topics or places is meant cannot be asked.
    """
    if case.question is not None or not reachable(work, case):
        return Question()
    found = _find(work, case, topic, place, several=several)
    if case.channel == ON_ITS_PAGE:  # there the choices are buttons
        return Question(found.words.removesuffix(_BY_NUMBER), found.choices)
    return found


def foreseen(work: Work, case: Case, topic: TopicReading, place: PlaceReading | None, *, several: bool) -> str:
    """What the sender of such a report would be asked, by whoever tries a text out; "" for nothing."""
    return _find(work, case, topic, place, several=several).words


def _find(work: Work, case: Case, topic: TopicReading, place: PlaceReading | None, *, several: bool) -> Question:
    if case.urgency == Urgency.URGENT and place is None:
        return Question()  # whoever is in danger is not asked what it is called
    if several:
        return Question(_WHERE) if place is not None and not place.candidates else Question()
    if place is not None:
        return Question(_BOTH) if case.category is None and not place.head else _where(work, place)
    return _what(work, topic) if case.category is None else Question()


def reachable(work: Work, case: Case) -> bool:
    """Is there somebody who wrote to us on a channel and can answer there, or who holds the PIN of a report by the form? The number
    typed into that form proves nobody: it is never asked."""
    if case.channel == ON_ITS_PAGE:
        return True
    if case.contact_id is None:
        return False
    contact = work.session.get(Contact, case.contact_id)
    return contact is not None and contact.channel == case.channel and contact.opted_out_at is None


def _where(work: Work, place: PlaceReading) -> Question:
    codes = tuple(dict.fromkeys(place.candidates))
    if len(codes) == 1 and place.question:
        return Question(place.question, codes)
    if place.question and 1 < len(codes) <= MOST:
        # near a border the nearest two are worth asking for where all are too many words
        for most in range(len(codes), 1 if place.head else len(codes) - 1, -1):
            asked = _numbered(place.head or "Di mana kejadiannya?", _apart(work, codes[:most], villages=bool(place.head)))
            if len(asked) <= _LONGEST:
                return Question(asked, codes[:most])
    return Question(place.question or _WHERE)


def _apart(work: Work, codes: Sequence[str], *, villages: bool = False) -> list[str]:
    """Names that tell these regions apart in few letters: the regency or the district alone where that is enough; or, for `villages`
    that are neighbours, their own names."""
    lines = [work.ref.region_name(code).split(", ") for code in codes]
    for last in (0, -1, -2) if villages else (-1, -2):
        names = [line[last] if len(line) >= -last else "" for line in lines]
        if all(names) and len(set(names)) == len(codes):
            return names
    return [", ".join(line) for line in lines]


def _what(work: Work, topic: TopicReading) -> Question:
    """Asked only where a few topics are likely; otherwise a person reads."""
    known = work.ref.categories
    likely = [(code, chance) for code, chance in topic.ranked[:MOST] if chance >= _LIKELY and code in known and code != _REST]
    open_ = [code for code, _ in likely if known[code].sealed != "yes"]
    if not open_ or likely[0][1] < _LIKELIEST:
        return Question()
    names = [work.ref.category_name(code) for code in open_[: MOST - 1]]
    return Question(_numbered("Laporan ini tentang apa?", [*names, _OTHER]), (*open_[: MOST - 1], NEITHER))


def _numbered(head: str, names: list[str]) -> str:
    return f"{head} {' '.join(f'{number}) {name}' for number, name in enumerate(names, 1))}.{_BY_NUMBER}"


def answered(work: Work, case: Case, words: str) -> None:
    """The reporter answers the reader's question: what they chose or wrote is added, and the case is read again as a whole."""
    chosen = _chosen(work, case, words)
    told = _told(work, case, words, chosen)
    if not chosen and not _settles(work, case, words):
        _beside(work, case, words)
        return
    asked, case.question = case.question, ANSWERED
    if chosen in work.ref.regions:
        case.place, case.region, case.place_because = told, chosen, None
    elif chosen in work.ref.categories:
        case.category = chosen
    elif chosen != NEITHER and not _bare(words).isdigit():
        case.text = f"{case.text}\n{words}"
        if case.region is None or any(code in work.ref.regions for code in _offered(work, case)):
            _placed(work, case, words)
    work.tell("case:told_reader", case.id, words=told, asked=asked)
    read_again(work, case)


def understood(work: Work, case: Case, words: str) -> bool:
    """Do these words answer the question that waits?"""
    return bool(_chosen(work, case, words)) or _settles(work, case, words)


def chosen(work: Work, case: Case, words: str) -> bool:
    """Are these words one of the answers that were named?"""
    return bool(_chosen(work, case, words))


def about_place(work: Work, case: Case) -> bool:
    """Does a question wait whose numbers stand for places?"""
    return bool(case.question) and any(code in work.ref.regions for code in _offered(work, case))


def _settles(work: Work, case: Case, words: str) -> bool:
    """Could these words be the answer? To a question with numbers only those are that name a place or tell of a topic; an open
    question is answered by whatever is said next."""
    offered = _offered(work, case)
    near = frozenset(code for code in offered if code in work.ref.regions)
    if near:
        return work.ref.gazetteer.find(words, near=near, field=True).code is not None
    if any(code in work.ref.categories for code in offered):
        return work.ref.topics.read(f"{case.text}\n{words}").category is not None
    return not _bare(words).isdigit()


def _beside(work: Work, case: Case, words: str) -> None:
    """Words that answer nothing are kept with the report, and the question goes on waiting for its number."""
    if not _bare(words).isdigit():
        case.text = f"{case.text}\n{words}"
    work.tell("case:words_added", case.id, words=words)
    said = select(Notice.id).where(Notice.case_id == case.id, Notice.template == "not_understood").limit(1)
    if work.session.execute(said).first() is None:
        notices.owe(work, case, "not_understood", question=case.question or "")


def _placed(work: Work, case: Case, words: str) -> None:
    """A place in words: where it fits exactly one of those we named, it is that one."""
    offered = [code for code in _offered(work, case) if code in work.ref.regions]
    found = work.ref.gazetteer.find(words, near=frozenset(offered), field=True).code
    if found is None:
        return
    case.place = words[:300]
    if case.region is not None and not below(found, case.region):
        case.region = None  # more was taken for certain than is
    meant = [code for code in offered if code == found or code.startswith(found + ".") or found.startswith(code + ".")]
    if len(meant) == 1:
        case.region, case.place_because = meant[0], None


def late(work: Work, case: Case, words: str) -> str:
    """Somebody acted without waiting for the answer: it closes the question and is words like any others. Returns them, a number as
    what it stands for."""
    if not case.question:
        return words
    case.question = ANSWERED
    return _told(work, case, words, _chosen(work, case, words))


def _told(work: Work, case: Case, words: str, chosen: str) -> str:
    """An answer as somebody reads it who does not see the choices."""
    return work.ref.region_name(chosen) or work.ref.category_name(chosen) or (_OTHER if chosen == NEITHER else words)


def _bare(words: str) -> str:
    return words.strip(" .!)").lower()


def _chosen(work: Work, case: Case, words: str) -> str:
    """The code behind "2" or "ya"; "" when they wrote something else."""
    offered = _offered(work, case)
    bare = _bare(words)
    number = _NUMBER.fullmatch(bare)
    if number:
        said = number["word"] or number["digit"]
        at = _SPOKEN.index(said) if said in _SPOKEN else int(said[:4]) - 1
        return offered[at] if 0 <= at < len(offered) else ""
    return offered[0] if len(offered) == 1 and bare in _YES else ""


def _offered(work: Work, case: Case) -> list[str]:
    newest = select(Notice.choices).where(Notice.case_id == case.id, Notice.template == "receipt").order_by(Notice.id.desc()).limit(1)
    return list(work.session.execute(newest).scalar() or ())


def waits(case: Any) -> ColumnElement[bool]:
    """The question of a case (rows of that table) still waits for words on the channel it was asked on; binds `since`."""
    acted = case.c.state.in_((State.VERIFIED, State.DISPOSITIONED)) & (case.c.triaged_at > bindparam("since"))
    here = (case.c.question != ANSWERED) & (case.c.channel != ON_ITS_PAGE)
    return here & ((case.c.state == State.RECEIVED) | acted)


def since(work: Work, text: str) -> datetime:
    """From when on a case may have been asked for this text to be its late answer: short words within a day; a story is a new report."""
    return work.now - (_LATE if len(text.split()) <= _LATE_WORDS else timedelta())


def shown(work: Work, case: Case) -> Open | None:
    """The question as the reporter finds it on the page of the report; None when none waits."""
    if not case.question or case.state != State.RECEIVED:
        return None
    offered = _offered(work, case)
    if len(offered) == 1:
        return Open(case.question.partition(" Balas YA")[0], (("ya", "Ya"),))
    named = tuple((str(number), _told(work, case, "", code)) for number, code in enumerate(offered, 1))
    return Open(case.question.partition(" 1) ")[0] if named else case.question, named)


def asked(work: Work, case: Case) -> str:
    """What the reader asked about this case, answered or not; "" when it asked nothing."""
    if case.question is None:
        return ""
    told = (entry for entry in journal.story(work.session, case.id) if entry.tag == "case:reader_asked")
    return case.question or next((json.loads(entry.body or "{}").get("words", "") for entry in told), "")


def read_again(work: Work, case: Case) -> None:
    """Something was added to a case that has no desk of its own yet: a worker reads it as if it were new."""
    case.triaged_at = None
    work.session.flush()
    work.errand("triage", case.id, key=f"triage:{case.id}:{case.version}")


def thank(work: Work, case: Case) -> None:
    """The answer was read and a person must still choose: say that it arrived, once."""
    if case.question == ANSWERED and case.state == State.RECEIVED:
        said = select(Notice.id).where(Notice.case_id == case.id, Notice.template == "words_added").limit(1)
        if work.session.execute(said).first() is None:
            notices.owe(work, case, "words_added")
