"""The only moment in which words may leave twice: between the provider's yes and our record of it. It is counted and shown."""

from __future__ import annotations

import re
import time

from tests.faults import observer
from tests.faults.citizens import Story, insist, stories
from tests.faults.officer import Officer
from tests.faults.town_of_processes import Town, until

PERHAPS_TWICE = re.compile(r"mungkin( diterima)? 2 kali")


def test_a_worker_killed_after_the_yes_sends_again_after_the_lease_and_says_so(town: Town) -> None:
    (story,) = stories(1, "antara ya dan catat")
    before = _board_figure(town)
    town.provider.hold.clear()
    town.provider.taken.clear()
    insist(town, story)
    assert town.provider.taken.wait(20)  # the provider has it, its answer has not left
    town["post"].kill()
    town.provider.hold.set()
    number, state, dialled = _notice(town, story, "id, state, dialled_at IS NOT NULL")
    assert (state, dialled) == ("waiting", True)
    town.start("post")
    time.sleep(2.5)
    assert len(town.provider.to(story.phone)) == 1, "the lease of the dead was not respected"
    town.lapse([row[0] for row in town.sql("SELECT id FROM errands WHERE kind = 'deliver' AND subject_id = %(n)s", n=number)])
    town.quiet(10)
    assert len(town.provider.to(story.phone)) == 2
    assert _notice(town, story, "state, possible_repeats, dialled_at") == ("sent", 1, None)
    assert observer.faults(town, [story]) == []
    assert PERHAPS_TWICE.search(Officer(town, "bagus").read(f"/meja/{_ticket(town, story)}"))
    assert _board_figure(town) == before + 1


def test_an_answer_that_never_comes_counts_as_a_possible_repeat(town: Town) -> None:
    (story,) = stories(1, "jawaban hilang")
    town.provider.hold.clear()
    town.provider.taken.clear()
    insist(town, story)
    assert town.provider.taken.wait(20)
    until(lambda: _notice(town, story, "last_error")[0], 20, "the channel has given up waiting")
    town.provider.hold.set()
    town.quiet(20)
    assert len(town.provider.to(story.phone)) == 2
    assert _notice(town, story, "state, possible_repeats") == ("sent", 1)
    assert observer.faults(town, [story]) == []
    assert PERHAPS_TWICE.search(Officer(town, "bagus").read(f"/meja/{_ticket(town, story)}"))


def test_words_that_may_have_left_four_times_are_not_sent_a_fifth_time(town: Town) -> None:
    (story,) = stories(1, "terlalu sering")
    town.provider.broken = 500
    insist(town, story)
    number = _notice(town, story, "id")[0]
    until(lambda: _notice(town, story, "last_error")[0], 20, "the first try has failed")
    town.sql("UPDATE notices SET dialled_at = now(), possible_repeats = 3 WHERE id = %(n)s", n=number)  # four workers died in doubt
    town.provider.broken = 0
    until(lambda: _notice(town, story, "state") == ("failed",), 20, "it is given up")
    town.quiet(5)
    assert town.provider.to(story.phone) == []
    assert "mungkin sudah terkirim 4 kali" in Officer(town, "admin").read("/kendali")


def _ticket(town: Town, story: Story) -> str:
    return str(town.one("SELECT ticket FROM cases WHERE text = %(text)s", text=story.text))


def _notice(town: Town, story: Story, columns: str) -> tuple:
    def look() -> list[tuple]:
        query = f"SELECT {columns} FROM notices WHERE case_id = (SELECT id FROM cases WHERE text = %(text)s)"
        return town.sql(query, text=story.text)

    until(look, 15, "the receipt is written")
    return look()[0]


def _board_figure(town: Town) -> int:
    """The figure of possible repeats on the control board, and the same by SQL."""
    counted = int(town.one("SELECT coalesce(sum(possible_repeats), 0) FROM notices"))
    page = Officer(town, "admin").read("/kendali")
    assert f"Mungkin terkirim dua kali {counted} " in page, page
    return counted
