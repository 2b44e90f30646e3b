"""Triage: read a new case, say where it belongs and why, start its clocks, and tell the citizen; unsure → the coordinator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ntbcare.casework import clockwork, moves, notices
from ntbcare.domain import routing
from ntbcare.domain.kinds import Kind, Urgency, more_urgent
from ntbcare.domain.lifecycle import BY_EVENT, State
from ntbcare.reading.topics import TopicReading
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.wording import shorten

SURE_OF_PLACE = 0.7
SURE_OF_TOPIC = 0.5
_TITLE = 90


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened, as far as we know, and what that rests on."""

    code: str | None
    because: str


class Told(Protocol):
    """What the rules ask of a report, stored or not."""

    @property
    def kind(self) -> str: ...
    @property
    def category(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def text(self) -> str: ...


def triage(work: Work, case_id: int) -> None:
    """Triage one case. Safe to run twice: a case that was triaged, or already moved by a person, is left alone."""
    case = cases.get(work.session, case_id)
    if case is None or case.triaged_at is not None or case.state != State.RECEIVED:
        return
    ref = work.ref
    first = case.because is None
    topic = ref.lexicon.read(case.text)
    place = read_place(work, case)
    case.triaged_at = work.now
    case.title = case.title or shorten(case.text, _TITLE)
    case.region, case.place_because = place.code, place.because
    _topic(work, case, topic)
    decision = _decide(work, case)
    case.because, case.routing_version, case.suggested_unit_id = decision.because, decision.version, decision.suggestion
    case.desk_id = (ref.coordinator_of(case.region) or ref.coordinator_of(None) or ref.units[case.desk_id]).id
    if first:
        for name in BY_EVENT["submit"].starts:
            clockwork.start(work, case, name, case.received_at)
    clockwork.settle(work, case)
    work.tell("case:triaged", case.id, category=case.category, region=case.region, urgency=case.urgency, because=decision.because,
              place_because=place.because, topic_because=topic.because, rule=decision.rule, version=decision.version)  # fmt: skip
    if decision.unit is not None and case.kind != Kind.TIP:
        moves.move(work, case, "verify", moves.Given(quiet=True))
        moves.move(work, case, "dispose", moves.Given(unit=decision.unit, words=decision.because, quiet=first))
    if first:
        notices.owe(work, case, "receipt", emergency=emergency(work, case.text))


def emergency(work: Work, text: str) -> str:
    """The number to call now, when the words speak of an emergency; "" otherwise. No queue may stand before it (domain.md 7.2)."""
    words = f" {' '.join(work.ref.plain.words(text))} "
    for number, label, signs in work.ref.emergency:
        if any(f" {sign} " in words for sign in signs):
            return f"{number} ({label})"
    return ""


def route_again(work: Work, case: Case) -> None:
    """A coordinator changed topic or place: which unit would the rules name now, and why? A suggestion, not a move."""
    decision = _decide(work, case)
    case.because, case.routing_version = decision.because, decision.version
    case.suggested_unit_id = decision.unit or decision.suggestion


def foresee(work: Work, case: Told) -> int | None:
    """The unit triage will name for a case whose topic and region were chosen from the lists; None when it must be read first."""
    if case.category is None or case.region is None:
        return None
    return _decide(work, case).unit


def locate(work: Work, case: Case, lat: float, lon: float) -> None:
    """A position sent after the words: a case still without a desk of its own is triaged again with it."""
    case.lat, case.lon = lat, lon
    if case.state == State.RECEIVED and case.region is None:
        work.tell("case:located", case.id)
        read_again(work, case)


def read_again(work: Work, case: Case) -> None:
    """Something was added to a case that has no desk of its own yet: a worker reads it as if it were new."""
    case.triaged_at = None
    work.session.flush()
    work.errand("triage", case.id, key=f"triage:{case.id}:{case.version}")


def read_place(work: Work, case: Case) -> Place:
    """The most certain source wins: a code chosen from the list, the words of the place field, the position, the text."""
    ref = work.ref
    if case.region is not None and case.place is None and case.lat is None:
        return Place(case.region, f"Pelapor memilih {ref.region_name(case.region)}.")
    near = frozenset({case.region}) if case.region else frozenset()
    if case.place:
        found = ref.gazetteer.find(case.place, near=near, field=True)
        if found.code and found.confidence >= SURE_OF_PLACE and _within(found.code, case.region):
            return Place(found.code, found.because)
    if case.lat is not None and case.lon is not None:
        point = ref.points.nearest(case.lat, case.lon)
        if point.code and not point.outside and _within(point.code, case.region):
            return Place(point.code, point.because)
        if point.outside and case.region is None:
            return Place(None, point.because)
    if case.region is not None:
        return Place(case.region, f"Pelapor memilih {ref.region_name(case.region)}.")
    found = ref.gazetteer.find(case.text)
    if found.code and found.confidence >= SURE_OF_PLACE:
        return Place(found.code, found.because)
    return Place(None, found.because or "Tempatnya belum jelas dari tulisan pelapor.")


def _within(code: str, chosen: str | None) -> bool:
    """Words or a position may make the chosen region more exact; they never contradict it."""
    return chosen is None or code == chosen or code.startswith(chosen + ".")


def _topic(work: Work, case: Case, topic: TopicReading) -> None:
    """Topic and urgency. What the citizen chose stays; urgency is only ever raised."""
    if case.category is None and topic.category and topic.confidence >= SURE_OF_TOPIC:
        case.category = topic.detail or topic.category
    category = work.ref.categories.get(case.category or "")
    urgency = more_urgent(case.urgency, topic.urgency)
    if category is not None and category.default_urgency != Urgency.NORMAL:
        # a topic alone never makes an emergency ("banjir bulan lalu"): only the words of the text do
        urgency = more_urgent(urgency, Urgency.IMPORTANT)
    case.urgency = urgency


def _decide(work: Work, case: Told) -> routing.Decision:
    ref = work.ref
    words = ref.plain.words(case.text)
    phrases = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    category = ref.category_name(case.category)
    return routing.choose(case.kind, case.category, category, case.region, ref.region_name(case.region), phrases, ref.rules, ref.unit_of)


def explain(work: Work, case: Case) -> list[tuple[str, str]]:
    """What triage would say of a case that is not stored: (label, words) lines for `route-explain`."""
    topic = work.ref.lexicon.read(case.text)
    place = read_place(work, case)
    case.region = place.code
    _topic(work, case, topic)
    decision = _decide(work, case)
    unit = work.ref.units.get(decision.unit or decision.suggestion or 0)
    return [
        ("place", f"{place.code or '-'} {work.ref.region_name(place.code)}: {place.because}"),
        ("topic", f"{case.category or '-'} ({topic.confidence:.2f}): {topic.because}"),
        ("kind", f"{topic.kind or '-'} {', '.join(topic.kind_words)}"),
        ("urgency", case.urgency),
        ("unit", unit.name if unit and decision.unit else "koordinator" + (f", lalu {unit.name}" if unit else "")),
        ("because", f"{decision.because} (rule {decision.rule}, version {decision.version})"),
    ]
