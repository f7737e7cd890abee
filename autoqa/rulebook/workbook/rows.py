"""What stands in a folder of rules, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autoqa.rulebook.workbook.manuscript import Manuscript
from autoqa.rulebook.workbook.tables import (
    ANSWERS,
    CONDITIONS,
    EXAMPLES,
    FACTS,
    FORMS,
    ITEMS,
    KNOWLEDGE,
    LINE_KINDS,
    ORDINARY,
    PHRASES,
    RULES,
    SECTIONS,
    SENTENCES,
    TABLES,
    Cells,
    Column,
    Row,
    shown,
)
from autoqa.scoring.sentence_documents import lines_of
from autoqa.scoring.source import Path


def rows_of(manuscripts: Mapping[str, Manuscript]) -> list[Row]:
    """Every row of every table, in the order of the files."""
    names = {
        str(rule.get("id")): str(rule.get("name", ""))
        for one in manuscripts.values()
        for rule in listed(one.data, "rules")
        if isinstance(rule, dict)
    }
    return [row for file, one in manuscripts.items() for row in _Reader(file, one, names).rows()]


def listed(data: Any, key: str) -> Sequence[Any]:
    """The list at ``key``; nothing where there is none."""
    inner = data.get(key) if isinstance(data, dict) else None
    return inner if isinstance(inner, list) else ()


def mapped(data: Any, key: str) -> Mapping[str, Any]:
    """The mapping at ``key``; nothing where there is none."""
    inner = data.get(key) if isinstance(data, dict) else None
    return inner if isinstance(inner, dict) else {}


class _Reader:
    """The rows of one file."""

    def __init__(self, file: str, manuscript: Manuscript, names: Mapping[str, str]) -> None:
        self._file, self._manuscript, self._names = file, manuscript, names

    def rows(self) -> Iterator[Row]:
        data = self._manuscript.data
        yield from self._rules(data)
        yield from self._phrases(data)
        yield from self._sentences(data)
        yield from self._knowledge(data)
        for name in mapped(data, "conditions"):
            path: Path = ("conditions", name)
            cells = {"name": name, "condition": self._manuscript.source(path)}
            yield self._row(CONDITIONS, path, {"file": self._file} | cells)
        if isinstance(data, dict) and "form" in data:
            yield from self._form(("form",), data["form"])
        for number, form in enumerate(listed(data, "forms")):
            yield from self._form(("forms", number), form)

    def _row(self, table: str, path: Path, cells: Cells) -> Row:
        return Row(table, self._file, path, cells)

    def _rules(self, data: Any) -> Iterator[Row]:
        for number, rule in enumerate(listed(data, "rules")):
            path: Path = ("rules", number)
            yield self._row(RULES, path, {"file": self._file} | self._cells(RULES, path, rule))
            rule_id = str(rule.get("id", "")) if isinstance(rule, dict) else ""
            known = {"rule": rule_id, "rule_name": self._names.get(rule_id, "")}
            examples = mapped(rule, "examples")
            for outcome in examples:
                for at, dialogue in enumerate(listed(examples, outcome)):
                    one = (*path, "examples", outcome, at)
                    cells = known | {"outcome": outcome, "dialogue": str(dialogue).strip("\n")}
                    yield self._row(EXAMPLES, one, cells)

    def _knowledge(self, data: Any) -> Iterator[Row]:
        for number, entry in enumerate(listed(data, "knowledge")):
            path: Path = ("knowledge", number)
            cells = self._cells(KNOWLEDGE, path, entry)
            yield self._row(KNOWLEDGE, path, {"file": self._file} | cells)
            known = {"entry": cells.get("id", "")}
            for at, fact in enumerate(listed(entry, "facts")):
                one: Path = (*path, "facts", at)
                yield self._row(FACTS, one, known | self._cells(FACTS, one, fact))
            examples = mapped(entry, "examples")
            for outcome in examples:
                for at, dialogue in enumerate(listed(examples, outcome)):
                    one = (*path, "examples", outcome, at)
                    said = {"outcome": outcome, "dialogue": str(dialogue).strip("\n")}
                    yield self._row(ANSWERS, one, known | said)

    def _phrases(self, data: Any) -> Iterator[Row]:
        for name, given in mapped(data, "phrases").items():
            path: Path = ("phrases", name)
            is_plain = isinstance(given, list)
            for kind in LINE_KINDS:
                lines = given if is_plain and kind == "phrases" else listed(given, kind)
                known = {"file": self._file, "set": name, "kind": kind}
                for at, line in enumerate(lines):
                    one = (*path, at) if is_plain else (*path, kind, at)
                    cells = self._cells(PHRASES, one, _keyed(line, "text"))
                    yield self._row(PHRASES, one, known | cells)

    def _sentences(self, data: Any) -> Iterator[Row]:
        """One for each line of a block of text, with the block's place and its own in it."""
        blocks: list[tuple[Path, Any]] = [
            (("sentences", name, kind), written)
            for name, one in mapped(data, "sentences").items()
            for kind, written in (one.items() if isinstance(one, dict) else ())
        ]
        ordinary = data.get(ORDINARY, "") if isinstance(data, dict) else ""
        for path, written in (*blocks, ((ORDINARY,), ordinary)):
            lines = lines_of(written) if isinstance(written, str) else written
            known = {"file": self._file, "set": "" if path == (ORDINARY,) else str(path[1])}
            for number, line in enumerate(lines if isinstance(lines, list | tuple) else ()):
                cells = {"means": str(path[-1]), "sentence": str(line)}
                yield self._row(SENTENCES, (*path, number), known | cells)

    def _form(self, path: Path, form: Any) -> Iterator[Row]:
        yield self._row(FORMS, path, {"file": self._file} | self._cells(FORMS, path, form))
        known = {"form": str(form.get("id", "")) if isinstance(form, dict) else ""}
        for number, section in enumerate(listed(form, "sections")):
            one = (*path, "sections", number)
            yield self._row(SECTIONS, one, known | self._cells(SECTIONS, one, section))
            within = known | {"section": str(section.get("name", ""))}
            for rule_id, item in mapped(section, "rules").items():
                item_path = (*one, "rules", rule_id)
                about = {"rule": rule_id, "rule_name": self._names.get(rule_id, "")}
                cells = self._cells(ITEMS, item_path, _keyed(item, "points"))
                yield self._row(ITEMS, item_path, within | about | cells)

    def _cells(self, table: str, path: Path, data: Any) -> dict[str, str]:
        given = data if isinstance(data, dict) else {}
        return {
            column.key: self._cell(column, (*path, column.key), given[column.key])
            for column in TABLES[table].values
            if column.key in given
        }

    def _cell(self, column: Column, path: Path, value: Any) -> str:
        if column.kind == "yaml":
            return self._manuscript.source(path)
        if isinstance(value, list):
            return "\n".join(map(str, value))
        return shown(value)


def _keyed(value: Any, key: str) -> Mapping[str, Any]:
    """What is written short, in full."""
    return value if isinstance(value, dict) else {key: value}
