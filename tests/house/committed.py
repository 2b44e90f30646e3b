"""What the tests of the house look at: the committed files and their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MADE = {".venv", "instance", "node_modules", "__pycache__"}


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is or would be committed, as paths from the root. Works in an archive without .git as well."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        found = (Path(name) for name in listing.stdout.split("\0") if name)
    else:
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    mine = (path for path in found if (ROOT / path).is_file() and not _MADE & set(path.parts))
    return tuple(sorted(path for path in mine if not path.parts[0].endswith("_cache")))


@cache
def text(path: Path) -> str:
    """A committed file as text, "" when it is none."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text(path), str(path))


@cache
def rooms(*folders: str) -> tuple[Path, ...]:
    """Python files of the house itself (no migrations, no tests), or only those below `folders`."""
    wanted = folders or ("ntbcare", "channels", "workers", "config.py", "wsgi.py")
    python = (path for path in committed() if path.suffix == ".py" and "migrations" not in path.parts)
    return tuple(path for path in python if any(path.is_relative_to(folder) for folder in wanted))
