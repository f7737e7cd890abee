"""What is to be done to rule files, gathered until it is known that nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autoqa.rulebook.workbook import yaml_text
from autoqa.rulebook.workbook.growth import grow
from autoqa.rulebook.workbook.manuscript import CannotEdit, Edits, Manuscript
from autoqa.scoring.source import Path


class Changes:
    """``manuscripts``: the files that there are, by name."""

    def __init__(self, manuscripts: Mapping[str, Manuscript]) -> None:
        self._manuscripts = manuscripts
        self._edits: dict[str, Edits] = {name: Edits() for name in manuscripts}
        self._additions: dict[str, list[tuple[Path, Any]]] = {}

    def data(self, file: str) -> Any:
        """What a file holds as it is; nothing, if it is new."""
        return self._manuscripts[file].data if file in self._manuscripts else {}

    def has(self, file: str, path: Path) -> bool:
        """Whether a file has it and keeps it."""
        return (
            file in self._manuscripts
            and self._manuscripts[file].has(path)
            and not self.is_deleted(file, path)
        )

    def is_deleted(self, file: str, path: Path) -> bool:
        return path in self._edits[file].deleted

    def delete(self, file: str, path: Path) -> None:
        self._edits[file].deleted.add(path)

    def replace(self, file: str, path: Path, value: Any) -> None:
        self._edits[file].replaced[path] = value

    def put(self, file: str, path: Path, value: Any) -> None:
        """Adds what the file, which may be new, does not have; ``growth`` says how."""
        self._additions.setdefault(file, []).append((path, value))

    def texts(self) -> Iterator[tuple[str, str | None]]:
        """Each file that becomes another, and its text; None where it cannot be edited for sure."""
        for file in {*self._edits, *self._additions}:
            additions = self._additions.get(file, [])
            if file not in self._manuscripts:
                tree = {str(one.key): one.value for one in grow({}, additions)}
                yield file, yaml_text.block(tree) + "\n"
                continue
            manuscript, edits = self._manuscripts[file], self._edits[file]
            edits.added += grow(manuscript.data, additions)
            if not edits:
                continue
            try:
                yield file, manuscript.edited(edits)
            except CannotEdit:
                yield file, None
