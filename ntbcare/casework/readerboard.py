"""How well the reader reads: the models there are, what each decided alone, where people disagreed, and what changed since last month.

Only counts leave this room, never a word of a report; tips are not counted, because no rule ever sends them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from math import log
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, func, select

from ntbcare.casework import learning
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions
from ntbcare.domain.errors import NotAllowed
from ntbcare.domain.kinds import Kind
from ntbcare.reading.reader import NOT_A_REPORT
from ntbcare.records.cases import Case
from ntbcare.records.readings import Correction, Model, Reading, Transfer
from ntbcare.records.rules import RoutingRule
from ntbcare.records.work import Work

MONTH = timedelta(days=30)
SMALL = 10
"""Fewer than this say nothing of a share: such rows are listed, never ranked."""
SHIFTED = 0.25
"""Population stability index from which a distribution is usually called another one; below 0.1 it is called the same."""
_STEADY = 0.1
_MODELS = 20  # the newest ones on the page
_ORIGINS = {
    "examples": "contoh bawaan",
    "cases": "contoh bawaan dan laporan yang sudah dikonfirmasi",
    "file": "contoh bawaan dan berkas berlabel",
}
_UNSORTED = "tidak dapat dipilah sendiri"


class Share(NamedTuple):
    """`part` of `of`, 0 of 0 when there is nothing."""

    part: int
    of: int

    @property
    def rate(self) -> float:
        """0..1."""
        return self.part / self.of if self.of else 0.0

    @property
    def words(self) -> str:
        """`12 dari 80 (15 %)`, in one piece; without a percentage where the numbers are too small for one."""
        return f"{self.part} dari {self.of}" + (f" ({self.rate * 100:.0f}\u00a0%)" if self.of >= SMALL else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is about, a line of detail, and the share it is ranked by; `beside` = a second share or count."""

    label: str
    share: Share
    beside: str = ""
    detail: str = ""


