"""A rule's own examples, run as its tests."""

from __future__ import annotations

from autoqa.i18n import N_
from autoqa.scoring.dialogue import DialogueError, read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.faults import Fault
from autoqa.scoring.rule import Example, Rule, RuleSet, Source
from autoqa.types import Message, Outcome

_KEYS = {
    Outcome.PASSED: "pass",
    Outcome.FAILED: "fail",
    Outcome.NOT_APPLICABLE: "not_applicable",
    Outcome.UNDETERMINED: "undetermined",
}
"""Outcomes as rule files call them."""

DIFFERS = N_("{rule}: the example should be {wanted}, but is {found}")
UNCOUNTED = N_("{rule}: the form has no section for this rule; its examples cannot be run")


def run_examples(rule_set: RuleSet) -> list[Fault]:
    """A fault for each example in which its rule says something else, in order of place."""
    counted = {item.rule_id for section in rule_set.form.sections for item in section.items}
    faults = []
    for rule in rule_set.rules:
        if rule.id not in counted:
            faults.append(_fault(rule.source, Message(UNCOUNTED, {"rule": rule.id})))
            continue
        for example in rule.examples:
            if message := _wrong(rule_set, rule, example):
                faults.append(_fault(example.source, message))
    return sorted(faults)


def outcome_of(rule_set: RuleSet, rule_id: str, dialogue: str) -> Outcome:
    """What the rule says of a dialogue.

    Raises ``DialogueError`` where the dialogue is not written as dialogues are, ``KeyError`` where
    the form has no such rule.
    """
    call, contact = read_dialogue(dialogue)
    scorecard, _ = score(call, contact, rule_set)
    return {finding.rule_id: finding.outcome for finding in scorecard.findings}[rule_id]


def _wrong(rule_set: RuleSet, rule: Rule, example: Example) -> Message | None:
    try:
        found = outcome_of(rule_set, rule.id, example.dialogue)
    except DialogueError as error:
        return error.message
    if found == example.outcome:
        return None
    params = {"rule": rule.id, "wanted": _KEYS[example.outcome], "found": _KEYS[found]}
    return Message(DIFFERS, params)


def _fault(source: Source, message: Message) -> Fault:
    return Fault(source.file, source.line, source.column, message)
