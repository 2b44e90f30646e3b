"""Citizens who send photos by Telegram: the updates, the files that came of them, and what was answered."""

from __future__ import annotations

from tests.conftest import TELEGRAM_SECRET
from tests.corridor.looking import CLINIC, silence
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.telegram_people import Shelved
from tests.washing.makings import jpeg


def arrives(town, update: dict) -> None:
    """An update at the webhook."""
    answer = town.browser().post("/hooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET})
    assert answer.status_code == 200, answer.text


def document(street: TelegramApi, chat: int, content: bytes, *, caption: str = "", size: int | None = None, album: str = "") -> dict:
    """This person sent a file as a file."""
    key = f"BQACAgUAAx{len(street.shelf)}"
    told = len(content) if size is None else size
    street.shelf[key] = Shelved(content, f"documents/file_{len(street.shelf)}", told)
    sent = {"file_id": key, "file_unique_id": f"{key}u", "file_name": "foto.jpg", "mime_type": "image/jpeg", "file_size": told}
    return street.says(
        chat, {"document": sent, **({"caption": caption} if caption else {}), **({"media_group_id": album} if album else {})}
    )


def rows(town, ticket: str) -> list[tuple]:
    """(id, state, mime, path, note) of every file of a case."""
    return town.sql("SELECT id, state, mime, path, note FROM files WHERE case_id = :id ORDER BY id", id=town.case(ticket)["id"])


def heard(street: TelegramApi, chat: int) -> list[str]:
    """Every text this chat got."""
    return [message["text"] for message in street.sent if message["chat"]["id"] == chat]


def reported(town, street, chat: int, words: str, content: bytes | None = None) -> str:
    """A photo with its words, worked off. Returns the ticket."""
    arrives(town, street.photo(chat, content or jpeg(), caption=CLINIC.format(words)))
    town.work_off()
    silence(town)
    return town.ticket_of(words)
