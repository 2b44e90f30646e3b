"""Rule 8, one door and one book: only casework/moves.py changes the state of a case, only records/journal.py writes history."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.committed import rooms, tree

DOOR = Path("ntbcare/casework/moves.py")
BIRTH = Path("ntbcare/casework/intake.py")  # a new case is born `received`
ROWS = Path("ntbcare/records/cases.py")
BOOK = Path("ntbcare/records/journal.py")
KEY = Path("ntbcare/records/work.py")
OTHERS_WITH_A_STATE = {"notice", "file", "part"}  # rows that are no case; call them what they are


def _assigned(path: Path, attribute: str) -> Iterator[tuple[str, int]]:
    """(receiver, line) of every assignment to an attribute."""
    for node in ast.walk(tree(path)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and part.attr == attribute and isinstance(part.ctx, ast.Store):
                    yield ast.unparse(part.value), node.lineno


def _statements(path: Path) -> Iterator[tuple[str, str, int]]:
    """(insert|update|delete, model, line) of every statement of SQLAlchemy."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and node.args:
            verb = ast.unparse(node.func).split(".")[-1].removeprefix("pg_")
            if verb in ("insert", "update", "delete"):
                yield verb, ast.unparse(node.args[0]).removesuffix(".__table__").split(".")[-1], node.lineno


def test_only_the_door_changes_the_state_of_a_case():
    for path in rooms():
        for receiver, line in _assigned(path, "state"):
            known = receiver in OTHERS_WITH_A_STATE or (path == DOOR and receiver == "case")
            assert known, f"{path}:{line}: {receiver}.state is set outside casework/moves.py"


def test_the_door_has_one_leaf():
    (function,) = [f for f in tree(DOOR).body if isinstance(f, ast.FunctionDef) and "case.state = " in ast.unparse(f)]
    assert function.name == "_apply"


def test_no_statement_changes_cases_past_the_door():
    for path in rooms():
        for verb, table, line in _statements(path):
            assert (verb, table) not in (("update", "Case"), ("delete", "Case")), f"{path}:{line} changes cases in bulk"


def test_a_case_is_born_in_one_place():
    for path in rooms():
        inserts = {table for verb, table, _ in _statements(path) if verb == "insert"}
        assert path == ROWS or "Case" not in inserts, f"{path} inserts a case"
        called = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        assert path == BIRTH or "cases.add" not in called, f"{path} makes a case past casework/intake.py"


def test_only_the_journal_writes_history():
    for path in rooms():
        if path in (BOOK, KEY):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "ntbcare.records.journal":
                assert not {alias.name for alias in node.names} & {"Entry", "Head", "Line", "append"}, (
                    f"{path}: history is told with work.tell"
                )
            called = [node.func, *node.args] if isinstance(node, ast.Call) else []
            by_hand = {ast.unparse(part) for part in called} & {"journal.Entry", "journal.Head", "journal.Line", "journal.append"}
            reading = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "select"
            assert reading or not by_hand, f"{path}:{node.lineno}: history is told with work.tell"


def test_no_sql_text_writes_the_journal():
    for path in rooms():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                flat = " ".join(node.value.lower().split())
                assert "insert into journal" not in flat and "update journal" not in flat and "delete from journal" not in flat, path
