"""Phrase sets as they are written in rule files, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from autoqa.i18n import N_
from autoqa.scoring import pattern
from autoqa.scoring.expressions import Expression, ExpressionError
from autoqa.scoring.quantities import Percent
from autoqa.scoring.rule import PhraseSet, Sentence, Taught, WrittenPhrase
from autoqa.scoring.similarity import FEWEST
from autoqa.scoring.vocabulary import Flag, Words, fault
from autoqa.text import normalise

_SLOT = "{"
_NUMBER = re.compile(r"[{｛](?:数字|number)[}｝]")
_MUST = re.compile(r"[<>＜＞]")
_OPTION = re.compile(r"[\[［【][^\[\]［］【】]*[\]］】]")
_CHOICE = re.compile(
    r"[\[(（［【]([^\[\]()（）［］【】|｜]*)(?:[|｜][^\[\]()（）［］【】]*)?[\])）］】]"
)
_LEAST_ALIKE, _USUALLY_ALIKE = 60.0, 80.0


def _pattern(text: str) -> str:
    try:
        pattern.read(text)
    except pattern.PhraseError as error:
        raise fault(error.message.template, **error.message.params) from None
    return text


def _expression(text: str) -> str:
    try:
        Expression(text)
    except ExpressionError as error:
        raise fault(error.message.template, **error.message.params) from None
    return text


def _sentence(text: str) -> str:
    if len(normalise(text).text) < FEWEST:
        template = N_("“{text}” is too short to be like anything; write at least {fewest} words")
        raise fault(template, text=text, fewest=FEWEST)
    if re.search(r"[\[\](){}<>|]", text):
        template = N_("“{text}” is a whole sentence here, without brackets and slots")
        raise fault(template, text=text)
    return text


def _alike(percent: float) -> float:
    if percent < _LEAST_ALIKE:
        raise fault(
            N_("what is less alike than {least} per cent is not alike"), least=int(_LEAST_ALIKE)
        )
    return percent


PhraseText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]


class PhraseDocument(Words):
    """A phrase; a plain sentence means the same without options."""

    text: PhraseText = Field(description="what is said; see the manual for slots and choices")
    exact: Flag = Field(default=False, description="word for word only, never by sound")
    unless: tuple[PhraseText, ...] = Field(
        default=(), description="no hit where it is part of one of these"
    )


class ExpressionDocument(Words):
    """A regular expression, for what phrases cannot say."""

    regex: Annotated[str, Field(min_length=1), AfterValidator(_expression)] = Field(
        description="RE2's; looked for in simplified characters without punctuation, numbers in "
        "digits"
    )


class SimilarDocument(Words):
    """A sentence, and whatever is much like it."""

    similar: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_sentence)] = Field(
        description="a whole sentence, without brackets"
    )
    at_least: Annotated[Percent, AfterValidator(_alike)] = Field(
        default=_USUALLY_ALIKE,
        description="how much alike, by characters and sound; 80% if not said",
    )


LINES: dict[str, type[Words]] = {
    "text": PhraseDocument,
    "regex": ExpressionDocument,
    "similar": SimilarDocument,
}
"""What a line of a phrase set can be, by the key that says so."""


def _which(value: Any) -> str | None:
    if isinstance(value, Words):
        return next("@line_" + key for key, model in LINES.items() if isinstance(value, model))
    keys = value if isinstance(value, dict) else ()
    return next(("@line_" + key for key in LINES if key in keys), None)


def _phrase(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


_Line = Annotated[
    Annotated[PhraseDocument, Tag("@line_text")]
    | Annotated[ExpressionDocument, Tag("@line_regex")]
    | Annotated[SimilarDocument, Tag("@line_similar")],
    Discriminator(
        _which,
        custom_error_type="phrase_line",
        custom_error_message="a line of a phrase set is a text, a regex or a similar sentence",
    ),
]
PhraseLine = Annotated[_Line, BeforeValidator(_phrase, json_schema_input_type=str | _Line)]
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


def phrase_set(name: str, document: PhraseSetDocument, taught: Taught | None = None) -> PhraseSet:
    """What the document says."""
    texts = [line for line in document.phrases if isinstance(line, PhraseDocument)]
    alike = [line for line in document.phrases if isinstance(line, SimilarDocument)]
    said = [*(line.text for line in texts), *(line.similar for line in alike)]
    loose = (WrittenPhrase(text, unless=document.unless, perhaps=True) for text in document.perhaps)
    return PhraseSet(
        name,
        phrases=(*(_written(line, document) for line in texts), *loose),
        listen_for=tuple(dict.fromkeys(_listen_for(document.listen_for, said))),
        expressions=tuple(
            line.regex for line in document.phrases if isinstance(line, ExpressionDocument)
        ),
        sentences=tuple(Sentence(line.similar, line.at_least / 100) for line in alike),
        unless=document.unless,
        taught=taught,
    )


def _written(line: PhraseDocument, document: PhraseSetDocument) -> WrittenPhrase:
    exact, unless = line.exact or document.exact, (*line.unless, *document.unless)
    return WrittenPhrase(line.text, exact, unless)


def _listen_for(given: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    """What the second listen looks for: what staff gave, else one way of saying each phrase.

    Phrases with a number always, at their shortest: without it nobody has said them. Other slots
    are not listened for.
    """
    numbered = (_without_options(text) for text in texts if _NUMBER.search(text))
    for text in (*(given or texts), *numbered):
        way = _MUST.sub("", _first_way(text))
        if _SLOT not in _NUMBER.sub("", way):
            yield way


def _without_options(text: str) -> str:
    shorter = _OPTION.sub("", text)
    return text if shorter == text else _without_options(shorter)


def _first_way(text: str) -> str:
    """The phrase with the first of each choice.

    >>> _first_way("请[您]稍(等|候)")
    '请您稍等'
    """
    shorter = _CHOICE.sub(r"\1", text)
    return text if shorter == text else _first_way(shorter)
