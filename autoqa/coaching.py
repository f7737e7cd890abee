"""``coaching``: the three rules that would raise an agent's score most, of the calls of a store.

::

    with Store(url) as store:
        found = coaching(store, "8007", Filter(first_day=…))

``reports.coaching`` draws it: ``coaching_board.html`` is a part of whatever page wants it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from autoqa.events import interpret
from autoqa.privacy import masked
from autoqa.reports.coaching import (
    MOST_EXAMPLES,
    MOST_MOMENTS,
    MOST_RULES,
    Advice,
    Coaching,
    Example,
    Moment,
    gained,
    moment_of,
)
from autoqa.reports.figures import rate
from autoqa.scoring.reviewed import with_passed
from autoqa.store import Case, Cases, Filter, Overview, Reviews, Standing, Store
from autoqa.store.overview import ALL, MOST_ROWS
from autoqa.store.worth import SURE
from autoqa.types import AppealState, Call, Finding, Outcome, Party, Role, Scorecard

MOST_CALLS = 5 * MOST_ROWS
"""The newest so many of the period are looked at."""
_BATCH = 200
_LONGEST = 60
_CANDIDATES = 2
_LOOKED_AT = 40
"""So many of the newest calls of colleagues that passed are looked through for the surest."""


@dataclass(slots=True)
class _Rule:
    """What an agent's calls tell of a rule. ``failures``: newest first."""

    finding: Finding
    gains: list[float] = field(default_factory=list)
    failures: list[tuple[Standing, Finding]] = field(default_factory=list)


def coaching(
    store: Store,
    agent_id: str,
    chosen: Filter = ALL,
    *,
    rationales: Mapping[str, str] | None = None,
    name_colleagues: bool = False,
    with_candidates: bool = False,
) -> Coaching | None:
    """What the agent is told; None where no call of his is among those chosen.

    ``rationales``: why each rule is, by its id. ``name_colleagues``: of examples.
    ``with_candidates``: for those who may put calls into the library.
    """
    own = replace(chosen, agent_ids=frozenset({agent_id}))
    rows = list(_calls(store, own))
    if not rows:
        return None
    scored = [one for one in rows if one.score is not None]
    rules, decided, appealed = _failures(store, scored)
    best = sorted(rules.values(), key=lambda one: (-sum(one.gains), one.finding.rule_id))
    best = [one for one in best if sum(one.gains) > 0][:MOST_RULES]
    cases = _examples(store, [one.finding.rule_id for one in best], agent_id)
    advice = tuple(
        _advice(
            store,
            one,
            len(scored),
            decided[one.finding.rule_id],
            (rationales or {}).get(one.finding.rule_id, ""),
            tuple(_shown(cases[one.finding.rule_id], name_colleagues)),
        )
        for one in best
    )
    if with_candidates:
        advice = tuple(
            replace(one, candidates=_candidates(store, one, agent_id, chosen)) for one in advice
        )
    mean = sum(one.score or 0.0 for one in scored) / len(scored) if scored else None
    names = [one.agent_name for one in rows if one.agent_name]
    return Coaching(agent_id, names[0] if names else "", len(scored), mean, appealed, advice)


def _calls(store: Store, chosen: Filter) -> Iterator[Standing]:
    """The newest first."""
    after, left = None, MOST_CALLS
    while left > 0:
        page = Overview(store).page(chosen, after=after, limit=min(left, MOST_ROWS))
        yield from page.rows
        after, left = page.next, left - len(page.rows)
        if after is None:
            return


def _failures(
    store: Store, scored: Sequence[Standing]
) -> tuple[dict[str, _Rule], Counter[str], int]:
    """The rules of findings that cost points, how often each was decided, and how many findings
    an appeal is open about."""
    rules: dict[str, _Rule] = {}
    decided: Counter[str] = Counter()
    appealed = 0
    for at in range(0, len(scored), _BATCH):
        some = scored[at : at + _BATCH]
        finals = Reviews(store).finals([one.call_id for one in some])
        for row in some:
            if row.call_id not in finals:
                continue
            card, asked = finals[row.call_id]
            for finding in _own(card):
                if finding.rule_id in asked:
                    appealed += 1
                    continue
                decided[finding.rule_id] += 1
                if finding.outcome == Outcome.FAILED:
                    rule = rules.setdefault(finding.rule_id, _Rule(finding))
                    rule.gains.append(_gain(card, finding.rule_id))
                    rule.failures.append((row, finding))
    return rules, decided, appealed


