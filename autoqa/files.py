"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from autoqa.sealing import create


def write_whole(path: Path, content: str | bytes, *, sealed: bool = False) -> None:
    """Writes text as UTF-8, or bytes, so that a reader never finds half; makes the folders.

    ``sealed``: encrypted where the bank has given a key (``autoqa.sealing``).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    part.unlink(missing_ok=True)  # of a process that was killed
    try:
        with create(part) if sealed else part.open("xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
