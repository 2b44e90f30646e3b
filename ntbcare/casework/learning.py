"""How the reader learns: from the examples a province carries, from the cases people have confirmed, from a labelled file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare.domain.errors import BadInput, NotFound
from ntbcare.domain.kinds import Kind, Urgency
from ntbcare.domain.lifecycle import State
from ntbcare.reading.masks import mask
from ntbcare.reading.plain import split
from ntbcare.reading.reader import NOT_A_REPORT
from ntbcare.records import journal, readings, rules
from ntbcare.records.cases import Case
from ntbcare.records.readings import Correction, Model, Reading
from ntbcare.records.reference import Reference
from ntbcare.records.work import Work

if TYPE_CHECKING:
    from ntbcare.reading.training import Example

EXAMPLES, CASES = "examples", "cases"
SORTS = "bukan_laporan"
"""The file of examples that are no reports; its first field is the sort instead of the urgency."""
_KINDS = {"c": str(Kind.COMPLAINT), "a": str(Kind.ASPIRATION), "q": "question", "t": str(Kind.TIP), "v": str(Kind.VIOLATION)}
_URGENCIES = {"b": str(Urgency.NORMAL), "p": str(Urgency.IMPORTANT), "m": str(Urgency.URGENT)}
_SETTLED = (State.RESPONDED, State.CLOSED)
_OWN_WEIGHT, _CASE_WEIGHT = 1.0, 1.0
_MOST_CASES = 50_000


def carried(folder: Path, sealed: Iterable[str] = ()) -> list[Example]:
    """The examples of a seed folder: examples/<category>.tsv with urgency, kind and text. Sealed topics are never learned:
    they are found by rule or not at all. Raises ValueError with file and line for a row that is none."""
    from ntbcare.reading.training import Example

    closed, found = set(sealed), []
    for path in sorted((folder / "examples").glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            first, kind, text = [*line.split("\t"), "", ""][:3]
            if not text or kind not in _KINDS or (path.stem != SORTS and first not in _URGENCIES):
                raise ValueError(f"{path.name}:{number}: not an example: {line[:60]}")
            if path.stem == SORTS:
                found.append(Example(text, NOT_A_REPORT + first, weight=_OWN_WEIGHT))
            else:
                topic = None if path.stem in closed else path.stem
                found.append(Example(text, topic, _KINDS[kind], _URGENCIES[first], _OWN_WEIGHT))
    return found


@lru_cache(maxsize=1)
def carried_words(folder: Path) -> tuple[str, ...]:
    """The folded words of each example of a seed folder, with single spaces; read once, 0.3 s."""
    return tuple(" ".join(split(example.text)[0]) for example in carried(folder))


def closed_topics(ref: Reference) -> frozenset[str]:
    """Topics that stand open to no desk, or only to some, and all below them."""
    own = {code for code, category in ref.categories.items() if category.sealed != "no"}
    return frozenset(own | {code for code in ref.categories if code.partition(".")[0] in own})


def unguarded(ref: Reference) -> ColumnElement[bool]:
    """Is a case none that somebody asked protection for: no tip, not rahasia, not anonim, of no closed topic? Never NULL."""
    open_topic = or_(Case.category.is_(None), Case.category.not_in(closed_topics(ref)))
    return and_(Case.kind != Kind.TIP, Case.confidential.is_(False), Case.anonymous.is_(False), open_topic)


def first_model(work: Work, folder: Path) -> bool:
    """Train on the examples of `folder` unless that was done; a model of the deployment's own stays the active one. True = trained."""
    ref = Reference(work.session, "", work.now.date())
    examples = carried(folder, _sealed(ref))
    if not examples:
        return False
    from ntbcare.reading import training

    version = training.named(examples, EXAMPLES)
    if work.session.get(Model, version) is not None:
        return False
    model = training.train(examples, ref.plain, ref.lexicon, origin=EXAMPLES)
    active = readings.active_model(work.session)
    _keep(work, model.card, model.dump(), activate=active is None or active.origin == EXAMPLES)
    return True


