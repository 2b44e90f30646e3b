"""Where a report happened: the most certain source, and near a border the reporter, before somebody else's desk gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ntbcare.casework import asking, ways
from ntbcare.domain import routing
from ntbcare.domain.kinds import Kind, Urgency
from ntbcare.reading import ralat
from ntbcare.reading.borders import BorderReading
from ntbcare.reading.places import PlaceReading
from ntbcare.reading.splitting import parts
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

SURE_OF_PLACE = 0.7
_EARLIER = 3  # reports of the same sender that help to tell namesakes apart
_TOLD = 2  # neighbours that a reason names
_BORDER = "Titik Anda dekat batas."


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened, as far as we know, and what that rests on."""

    code: str | None
    because: str
    confidence: float = 1.0
    words: tuple[str, ...] = ()
    unclear: PlaceReading | None = None  # what the text or the position says of it where that is not enough
    outside: str = ""  # a place that is not ours: no desk of ours is named


def read_place(work: Work, case: Case) -> Place:
    """The most certain source wins: a code chosen from the list, the words of the place field, the position, the text.

    Topic and urgency must stand already: near a border they decide whether the neighbour would be another desk's.
    """
    ref = work.ref
    if case.region is not None and case.place is None and case.lat is None:
        return _known(work, case)
    near = frozenset({case.region}) if case.region else frozenset()
    if case.place:
        found = ref.gazetteer.find(case.place, near=near, field=True)
        if found.code and found.confidence >= SURE_OF_PLACE and within(found.code, case.region):
            return Place(found.code, found.because, found.confidence, found.words)
    if case.lat is not None and case.lon is not None:
        point = ref.points.nearest(case.lat, case.lon)
        if point.code and not point.outside and within(point.code, case.region):
            return _at(work, case, point.code, point)
        if point.outside and case.region is None:
            return Place(None, point.because, 0.0)
    if case.region is not None:
        return _known(work, case)
    found = ralat.within(case.text, ref.gazetteer) or ref.gazetteer.find(case.text)
    away = ref.elsewhere.find(case.text, found.words if found.code else ())
    if away:
        return Place(
            None, f"Menurut tulisannya di luar {ref.short}: {away}. Jalannya lewat {ref.elsewhere_way}.", 0.0, (away,), outside=away
        )
    if (found.code is None or found.confidence < SURE_OF_PLACE) and found.candidates:
        found = ref.gazetteer.find(case.text, near=_before(work, case))
    if found.code and found.confidence >= SURE_OF_PLACE:
        return Place(found.code, found.because, found.confidence, found.words)
    because = found.because or "Tempatnya belum jelas dari tulisan pelapor."
    return Place(found.certain, because, found.confidence, found.words, found)


def within(code: str, chosen: str | None) -> bool:
    """Words or a position may make the chosen region more exact; they never contradict it."""
    return chosen is None or routing.below(code, chosen)


def _known(work: Work, case: Case) -> Place:
    """A region that stands already: chosen from the list, or found before. What was found may become more exact with the words since."""
    assert case.region is not None
    if case.place_because is None:
        return Place(case.region, f"Pelapor memilih {work.ref.region_name(case.region)}.")
    found = work.ref.gazetteer.find(case.text, near=frozenset({case.region}))
    if found.code and found.confidence >= SURE_OF_PLACE and within(found.code, case.region):
        return Place(found.code, found.because, found.confidence, found.words)
    return Place(case.region, case.place_because)


def _before(work: Work, case: Case) -> frozenset[str]:
    """Where this sender's earlier reports were: of two places with one name, theirs is meant."""
    if case.contact_id is None:
        return frozenset()
    earlier = select(Case.region).where(Case.contact_id == case.contact_id, Case.id < case.id, Case.region.is_not(None))
    return frozenset(work.session.scalars(earlier.order_by(Case.id.desc()).limit(_EARLIER)))


def _at(work: Work, case: Case, code: str, point: BorderReading) -> Place:
    """By the position; near a border the words decide, and where they do not, the reporter, if the neighbour were another desk's."""
    ref = work.ref
    close = [other for other in point.near if within(other, case.region)]
    if not close:
        return Place(code, point.because)
    because = f"{point.because}{_neighbours(work, point)}"
    found = ref.gazetteer.find(case.text, near=frozenset((code, *close)))
    sure = found.code if found.confidence >= SURE_OF_PLACE else None
    named = [one for one in (code, *close) if sure and (routing.below(one, sure) or routing.below(sure, one))]
    if len(named) == 1:
        return Place(named[0], f"{because} Pelapor menulis {ref.region_name(sure)}.", found.confidence, found.words)
    code, *close = named or (code, *close)
    asked = ways.asked(work, case)
    own = _desk(work, asked, code)
    rivals = [other for other in close if _desk(work, asked, other) != own][: asking.MOST - 1]
    common = _common((code, *rivals))
    if not rivals or isinstance(_desk(work, asked, common), int) or not _may_ask(work, case):
        return Place(code, because)
    head, open_ = f"{_BORDER} Di mana kejadiannya?", f"{_BORDER} Di desa dan kecamatan mana kejadiannya?"
    reading = PlaceReading(common, None, 1.0, (), because, (code, *rivals), open_, head=head)
    return Place(common, f"{because} Kami tanyakan kepada pelapor.", unclear=reading)


def _neighbours(work: Work, point: BorderReading) -> str:
    """The areas close by that the reading itself does not name."""
    names = (work.ref.region_name(code) for code in point.near[:_TOLD])
    unsaid = [name for name in names if name.partition(",")[0] not in point.because]
    return f" Hampir sama dekatnya: {'; '.join(unsaid)}." if unsaid else ""


def _desk(work: Work, asked: routing.Asked, code: str | None) -> int | str:
    """Where the rules would send a report from there: a unit or an outer body (its id), else the coordinator of a regency."""
    there = replace(asked, region=code, region_name=work.ref.region_name(code))
    decision = routing.choose(there, work.ref.rules, work.ref.unit_of)
    return decision.unit or decision.suggestion or routing.regency_of(code)


def _common(codes: Sequence[str]) -> str | None:
    """What all of them lie in: a district, a regency, or None."""
    above = codes[0]
    while above.count(".") and not all(routing.below(code, above) for code in codes):
        above = above.rpartition(".")[0]
    return above if above.count(".") else None


def _may_ask(work: Work, case: Case) -> bool:
    """Is there somebody to ask, now or asked already, who is in no danger and needs no protection? Otherwise nothing is held back."""
    category = work.ref.categories.get(case.category or "")
    if case.kind == Kind.TIP or case.urgency == Urgency.URGENT or (category is not None and category.sealed != "no"):
        return False
    if case.because is not None:
        return bool(case.question and case.question.startswith(_BORDER))
    return asking.reachable(work, case) and len(parts(case.text, work.ref.topics.read)) < 2
