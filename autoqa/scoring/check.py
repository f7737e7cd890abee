"""A rule's own examples, run as its tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from autoqa.i18n import N_, _
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.dialogue_information import DialogueError
from autoqa.scoring.evaluate import score
from autoqa.scoring.evidence import seconds
from autoqa.scoring.faults import Fault
from autoqa.scoring.operators.answers_right import AnswersRight
from autoqa.scoring.rule import Example, Form, Item, Rule, RuleSet, Section, Source, Status
from autoqa.types import Evidence, Finding, Message, Outcome, Party, Role

_NAMES = {
    Outcome.PASSED: N_("passes"),
    Outcome.FAILED: N_("fails"),
    Outcome.NOT_APPLICABLE: N_("not applicable"),
    Outcome.UNDETERMINED: N_("to a person"),
}

DIFFERS = N_("“{rule}”: the example should be “{wanted}”, but is “{found}”")
_SAID = {
    Role.AGENT: N_("at {at} s the agent: “{quote}”"),
    Role.CUSTOMER: N_("at {at} s the customer: “{quote}”"),
    Role.RECORDED: N_("at {at} s the recording: “{quote}”"),
    Role.UNKNOWN: N_("at {at} s somebody: “{quote}”"),
}
_THERE = N_("from {at} s to {end} s")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the examples.

    ``faults``: one for each example in which its rule says something else, in order of place, with
    what was found as its notes. ``count``: of all examples. ``untried``: ids of rules without any.
    """

    faults: tuple[Fault, ...]
    count: int
    untried: tuple[str, ...]


def try_examples(rule_set: RuleSet) -> Trial:
    """Runs the examples of every rule, whether the form counts it or not, and of every entry of the
    knowledge."""
    tried = [(rule, example) for rule in rule_set.rules for example in rule.examples]
    tried += [(_answering(entry_id), example) for entry_id, example in rule_set.tried]
    faults = [
        fault for rule, example in tried if (fault := _wrong(rule_set, rule, example)) is not None
    ]
    count = len(tried)
    untried = tuple(rule.id for rule in rule_set.rules if not rule.examples)
    return Trial(tuple(sorted(faults)), count, untried)


def run_examples(rule_set: RuleSet) -> list[Fault]:
    """A fault for each example in which its rule says something else, in order of place."""
    return list(try_examples(rule_set).faults)


def outcome_of(rule_set: RuleSet, rule_id: str, dialogue: str) -> Outcome:
    """What the rule says of a dialogue.

    Raises ``DialogueError`` where the dialogue is not written as dialogues are, ``KeyError`` where
    there is no such rule.
    """
    return _finding(rule_set, rule_set.rule(rule_id), dialogue).outcome


def alone(rule_set: RuleSet, rule_id: str) -> RuleSet:
    """The same with one rule on its form, whether it stood there or ran, and only its phrases.

    Of a rule with several versions, the last. Raises ``KeyError`` where there is no such rule.
    """
    return _alone(rule_set, rule_set.rule(rule_id))


def _alone(rule_set: RuleSet, rule: Rule) -> RuleSet:
    default = rule_set.forms[-1]
    section = Section(rule.name, (Item(rule.id, Decimal(1), fatal=False),))
    form = Form(default.id, default.name, default.pass_mark, (section,))
    texts = set(_texts([one.model_dump() for one in rule.conditions()]))
    for _one in rule_set.conditions:  # each may name another
        texts |= {
            text
            for one in rule_set.conditions
            if one.name in texts
            for text in _texts(one.condition.model_dump())
        }
    phrases = tuple(one for one in rule_set.phrases if one.name in texts)
    running = replace(rule, status=Status.ACTIVE, first_day=None, last_day=None)
    return replace(rule_set, rules=(running,), forms=(form,), phrases=phrases)


def _answering(entry_id: str) -> Rule:
    """What tries the examples of an entry; the whole knowledge may answer."""
    return Rule(
        id=entry_id,
        name=entry_id,
        counts_for=Party.AGENT,
        rationale="",
        passes_if=AnswersRight(answers_right=True),
        applies_if=None,
        excused_if=None,
        undetermined_if=None,
        examples=(),
        source=Source("", 0, 0),
    )


def _texts(value: object) -> Iterator[str]:
    """Every text in plain data: names of phrase sets among them, wherever they stand."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _finding(rule_set: RuleSet, rule: Rule, dialogue: str) -> Finding:
    call, contact = read_dialogue(dialogue)
    scorecard, _ = score(call, contact, _alone(rule_set, rule))
    return scorecard.findings[0]


def _wrong(rule_set: RuleSet, rule: Rule, example: Example) -> Fault | None:
    place = example.source.file, example.source.line, example.source.column
    try:
        finding = _finding(rule_set, rule, example.dialogue)
    except DialogueError as error:
        return Fault(*place, error.message)
    if finding.outcome == example.outcome:
        return None
    wanted, found = _(_NAMES[example.outcome]), _(_NAMES[finding.outcome])
    message = Message(DIFFERS, {"rule": rule.id, "wanted": wanted, "found": found})
    return Fault(*place, message, notes=tuple(_found(finding)))


def _found(finding: Finding) -> Iterator[tuple[Message, ...]]:
    """Why, and what was found where, a line each."""
    if finding.reason is not None:
        yield (finding.reason,)
    for occurrence in finding.occurrences:
        for piece in occurrence.evidence:
            reason = occurrence.reason if occurrence.reason != finding.reason else None
            yield _piece(piece, reason)


def _piece(piece: Evidence, reason: Message | None) -> tuple[Message, ...]:
    at = seconds(piece.start_ms)
    if piece.quote:
        said = Message(_SAID[piece.role], {"at": at, "quote": piece.quote})
        told: tuple[Message, ...] = (said,) if piece.how == "exact" else (said, piece.message)
    else:
        told = (Message(_THERE, {"at": at, "end": seconds(piece.end_ms)}), piece.message)
    return told if reason is None or reason in told else (*told, reason)
