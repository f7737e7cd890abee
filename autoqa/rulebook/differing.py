"""``autoqa rules diff``: which past calls another rule set would judge otherwise, and by how much.

The most surprising first: what touches a fatal rule, then a call's verdict, then a rule that passes
instead of failing, then any other outcome, then points alone; within each the larger change of the
score, then the surer words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice

from autoqa.i18n import _
from autoqa.readings import Heard
from autoqa.reports import wording
from autoqa.reports.changes import (
    CallChange,
    Changes,
    Group,
    Move,
    RuleChange,
    RuleTally,
    Standing,
    Surprise,
    move_words,
    signed,
)
from autoqa.rulebook.editing import contents, edits
from autoqa.rulebook.past_calls import PastCalls, scored
from autoqa.rulebook.quotes import evidence_lines
from autoqa.rulebook.rulebook import Rulebook
from autoqa.scoring.rule import RuleSet
from autoqa.types import Contact, Finding, Outcome, Scorecard

_DECIDED = {Outcome.PASSED, Outcome.FAILED}
_MOST_LINES = 3


def compare(old: Rulebook, new: Rulebook, calls: PastCalls) -> Changes:
    """What ``new`` changes on these calls."""
    changed: list[CallChange] = []
    rules: dict[str, _Moves] = {}
    every = _Tally()
    agents: dict[str, _Tally] = defaultdict(_Tally)
    teams: dict[str, _Tally] = defaultdict(_Tally)
    unheard = 0
    for one in calls.each(partial(_compared, old.rule_set, new.rule_set)):
        unheard += one.unheard
        for tally in (every, agents[_agent(one.contact)], teams[one.contact.team or ""]):
            tally.add(one)
        if one.change is None:
            continue
        changed.append(one.change)
        for rule in one.change.rules:
            moves = rules.setdefault(rule.rule_id, _Moves(rule.name))
            moves.counts[rule.move] += 1
    return Changes(
        old.name,
        new.name,
        edits=tuple(edits(contents(old.files), contents(new.files))),
        every=every.group(""),
        calls=tuple(sorted(changed, key=_most_surprising)),
        rules=_tallies(rules),
        agents=_groups(agents),
        teams=_groups(teams),
        unheard=unheard,
    )


def _most_surprising(change: CallChange) -> tuple[int, Decimal, float, str]:
    return -change.surprise, -abs(change.gain), -change.certainty, change.contact.call_id


def _agent(contact: Contact) -> str:
    known = [one for one in (contact.agent_id, contact.agent_name) if one]
    return " ".join(known)


# ---------------------------------------------------------------- one call


@dataclass(frozen=True, slots=True)
class _Compared:
    """A call under both rule sets. ``unheard``: the new one looks for what nobody heard twice."""

    contact: Contact
    scores: tuple[Decimal | None, Decimal | None]
    passed: tuple[bool | None, bool | None]
    change: CallChange | None
    unheard: bool


def _compared(old: RuleSet, new: RuleSet, past: Heard) -> _Compared:
    before, asked = scored(past, old)
    after, asks = scored(past, new)
    return _Compared(
        past.contact,
        (before.agent.score, after.agent.score),
        (before.passed, after.passed),
        _call_change(past, before, after),
        bool(set(asks) - set(asked)),
    )


def _call_change(past: Heard, before: Scorecard, after: Scorecard) -> CallChange | None:
    old = {finding.rule_id: finding for finding in before.findings}
    new = {finding.rule_id: finding for finding in after.findings}
    found = [
        (old.get(rule_id), new.get(rule_id))
        for rule_id in dict.fromkeys([*new, *old])
        if _differ(old.get(rule_id), new.get(rule_id))
    ]
    standings = _standing(before), _standing(after)
    if not found and standings[0] == standings[1]:
        return None
    rules = tuple(_rule_change(past, *pair) for pair in found)
    return CallChange(
        past.contact,
        _surprise(before, after, rules),
        min((_certainty(one) for _, one in found if one), default=1.0),
        *standings,
        rules=rules,
    )


def _differ(before: Finding | None, after: Finding | None) -> bool:
    """Whether it says something else: its words may change as long as it says the same."""
    return _said(before) != _said(after)


def _said(finding: Finding | None) -> tuple[object, ...] | None:
    if finding is None:
        return None
    points = finding.points_possible, finding.points_earned, finding.points_open
    return finding.outcome, points, finding.deducts, finding.fatal, finding.trial


def _standing(card: Scorecard) -> Standing:
    total = card.agent
    verdict = wording.verdict(card)
    return Standing(card.form, total.score, total.low, total.high, verdict, card.centre.score)


def _rule_change(past: Heard, before: Finding | None, after: Finding | None) -> RuleChange:
    known = after or before
    assert known is not None
    moved = before is None or after is None or before.outcome != after.outcome
    return RuleChange(
        known.rule_id,
        known.name,
        known.fatal,
        before.outcome if before else None,
        after.outcome if after else None,
        _worth(after) - _worth(before),
        *((_lines(past, one) if moved else ()) for one in (before, after)),
    )


def _worth(finding: Finding | None) -> Decimal:
    """What it does to the score: it earns, or it costs; what is open is not lost yet."""
    if finding is None:
        return Decimal(0)
    return -finding.points_lost if finding.deducts else finding.points_earned + finding.points_open


def _lines(past: Heard, finding: Finding | None) -> tuple[str, ...]:
    if finding is None:
        return ()
    return tuple(islice(evidence_lines(past.call, finding), _MOST_LINES))


def _surprise(before: Scorecard, after: Scorecard, rules: Iterable[RuleChange]) -> Surprise:
    if set(before.fatal_rule_ids) != set(after.fatal_rule_ids):
        return Surprise.FATAL
    if {before.passed, after.passed} == {True, False}:
        return Surprise.VERDICT
    moved = [(rule.before, rule.after) for rule in rules if rule.before != rule.after]
    if any(pair[0] in _DECIDED and pair[1] in _DECIDED for pair in moved):
        return Surprise.FLIP
    return Surprise.OTHER if moved else Surprise.POINTS


def _certainty(finding: Finding) -> float:
    """Of the words that decide it; what rests on no words is sure."""
    return min(
        (
            piece.certainty
            for occurrence in finding.occurrences
            if occurrence.outcome == finding.outcome
            for piece in occurrence.evidence
            if piece.quote
        ),
        default=1.0,
    )


# ---------------------------------------------------------------- many calls


@dataclass(slots=True)
class _Moves:
    name: str
    counts: Counter[Move] = field(default_factory=Counter)


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    changed: int = 0
    both: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    newly_failed: int = 0
    no_longer_failed: int = 0

    def add(self, one: _Compared) -> None:
        self.calls += 1
        self.changed += one.change is not None
        before, after = one.passed
        self.newly_failed += after is False and before is not False
        self.no_longer_failed += before is False and after is not False
        old, new = one.scores
        if old is not None and new is not None:
            self.both += 1
            self.before += old
            self.after += new

    def group(self, name: str) -> Group:
        before, after = (
            total / self.both if self.both else None for total in (self.before, self.after)
        )
        fates = self.newly_failed, self.no_longer_failed
        return Group(name, self.calls, self.changed, before, after, *fates)


def _groups(tallies: dict[str, _Tally]) -> tuple[Group, ...]:
    """Those in which anything changes, the largest change of the mean first; nobody knows who the
    unnamed are, and they are no group."""
    named = [tally.group(name) for name, tally in tallies.items() if name and tally.changed]
    return tuple(
        sorted(named, key=lambda one: (-abs(one.gain or Decimal(0)), -one.changed, one.name))
    )


def _tallies(rules: dict[str, _Moves]) -> tuple[RuleTally, ...]:
    found = [RuleTally(rule_id, moves.name, moves.counts) for rule_id, moves in rules.items()]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.rule_id)))


# ---------------------------------------------------------------- on the terminal


def told(changes: Changes, limit: int) -> Iterator[str]:
    """What the terminal shows, a line each; ``limit``: calls shown one by one."""
    every = changes.every
    yield _("old: {name}").format(name=changes.old)
    yield _("new: {name}").format(name=changes.new)
    yield from (f"  {edit}" for edit in changes.edits)
    yield _("{changed} of {calls} calls change; mean score {before} → {after} ({gain})").format(
        changed=every.changed,
        calls=every.calls,
        before=wording.score(every.before),
        after=wording.score(every.after),
        gain=signed(every.gain),
    )
    yield _("newly failed: {new}; no longer failed: {less}").format(
        new=every.newly_failed, less=every.no_longer_failed
    )
    if changes.unheard:
        yield _(
            "on {count} calls the new rules look for something that nobody has listened to twice "
            "yet; there they say “to review” until the calls are scored again"
        ).format(count=changes.unheard)
    if changes.rules:
        yield from ("", _("by rule:"))
    for rule in changes.rules:
        moves = [f"{move_words(*pair)} {count}" for pair, count in rule.most_first]
        yield f"  {rule.name} ({rule.rule_id})  " + _("; ").join(moves)
    yield from _told_groups(_("by team:"), changes.teams)
    yield from _told_groups(_("by agent:"), changes.agents)
    yield from _told_calls(changes, limit)


def _told_groups(heading: str, groups: tuple[Group, ...]) -> Iterator[str]:
    if groups:
        yield from ("", heading)
    for one in groups:
        yield "  " + _(
            "{name}: {changed} of {calls} calls; mean score {before} → {after} ({gain})"
        ).format(
            name=one.name,
            changed=one.changed,
            calls=one.calls,
            before=wording.score(one.before),
            after=wording.score(one.after),
            gain=signed(one.gain),
        )


def _told_calls(changes: Changes, limit: int) -> Iterator[str]:
    if changes.calls and limit:
        yield from ("", _("the most surprising first:"))
    for call in changes.calls[:limit]:
        old, new = call.before, call.after
        yield (
            f"  {call.contact.file}  {_agent(call.contact)}  "
            f"{wording.score(old.score)} {_(wording.VERDICTS[old.verdict])} → "
            f"{wording.score(new.score)} {_(wording.VERDICTS[new.verdict])}"
        )
        for rule in call.rules:
            yield f"    {rule.name}: {move_words(rule.before, rule.after)} {signed(rule.points)}"
            yield from (f"      {_('old')}: {line}" for line in rule.before_lines)
            yield from (f"      {_('new')}: {line}" for line in rule.after_lines)
    if len(changes.calls) > limit:
        yield "  " + _("and {count} more").format(count=len(changes.calls) - limit)
