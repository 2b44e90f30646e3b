"""The kinds of report, how a complaint is classified and how urgent it is, with the words people read."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a citizen sends us (NTB Care's five kinds; a survey never becomes a case)."""

    COMPLAINT = "complaint"
    VIOLATION = "violation"
    ASPIRATION = "aspiration"
    TIP = "tip"


class Classification(StrEnum):
    """SP4N's four classes (Permendagri 8/2023 ps. 1); `berkadar` needs a reason, it is never the default."""

    INFORMATION = "permintaan_informasi"
    ORDINARY = "tidak_berkadar"
    OVERSIGHT = "berkadar"
    ASPIRATION = "aspirasi"


class Urgency(StrEnum):
    """NTB Care's promise: 1 hour, 24 hours, 48 hours to the first human answer."""

    URGENT = "mendesak"
    IMPORTANT = "penting"
    NORMAL = "biasa"


NO_PROMISE = (Kind.TIP,)  # a tip is read, not answered: no clock runs (domain.md 1.4)
OPEN_DOOR_KINDS = (Kind.COMPLAINT, Kind.ASPIRATION, Kind.TIP)

KIND_LABELS = {
    Kind.COMPLAINT: "Keluhan",
    Kind.VIOLATION: "Dugaan pelanggaran",
    Kind.ASPIRATION: "Usulan",
    Kind.TIP: "Informasi",
}

URGENCY_LABELS = {Urgency.URGENT: "Mendesak", Urgency.IMPORTANT: "Penting", Urgency.NORMAL: "Biasa"}

CHANNEL_LABELS = {
    "web": "Formulir web",
    "api": "Aplikasi lain",
    "sms": "SMS",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "email": "E-mail",
    "counter": "Loket",
    "phone": "Telepon",
    "village": "Kantor desa",
    "forum": "Forum Yasinan",
    "lapor": "SP4N-LAPOR!",
}

_URGENCY_ORDER = (Urgency.NORMAL, Urgency.IMPORTANT, Urgency.URGENT)


def more_urgent(one: str, other: str) -> Urgency:
    """The more urgent of two: signs of urgency add up, nothing a text says ever lowers it."""
    return max(Urgency(one), Urgency(other), key=_URGENCY_ORDER.index)


def classify(kind: str) -> Classification:
    """The class a new case starts with, before a coordinator looks."""
    return Classification.ASPIRATION if kind == Kind.ASPIRATION else Classification.ORDINARY
