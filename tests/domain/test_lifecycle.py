"""The life of a case: every row of domain.md 9.1 stands in the table with its guard, and nothing else does."""

import csv
import itertools
from pathlib import Path

import pytest

from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.lifecycle import BY_EVENT, LABELS, MOVES, OPEN, TO_ANSWER, State, Words
from ntbcare.domain.permissions import Actor, Role

OPEN_STATES = {"received", "needs_info", "verified", "dispositioned", "in_progress", "awaiting_check", "responded"}

# event → (from, to, who), as domain.md 9.1 tells it; None = the same state, "before" = the state before the question
ROWS: dict[str, tuple[set[str], str | None, set[str]]] = {
    "submit": (set(), "received", {"citizen", "channel"}),
    "verify": ({"received"}, "verified", {"coordinator", "triage"}),
    "ask": ({"received", "verified", "dispositioned", "in_progress"}, "needs_info", {"coordinator", "officer", "head"}),
    "complete": ({"needs_info"}, "before", {"citizen"}),
    "lapse": ({"needs_info"}, "archived", {"timer"}),
    "archive": ({"received"}, "archived", {"coordinator"}),
    "withdraw": (OPEN_STATES, "archived", {"citizen"}),
    # beyond 9.1: also what was routed and nobody has begun, and by the citizen who says "the same"
    "merge": ({"received", "verified", "dispositioned"}, "merged", {"coordinator", "citizen"}),
    "unmerge": ({"merged"}, "before", {"coordinator", "timer"}),
    "dispose": ({"verified"}, "dispositioned", {"coordinator", "triage"}),
    "hand_back": ({"dispositioned"}, "verified", {"officer", "head"}),
    "recall": ({"dispositioned", "in_progress"}, "verified", {"coordinator"}),
    # beyond 9.1: the citizen's later words accuse the unit that has it
    "recuse": ({"dispositioned", "in_progress", "awaiting_check", "needs_info"}, "verified", {"triage"}),
    "forward": ({"verified"}, "forwarded", {"coordinator"}),
    # beyond 9.1: somebody goes on asking outside, passes the answer on, or takes the case back
    "watch_on": ({"forwarded", "closed"}, "forwarded", {"coordinator"}),
    "relay": ({"forwarded"}, "closed", {"coordinator"}),
    "take_back": ({"forwarded"}, "verified", {"coordinator"}),
    "start": ({"dispositioned"}, "in_progress", {"officer", "head"}),
    "answer": ({"dispositioned", "in_progress"}, "in_progress", {"officer", "head"}),
    "respond": ({"dispositioned", "in_progress"}, "responded", {"officer", "head"}),
    "submit_result": ({"in_progress"}, "awaiting_check", {"officer", "head"}),
    "approve": ({"awaiting_check"}, "responded", {"coordinator"}),
    "refuse": ({"awaiting_check"}, "in_progress", {"coordinator"}),
    "object": ({"responded"}, "in_progress", {"citizen"}),
    "confirm": ({"responded"}, "closed", {"citizen"}),
    "window_over": ({"responded"}, "closed", {"timer"}),
    "close": ({"responded"}, "closed", {"coordinator"}),
    "reopen": ({"closed"}, "in_progress", {"coordinator"}),
    "kip_register": ({"received", "verified", "dispositioned", "in_progress"}, None, {"coordinator", "head"}),  # 9.2: UU KIP request
    "kip_extend": ({"received", "verified", "dispositioned", "in_progress"}, None, {"coordinator", "head"}),
    "escalate": (OPEN_STATES, None, {"timer", "head"}),
}

# event → (words, what else must be given, limit, closed_by or archived_by)
GUARDS: dict[str, tuple[str, tuple[str, ...], str | None, str | None]] = {
    "submit": ("required", (), None, None),
    "verify": ("none", (), None, None),
    "ask": ("required", (), None, None),
    "complete": ("required", (), None, None),
    "lapse": ("none", (), None, "system"),
    "archive": ("required", ("reason",), None, "admin"),
    "withdraw": ("optional", (), None, "reporter"),
    "merge": ("optional", ("parent",), None, None),
    "unmerge": ("optional", (), None, None),
    "dispose": ("optional", ("unit",), None, None),
    "hand_back": ("required", ("owner",), "hand_backs", None),
    "recall": ("required", (), None, None),
    "recuse": ("required", (), None, None),
    "forward": ("required", (), None, None),
    "watch_on": ("required", ("outside",), None, None),
    "relay": ("required", (), None, "admin"),
    "take_back": ("required", (), None, None),
    "start": ("optional", (), None, None),
    "answer": ("required", (), None, None),
    "respond": ("required", ("no_check",), None, None),
    "submit_result": ("required", ("check",), None, None),
    "approve": ("optional", (), None, None),
    "refuse": ("required", (), None, None),
    "object": ("optional", (), "objections", None),
    "confirm": ("none", (), None, "reporter"),
    "window_over": ("none", (), None, "system"),
    "close": ("required", (), None, "admin"),
    "reopen": ("required", ("ours",), None, None),
    "kip_register": ("optional", ("information",), None, None),
    "kip_extend": ("required", ("information",), None, None),
    "escalate": ("optional", (), None, None),
}

