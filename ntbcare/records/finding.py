"""What a case is found by: kept up to date with every change of a case, written once before the commit, asked by a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, cast, event, func, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, attributes, object_session

from ntbcare.domain.kinds import Kind
from ntbcare.domain.routing import regency_of
from ntbcare.records.cases import Case
from ntbcare.records.desks import CaseWords

if TYPE_CHECKING:
    from ntbcare.records.reference import Reference

STEMS = "indonesian"  # PostgreSQL's own stemmer; the reader has spelt out abbreviations before
TIP, SECRET, NOWHERE = "k:tip", "k:secret", "r:"
_FOUND_BY = ("title", "text", "text_edited", "place", "category", "region", "unit_id", "confidential", "kind", "accused")
_MOST = 20_000  # letters of a text: what a case is about stands there, and an entry has its limit
_CHANGED = "changed words"
_WRITE = text(f"""
    INSERT INTO case_words (case_id, words)
    VALUES (:id, setweight(to_tsvector('{STEMS}', :title), 'A') || setweight(to_tsvector('{STEMS}', :told), 'B')
                 || setweight(to_tsvector('{STEMS}', :around), 'C') || array_to_tsvector(:scope))
    ON CONFLICT (case_id) DO UPDATE SET words = excluded.words
""")  # noqa: S608 - the name of a stemmer, no value


@event.listens_for(Case, "after_update")
def _changed(mapper: object, connection: object, case: Case) -> None:
    """A case changed in something it is found by: remembered until the commit, so that no verb can forget it."""
    session = object_session(case)
    if session is not None and any(attributes.get_history(case, name).has_changes() for name in _FOUND_BY):
        session.info.setdefault(_CHANGED, {})[case.id] = case


def write(session: Session, ref: Callable[[], Reference]) -> None:
    """Before a commit: the words of every case that changed since the last one, in one statement; none where nothing changed."""
    changed = session.info.pop(_CHANGED, None)
    if changed:
        session.execute(_WRITE, [_entry(case, ref()) for _, case in sorted(changed.items())])


def catch_up(session: Session, ref: Reference, after: int, most: int) -> int | None:
    """Cases that were read before anybody wrote down what they are found by: one slice above an id. The last id looked at, None at the end."""
    ids = select(Case.id).where(Case.id > after).order_by(Case.id).limit(most).subquery()
    missing = select(Case, ids.c.id).select_from(ids).outerjoin(CaseWords, CaseWords.case_id == ids.c.id)
    missing = missing.outerjoin(Case, (Case.id == ids.c.id) & CaseWords.case_id.is_(None) & Case.triaged_at.is_not(None)).order_by(ids.c.id)
    rows = session.execute(missing).all()
    entries = [_entry(case, ref) for case, _ in rows if case is not None]
    if entries:
        session.execute(_WRITE, entries)
    session.expunge_all()
    return rows[-1].id if len(rows) == most else None


def forget(session: Session) -> None:
    """What was not committed is not written either."""
    session.info.pop(_CHANGED, None)


def _entry(case: Case, ref: Reference) -> dict[str, Any]:
    unit = ref.units.get(case.unit_id or 0)
    around = (
        case.place or "",
        ref.region_name(case.region),
        ref.category_name(case.category),
        unit.name if unit else "",
        unit.short if unit else "",
    )
    told = (case.text, case.text_edited or "")
    return {
        "id": case.id, "title": ref.plain.text((case.title or "")[:_MOST]), "told": ref.plain.text(" ".join(told)[:_MOST]),
        "around": ref.plain.text(" ".join(around)), "scope": _scope(case, unit.line if unit else ()),
    }  # fmt: skip


def _scope(case: Case, line: tuple[int, ...]) -> list[str]:
    """Who may find it, as lexemes that no text can hold: every unit above, the regency, and what is not for everybody's eyes."""
    scope = [f"u:{unit}" for unit in line]
    scope.append(f"r:{regency_of(case.region)}" if case.region else NOWHERE)
    scope += [TIP] if case.kind == Kind.TIP else []
    scope += [SECRET] if case.confidential else []
    scope += [about(unit) for unit in case.accused or ()]
    return scope


def about(unit: int) -> str:
    """The lexeme of a case that accuses a unit: for its people it cannot be found."""
    return f"x:{unit}"


def matches(asked: str, scope: tuple[str, ...], without: tuple[str, ...]) -> ColumnElement[bool]:
    """Rows of case_words that hold every word asked (quotes = side by side, -word = not), one of `scope` (none: all), nothing of `without`."""
    within = " | ".join(_quoted(one) for one in scope)
    rules = [f"({within})"] if scope else []
    rules += [f"!{_quoted(one)}" for one in without]
    asked_for: ColumnElement[Any] = func.websearch_to_tsquery(STEMS, asked)
    query = asked_for
    if rules:
        query = query.op("&&")(cast(" & ".join(rules), TSQUERY))
    return and_(func.numnode(asked_for) > 0, CaseWords.words.op("@@")(query))  # "dan" is no question: it must not mean "everything"


def _quoted(lexeme: str) -> str:
    return f"'{lexeme}'"
