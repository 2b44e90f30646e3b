"""An errand that can never succeed holds nobody up: it ends as a dead letter with an alarm, and a person can revive it."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest

from tests.faults import observer
from tests.faults.citizens import Story, insist, stories
from tests.faults.officer import Officer
from tests.faults.town_of_processes import Town, until

MAX_ATTEMPTS = 10
OTHERS = 8.0  # seconds within which everybody else is served
# a case whose text holds the mark cannot be changed; the second kind looks like a database in trouble (query_canceled)
_POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.text LIKE '%%racun biasa%%' THEN RAISE EXCEPTION 'poison'; END IF;
  IF NEW.text LIKE '%%racun mirip gangguan%%' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '57014'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION poison()"""
_CURE = "DROP TRIGGER IF EXISTS poison ON cases; DROP FUNCTION IF EXISTS poison()"


@pytest.fixture
def poisoned(town: Town) -> Iterator[Town]:
    """The town with the poison in its database."""
    for statement in (_CURE, _POISON):
        town.sql(statement)
    yield town
    town.sql(_CURE)
    town.sql("DELETE FROM errands WHERE dead_at IS NOT NULL")


def test_poison_dies_with_an_alarm_holds_nobody_up_and_can_be_revived(poisoned: Town) -> None:
    town = poisoned
    plain, _ = stories(2, "racun biasa")
    sly, _ = stories(2, "racun mirip gangguan")
    others = stories(8, "sehat")
    town["work"].signal(signal.SIGSTOP)  # so that all of them are taken in one batch, the poison first
    for story in (plain, sly, *others):
        insist(town, story)
    town["work"].signal(signal.SIGCONT)
    town.sql("INSERT INTO errands (kind, lane, subject_id, not_before, created_at) VALUES ('nonsense', 'work', 1, now(), now())")
    sick = [_triage(town, plain), _triage(town, sly), town.one("SELECT id FROM errands WHERE kind = 'nonsense'")]
    took = until(lambda: len(_open(town)) == 3, OTHERS, lambda: f"the others are served: {_open(town)}")
    print(f"the others took {took:.2f} s")
    _hurry_to_death(town, sick)
    page = Officer(town, "admin")
    board = page.read("/kendali")
    for errand in sick:
        assert town.one("SELECT count(*) FROM journal WHERE tag = 'errand:dead' AND body::json ->> 'errand' = %(e)s", e=str(errand)) == 1
    assert len(re.findall(r"Pekerjaan gagal Pekerjaan \w+ #\d+ gagal 10 kali", board)) == 3, board
    assert "Pekerjaan yang gagal (3)" in board
    town.sql(_CURE)
    for errand in sick[:2]:
        assert page.press(f"/kendali/errand/{errand}/ulang") == 200
    town.quiet(10)
    assert town.sql("SELECT id FROM errands WHERE dead_at IS NOT NULL") == [(sick[2],)]
    town.sql("DELETE FROM errands WHERE id = %(e)s", e=sick[2])
    assert observer.faults(town, [plain, sly, *others]) == []


def test_an_errand_that_every_worker_died_of_is_begun_no_more(town: Town) -> None:
    town["work"].signal(signal.SIGSTOP)
    deadly, *others = stories(4, "mematikan")
    for story in (deadly, *others):
        insist(town, story)
    errand = _triage(town, deadly)
    town.sql("UPDATE errands SET attempts = %(n)s WHERE id = %(e)s", n=MAX_ATTEMPTS, e=errand)  # ten of them, none lived to tell
    town["work"].signal(signal.SIGCONT)
    until(lambda: town.sql("SELECT 1 FROM errands WHERE id = %(e)s AND dead_at IS NOT NULL", e=errand), 10, "it is a dead letter")
    town.quiet(10)
    page = Officer(town, "admin")
    assert f"Pekerjaan triage #{_case(town, deadly)} gagal {MAX_ATTEMPTS + 1} kali" in page.read("/kendali")
    assert page.press(f"/kendali/errand/{errand}/ulang") == 200
    until(lambda: not town.sql("SELECT 1 FROM errands WHERE id = %(e)s AND done_at IS NULL", e=errand), 10, "it was revived")
    town.quiet(10)
    assert observer.faults(town, [deadly, *others]) == []


