"""What happened → who must hear of it → which words; written in the transaction of the fact, sent by a worker afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice, last_letter, thread_of
from ntbcare.records.people import Contact
from ntbcare.records.work import NO_WAIT, Work

# the notice templates there are; a house test asks for words in every channel
TEMPLATES = (
    "receipt", "routed", "question", "answer_received", "lapsed", "archived", "withdrawn", "merged", "forwarded", "progress",
    "response", "objection_received", "poll", "reopened", "question_reminder", "response_reminder", "rated", "rated_unhappy",
    "reopening_asked", "kip_registered", "kip_extended", "words_added", "status", "which", "help", "courtesy", "stopped", "started", "sealed", "unknown_ticket", "too_late",
    "media_words", "file_refused", "unproved", "emergency", "abuse", "not_understood", "which_withdrawn", "similar", "apart", "followed", "following", "unmerged", "inherited", "handed_back", "watched", "relayed", "taken_back", "status_outside", "words_outside", "split_off", "unsolved_beside", "place_corrected", "linked", "not_linked",
    "outside_ask", "outside_reminder", "outside_thanks", "outside_over",
)  # fmt: skip
# words to officers about no case of theirs as citizens: by mail and Telegram only, in their office hours, in nobody's chain
OFFICER_TEMPLATES = ("officer_bell", "officer_digest")
# words before everybody's eyes: a link, never a PIN, a name or what was reported
PUBLIC_TEMPLATES = ("public_receipt",)
# words to people outside who are asked to help: about no report of their own, so a mail says what they are
HELPERS = {
    "outside_ask": "Mohon bantuan Anda", "outside_reminder": "Masih menunggu jawaban Anda", "outside_thanks": "Terima kasih atas jawaban Anda",
    "outside_over": "Permintaan ini sudah ditutup",
}  # fmt: skip
CHANNELS = ("sms", "telegram", "whatsapp", "facebook", "instagram", "x", "email", "web")
PUBLIC = frozenset({"facebook", "instagram", "x"})  # where a report may be made before everybody's eyes

PROMPTED = timedelta(minutes=15)  # who wrote to us so recently is awake and waits


def owe(work: Work, case: Case, template: str, *, choices: Sequence[str] = (), **facts: Any) -> Notice:
    """Words owed to the one who filed `case`, on the channel it came from (or by SMS when only a number was left)."""
    contact = work.session.get(Contact, case.contact_id) if case.contact_id else None
    channel = contact.channel if contact else "web"
    known = {**case_facts(work, case), **facts}
    thread = thread_of(work.session, case.id) if channel in PUBLIC else None
    if thread and template == "receipt":
        _write(work, "public_receipt", channel, contact, case, dict(known), thread=thread, public=True)
    if channel == "email":
        thread = last_letter(work.session, case.id, channel)
    return _write(work, template, channel, contact, case, known, thread=thread, choices=choices)


def say(
    work: Work, contact: Contact, template: str, case: Case | None = None, *, thread: str | None = None, after: timedelta = NO_WAIT,
    choices: Sequence[str] = (), **facts: Any,
) -> Notice:  # fmt: skip
    """Words owed to a contact who wrote to us, about a case or about none; `after`: not before some time has passed;
    `choices`: what the numbers 1, 2, 3 in these words stand for."""
    known = case_facts(work, case) if case else {}
    return _write(work, template, contact.channel, contact, case, {**known, **facts}, thread=thread, after=after, choices=choices)


def case_facts(work: Work, case: Case) -> dict[str, Any]:
    """What every template may use about a case. No name, no number: a phone is read by whoever holds it."""
    ref = work.ref
    unit = ref.units.get(case.unit_id) if case.unit_id else None
    due = case.due_at
    return {
        "ticket": tickets.pretty(case.ticket),
        "track": f"{work.house.public_url}/t/{case.ticket}",
        "unit": unit.name if unit else "",
        "unit_short": unit.short if unit else "",
        "due": promises.short_moment(due, ref.calendar) if due else "",
        "due_long": promises.moment_words(due, ref.calendar) if due else "",
        "title": case.title or "",
        "product": ref.name,
        "words": "",
    }


def _write(
    work: Work, template: str, channel: str, contact: Contact | None, case: Case | None, facts: dict[str, Any], *,
    thread: str | None = None, public: bool = False, after: timedelta = NO_WAIT, choices: Sequence[str] = (),
) -> Notice:  # fmt: skip
    wording = work.house.wording
    facts.setdefault("words", "")
    facts.setdefault("product", work.ref.name)
    opted_out = contact is not None and contact.opted_out_at is not None and template != "stopped"
    name_only = contact is not None and contact.address.startswith("@") and not public  # a name without an id has no letter box
    no_road = opted_out or name_only
    prompted = contact is not None and contact.heard_at is not None and work.now - contact.heard_at <= PROMPTED
    prompted = prompted and template not in OFFICER_TEMPLATES
    notice = Notice(
        case_id=case.id if case else None, contact_id=contact.id if contact else None, channel=channel, template=template,
        template_version=wording.version, body=wording.write(template, channel, **facts), state="no_road" if no_road else "waiting",
        created_at=work.now, thread=thread, public=public, prompted=prompted, choices=list(choices),
    )  # fmt: skip
    work.session.add(notice)
    work.session.flush()
    if channel != "web" and not no_road:
        send(work, notice, after=after)
    return notice


def aside(contact_id: int | None) -> int:
    """The chain of what waits for the morning: in the order of its person, beside what they are answered at night."""
    return -(contact_id or 0)


def send(work: Work, notice: Notice, *, after: timedelta = NO_WAIT, key: str | None = None) -> None:
    """Write the errand that sends a notice: in the order of its person, on the road of its channel, at night only if they wait for it.

    What waits for the morning stands in a row of its own, so that it holds up no answer to a question asked at night.
    """
    morning = None if notice.prompted else work.ref.street.quiet_until(notice.channel, work.now + after, work.ref.zone)
    if morning is not None:
        after = max(after, morning - work.now)
        chain = aside(notice.contact_id)
    else:
        chain = 0 if after > NO_WAIT else notice.contact_id or 0
    if notice.template in OFFICER_TEMPLATES:
        chain = 0  # what waits for an office to open holds up nothing that its officer is told as a citizen
    work.errand("deliver", notice.id, after=after, key=key or f"deliver:{notice.id}", road=notice.channel, chain=chain or None)