EVERY_CLOCK = {
    "first_response",
    "verify",
    "completeness",
    "followup",
    "complete",
    "complete_calendar",
    "check",
    "citizen_completes",
    "rebut",
}
COMPLETION = {"complete", "complete_calendar"}
# event → (starts, stops, runs on again, starts on delivery), domain.md 9.2
CLOCKS: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "submit": ({"receipt", "first_response", "verify", "completeness"}, set(), set(), set()),
    "verify": (COMPLETION, {"completeness"}, set(), set()),
    "ask": (set(), {"completeness"}, set(), {"citizen_completes"}),
    "complete": (set(), {"citizen_completes"}, set(), set()),
    "lapse": (set(), EVERY_CLOCK, set(), set()),
    "archive": (set(), EVERY_CLOCK, set(), set()),
    "withdraw": (set(), EVERY_CLOCK, set(), set()),
    "merge": (set(), EVERY_CLOCK, set(), set()),
    "unmerge": (set(), set(), set(), set()),  # what the merge stopped runs on
    "forward": ({"watch"}, EVERY_CLOCK, set(), set()),
    "watch_on": ({"watch"}, {"watch"}, set(), set()),
    "relay": (set(), {"watch"}, set(), set()),
    "take_back": ({"verify"}, {"watch"}, COMPLETION, set()),
    "dispose": ({"followup"}, {"verify"}, set(), set()),
    "hand_back": ({"verify"}, {"followup"}, set(), set()),
    "recall": ({"verify"}, {"followup"}, set(), set()),
    "recuse": ({"verify"}, {"followup", "check", "citizen_completes"}, set(), set()),
    "start": (set(), set(), set(), set()),  # a click without words is not a response
    "answer": (set(), {"first_response", "followup"}, set(), set()),
    "respond": (set(), {"first_response", "followup"} | COMPLETION, set(), {"rebut"}),
    "submit_result": ({"check"}, set(), set(), set()),
    "approve": (set(), {"check", "first_response", "followup"} | COMPLETION, set(), {"rebut"}),
    "refuse": (set(), {"check"}, set(), set()),
    "object": (set(), {"rebut"}, COMPLETION, set()),
    "confirm": (set(), {"rebut"}, set(), set()),
    "window_over": (set(), {"rebut"}, set(), set()),
    "close": (set(), {"rebut"}, set(), set()),
    "reopen": (COMPLETION, set(), set(), set()),
    "kip_register": ({"kip_request"}, set(), set(), set()),
    "kip_extend": ({"kip_extension"}, {"kip_request"}, set(), set()),
    "escalate": (set(), set(), set(), set()),
}


def test_the_table_has_exactly_the_rows_of_the_book():
    assert [move.event for move in MOVES] == list(dict.fromkeys(move.event for move in MOVES)), "each event once"
    assert set(BY_EVENT) == set(ROWS) == set(GUARDS) == set(CLOCKS)


@pytest.mark.parametrize("event", ROWS)
def test_a_row_leads_where_the_book_says(event):
    sources, target, _ = ROWS[event]
    move = BY_EVENT[event]
    assert set(move.sources) == sources
    assert move.back is (target == "before")
    assert move.to == (None if target in (None, "before") else target)


@pytest.mark.parametrize("event", GUARDS)
def test_a_row_asks_for_what_the_book_asks_for(event):
    move = BY_EVENT[event]
    assert (str(move.words), move.needs, move.limit, move.by) == GUARDS[event]


