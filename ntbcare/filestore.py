"""Where files lie: a local folder, each named by the hash of its content, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileStore:
    """One folder with two letters of the hash as sub-folders. The same content twice is one file."""

    folder: Path

    def put(self, content: bytes, suffix: str) -> tuple[str, str]:
        """Keep `content`; (path relative to the folder, sha256). It is on the disk when this returns. Raises OSError."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / digest[:2] / f"{digest}{suffix}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, waiting = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(waiting).replace(path)
            except BaseException:
                Path(waiting).unlink(missing_ok=True)
                raise
        return str(path.relative_to(self.folder)), digest

    def get(self, path: str) -> bytes:
        """The content under a path that put() gave. Raises OSError."""
        return self.where(path).read_bytes()

    def where(self, path: str) -> Path:
        """Where the content of put() lies, for whoever streams it. Raises FileNotFoundError, for a way out of the folder as well."""
        found = (self.folder / path).resolve()
        if not found.is_relative_to(self.folder.resolve()) or not found.is_file():
            raise FileNotFoundError(path)
        return found
