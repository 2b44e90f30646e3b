"""The acts that are open to this very person on this case now, and what each asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ntbcare.casework import correcting, forwarding, interest, moves, parting, publicinfo, templating, ways
from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.errors import NotAllowed, WordsRequired
from ntbcare.domain.kinds import URGENCY_LABELS
from ntbcare.domain.routing import regency_of
from ntbcare.records.cases import Case
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

Group = tuple[str, list[tuple[str, str]]]  # heading ("" for none), [(value, words)]

HELP = {
    "start": "Menandai bahwa unit Anda mengerjakannya. Belum dihitung sebagai jawaban.",
    "answer": "Kabar singkat untuk pelapor; laporan tetap terbuka.",
    "respond": "Jawaban lengkap. Pelapor lalu menyatakan sudah atau belum.",
    "submit_result": "Diperiksa unit lain dulu, lalu dikirim ke pelapor.",
    "ask": "Pertanyaan dikirim ke pelapor. Batas waktu berhenti berjalan setelah pertanyaannya sampai.",
    "hand_back": "Tulis alasannya dan pilih unit yang seharusnya menangani. Koordinator memutuskan, pelapor dikabari. "
    "Batas waktu meneruskan dimulai lagi; batas jawaban pertama dan batas penyelesaian tetap berjalan.",
    "recall": "Bila unitnya keliru, atau di sana belum ada petugas. Laporan kembali ke meja Anda; batas penyelesaian tetap berjalan.",
    "dispose": "Pilih satu unit yang menangani; pelapor diberi tahu.",
    "archive": "Pelapor membaca alasan ini.",
    "forward": "Periksa ke mana dan bagaimana pelapor dapat menanyakannya, lalu kirim.",
    "watch_on": "Pelapor membaca apa yang ditanyakan; batas menanyakan lagi dimulai dari sekarang.",
    "relay": "Tulis jawaban instansi itu untuk pelapor. Laporan ditutup sebagai dijawab instansi lain, bukan oleh kita.",
    "take_back": "Bila instansi itu menolak, atau ternyata tugas kita. Batas meneruskan dimulai lagi; batas penyelesaian berjalan seperti semula.",
    "close": "Hanya dengan persetujuan pelapor: tulis kapan dan bagaimana ia setuju.",
    "reopen": "Tulis mengapa laporan ini dibuka kembali.",
    "kip_register": "Menurut UU KIP permohonan punya batas waktunya sendiri; pelapor diberi tahu.",
    "kip_extend": "Hanya satu kali. Alasan tertulis ini dibaca pelapor.",
    "unmerge": "Laporan kembali ke keadaan sebelum digabung; pelapornya diberi tahu.",
}
WORDS = {  # what the words of an act are, so that nobody tells a citizen what was meant for a colleague
    "ask": "Pertanyaan untuk pelapor", "answer": "Kabar untuk pelapor", "respond": "Jawaban untuk pelapor",
    "submit_result": "Jawaban untuk pelapor", "dispose": "Catatan untuk unit itu", "archive": "Penjelasan untuk pelapor",
    "forward": "Penjelasan untuk pelapor", "watch_on": "Yang ditanyakan, untuk pelapor", "relay": "Jawaban instansi itu, untuk pelapor",
    "take_back": "Penjelasan untuk pelapor", "merge": "Pesan untuk pelapor", "unmerge": "Pesan untuk pelapor", "reopen": "Penjelasan untuk pelapor",
    "kip_register": "Pesan untuk pelapor", "kip_extend": "Alasannya, untuk pelapor",
    "hand_back": "Alasannya", "recall": "Alasannya, untuk rekan", "refuse": "Yang perlu diperbaiki", "close": "Kapan dan bagaimana pelapor setuju",
}  # fmt: skip
_PRIMARY = ("verify", "dispose", "start", "respond", "submit_result", "approve")


def actions(work: Work, case: Case) -> list[dict[str, Any]]:
    """The acts open to this actor on this case now, the next one first: what is not possible is not drawn."""
    standing = moves.standing(work, case)
    category = work.ref.categories.get(case.category or "")
    checked = bool(category and category.needs_check)
    body = _likely_body(work, case)
    found = []
    for move in possible(work, case):
        if not permissions.may(work.actor, move.event, standing) or move.event == "escalate":
            continue
        if ("check" in move.needs and not checked) or ("no_check" in move.needs and checked):
            continue
        if not forwarding.fits(case, move) or not publicinfo.fits(work, case, move.event):
            continue
        found.append({
            "event": move.event, "label": move.label, "help": HELP.get(move.event, ""), "words": str(move.words),
            "words_label": WORDS.get(move.event, "Catatan untuk rekan"), "shown": case.result_words if move.event == "approve" else None, "asks_parent": "parent" in move.needs, "asks_ref": move.event in ("forward", "watch_on"), "ref": case.forwarded_ref or "",
            "reasons": [(one.code, one.label) for one in work.ref.reasons.values()] if "reason" in move.needs else None,
            **_units(work, case, move), **(_forward(work, case, body) if move.event == "forward" else {}),
            "primary": _next_act(case, move, body), "facts": _facts_to_settle(work, case) if move.event == "verify" else None,
            "waits_for": parting.waited_for(work, case) if move.event in parting.WAITS else [], **templating.beside(work, case, move.event),
        })  # fmt: skip
    return sorted(found, key=lambda act: (not act["primary"], act["event"] != "forward"))


def _next_act(case: Case, move: lifecycle.Move, body: UnitFacts | None) -> bool:
    """Is this what is likely done next, drawn first and open?"""
    if move.event == "watch_on":
        return case.state == lifecycle.State.FORWARDED
    return move.event in _PRIMARY or (move.event == "forward" and body is not None)


def possible(work: Work, case: Case) -> list[lifecycle.Move]:
    """The moves of the table from here; what the rules send to a body outside our government may be forwarded unread by others."""
    found = lifecycle.possible(case.state)
    if case.state == lifecycle.State.RECEIVED and _likely_body(work, case) is not None:
        found.append(lifecycle.BY_EVENT["forward"])
    return found


def go(work: Work, case: Case, event: str, given: moves.Given) -> None:
    """One act of an officer. Forwarding what was just received is reading it and forwarding it, in one click. Raises as moves.move."""
    templating.guard(event, given.words)
    if event == "forward" and case.state == lifecycle.State.RECEIVED and _likely_body(work, case) is not None:
        if not given.words.strip():
            raise WordsRequired(subject=event)
        moves.move(work, case, "verify", moves.Given(seen=given.seen, quiet=True))
        given = replace(given, seen=None)
    moves.move(work, case, event, given)


def _likely_body(work: Work, case: Case) -> UnitFacts | None:
    """The body outside our government that the rules suggest for this case."""
    unit = work.ref.units.get(case.suggested_unit_id or 0)
    return unit if unit is not None and unit.level == "central" and unit.in_force(work.ref.today) else None


def _forward(work: Work, case: Case, likely: UnitFacts | None) -> dict[str, Any]:
    """Bodies outside our government to forward to; the one the rules suggest is chosen already, with the words of its rule."""
    return {
        "bodies": [("", [(str(unit.id), unit.name) for unit in forwarding.bodies(work)])], "body": str(likely.id) if likely else "",
        "prefill": (case.because or "") if likely and not case.hand_backs else "",
    }  # fmt: skip


def _units(work: Work, case: Case, move: lifecycle.Move) -> dict[str, Any]:
    """Units to choose from, the one proposed chosen already. Who hands back may name anybody, also outside our government, or say nobody."""
    if "owner" in move.needs:
        nobody: list[Group] = [("", [(str(correcting.NOBODY_KNOWS), "Saya tidak tahu")])]
        outside = _forward(work, case, None)["bodies"][0][1]
        return {"units": [*nobody, *units_to_choose(work, case), ("Di luar pemerintah daerah", outside)], "unit": "", "warnings": []}
    if "unit" not in move.needs:
        return {"units": None}
    groups = units_to_choose(work, case)
    proposed = str(case.suggested_unit_id) if any(heading == "Disarankan" for heading, _ in groups) else ""
    back = {str(row.from_unit) for row in correcting.handed_back(work, case)}
    return {"units": groups, "unit": "" if proposed in back else proposed, "warnings": correcting.warnings(work, case)}


def topics(work: Work, case: Case) -> list[Group] | None:
    """Topics to choose from for whoever may correct that of this case now; None for everybody else."""
    if not correcting.can_retopic(case) or not permissions.may(work.actor, "retopic", moves.standing(work, case)):
        return None
    ref = work.ref
    return [("", [(c.code, c.name) for c in ref.categories.values() if c.parent is None and c.sealed != "yes" and c.code != case.category])]


def retopic(work: Work, case: Case, category: str) -> None:
    """Say that the topic of a case is another one, without moving it. Raises NotAllowed and as correcting.retopic."""
    if not permissions.may(work.actor, "retopic", moves.standing(work, case)):
        raise NotAllowed(subject="retopic")
    correcting.retopic(work, case, category)


def _facts_to_settle(work: Work, case: Case) -> dict[str, Any]:
    """What a coordinator may set when verifying, with what is known now. What is known more exactly than the lists stays on offer."""
    ref = work.ref
    topics = [(c.code, c.name) for c in ref.categories.values() if c.parent is None and c.sealed != "yes"]
    return {
        "title": case.title or "",
        "category": case.category or "",
        "categories": [("", _with_now(topics, case.category, ref.category_name(case.category)))],
        "region": case.region or "",
        "regions": _regions(work, case),
        "urgency": case.urgency,
        "urgencies": [("", [(str(u), label) for u, label in URGENCY_LABELS.items()])],
        "vulnerable": case.vulnerable,
        "anonymous": case.anonymous,
        "confidential": case.confidential,
    }


def _with_now(rows: list[tuple[str, str]], code: str | None, name: str) -> list[tuple[str, str]]:
    return rows if not code or code in dict(rows) else [(code, name), *rows]


def _regions(work: Work, case: Case) -> list[Group]:
    """Districts of the coordinator's own region, by regency; the place found so far on top when it is a village."""
    scope, groups = work.actor.region or "", []
    for regency in work.ref.regions.values():
        if regency.level != "regency" or not (regency.code == scope or regency.code.startswith(scope + ".")):
            continue
        below = [(r.code, r.name) for r in work.ref.regions.values() if r.parent == regency.code]
        groups.append((regency.name, [(regency.code, f"Seluruh {regency.name}"), *sorted(below, key=lambda row: row[1])]))
    known = {code for _, rows in groups for code, _ in rows}
    if case.region and case.region not in known:
        groups.insert(0, ("Yang terbaca sekarang", [(case.region, work.ref.region_name(case.region))]))
    return groups


