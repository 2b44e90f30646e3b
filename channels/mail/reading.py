"""One mail → our message, a receipt when it is a bounce of one of ours, or nothing. Whatever is broken in it is read as far as it goes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import compat32, default
from email.utils import collapse_rfc2231_value, decode_params, parseaddr
from typing import Any

from channels.mail import words
from channels.mail.line import Leaf
from ntbcare.contract import DeliveryReceipt, IncomingMessage, Item, Media

LONGEST_ID, LONGEST_RAW, MOST_MEDIA = 200, 100_000, 30
MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,2000})\s*>")
ROBOT = re.compile(
    r"(?:mailer-daemon|postmaster|(?:no|do-?not|donot)[-_.]?reply|bounces?)(?:[-+_.=].*)?@|[^@]*[-_.](?:no-?reply|noreply)@", re.IGNORECASE
)
MAY_BE_PEOPLE = ("", "no")
BULK = ("bulk", "junk", "list", "auto_reply")
REPORT_PARTS = ("message/delivery-status", "message/rfc822", "text/rfc822-headers", "message/global-delivery-status")
SIGNED = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


@dataclass(slots=True)
class Mail:
    """What was fetched of one mail: its header, its leaves, and the content of those that are words."""

    validity: int
    uid: int
    header: bytes
    received: datetime | None
    structure: list[Leaf]
    contents: dict[str, bytes] = field(default_factory=dict)  # part number → as it travelled, still encoded

    @property
    def raw(self) -> str:
        shown = [self.header, *(self.contents[number] for number in sorted(self.contents))]
        return words.storable(b"\n".join(shown)[:LONGEST_RAW].decode("utf-8", "replace"))

    @property
    def fallback_id(self) -> str:
        return f"uid:{self.validity}:{self.uid}"


def is_body(leaf: Leaf) -> bool:
    """Words meant to be read where they stand, not a text file that was attached."""
    return leaf.mime in ("text/plain", "text/html") and leaf.disposition != "attachment" and not filename(leaf)


def wanted(structure: list[Leaf]) -> list[Leaf]:
    """The leaves whose content is needed to understand the mail; of a bounce the report and the returned header as well."""
    report = any(leaf.mime.endswith("delivery-status") for leaf in structure)
    return [leaf for leaf in structure if is_body(leaf) or (report and leaf.mime in REPORT_PARTS)]


def translate(mail: Mail, ours: str) -> list[Item]:
    """`ours` is our own address. [] for our own mail and for reports that change nothing."""
    head = message_from_string(words.decoded(mail.header, ""), policy=default)  # raw UTF-8 in headers is common
    sender_name, sender = _sender(head)
    if sender == ours.lower():
        return []
    domain = ours.rpartition("@")[2].lower()
    if "multipart/report" in _value(head, "Content-Type").lower() or any(leaf.mime in REPORT_PARTS[:1] for leaf in mail.structure):
        receipts = _bounce(mail, head, domain)
        if receipts is not None:
            return list(receipts)
    subject = _value(head, "Subject")[:1000]
    body = words.own_words(_body(mail), forwarded=bool(words.FORWARD.match(subject)))
    answered = _ours(head, domain)
    name = _first_id(_value(head, "Message-ID"))
    external_id = (name if len(name) <= LONGEST_ID else hashlib.sha256(name.encode()).hexdigest()) or mail.fallback_id
    return [
        IncomingMessage(
            channel="email",
            external_id=external_id,
            text=words.with_subject(subject, body),
            sender=sender,
            sender_name=sender_name,
            received_at=mail.received,
            media=_media(mail),
            raw=mail.raw,
            ref=name if name != external_id else "",
            replies_to=answered,
            automatic=_automatic(head, sender),
        )
    ]


def _value(head: Message | EmailMessage, name: str) -> str:
    """One header as text. The parser of the standard library stumbles over some broken ones: then the raw words."""
    try:
        return words.storable(" ".join(str(head[name] or "").split()))
    except Exception:  # whatever a stranger's header made it raise
        raw = next((str(value) for key, value in head.raw_items() if key.lower() == name.lower()), "")
        try:
            raw = str(make_header(decode_header(raw)))
        except Exception:
            raw = raw.encode("ascii", "surrogateescape").decode("utf-8", "replace") if not raw.isascii() else raw
        return words.storable(" ".join(raw.split()))


def _sender(head: EmailMessage) -> tuple[str, str]:
    """(name, mailbox in lower case) of the first From; "" when there is none that could be answered."""
    try:
        first = head["From"].addresses[0]
        name, mailbox = first.display_name, first.addr_spec
    except Exception:
        name, mailbox = parseaddr(_value(head, "From"))
    mailbox = words.storable(mailbox).strip().lower()
    return words.storable(name)[:200], mailbox if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", mailbox) else ""


def _first_id(text: str) -> str:
    found = MESSAGE_ID.search(text)
    return found[1] if found else ""


def _ours(head: Message | EmailMessage, domain: str, *more: str) -> str:
    """The message of ours that is answered: In-Reply-To says it, else the youngest of the References."""
    given = MESSAGE_ID.findall(_value(head, "In-Reply-To")) + MESSAGE_ID.findall(_value(head, "References"))[::-1]
    for name in (*more, *given):
        if name.rpartition("@")[2].lower() == domain:
            return name
    return ""


def _automatic(head: EmailMessage, sender: str) -> bool:
    """Does a machine say so itself? https://www.rfc-editor.org/rfc/rfc3834 and the customs that are older than it."""
    if _value(head, "Auto-Submitted").partition(";")[0].strip().lower() not in MAY_BE_PEOPLE:
        return True
    if _value(head, "Precedence").lower() in BULK or _value(head, "Return-Path") == "<>":
        return True
    if _value(head, "X-Auto-Response-Suppress").lower() not in ("", "none"):
        return True
    return any(_value(head, name) for name in ("List-Id", "X-Autoreply", "X-Autorespond")) or bool(ROBOT.match(sender))


