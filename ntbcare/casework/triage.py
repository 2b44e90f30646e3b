"""Triage: read a new case, say where it belongs and why, start its clocks, and tell the citizen; unsure → the coordinator."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import asking, clockwork, doubting, moves, notices, placing, ways
from ntbcare.casework.likeness import Similar
from ntbcare.casework.placing import Place
from ntbcare.contract import IncomingMessage
from ntbcare.domain import routing
from ntbcare.domain.kinds import Classification, Kind, Urgency, more_urgent
from ntbcare.domain.lifecycle import BY_EVENT, State
from ntbcare.reading.reader import OPENING_HOURS
from ntbcare.reading.splitting import Part, parts
from ntbcare.reading.topics import TopicReading
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact, meet
from ntbcare.records.readings import Reading
from ntbcare.records.work import Work
from ntbcare.wording import shorten

SURE_OF_PLACE = placing.SURE_OF_PLACE
SURE_OF_TOPIC = 0.5
LIKELY_ENOUGH = 0.35
_TITLE = 90
_ONCE = timedelta(hours=1)
SPOKEN = ("sms", "telegram", "whatsapp", "facebook", "instagram", "x", "email")  # channels on which nobody chose a kind from a list


def triage(work: Work, case_id: int) -> None:
    """Triage one case. Safe to run twice: a case that was triaged, or already moved by a person, is left alone."""
    case = cases.get(work.session, case_id)
    if case is None or case.triaged_at is not None or case.state != State.RECEIVED:
        return
    ref = work.ref
    first = case.because is None
    case.triaged_at = work.now
    case.title = case.title or shorten(case.text, _TITLE)
    place, topic = read(work, case)
    decision = ways.decide(work, case)
    case.because, case.routing_version, case.suggested_unit_id = decision.because, decision.version, decision.suggestion
    case.desk_id = (ref.coordinator_of(case.region) or ref.coordinator_of(None) or ref.units[case.desk_id]).id
    if first:
        for name in BY_EVENT["submit"].starts:
            clockwork.start(work, case, name, case.received_at)
    else:
        clockwork.hasten(work, case, "first_response")
    clockwork.settle(work, case)
    matters = parts(case.text, work.ref.topics.read)
    _note(work, case, place, topic, decision, matters)
    work.tell("case:triaged", case.id, category=case.category, region=case.region, urgency=case.urgency, because=decision.because,
              place_because=place.because, topic_because=topic.because, rule=decision.rule, version=decision.version)  # fmt: skip
    ours = decision.unit is not None and case.kind != Kind.TIP
    found = doubting.likest(work, case) if ours else None
    held = found is not None and doubting.hold(work, case, found, first=first)
    if held:
        case.suggested_unit_id = decision.unit  # for a coordinator who does not wait
    if ours and not held:
        moves.move(work, case, "verify", moves.Given(quiet=True))
        moves.move(work, case, "dispose", moves.Given(unit=decision.unit, words=decision.because, quiet=first))
    ways.involve(work, case, decision)
    if first:
        _receipt(work, case, place, topic, found, several=len(matters) > 1)
    else:
        if case.question and (held or case.state != State.RECEIVED):  # a position or more words said what we had asked
            case.question = asking.ANSWERED
        if not held:
            asking.thank(work, case)
        doubting.read_later(work, case, found)


def route(work: Work, case_id: int) -> None:
    """What waited for its sender's word, and heard none, goes to its desk now. Safe to run twice; what a person moved is left alone."""
    case = cases.get(work.session, case_id)
    if case is None or case.offered_until is None or case.state != State.RECEIVED:
        return
    case.offered_until = case.triaged_at = None
    triage(work, case_id)


def _receipt(work: Work, case: Case, place: Place, topic: TopicReading, found: list[Similar] | None, *, several: bool) -> None:
    """The receipt, with the one question the reader has where it found no desk."""
    question = asking.Question()
    if case.state == State.RECEIVED and case.offered_until is None and case.kind != Kind.TIP:
        question = asking.find(work, case, topic, place.unclear, several=several)
    if question.words:
        case.question = question.words
        work.tell("case:reader_asked", case.id, words=question.words)
    told = case.contact_id is not None and emergency_told(work, case.contact_id)
    number = "" if told else emergency(work, case.text)
    said = "" if case.channel == asking.ON_ITS_PAGE else question.words
    body = work.ref.units.get(case.suggested_unit_id or 0) if case.state == State.RECEIVED else None
    elsewhere = (
        body if body is not None and body.level == "central" else None
    )  # another government's matter: said at once, in its own words
    doubting.receipt(
        work, case, found, choices=question.choices, emergency=number, question=said,
        elsewhere=elsewhere.short if elsewhere else "", elsewhere_because=case.because if elsewhere else "",
    )  # fmt: skip


