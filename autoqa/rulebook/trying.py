"""``autoqa rules try``: what one rule says of past calls, with the words that it goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.readings import Heard
from autoqa.reports.wording import outcome_name
from autoqa.rulebook.past_calls import PastCalls, scored
from autoqa.rulebook.quotes import evidence_lines
from autoqa.scoring.check import alone
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.vocabulary import guess
from autoqa.types import Contact, Outcome

ORDER = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_APPLICABLE)
"""What costs points is looked at first."""

_MOST_LINES = 4
_NO_RULE = N_("there is no rule “{name}” in these files; they have {known}")
_NO_RULE_MEANT = N_("there is no rule “{name}” in these files; did you mean “{meant}”?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says of a call. ``lines``: the reason and the evidence, as they are shown.

    ``unheard``: a second listen could still settle it.
    """

    contact: Contact
    outcome: Outcome
    lines: tuple[str, ...]
    unheard: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """``counts``: all calls by outcome; ``shown``: the first of each. ``unheard``: calls in which a
    second listen could still settle it."""

    rule_id: str
    name: str
    counts: Mapping[Outcome, int]
    unheard: int
    shown: Mapping[Outcome, tuple[Verdict, ...]]


def try_rule(rule_set: RuleSet, rule_id: str, calls: PastCalls, limit: int) -> Trial:
    """The rule on every call, whether the form counts it or not.

    ``limit``: calls kept to show for each outcome. Raises ``UsageError`` where there is no such
    rule.
    """
    only = alone(rule_set, known_rule(rule_set, rule_id))
    counts: Counter[Outcome] = Counter()
    shown: dict[Outcome, list[Verdict]] = {outcome: [] for outcome in ORDER}
    unheard = 0
    for verdict in calls.each(partial(_verdict, only)):
        counts[verdict.outcome] += 1
        unheard += verdict.unheard
        if len(shown[verdict.outcome]) < limit:
            shown[verdict.outcome].append(verdict)
    name = only.rule(rule_id).name
    return Trial(rule_id, name, counts, unheard, {key: tuple(of) for key, of in shown.items()})


def _verdict(only: RuleSet, past: Heard) -> Verdict:
    card, questions = scored(past, only)
    (finding,) = card.findings
    lines = tuple(islice(evidence_lines(past.call, finding), _MOST_LINES))
    return Verdict(past.contact, finding.outcome, lines, bool(questions))


def known_rule(rule_set: RuleSet, rule_id: str) -> str:
    """``rule_id``; ``UsageError`` with what was probably meant where there is no such rule."""
    known = [rule.id for rule in rule_set.rules]
    if rule_id in known:
        return rule_id
    if meant := guess(rule_id, known):
        raise UsageError(_NO_RULE_MEANT, name=rule_id, meant=meant)
    raise UsageError(_NO_RULE, name=rule_id, known=" ".join(known))


def told(trial: Trial) -> Iterator[str]:
    """What the terminal shows, a line each."""
    total = sum(trial.counts.values())
    yield _("{name} ({id}): {count} calls").format(name=trial.name, id=trial.rule_id, count=total)
    for outcome in ORDER:
        if trial.counts[outcome]:
            share = f"{100 * trial.counts[outcome] / total:.1f}%"
            yield f"  {outcome_name(outcome)}  {trial.counts[outcome]}  {share}"
    if trial.unheard:
        yield _(
            "{count} calls have places that nobody has listened to twice for this rule; "
            "autoqa score does it"
        ).format(count=trial.unheard)
    for outcome in ORDER:
        verdicts = trial.shown[outcome]
        if not verdicts:
            continue
        yield ""
        heading = f"{outcome_name(outcome)} {trial.counts[outcome]}"
        more = trial.counts[outcome] - len(verdicts)
        rest = _(", the first {count} of them").format(count=len(verdicts)) if more else ""
        yield f"== {heading}{rest}"
        for verdict in verdicts:
            yield _whose(verdict.contact)
            yield from (f"    {line}" for line in verdict.lines)


def _whose(contact: Contact) -> str:
    agent = contact.agent_id or contact.agent_name
    return f"{contact.file}  {agent}" if agent else contact.file
