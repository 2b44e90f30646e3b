"""The book of one case as an officer reads it: what happened, who did it, in which words, and whether the reporter heard of it."""

from __future__ import annotations

import json
from typing import NamedTuple

from ntbcare.casework import correcting, lookup, parting, sharing, showing
from ntbcare.casework.desk import short
from ntbcare.domain import lifecycle
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.domain.permissions import ROLE_LABELS, Role
from ntbcare.records import journal, messages
from ntbcare.records.cases import Case
from ntbcare.records.readings import Reading
from ntbcare.records.work import Work
from ntbcare.wording import PIN_MARK


class StoryLine(NamedTuple):
    """One line of the book as an officer reads it."""

    when_text: str
    who: str
    what: str
    words: str
    tone: str
    delivery: str


_HOW_MADE = {
    "case:assisted": "Mencatat laporan ini untuk pelapor",
    "case:triaged": "Dipilah otomatis",
    "case:verify": "Diperiksa",
    "poll:rated": "Penilaian pelapor",
    "case:followed": "Orang lain melaporkan hal yang sama",
    "case:joined": "Laporan lain digabung ke sini",
    "case:left": "Laporan lain dipisahkan lagi",
    "case:inherited": "Pindah gabungan",
    "case:told_beside": "Kata orang lain tentang hal yang sama",
    "case:retopic": "Topik diperbaiki",
    "case:reader_asked": "Bertanya kepada pelapor",
    "case:split_off": "Dipisahkan dari laporan lain",
    **sharing.TOLD,
    "case:waited_long": "Menunggu pelapor terlalu lama; batas waktu petugas berjalan lagi",
}
_NOTICE_OF = {
    "case:triaged": "receipt",
    "case:confirm": "poll",
    "case:words_added": "words_added",
    "case:place_corrected": "place_corrected",
}


def story(work: Work, case: Case, owed: list[messages.Notice], reading: Reading | None, read_by: str) -> list[StoryLine]:
    """The book in words. What stands elsewhere on the page (the report itself, why it came here) is not said again."""
    lines: list[StoryLine] = []
    unsaid, kept = list(owed), 0
    for entry in journal.story(work.session, case.id):
        facts = json.loads(entry.body) if entry.body else {}
        if work.actor.unit_id in facts.get("about", ()):  # what others say beside a case of the people of this very unit
            continue
        if entry.tag in showing.TOLD:
            # twenty photos of one album are one line
            kept = kept + 1 if entry.tag == "file:kept" else 0
            if kept > 1:
                lines.pop()
            what = showing.TOLD[entry.tag].format(kept or facts.get("count"))
            lines.append(StoryLine(short(work, entry.at), work.ref.name, what, str(facts.get("note") or ""), "system", ""))
            continue
        role, _, _ = entry.actor.partition(":")
        by_machine = role == Role.TRIAGE
        if (not entry.tag.startswith("case:") and entry.tag != "poll:rated") or (by_machine and entry.tag == "case:verify"):
            continue
        kept = 0
        move = lifecycle.BY_EVENT.get(entry.tag.removeprefix("case:"))
        what = _HOW_MADE.get(entry.tag) or (move.label if move else lookup.TOLD.get(entry.tag, (entry.tag, False))[0])
        words = str(facts.get("words") or "")
        if entry.tag == "case:submit" or (by_machine and entry.tag == "case:dispose"):
            words = ""
        if entry.tag.startswith("case:part_"):
            what = what.format(unit=parting.holder(work, facts["unit"]).short)
        if facts.get("without"):
            words = f"{words} (Tanpa menunggu bagian unit lain: {facts['without']})"
        if entry.tag in ("case:dispose", "case:forward"):
            unit = work.ref.units.get(facts.get("unit") or 0)
            what = f"Diteruskan ke {unit.short}" if unit else what
        if entry.tag == "case:hand_back":
            what = correcting.in_words(work, facts)
        if entry.tag == "poll:rated":
            what = f"Pelapor memberi nilai {facts.get('score')} dari 5"
        who = str(facts.get("by_name") or "") or ROLE_LABELS.get(Role(role), role)
        tone = {"citizen": "citizen", "channel": "citizen", "triage": "system", "timer": "system"}.get(role, "officer")
        template = _NOTICE_OF.get(entry.tag) or (move.notice if move else None)
        sent = next((one for one in unsaid if one.template == template and one.created_at >= entry.at), None)
        if sent is not None:
            unsaid.remove(sent)
        beside = [read_by] if entry.tag == "case:triaged" and reading is not None and reading.at == entry.at else []
        beside += [delivery(sent)] if sent else []
        lines.append(StoryLine(short(work, entry.at), who, what, words, tone, " ".join(beside)))
    return lookup.once(lines)


def delivery(notice: messages.Notice) -> str:
    """How the words of one entry reached the reporter, as a sentence."""
    label, _ = _standing(notice)
    road = "di halaman laporannya" if notice.channel == "web" else f"lewat {CHANNEL_LABELS.get(notice.channel, notice.channel)}"
    return f"Kabar untuk pelapor {road}: {label}."


_NOTICE_STATES = {
    "waiting": ("menunggu", "soon"), "sent": ("terkirim", "on_time"), "delivered": ("sampai", "done"), "shown": ("sudah dibaca", "done"),
    "failed": ("gagal, tidak dicoba lagi", "late"), "no_road": ("tidak dikirim, pelapor tidak mau dihubungi", "done"),
    "held": ("menunggu pelapor menulis lagi", "waiting"),
}  # fmt: skip


def _standing(notice: messages.Notice) -> tuple[str, str]:
    """How the sending of a notice stands, with its tone; on the web it waits until the reporter looks."""
    label, tone = _NOTICE_STATES.get(notice.state, (notice.state, "soon"))
    if notice.channel == "web" and notice.state == "waiting":
        label, tone = "belum dibuka pelapor", "waiting"
    elif notice.state == "waiting" and notice.last_error:
        label = "gagal, dicoba lagi"
    if notice.possible_repeats:
        label += f", mungkin diterima {notice.possible_repeats + 1} kali"
    return label, tone


def notice_line(work: Work, notice: messages.Notice) -> tuple[str, str, str, str, str]:
    """One notice for the list below the story: when, by which channel, its words without the PIN, how it stands, and the tone of that."""
    label, tone = _standing(notice)
    text = notice.body.replace(PIN_MARK, "••••••")
    return short(work, notice.created_at), CHANNEL_LABELS.get(notice.channel, notice.channel), text, label, tone
