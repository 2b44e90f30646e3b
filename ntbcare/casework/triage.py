"""Triage: read a new case, say where it belongs and why, start its clocks, and tell the citizen; unsure → the coordinator."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import asking, clockwork, doubting, interest, moves, notices, placing, recusing, ways
from ntbcare.casework.likeness import Similar
from ntbcare.casework.placing import Place
from ntbcare.contract import IncomingMessage
from ntbcare.domain import routing
from ntbcare.domain.kinds import Classification, Kind, Urgency, more_urgent
from ntbcare.domain.lifecycle import BY_EVENT, State
from ntbcare.reading import discretion
from ntbcare.reading.reader import OPENING_HOURS
from ntbcare.reading.rescue import Call
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
    decision = ways.decide(work, case) if not place.outside else routing.Decision(None, place.because, None, "")
    case.because, case.routing_version, case.suggested_unit_id = decision.because, decision.version, decision.suggestion
    recusing.marked(work, case, interest.mark(work, case))
    case.desk_id = (interest.coordinator(work, case) or ref.units[case.desk_id]).id
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
    ours = decision.unit is not None and case.kind != Kind.TIP and decision.unit not in (case.accused or ())
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
    if place.outside and case.kind != Kind.TIP and case.question is None and asking.reachable(work, case):
        question = asking.Question(
            f"Sepertinya ini di luar {work.ref.short}: sampaikan lewat {work.ref.elsewhere_way}. Bila di {work.ref.short}, balas nama desanya."
        )
    elif case.state == State.RECEIVED and case.offered_until is None and case.kind != Kind.TIP:
        question = asking.find(work, case, topic, place.unclear, several=several)
    if question.words:
        case.question = question.words
        work.tell("case:reader_asked", case.id, words=question.words)
    number = emergency(work, case.text)
    if number and case.contact_id is not None and emergency_told(work, case.contact_id, number):
        number = ""
    said = "" if case.channel == asking.ON_ITS_PAGE else question.words
    body = work.ref.units.get(case.suggested_unit_id or 0) if case.state == State.RECEIVED else None
    elsewhere = (
        body if body is not None and body.level == "central" else None
    )  # another government's matter: said at once, in its own words
    doubting.receipt(
        work, case, found, choices=question.choices, emergency=number, question=said, hidden=hidden(case),
        elsewhere=elsewhere.short if elsewhere else "", elsewhere_because=case.because if elsewhere else "",
    )  # fmt: skip


def hidden(case: Case) -> str:
    """What a report keeps to itself because its words ask for it, in the receipt's words; "" for most. "#rahasia" weighs more than a name."""
    if case.channel == asking.ON_ITS_PAGE:
        return ""  # there it was ticked, and stands on its page
    return "Laporan ini kami rahasiakan." if case.confidential else "Nama Anda kami rahasiakan." if case.anonymous else ""


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
    name, whole = discretion.asks(case.text, work.ref.plain)
    case.anonymous, case.confidential = case.anonymous or name, case.confidential or whole  # only ever adds protection
    case.vulnerable = case.vulnerable or work.ref.vulnerable.hears(case.text)
    return place, topic


def emergency(work: Work, text: str) -> str:
    """The number to call now, when the words speak of an emergency; "" otherwise. No queue may stand before it (domain.md 7.2)."""
    call = danger(work, text)
    return call.told() if call is not None else ""


def danger(work: Work, text: str) -> Call | None:
    """Whom to call now, and the topic of the words that say so; None when nobody is in danger.

    The deployment's own words name the number where somebody is in danger now, and those marked `always` wherever they stand; an
    emergency without one of them is that of the number for everything, where the place has one. Whoever is told a number has an urgent
    case: never one without the other.
    """
    plain = work.ref.plain.words(text)
    return work.ref.rescue.find(plain, work.ref.lexicon.is_urgent(plain, text), lambda: work.ref.gazetteer.find(text).certain)


def answer_emergency(work: Work, message: IncomingMessage, text: str) -> bool:
    """Before anything else, whatever the message may mean: whoever tells of an emergency is told the number to call, once an hour.
    Returns whether the words tell of one.

    Whoever really wrote it is awake, and wants this answer whatever they told us before: neither the night nor an earlier STOP holds it.
    """
    number = emergency(work, text)
    if not number:
        return False
    contact = work.session.get_one(Contact, meet(work.session, message.channel, message.sender).id)
    if message.authentic:
        contact.heard_at, contact.opted_out_at = work.now, None
    if not emergency_told(work, contact.id, number):
        notices.say(work, contact, "emergency", emergency=number)
    return True


def alarm(work: Work, case: Case, words: str, *, own: bool = True) -> bool:
    """Do these words, kept with the case already (`own`: its reporter's), speak of an emergency? Then it is urgent from now on: its clocks are
    hastened, and what has no desk yet is read again with them."""
    if not emergency(work, words):
        return False
    if case.urgency != Urgency.URGENT:
        was, case.urgency = case.urgency, Urgency.URGENT
        for name in ("verify", "first_response"):
            clockwork.hasten(work, case, name)
        clockwork.settle(work, case)
        work.tell("case:alarmed", case.id, was=was)
    if case.state == State.RECEIVED and case.because is not None:  # one that was never read is read with everything all the same
        if own and words not in case.text:
            case.text = f"{case.text}\n{words}"
        if case.triaged_at is not None:
            asking.read_again(work, case)
    return True


def emergency_told(work: Work, contact_id: int, number: str) -> bool:
    """Did we name this person this very number within the hour? Another danger has another number, which is not kept from them."""
    told = (Notice.contact_id == contact_id) & (Notice.template == "emergency") & (Notice.created_at > work.now - _ONCE)
    named = Notice.body.contains(f"Telepon {number.split(' ')[0]} ", autoescape=True)
    return work.session.execute(select(Notice.id).where(told, named).limit(1)).first() is not None


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
    call = danger(work, case.text)
    if case.category is None and call is not None and call.topic in work.ref.categories and not _for_few(work, topic):
        case.category = call.topic  # what burns is the fire brigade's, also where it is a school or a market
    if case.category is None and topic.category and topic.confidence >= SURE_OF_TOPIC:
        case.category = topic.detail or topic.category
    category = work.ref.categories.get(case.category or "")
    urgency = Urgency.URGENT if call is not None else more_urgent(case.urgency, topic.urgency)
    if case.category is None and urgency == Urgency.URGENT and topic.ranked and topic.ranked[0][1] >= LIKELY_ENOUGH:
        case.category = topic.ranked[0][0]  # with a life at stake the likeliest desk at once, not the surest tomorrow
    if category is not None and category.default_urgency != Urgency.NORMAL:
        # a topic alone never makes an emergency ("banjir bulan lalu"): only the words of the text do
        urgency = more_urgent(urgency, Urgency.IMPORTANT)
    case.urgency = urgency


def _for_few(work: Work, topic: TopicReading) -> bool:
    """Do words of a topic with few readers stand in the text? Then an alarm does not give it to more."""
    closed = topic.category if work.ref.lexicon.is_sealed(topic.category) else None
    return closed is not None and dict(topic.scores).get(closed, 0.0) > 0.0
