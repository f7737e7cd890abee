"""A folder of rules as its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autoqa.errors import UsageError
from autoqa.i18n import N_

ENDINGS = (".yaml", ".yml")
_NO_FOLDER = N_("there is no folder {folder} with rules")


def rule_files(folder: Path) -> dict[str, bytes]:
    """The rule files of a folder and those below it, by their path in it.

    Raises ``UsageError`` where there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(_NO_FOLDER, folder=str(folder))
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes them below ``folder``, which is made where it is missing."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
