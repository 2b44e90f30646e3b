"""Words for people: templates/messages/<notice>.<channel>.txt → text, with SMS counted in parts and kept to GSM-7."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

# GSM 03.38 (3GPP TS 23.038 §6.2.1): one letter outside the table turns a 160-letter SMS into one of 70.
_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_DOUBLE = set("^{}\\[~]|€")
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-", "\t": " "})
MAX_PARTS = 2
# a notice without its own file for a channel uses the file of the channel it resembles
_LIKE = {"api": "web", "whatsapp": "telegram", "facebook": "telegram", "instagram": "telegram", "x": "telegram", "email": "telegram"}
PIN_MARK = "[[PIN]]"  # the PIN is written in at the last moment, so that no stored notice holds one
LINK_MARK = "<<tautan-rahasia-ini>>"  # likewise the secret of a helper's link (domain/outside.py), and exactly as long


def gsm7(text: str) -> str:
    """Text with only GSM-7 letters: typographic signs made plain, accents dropped, anything else becomes "?"."""
    out = []
    for letter in text.translate(_PLAIN):
        if letter in _GSM7 or letter in _GSM7_DOUBLE:
            out.append(letter)
            continue
        bare = unicodedata.normalize("NFKD", letter)[0]
        out.append(bare if bare in _GSM7 else "?")
    return "".join(out)


def septets(text: str) -> int:
    """Length as the network counts it: some signs cost two."""
    return sum(2 if letter in _GSM7_DOUBLE else 1 for letter in text)


def parts(text: str) -> int:
    """Number of SMS a text costs: 160 letters alone, 153 each when joined; 70 and 67 outside GSM-7 (TS 23.040)."""
    if all(letter in _GSM7 or letter in _GSM7_DOUBLE for letter in text):
        length, alone, joined = septets(text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def shorten(text: str, room: int) -> str:
    """At most `room` letters, cut at a word, with an honest "..." where something was left out."""
    text = " ".join(text.split())
    if len(text) <= room:
        return text
    cut = text[: max(room - 3, 0)].rsplit(" ", 1)[0] or text[: max(room - 3, 0)]
    return cut.rstrip(" ,.;:") + "..."


class Wording:
    """The message templates of one folder, with a version that is kept on every notice made from them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jinja = Environment(  # noqa: S701 - plain text, never HTML
            loader=FileSystemLoader(folder), auto_reload=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._jinja.filters["shorten"] = shorten
        digest = hashlib.sha256()
        for path in sorted(folder.glob("*.txt")):
            digest.update(path.name.encode() + path.read_bytes())
        self.version = digest.hexdigest()[:12]

    def has(self, notice: str, channel: str) -> bool:
        """Are there words for this notice on this channel?"""
        try:
            self._jinja.get_template(f"{notice}.{_LIKE.get(channel, channel)}.txt")
        except TemplateNotFound:
            return False
        return True

    def write(self, notice: str, channel: str, **facts: object) -> str:
        """The words. SMS: GSM-7 and at most MAX_PARTS parts; long free text (`words`) is shortened until it fits,
        never the ticket or the date. Raises jinja2's errors for a missing fact or template: a fault of ours, not of a person."""
        template = self._jinja.get_template(f"{notice}.{_LIKE.get(channel, channel)}.txt")
        text = template.render(**facts).strip()
        if channel != "sms":
            return text
        text = gsm7(text)
        room = len(str(facts.get("words") or ""))
        while parts(text) > MAX_PARTS and room > 10:
            room = min(room - 10, int(room * 0.9))
            facts["words"] = shorten(str(facts["words"]), room)
            text = gsm7(template.render(**facts).strip())
        return text
