"""The life of a case in one table: states, moves, required words, what each does to the clocks and who is told (domain.md 9.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ntbcare.domain import permissions


class State(StrEnum):
    """Where a case stands. Overdue and escalated are facts of a clock, not states."""

    RECEIVED = "received"
    NEEDS_INFO = "needs_info"
    VERIFIED = "verified"
    DISPOSITIONED = "dispositioned"
    IN_PROGRESS = "in_progress"
    AWAITING_CHECK = "awaiting_check"
    RESPONDED = "responded"
    CLOSED = "closed"
    ARCHIVED = "archived"
    FORWARDED = "forwarded"
    MERGED = "merged"


S = State

# state → (what an officer reads, what the citizen reads, SP4N's label)
LABELS: dict[State, tuple[str, str, str]] = {
    S.RECEIVED: ("Belum terverifikasi", "Diterima, sedang dibaca", "Belum Terverifikasi"),
    S.NEEDS_INFO: ("Menunggu kelengkapan informasi", "Menunggu jawaban Anda", "Menunggu Kelengkapan Informasi"),
    S.VERIFIED: ("Terverifikasi", "Sudah diperiksa, dicarikan petugas", "Terverifikasi"),
    S.DISPOSITIONED: ("Terdisposisi", "Sudah di meja petugas", "Terdisposisi"),
    S.IN_PROGRESS: ("Ditindaklanjuti", "Sedang dikerjakan", "Ditindaklanjuti oleh Instansi"),
    S.AWAITING_CHECK: ("Menunggu validasi", "Hasil sedang diperiksa", "Proses"),
    S.RESPONDED: ("Menunggu tanggapan pelapor", "Sudah dijawab, menunggu kata Anda", "Ditindaklanjuti oleh Instansi"),
    S.CLOSED: ("Selesai", "Selesai", "Ditutup oleh {by}"),
    S.ARCHIVED: ("Diarsipkan", "Tidak dilanjutkan", "Diarsipkan oleh {by}"),
    S.FORWARDED: ("Diteruskan ke instansi lain", "Diteruskan ke instansi lain", "Proses"),
    S.MERGED: ("Digabung", "Digabung dengan laporan lain", "Proses"),
}


class Words(StrEnum):
    """Does a move need words of the one who makes it?"""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Move:
    """One edge (or several that share everything): `to` None = back to the state before, or no change.

    starts/stops/reopens name clocks (domain.md 9.2); with `undoes` those run on that this event had stopped. `pauses` and `on_delivery` take effect only when the notice of this
    move was really delivered to the citizen. `by` fills closed_by / archived_by with SP4N's three values.
    """

    event: str
    sources: tuple[State, ...]
    to: State | None
    label: str
    words: Words = Words.NONE
    needs: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    reopens: tuple[str, ...] = ()
    on_delivery: tuple[str, ...] = ()
    pauses: bool = False
    resumes: bool = False
    back: bool = False
    undoes: str | None = None
    notice: str | None = None
    by: str | None = None
    limit: str | None = None


_HANDLING = ("first_response", "verify", "completeness", "followup", "complete", "complete_calendar", "check", "citizen_completes", "rebut")
_COMPLETION = ("complete", "complete_calendar")
_WORKING = (S.RECEIVED, S.VERIFIED, S.DISPOSITIONED, S.IN_PROGRESS)
_OPEN = (S.RECEIVED, S.NEEDS_INFO, S.VERIFIED, S.DISPOSITIONED, S.IN_PROGRESS, S.AWAITING_CHECK, S.RESPONDED)

MOVES: tuple[Move, ...] = (
    Move("submit", (), S.RECEIVED, "Laporan masuk", words=Words.REQUIRED, starts=("receipt", "first_response", "verify", "completeness")),
    Move("verify", (S.RECEIVED,), S.VERIFIED, "Verifikasi", stops=("completeness",), starts=_COMPLETION),
    Move("dispose", (S.VERIFIED,), S.DISPOSITIONED, "Teruskan ke unit", Words.OPTIONAL, needs=("unit",),
         stops=("verify",), starts=("followup",), notice="routed"),
    Move("ask", _WORKING, S.NEEDS_INFO, "Tanya pelapor", Words.REQUIRED, stops=("completeness",),
         on_delivery=("citizen_completes",), pauses=True, notice="question"),
    Move("complete", (S.NEEDS_INFO,), None, "Jawaban pelapor", Words.REQUIRED, stops=("citizen_completes",), resumes=True, back=True,
         notice="answer_received"),
    Move("lapse", (S.NEEDS_INFO,), S.ARCHIVED, "Tidak dilengkapi", stops=_HANDLING, notice="lapsed", by="system"),
    Move("archive", (S.RECEIVED,), S.ARCHIVED, "Arsipkan", Words.REQUIRED, needs=("reason",), stops=_HANDLING, notice="archived", by="admin"),
    Move("withdraw", _OPEN, S.ARCHIVED, "Dicabut pelapor", Words.OPTIONAL, stops=_HANDLING, notice="withdrawn", by="reporter"),
    Move("merge", (S.RECEIVED, S.VERIFIED, S.DISPOSITIONED), S.MERGED, "Gabungkan", Words.OPTIONAL, needs=("parent",), stops=_HANDLING,
         notice="merged"),
    Move("unmerge", (S.MERGED,), None, "Pisahkan lagi", Words.OPTIONAL, undoes="merge", back=True, notice="unmerged"),
    Move("hand_back", (S.DISPOSITIONED,), S.VERIFIED, "Bukan wewenang kami", Words.REQUIRED, needs=("owner",), stops=("followup",),
         starts=("verify",), notice="handed_back", limit="hand_backs"),
    Move("recall", (S.DISPOSITIONED, S.IN_PROGRESS), S.VERIFIED, "Tarik ke meja koordinator", Words.REQUIRED, stops=("followup",),
         starts=("verify",)),
    Move("recuse", (S.DISPOSITIONED, S.IN_PROGRESS, S.AWAITING_CHECK, S.NEEDS_INFO), S.VERIFIED, "Unitnya sendiri dilaporkan", Words.REQUIRED,
         stops=("followup", "check", "citizen_completes"), starts=("verify",), resumes=True),
    Move("forward", (S.VERIFIED,), S.FORWARDED, "Teruskan ke instansi lain", Words.REQUIRED, stops=_HANDLING, starts=("watch",),
         notice="forwarded"),
    Move("watch_on", (S.FORWARDED, S.CLOSED), S.FORWARDED, "Sudah ditanyakan", Words.REQUIRED, needs=("outside",), stops=("watch",),
         starts=("watch",), notice="watched"),
    Move("relay", (S.FORWARDED,), S.CLOSED, "Sampaikan jawaban instansi", Words.REQUIRED, stops=("watch",), notice="relayed", by="admin"),
    Move("take_back", (S.FORWARDED,), S.VERIFIED, "Kembalikan ke sini", Words.REQUIRED, stops=("watch",), reopens=_COMPLETION,
         starts=("verify",), notice="taken_back"),
    Move("start", (S.DISPOSITIONED,), S.IN_PROGRESS, "Terima dan kerjakan", Words.OPTIONAL),
    Move("answer", (S.DISPOSITIONED, S.IN_PROGRESS), S.IN_PROGRESS, "Kirim kabar", Words.REQUIRED,
         stops=("first_response", "followup"), notice="progress"),
    Move("respond", (S.DISPOSITIONED, S.IN_PROGRESS), S.RESPONDED, "Jawab tuntas", Words.REQUIRED, needs=("no_check",),
         stops=("first_response", "followup", *_COMPLETION), on_delivery=("rebut",), notice="response"),
    Move("submit_result", (S.IN_PROGRESS,), S.AWAITING_CHECK, "Ajukan hasil", Words.REQUIRED, needs=("check",), starts=("check",)),
    Move("approve", (S.AWAITING_CHECK,), S.RESPONDED, "Setujui hasil", Words.OPTIONAL,
         stops=("check", "first_response", "followup", *_COMPLETION), on_delivery=("rebut",), notice="response"),
    Move("refuse", (S.AWAITING_CHECK,), S.IN_PROGRESS, "Kembalikan hasil", Words.REQUIRED, stops=("check",)),
    Move("object", (S.RESPONDED,), S.IN_PROGRESS, "Belum selesai menurut pelapor", Words.OPTIONAL, stops=("rebut",),
         reopens=_COMPLETION, notice="objection_received", limit="objections"),
    Move("confirm", (S.RESPONDED,), S.CLOSED, "Selesai menurut pelapor", stops=("rebut",), notice="poll", by="reporter"),
    Move("window_over", (S.RESPONDED,), S.CLOSED, "Ditutup, pelapor tidak menanggapi", stops=("rebut",), notice="poll", by="system"),
    Move("close", (S.RESPONDED,), S.CLOSED, "Tutup atas persetujuan pelapor", Words.REQUIRED, stops=("rebut",), notice="poll", by="admin"),
    Move("reopen", (S.CLOSED,), S.IN_PROGRESS, "Buka kembali", Words.REQUIRED, needs=("ours",), starts=_COMPLETION, notice="reopened"),
    Move("kip_register", _WORKING, None, "Catat sebagai permohonan informasi publik", Words.OPTIONAL, needs=("information",),
         starts=("kip_request",), notice="kip_registered"),
    Move("kip_extend", _WORKING, None, "Perpanjang waktu menjawab permohonan informasi", Words.REQUIRED, needs=("information",),
         stops=("kip_request",), starts=("kip_extension",), notice="kip_extended"),
    Move("escalate", _OPEN, None, "Naik ke atasan", Words.OPTIONAL),
)  # fmt: skip

BY_EVENT: dict[str, Move] = {move.event: move for move in MOVES}
WAITING_FOR_CITIZEN = (S.NEEDS_INFO, S.RESPONDED)
TO_ANSWER = tuple(s for s in _OPEN if s not in WAITING_FOR_CITIZEN)
OPEN = _OPEN
FINAL = tuple(s for s in State if s not in OPEN)


def upon_delivery(notice: str, state: str) -> Move | None:
    """What a notice of a case in `state` sets going once it has really reached the citizen: the move that sent it, or None."""
    waits = (move for move in MOVES if move.notice == notice and (move.on_delivery or move.pauses))
    return next((move for move in waits if move.to == state), None)


def possible(state: str) -> list[Move]:
    """Moves that leave from `state`, in the order of the table."""
    return [move for move in MOVES if state in move.sources]


def describe() -> str:
    """The table as Markdown, for docs and for `flask --app wsgi lifecycle`."""
    lines = ["| from | event | to | who | words | clocks | notice |", "|---|---|---|---|---|---|---|"]
    for move in MOVES:
        sources = "any open" if move.sources == _OPEN else ", ".join(move.sources) or "(none)"
        stops = ["stops all"] if move.stops == _HANDLING else [f"stops {c}" for c in move.stops]
        effects = [f"starts {c}" for c in move.starts] + stops + [f"reopens {c}" for c in move.reopens]
        effects += [f"starts {c} on delivery" for c in move.on_delivery]
        effects += [f"runs on what {move.undoes} stopped"] * bool(move.undoes)
        effects += ["pauses on delivery"] * move.pauses + ["resumes"] * move.resumes
        target = "state before" if move.back else (move.to or "same")
        who = ", ".join(f"{role} ({scope})" for role, scope in permissions.TABLE[move.event].items())
        told = f"{move.notice}, poll" if move.to is S.CLOSED and move.notice != "poll" else move.notice or "-"
        lines.append(f"| {sources} | {move.event} | {target} | {who} | {move.words} | {', '.join(effects) or '-'} | {told} |")
    return "\n".join(lines)
