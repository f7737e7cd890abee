"""A folder's rules as rows: a table a dimension, a column a key, each row with its place.

Columns come from the documents of the rule language, so that a new key needs only a title here.
``yaml`` columns hold what is written in the file: conditions, lists, anything with an inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from autoqa.i18n import N_
from autoqa.rulebook.workbook.manuscript import Manuscript
from autoqa.scoring.documents import RuleDocument
from autoqa.scoring.form_documents import FormDocument, ItemDocument, SectionDocument
from autoqa.scoring.knowledge_documents import EntryDocument, ExamplesDocument, FactDocument
from autoqa.scoring.phrase_documents import ExpressionDocument, PhraseDocument, SimilarDocument
from autoqa.scoring.source import Path

Kind = Literal["text", "long", "lines", "number", "flag", "choice", "yaml"]
Cells = Mapping[str, str]

YES, NO = "是", "否"
FORMS, SECTIONS, ITEMS, RULES = "forms", "sections", "items", "rules"
EXAMPLES, PHRASES, CONDITIONS = "examples", "phrases", "conditions"
KNOWLEDGE, FACTS, ANSWERS = "knowledge", "facts", "answers"
SENTENCES = "sentences"
LINE_KINDS = ("phrases", "unless", "perhaps", "listen_for")

_NUMBERS = {"points", "deduct", "at_most", "weight", "pass_mark", "start", "total"}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(("id", "name", "owner", "from", "until", "text", "regex", "similar"), "text"),
    **dict.fromkeys(("value", "about"), "text"),
    **dict.fromkeys(("exact", "fatal", "per_occurrence", "required"), "flag"),
    **dict.fromkeys(("counts_for", "status"), "choice"),
    **dict.fromkeys(("rationale", "answer"), "long"),
    **dict.fromkeys(("unless", "words", "questions", "not_about", "must_not_say", "says"), "lines"),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "counts_for": ("坐席", "中心"),
    "status": ("草稿", "试行", "启用", "停用", "关注"),
    "kind": LINE_KINDS,
    "outcome": tuple(one.alias or name for name, one in ExamplesDocument.model_fields.items()),
    "means": ("is", "is_not", "nor", "ordinary"),
}
LABELS = {
    "phrases": N_("counts"),
    "unless": N_("does not count"),
    "perhaps": N_("may count"),
    "listen_for": N_("listen for"),
    "pass": N_("passes"),
    "fail": N_("fails"),
    "not_applicable": N_("not applicable"),
    "undetermined": N_("to a person"),
    "is": N_("said so"),
    "is_not": N_("only looks so"),
    "nor": N_("nor what is said so of this phrase set"),
    "ordinary": N_("of no phrase set"),
}
"""What sheets call the choices that files name by keys."""
_TITLES = {
    "file": N_("file"),
    "form": N_("form id"),
    "section": N_("section"),
    "rule": N_("rule id"),
    "rule_name": N_("rule name (not read)"),
    "set": N_("phrase set"),
    "kind": N_("what for"),
    "outcome": N_("should be"),
    "dialogue": N_("dialogue"),
    "condition": N_("condition"),
    "id": N_("id"),
    "name": N_("name"),
    "counts_for": N_("counts for"),
    "rationale": N_("rationale"),
    "owner": N_("owner"),
    "status": N_("status"),
    "from": N_("from day"),
    "until": N_("until day"),
    "applies_if": N_("applies if"),
    "passes_if": N_("passes if"),
    "excused_if": N_("excused if"),
    "undetermined_if": N_("to a person if"),
    "used_if": N_("used if"),
    "pass_mark": N_("pass mark"),
    "start": N_("score begins with"),
    "total": N_("adds up to"),
    "grades": N_("grades"),
    "weight": N_("weight"),
    "points": N_("points"),
    "deduct": N_("costs"),
    "per_occurrence": N_("each time"),
    "at_most": N_("at most"),
    "fatal": N_("fatal rule"),
    "text": N_("phrase"),
    "exact": N_("exactly so"),
    "unless": N_("unless part of"),
    "regex": N_("regular expression"),
    "similar": N_("sentence like"),
    "at_least": N_("at least so like"),
    "entry": N_("entry id"),
    "words": N_("words of the question"),
    "questions": N_("ways to ask"),
    "not_about": N_("not about"),
    "answer": N_("answer"),
    "must_not_say": N_("must not be said"),
    "value": N_("amount, rate, time or date"),
    "about": N_("told with the words"),
    "says": N_("or said as"),
    "required": N_("must be told"),
    "means": N_("is it said?"),
    "sentence": N_("sentence"),
}
_WIDTHS: dict[Kind, int] = {
    "text": 18, "long": 40, "lines": 24, "number": 10, "flag": 10, "choice": 12, "yaml": 44,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """``place``: it says where the row belongs, not what is in it. ``shown``: it is not read."""

    key: str
    kind: Kind = "text"
    place: bool = False
    shown: bool = False
    width: int = 0

    @property
    def title(self) -> str:
        return _TITLES.get(self.key, self.key)

    @property
    def choices(self) -> tuple[str, ...]:
        return (YES, NO) if self.kind == "flag" else _CHOICES.get(self.key, ())


@dataclass(frozen=True, slots=True)
class Table:
    """``whole``: a row is one value in the file; else each of its cells is one."""

    name: str
    title: str
    columns: tuple[Column, ...]
    whole: bool = False

    @property
    def places(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.place)

    @property
    def values(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if not (one.place or one.shown))


@dataclass(frozen=True, slots=True)
class Row:
    """``path``: where in ``file`` it is written; None: nowhere yet. ``cells``: by column."""

    table: str
    file: str
    path: Path | None
    cells: Cells = field(default_factory=dict)


def _place(key: str, width: int = 20, shown: bool = False) -> Column:
    return Column(key, "choice" if key in _CHOICES else "text", True, shown, width)


def _fields(*models: type[BaseModel], without: tuple[str, ...] = ()) -> tuple[Column, ...]:
    keys = dict.fromkeys(
        one.alias or name for model in models for name, one in model.model_fields.items()
    )
    kinds = ((key, _KINDS.get(key, "yaml")) for key in keys if key not in without)
    return tuple(Column(key, kind, width=_WIDTHS[kind]) for key, kind in kinds)


TABLES = {
    table.name: table
    for table in (
        Table(
            ITEMS,
            N_("form items"),
            (
                _place("form", 16),
                _place("section"),
                _place("rule", 22),
                Column("rule_name", shown=True, width=24),
                *_fields(ItemDocument),
            ),
            whole=True,
        ),
        Table(
            RULES,
            N_("rules"),
            (_place("file", 16), *_fields(RuleDocument, without=("examples",))),
        ),
        Table(
            PHRASES,
            N_("phrases"),
            (
                _place("file", 16),
                _place("set"),
                _place("kind", 12),
                *_fields(PhraseDocument, ExpressionDocument, SimilarDocument),
            ),
            whole=True,
        ),
        Table(
            EXAMPLES,
            N_("examples"),
            (
                _place("rule", 22),
                Column("rule_name", shown=True, width=24),
                _place("outcome", 16),
                Column("dialogue", "long", width=90),
            ),
            whole=True,
        ),
        Table(
            SENTENCES,
            N_("sentences"),
            (
                _place("file", 28),
                _place("set"),
                _place("means", 16),
                Column("sentence", width=80),
            ),
            whole=True,
        ),
        Table(
            FORMS, N_("forms"), (_place("file", 16), *_fields(FormDocument, without=("sections",)))
        ),
        Table(
            SECTIONS,
            N_("sections"),
            (_place("form", 16), *_fields(SectionDocument, without=("rules",))),
        ),
        Table(
            CONDITIONS,
            N_("conditions"),
            (_place("file", 16), _place("name"), Column("condition", "yaml", width=90)),
            whole=True,
        ),
        Table(
            KNOWLEDGE,
            N_("knowledge"),
            (_place("file", 16), *_fields(EntryDocument, without=("facts", "examples"))),
        ),
        Table(FACTS, N_("facts"), (_place("entry", 22), *_fields(FactDocument)), whole=True),
        Table(
            ANSWERS,
            N_("examples of answers"),
            (_place("entry", 22), _place("outcome", 16), Column("dialogue", "long", width=90)),
            whole=True,
        ),
    )
}
"""In the order of their sheets."""


# ---------------------------------------------------------------- what is in a folder


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


def shown(value: Any) -> str:
    """A value of a file or of Excel as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").strip("\n")
