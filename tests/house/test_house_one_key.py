"""Rule 7, one key: only records/work.py commits a session, and only who opened a piece of work says when."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.committed import rooms, text, tree

KEY = Path("ntbcare/records/work.py")
PIECES = {"work", "piece"}  # what a piece of work is called wherever it is handed round


def _calls(path: Path, *names: str) -> Iterator[tuple[str, int]]:
    """(receiver, line) of every call of a method of these names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield ast.unparse(node.func.value), node.lineno


def _opened(function: ast.AST) -> set[str]:
    """Names that `with ….work(…) as name` (or guards.work) binds in this function."""
    items = [item for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items]
    opened = [item for item in items if ast.unparse(item.context_expr).partition("(")[0].split(".")[-1] == "work"]
    return {item.optional_vars.id for item in opened if isinstance(item.optional_vars, ast.Name)}


def test_only_work_commits_a_session():
    for path in rooms("ntbcare", "workers"):  # a channel has no session of ours: Gammu's own database is its provider
        for receiver, line in _calls(path, "commit"):
            assert receiver in PIECES or path == KEY, f"{path}:{line}: {receiver} is no piece of work; only records/work.py commits"


def test_a_verb_that_was_handed_a_piece_of_work_never_commits_it():
    for path in rooms("ntbcare/casework", "ntbcare/records", "ntbcare/reading", "ntbcare/domain"):
        if path == KEY:
            continue
        for function in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
            committed = {ast.unparse(call.func.value) for call in ast.walk(function) if _is_commit(call)}
            assert committed <= _opened(function), f"{path}: {function.name} commits a piece of work that it did not open"


def _is_commit(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"


def test_nobody_else_opens_a_transaction_of_his_own():
    for path in rooms():
        for receiver, line in _calls(path, "begin", "begin_nested"):
            assert not receiver.endswith(("engine", "session", "connection")), (
                f"{path}:{line}: a transaction is opened with house.work(actor)"
            )
    # workers/rounds.py holds an advisory lock on a line of its own, on which nothing is ever written
    outside = {path for path in rooms() if "AUTOCOMMIT" in text(path)}
    assert outside <= {Path("workers/rounds.py"), Path("ntbcare/local/postgres.py")}
