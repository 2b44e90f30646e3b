"""Rules 1 to 6: who may import whom. The contracts stand in pyproject.toml; here they are run, and nobody may be forgotten by them."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from importlinter.cli import lint_imports

from tests.house.committed import ROOT, rooms, text, tree

RULES = {
    contract["name"].partition(":")[0]: contract
    for contract in tomllib.loads(text(Path("pyproject.toml")))["tool"]["importlinter"]["contracts"]
}
COMMON = {"switchboard", "console", "web", "__init__"}  # files of the street that are no provider


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_import_rule_holds(capsys):
    assert lint_imports(str(ROOT / "pyproject.toml")) == 0, capsys.readouterr().out


def test_a_channel_knows_the_contract_and_nothing_else_of_ours():
    for path in rooms("channels"):
        known = {name for name in _imports(path) if name.split(".")[0] in ("ntbcare", "workers", "config", "wsgi")}
        assert all(name.startswith("ntbcare.contract.") for name in known), f"{path} imports {known}: a channel knows ntbcare.contract only"


def test_no_channel_is_forgotten_by_the_rule_that_keeps_them_strangers():
    providers = {".".join(path.with_suffix("").parts) for path in rooms("channels") if path.stem not in COMMON}
    named = set(RULES["Strangers"]["modules"])
    owners = {
        provider: {name for name in named if provider == name or provider.startswith((f"{name}.", f"{name}_"))} for provider in providers
    }
    assert all(owners.values()) and set().union(*owners.values()) == named, "name every provider under «Strangers» in pyproject.toml"


def test_no_view_is_forgotten_by_the_rule_that_sends_it_to_the_counter():
    views = {
        f"ntbcare.web.{path.stem}" for path in rooms("ntbcare/web")
        if any("Blueprint" in name for name in _imports(path)) and path.stem != "health"  # /health must ask the database itself
    }  # fmt: skip
    assert views == set(RULES["Counter"]["source_modules"]), "name every view under «Counter» in pyproject.toml"
