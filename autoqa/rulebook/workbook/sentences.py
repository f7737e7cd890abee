"""Sentences that phrase sets are learned from: a row each in a workbook, blocks of text in files.

Where the lines of a block are others than in the file, the whole block is written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autoqa.i18n import N_
from autoqa.rulebook.workbook.sheets import SheetRow
from autoqa.rulebook.workbook.tables import NOR, ORDINARY, SENTENCES, Row
from autoqa.scoring.source import Path
from autoqa.spreadsheets import CellFault
from autoqa.types import Message

_NO_SET = N_("write which phrase set this sentence is about")
_OF_NONE = N_("a sentence of no phrase set stands for all of them; leave the phrase set empty")
_NOTHING = N_("write the sentence, or delete this row")
_NO_KIND = N_("say whether it is said so, or only looks so")


@dataclass(frozen=True, slots=True)
class Block:
    """What is written at ``path`` of ``file`` now: text of ``lines``, or a list of names."""

    file: str
    path: Path
    lines: tuple[str, ...]

    @property
    def value(self) -> Any:
        return list(self.lines) if self.path[-1] == NOR else "\n".join(self.lines) + "\n"


def changed_blocks(
    old: Iterable[Row], rows: Iterable[SheetRow], home: Callable[[SheetRow], str]
) -> tuple[list[Block], Counter[str], list[CellFault]]:
    """The blocks that are others in the workbook, how many rows were added and deleted, and what
    is wrong with rows. ``home``: the file of a row of a set that no file has sentences of."""
    before: dict[tuple[str, Path], list[str]] = {}
    homes: dict[str, str] = {}
    for row in old:
        before.setdefault((row.file, (row.path or ())[:-1]), []).append(row.cells["sentence"])
        homes.setdefault(row.cells.get("set", ""), row.file)
    after: dict[tuple[str, Path], list[str]] = {key: [] for key in before}
    faults = []
    for one in rows:
        if (wrong := _fault(one)) is not None:
            faults.append(wrong)
            continue
        name, kind = one.row.cells.get("set", "").strip(), one.row.cells["means"]
        path: Path = (ORDINARY,) if kind == ORDINARY else ("sentences", name, kind)
        known = "" if one.row.cells.get("file", "").strip() else homes.get(name, "")
        file = known or home(one)
        after.setdefault((file, path), []).append(one.row.cells["sentence"].strip())
    counts: Counter[str] = Counter()
    blocks = []
    for (file, path), lines in after.items():
        was = before.get((file, path), [])
        if lines != was:
            blocks.append(Block(file, path, tuple(lines)))
            counts["added"] += sum((Counter(lines) - Counter(was)).values())
            counts["deleted"] += sum((Counter(was) - Counter(lines)).values())
    return blocks, +counts, faults


def _fault(one: SheetRow) -> CellFault | None:
    name, kind = one.row.cells.get("set", "").strip(), one.row.cells.get("means")
    is_ordinary = kind == ORDINARY
    if kind is None:
        return one.fault("means", Message(_NO_KIND))
    if not one.row.cells.get("sentence", "").strip():
        return one.fault("sentence", Message(_NOTHING))
    if is_ordinary and name:
        return one.fault("set", Message(_OF_NONE))
    return None if name or is_ordinary else one.fault("set", Message(_NO_SET))


def sentence_at(rows: Iterable[SheetRow], path: Path, line: str) -> SheetRow | None:
    """The row of the workbook that a line of a file is from; of what is wrong with all sentences
    of a set, their first."""
    if path[:1] not in (("sentences",), (ORDINARY,)):
        return None
    name = path[1] if len(path) > 1 else ""
    own = [
        one
        for one in rows
        if one.row.table == SENTENCES and one.row.cells.get("set", "").strip() == name
    ]
    same = [one for one in own if one.row.cells.get("sentence", "").strip() == line.strip()]
    return next(iter(same or own), None)