def units_to_choose(work: Work, case: Case) -> list[Group]:
    """Units that may take the case, nearest first: (heading, [(id, name)]). The one suggested stands alone at the top."""
    near, over = regency_of(case.region) or work.actor.region or "", interest.find(work, ways.asked(work, case)).over
    accused = case.accused or ()
    groups: dict[tuple[int, str], list[UnitFacts]] = {}
    for unit in work.ref.units.values():
        usable = unit.in_force(work.ref.today) and unit.level != "central" and unit.id != case.unit_id and unit.id not in accused
        usable = usable and (unit.kind != "secretariat" or unit.id == over)
        if usable:
            groups.setdefault(_shelf(work, unit, near, suggested=unit.id == case.suggested_unit_id), []).append(unit)
    return [(heading, [(str(u.id), u.name) for u in sorted(units, key=lambda u: u.name)]) for (_, heading), units in sorted(groups.items())]


def _shelf(work: Work, unit: UnitFacts, near: str, *, suggested: bool) -> tuple[int, str]:
    """(how far away, heading) of one unit, seen from the regency `near`."""
    if suggested:
        return 0, "Disarankan"
    regency = regency_of(unit.region)
    if unit.level == "province" or "." not in regency:
        return 3, f"Provinsi {work.ref.region_name(work.ref.province).removeprefix('Provinsi ')}"
    name, district = work.ref.region_name(regency), unit.level == "district"
    if regency == near:
        return (2, f"Kecamatan di {name}") if district else (1, name)
    return 4, name
