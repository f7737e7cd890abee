"""Versions: hashes of what can change a score, so that what was said of one rule set or one rule is
known to be about what is in force.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from autoqa.scoring.documents import RuleDocument, RuleFile, plain
from autoqa.scoring.forms import documents_of
from autoqa.scoring.operators.answers_right import AnswersRight
from autoqa.scoring.sentence_documents import taught_of

_NOT_JUDGING = ("id", "name", "rationale", "owner", "status", "from", "until", "examples")
"""What may change in a rule while it judges every call as before."""


def rule_set_version(documents: Sequence[RuleFile]) -> str:
    """Of everything that can change a score: 16 hexadecimal digits."""
    content: dict[str, Any] = {"rules": {}, "forms": [], **_named(documents)}
    for document in documents:
        for rule in document.rules:
            told = {k: v for k, v in plain(rule).items() if k not in ("examples", "owner")}
            content["rules"][f"{rule.id} {rule.first_day or ''}"] = told
        content["forms"] += [plain(form) for form in documents_of(document)]
    if knowledge := _knowledge(documents):
        content["knowledge"] = knowledge
    return _hash(content)


class RuleVersions:
    """The versions of single rules: of their conditions, and of the phrases and conditions that
    these name, however far. Points and names are not in it: what a person said stays true when the
    form changes."""

    def __init__(self, documents: Sequence[RuleFile]) -> None:
        self._named = _named(documents)
        self._knowledge = _knowledge(documents)

    def of(self, rule: RuleDocument) -> str:
        """16 hexadecimal digits."""
        own = {key: value for key, value in plain(rule).items() if key not in _NOT_JUDGING}
        found: dict[str, dict[str, Any]] = {"phrases": {}, "conditions": {}}
        waiting = [own]
        while waiting:
            for word in _texts(waiting.pop()):
                for kind, named in self._named.items():
                    if word in named and word not in found[kind]:
                        found[kind][word] = named[word]
                        waiting.append(named[word])
        content = {"rule": own, **found}
        if f'"{AnswersRight.key}"' in json.dumps(content):
            content["knowledge"] = self._knowledge
        return _hash(content)


def _named(documents: Sequence[RuleFile]) -> dict[str, dict[str, Any]]:
    """Phrase sets and conditions by their names; the order of phrases never matters."""
    phrases, conditions = {}, {}
    ordinary = [line for document in documents for line in document.ordinary]
    taught = taught_of([document.sentences for document in documents], ordinary)
    for document in documents:
        for name, condition in document.conditions.items():
            conditions[name] = plain(condition)
        for name, item in document.phrases.items():
            dumped = plain(item)
            dumped["phrases"] = sorted(dumped["phrases"], key=json.dumps)
            if name in taught:
                dumped["taught"] = _hash([taught[name].sentences, taught[name].others])
            phrases[name] = dumped
    return {"phrases": phrases, "conditions": conditions}


def _knowledge(documents: Sequence[RuleFile]) -> dict[str, Any]:
    """Entries by id and first day, without what only shows them."""
    return {
        f"{entry.id} {entry.first_day or ''}": {
            key: value for key, value in plain(entry).items() if key != "examples"
        }
        for document in documents
        for entry in document.knowledge
    }


def _texts(value: Any) -> Iterator[str]:
    """Every text in it. One that is no name and happens to be one makes the version change more
    often than it has to, which costs a second look and nothing else."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _hash(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