def test_one_case_that_cannot_be_closed_holds_up_neither_other_windows_nor_the_rounds(poisoned: Town) -> None:
    town = poisoned
    sick, well = stories(1, "racun biasa di ronda")[0], stories(1, "sehat di ronda")[0]
    town.sql("ALTER TABLE cases DISABLE TRIGGER poison")
    for story in (sick, well):
        insist(town, story)
    town.quiet(15)
    for hours, story in ((2, sick), (1, well)):  # the sick one is asked for first
        town.sql("UPDATE cases SET state = 'responded', version = version + 1 WHERE id = %(c)s", c=_case(town, story))
        town.sql("""UPDATE clocks SET clock = 'rebut', stopped_at = NULL, due_at = now() - make_interval(hours => %(h)s)
                    WHERE id = (SELECT min(id) FROM clocks WHERE case_id = %(c)s)""", c=_case(town, story), h=hours)  # fmt: skip
    town.sql("ALTER TABLE cases ENABLE TRIGGER poison")
    town["rounds"].kill()
    town.start("rounds")  # every round is due at its start
    until(lambda: _state(town, well) == "closed", 15, "the other window is closed")
    assert _state(town, sick) == "responded"
    alarms = town.sql("SELECT sentence FROM alarms WHERE kind = 'window' AND cleared_at IS NULL")
    assert [f"#{_case(town, sick)} tidak dapat ditutup" in sentence for (sentence,) in alarms] == [True]
    assert "Batas waktu tidak tertutup" in Officer(town, "admin").read("/kendali")


def test_somebody_can_hurry_what_waits_for_its_next_try(town: Town) -> None:
    (story,) = stories(1, "menunggu giliran")
    town.provider.broken = 500
    insist(town, story)
    until(lambda: [tries for _, tries in _deliver(town, story)] == [2], 20, "it was tried twice and waits")
    town.provider.broken = 0
    ((errand, _),) = _deliver(town, story)
    town.sql("UPDATE errands SET not_before = now() + interval '15 minutes' WHERE id = %(e)s", e=errand)
    page = Officer(town, "admin")
    assert "Pekerjaan terlambat (1)" in page.read("/kendali")
    assert page.press(f"/kendali/errand/{errand}/ulang") == 200
    town.quiet(10)
    assert observer.faults(town, [story]) == []


def _case(town: Town, story: Story) -> int:
    return int(town.one("SELECT id FROM cases WHERE text = %(text)s", text=story.text))


def _state(town: Town, story: Story) -> str:
    return str(town.one("SELECT state FROM cases WHERE text = %(text)s", text=story.text))


def _triage(town: Town, story: Story) -> int:
    return int(town.one("SELECT id FROM errands WHERE kind = 'triage' AND subject_id = %(c)s", c=_case(town, story)))


def _deliver(town: Town, story: Story) -> list[tuple[int, int]]:
    query = """SELECT e.id, e.attempts FROM errands e JOIN notices n ON n.id = e.subject_id AND e.kind = 'deliver'
               JOIN cases c ON c.id = n.case_id WHERE c.text = %(text)s AND e.lease_until IS NULL"""
    return town.sql(query, text=story.text)  # type: ignore[return-value]


def _open(town: Town) -> list[tuple]:
    return town.open_errands()


def _hurry_to_death(town: Town, sick: list[int]) -> None:
    """Let most tries and the pauses between them pass at once, until none of them is open."""
    town.sql("UPDATE errands SET attempts = attempts + 5 WHERE id = ANY(%(ids)s)", ids=sick)

    def dead() -> bool:
        town.sql("UPDATE errands SET not_before = now() WHERE id = ANY(%(ids)s) AND lease_until IS NULL", ids=sick)
        return not town.sql("SELECT 1 FROM errands WHERE id = ANY(%(ids)s) AND dead_at IS NULL", ids=sick)

    until(dead, 40, "the poison is dead", every=0.2)
    attempts = town.sql("SELECT attempts FROM errands WHERE id = ANY(%(ids)s)", ids=sick)
    assert attempts == [(MAX_ATTEMPTS,)] * len(sick)
