"""Who may do what, and where: a role reaches exactly as far as its scope, never a finger further."""

import itertools

import pytest

from ntbcare.domain import lifecycle, permissions
from ntbcare.domain.permissions import TABLE, Actor, Role, Scope, Standing, may

BIMA, LOTENG = "52.06", "52.02"
OFFICER = Actor(Role.OFFICER, 7, "Bagus", unit_id=20, region=BIMA)
HEAD = Actor(Role.HEAD, 8, "Nurhayati", unit_id=20, region=BIMA)
IMRAN = Actor(Role.COORDINATOR, 9, "Imran", unit_id=30, region=BIMA)
CITRA = Actor(Role.COORDINATOR, 10, "Citra", unit_id=31, region="52")
BUPATI = Actor(Role.LEADER, 11, "Bupati", unit_id=40, region=BIMA)
IN_UNIT = Standing(units=(20, 2, 1), region="52.06.03.2001")


def test_every_move_has_a_row_and_every_row_is_a_move_or_a_look():
    looks = {
        "queue.read",
        "case.read",
        "tip.read",
        "identity.read",
        "board.read",
        "board.act",
        "board.calendar",
        "accounts.invite",
        "accounts.manage",
        "assist",
        "candidate.decide",
        "unlike",
        "retopic",
        "split",
        "bell.answer",
        "note",
        "outside.ask",
        "templates.manage",
        "part.ask",
        "part.start",
        "part.answer",
        "part.return",
        "part.drop",
    }
    assert set(TABLE) == set(lifecycle.BY_EVENT) | looks


@pytest.mark.parametrize(("verb", "role"), list(itertools.product(TABLE, Role)))
def test_a_role_without_the_verb_may_nowhere(verb, role):
    if role not in TABLE[verb]:
        assert not may(Actor(role, 1, unit_id=20, region="52"), verb)
        assert not may(Actor(role, 1, unit_id=20, region="52"), verb, Standing(units=(20,), region="52", own=True))


def test_the_inspector_and_the_admin_have_nothing_to_do_with_open_cases():
    for verb in TABLE:
        assert Role.INSPECTOR not in TABLE[verb]
        assert Role.ADMIN not in TABLE[verb] or verb.startswith(("board.", "templates.", "accounts."))


def test_a_leader_looks_and_never_acts_on_a_case_and_never_sees_a_name():
    assert {verb for verb in TABLE if Role.LEADER in TABLE[verb]} == {"queue.read", "case.read", "tip.read", "bell.answer"}


@pytest.mark.parametrize("actor", [OFFICER, HEAD, IMRAN, BUPATI])
def test_whoever_was_told_by_the_ladder_answers_and_nobody_else(actor):
    assert may(actor, "bell.answer", Standing(told=True))
    assert not may(actor, "bell.answer", Standing(units=(20,), region=BIMA))


def test_an_officer_never_reads_a_tip():
    assert set(TABLE["tip.read"]) == {Role.COORDINATOR, Role.LEADER}


@pytest.mark.parametrize("actor", [OFFICER, HEAD])
def test_an_officer_reaches_the_own_unit_and_everything_below_it(actor):
    assert may(actor, "answer", IN_UNIT)
    assert may(actor, "answer", Standing(units=(99, 20, 1)))
    assert not may(actor, "answer", Standing(units=(21, 1)))
    assert not may(actor, "answer", Standing(units=()))
    assert not may(actor, "answer", Standing(units=(21,), region=BIMA)), "a region is no unit"


def test_an_officer_without_a_unit_reaches_nothing():
    assert not may(Actor(Role.OFFICER, 7), "answer", Standing(units=()))
    assert not may(Actor(Role.OFFICER, 7), "case.read", IN_UNIT)


@pytest.mark.parametrize(
    ("region", "reaches"),
    [
        ("52.06", True),
        ("52.06.03", True),
        ("52.06.03.2001", True),
        ("52.060", False),
        ("52.0", False),
        ("52", False),
        ("52.02", False),
        (None, False),
    ],
)
def test_a_coordinator_of_a_regency_reaches_that_regency(region, reaches):
    assert may(IMRAN, "verify", Standing(region=region)) is reaches


@pytest.mark.parametrize("region", ["52", "52.06", "52.06.03.2001", "52.72", None])
def test_the_provinces_coordinator_reaches_everything_also_what_has_no_place(region):
    assert may(CITRA, "verify", Standing(region=region))


def test_a_coordinator_without_a_region_reaches_nothing():
    lost = Actor(Role.COORDINATOR, 12)
    assert not may(lost, "case.read", Standing(region=BIMA))
    assert not may(lost, "case.read", Standing(region=None))


def test_a_leader_reads_the_own_region_only():
    assert may(BUPATI, "case.read", Standing(region="52.06.01"))
    assert not may(BUPATI, "case.read", Standing(region=LOTENG))
    assert not may(BUPATI, "case.read", Standing(region=None))


def test_the_second_pair_of_eyes_is_another_person_in_another_unit():
    made_by_officer = Standing(region=BIMA, author_id=7, author_unit=20)
    assert may(IMRAN, "approve", made_by_officer)
    assert not may(IMRAN, "approve", Standing(region=BIMA, author_id=9, author_unit=20)), "the author"
    assert not may(IMRAN, "approve", Standing(region=BIMA, author_id=7, author_unit=30)), "the same unit"
    assert not may(IMRAN, "approve", Standing(region=LOTENG, author_id=7, author_unit=20)), "another region"
    assert not may(HEAD, "approve", made_by_officer)


def test_a_citizen_reaches_the_own_case_only():
    citizen = Actor(Role.CITIZEN)
    for verb in ("complete", "object", "confirm", "withdraw", "merge"):
        assert may(citizen, verb, Standing(own=True, region=BIMA))
        assert not may(citizen, verb, Standing(own=False, region=BIMA))


def test_the_timer_only_does_what_time_does():
    assert {verb for verb in TABLE if Role.TIMER in TABLE[verb]} == {"lapse", "window_over", "escalate", "unmerge"}


def test_triage_reads_and_routes_and_answers_nobody():
    assert {verb for verb in TABLE if Role.TRIAGE in TABLE[verb]} == {"verify", "dispose", "recuse"}


def test_names_are_only_for_whoever_works_on_the_case():
    assert TABLE["identity.read"] == {Role.OFFICER: Scope.UNIT, Role.HEAD: Scope.UNIT, Role.COORDINATOR: Scope.REGION}


def test_the_printed_table_has_a_line_for_every_verb():
    assert len(permissions.describe().splitlines()) == 2 + len(TABLE)


def test_an_actor_is_written_with_role_and_id_and_never_with_a_name():
    assert str(OFFICER) == "officer:7"
    assert str(Actor(Role.CITIZEN)) == "citizen"


def test_a_part_is_worked_on_by_the_unit_that_was_asked_and_let_go_by_who_coordinates():
    theirs = Standing(units=(20,), region=BIMA)
    for verb in ("part.start", "part.answer", "part.return"):
        assert may(Actor(Role.OFFICER, 1, unit_id=20), verb, theirs)
        assert not may(Actor(Role.OFFICER, 1, unit_id=21), verb, theirs)
        assert not may(IMRAN, verb, theirs), "who coordinates does not answer for a unit"
        assert not may(Actor(Role.OFFICER, 1, unit_id=20), verb, Standing(units=(20,), accused=frozenset({20})))
    assert may(IMRAN, "part.drop", theirs) and not may(IMRAN, "part.drop", Standing(region=LOTENG))
    assert not may(Actor(Role.OFFICER, 1, unit_id=20), "part.drop", theirs), "nobody lets their own work go"