# words and files


def _body(mail: Mail) -> str:
    """Plain text where somebody wrote some; else what the HTML shows."""
    for mime in ("text/plain", "text/html"):
        found = [_text(mail, leaf) for leaf in mail.structure if leaf.mime == mime and is_body(leaf) and leaf.number in mail.contents]
        text = "\n\n".join(filter(None, (words.from_html(each) if mime == "text/html" else each for each in found)))
        if text.strip():
            return text
    return ""


def _text(mail: Mail, leaf: Leaf) -> str:
    text = words.decoded(words.unpacked(mail.contents[leaf.number], leaf.encoding), leaf.params.get("charset", ""))
    return words.unflowed(text) if leaf.params.get("format", "").lower() == "flowed" else text


def filename(leaf: Leaf) -> str:
    """What the sender called a file, whichever of the two headers says it; "" when none does."""
    for given, name in ((leaf.file, "filename"), (leaf.params, "name")):
        try:
            pairs = [(key, value) for key, value in given.items() if key.partition("*")[0] == name]
            found = dict(decode_params([("", ""), *pairs])[1:]).get(name)
            if found:
                text = collapse_rfc2231_value(found if isinstance(found, tuple) else found.strip('"'))
                return words.storable(str(make_header(decode_header(text))).strip('" '))[:200]
        except Exception:
            return words.storable(given.get(name, "tanpa nama"))[:200]
    return ""


def _media(mail: Mail) -> tuple[Media, ...]:
    files = [leaf for leaf in mail.structure if not is_body(leaf) and leaf.mime not in SIGNED]
    return tuple(
        Media(f"{mail.validity}.{mail.uid}.{leaf.number}", leaf.mime[:100], leaf.size, filename(leaf)) for leaf in files[:MOST_MEDIA]
    )


# bounces


def _bounce(mail: Mail, head: EmailMessage, domain: str) -> list[DeliveryReceipt] | None:
    """A delivery status notification → a receipt for each message of ours it speaks of; None when it speaks of none.

    https://www.rfc-editor.org/rfc/rfc3464 : groups of fields, the first about the message, one more per recipient.
    """
    returned, groups = "", list[dict[str, str]]()
    for leaf in mail.structure:
        content = words.unpacked(mail.contents.get(leaf.number, b""), leaf.encoding)
        if leaf.mime.endswith("delivery-status"):
            groups += [_fields(group) for group in re.split(rb"\r?\n[ \t]*\r?\n", content.strip())]
        elif leaf.mime in REPORT_PARTS:
            returned = returned or _first_id(_value(message_from_bytes(content, policy=compat32), "Message-ID"))
    name = _ours(head, domain, *filter(None, [returned]))
    outcomes = [group for group in groups if group.get("action")]
    if not name or not outcomes:
        return None
    failed = [group for group in outcomes if group["action"] == "failed"]
    if not failed:
        return []  # delayed, relayed: another report may follow
    status = next((found[0] for group in failed if (found := re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", group.get("status", "")))), "")
    code = next((found[1] for group in failed if (found := re.search(r"\b([45]\d\d)\b", group.get("diagnostic-code", "")))), "")
    permanent = (status or code).startswith("5")
    reason = " ".join(filter(None, ["the mail came back", status or code]))
    return [DeliveryReceipt("email", name, "failed", reason=reason, permanent=permanent, bounce=True)]


def _fields(group: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", group).splitlines():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        found.setdefault(name.strip().lower(), value.strip().lower())
    return found


def parsed_whole(content: bytes) -> tuple[list[Leaf], dict[str, bytes]]:
    """For a mail whose structure the server could not tell: our own parser's view of it, as leaves and their content."""
    found: list[Leaf] = []
    contents: dict[str, bytes] = {}

    def visit(part: Message, number: str) -> None:
        children: Any = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(children, list):
            for at, child in enumerate(children[:50], start=1):
                visit(child, f"{number}.{at}" if number else str(at))
            return
        payload: Any = part.get_payload(decode=True) if not isinstance(children, list) else b""
        shown = part.get_content_disposition() or ""
        name = part.get_filename()
        leaf = Leaf(
            number or "1", part.get_content_type(), {"charset": str(part.get_content_charset() or "")}, "", len(payload or b""), shown,
            {"filename": str(name)} if name else {},
        )  # fmt: skip
        found.append(leaf)
        contents[leaf.number] = payload or b""

    visit(message_from_bytes(content, policy=compat32), "")
    return found, {leaf.number: contents[leaf.number] for leaf in wanted(found)}
