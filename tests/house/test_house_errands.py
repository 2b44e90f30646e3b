"""Every errand that can be written can be run, by a process that is there, under a name a person can read."""

from __future__ import annotations

import ast

from ntbcare.records.errands import LANES, LEASE
from ntbcare.web import control
from tests.house.committed import rooms, tree
from workers import trunk
from workers.errands import CALLS, RUNNERS, VERBS


def _literals(method: str, argument: int) -> set[str]:
    """Literal arguments of every call of a function or method of this name."""
    calls = [n for path in rooms() for n in ast.walk(tree(path)) if isinstance(n, ast.Call) and len(n.args) > argument]
    named = [call for call in calls if ast.unparse(call.func).split(".")[-1] == method]
    return {call.args[argument].value for call in named if isinstance(call.args[argument], ast.Constant)}


def test_every_kind_of_errand_has_a_runner_and_every_runner_a_kind():
    assert set(LANES) == set(RUNNERS)
    assert set(VERBS) | set(CALLS) == set(RUNNERS)


def test_only_known_kinds_are_written_and_each_kind_is_written_somewhere():
    assert _literals("errand", 0) == set(LANES)


def test_every_lane_has_a_lease_and_a_process():
    lanes = set(LANES.values())
    assert lanes == set(LEASE)
    assert lanes <= set(trunk._roles([]))


def test_the_board_has_words_for_every_kind_of_errand_and_of_alarm():
    assert set(LANES) <= set(control._ERRANDS)
    assert _literals("alarm", 1) <= set(control._KINDS)