def _own(card: Scorecard) -> Iterator[Finding]:
    """What was decided of the agent."""
    if card.form_doubt is not None:
        return
    for finding in card.counted:
        is_decided = finding.outcome in (Outcome.PASSED, Outcome.FAILED)
        if is_decided and finding.counts_for == Party.AGENT:
            yield finding


def _gain(card: Scorecard, rule_id: str) -> float:
    now, then = card.agent.score, with_passed(card, rule_id).agent.score
    return float(then - now) if now is not None and then is not None else 0.0


def _advice(
    store: Store,
    rule: _Rule,
    calls: int,
    decided: int,
    rationale: str,
    found: tuple[tuple[Case, str], ...],
) -> Advice:
    finding = rule.finding
    gain, low, high = gained(rule.gains, calls)
    places = (moment_of(row.call_id, row.at, one, Outcome.FAILED) for row, one in rule.failures)
    examples = (_example(store, case, agent) for case, agent in found)
    return Advice(
        rule_id=finding.rule_id,
        name=finding.name,
        section=finding.section,
        fatal=finding.fatal,
        rationale=rationale,
        gain=gain,
        low=low,
        high=high,
        failed=rate(len(rule.gains), decided),
        moments=_worded(store, list(islice(filter(None, places), MOST_MOMENTS))),
        examples=tuple(islice(filter(None, examples), MOST_EXAMPLES)),
    )


def _worded(store: Store, moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """With what the agent said where he should have said something else, while it is known."""
    silent = [one.call_id for one in moments if not one.quote]
    calls = {
        stored.contact.call_id: masked(interpret(stored.call, stored.contact))
        for stored in store.stored(silent)
    }
    return tuple(
        replace(one, instead=_said(calls[one.call_id], one)) if one.call_id in calls else one
        for one in moments
    )


def _said(call: Call, moment: Moment) -> str:
    """By the agent; of much only how it begins and ends."""
    said = "".join(
        one.text
        for one in call.utterances
        if one.role is Role.AGENT and one.start_ms < moment.end_ms and moment.start_ms < one.end_ms
    )
    half = _LONGEST // 2
    return said if len(said) <= _LONGEST else f"{said[:half]} … {said[-half:]}"


# ---------------------------------------------------------------- how others do it


def _examples(store: Store, rule_ids: Sequence[str], agent_id: str) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in Cases(store).of_rules(rule_ids):
        if case.agent_id != agent_id:
            found[case.rule_id].append(case)
    return found


def _shown(cases: Iterable[Case], name_colleagues: bool) -> Iterator[tuple[Case, str]]:
    for case in cases:
        named = " ".join(part for part in (case.agent_name, case.agent_id) if part)
        yield case, named if name_colleagues else ""


def _example(store: Store, case: Case, agent: str) -> Example | None:
    moment = moment_in(store, case.call_id, case.rule_id, Outcome.PASSED)
    return Example(case.number, case.note, case.tags, agent, moment) if moment else None


def moment_in(store: Store, call_id: str, rule_id: str, wanted: Outcome) -> Moment | None:
    """Where a call has a finding that is ``wanted``; None where nothing can be heard of it."""
    row = Overview(store).call(call_id)
    final = Reviews(store).finals([call_id]).get(call_id)
    if row is None or final is None:
        return None
    found = [one for one in final[0].findings if one.rule_id == rule_id]
    return moment_of(call_id, row.at, found[0], wanted) if found else None


def _candidates(store: Store, one: Advice, agent_id: str, chosen: Filter) -> tuple[Moment, ...]:
    """The surest of colleagues' calls that passed and are not in the library."""
    known = {case.call_id for case in Cases(store).of_rules([one.rule_id])}
    passed = replace(chosen, agent_ids=None, passed_rule=one.rule_id, appeal=AppealState.NONE)
    page = Overview(store).page(passed, limit=_LOOKED_AT)
    rows = {
        row.call_id: row
        for row in page.rows
        if row.agent_id not in (agent_id, None) and row.call_id not in known
    }
    finals = Reviews(store).finals(list(rows))
    moments = (
        moment_of(call_id, rows[call_id].at, finding, Outcome.PASSED)
        for call_id, (card, _) in finals.items()
        for finding in card.findings
        if finding.rule_id == one.rule_id
    )
    sure = [moment for moment in moments if moment and moment.quote and moment.certainty >= SURE]
    return tuple(sorted(sure, key=lambda moment: -moment.certainty)[:_CANDIDATES])
