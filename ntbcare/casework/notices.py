"""What happened → who must hear of it → which words; written in the transaction of the fact, sent by a worker afterwards."""

from __future__ import annotations

from typing import Any

from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

# the notice templates there are; a house test asks for words in every channel
TEMPLATES = (
    "receipt", "routed", "question", "answer_received", "lapsed", "archived", "withdrawn", "merged", "forwarded", "progress",
    "response", "objection_received", "poll", "reopened", "question_reminder", "response_reminder", "rated", "rated_unhappy",
    "reopening_asked", "words_added", "status", "which", "help", "courtesy", "stopped", "started", "sealed", "unknown_ticket", "too_late",
)  # fmt: skip
CHANNELS = ("sms", "telegram", "web")


def owe(work: Work, case: Case, template: str, **facts: Any) -> Notice:
    """Words owed to the one who filed `case`, on the channel it came from (or by SMS when only a number was left)."""
    contact = work.session.get(Contact, case.contact_id) if case.contact_id else None
    channel = contact.channel if contact else "web"
    return _write(work, template, channel, contact, case, {**case_facts(work, case), **facts})


def say(work: Work, contact: Contact, template: str, case: Case | None = None, **facts: Any) -> Notice:
    """Words owed to a contact who wrote to us, about a case or about none."""
    known = case_facts(work, case) if case else {}
    return _write(work, template, contact.channel, contact, case, {**known, **facts})


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


def _write(work: Work, template: str, channel: str, contact: Contact | None, case: Case | None, facts: dict[str, Any]) -> Notice:
    wording = work.house.wording
    facts.setdefault("words", "")
    facts.setdefault("product", work.ref.name)
    opted_out = contact is not None and contact.opted_out_at is not None and template != "stopped"
    notice = Notice(
        case_id=case.id if case else None, contact_id=contact.id if contact else None, channel=channel, template=template,
        template_version=wording.version, body=wording.write(template, channel, **facts), state="no_road" if opted_out else "waiting",
        created_at=work.now,
    )  # fmt: skip
    work.session.add(notice)
    work.session.flush()
    if channel != "web" and not opted_out:
        work.errand("deliver", notice.id, key=f"deliver:{notice.id}")
    return notice