def _note(work: Work, case: Case, place: Place, topic: TopicReading, decision: routing.Decision, matters: list[Part]) -> None:
    """What the reader made of it, kept beside the case: the measure of its errors."""
    case.rule_id = decision.rule
    read = {
        "case_id": case.id, "version": topic.version, "kind": topic.kind, "category": topic.detail or topic.category,
        "confidence": topic.confidence, "ranked": [list(pair) for pair in topic.ranked], "urgency": topic.urgency, "region": place.code,
        "region_confidence": place.confidence, "rests_on": [*place.words, *topic.words], "rule_id": decision.rule,
        "unit_id": decision.unit, "at": work.now,
        "split": [list(part) for part in matters],
    }  # fmt: skip
    made = insert(Reading).values(read)
    work.session.execute(made.on_conflict_do_update(index_elements=["case_id"], set_={name: made.excluded[name] for name in read}))


def read(work: Work, case: Case) -> tuple[Place, TopicReading]:
    """Reads place, topic and urgency of a case, stored or not, and sets them on it; returns what they rest on."""
    topic = work.ref.topics.read(case.text)
    _topic(work, case, topic)  # first: near a border topic and urgency decide whether the place is asked for
    place = placing.read_place(work, case)
    case.region, case.place_because = place.code, place.because
    case.vulnerable = case.vulnerable or work.ref.vulnerable.hears(case.text)
    return place, topic


def emergency(work: Work, text: str) -> str:
    """The number to call now, when the words speak of an emergency; "" otherwise. No queue may stand before it (domain.md 7.2).

    The deployment's own words name the number where somebody is in danger now, and those marked `always` wherever they stand; an
    emergency without one of them is the first number's. Whoever is told a number has an urgent case: never one without the other.
    """
    plain = work.ref.plain.words(text)
    words = f" {' '.join(plain)} "
    urgent = work.ref.lexicon.is_urgent(plain, text)
    for number, label, signs in work.ref.emergency:
        if (urgent or number in work.ref.always) and any(f" {sign} " in words for sign in signs):
            return f"{number} ({label})"
    if work.ref.emergency and urgent:
        number, label, _ = work.ref.emergency[0]
        return f"{number} ({label})"
    return ""


def answer_emergency(work: Work, message: IncomingMessage, text: str) -> None:
    """Before anything else, whatever the message may mean: whoever tells of an emergency is told the number to call, once an hour.

    Whoever really wrote it is awake, and wants this answer whatever they told us before: neither the night nor an earlier STOP holds it.
    """
    number = emergency(work, text)
    if not number:
        return
    contact = work.session.get_one(Contact, meet(work.session, message.channel, message.sender).id)
    if message.authentic:
        contact.heard_at, contact.opted_out_at = work.now, None
    if not emergency_told(work, contact.id):
        notices.say(work, contact, "emergency", emergency=number)


def emergency_told(work: Work, contact_id: int) -> bool:
    """Did we name this person a number to call within the hour?"""
    told = (Notice.contact_id == contact_id) & (Notice.template == "emergency") & (Notice.created_at > work.now - _ONCE)
    return work.session.execute(select(Notice.id).where(told).limit(1)).first() is not None


def locate(work: Work, case: Case, lat: float, lon: float) -> None:
    """A position sent after the words: a case still without a desk of its own is triaged again with it."""
    case.lat, case.lon = lat, lon
    waits = case.offered_until is not None  # is it still like the one that was named?
    if case.state == State.RECEIVED and (waits or case.region is None or asking.about_place(work, case)):
        if not waits and not work.ref.points.nearest(lat, lon).outside:
            case.region = None  # what was certain of several places stands back
        work.tell("case:located", case.id)
        asking.read_again(work, case)


def _topic(work: Work, case: Case, topic: TopicReading) -> None:
    """Topic, kind and urgency. What the citizen chose stays; urgency is only ever raised."""
    if case.kind == Kind.COMPLAINT and case.channel in SPOKEN:
        if topic.kind == Kind.ASPIRATION:
            case.kind, case.classification = Kind.ASPIRATION, Classification.ASPIRATION
        elif topic.kind == "question" or topic.sort == OPENING_HOURS:
            case.classification = Classification.INFORMATION
    if case.category is None and topic.category and topic.confidence >= SURE_OF_TOPIC:
        case.category = topic.detail or topic.category
    category = work.ref.categories.get(case.category or "")
    urgency = Urgency.URGENT if emergency(work, case.text) else more_urgent(case.urgency, topic.urgency)
    if case.category is None and urgency == Urgency.URGENT and topic.ranked and topic.ranked[0][1] >= LIKELY_ENOUGH:
        case.category = topic.ranked[0][0]  # with a life at stake the likeliest desk at once, not the surest tomorrow
    if category is not None and category.default_urgency != Urgency.NORMAL:
        # a topic alone never makes an emergency ("banjir bulan lalu"): only the words of the text do
        urgency = more_urgent(urgency, Urgency.IMPORTANT)
    case.urgency = urgency
