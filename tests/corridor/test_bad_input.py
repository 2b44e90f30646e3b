"""Whatever stands at a door: its outcome is one that we named, nothing is lost, and the same thing twice changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.corridor.bad_inputs import Outcome, Row
from tests.corridor.bad_inputs_more import rows
from tests.corridor.streets import Street, open_street

_TABLES = ("messages", "cases", "candidates", "unread", "files", "notices", "contacts", "early_receipts", "errands")
_COUNTS = ", ".join(f"(SELECT count(*) FROM {table})" for table in _TABLES)
_ALARMS = "(SELECT coalesce(sum(count), 0) FROM alarms WHERE kind = 'unread' AND cleared_at IS NULL AND subject = :gateway)"
_numbers = itertools.count(1)
STATUS = {Outcome.REFUSED: 403, Outcome.TOO_LARGE: 413}

# outcome → how many rows more of each table; what is not named must not change at all (None: any number)
CHANGES: dict[Outcome, dict[str, int | None]] = {
    Outcome.CASE: {"messages": 1, "cases": 1, "notices": None, "contacts": None, "files": None, "errands": None},
    Outcome.ANSWERED: {"messages": 1, "notices": 1, "contacts": 1, "errands": 1},
    Outcome.HEARD: {"messages": 1, "contacts": None},
    Outcome.CANDIDATE: {"candidates": 1, "messages": None, "cases": None, "notices": None, "contacts": None, "errands": None},
    Outcome.PERSON: {"unread": 1, "alarms": 1},
    Outcome.CASE_AND_PERSON: {"messages": 1, "cases": 1, "contacts": 1, "unread": 1, "alarms": 1, "notices": None, "errands": None},
    Outcome.NOTED: {"early_receipts": 1},
    Outcome.IGNORED: {},
    Outcome.REFUSED: {},
    Outcome.TOO_LARGE: {},
}


@pytest.fixture(scope="module")
def street(servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with open_street(servers, template, tmp_path_factory.mktemp("street"), "gammu_bad_input") as opened:
        yield opened


def counted(street: Street, gateway: str) -> dict[str, int]:
    (found,) = street.town.sql(f"SELECT {_COUNTS}, {_ALARMS}", gateway=gateway)
    return dict(zip((*_TABLES, "alarms"), map(int, found), strict=True))


@pytest.mark.parametrize("row", [pytest.param(row, id=row.says) for row in rows()])
def test_a_bad_input_has_the_outcome_that_the_table_names(street: Street, row: Row) -> None:
    knock = row.bring(street, next(_numbers))
    before = counted(street, row.gateway)
    status = knock()
    after = counted(street, row.gateway)
    assert status == STATUS.get(row.outcome, status if status == 204 else 200)
    changed = {name: after[name] - before[name] for name in after}
    expected = CHANGES[row.outcome]
    wrong = {name: number for name, number in changed.items() if expected.get(name, 0) not in (number, None)}
    assert wrong == {}, f"{row.outcome} must be {expected}"
    if row.kept:
        assert street.town.sql("SELECT text FROM cases ORDER BY id DESC LIMIT 1") == [(row.kept,)]
    assert knock() == status
    assert counted(street, row.gateway) == after, "the same thing twice changes nothing"


def test_the_table_has_every_outcome_and_no_row_twice() -> None:
    says = [row.says for row in rows()]
    assert len(says) == len(set(says))
    assert {row.outcome for row in rows()} == set(Outcome)
