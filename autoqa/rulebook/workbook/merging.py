"""What was changed in a workbook, as edits of the files that it was made from.

Each row of the workbook is the row that it was made from, changed or not, or a new one; rows that
are missing were deleted. A sheet that is missing says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autoqa.i18n import N_, _
from autoqa.rulebook.folder import ENDINGS
from autoqa.rulebook.workbook.changes import Changes
from autoqa.rulebook.workbook.growth import END
from autoqa.rulebook.workbook.manuscript import Manuscript
from autoqa.rulebook.workbook.sentences import changed_blocks
from autoqa.rulebook.workbook.sheets import Book, SheetRow
from autoqa.rulebook.workbook.tables import (
    ANSWERS,
    CONDITIONS,
    EXAMPLES,
    FACTS,
    FORMS,
    ITEMS,
    KNOWLEDGE,
    LINE_KINDS,
    PHRASES,
    RULES,
    SECTIONS,
    SENTENCES,
    TABLES,
    Row,
)
from autoqa.rulebook.workbook.values import Values
from autoqa.scoring.source import Path
from autoqa.spreadsheets import CellFault
from autoqa.types import Message

_NO_MOVE = N_("this cannot be moved in a workbook; move it in the files")
_GONE = N_("what this row belongs to was deleted in another sheet; delete this row, too")
_NO_RULE = N_("there is no rule “{name}” in the sheet of rules")
_NO_ENTRY = N_("there is no entry “{name}” in the sheet of knowledge")
_SEVERAL = N_("“{name}” has several versions; write this into the file of the one that is meant")
_NO_FORM = N_("there is no form “{name}” in the sheet of forms")
_TWICE = N_("“{name}” is there already")
NO_ITEMS = N_("a section needs rules; add them to the sheet of form items, or delete this row, too")
_NO_PLACE = N_("“{key}” is missing in this row")
_NO_FILE = N_("write a file's name only, such as “rules.yaml”")
_SHARED = N_(
    "{file} cannot be changed from here for sure: it is laid out unusually, or shares parts by & "
    "and *; change it in the file"
)
_NO_NAME = re.compile(r"^[.~]|^$|[\\:*?\"<>|\x00-\x1f]")
_BLOCKS = frozenset((SENTENCES,))
"""Tables whose rows are lines of texts: a text is changed as a whole."""


@dataclass(slots=True)
class Merge:
    """``texts``: of the files that change, by name. ``counts``: of rows by (table, what)."""

    texts: dict[str, str] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


def merge(manuscripts: Mapping[str, Manuscript], rows: Iterable[Row], book: Book) -> Merge:
    """``rows``: of the files as they are now, which are those that the workbook was made from."""
    return _Merger(manuscripts, rows, book).merged()


class _Merger:
    def __init__(
        self, manuscripts: Mapping[str, Manuscript], rows: Iterable[Row], book: Book
    ) -> None:
        self._changes = Changes(manuscripts)
        self._book = book
        self._old = {(row.table, row.file, row.path): row for row in rows}
        self._new: list[SheetRow] = []
        self._made = Merge(faults=list(book.faults))
        self._values = Values(self._made.faults)
        self._changed: dict[str, SheetRow] = {}

    def merged(self) -> Merge:
        kept: list[SheetRow] = []
        seen = set()
        for one in self._book.rows:
            key = (one.row.table, one.row.file, one.row.path)
            if one.row.table in _BLOCKS:
                continue
            if one.row.path is not None and key in self._old and key not in seen:
                seen.add(key)
                kept.append(one)
            else:
                self._new.append(one)
        for key, row in self._old.items():
            is_told = row.table in self._book.tables - _BLOCKS
            if key not in seen and is_told and row.path is not None:
                self._changes.delete(row.file, row.path)
                self._made.counts[row.table, "deleted"] += 1
        for one in kept:
            self._keep(one)
        self._add()
        if SENTENCES in self._book.tables:
            self._teach()
        if not self._made.faults:
            self._write()
        return self._made

    # ------------------------------------------------------------ rows that were there

    def _keep(self, one: SheetRow) -> None:
        row, table = one.row, TABLES[one.row.table]
        path, changes = row.path or (), self._changes
        if any(changes.is_deleted(row.file, path[:length]) for length in range(1, len(path))):
            self._made.faults.append(one.fault("", Message(_GONE)))
            return
        if row.table == ITEMS and row.cells.get("rule") in self._gone():
            self._made.faults.append(one.fault("rule", Message(_GONE)))
            return
        old = self._old[row.table, row.file, row.path]
        places = [column.key for column in table.places]
        changed = [column for column in table.values if not _same(row, old, column.key)]
        if not all(_same(row, old, key) for key in places):
            if not table.whole:
                self._made.faults.append(one.fault(places[0], Message(_NO_MOVE)))
                return
            changes.delete(row.file, path)
            self._new.append(one)
            return
        if not changed:
            return
        self._made.counts[table.name, "changed"] += 1
        self._changed.setdefault(row.file, one)
        if table.whole:
            changes.replace(row.file, path, self._values.whole(one))
            return
        for column in changed:
            inner = (*path, column.key)
            if not row.cells.get(column.key, "").strip():
                changes.delete(row.file, inner)
            elif column.key in old.cells:
                changes.replace(row.file, inner, self._values.of(one, column))
            else:
                changes.put(row.file, inner, self._values.of(one, column))

    def _gone(self) -> set[str]:
        """The ids of rules that were deleted."""
        rules = {
            row.cells.get("id", ""): self._changes.is_deleted(row.file, row.path)
            for row in self._old.values()
            if row.table == RULES and row.path is not None
        }
        new = {one.row.cells.get("id", "") for one in self._new if one.row.table == RULES}
        return {name for name, is_gone in rules.items() if is_gone} - new

    # ------------------------------------------------------------ new rows

    def _add(self) -> None:
        by_table: dict[str, list[SheetRow]] = {name: [] for name in TABLES}
        for one in self._new:
            table = TABLES[one.row.table]
            missing = [key for key in table.needed if not one.row.cells.get(key, "").strip()]
            if missing:
                title = next(c.title for c in table.columns if c.key == missing[0])
                params = {"key": _(title)}
                self._made.faults.append(one.fault(missing[0], Message(_NO_PLACE, params)))
                continue
            if _is_outside(one.row.cells.get("file", "")):
                self._made.faults.append(one.fault("file", Message(_NO_FILE)))
                continue
            by_table[one.row.table].append(one)
            self._made.counts[one.row.table, "added"] += 1
        self._add_rules(by_table[RULES], by_table[EXAMPLES])
        self._add_phrases(by_table[PHRASES])
        for one in by_table[CONDITIONS]:
            name = one.row.cells["name"]
            if self._changes.has(self._file(one), ("conditions", name)):
                self._made.faults.append(one.fault("name", Message(_TWICE, {"name": name})))
            else:
                self._changes.put(self._file(one), ("conditions", name), self._values.whole(one))
        self._add_knowledge(by_table[KNOWLEDGE], by_table[FACTS], by_table[ANSWERS])
        self._add_forms(by_table[FORMS], by_table[SECTIONS], by_table[ITEMS])

    def _add_rules(self, rules: list[SheetRow], examples: list[SheetRow]) -> None:
        known: dict[str, tuple[str, Path]] = {
            row.cells.get("id", ""): (row.file, row.path)
            for row in self._old.values()
            if row.table == RULES and row.path is not None
        }
        new: dict[str, dict[str, Any]] = {}
        for one in rules:
            rule = new[one.row.cells["id"]] = self._values.fields(one)
            self._changes.put(self._file(one), ("rules", END), rule)
        for one in examples:
            rule_id, outcome = one.row.cells["rule"], one.row.cells["outcome"]
            dialogue = self._values.whole(one)
            if rule_id in new:
                inside = new[rule_id].setdefault("examples", {})
                inside.setdefault(outcome, []).append(dialogue)
            elif rule_id in known:
                file, path = known[rule_id]
                self._changes.put(file, (*path, "examples", outcome, END), dialogue)
            else:
                self._made.faults.append(one.fault("rule", Message(_NO_RULE, {"name": rule_id})))

    def _add_knowledge(
        self, entries: list[SheetRow], facts: list[SheetRow], answers: list[SheetRow]
    ) -> None:
        """Of an entry with several versions, what is new goes to the new one; where none is, it
        cannot be told which is meant."""
        known: dict[str, list[tuple[str, Path]]] = {}
        for row in self._old.values():
            if row.table == KNOWLEDGE and row.path is not None:
                known.setdefault(row.cells.get("id", ""), []).append((row.file, row.path))
        new: dict[str, list[dict[str, Any]]] = {}
        made_from: dict[tuple[str, Path], dict[str, Any]] = {}
        for one in entries:
            entry = self._values.fields(one)
            new.setdefault(one.row.cells["id"], []).append(entry)
            if one.row.path is not None:
                made_from[one.row.file, one.row.path] = entry
            self._changes.put(self._file(one), ("knowledge", END), entry)
        for one in (*facts, *answers):
            entry_id, outcome = one.row.cells["entry"], one.row.cells.get("outcome", "")
            value = self._values.whole(one)
            origin = made_from.get((one.row.file, (one.row.path or ())[:2]))
            fresh = [origin] if origin is not None else new.get(entry_id, [])
            there = known.get(entry_id, [])
            if len(fresh) == 1:
                home = fresh[0].setdefault("examples", {}) if outcome else fresh[0]
                home.setdefault(outcome or "facts", []).append(value)
            elif len(there) == 1 and not fresh:
                file, path = there[0]
                inner: Path = ("examples", outcome) if outcome else ("facts",)
                self._changes.put(file, (*path, *inner, END), value)
            else:
                template = _SEVERAL if fresh or there else _NO_ENTRY
                self._made.faults.append(one.fault("entry", Message(template, {"name": entry_id})))

    def _add_phrases(self, rows: list[SheetRow]) -> None:
        homes = {row.cells["set"]: row.file for row in self._old.values() if row.table == PHRASES}
        rebuilt = set()
        for one in rows:
            name, kind = one.row.cells["set"], one.row.cells["kind"]
            file = homes.get(name) or self._file(one)
            given = self._changes.data(file)
            plain = isinstance(given, dict) and isinstance(
                (given.get("phrases") or {}).get(name), list
            )
            if plain and kind != "phrases":
                rebuilt.add((file, name))
            elif plain:
                self._changes.put(file, ("phrases", name, END), self._values.whole(one))
            else:
                self._changes.put(file, ("phrases", name, kind, END), self._values.whole(one))
        for file, name in rebuilt:
            self._changes.replace(file, ("phrases", name), self._whole_set(name))

    def _whole_set(self, name: str) -> dict[str, list[Any]]:
        """A set that was a plain list and needs to be more, from all its rows."""
        own = [
            one
            for one in self._book.rows
            if one.row.table == PHRASES and one.row.cells.get("set") == name
        ]
        lines = {
            kind: [self._values.whole(one) for one in own if one.row.cells.get("kind") == kind]
            for kind in LINE_KINDS
        }
        return {kind: values for kind, values in lines.items() if values}

    def _add_forms(
        self, forms: list[SheetRow], sections: list[SheetRow], items: list[SheetRow]
    ) -> None:
        known: dict[str, tuple[str, Path]] = {
            row.cells.get("id", ""): (row.file, row.path)
            for row in self._old.values()
            if row.table == FORMS and row.path is not None
        }
        new: dict[str, dict[str, Any]] = {}
        for one in forms:
            form = new[one.row.cells["id"]] = self._values.fields(one) | {"sections": []}
            alone = len(forms) == 1 and not known
            self._changes.put(self._file(one), ("form",) if alone else ("forms", END), form)
        fresh = {
            (one.row.cells.get("form", ""), one.row.cells["name"]): self._values.fields(one)
            for one in sections
        }
        grown: dict[tuple[str, str], dict[str, Any]] = {}
        for one in items:
            form_id = one.row.cells.get("form") or next(iter([*known, *new]), "")
            self._add_item(one, form_id, known.get(form_id), new.get(form_id), fresh, grown)
        for one in sections:
            if (one.row.cells.get("form", ""), one.row.cells["name"]) not in grown:
                self._made.faults.append(one.fault("name", Message(NO_ITEMS)))

    def _add_item(
        self,
        one: SheetRow,
        form_id: str,
        known: tuple[str, Path] | None,
        new: dict[str, Any] | None,
        fresh: Mapping[tuple[str, str], dict[str, Any]],
        grown: dict[tuple[str, str], dict[str, Any]],
    ) -> None:
        name, rule = one.row.cells["section"], one.row.cells["rule"]
        value = self._values.whole(one)
        home = self._section(known, name) if known else None
        if home is not None and self._changes.has(home[0], (*home[1], "rules", rule)):
            self._made.faults.append(one.fault("rule", Message(_TWICE, {"name": rule})))
        elif home is not None:
            self._changes.put(home[0], (*home[1], "rules", rule), value)
        elif (form_id, name) in grown:
            grown[form_id, name]["rules"][rule] = value
        elif known is None and new is None:
            self._made.faults.append(one.fault("form", Message(_NO_FORM, {"name": form_id})))
        else:
            about = fresh.get((one.row.cells.get("form", ""), name), {"name": name})
            section = grown[form_id, name] = about | {"rules": {rule: value}}
            if known is not None:
                self._changes.put(known[0], (*known[1], "sections", END), section)
            elif new is not None:
                new["sections"].append(section)

    def _section(self, form: tuple[str, Path], name: str) -> tuple[str, Path] | None:
        """A section of a form by its name, as it was or as it is called now."""
        file, path = form
        now = {
            (one.row.file, one.row.path): one.row.cells.get("name")
            for one in self._book.rows
            if one.row.table == SECTIONS
        }
        for row in self._old.values():
            if row.table == SECTIONS and row.file == file and row.path is not None:
                names = {row.cells.get("name"), now.get((row.file, row.path))}
                if row.path[: len(path)] == path and name in names:
                    return file, row.path
        return None

    # ------------------------------------------------------------ sentences

    def _teach(self) -> None:
        """A block of sentences is one text in a file: where its rows changed, it is replaced."""
        rows = [one for one in self._book.rows if one.row.table == SENTENCES]
        outside = [one for one in rows if _is_outside(one.row.cells.get("file", ""))]
        self._made.faults += [one.fault("file", Message(_NO_FILE)) for one in outside]
        old = [row for row in self._old.values() if row.table == SENTENCES]
        blocks, counts, faults = changed_blocks(old, rows, self._file)
        self._made.faults += faults
        for what, count in counts.items():
            self._made.counts[SENTENCES, what] += count
        homes = {one.row.file: one for one in reversed(rows)}
        for one in blocks:
            if one.file in homes:
                self._changed.setdefault(one.file, homes[one.file])
            if not self._changes.has(one.file, one.path):
                self._changes.put(one.file, one.path, one.value)
            elif one.lines:
                self._changes.replace(one.file, one.path, one.value)
            else:
                self._changes.delete(one.file, one.path)

    # ------------------------------------------------------------ files

    def _file(self, one: SheetRow) -> str:
        """Where a new row goes: the file that it names, else the first of its kind."""
        if file := one.row.cells.get("file", "").strip():
            return file if file.lower().endswith(ENDINGS) else f"{file}.yaml"
        same = (row.file for row in self._old.values() if row.table == one.row.table)
        return next(same, TABLES[one.row.table].file)

    def _write(self) -> None:
        for file, text in self._changes.texts():
            if text is not None:
                self._made.texts[file] = text
                continue
            place = self._changed.get(file, self._book.rows[0])
            self._made.faults.append(place.fault("", Message(_SHARED, {"file": file})))


def _is_outside(file: str) -> bool:
    """Whether a file would lie elsewhere than the rules, or under a name that no machine takes."""
    parts = file.strip().split("/")
    return file.strip() != "" and any(_NO_NAME.search(part) for part in parts)


def _same(row: Row, old: Row, key: str) -> bool:
    return row.cells.get(key, "").strip() == old.cells.get(key, "").strip()
