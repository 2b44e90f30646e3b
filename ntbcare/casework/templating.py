"""Sentences ready to use, at a case: which fit, how they read filled in, and what the reporter will get around them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ntbcare.casework import notices
from ntbcare.domain import clock as promises
from ntbcare.domain import lifecycle, sentences
from ntbcare.domain.errors import BadInput
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.domain.permissions import Actor
from ntbcare.records import templates
from ntbcare.records.cases import Case
from ntbcare.records.reference import Reference
from ntbcare.records.templates import Sentence
from ntbcare.records.work import Work
from ntbcare.wording import MAX_PARTS, Wording, gsm7, parts

# the acts a sentence may be kept for, in the order of the list
ACTS = ("answer", "respond", "ask", "forward", "relay", "archive", "hand_back", "reopen")
_AS = {"submit_result": "respond"}  # the same answer, read by a second pair of eyes first
FRAMED = ("answer", "respond", "submit_result", "ask")  # whose words go out in a frame that is known before the act
_INSIDE = frozenset({"hand_back", "refuse", "dispose", "close", "start", "verify", "approve"})  # words for colleagues
_MARK = "@@words@@"  # letters of GSM-7, so that an SMS leaves them alone
BESIDE = "web"  # the page on which a report can always be looked up


class Offer(NamedTuple):
    """A sentence that fits a case, filled in as far as the case allows."""

    id: int
    title: str
    words: str


class Size(NamedTuple):
    """What words cost as SMS: parts, letters, whether they are more than we send, whether some letters become question marks."""

    parts: int
    letters: int
    over: bool
    lost: bool

    @property
    def sentence(self) -> str:
        """In words; static/replies.js says the same while somebody writes."""
        said = f"{self.parts} SMS, {self.letters} huruf."
        if self.over:
            said += f" Terlalu panjang: yang terkirim hanya {MAX_PARTS} SMS, akhirnya terpotong."
        return said + (" Emoji dan huruf asing menjadi tanda tanya di SMS." if self.lost else "")


class Look(NamedTuple):
    """One notice as its reader gets it. `size` only for SMS."""

    label: str
    text: str
    size: Size | None


def offered(work: Work, case: Case, event: str) -> list[Offer]:
    """The sentences for this act on this case: those of one's own unit first, then those of the region, the closest topic first."""
    fitting = fit(work.ref, work.actor, _AS.get(event, event), case.category, reads_on(work, case))
    facts = known(work, case) if fitting else {}
    return [Offer(one.id, one.title, sentences.fill(one.words, facts)) for one in fitting]


def fit(ref: Reference, actor: Actor, act: str, category: str | None, channel: str | None) -> list[Sentence]:
    """The sentences in force that somebody may use for an act, best first. `channel` None = whichever."""
    found = []
    for one in ref.sentences.values():
        near = sentences.nearness(one.category, category)
        if one.act == act and near is not None and one.channel in ("", channel) and within(ref, actor, one):
            found.append(((one.unit_id is None, one.region is None, -near, not one.channel, one.position), one))
    return [one for _, one in sorted(found, key=lambda row: row[0])]


def for_many(ref: Reference, actor: Actor, act: str) -> list[Sentence]:
    """The sentences for an act on cases of whatever topic, in their order."""
    return [one for one in ref.sentences.values() if one.act == _AS.get(act, act) and not one.channel and within(ref, actor, one)]


def within(ref: Reference, actor: Actor, one: Sentence) -> bool:
    """Is this sentence meant for the desk of this person?"""
    if one.unit_id is not None:
        unit = ref.units.get(actor.unit_id or 0)
        return unit is not None and one.unit_id in unit.line
    return one.region is None or actor.region == one.region or (actor.region or "").startswith(one.region + ".")


