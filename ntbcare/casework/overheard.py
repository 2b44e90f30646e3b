"""Reading for coordinators: what people say in public and nobody has decided on yet, newest first, with numbers and addresses masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from ntbcare.casework.candidates import OTHER, REPORT, SEALED, reach, waiting
from ntbcare.casework.desk import short
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.reading import masks
from ntbcare.records.candidates import NEW, Candidate
from ntbcare.records.work import Work
from ntbcare.wording import shorten

PAGE = 25
LONG = 600  # letters that are shown at once
COUNT_TO = 99
_LOOKED_AT = 1000  # the count in the frame looks at so many of the newest: it is asked on every page of a coordinator
TABS = (("laporan", "Tampak laporan"), ("lainnya", "Lainnya"), ("semua", "Semua"))
_ONLY = {"laporan": (REPORT, SEALED), "lainnya": (OTHER,), "semua": ()}
_EMPTY = {
    "laporan": "Tidak ada kiriman yang tampak seperti laporan. Yang baru muncul di sini begitu masuk.",
    "lainnya": "Tidak ada kiriman lain yang menunggu.",
    "semua": "Tidak ada kiriman yang menunggu. Komentar di halaman yang kita pantau muncul di sini.",
}


class Shown(NamedTuple):
    """One comment as a coordinator reads it; `rest` = the whole text when it is long; `link` = "" when there is none to trust."""

    id: int
    channel: str
    author: str
    when: str
    text: str
    rest: str
    link: str
    because: str
    likely: bool
    sealed: bool
    files: int
    topic: str
    place: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list; `count` = how many look like reports, in words; `after` = where the next page begins."""

    only: str
    rows: list[Shown]
    after: int | None
    count: str
    empty_sentence: str


def page(work: Work, only: str, before: int | None) -> Page:
    """Comments of one tab below id `before`. Two statements whatever the size. Raises NotAllowed."""
    tab = only if only in _ONLY else "laporan"
    found = waiting(work, before=before, only=_ONLY[tab], limit=PAGE + 1)
    rows = [_shown(work, each) for each in found[:PAGE]]
    return Page(tab, rows, rows[-1].id if len(found) > PAGE else None, count_words(work), _EMPTY[tab])


def count_words(work: Work) -> str:
    """How many of the newest comments look like reports: "", "7" or "99+"."""
    newest = select(Candidate.proposal, Candidate.region).where(Candidate.state == NEW).order_by(Candidate.id.desc()).limit(_LOOKED_AT)
    some = newest.where(reach(work)).subquery()
    query = select(func.count()).select_from(some).where(some.c.proposal.in_(_ONLY["laporan"]))
    number = int(work.session.execute(query).scalar_one())
    return f"{COUNT_TO}+" if number > COUNT_TO else str(number or "")


def _shown(work: Work, one: Candidate) -> Shown:
    text = masks.mask(one.text)
    brief = text if len(text) <= LONG else shorten(text, LONG)
    sealed = one.proposal == SEALED
    return Shown(
        id=one.id, channel=CHANNEL_LABELS.get(one.channel, one.channel), author=masks.mask(one.author_name), when=short(work, one.received_at),
        text=brief, rest=text if brief != text else "", link=one.link if one.link.startswith(("https://", "http://")) else "",
        because=one.because, likely=one.proposal == REPORT, sealed=sealed, files=0 if sealed else len(one.media),
        topic=work.ref.category_name(one.category), place=work.ref.region_name(one.region),
    )  # fmt: skip
