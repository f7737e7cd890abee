"""What comes of the examples of rules while they are edited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autoqa.rulebook.drafting import Texts, rules_of_texts
from autoqa.scoring.check import alone, try_examples
from autoqa.scoring.faults import Fault, RuleError
from autoqa.scoring.rule import Example, RuleSet

MOST_RULES = 12
"""Of a phrase set: so many rules that use it show their examples."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An example of a rule. ``fault``: what the rule says instead; None: as it should be."""

    rule_id: str
    rule_name: str
    example: Example
    fault: Fault | None


def tried_examples(texts: Texts, kind: str, key: str) -> tuple[Tried, ...]:
    """The examples of a rule, or of the rules that use a phrase set or a condition, those first
    that are not as they should be. Nothing while the texts have faults."""
    try:
        rule_set = rules_of_texts(texts)
    except RuleError:
        return ()
    found = [one for rule_id in concerned(rule_set, kind, key) for one in _tried(rule_set, rule_id)]
    return tuple(sorted(found, key=lambda one: one.fault is None))


def concerned(rule_set: RuleSet, kind: str, key: str) -> list[str]:
    """The ids of the rules whose outcome an entry may change, each once."""
    if kind == "rules":
        return [key] if any(rule.id == key for rule in rule_set.rules) else []
    if kind in ("phrases", "sentences"):
        ids = dict.fromkeys(rule.id for rule in rule_set.rules)
        using = [
            rule_id
            for rule_id in ids
            if any(one.name == key for one in alone(rule_set, rule_id).phrases)
        ]
        return using[:MOST_RULES]
    return []


def _tried(rule_set: RuleSet, rule_id: str) -> Iterator[Tried]:
    only = alone(rule_set, rule_id)
    faults = {(one.file, one.line): one for one in try_examples(only).faults}
    (rule,) = only.rules
    for example in rule.examples:
        fault = faults.get((example.source.file, example.source.line))
        yield Tried(rule.id, rule.name, example, fault)
