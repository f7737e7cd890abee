"""Rule files as they are written: the pydantic models behind faults and the JSON Schema.

A file holds any of ``rules``, ``phrases``, ``sentences``, ``knowledge``, ``alerts`` and ``form``
or ``forms``; a
folder holds any number of files, of which one has the form or forms. Every key is explained in its
field's description, which editors show.
"""

from __future__ import annotations

from typing import Any

from pydantic import (
    BaseModel,
    Field,
    model_validator,
)

from autoqa.i18n import N_
from autoqa.scoring.alert_documents import AlertDocument
from autoqa.scoring.anchors import AtCondition, AtEvent, AtFirstWords, AtWords
from autoqa.scoring.form_documents import FormDocument, SectionDocument
from autoqa.scoring.knowledge_documents import EntryDocument, ExamplesDocument, FactDocument
from autoqa.scoring.names import Day, Identifier, PartyName, PhraseName, StatusName
from autoqa.scoring.operators import REGISTRY, Condition
from autoqa.scoring.operators.call_time import Hours
from autoqa.scoring.phrase_documents import LINES, PhraseLines, PhraseSetDocument
from autoqa.scoring.quantities import LevelLimit, ShareLimit, Times
from autoqa.scoring.rule import Status
from autoqa.scoring.sentence_documents import Lines, SentencesDocument
from autoqa.scoring.vocabulary import DurationLimit, NumberLimit, Words, fault
from autoqa.types import Party


class RuleDocument(Words):
    """One rule."""

    id: Identifier = Field(description="never changes; other work refers to it")
    name: str = Field(min_length=1, max_length=60, description="what reports show")
    counts_for: PartyName = Field(default=Party.AGENT, description="坐席 or 中心")
    rationale: str = Field(default="", description="why; the agent reads it")
    owner: str = Field(default="", max_length=60, description="who answers for the rule")
    status: StatusName = Field(default=Status.ACTIVE, description="草稿, 试行, 启用, 停用 or 关注")
    first_day: Day | None = Field(
        default=None, alias="from", description="the first day whose calls it is for"
    )
    last_day: Day | None = Field(
        default=None, alias="until", description="the last day whose calls it is for"
    )
    applies_if: Condition | None = Field(default=None, description="else not applicable")
    passes_if: Condition = Field(description="the rule itself")
    excused_if: Condition | None = Field(
        default=None, description="where it would fail: not applicable"
    )
    undetermined_if: Condition | None = Field(
        default=None, description="where it would fail: a person decides"
    )
    examples: ExamplesDocument = ExamplesDocument()

    @model_validator(mode="after")
    def _days(self) -> RuleDocument:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise fault(N_("“until” is before “from”: no call would ever be measured by it"))
        return self


class RuleFile(Words):
    """One file of a folder of rules."""

    rules: tuple[RuleDocument, ...] = ()
    phrases: dict[PhraseName, PhraseLines] = Field(default_factory=dict)
    conditions: dict[PhraseName, Condition] = Field(
        default_factory=dict, description="conditions that several rules use by their names"
    )
    sentences: dict[PhraseName, SentencesDocument] = Field(
        default_factory=dict, description="sentences that phrase sets are learned from"
    )
    ordinary: Lines = Field(
        default=(), description="sentences that are of no phrase set, one a line below |"
    )
    form: FormDocument | None = Field(default=None, description="the only form")
    forms: tuple[FormDocument, ...] = Field(
        default=(), description="several; the first that fits a call is its form"
    )
    knowledge: tuple[EntryDocument, ...] = Field(
        default=(), description="what the bank answers to questions, for answers_right"
    )
    columns: tuple[str, ...] = Field(
        default=(), description="of the bank's own table, for rules to ask the metadata for"
    )

    alerts: tuple[AlertDocument, ...] = Field(
        default=(), description="when somebody is told at once, and who calls back by when"
    )
    quiet_hours: Hours | None = Field(
        default=None, description="of the bank's clock; alerts wait until they are over"
    )

    @model_validator(mode="before")
    @classmethod
    def _mapping(cls, value: object) -> object:
        if value is None:
            raise fault(N_("the file is empty"))
        return value


def plain(document: BaseModel) -> dict[str, Any]:
    """A document as data that can be written as YAML and reads the same again.

    What is not said, or said to be what it is anyway, is left out, so that equal meanings are equal
    data.
    """
    return document.model_dump(mode="json", by_alias=True, exclude_defaults=True)


OPERATOR_KEYS = frozenset({operator.key for operator in REGISTRY} | {"says_all"})
"""The words that name a condition."""

KEYED_MODELS: dict[str, type[BaseModel]] = {
    **{"@" + operator.key: operator for operator in REGISTRY},
    **{"@line_" + key: line for key, line in LINES.items()},
    "@at_event": AtEvent,
    "@at_says": AtWords,
    "@at_speaks": AtFirstWords,
    "@at_condition": AtCondition,
    **dict.fromkeys(
        ("lasting", "longest", "total", "answer_time", "answer_delay", "call_length"), DurationLimit
    ),
    **dict.fromkeys(("count", "per_minute", "menu_depth", "speech_rate"), NumberLimit),
    "rules": RuleDocument,
    "alerts": AlertDocument,
    "quiet_hours": Hours,
    "knowledge": EntryDocument,
    "facts": FactDocument,
    "phrases": PhraseSetDocument,
    "sentences": SentencesDocument,
    "share": ShareLimit,
    "loudness": LevelLimit,
    "call_time": Hours,
    "times": Times,
    "sections": SectionDocument,
    "form": FormDocument,
    "forms": FormDocument,
    "examples": ExamplesDocument,
}
"""By the key under which each stands (of operators, their tag), to guess what an unknown key was
meant to be."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    return RuleFile.model_json_schema()
