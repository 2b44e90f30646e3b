"""Trying the rules without any case: where a text would go and why, and what another rule table would have done last month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from ntbcare.casework import asking, clockwork, learning, triage, ways
from ntbcare.domain import clock as promises
from ntbcare.domain import routing, rulebook, tickets
from ntbcare.domain.kinds import KIND_LABELS, URGENCY_LABELS, Classification, Kind, Urgency
from ntbcare.domain.routing import Decision, Rule
from ntbcare.reading.splitting import parts
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

CHANNELS = ("sms", "telegram")
# the steps of domain.routing.rank, as reasons
_STEPS = (
    "ia melindungi pelapor (jalur tertutup, atau yang dilaporkan tidak memimpin)", "ia khusus untuk jenis laporan ini",
    "ia menyebut kata yang ditulis pelapor", "topiknya lebih khusus", "wilayahnya lebih khusus", "nomor urutnya lebih kecil",
    "ia lebih dulu dicatat; kedua aturan sama kuat, perbaiki tabelnya",
)  # fmt: skip
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Way:
    """One rule as people read it: `order` and version name it in the file, `goes` = whom it names, `why` = its reason."""

    id: int | None
    order: int | None
    version: str
    goes: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a text would go. `door` is set when it would be turned away before anything is stored; `question`: what its sender would be asked,
    "" for nothing; `words`: (channel, text)."""

    place: str
    place_because: str
    topic: str
    topic_because: str
    kind: str
    urgency: str
    way: Way
    helpers: list[str]
    runner_up: Way | None
    beats: str
    question: str
    words: list[tuple[str, str]]
    door: str = ""
    fault: str = ""
    empty: bool = False


def explain(work: Work, text: str, *, region: str | None = None, category: str | None = None, place: str | None = None) -> Explanation:
    """Everything triage would say of a text, and the words its sender would read. Nothing is stored, nothing is written anywhere."""
    case = Case(
        text=text, kind=Kind.COMPLAINT, classification=Classification.ORDINARY, region=region, category=category, place=place, channel="sms",
        urgency=Urgency.NORMAL, confidential=False, anonymous=False,
    )  # fmt: skip
    where, topic = triage.read(work, case)
    ref, asked = work.ref, ways.asked(work, case)
    decision = ways.decide(work, case)
    order = routing.contest(asked, ref.rules)
    second = routing.apply(order[1], asked, ref.unit_of) if len(order) > 1 else None
    unit = ref.units.get(decision.unit or 0)
    door, question = ref.safe_way if ref.tells_violation(text) else "", ""
    if not door and decision.unit is None and case.kind != Kind.TIP:
        question = asking.foreseen(work, case, topic, where.unclear, several=len(parts(text, ref.topics.read)) > 1)
    return Explanation(
        place=ref.region_name(case.region), place_because=where.because, topic=ref.category_name(case.category), topic_because=topic.because,
        kind=KIND_LABELS[Kind(case.kind)], urgency=URGENCY_LABELS[Urgency(case.urgency)],
        way=_way(work, order[0] if order else None, decision), helpers=[ref.units[one].name for one in decision.also],
        runner_up=_way(work, order[1], second) if second else None, beats=_beats(order),
        question=question, words=_words(work, case, decision, question), door=door, fault=decision.fault,
        empty=unit is not None and not ways.staffed(work, unit),
    )  # fmt: skip


def _beats(order: Sequence[Rule]) -> str:
    """Why the first rule wins over the second: the first step of the rank at which they differ."""
    if len(order) < 2:
        return ""
    one, other = routing.rank(order[0]), routing.rank(order[1])
    return next(step for step, mine, theirs in zip(_STEPS, one, other, strict=True) if mine != theirs)


def _way(work: Work, rule: Rule | None, decision: Decision) -> Way:
    return Way(rule.id if rule else None, rule.order if rule else None, decision.version, _goes(work, decision), decision.because)


def _goes(work: Work, decision: Decision) -> str:
    """Whom a decision names, in words."""
    units = work.ref.units
    if decision.unit is not None:
        return units[decision.unit].name
    return "Koordinator" + (f", lalu {units[decision.suggestion].name}" if decision.suggestion is not None else "")


def _words(work: Work, case: Case, decision: Decision, question: str) -> list[tuple[str, str]]:
    """The receipt as it would be sent; ticket and PIN are examples."""
    unit = work.ref.units.get(decision.unit or 0) if case.kind != Kind.TIP else None
    due = clockwork.first_answer_due(work, case.kind, case.classification, case.urgency)
    facts = {
        "ticket": tickets.pretty("000000000"), "track": f"{work.house.public_url}/t/000000000", "product": work.ref.name, "words": "",
        "unit": unit.name if unit else "", "unit_short": unit.short if unit else "", "title": "", "question": question, "like": "", "wait": "", "hidden": triage.hidden(case), "elsewhere": "", "elsewhere_because": "",
        "due": promises.short_moment(due, work.ref.calendar) if due else "", "emergency": triage.emergency(work, case.text),
        "due_long": promises.moment_words(due, work.ref.calendar) if due else "",
    }  # fmt: skip
    said = [(channel, work.house.wording.write("receipt", channel, **facts)) for channel in CHANNELS]
    if decision.suggestion is not None:
        said.append(("forward", decision.because))
    return said


@dataclass(frozen=True, slots=True)
class Moved:
    """One case that another rule table would have sent elsewhere; `rule` = order of the new rule."""

    ticket: str
    was: str
    now: str
    rule: int | None
    because: str


@dataclass(slots=True)
class Rehearsal:
    """Counts of a rehearsal, right once `moved` was walked to its end. `guarded`: of the changed ones those that are not listed."""

    read: int = 0
    changed: int = 0
    guarded: int = 0
    faults: tuple[str, ...] = ()


def rehearse(work: Work, rules: Sequence[Rule], days: int, told: Rehearsal) -> Iterator[Moved]:
    """What `rules` would have done to the cases of the last `days`, beside the rules in force; nothing is changed.

    Reads `days` of cases in slices by id, so that memory stays flat and the first line comes at once; `told` is filled meanwhile.
    Cases that somebody asked protection for are counted and not told: who tries a table may not read them.
    """
    ref = work.ref
    told.faults = tuple(rulebook.faults(rules, ways.known(work)))
    theirs = [rule for rule in rules if rulebook.in_force(rule, ref.today)]
    columns = (Case.id, Case.ticket, Case.kind, Case.category, Case.region, Case.text, learning.unguarded(ref).label("open"))
    since, last = work.now - timedelta(days=days), 0
    while True:
        query = select(*columns).where(Case.received_at >= since, Case.id > last).order_by(Case.id).limit(_SLICE)
        rows = work.session.execute(query).all()
        for row in rows:
            told.read += 1
            asked = ways.asked(work, row)
            was, now = routing.choose(asked, ref.rules, ref.unit_of), routing.choose(asked, theirs, ref.unit_of)
            if (was.unit, was.suggestion, was.also) != (now.unit, now.suggestion, now.also):
                told.changed += 1
                if not row.open:
                    told.guarded += 1
                    continue
                order = next((rule.order for rule in theirs if rule.id == now.rule), None)
                yield Moved(row.ticket, _with_helpers(work, was), _with_helpers(work, now), order, now.because)
        if len(rows) < _SLICE:
            return
        last = rows[-1].id


def _with_helpers(work: Work, decision: Decision) -> str:
    also = [work.ref.units[unit].short for unit in decision.also]
    return _goes(work, decision) + (f" (dibantu {', '.join(also)})" if also else "")
