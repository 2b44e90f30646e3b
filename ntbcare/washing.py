"""The one sanitiser of files: whatever door a photo came through, only cleaned content is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Washed:
    """Content that may be kept: no metadata, of a kind we know. `suffix` begins with a dot."""

    content: bytes
    mime: str
    suffix: str


class Unwelcome(Exception):
    """A file that is not kept; `sentence` says why in the person's words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def wash(content: bytes, claimed: str = "") -> Washed:
    """Clean a file. `claimed` is the mime type somebody named: never believed. Raises Unwelcome."""
    raise Unwelcome("Jenis berkas ini tidak dapat kami simpan.")
