"""A reporter corrects the place of a report: it is believed, told to whoever works on it, and moves nothing that lies with a unit."""

from __future__ import annotations

from ntbcare.casework import asking, brakes, interest, merging, notices, placing, recusing, ways
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.reading import ralat
from ntbcare.reading.likeness import district_of
from ntbcare.reading.places import PlaceReading
from ntbcare.records.cases import Case
from ntbcare.records.work import Work


def tells(work: Work, case: Case, words: str) -> PlaceReading | None:
    """The place these words put right for an open case; None when they correct nothing, or say no more than is known."""
    if case.state not in OPEN or case.state == State.NEEDS_INFO:  # what an officer asked is answered, and the officer reads it
        return None
    before = case.region or work.ref.gazetteer.find(case.text).code  # a worker may not have read it yet
    found = ralat.read(words, work.ref.gazetteer, frozenset({before} if before else ()))
    if found is None or found.code is None or (case.region is not None and placing.within(case.region, found.code)):
        return None
    return found


def corrected(work: Work, case: Case, words: str) -> bool:
    """Do these words correct the place? Then it is changed, written down and confirmed; what is still unread is read again with it.

    The old place and the words stand in the book. A case that lies with a unit stays there: no move takes it away by itself, so the unit
    that the rules name for the new place is proposed, and the desk sees it with the news.
    """
    found = tells(work, case, words)
    if found is None or found.code is None:
        return False
    ref, was = work.ref, case.region
    if district_of(was) != district_of(found.code) and (merging.parents(work, case) or merging.followed(work, case)):
        return _left_to_a_person(work, case, words, ref.region_name(found.code))
    case.region = found.code
    now = ref.region_name(found.code)
    case.place_because = f"Pelapor meralat tempat: {now}" + (f", sebelumnya {ref.region_name(was)}." if was else ".")
    said = case.place_because
    if case.state == State.RECEIVED:
        case.text = f"{case.text}\n{words}"
        if case.question and case.category is not None:  # it asked for the place
            case.question = asking.ANSWERED
        asking.read_again(work, case)
    else:
        said += _elsewhere(work, case)
    work.tell("case:place_corrected", case.id, words=f"{said} Kata pelapor: “{words}”", was=was, now=case.region)
    if case.contact_id is None or not brakes.talkative(work, case.contact_id):
        notices.owe(work, case, "place_corrected", words=now)
    recusing.heard(work, case, words)
    return True


def _left_to_a_person(work: Work, case: Case, words: str, now: str) -> bool:
    """Others told of the same, and their place is not this reporter's to change: whoever works on it parts them first, or asks."""
    told = f"Pelapor meralat tempat menjadi {now}. Belum diterapkan, karena orang lain melaporkan hal yang sama di tempat semula."
    work.tell("case:words_added", case.id, words=f"{told} Kata pelapor: “{words}”")
    if case.contact_id is None or not brakes.talkative(work, case.contact_id):
        notices.owe(work, case, "words_added")
    recusing.heard(work, case, words)
    return True


def _elsewhere(work: Work, case: Case) -> str:
    """Propose the unit of the new place, and say so; "" where it is the same or nobody has the case yet."""
    ref = work.ref
    if case.unit_id is None:
        if not case.hand_backs:  # after a hand-back the proposal of the unit that knew better stands
            ways.route_again(work, case)
        desk = interest.coordinator(work, case)
        if desk is not None and ref.units[case.desk_id].kind == "coordinator":
            case.desk_id = desk.id
        return ""
    decision = ways.decide(work, case)
    proposed = ref.units.get(decision.unit or decision.suggestion or 0)
    if decision.unit == case.unit_id:
        case.because = decision.because  # the old one names the old place
    if proposed is None or proposed.id == case.unit_id:
        return ""
    case.suggested_unit_id = proposed.id
    return f" Untuk tempat itu yang berwenang {proposed.name}."
