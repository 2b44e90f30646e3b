"""What is written down is true, and nothing is committed that belongs to one machine or to another day."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ntbcare.domain import lifecycle, permissions
from tests.house.committed import ROOT, committed, text

LOCKS = (Path("requirements.lock"), Path("requirements-test.lock"))
README = text(Path("README.md"))


@pytest.mark.parametrize(("name", "describe"), [("lifecycle", lifecycle.describe), ("permissions", permissions.describe)])
def test_a_table_of_the_domain_is_printed_as_it_is(name, describe):
    printed = text(Path(f"docs/{name}.md"))
    assert printed == describe() + "\n", f"run: flask --app wsgi {name} > docs/{name}.md"


def test_the_readme_is_short_and_names_only_files_that_are_there():
    assert README.count("\n") < 200
    for path in re.findall(r"`((?:ntbcare|channels|workers|templates|tests|docs|bench|\.ci)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), f"README.md names {path}"


def test_the_readme_says_why_each_dependency_is_there():
    project = tomllib.loads(text(Path("pyproject.toml")))
    for line in (*project["project"]["dependencies"], *project["dependency-groups"]["test"]):
        name = re.split(r"[\[<>=~ ]", line)[0]
        assert f"`{name}`" in README, f"README.md does not say why {name} is needed"


def test_every_dependency_is_pinned_with_its_hash():
    project = tomllib.loads(text(Path("pyproject.toml")))
    for lock, wanted in zip(LOCKS, (project["project"]["dependencies"], project["dependency-groups"]["test"]), strict=True):
        pinned = dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==\S+.*\\\n {4}(--hash=sha256)", text(lock), re.MULTILINE))
        missing = {re.split(r"[\[<>=~ ]", line)[0] for line in wanted} - set(pinned)
        assert not missing, f"{lock} does not pin {missing}: make lock"


def test_no_file_names_a_machine_or_a_registry():
    # put together here, so that this file does not find itself
    machine = re.compile("|".join(["/" + name + "/" for name in ("work", "root", "home", "Users", "mnt")]))
    registry = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "index" + "-url", "find" + "-links"]))
    for path in committed():
        for number, line in enumerate(text(path).splitlines(), start=1):
            found = (machine.search(line) if path not in LOCKS else None) or registry.search(line)
            assert not found, f"{path}:{number}: {line.strip()[:120]}"


def test_nothing_is_left_for_another_day():
    later = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b", "place" + "holder for now"]))
    for path in committed():
        if path not in LOCKS:
            hit = later.search(text(path))
            assert not hit, f"{path}: {hit.group() if hit else ''}"


@pytest.mark.parametrize("path", [path for path in committed() if path.suffix == ".html"], ids=str)
def test_no_page_carries_its_own_style_or_script(path):
    # the Content-Security-Policy would block both, and nobody would notice
    found = re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", text(path))
    assert not found, f"{path}: {found.group() if found else ''}"