class Ranked(NamedTuple):
    """Rows with numbers large enough to compare, worst first; and the others in the order of their names."""

    enough: list[Line]
    few: list[Line]


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model that was kept. `measured` = (topic, examples, found, right when said) in words, worst first."""

    version: str
    origin: str
    made_text: str
    texts: int
    active: bool
    right: str = ""
    sure_from: str = ""
    answers: str = ""
    measured: tuple[tuple[str, int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderBoard:
    """The page. Every share is of cases that came in the last 30 days and were read, unless said otherwise."""

    active: ModelLine | None
    models: list[ModelLine]
    chooses: bool
    alone: Share
    corrected: Share
    topics: Ranked
    rules: Ranked
    handed_back: list[Line]
    drift: list[str]


class _Read(NamedTuple):
    """Readings of one topic in one of the two months; `topic` None = the reader could not name one."""

    recent: bool
    topic: str | None
    read: int
    alone: int
    corrected: int
    back: int


def read(work: Work) -> ReaderBoard:
    """The page in four statements. Raises NotAllowed for whoever is neither coordinator nor admin."""
    if work.actor.role not in (permissions.Role.COORDINATOR, permissions.Role.ADMIN):
        raise NotAllowed(subject="reader")
    models = [_model(work, row) for row in _models(work)]
    found = _readings(work)
    now = [row for row in found if row.recent]
    named = [row for row in now if row.topic is not None]
    return ReaderBoard(
        active=next((one for one in models if one.active), None), models=models, chooses=permissions.may(work.actor, "board.act"),
        alone=Share(sum(row.alone for row in now), sum(row.read for row in now)), corrected=_corrected(now),
        topics=ranked(Line(_topic(work, row.topic or ""), Share(row.corrected, row.read), f"{row.back} laporan") for row in named),
        rules=ranked(_rules(work)), handed_back=_handed_back(work), drift=_drift(work, now, [row for row in found if not row.recent]),
    )  # fmt: skip


def use(work: Work, version: str) -> None:
    """Read with a model that was kept. Raises NotAllowed or NotFound."""
    if not permissions.may(work.actor, "board.act"):
        raise NotAllowed(subject="reader")
    learning.activate(work, version)


def ranked(lines: Iterable[Line]) -> Ranked:
    """Rows of fewer than SMALL stand apart: one in two is no half."""
    rows = sorted(lines, key=lambda one: one.label)
    enough = sorted((one for one in rows if one.share.of >= SMALL), key=lambda one: -one.share.rate)
    return Ranked(enough, [one for one in rows if one.share.of < SMALL])


def _models(work: Work) -> Iterable[Any]:
    """Without their weights, which are megabytes."""
    columns = (Model.version, Model.origin, Model.card, Model.active, Model.made_at)
    return work.session.execute(select(*columns).order_by(Model.active.desc(), Model.made_at.desc(), Model.version).limit(_MODELS))


def _model(work: Work, row: Any) -> ModelLine:
    made = promises.short_moment(row.made_at, work.ref.calendar)
    line = ModelLine(row.version, _ORIGINS.get(row.origin, row.origin), made, int(row.card.get("texts", 0)), row.active)
    told = row.card.get("topic")
    if not told:
        return line
    classes = sorted(told["classes"].items(), key=lambda pair: (pair[1]["found"], pair[0]))
    measured = tuple(
        (_topic(work, code), int(one["texts"]), _percent(one["found"]), _percent(one["right_when_said"])) for code, one in classes
    )
    return replace(line, right=_percent(told["right"]), sure_from=_percent(told["decides_from"]), answers=_percent(told["answers"]),
                   measured=measured)  # fmt: skip


def _topic(work: Work, code: str) -> str:
    if code.startswith(NOT_A_REPORT):
        return f"Bukan laporan: {code.removeprefix(NOT_A_REPORT).replace('_', ' ')}"
    return work.ref.category_name(code) or code


def _percent(share: float | None) -> str:
    return "belum ada" if share is None else f"{share * 100:.0f} %"


def _readings(work: Work) -> list[_Read]:
    """The readings of two months by topic; a correction counts as long as the case still has another topic than the one read."""
    read_as, stands = func.split_part(Reading.category, ".", 1), func.split_part(Case.category, ".", 1)
    said = exists().where(Correction.case_id == Reading.case_id, Correction.what == "category")
    back = exists().where(Transfer.case_id == Reading.case_id)
    recent = Reading.at > work.now - MONTH
    query = (
        select(
            recent.label("recent"), read_as.label("topic"), func.count(), func.count().filter(Reading.unit_id.is_not(None)),
            func.count().filter(and_(said, stands != read_as)), func.count().filter(back),
        )
        .join(Case, Case.id == Reading.case_id)
        .where(Reading.at > work.now - 2 * MONTH, Case.kind != Kind.TIP)
        .group_by("recent", "topic")
    )  # fmt: skip
    return [_Read(*row) for row in work.session.execute(query)]


def _rules(work: Work) -> list[Line]:
    """Of the cases each rule sent to a unit: how many that unit handed back."""
    back = exists().where(Transfer.case_id == Reading.case_id, Transfer.rule_id == Reading.rule_id)
    query = (
        select(RoutingRule.position, RoutingRule.version, RoutingRule.reason, RoutingRule.category, func.count(), func.count().filter(back))
        .join(Reading, Reading.rule_id == RoutingRule.id)
        .join(Case, Case.id == Reading.case_id)
        .where(Reading.at > work.now - MONTH, Reading.unit_id.is_not(None), Case.kind != Kind.TIP)
        .group_by(RoutingRule.id)
    )
    return [Line(f"Aturan {position}", Share(times, sent), detail=f"{_plainly(work, reason, category)} (edisi {version})")
            for position, version, reason, category, sent, times in work.session.execute(query)]  # fmt: skip


def _plainly(work: Work, reason: str, category: str) -> str:
    """The reason of a rule without the one case it is filled in for."""
    for name, words in (
        ("{category}", work.ref.category_name(category) or "topik ini"),
        ("{region}", "suatu wilayah"),
        ("{unit}", "unitnya"),
    ):
        reason = reason.replace(name, words)
    return reason


def _handed_back(work: Work) -> list[Line]:
    """Hand-backs of each unit and for how many it did not know whose they were; those with few follow in the order of their names."""
    query = (
        select(Transfer.from_unit, func.count(), func.count().filter(Transfer.proposed_unit.is_(None)))
        .where(Transfer.at > work.now - MONTH)
        .group_by(Transfer.from_unit)
    )
    lines = [Line(work.ref.units[unit].name, Share(unknown, count)) for unit, count, unknown in work.session.execute(query)]
    return sorted(lines, key=lambda one: (-one.share.of if one.share.of >= SMALL else 0, one.label))


def _corrected(rows: list[_Read]) -> Share:
    named = [row for row in rows if row.topic is not None]
    return Share(sum(row.corrected for row in named), sum(row.read for row in named))


def _drift(work: Work, now: list[_Read], before: list[_Read]) -> list[str]:
    """Sentences on what is different from the 30 days before."""

    def open_ones(rows: list[_Read]) -> Share:
        return Share(sum(row.read for row in rows if row.topic is None), sum(row.read for row in rows))

    return [
        change(f"laporan yang {_UNSORTED}", open_ones(now), open_ones(before)),
        change("laporan yang topiknya diperbaiki orang", _corrected(now), _corrected(before)),
        _shift(work, _counts(now), _counts(before)),
    ]


def change(what: str, now: Share, before: Share) -> str:
    """One sentence on how a share changed: relative to the share it was, so that a busier month alone changes nothing."""
    if min(now.of, before.of) < SMALL:
        return f"Belum cukup untuk membandingkan {what}: bulan ini {now.words}, sebulan sebelumnya {before.words}."
    told = f"{now.words}, sebulan sebelumnya {before.words}"
    if not before.part:
        return f"Bulan ini ada {what}: {told}." if now.part else f"Bulan ini dan sebulan sebelumnya tidak ada {what}."
    grown = round((now.rate / before.rate - 1) * 100)
    if not grown:
        return f"Bulan ini sama banyaknya {what}: {told}."
    return f"Bulan ini {abs(grown)} % lebih {'banyak' if grown > 0 else 'sedikit'} {what}: {told}."


def _counts(rows: list[_Read]) -> dict[str, int]:
    return {row.topic: row.read for row in rows if row.topic is not None}


def _shift(work: Work, now: dict[str, int], before: dict[str, int]) -> str:
    """One sentence on the distribution of topics. What chance alone would do with so few reports is not called a change."""
    many, few = sum(now.values()), sum(before.values())
    if min(many, few) < SMALL:
        return f"Belum cukup laporan untuk membandingkan sebaran topik: bulan ini {many}, sebulan sebelumnya {few}."
    index, chance = stability(now, before)
    told = f"indeks pergeseran {index:.2f}".replace(".", ",")
    if index < _STEADY or index < 2 * chance:
        return f"Sebaran topik bulan ini kurang lebih sama dengan sebulan sebelumnya ({told})."
    grew = max(now, key=lambda topic: now[topic] / many - before.get(topic, 0) / few)
    what = (
        f"yang paling bertambah {_topic(work, grew)}, dari {before.get(grew, 0) / few * 100:.0f} % menjadi {now[grew] / many * 100:.0f} %"
    )
    return f"Sebaran topik bulan ini {'jauh' if index >= SHIFTED else 'agak'} berubah: {what} ({told})."


def stability(now: dict[str, int], before: dict[str, int]) -> tuple[float, float]:
    """(population stability index of two distributions, the index that chance alone makes of so few). Half a report is added to each topic,
    so that one that is new or gone is no infinity."""
    topics = now.keys() | before.keys()
    many, few = sum(now.values()) + len(topics) / 2, sum(before.values()) + len(topics) / 2
    pairs = [((now.get(topic, 0) + 0.5) / many, (before.get(topic, 0) + 0.5) / few) for topic in topics]
    return sum((p - q) * log(p / q) for p, q in pairs), (len(topics) - 1) * (1 / many + 1 / few)
