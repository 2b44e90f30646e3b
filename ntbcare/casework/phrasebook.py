"""The sentences ready to use, kept by those who answer for a desk: listed, added, changed in a new version, ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple

from ntbcare.casework import templating
from ntbcare.casework.templating import Size
from ntbcare.domain import clock as promises
from ntbcare.domain import lifecycle, permissions, sentences
from ntbcare.domain.errors import BadInput, LostRace, NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.domain.permissions import Role, Standing
from ntbcare.records import rules, templates
from ntbcare.records.reference import UnitFacts
from ntbcare.records.templates import ReplyTemplate, Sentence
from ntbcare.records.work import Work

VERB = "templates.manage"
TITLE_LIMIT, WORDS_LIMIT = 80, 1000  # letters
_CHANNELS = ("sms", "telegram", "whatsapp", "facebook", "instagram", "x", "email", "web")
_ALL = ""  # everybody of the region
# a ticket, the longest unit of the seed and a plain place: what a sentence is measured with before there is a case
_SAMPLE = {
    "tiket": "482-173-059", "unit": "Dinas Pertanian Lombok Tengah", "tempat": "Desa Tente", "bidang": "infrastruktur jalan dan jembatan",
    "tanggal": "Jumat, 27 Maret 2026", "petugas": "Nama Petugas",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as somebody typed it. `unit` "" = for everybody of their region, else a unit's id."""

    act: str = ""
    category: str = ""
    channel: str = ""
    unit: str = ""
    title: str = ""
    words: str = ""


class Line(NamedTuple):
    """A sentence on the page of those who keep them."""

    id: int
    title: str
    words: str
    about: str
    whose: str
    version_text: str
    size: Size | None
    mine: bool
    draft: Draft


class Shelf(NamedTuple):
    """The sentences on one topic."""

    topic: str
    lines: list[Line]


def shelves(work: Work, act: str) -> list[Shelf]:
    """The sentences in force for an act that concern this person, by topic, those for any topic first. Read from the rows: what was just
    changed is there."""
    found: dict[str, list[Line]] = {}
    for one in templates.in_force(work.session).values():
        mine = may_keep(work, one)
        if one.act == act and (mine or templating.within(work.ref, work.actor, one)):
            found.setdefault(work.ref.category_name(one.category), []).append(_line(work, one, mine))
    return [Shelf(topic or "Semua bidang", lines) for topic, lines in sorted(found.items())]


def acts() -> list[tuple[str, str]]:
    """The acts a sentence may be kept for: (event, label)."""
    return [(event, lifecycle.BY_EVENT[event].label) for event in templating.ACTS]


def choices(work: Work) -> dict[str, Any]:
    """What the form lets somebody choose: topics, channels, and whose desk a sentence is for."""
    topics = [(c.code, c.name) for c in work.ref.categories.values() if c.sealed != "yes"]
    return {
        "acts": acts(),
        "categories": sorted(topics),
        "channels": [(name, CHANNEL_LABELS[name]) for name in _CHANNELS],
        "units": _units(work),
    }


def add(work: Work, draft: Draft) -> None:
    """Keep a new sentence. Raises BadInput, NotAllowed."""
    unit = _checked(work, draft)
    region = _region(work, unit)
    if not permissions.may(work.actor, VERB, _standing(work, unit.id if unit else None, region)):
        raise NotAllowed(subject=VERB)
    row = ReplyTemplate(
        code=f"own.{secrets.token_hex(6)}", act=draft.act, category=draft.category, channel=draft.channel, language="id", region=region,
        unit_id=unit.id if unit else None, title=draft.title, words=draft.words,
        position=templates.last_position(work.session) + 1, version=1, made_by=work.actor.id, made_at=work.now,
    )  # fmt: skip
    _keep(work, row, "template:added")


def change(work: Work, id: int, draft: Draft) -> None:
    """Another version of a sentence; the one before ends. What was sent with it stays as it was sent. Raises BadInput, NotFound, LostRace."""
    old = _held(work, id)
    _checked(work, draft, old)
    old.valid_to = work.now
    work.session.flush()  # one version of a sentence is in force: the old one makes room first
    row = ReplyTemplate(
        code=old.code, act=old.act, category=draft.category, channel=draft.channel, language=old.language, region=old.region,
        unit_id=old.unit_id, title=draft.title, words=draft.words, position=old.position, version=old.version + 1,
        made_by=work.actor.id, made_at=work.now,
    )  # fmt: skip
    _keep(work, row, "template:changed")


def end(work: Work, id: int) -> str:
    """A sentence is offered to nobody any more. Returns the act it was for. Raises NotFound, LostRace."""
    row = _held(work, id)
    row.valid_to = work.now
    rules.touch(work.session)
    work.tell("template:ended", None, id=row.id, code=row.code, version=row.version)
    return row.act


def draft_of(work: Work, id: int) -> Draft:
    """A sentence in force as its form shows it. Raises NotFound for one this person does not keep."""
    return _draft(_mine(work, id))


def may_keep(work: Work, one: Sentence | ReplyTemplate) -> bool:
    """Does this person answer for that sentence?"""
    return permissions.may(work.actor, VERB, _standing(work, one.unit_id, one.region))


