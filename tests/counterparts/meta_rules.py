"""What Meta takes and refuses: the published limits of the three ways to write to somebody, and the state that decides."""

from __future__ import annotations

import base64
import itertools
import json
import re
from typing import Any


class GraphError(Exception):
    """An error response of the Graph API."""

    def __init__(self, code: int, subcode: int, words: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(words)
        self.code, self.subcode, self.status, self.headers = code, subcode, status, headers


def refusal(code: int, subcode: int = 0, words: str = "Invalid parameter") -> GraphError:
    return GraphError(code, subcode, words, 400)


def absent(method: str, node: str) -> GraphError:
    return refusal(
        100, 33, f"Unsupported {method} request. Object with ID '{node}' does not exist, cannot be loaded due to missing permissions"
    )


# the published fields of what mentioned us
MENTION_FIELDS = {
    "comment": {"id", "like_count", "media", "text", "timestamp", "username"},
    "media": {"caption", "comments_count", "id", "like_count", "media_type", "media_url", "owner", "permalink", "timestamp", "username"},
}


class Rules:
    """The state of one business account. Fill the sets to make somebody what they are.

    open_for: wa_ids, user ids, PSIDs and IGSIDs whose 24 hours run · strangers: never on WhatsApp (131026) · unavailable (551) ·
    deaf: turned our messages off (2018108) · comments: id → its text; private_replies: ids already answered in private;
    old_comments: past their seven days · mentions: (comment | media, id) → its fields, where somebody mentions us; comments_off: ids
    below which comments are turned off; accounts: those our token may ask about; no_fields: fields this version does not have · templates: (name, language) → number of parameters · room: calls left before limits.
    """

    def __init__(self, number_id: str, page_id: str, instagram_id: str) -> None:
        self.number_id, self.page_id, self.instagram_id = number_id, page_id, instagram_id
        self.open_for: set[str] = set()
        self.strangers: set[str] = set()
        self.unavailable: set[str] = set()
        self.deaf: set[str] = set()
        self.people: dict[str, str] = {}  # PSID or IGSID → "facebook" | "instagram"
        self.comments: dict[str, str] = {}
        self.private_replies: set[str] = set()
        self.old_comments: set[str] = set()
        self.mentions: dict[tuple[str, str], dict[str, Any]] = {}
        self.comments_off: set[str] = set()
        self.accounts = {instagram_id}
        self.no_fields: set[str] = set()
        self.templates = {("kabar", "id"): 1}
        self.wamids: dict[str, str] = {}  # wamid → recipient
        self.answers: dict[str, list[str]] = {}  # comment or post → texts below it
        self.room: int | None = None
        self.regain_minutes = 0
        self.pair_room: dict[str, int] = {}
        self._ids = itertools.count(1)

    def paces(self, token: str) -> None:
        """https://developers.facebook.com/docs/graph-api/overview/rate-limiting"""
        if self.room is None:
            return
        if self.room <= 0:
            usage = json.dumps(
                {self.page_id: [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": self.regain_minutes}]}
            )
            raise GraphError(80007, 0, "Rate limit issues", 400, (("X-Business-Use-Case-Usage", usage),))
        self.room -= 1

    def decide(self, node: str, edge: str, body: dict[str, Any]) -> dict[str, Any]:
        if edge == "messages" and node == self.number_id:
            return self._whatsapp(body)
        if edge == "messages" and node in ("me", self.page_id):
            return self._message(body)
        if edge in ("comments", "replies"):
            return self._comment(node, edge, body)
        if edge == "mentions" and node in self.accounts:
            return self._answer_mention(body)
        raise absent("post", node)

    # WhatsApp. https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages

    def _whatsapp(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("messaging_product") != "whatsapp" or body.get("recipient_type") != "individual":
            raise refusal(100, 0, "The parameter messaging_product is required.")
        number, user = str(body.get("to", "")).lstrip("+"), str(body.get("recipient", ""))
        if not re.fullmatch(r"[1-9][0-9]{6,14}", number) and not re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", user):
            raise refusal(131009, 0, "Parameter value is not valid")
        to = number or user
        kind = body.get("type")
        self._whatsapp_content(kind, body.get(str(kind)) or {})
        if to in self.strangers:
            raise refusal(131026, 0, "Message undeliverable")
        if kind != "template" and to not in self.open_for:
            raise refusal(131047, 0, "Re-engagement message: more than 24 hours have passed since the recipient last replied")
        if self.pair_room.setdefault(to, 100) <= 0:
            raise refusal(131056, 0, f"(Business Account, Consumer Account) pair rate limit hit for {to}")
        self.pair_room[to] -= 1
        wamid = "wamid." + base64.b64encode(f"{to}-{next(self._ids):08}".encode()).decode()
        self.wamids[wamid] = to
        contact = {"input": to, "wa_id": to} if number else {"input": to, "user_id": to}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}

    def _whatsapp_content(self, kind: Any, content: dict[str, Any]) -> None:
        if kind == "text":
            if not 1 <= len(content.get("body", "")) <= 4096:
                raise refusal(100, 0, "Param text['body'] must be at most 4096 characters long.")
        elif kind == "interactive":
            self._interactive(content)
        elif kind == "template":
            self._template(content)
        else:
            raise refusal(131009, 0, "Parameter value is not valid")

    def _interactive(self, content: dict[str, Any]) -> None:
        if content["type"] == "button":
            replies = [each["reply"] for each in content["action"]["buttons"] if each["type"] == "reply"]
            most, title, longest, room = 3, 20, 256, 1024
        else:
            replies = [row for section in content["action"]["sections"] for row in section["rows"]]
            most, title, longest, room = 10, 24, 200, 4096
            if not 1 <= len(content["action"]["button"]) <= 20:
                raise refusal(131009, 0, "Button label is too long")
        sound = all(1 <= len(each["title"]) <= title and 1 <= len(each["id"]) <= longest for each in replies)
        twins = len({each["title"] for each in replies}) < len(replies) or len({each["id"] for each in replies}) < len(replies)
        if not 1 <= len(replies) <= most or not sound or twins or not 1 <= len(content["body"]["text"]) <= room:
            raise refusal(131009, 0, "Parameter value is not valid")

    def _template(self, content: dict[str, Any]) -> None:
        expected = self.templates.get((content["name"], content["language"]["code"]))
        if expected is None:
            raise GraphError(132001, 0, f"Template name ({content['name']}) does not exist in the translation", 404)
        parameters = [each["text"] for part in content["components"] if part["type"] == "body" for each in part["parameters"]]
        if len(parameters) != expected:
            raise refusal(132000, 0, "Number of parameters does not match the expected number of params")
        for words in parameters:
            if re.search(r"[\n\t]| {5,}", words):
                raise refusal(132018, 0, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
            if len(words) + 60 > 1024:
                raise refusal(132005, 0, "Translated text too long")

    # Messenger and Instagram. https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        recipient, message = body["recipient"], body["message"]
        words, quick = message.get("text", ""), message.get("quick_replies", [])
        (kind, name), *_ = recipient.items()
        if kind == "id":
            self._may_hear(name)
        else:
            self._private_reply(name)
        instagram = self.people.get(name) == "instagram" or name.startswith("178")
        if not words or (len(words.encode()) > 1000 if instagram else len(words) > 2000):
            raise refusal(100, 0, "Length of param message[text] must be less than or equal to 2000")
        if len(quick) > 13 or any(len(each["title"]) > 20 or not each["payload"] or len(each["payload"]) > 1000 for each in quick):
            raise refusal(100, 0, "Param message[quick_replies] is not valid")
        if kind != "id":
            self.private_replies.add(name)
        return {"recipient_id": name if kind == "id" else "7001", "message_id": f"m_{next(self._ids):08}"}

    def _may_hear(self, name: str) -> None:
        channel = self.people.get(name)
        if channel is None:
            raise refusal(100, 2018001, f"No matching user found for {name}")
        if name in self.unavailable:
            raise refusal(551, 1545041, "This person isn't available right now.")
        if name in self.deaf:
            raise GraphError(200, 2018108, "This person isn't receiving messages from you right now.", 403)
        if name not in self.open_for:
            subcode = 2534022 if channel == "instagram" else 2018278
            raise GraphError(10, subcode, "This message is sent outside of allowed window.", 403)

    def _private_reply(self, name: str) -> None:
        if name not in self.comments:
            raise refusal(100, 0, f"Invalid comment_id {name}")
        if name in self.private_replies:
            raise refusal(10900, 0, "Activity already replied to")
        if name in self.old_comments:
            raise refusal(10903, 0, "This user cant reply to this activity")

    # Public answers

    def _comment(self, node: str, edge: str, body: dict[str, Any]) -> dict[str, Any]:
        words, longest = body.get("message", ""), 300 if edge == "replies" else 8000
        if node not in self.comments:
            raise absent("post", node)
        self._hang_below(node, words, longest)
        return {"id": f"{node.partition('_')[0]}_{next(self._ids):08}"}

    def _hang_below(self, node: str, words: str, longest: int) -> None:
        if not 1 <= len(words) <= longest:
            raise refusal(100, 0, "Invalid parameter")
        below = self.answers.setdefault(node, [])
        if words in below:
            raise refusal(506, 0, "Duplicate status message")
        below.append(words)

    # Mentions. https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentioned_comment

    def mention(self, text: str, username: str = "siti.lombok", *, caption: bool = False) -> dict[str, Any]:
        """Somebody writes @us in a comment below a picture of theirs, or in its caption → the value of the notification: ids only."""
        media, comment = f"17901{next(self._ids):012}", f"17866{next(self._ids):012}"
        told = {"username": username, "timestamp": "2026-11-22T02:00:00+0000"}
        link = f"https://www.instagram.com/p/{media[-4:]}/"
        if caption:
            self.mentions["media", media] = {**told, "id": media, "caption": text, "permalink": link}
            return {"media_id": media}
        self.mentions["comment", comment] = {**told, "id": comment, "text": text, "media": {"id": media, "permalink": link}}
        return {"media_id": media, "comment_id": comment}

    def mentioned(self, node: str, fields: str) -> dict[str, Any]:
        """GET /{ig-user-id}?fields=mentioned_comment.comment_id(1){id,text}. Without braces only the id is told."""
        asked = re.fullmatch(r"mentioned_(comment|media)\.(?:comment|media)_id\(([0-9]+)\)(?:\{(.+)\})?", fields)
        if asked is None:
            raise refusal(2500, 0, "Syntax error in the field list")
        kind, name, inner = asked.groups()
        found = self.mentions.get((kind, name))
        if node not in self.accounts or found is None:
            raise absent("get", node)
        if name in self.comments_off:
            raise refusal(100, 0, "Comments are disabled on this media")
        return {f"mentioned_{kind}": self._fields(found, inner or "id", MENTION_FIELDS[kind]), "id": node}

    def _fields(self, found: dict[str, Any], asked: str, known: set[str]) -> dict[str, Any]:
        told = {}
        for field, inner in re.findall(r"(\w+)(?:\{([^}]*)\})?", asked):
            if field not in known - self.no_fields:
                raise refusal(100, 0, f"Tried accessing nonexisting field ({field})")
            if field in found:
                told[field] = self._fields(found[field], inner or "id", MENTION_FIELDS["media"]) if field == "media" else found[field]
        return {**told, "id": found["id"]}

    def _answer_mention(self, body: dict[str, Any]) -> dict[str, Any]:
        media, comment = str(body.get("media_id", "")), str(body.get("comment_id", ""))
        known = self.mentions.get(("comment", comment) if comment else ("media", media))
        if known is None or (comment and known["media"]["id"] != media):
            raise absent("post", comment or media)
        self._hang_below(comment or media, str(body.get("message", "")), 300)
        return {"id": f"17846{next(self._ids):012}"}
