"""What rows of rules are made of: a table a dimension, a column a key, each row with its place.

Columns come from the documents of the rule language, so that a new key needs only a title here.
``yaml`` columns hold what is written in the file: conditions, lists, anything with an inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from autoqa.i18n import N_
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
SENTENCES, NOR, ORDINARY = "sentences", "nor", "ordinary"
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
    "means": ("is", "is_not", NOR, ORDINARY),
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

    @property
    def is_labelled(self) -> bool:
        """Whether sheets call its choices otherwise than files."""
        return bool(self.choices) and LABELS.keys() >= set(self.choices)


@dataclass(frozen=True, slots=True)
class Table:
    """``needed``: keys without which a new row has no place. ``file``: where new rows go in a
    folder that has none of their kind. ``whole``: a row is one value in the file; else each of its
    cells is one."""

    name: str
    title: str
    columns: tuple[Column, ...]
    needed: tuple[str, ...] = ()
    file: str = ""
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
            needed=("section", "rule"),
            whole=True,
        ),
        Table(
            RULES,
            N_("rules"),
            (_place("file", 16), *_fields(RuleDocument, without=("examples",))),
            needed=("id",),
            file="rules.yaml",
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
            needed=("set", "kind"),
            file="phrases.yaml",
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
            needed=("rule", "outcome"),
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
            file="sentences.yaml",
            whole=True,
        ),
        Table(
            FORMS,
            N_("forms"),
            (_place("file", 16), *_fields(FormDocument, without=("sections",))),
            needed=("id",),
            file="form.yaml",
        ),
        Table(
            SECTIONS,
            N_("sections"),
            (_place("form", 16), *_fields(SectionDocument, without=("rules",))),
            needed=("name",),
        ),
        Table(
            CONDITIONS,
            N_("conditions"),
            (_place("file", 16), _place("name"), Column("condition", "yaml", width=90)),
            needed=("name",),
            file="rules.yaml",
            whole=True,
        ),
        Table(
            KNOWLEDGE,
            N_("knowledge"),
            (_place("file", 16), *_fields(EntryDocument, without=("facts", "examples"))),
            needed=("id",),
            file="knowledge.yaml",
        ),
        Table(
            FACTS,
            N_("facts"),
            (_place("entry", 22), *_fields(FactDocument)),
            needed=("entry", "name"),
            whole=True,
        ),
        Table(
            ANSWERS,
            N_("examples of answers"),
            (_place("entry", 22), _place("outcome", 16), Column("dialogue", "long", width=90)),
            needed=("entry", "outcome"),
            whole=True,
        ),
    )
}
"""In the order of their sheets."""


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