@pytest.mark.parametrize("event", CLOCKS)
def test_a_row_does_to_the_clocks_what_the_book_says(event):
    move = BY_EVENT[event]
    assert (set(move.starts), set(move.stops), set(move.reopens), set(move.on_delivery)) == CLOCKS[event]


@pytest.mark.parametrize(("state", "event", "role"), list(itertools.product(State, ROWS, Role)))
def test_who_may_do_what_when_is_exactly_what_is_listed(state, event, role):
    sources, _, who = ROWS[event]
    expected = state in sources and role in who
    allowed = event in [move.event for move in lifecycle.possible(state)] and permissions.may(Actor(role), event)
    assert allowed is expected


def test_every_state_can_be_reached_from_the_door():
    reached, before = {BY_EVENT["submit"].to}, set()
    while reached != before:
        before = set(reached)
        reached |= {move.to for move in MOVES if move.to and reached & set(move.sources)}
    assert reached == set(State)


def test_no_open_state_is_a_dead_end_for_the_office_or_the_citizen():
    for state in OPEN:
        assert [m for m in lifecycle.possible(state) if m.event not in ("escalate", "withdraw") and m.to != state], state


def test_only_a_closed_a_merged_and_a_forwarded_case_come_back_from_their_end():
    outside = ["watch_on", "relay", "take_back"]  # a forwarded case is still somebody's
    back = {State.CLOSED: ["watch_on", "reopen"], State.MERGED: ["unmerge"], State.FORWARDED: outside}
    for state in set(State) - set(OPEN):
        assert [move.event for move in lifecycle.possible(state)] == back.get(state, [])


def test_only_the_question_pauses_and_only_the_answer_resumes():
    assert [move.event for move in MOVES if move.pauses] == ["ask"]
    assert [move.event for move in MOVES if move.resumes] == ["complete", "recuse"], (
        "who takes a case away from the accused waits for no answer to their question"
    )
    assert [move.event for move in MOVES if move.back] == ["complete", "unmerge"]
    assert [(move.event, move.undoes) for move in MOVES if move.undoes] == [("unmerge", "merge")]


def test_no_move_restarts_the_overall_promise_except_verifying_and_reopening():
    assert [move.event for move in MOVES if COMPLETION & set(move.starts)] == ["verify", "reopen"]


def test_every_closing_asks_for_a_rating_and_nothing_else_does():
    asked = {move.event for move in MOVES if move.notice == "poll"}
    asked |= {"relay"}  # tells the answer of the body outside first, and is asked about afterwards (tests/corridor/test_forwarded.py)
    assert {move.event for move in MOVES if move.to is State.CLOSED} == asked
    printed = [line for line in lifecycle.describe().splitlines() if line.endswith("poll |")]
    assert len(printed) == len(asked)


def test_every_move_that_ends_a_case_says_who_ended_it():
    for move in MOVES:
        assert (move.by is not None) == (move.to in (State.CLOSED, State.ARCHIVED)), move.event
        assert move.by in (None, "reporter", "system", "admin")


def test_what_the_citizen_is_told_about_is_told():
    silent = {move.event for move in MOVES if move.notice is None}
    assert silent == {"submit", "recall", "recuse", "verify", "start", "submit_result", "refuse", "escalate"}


def test_the_states_split_into_ours_theirs_and_finished():
    assert set(OPEN) == OPEN_STATES
    assert set(TO_ANSWER) == OPEN_STATES - {"needs_info", "responded"}
    assert set(lifecycle.FINAL) == {"closed", "archived", "forwarded", "merged"}


def test_every_state_has_three_labels_and_the_two_ends_name_who():
    assert set(LABELS) == set(State)
    for state, labels in LABELS.items():
        assert all(labels), state
        assert ("{by}" in labels[2]) == (state in (State.CLOSED, State.ARCHIVED))


def test_every_clock_named_in_a_move_is_a_promise_of_the_seed():
    with (Path(lifecycle.__file__).parent.parent / "seed/ntb/sla_rules.csv").open(newline="") as file:
        promised = {row["clock"] for row in csv.DictReader(file)}
    for move in MOVES:
        assert {*move.starts, *move.stops, *move.reopens, *move.on_delivery} <= promised, move.event


def test_the_printed_table_has_a_line_for_every_move():
    lines = lifecycle.describe().splitlines()
    assert len(lines) == 2 + len(MOVES)
    for move, line in zip(MOVES, lines[2:], strict=True):
        assert f"| {move.event} |" in line
        assert ("required" in line) == (move.words is Words.REQUIRED)
