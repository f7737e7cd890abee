"""Rule files as they are written: the pydantic models behind faults and the JSON Schema.

A file holds any of ``rules``, ``phrases`` and ``form``; a folder holds any number of files and one
form. Every key is explained in its field's description, which editors show.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from autoqa.i18n import N_
from autoqa.scoring import pattern
from autoqa.scoring.operators import REGISTRY, Condition
from autoqa.scoring.operators.for_each import Cases
from autoqa.scoring.vocabulary import DurationLimit, Flag, NumberLimit, Words, fault
from autoqa.types import Party

_PARTIES = {
    "坐席": Party.AGENT,
    "agent": Party.AGENT,
    "中心": Party.CENTRE,
    "centre": Party.CENTRE,
}


def _party(value: object) -> Party:
    party = _PARTIES.get(value) if isinstance(value, str) else None
    if party is None:
        raise fault(
            N_("“{value}” is nobody a rule can count for; write “坐席” or “中心”"), value=str(value)
        )
    return party


def _points(value: object) -> Decimal:
    _must_be_number(value)
    points = Decimal(str(value))
    if not 0 < points <= 1000:
        raise fault(N_("points are more than 0 and at most 1000"), value=str(value))
    return points


def _percent(value: object) -> Decimal:
    _must_be_number(value)
    mark = Decimal(str(value))
    if not 0 <= mark <= 100:
        raise fault(N_("“{value}” is no mark from 0 to 100"), value=str(value))
    return mark


def _must_be_number(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        template = N_("“{value}” is no number; write English digits only, no quotes and no unit")
        raise fault(template, value=str(value))


_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


def _identifier(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if _IDENTIFIER.fullmatch(text) is None or len(text) > 60:
        raise fault(
            N_(
                "“{value}” cannot be an id or the name of a phrase set; write small English "
                "letters, digits and - or _ between, a letter first, such as “{example}”"
            ),
            value=str(value)[:60],
            example="annual-fee",
        )
    return text


_NUMBER_SCHEMA: dict[str, Any] = {"type": "number"}
Points = Annotated[Decimal, BeforeValidator(_points), WithJsonSchema(_NUMBER_SCHEMA)]
Mark = Annotated[Decimal, BeforeValidator(_percent), WithJsonSchema(_NUMBER_SCHEMA)]
PartyName = Annotated[
    Party,
    BeforeValidator(_party),
    WithJsonSchema({"type": "string", "enum": list(_PARTIES)}),
]
_IDENTIFIER_SCHEMA = {"type": "string", "pattern": f"^{_IDENTIFIER.pattern}$", "maxLength": 60}
Identifier = Annotated[str, BeforeValidator(_identifier), WithJsonSchema(_IDENTIFIER_SCHEMA)]


def _phrase(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _pattern(text: str) -> str:
    try:
        pattern.parse(text)
    except pattern.PhraseError as error:
        raise fault(error.message.template, **error.message.params) from None
    return text


PhraseText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]


class PhraseDocument(Words):
    """A phrase; a plain sentence means the same without options."""

    text: PhraseText = Field(description="what is said; see the manual for slots and choices")
    exact: Flag = Field(default=False, description="word for word only, never by sound")
    unless: tuple[PhraseText, ...] = Field(
        default=(), description="no hit where it is part of one of these"
    )


PhraseLine = Annotated[
    PhraseDocument, BeforeValidator(_phrase, json_schema_input_type=str | PhraseDocument)
]
Phrases = Annotated[tuple[PhraseLine, ...], Field(min_length=1)]


def _phrase_set(value: object) -> object:
    return {"phrases": value} if isinstance(value, list) else value


class PhraseSetDocument(Words):
    """Phrases that mean the same; a plain list means the same without options."""

    phrases: Phrases
    exact: Flag = Field(default=False, description="for all of them")
    unless: tuple[PhraseText, ...] = Field(default=(), description="for all of them")
    perhaps: tuple[PhraseText, ...] = Field(
        default=(),
        description="what may be another way of saying it: found instead of the phrases, it leaves "
        "the decision to a person",
    )
    listen_for: tuple[str, ...] = Field(
        default=(), description="whole sentences that the second listen looks for"
    )


PhraseLines = Annotated[
    PhraseSetDocument,
    BeforeValidator(_phrase_set, json_schema_input_type=Phrases | PhraseSetDocument),
]


class ExamplesDocument(Words):
    """Little dialogues, and what the rule must say of each."""

    passing: tuple[str, ...] = Field(default=(), alias="pass")
    failing: tuple[str, ...] = Field(default=(), alias="fail")
    not_applicable: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()


class RuleDocument(Words):
    """One rule."""

    id: Identifier = Field(description="never changes; other work refers to it")
    name: str = Field(min_length=1, max_length=60, description="what reports show")
    counts_for: PartyName = Field(default=Party.AGENT, description="坐席 or 中心")
    rationale: str = Field(default="", description="why; the agent reads it")
    applies_if: Condition | None = Field(default=None, description="else not applicable")
    passes_if: Condition = Field(description="the rule itself")
    excused_if: Condition | None = Field(
        default=None, description="where it would fail: not applicable"
    )
    undetermined_if: Condition | None = Field(
        default=None, description="where it would fail: a person decides"
    )
    examples: ExamplesDocument = ExamplesDocument()


def _item(value: object) -> object:
    return value if isinstance(value, dict) else {"points": value}


class ItemDocument(Words):
    """A rule on the form; a plain number is its points."""

    points: Points
    fatal: Flag = Field(default=False, description="failing it makes the whole score 0")


ItemLine = Annotated[
    ItemDocument, BeforeValidator(_item, json_schema_input_type=float | ItemDocument)
]


class SectionDocument(Words):
    """A section of the form."""

    name: str = Field(min_length=1, max_length=60)
    rules: dict[str, ItemLine] = Field(min_length=1)


class FormDocument(Words):
    """The scorecard form."""

    id: Identifier
    name: str = Field(min_length=1, max_length=60)
    pass_mark: Mark
    sections: tuple[SectionDocument, ...] = Field(min_length=1)


class RuleFile(Words):
    """One file of a folder of rules."""

    rules: tuple[RuleDocument, ...] = ()
    phrases: dict[Identifier, PhraseLines] = Field(default_factory=dict)
    form: FormDocument | None = None
    columns: tuple[str, ...] = Field(
        default=(), description="of the bank's own table, for rules to ask the metadata for"
    )

    @model_validator(mode="before")
    @classmethod
    def _mapping(cls, value: object) -> object:
        if value is None:
            raise fault(N_("the file is empty"))
        return value


OPERATOR_KEYS = frozenset({operator.key for operator in REGISTRY} | {"says_all"})
"""The words that name a condition."""

KEYED_MODELS: dict[str, type[BaseModel]] = {
    **{"@" + operator.key: operator for operator in REGISTRY},
    "for_each": Cases,
    **dict.fromkeys(("lasting", "longest", "total", "answer_time"), DurationLimit),
    **dict.fromkeys(("count", "menu_depth", "speech_rate"), NumberLimit),
    "rules": RuleDocument,
    "phrases": PhraseSetDocument,
    "sections": SectionDocument,
    "form": FormDocument,
    "examples": ExamplesDocument,
}
"""By the key under which each stands (of operators, their tag), to guess what an unknown key was
meant to be."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    return RuleFile.model_json_schema()