def train(work: Work, folder: Path, *, labelled: Sequence[Example] = (), activate: bool = True) -> dict[str, Any]:
    """A model of the examples, the confirmed cases of this deployment and `labelled` texts. Returns its card; the caller commits.

    The card tells in `from_cases` how many confirmed cases it learned from, in `from_file` how many labelled texts, and in `left_out` how
    many words only so few cases hold that it forgot them.
    """
    from ntbcare.reading import training

    ref = work.ref
    sealed = set(_sealed(ref))
    own = list(confirmed(work))
    rows = [example for example in labelled if example.topic not in sealed]
    origin = CASES if own and not rows else "file" if rows else EXAMPLES
    model = training.train([*carried(folder, sealed), *own, *rows], ref.plain, ref.lexicon, origin=origin)
    model.card["from_cases"], model.card["from_file"] = len(own), len(rows)
    _keep(work, model.card, model.dump(), activate=activate)
    return model.card


def confirmed(work: Work) -> Iterator[Example]:
    """Answered cases whose topic a person has confirmed. Numbers and addresses are masked.

    Confirmed means one of three: somebody set another topic than the one read (a Correction); somebody verified the case or set its
    topic (the book names a person, triage has no number); or the unit to which the topic brought it answered (only people make that move)
    and nobody had ever handed it back. Who took a case that another unit had handed back has said nothing of its topic.

    Nothing is learned from what `unguarded` leaves out: a model keeps words it was shown, and a name among them stays readable.
    """
    from ntbcare.reading.training import Example

    query = (
        select(Case.text, Case.category, Case.kind, Case.urgency)
        .join(Reading, Reading.case_id == Case.id)
        .where(
            Case.state.in_(_SETTLED),
            Case.category.is_not(None),
            unguarded(work.ref),
            or_(Case.hand_backs == 0, _set_by_a_person()),
        )
        .order_by(Case.id.desc())
        .limit(_MOST_CASES)
    )
    for row in work.session.execute(query):
        yield Example(mask(row.text), row.category.split(".")[0], row.kind, row.urgency, _CASE_WEIGHT, own=True)


def _set_by_a_person() -> ColumnElement[bool]:
    """Did somebody with an account say the topic of a case, or read it when they verified it?"""
    corrected = exists().where(Correction.case_id == Case.id, Correction.what == "category")
    return or_(corrected, journal.told_by_a_person(Case.id, "case:verify", "case:retopic"))


def labelled(path: Path, known: Iterable[str]) -> list[Example]:
    """Rows of a CSV file with the columns text and category (and kind, urgency when there). Raises BadInput naming line and fault."""
    from ntbcare.reading.training import Example

    codes, found = set(known), []
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        if not {"text", "category"} <= set(rows.fieldnames or ()):
            raise BadInput("file", "The file needs a header with the columns text and category.")
        for number, row in enumerate(rows, 2):
            topic = (row["category"] or "").split(".")[0]
            if topic not in codes:
                raise BadInput("file", f"Line {number}: {topic[:40] or 'nothing'} is no category of this deployment.")
            if (row["text"] or "").strip():
                found.append(Example(row["text"], topic, row.get("kind") or None, row.get("urgency") or None))
    return found


def _sealed(ref: Reference) -> list[str]:
    """Topics that are found by rule only."""
    return [code for code, category in ref.categories.items() if category.sealed == "yes"]


def _keep(work: Work, card: dict[str, Any], body: bytes, *, activate: bool) -> None:
    """Store a model; active, it replaces the one before it and every process reads with it within seconds."""
    row = {
        "version": card["version"],
        "origin": card["origin"],
        "card": card,
        "body": body,
        "made_at": work.now,
        "made_by": work.actor.id or None,
    }
    work.session.execute(insert(Model).values(row).on_conflict_do_nothing())
    if activate:
        _switch(work, card["version"])
    work.tell("reader:trained", None, version=card["version"], origin=card["origin"], texts=card["texts"], active=activate)


def activate(work: Work, version: str) -> None:
    """Read with a model that was kept from now on. Every process follows within seconds of the commit. Raises NotFound."""
    rules.hold(work.session)  # of two who choose at once the second sees what the first chose
    before = work.session.scalars(select(Model.version).where(Model.active)).first()
    if work.session.scalars(select(Model.version).where(Model.version == version)).first() is None:
        raise NotFound("Model pembaca ini tidak ada lagi.", subject=version[:40])
    if version != before:
        _switch(work, version)
        work.tell("reader:activated", None, version=version, before=before, by_name=work.actor.name)


def _switch(work: Work, version: str) -> None:
    """One model is active: the index allows no second, so the old one steps down first."""
    rules.hold(work.session)
    work.session.execute(update(Model).where(Model.active, Model.version != version).values(active=False))
    work.session.execute(update(Model).where(Model.version == version).values(active=True))
    rules.touch(work.session)
