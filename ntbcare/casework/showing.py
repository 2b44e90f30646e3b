"""Showing the files of a case to an officer: what came, in words, and the file itself for who may read the words beside it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ntbcare.casework import moves
from ntbcare.domain import permissions
from ntbcare.domain.errors import NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS, Kind
from ntbcare.domain.permissions import Role
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import cases, files
from ntbcare.records.cases import Case
from ntbcare.records.files import KEPT, REFUSED, WAITING, File
from ntbcare.records.work import Work

_KINDS = {"image": "Foto", "audio": "Rekaman suara", "video": "Video", "paper": "Dokumen"}
# what the book tells of files, and of an emergency, as an officer reads it
TOLD = {
    "case:alarmed": "Kata pelapor menyebut keadaan darurat: laporan ini sekarang mendesak",
    "file:kept": "{} foto atau rekaman disimpan",
    "file:refused": "Satu berkas tidak dapat disimpan",
    "file:joined": "{} foto atau rekaman yang dikirim lebih dulu disatukan dengan laporan",
    "file:too_many": "{} berkas dikirim sekaligus; hanya yang pertama disimpan",
}


class FileLine(NamedTuple):
    """A photo, sound, film or paper of the reporter; `kind`: image, audio, video or paper."""

    id: int
    kind: str
    label: str
    state: str
    note: str


class OpenFile(NamedTuple):
    """A file that this actor may look at: where it lies, what it is, and how it is called when it is taken along."""

    where: Path
    mime: str
    name: str


def may_read(work: Work, case: Case) -> bool:
    """May this actor open the case at all?"""
    verbs = ("case.read", "tip.read") if case.kind == Kind.TIP else ("case.read",)
    return all(permissions.may(work.actor, verb, moves.standing(work, case)) for verb in verbs)


def wordless(work: Work, case: Case) -> bool:
    """May they know only how it goes, and nothing that was said, shown or heard? Rahasia, for leadership (domain.md 9.4)."""
    figures = view(Audience.FIGURES, anonymous=case.anonymous, confidential=case.confidential, published=case.published)
    return work.actor.role is Role.LEADER and not figures.words


def lines(work: Work, case: Case) -> list[FileLine]:
    """Every file in the order it came, each kind counted for itself."""
    found, counted = [], dict.fromkeys(_KINDS, 0)
    for row in files.of_case(work.session, case.id):
        kind = (row.mime or "").partition("/")[0]
        kind = kind if kind in _KINDS else "paper"
        if row.state == REFUSED:  # what it was called is only a claim
            found.append(FileLine(row.id, kind, "Berkas dari pelapor", row.state, row.note or ""))
            continue
        counted[kind] += 1
        note = f"Sedang diambil dari {CHANNEL_LABELS.get(row.gateway, 'penyedianya')}." if row.state == WAITING else ""
        found.append(FileLine(row.id, kind, f"{_KINDS[kind]} {counted[kind]} dari pelapor", row.state, note))
    return found


def open_file(work: Work, file_id: int) -> OpenFile:
    """A kept file of a case whose words this actor may read. Raises NotFound, in the same words whatever is wrong."""
    row = work.session.get(File, file_id) if file_id < 2**63 else None
    case = cases.get(work.session, row.case_id) if row is not None and row.case_id else None
    if row is None or case is None or row.state != KEPT or not row.path or not may_read(work, case) or wordless(work, case):
        raise NotFound()
    return kept(work, row.path, row.mime or "application/octet-stream", f"{case.ticket}-{row.id}")


def kept(work: Work, path: str, mime: str, name: str) -> OpenFile:
    """A file that lies here, once somebody has made sure that it may be seen. Raises NotFound."""
    try:
        where = work.house.files.where(path) if work.house.files else None
    except OSError:
        where = None
    if where is None:
        raise NotFound("Berkas ini sedang tidak dapat dibuka. Hubungi pengelola sistem.")
    return OpenFile(where, mime, f"{name}{where.suffix}")
