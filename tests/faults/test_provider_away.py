"""A provider that is down, slow or says no: words wait, leave in order, or are given up where people see it."""

from __future__ import annotations

import time

from tests.faults import observer
from tests.faults.citizens import Story, insist, stories
from tests.faults.officer import Officer
from tests.faults.town_of_processes import Town, until


def test_a_broken_provider_is_waited_for_and_each_case_hears_in_order(town: Town) -> None:
    told = [story for story in stories(6, "penyedia rusak") if story.door == "sms"]
    town.provider.broken = 500
    for story in told:
        insist(town, story)
    until(lambda: _lowered(town) >= 3, 20, lambda: f"tried again, by one message at a time: {_attempts(town, told)}")
    tries = sum(_attempts(town, told))
    assert tries <= 3 + _lowered(town), "one trial each time the provider's rest is over, not one for every message that waits"
    assert town.one("SELECT lowered_until - failed_at <= interval '1 minute' FROM gateways WHERE name = 'twilio'")
    town.provider.broken = 0
    for number, story in enumerate(told):  # a newer notice of the same case, with nothing to wait for
        town.provider.post_sms(f"{town.url}/hooks/twilio/sms", story.phone, "CEK", sid=f"SM{number:032x}")
    town.quiet(30)
    for story in told:
        first, second = town.provider.to(story.phone)
        assert "PIN" in first and "PIN" not in second, (first, second)
    assert observer.faults(town, told) == []
    assert observer.repeats(town, told)[1] == 0  # a clear no leaves no doubt


def test_nobody_listening_at_the_providers_address_is_no_loss(town: Town) -> None:
    told = stories(4, "penyedia mati")
    town.provider.away()
    for story in told:
        insist(town, story)
    until(lambda: _lowered(town) >= 2, 20, lambda: f"tried again: {_attempts(town, told)}")
    town.provider.back()
    town.quiet(30)
    assert [len(town.provider.to(story.phone)) for story in told] == [1] * 4
    assert observer.faults(town, told) == []


def test_a_refusal_for_good_is_shown_on_the_case_and_the_board(town: Town) -> None:
    story = stories(1, "nomor rumah")[0]
    town.provider.landlines.add(story.phone)
    insist(town, story)
    until(lambda: _states(town, story) == ["failed"], 15, "the notice is given up")
    assert town.one("SELECT count(*) FROM journal WHERE tag = 'notice:failed' AND case_id = %(c)s", c=_case(town, story)) == 1
    assert "tidak sampai" in Officer(town, "bagus").read(f"/meja/{_ticket(town, story)}")
    board = Officer(town, "admin").read("/kendali")
    assert "tidak terkirim" in board and "is not a valid mobile number" in board
    assert story.phone not in board and story.phone[3:] not in board
    _tidy(town)


def test_who_told_the_provider_to_stop_hears_nothing_more(town: Town) -> None:
    first, second = (story for story in stories(4, "jangan kirim") if story.door == "api")
    second.phone = first.phone
    town.provider.opted_out.add(first.phone)
    insist(town, first)
    until(lambda: _states(town, first) == ["failed"], 15, "the provider has told us")
    asked = _calls(town, first)
    insist(town, second)
    until(lambda: _states(town, second) == ["no_road"], 15, "the second receipt has no road")
    town.quiet(10)
    assert _calls(town, first) == asked == 1
    assert town.provider.to(first.phone) == []
    _tidy(town)


def test_a_worker_that_is_told_to_end_waits_for_no_provider_who_hangs(town: Town) -> None:
    (story,) = stories(1, "menggantung saat berhenti")
    town.provider.taken.clear()
    town.provider.hold.clear()
    insist(town, story)
    assert town.provider.taken.wait(15), "the provider has it, and keeps its answer to itself"
    held = town.held("post")
    began = time.monotonic()
    assert town["post"].end() == 0
    assert time.monotonic() - began < 8, "less than the trunk's patience, and than the provider's"
    town.provider.hold.set()
    town.start("post")
    town.lapse(held)
    town.quiet(30)
    assert observer.faults(town, [story]) == []
    assert len(town.provider.to(story.phone)) == 1 + observer.repeats(town, [story])[1], "what was cut off is told as a possible repeat"


def _calls(town: Town, story: Story) -> int:
    return sum(form.get("To") == story.phone for _, form in town.provider.calls)


def _lowered(town: Town) -> int:
    """Failures of the provider in a row."""
    return int(town.one("SELECT coalesce(max(failures), 0) FROM gateways WHERE name = 'twilio'"))


def _attempts(town: Town, told: list[Story]) -> list[int]:
    query = "SELECT n.attempts FROM notices n JOIN contacts k ON k.id = n.contact_id WHERE k.address = ANY(%(phones)s)"
    return sorted(row[0] for row in town.sql(query, phones=[story.phone for story in told]))


def _case(town: Town, story: Story) -> int:
    return int(town.one("SELECT id FROM cases WHERE text = %(text)s", text=story.text))


def _ticket(town: Town, story: Story) -> str:
    return str(town.one("SELECT ticket FROM cases WHERE text = %(text)s", text=story.text))


def _states(town: Town, story: Story) -> list[str]:
    query = "SELECT n.state FROM notices n JOIN cases c ON c.id = n.case_id WHERE c.text = %(text)s"
    return [row[0] for row in town.sql(query, text=story.text)]


def _tidy(town: Town) -> None:
    """Dead letters of this test are not the next test's."""
    town.sql("DELETE FROM errands WHERE dead_at IS NOT NULL")
