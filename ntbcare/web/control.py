"""The board for those who keep the system running: alarms, dead letters, unread requests, neighbours."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import streetboard, upkeep
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.domain.permissions import Role
from ntbcare.records.errands import Errand
from ntbcare.records.work import Work
from ntbcare.web import guards, health

bp = APIBlueprint("control", __name__, enable_openapi=False)
bp.before_request(guards.only(Role.ADMIN))
_KINDS = {
    "notice_failed": "Kabar tidak sampai", "errand_dead": "Pekerjaan gagal", "unread": "Kiriman tak dikenal", "channel_setup": "Kunci penyedia ditolak",
    "window": "Batas waktu tidak tertutup", "reminder": "Pengingat tidak terkirim", "channel_down": "Penyedia tidak menjawab",
    "channel_missing": "Kanal tanpa penyedia", "listening": "Kiriman warga tidak terbaca", "stranger_cap": "Batas kabar ke nomor baru",
    "rule_broken": "Aturan pembagian rusak", "unit_empty": "Unit tanpa petugas", "region_ended": "Wilayah sudah berakhir",
    "ladder": "Tangga laporan tidak naik", "bell": "Pengingat petugas tidak berbunyi", "outside": "Pertanyaan ke luar macet", "level_empty": "Tangga tanpa orang",
    "person_cap": "Batas kabar untuk satu orang", "sending_breaker": "Pengiriman ditahan", "echo": "Kalimat yang sama berulang",
}  # fmt: skip
_ERRANDS = {
    "triage": "Memilah laporan", "route": "Meneruskan laporan", "deliver": "Mengirim kabar", "letter": "Mengirim tautan masuk", "forgotten": "Membuat tautan masuk", "poll": "Menanyakan penilaian", "fetch": "Mengambil berkas",
    "listen": "Menengok kiriman", "look": "Menanyakan isi kiriman", "recount": "Menghitung ulang batas waktu",
}  # fmt: skip
_LANES = {"work": "Memilah dan menanyakan", "post": "Mengirim, mengambil, dan menengok"}


@bp.get("/kendali")
def board() -> ResponseReturnValue:
    """Everything somebody must look at."""
    neighbours = [(name, ok, detail) for name, (ok, detail) in health.neighbours(current_app).items()]
    with guards.work() as work:
        found = upkeep.board(work)
        calendar = work.ref.calendar
        failed = []
        for notice, ticket in found.failed:
            when = promises.short_moment(notice.created_at, calendar)
            failed.append(
                (
                    ticket,
                    tickets.pretty(ticket) if ticket else "",
                    CHANNEL_LABELS.get(notice.channel, notice.channel),
                    when,
                    notice.last_error or "",
                    notice.id,
                )
            )
        page = {
            "alarms": [(a.id, promises.short_moment(a.last_at, calendar), _KINDS.get(a.kind, a.kind), a.sentence, a.count) for a in found.alarms],
            "errands": {"dead": [_errand(work, e) for e in found.dead], "late": [_errand(work, e) for e in found.late], "waiting": []},
            "waiting_counts": {_LANES.get(lane, lane): count for lane, count in found.waiting.items()}, "notices_failed": failed, "repeats": found.repeats,
            "unread": [(u.id, _provider(u.channel), u.external_id, promises.short_moment(u.received_at, calendar), u.reason) for u in found.unread],
            "neighbours": neighbours, "street": streetboard.read(work, current_app.extensions["providers"], _here()),
        }  # fmt: skip
        return render_template("control/board.html", page=page)


def _here() -> dict[str, streetboard.Here]:
    """The gateways in service. A page of ours needs no provider."""
    channels = {name: one for name, one in current_app.extensions["channels"].items() if one.carries != ("web",)}
    return {name: streetboard.Here(one.carries, one.every is not None, one.stand_in) for name, one in channels.items()}


def _provider(gateway: str) -> str:
    """What people call it."""
    return {name: label for name, label, _ in current_app.extensions["providers"]}.get(gateway, CHANNEL_LABELS.get(gateway, gateway))


def _errand(work: Work, errand: Errand) -> tuple[int, str, str, int, str, str]:
    when = promises.short_moment(errand.dead_at or errand.not_before, work.ref.calendar)
    return errand.id, _ERRANDS.get(errand.kind, errand.kind), f"#{errand.subject_id}", errand.attempts, errand.last_error or "", when


@bp.post("/kendali/errand/<int:id>/ulang")
def retry(id: int) -> ResponseReturnValue:
    """Try a dead letter again."""
    with guards.work() as work:
        upkeep.retry(work, id)
        work.commit()
    return redirect(url_for("control.board"), 303)


@bp.post("/kendali/kabar/<int:id>/ulang")
def send_again(id: int) -> ResponseReturnValue:
    """Send words again that did not arrive."""
    with guards.work() as work:
        streetboard.send_again(work, id)
        work.commit()
    return redirect(url_for("control.board"), 303)


@bp.post("/kendali/alarm/<int:id>/beres")
def clear(id: int) -> ResponseReturnValue:
    """Somebody has seen to it."""
    with guards.work() as work:
        upkeep.clear(work, id)
        work.commit()
    return redirect(url_for("control.board"), 303)


@bp.get("/kendali/belum-terbaca/<int:id>")
def unread(id: int) -> ResponseReturnValue:
    """What came and could not be read, as it came."""
    with guards.work() as work:
        row = upkeep.unread(work, id)
        when = promises.short_moment(row.received_at, work.ref.calendar)
        page = {
            "id": row.id,
            "provider": _provider(row.channel),
            "name": row.external_id,
            "when": when,
            "reason": row.reason,
            "raw": row.raw,
        }
        work.commit()
        return render_template("control/unread.html", page=page)


@bp.post("/kendali/belum-terbaca/<int:id>/dibaca")
def have_read(id: int) -> ResponseReturnValue:
    """Somebody has read it."""
    with guards.work() as work:
        upkeep.have_read(work, id)
        work.commit()
    return redirect(url_for("control.board"), 303)
