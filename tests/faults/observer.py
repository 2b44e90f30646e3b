"""An observer who trusts nobody: plain SQL and the published recipe of the journal's chain, none of the house's code."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC

from tests.faults.citizens import Story
from tests.faults.town_of_processes import Town


def faults(town: Town, told: list[Story]) -> list[str]:
    """Everything that is not as it was promised to the senders of these stories; [] when all is well."""
    return [*_cases(town, told), *_errands(town), *_notices(town, told), *_book(town)]


def _cases(town: Town, told: list[Story]) -> list[str]:
    found = [f"{story.key} was never accepted" for story in told if not story.accepted]
    keys = [story.key for story in told]
    stored = Counter(key for (key,) in town.sql("SELECT external_id FROM messages WHERE external_id = ANY(%(keys)s)", keys=keys))
    by_text = Counter(text for (text,) in town.sql("SELECT text FROM cases WHERE text = ANY(%(texts)s)", texts=[s.text for s in told]))
    for story in told:
        if stored[story.key] != 1:
            found.append(f"{story.key} is stored {stored[story.key]} times")
        if by_text[story.text] != 1:
            found.append(f"{story.key} is {by_text[story.text]} cases")
        if len(story.tickets) > 1:
            found.append(f"{story.key} was told {len(story.tickets)} tickets")
    rows = town.sql("""SELECT c.ticket, c.state, c.triaged_at IS NOT NULL,
                              (SELECT count(*) FROM journal j WHERE j.case_id = c.id AND j.tag = 'case:submit'),
                              (SELECT count(*) FROM journal j WHERE j.case_id = c.id AND j.tag = 'case:triaged'),
                              (SELECT count(*) FROM notices n WHERE n.case_id = c.id AND n.template = 'receipt')
                       FROM cases c WHERE text = ANY(%(texts)s)""", texts=[story.text for story in told])  # fmt: skip
    for ticket, state, triaged, filed, read, receipts in rows:
        if not triaged or (filed, read, receipts) != (1, 1, 1):
            found.append(f"{ticket} ({state}): filed {filed}, triaged {read}, receipts {receipts}")
    tickets = {row[0] for row in rows}
    return found + [f"{story.key} was told the ticket of another" for story in told if not story.tickets <= tickets]


def _errands(town: Town) -> list[str]:
    query = "SELECT kind, subject_id, last_error FROM errands WHERE done_at IS NULL AND kind NOT IN ('poll', 'route')"
    return [f"errand {row} is open or dead" for row in town.sql(query)]


def _notices(town: Town, told: list[Story]) -> list[str]:
    """Each notice left at least once; what left more often was counted where people see it."""
    rows = town.sql("""SELECT n.id, n.state, n.body, n.possible_repeats, n.external_id, k.address,
                              (SELECT count(*) FROM journal j WHERE j.case_id = n.case_id AND j.tag = 'notice:possible_repeat'
                                                                AND j.body::json ->> 'notice' = n.id::text)
                       FROM notices n JOIN contacts k ON k.id = n.contact_id WHERE k.address = ANY(%(phones)s)""",
                    phones=[story.phone for story in told])  # fmt: skip
    found, left = [], {form["Sid"] for form in town.provider.messages}
    if len(rows) < len(told):
        found.append(f"{len(rows)} notices for {len(told)} stories")
    for number, state, body, repeats, sid, address, booked in rows:
        copies = [words for words in town.provider.to(address) if _same(words, body)]
        if state not in ("sent", "delivered") or not copies or sid not in left:
            found.append(f"notice {number} is {state}, the provider has {len(copies)}")
        if len(copies) - 1 > repeats:
            found.append(f"notice {number} left {len(copies)} times and owns up to {repeats}")
        if booked != repeats:
            found.append(f"notice {number}: {repeats} possible repeats, {booked} in the journal")
    return found


def _same(words: str, body: str) -> bool:
    """Is this the notice? The PIN is put in only on the way out."""
    return re.fullmatch(re.escape(body).replace(re.escape("[[PIN]]"), r"\d+"), words) is not None


def repeats(town: Town, told: list[Story]) -> tuple[int, int]:
    """(messages that really left more than once, repeats the house owns up to)."""
    phones = [story.phone for story in told]
    counted = town.one("""SELECT coalesce(sum(n.possible_repeats), 0) FROM notices n JOIN contacts k ON k.id = n.contact_id
                          WHERE k.address = ANY(%(phones)s)""", phones=phones)  # fmt: skip
    return sum(max(len(town.provider.to(phone)) - 1, 0) for phone in phones), int(counted)


def _book(town: Town) -> list[str]:
    """The chain, link by link, as ntbcare/records/journal.py publishes it."""
    found, previous, expected = [], {}, Counter()
    rows = town.sql("SELECT strand, seq, case_id, at, tag, actor, salt, body, body_hash, hash FROM journal ORDER BY strand, seq")
    for strand, seq, case, at, tag, actor, salt, body, body_hash, link in rows:
        expected[strand] += 1
        before = previous.get(strand, hashlib.sha256(b"ntbcare journal, first link").digest())
        moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        told = f"{strand}|{seq}|{'' if case is None else case}|{moment}|{tag}|{actor}|".encode()
        whole = body is None or hashlib.sha256(bytes(salt or b"") + body.encode()).digest() == bytes(body_hash)
        if seq != expected[strand] or not whole or hashlib.sha256(before + told + bytes(body_hash)).digest() != bytes(link):
            found.append(f"journal strand {strand} entry {seq} does not fit")
        previous[strand] = bytes(link)
    heads = {strand: bytes(link) for strand, link in town.sql("SELECT strand, hash FROM journal_heads WHERE seq > 0")}
    return found if heads == previous else [*found, "the journal's heads are not its last entries"]
