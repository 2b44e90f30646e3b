"""The other side of a private chat on Telegram: people who write, send files, edit, tap, block; each act is an Update."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shelved:
    """A file as Telegram keeps it: getFile tells `path` and `size`, the file server gives `content` with `status`.

    `size` None is not told at all; `told` is a Content-Length other than the true one; `pause` seconds lie between pieces
    of `piece` bytes; `away` is what getFile says instead (400).
    """

    content: bytes
    path: str
    size: int | None = None
    status: int = 200
    told: int | None = None
    pause: float = 0.0
    piece: int = 65_536
    away: str = ""
    mime: str = "application/octet-stream"
    retry_after: int = 0


class People:
    """Every method is something a person did, as the Update that Telegram makes of it. https://core.telegram.org/bots/api#update"""

    me: dict[str, Any]
    shelf: dict[str, Shelved]
    blocked: set[int]

    def __init__(self) -> None:
        self._message_ids = itertools.count(1001)
        self._update_ids = itertools.count(700_000_001)

    def text(self, chat_id: int, text: str, *, name: str = "Aminah") -> dict[str, Any]:
        """This person wrote these words in the private chat."""
        return self.says(chat_id, {"text": text}, name=name)

    def location(self, chat_id: int, lat: float, lon: float, *, name: str = "Aminah") -> dict[str, Any]:
        """This person shared a place."""
        return self.says(chat_id, {"location": {"latitude": lat, "longitude": lon}}, name=name)

    def says(self, chat_id: int, content: dict[str, Any], *, name: str = "Aminah") -> dict[str, Any]:
        """This person sent a message with any content."""
        return {"update_id": next(self._update_ids), "message": self._message(chat_id, name, content)}

    def photo(self, chat_id: int, content: bytes, *, caption: str = "", album: str = "") -> dict[str, Any]:
        """This person sent a picture; it lies on the shelf in two sizes, the larger of them whole."""
        key = f"AgACAgUAAx{len(self.shelf)}"
        self.shelf[f"{key}-s"] = Shelved(content[:10], f"photos/thumb_{len(self.shelf)}.jpg", 10)
        self.shelf[key] = Shelved(content, f"photos/file_{len(self.shelf)}.jpg", len(content))
        sizes = [
            {"file_id": f"{key}-s", "file_unique_id": f"{key}us", "width": 90, "height": 60, "file_size": 10},
            {"file_id": key, "file_unique_id": f"{key}u", "width": 1280, "height": 853, "file_size": len(content)},
        ]
        said = {"photo": sizes, **({"caption": caption} if caption else {}), **({"media_group_id": album} if album else {})}
        return self.says(chat_id, said)

    def edit(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """This person put other words into a message sent before."""
        edited = {**update["message"], "text": text, "edit_date": int(time.time())}
        return {"update_id": next(self._update_ids), "edited_message": edited}

    def reply(self, earlier: dict[str, Any], text: str, *, name: str = "Aminah") -> dict[str, Any]:
        """This person answered that very message (one of `sent`)."""
        under = {key: value for key, value in earlier.items() if key != "reply_to_message"}
        return self.says(earlier["chat"]["id"], {"text": text, "reply_to_message": under}, name=name)

    def tap(self, chat_id: int, data: str, *, name: str = "Aminah", under: dict[str, Any] | None = None) -> dict[str, Any]:
        """This person tapped a button of our last message, or of the one named."""
        message = under or {**self._message(chat_id, name, {"text": "…"}), "from": self.me}
        tapped = {
            "id": str(next(self._update_ids)),
            "from": self._person(chat_id, name),
            "message": message,
            "chat_instance": "-3871",
            "data": data,
        }
        return {"update_id": next(self._update_ids), "callback_query": tapped}

    def block(self, chat_id: int, *, name: str = "Aminah") -> dict[str, Any]:
        """This person blocked the bot: from now on it may not write."""
        self.blocked.add(chat_id)
        return self._membership(chat_id, name, "member", "kicked")

    def unblock(self, chat_id: int, *, name: str = "Aminah") -> dict[str, Any]:
        """This person let the bot in again."""
        self.blocked.discard(chat_id)
        return self._membership(chat_id, name, "kicked", "member")

    def _membership(self, chat_id: int, name: str, old: str, new: str) -> dict[str, Any]:
        until = {"kicked": {"until_date": 0}}
        change = {
            "chat": self._chat(chat_id, name),
            "from": self._person(chat_id, name),
            "date": int(time.time()),
            "old_chat_member": {"user": self.me, "status": old, **until.get(old, {})},
            "new_chat_member": {"user": self.me, "status": new, **until.get(new, {})},
        }
        return {"update_id": next(self._update_ids), "my_chat_member": change}

    def _message(self, chat_id: int, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """A full Message; date in seconds, from with is_bot."""
        return {
            "message_id": next(self._message_ids),
            "from": self._person(chat_id, name),
            "chat": self._chat(chat_id, name),
            "date": int(time.time()),
            **content,
        }

    def _chat(self, chat_id: int, name: str) -> dict[str, Any]:
        return {"id": chat_id, "first_name": name, "type": "private"}

    def _person(self, chat_id: int, name: str) -> dict[str, Any]:
        return {"id": chat_id, "is_bot": False, "first_name": name, "language_code": "id"}
