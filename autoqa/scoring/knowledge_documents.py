"""Entries of the bank's knowledge as they are written in rule files, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from autoqa.i18n import N_
from autoqa.knowledge.entry import Entry, Fact, Ways
from autoqa.knowledge.quantities import UNITS, quantity
from autoqa.scoring.names import Day, Identifier
from autoqa.scoring.phrase_documents import PhraseText
from autoqa.scoring.vocabulary import Flag, Words, fault, listed
from autoqa.text import simplify
from autoqa.types import Message

_LONGEST = 300
_NO_WORD = N_(
    "this question has none of “{ways}”, which “words” asks for; add a way to say it there"
)
_OTHER = N_("this question has “{word}”, which “not_about” takes for another question")


def _value(text: str) -> str:
    if quantity(text) is None:
        template = N_(
            "“{text}” is no amount, rate, time or date; write a number with its unit, such as "
            "“300元”, “3.5%”, “9:00” or “3月15日”; units are {units}"
        )
        raise fault(template, text=text, units=listed(UNITS))
    return text


def _ways(value: object) -> object:
    if not isinstance(value, str):
        return value
    ways = _split(value)
    if not all(ways):
        raise fault(N_("“{value}”: between the strokes a word is missing"), value=value)
    return ways


def _split(text: str) -> Ways:
    return tuple(simplify(way.strip()) for way in text.replace("｜", "|").split("|"))


def _days(first: Any, last: Any) -> None:
    if first and last and last < first:
        raise fault(N_("“until” is before “from”: the entry would hold on no day"))


WordWays = Annotated[
    tuple[str, ...], BeforeValidator(_ways, json_schema_input_type=str), Field(min_length=1)
]
"""``金卡|黄金卡``: any of them."""
Text = Annotated[str, Field(min_length=1, max_length=_LONGEST)]


class FactDocument(Words):
    """Something that the answer tells: an amount (``value`` and ``about``) or words (``says``)."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(description="what it is")
    value: Annotated[str, AfterValidator(_value)] | None = Field(
        default=None, description="300元, 3.5%, 3-5个工作日, 9:00, 3月15日"
    )
    about: WordWays | None = Field(
        default=None, description="words it is told with, such as 年费|一年; with a value"
    )
    says: tuple[PhraseText, ...] = Field(default=(), description="phrases, any of which tells it")
    required: Flag = Field(default=True, description="否: an answer without it is right, too")

    @model_validator(mode="after")
    def _either(self) -> FactDocument:
        if (self.value is None) == (not self.says):
            raise fault(N_("a fact has either “value” with “about”, or “says”"))
        if (self.value is None) != (self.about is None):
            raise fault(N_("“value” needs “about”: the words that the amount is told with"))
        return self


class ExamplesDocument(Words):
    """Little dialogues, and what must be said of each."""

    passing: tuple[str, ...] = Field(default=(), alias="pass")
    failing: tuple[str, ...] = Field(default=(), alias="fail")
    not_applicable: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()


class EntryDocument(Words):
    """What the bank answers to one question."""

    id: Identifier = Field(description="never changes; in several versions for several days")
    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="the topic, as reports show it"
    )
    words: tuple[WordWays, ...] = Field(
        min_length=1, description="what a question must hold, each in one of its ways: 金卡|黄金卡"
    )
    questions: tuple[Text, ...] = Field(min_length=1, description="ways to ask")
    not_about: tuple[Text, ...] = Field(
        default=(), description="with one of these words it is another question"
    )
    answer: Text = Field(description="the answer in the bank's words; people read it")
    facts: tuple[FactDocument, ...] = ()
    must_not_say: tuple[PhraseText, ...] = Field(
        default=(), description="phrases that are wrong in this answer"
    )
    first_day: Day | None = Field(default=None, alias="from", description="the first day it holds")
    last_day: Day | None = Field(default=None, alias="until", description="the last day it holds")
    examples: ExamplesDocument = ExamplesDocument()

    @model_validator(mode="after")
    def _sense(self) -> EntryDocument:
        _days(self.first_day, self.last_day)
        if not self.facts and not self.must_not_say:
            raise fault(N_("an entry needs “facts” or “must_not_say”, to compare answers with"))
        return self


def unlike(entry: Mapping[str, Any]) -> Iterator[tuple[int, Message]]:
    """Questions, by their number, that ``words`` and ``not_about`` would not take for the entry's.

    ``entry``: as it was read, whatever it holds.
    """
    ways_of = [_split(one) for one in _texts(entry, "words")]
    others = [simplify(word) for word in _texts(entry, "not_about")]
    for number, question in enumerate(_texts(entry, "questions")):
        text = simplify(question)
        for ways in ways_of:
            if not any(way in text for way in ways):
                yield number, Message(_NO_WORD, {"ways": "|".join(ways)})
        for word in others:
            if word in text:
                yield number, Message(_OTHER, {"word": word})


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    given = entry.get(key)
    return list(map(str, given)) if isinstance(given, list) else []


def entry_of(document: EntryDocument, source: str) -> Entry:
    """The entry that is written at ``source``."""
    facts = tuple(
        Fact(one.name, one.value or "", one.about or (), one.says, one.required)
        for one in document.facts
    )
    return Entry(
        id=document.id,
        name=document.name,
        words=document.words,
        questions=document.questions,
        answer=document.answer,
        facts=facts,
        must_not_say=document.must_not_say,
        not_about=tuple(simplify(word) for word in document.not_about),
        first_day=document.first_day,
        last_day=document.last_day,
        source=source,
    )
