"""One mail → our message, a receipt when it is a bounce of one of ours, or nothing. Whatever is broken in it is read as far as it goes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from channels.mail import words
from channels.mail.heads import VALUE, Head, Names, parameter, parameters, spoken
from channels.mail.line import Leaf
from channels.mail.vouching import vouched
from ntbcare.contract import DeliveryReceipt, IncomingMessage, Item, Media

LONGEST_ID, LONGEST_RAW, MOST_MEDIA = 200, 100_000, 30
MOST_PARTS, DEEPEST = 50, 5  # of a mail that we take apart ourselves
MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
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


def translate(mail: Mail, ours: str, names: Names, authserv_id: str = "") -> list[Item]:
    """`ours` is our own address. [] for our own mail and for reports that change nothing."""
    head = Head(mail.header)
    sender_name, sender = head.sender()
    if sender == ours.lower():
        return []
    report = "multipart/report" in head.raw("content-type").lower() or any(leaf.mime in REPORT_PARTS[:1] for leaf in mail.structure)
    receipts = _bounce(mail, head, names) if report else None
    if receipts is not None:
        return list(receipts)
    subject = head.value("subject")[:1000]
    body = words.own_words(_body(mail), forwarded=bool(words.FORWARD.match(subject)))
    return [
        IncomingMessage(
            channel="email",
            external_id=_short(_first_id(head.value("message-id"))) or mail.fallback_id,
            text=words.with_subject(subject, body),
            sender=sender,
            sender_name=sender_name,
            received_at=mail.received,
            media=_media(mail),
            raw=mail.raw,
            replies_to=_ours(head, names),
            authentic=vouched(head, authserv_id),
            automatic=report or _automatic(head, sender),
        )
    ]


def _short(name: str) -> str:
    """A name that fits into an index, whoever invented it."""
    return name if len(name) <= LONGEST_ID else hashlib.sha256(name.encode()).hexdigest()


def _first_id(text: str) -> str:
    found = MESSAGE_ID.search(text)
    return found[1] if found else ""


def _ours(head: Head, names: Names, *more: str) -> str:
    """The message of ours that is answered: In-Reply-To says it, else the youngest of the References. One that somebody made up is none."""
    given = MESSAGE_ID.findall(head.raw("in-reply-to")) + MESSAGE_ID.findall(head.raw("references"))[::-1]
    return next((ours for name in (*more, *given) if (ours := names.ours(name))), "")


def _automatic(head: Head, sender: str) -> bool:
    """Does a machine say so itself? https://www.rfc-editor.org/rfc/rfc3834 and the customs that are older than it."""
    if head.raw("auto-submitted").partition(";")[0].strip().lower() not in MAY_BE_PEOPLE:
        return True
    if head.raw("precedence").lower() in BULK or head.raw("return-path") == "<>":
        return True
    if head.raw("x-auto-response-suppress").lower() not in ("", "none"):
        return True
    return any(head.raw(name) for name in ("list-id", "x-autoreply", "x-autorespond")) or bool(ROBOT.match(sender))


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
    text = parameter(leaf.file, "filename") or parameter(leaf.params, "name")
    return words.storable(spoken(text[:VALUE]).strip('" '))[:200]


def _media(mail: Mail) -> tuple[Media, ...]:
    files = [leaf for leaf in mail.structure if not is_body(leaf) and leaf.mime not in SIGNED]
    return tuple(
        Media(f"{mail.validity}.{mail.uid}.{leaf.number}", leaf.mime[:100], leaf.size, filename(leaf)) for leaf in files[:MOST_MEDIA]
    )


# bounces


def _bounce(mail: Mail, head: Head, names: Names) -> list[DeliveryReceipt] | None:
    """A delivery status notification → a receipt for each message of ours it speaks of; None when it speaks of none.

    https://www.rfc-editor.org/rfc/rfc3464 : groups of fields, the first about the message, one more per recipient.
    """
    returned, groups = "", list[dict[str, str]]()
    for leaf in mail.structure:
        content = words.unpacked(mail.contents.get(leaf.number, b""), leaf.encoding)
        if leaf.mime.endswith("delivery-status"):
            groups += [_fields(group) for group in re.split(rb"\r?\n[ \t]*\r?\n", content.strip())]
        elif leaf.mime in REPORT_PARTS:
            returned = returned or _first_id(Head(content).raw("message-id"))
    name = _ours(head, names, returned)
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


def parsed_whole(content: bytes) -> tuple[bytes, list[Leaf], dict[str, bytes]]:
    """For a mail whose structure the server could not tell: our own view of its beginning, as header, leaves and their content."""
    found: list[tuple[Leaf, bytes]] = []

    def visit(part: bytes, number: str) -> None:
        header, body = _halves(part)
        head = Head(header)
        kind, given = parameters(head.raw("content-type"))
        depth = number.count(".") + 1 if number else 0
        if kind.startswith("multipart/") and given.get("boundary") and depth < DEEPEST:
            boundary = re.escape(given["boundary"].encode("utf-8", "replace"))
            pieces = re.split(rb"(?m)^--" + boundary + rb"(?:--)?[ \t]*\r?$\n?", body)[1:]  # nobody reads what stands before the first
            for at, piece in enumerate(pieces[:MOST_PARTS], start=1):
                if len(found) < MOST_PARTS and piece.strip():
                    visit(piece, f"{number}.{at}" if number else str(at))
            if pieces:
                return
            kind, given = "text/plain", {}
        shown, file = parameters(head.raw("content-disposition"))
        encoding = head.raw("content-transfer-encoding").lower()
        leaf = Leaf(number or "1", kind if "/" in kind else "text/plain", given, encoding, len(body), shown, file)
        found.append((leaf, body))

    visit(content, "")
    needed = wanted([leaf for leaf, _ in found])
    return _halves(content)[0], [leaf for leaf, _ in found], {leaf.number: body for leaf, body in found if leaf in needed}


def _halves(part: bytes) -> tuple[bytes, bytes]:
    """Header and body: an empty line stands between them."""
    if part.startswith((b"\r\n", b"\n")):
        return b"", part.lstrip(b"\r\n")
    end = re.search(rb"\r?\n\r?\n", part)
    return (part[: end.end()], part[end.end() :]) if end else (part, b"")
