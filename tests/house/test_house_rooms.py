"""A file is one room: small, with its name on the door; and so is a test."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.house.committed import committed, rooms, text, tree

CEILING = 300  # lines; a room that needs more splits by subject
TESTS = tuple(path for path in committed() if path.parts[0] == "tests" and path.suffix == ".py")


@pytest.mark.parametrize("path", (*rooms(), *TESTS), ids=str)
def test_a_room_is_small_and_says_in_one_line_what_lives_in_it(path):
    lines = text(path).count("\n")
    assert lines < CEILING, f"{path} has {lines} lines: split it by subject"
    said = ast.get_docstring(tree(path))
    assert said, f"{path} has no docstring"
    assert said.splitlines()[0].endswith((".", "…")), f"the first line of {path} is one whole sentence"


@pytest.mark.parametrize("path", rooms(), ids=str)
def test_every_public_function_and_class_says_what_it_does(path):
    public = [node for node in tree(path).body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]
    silent = [node.name for node in public if not ast.get_docstring(node)]
    assert not silent, f"{path}: {', '.join(silent)} without a docstring"


def test_there_is_no_drawer_for_the_unnamed():
    nameless = [path for path in rooms() if path.stem in ("utils", "util", "helpers", "misc", "common")]
    assert not nameless, "a room is named for what lives in it"


def test_no_two_test_files_share_a_name():
    # tests/ holds no packages, so pytest would collect only one of two files of the same name
    names = Counter(path.name for path in TESTS if path.name not in ("conftest.py", "__init__.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_file_with_tests_is_collected():
    strays = [path for path in TESTS if not path.name.startswith("test_") and _defines_tests(path)]
    assert not strays, "a file with tests must be named test_….py"


def _defines_tests(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree(path).body)