def known(work: Work, case: Case) -> dict[str, str]:
    """What braces may become here. Never a name, a number or a word of the reporter."""
    ref = work.ref
    unit = ref.units.get(case.unit_id or 0) or ref.units.get(work.actor.unit_id or 0)
    return {
        "tiket": notices.case_facts(work, case)["ticket"], "unit": unit.short if unit else "", "petugas": work.actor.name,
        "tempat": ref.region_name(case.region).partition(",")[0], "bidang": ref.category_name(case.category).lower(),
        "tanggal": promises.date_words(work.now.astimezone(ref.zone).date()),
    }  # fmt: skip


def filled(work: Work, case: Case, words: str) -> str:
    """Words with what this case knows in place of braces."""
    return sentences.fill(words, known(work, case)) if "{" in words else words


def laid(typed: str, sentence: str, replaceable: Iterable[str]) -> str:
    """A sentence put into what somebody has written: in place of nothing and of another sentence as it was, else below their own words."""
    mine = typed.strip()
    return sentence if not mine or mine in {one.strip() for one in replaceable} else f"{mine}\n{sentence}"


def used(work: Work, given: str) -> tuple[int, int] | None:
    """(id, version) of the sentence that words began as, for the book, from the id in a form; None where there is no such row."""
    if not given.isdecimal() or len(given) > 9:
        return None
    one = work.ref.sentences.get(int(given))
    version = one.version if one else templates.version_of(work.session, int(given))
    return (int(given), version) if version is not None else None


def guard(event: str, words: str) -> None:
    """Nobody is sent a text with a blank in it. Raises BadInput."""
    open_ones = sentences.blanks(words) if event not in _INSIDE else []
    if open_ones:
        raise BadInput("words", f"Masih ada yang belum diisi: {', '.join(open_ones[:4])}. Ganti dengan isinya, atau hapus, lalu kirim.")


def reads_on(work: Work, case: Case) -> str:
    """The channel on which the reporter of a case that lies open reads: that of their letter box, else the page of the report."""
    return work.opened[case.id].reads_on or BESIDE


def beside(work: Work, case: Case, event: str) -> dict[str, Any]:
    """What the form of an act shows around its words: the sentences that fit, and for a reader by SMS the frame they are counted in."""
    sms = reads_on(work, case) == "sms" and event in FRAMED
    return {"sentences": offered(work, case, event), "framed": event in FRAMED, "sms": frame(work, case, event) if sms else None}


def frame(work: Work, case: Case, event: str) -> tuple[str, str]:
    """What an SMS says before and after the words of an act."""
    return sides(work.house.wording, event, notices.case_facts(work, case))


def sides(wording: Wording, event: str, facts: dict[str, Any]) -> tuple[str, str]:
    """The same, from facts."""
    before, _, after = wording.write(_notice(event), "sms", **{**facts, "words": _MARK}).partition(_MARK)
    return before, after


def _notice(event: str) -> str:
    return lifecycle.BY_EVENT[_AS.get(event, event)].notice or ""


def size(before: str, words: str, after: str) -> Size:
    """What words cost in a frame, before anything of them is cut."""
    text = gsm7(f"{before}{words.strip()}{after}".strip())
    count = parts(text)
    return Size(count, len(text), count > MAX_PARTS, gsm7(words).count("?") > words.count("?"))


def looks(work: Work, case: Case, event: str, words: str) -> list[Look]:
    """The whole notice as its reporter will get it on their channel, and as it stands on the page of the report. [] for acts without a frame."""
    if event not in FRAMED:
        return []
    found, facts = [], {**notices.case_facts(work, case), "words": words.strip()}
    before, after = frame(work, case, event)
    for channel in dict.fromkeys((reads_on(work, case), BESIDE)):
        text = work.house.wording.write(_notice(event), channel, **facts)
        label = "Di halaman laporannya" if channel == BESIDE else f"Lewat {CHANNEL_LABELS.get(channel, channel)}"
        found.append(Look(label, text, size(before, words, after) if channel == "sms" else None))
    return found
