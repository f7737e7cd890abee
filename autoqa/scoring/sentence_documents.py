"""Sentences that phrase sets are learned from.

As they are written in rule files, one a line::

    sentences:
      forbidden:              # a phrase set
        is: |                 # said in other words than its phrases
          你爱办不办
        is_not: |             # they only look so
          随便您选哪一种都行
        nor: [greeting]       # what these sets are learned from is none of it, either
    ordinary: |               # of no phrase set at all
      您的卡还有两年到期

Several files may teach one set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from autoqa.i18n import N_
from autoqa.scoring.faults import Fault
from autoqa.scoring.rule import Taught
from autoqa.scoring.source import Path, Tree
from autoqa.scoring.vocabulary import SetNames, Words, fault
from autoqa.text import normalise
from autoqa.types import Message

FEWEST = 20
"""Sentences of either kind. From fewer nothing is learned that holds for others."""
LONGEST = 200
"""Characters of a sentence."""

_NO_SET = N_("there is no phrase set “{value}”")
_TOO_FEW = N_(
    "“{name}” has {here} sentences that are of it and {there} that only look so; write at least "
    "{fewest} of each, or nothing can be learned from them"
)
_BOTH = N_("this sentence is said to be of “{name}” and not to be of it; remove one of the two")


def lines_of(text: str) -> tuple[str, ...]:
    """The sentences of a text, one a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _lines(value: object) -> object:
    if not isinstance(value, str):
        raise fault(N_("write sentences as text, one a line below “|”"))
    for line in lines_of(value):
        if len(line) > LONGEST:
            template = N_("“{text}…” is longer than {longest} characters; one sentence a line")
            raise fault(template, text=line[:20], longest=LONGEST)
    return lines_of(value)


Lines = Annotated[
    tuple[str, ...],
    BeforeValidator(_lines),
    PlainSerializer("\n".join, return_type=str),
    WithJsonSchema({"type": "string"}),
]


class SentencesDocument(Words):
    """What one phrase set is learned from."""

    of_it: Lines = Field(default=(), alias="is", description="said so, one a line")
    not_of_it: Lines = Field(
        default=(), alias="is_not", description="they only look so, one a line"
    )
    nor: SetNames = Field(
        default=(), description="phrase sets whose sentences are none of it, either"
    )


def taught_of(
    documents: Sequence[Mapping[str, SentencesDocument]], ordinary: Sequence[str]
) -> dict[str, Taught]:
    """What each phrase set is learned from; several files may teach the same one."""
    of_it, not_of_it, nor = _joined(documents)
    return {
        name: Taught(
            name,
            tuple(sorted(set(sentences))),
            tuple(
                sorted(
                    {*not_of_it[name], *ordinary}.union(
                        *(of_it.get(other, ()) for other in nor[name])
                    )
                    - set(sentences)
                )
            ),
        )
        for name, sentences in of_it.items()
    }


def _joined(
    documents: Sequence[Mapping[str, SentencesDocument]],
) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    of_it: dict[str, list[str]] = defaultdict(list)
    not_of_it: dict[str, list[str]] = defaultdict(list)
    nor: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for name, one in document.items():
            of_it[name] += one.of_it
            not_of_it[name] += one.not_of_it
            nor[name] += one.nor
    return of_it, not_of_it, nor


def faults_of_sentences(
    files: Sequence[tuple[str, Tree, Mapping[str, SentencesDocument]]], sets: frozenset[str]
) -> Iterator[Fault]:
    """What is wrong with the sentences of all files, each good by itself."""
    documents = [document for *_, document in files]
    of_it, not_of_it, _ = _joined(documents)
    told = set[str]()
    for file, tree, document in files:
        for name in document:
            path: Path = ("sentences", name)
            here, there = len(set(of_it[name])), len(set(not_of_it[name]))
            if name not in sets:
                yield _fault(file, tree, path, _NO_SET, value=name)
            elif min(here, there) < FEWEST and name not in told:
                params = {"name": name, "here": here, "there": there, "fewest": FEWEST}
                yield _fault(file, tree, path, _TOO_FEW, **params)
            told.add(name)
            both = {normalise(one).text for one in of_it[name]}
            for sentence in document[name].not_of_it:
                if normalise(sentence).text in both:
                    yield _of_line(file, tree, (*path, "is_not"), sentence, name)


def _of_line(file: str, tree: Tree, path: Path, sentence: str, name: str) -> Fault:
    line, column = tree.place(path)
    for at in range(line, len(tree.lines)):  # its first line is the one after the stroke
        if tree.lines[at].strip() == sentence:
            written = tree.lines[at]
            line, column = at + 1, len(written) - len(written.lstrip()) + 1
            break
    return Fault(file, line, column, Message(_BOTH, {"name": name}))


def _fault(file: str, tree: Tree, path: Path, template: str, **params: Any) -> Fault:
    return Fault(file, *tree.place(path, prefer_key=True), Message(template, params))