def measured(work: Work, draft: Draft) -> Size | None:
    """What a sentence costs as SMS, with a unit of a long name around it; None where no frame is known."""
    if draft.act not in templating.FRAMED:
        return None
    before, after = sides(work, draft.act)
    return templating.size(before, sentences.fill(draft.words, _SAMPLE), after)


def sides(work: Work, act: str) -> tuple[str, str]:
    """What an SMS of an act says before and after the words, in the longest usual case."""
    return templating.sides(work.house.wording, act, {"ticket": _SAMPLE["tiket"], "unit": _SAMPLE["unit"], "unit_short": _SAMPLE["unit"]})


def _standing(work: Work, unit_id: int | None, region: str | None) -> Standing:
    unit = work.ref.units.get(unit_id or 0)
    return Standing(units=unit.line if unit else (), region=unit.region if unit else region)


def _mine(work: Work, id: int) -> Sentence:
    one = templates.in_force(work.session).get(id)
    if one is None or not may_keep(work, one):
        raise NotFound(subject=str(id))
    return one


def _held(work: Work, id: int) -> ReplyTemplate:
    """The row, locked; somebody else may have made a version or ended it while the page lay open."""
    code = work.session.get(ReplyTemplate, id)
    if code is None or not may_keep(work, code):
        raise NotFound(subject=str(id))
    newest = templates.newest(work.session, code.code)
    if newest is None or newest.id != id or newest.valid_to is not None:
        raise LostRace("Kalimat ini baru saja diubah atau diakhiri orang lain. Muat ulang halaman, lalu periksa sebelum melanjutkan.")
    return newest


def _keep(work: Work, row: ReplyTemplate, tag: str) -> None:
    work.session.add(row)
    work.session.flush()
    rules.touch(work.session)
    work.tell(tag, None, id=row.id, code=row.code, version=row.version, title=row.title)


def _checked(work: Work, draft: Draft, old: ReplyTemplate | None = None) -> UnitFacts | None:
    """The unit of a draft. Raises BadInput for the first field that cannot be used."""
    if old is None and draft.act not in templating.ACTS:
        raise BadInput("act", "Pilih tindakannya dari daftar.")
    if draft.category and (draft.category not in work.ref.categories or work.ref.categories[draft.category].sealed == "yes"):
        raise BadInput("category", "Pilih bidang dari daftar.")
    if draft.channel and draft.channel not in _CHANNELS:
        raise BadInput("channel", "Pilih kanal dari daftar.")
    for field, text, limit in (("title", draft.title, TITLE_LIMIT), ("words", draft.words, WORDS_LIMIT)):
        if not text.strip():
            raise BadInput(field, "Beri nama yang mudah dikenali." if field == "title" else "Tulis dulu kalimatnya.")
        if len(text) > limit:
            raise BadInput(field, f"Paling panjang {limit} huruf; ini {len(text)}.")
    if strange := sentences.unknown(draft.words):
        usable = ", ".join(f"{{{name}}}" for name in sentences.PLACEHOLDERS)
        raise BadInput("words", f"“{strange[0]}” tidak dikenal di dalam kurung kurawal. Yang bisa dipakai: {usable}.")
    if old is not None:
        return None  # whose it is stays as it was
    if draft.unit == _ALL:
        return work.ref.units.get(work.actor.unit_id or 0) if work.actor.role is Role.HEAD else None
    unit = work.ref.units.get(int(draft.unit)) if draft.unit.isdecimal() and len(draft.unit) < 10 else None
    if unit is None or draft.unit not in {code for _, rows in _units(work) for code, _ in rows}:
        raise BadInput("unit", "Pilih unit dari daftar.")
    return unit


def _region(work: Work, unit: UnitFacts | None) -> str | None:
    """Whose coordinator's a new sentence is: None is the whole province's."""
    region = unit.region if unit else None if work.actor.role is Role.ADMIN else work.actor.region
    return None if region == work.ref.province else region


def _units(work: Work) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units one may keep sentences for, by regency; first "everybody" for whoever may speak for a region."""
    found: dict[str, list[tuple[str, str]]] = {}
    for unit in work.ref.units.values():
        if unit.in_force(work.ref.today) and unit.level != "central" and permissions.may(work.actor, VERB, _standing(work, unit.id, None)):
            found.setdefault(work.ref.region_name((unit.region or "")[:5]), []).append((str(unit.id), unit.name))
    return [(name, sorted(rows, key=lambda row: row[1])) for name, rows in sorted(found.items())]


def _draft(one: Sentence) -> Draft:
    return Draft(one.act, one.category, one.channel, str(one.unit_id or ""), one.title, one.words)


def _line(work: Work, one: Sentence, mine: bool) -> Line:
    ref, unit = work.ref, work.ref.units.get(one.unit_id or 0)
    whose = unit.short if unit else ref.region_name(one.region or ref.province)
    made = promises.short_moment(one.made_at, ref.calendar)
    version = f"versi {one.version}, {made}" if one.made_by or one.version > 1 else "bawaan"
    about = CHANNEL_LABELS.get(one.channel, "") if one.channel else ""
    draft = _draft(one)
    return Line(one.id, one.title, one.words, about, whose, version, measured(work, draft), mine, draft)
