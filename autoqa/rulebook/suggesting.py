"""``autoqa rules suggest``: what the phrases miss, and which of them are of no use.

A near miss is what was said in a stretch where a rule looked for its phrases in vain and that is
like one of them (``scoring.similarity``: by characters and sound). Like ones are one group. What
the recogniser wrote is not always what was said: somebody has to listen before it is added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from autoqa.i18n import _
from autoqa.privacy import Masks
from autoqa.readings import Heard
from autoqa.reports.wording import clock
from autoqa.rulebook.past_calls import PastCalls, scored
from autoqa.rulebook.rulebook import Rulebook
from autoqa.rulebook.trying import known_rule
from autoqa.scoring.check import alone
from autoqa.scoring.rule import Rule, RuleSet
from autoqa.scoring.similarity import best_match
from autoqa.scoring.source import parse
from autoqa.scoring.spoken import Spoken
from autoqa.scoring.view import CallView
from autoqa.text import normalise
from autoqa.types import Evidence, Finding, Outcome, Role

LIKE, LIKE_CHARACTERS = 0.5, 3.5
"""Of a phrase so much, and so many characters' worth, has to be there: less is about something else
(one 请 and half a 稍 are no 请稍等)."""
ALIKE = 0.75
"""Two sentences so alike are one way of saying it, heard twice."""
PROMPTED = 3
"""A phrase is told of as one of recordings from so many hits on."""

_MOST_GROUPS, _MOST_PLACES, _MOST_UNUSED = 8, 3, 5
_BORDER = re.compile(r"[，。！？；：、,.!?;:\s]+")
_MISSED = (Outcome.FAILED, Outcome.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """``likeness``: to ``phrase`` of the set ``phrases``, 0 to 1. ``text``: what was written."""

    rule_id: str
    phrases: str
    phrase: str
    likeness: float
    text: str
    file: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Group:
    """Near misses that are alike, the likest to the phrase first."""

    misses: tuple[NearMiss, ...]

    @property
    def best(self) -> NearMiss:
        return self.misses[0]

    @property
    def calls(self) -> int:
        return len({miss.file for miss in self.misses})


@dataclass(frozen=True, slots=True)
class Suggestions:
    """``groups``: by rule, the commonest first. ``unused``: phrases that were never found, by set;
    ``prompted``: phrases mostly found in recordings, as (set, phrase, in recordings, in all)."""

    calls: int
    missed: Mapping[str, int]
    groups: Mapping[str, tuple[Group, ...]]
    unused: Mapping[str, tuple[str, ...]]
    prompted: tuple[tuple[str, str, int, int], ...]


def suggest(rulebook: Rulebook, calls: PastCalls, rule_id: str = "") -> Suggestions:
    """What could be added to the phrases of one rule or of all, and what could go.

    Raises ``UsageError`` where there is no such rule.
    """
    rule_set = only = rulebook.rule_set
    if rule_id:
        only = alone(rule_set, known_rule(rule_set, rule_id))
        rule_set = replace(only, phrases=rule_set.phrases)
    count, missed = 0, Counter[str]()
    hits, recorded = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    misses: dict[str, list[NearMiss]] = {}
    for one in calls.each(partial(_looked, rule_set)):
        count += 1
        missed.update(one.missed)
        hits.update(one.hits)
        recorded.update(one.recorded)
        for miss in one.misses:
            misses.setdefault(miss.rule_id, []).append(miss)
    return Suggestions(
        count,
        missed,
        {name: _grouped(found) for name, found in misses.items()},
        _unused(only, hits),
        _prompted(only, hits, recorded),
    )


# ---------------------------------------------------------------- one call


@dataclass(frozen=True, slots=True)
class _Looked:
    missed: tuple[str, ...]
    misses: tuple[NearMiss, ...]
    hits: Mapping[tuple[str, str], int]
    recorded: Mapping[tuple[str, str], int]


def _looked(rule_set: RuleSet, past: Heard) -> _Looked:
    card, _questions = scored(past, rule_set)
    view = CallView(past.call, past.contact, rule_set, past.answers)
    said = [hit for one in rule_set.phrases for hit in view.said([one.name], Role)]
    found = [finding for finding in card.findings if finding.outcome in _MISSED]
    misses = [
        miss
        for finding in found
        for miss in _misses(rule_set, past, finding)
        if not any(_is_said(miss, hit) for hit in said)
    ]
    missed = [finding.rule_id for finding in found if any(_searched(finding))]
    hits = Counter((hit.phrases, hit.phrase) for hit in said)
    recorded = Counter((hit.phrases, hit.phrase) for hit in said if hit.role is Role.RECORDED)
    return _Looked(tuple(missed), tuple(misses), hits, recorded)


def _is_said(miss: NearMiss, hit: Spoken) -> bool:
    """Whether it is what another phrase set says, word for word."""
    one, other = normalise(miss.text).text, normalise(hit.quote).text
    return hit.is_exact and hit.counts and (one in other or other in one)


def _searched(finding: Finding) -> Iterator[Evidence]:
    """The stretches in which something was looked for in vain."""
    for occurrence in finding.occurrences:
        if occurrence.outcome in _MISSED:
            yield from (piece for piece in occurrence.evidence if piece.how == "searched")


def _misses(rule_set: RuleSet, past: Heard, finding: Finding) -> Iterator[NearMiss]:
    """The likest sentence of each stretch, of the role whose duty it was."""
    wanted = list(_wanted(rule_set, rule_set.rule(finding.rule_id)))
    for piece in _searched(finding):
        near = (
            miss
            for one in past.call.utterances
            if one.role is piece.role
            and one.start_ms < piece.end_ms
            and piece.start_ms < one.end_ms
            for name, phrase in wanted
            if (miss := _near(finding.rule_id, name, phrase, one.text, past, one.start_ms))
        )
        best = max(near, key=lambda miss: miss.likeness, default=None)
        if best is not None:
            yield replace(best, text=Masks(past.call).text(best.text))


def _wanted(rule_set: RuleSet, rule: Rule) -> Iterator[tuple[str, str]]:
    """The phrase sets that the rule wants to hear, with a sentence for each way of saying it.

    None with a slot: without a number nobody has given his staff id, however like it sounds.
    """
    names = dict.fromkeys(
        name for use in rule.passes_if.phrase_uses(rule_set) if use.always for name in use.names
    )
    for name in names:
        for phrase in rule_set.phrase_set(name).listen_for:
            if "{" not in phrase:
                yield name, phrase


def _near(
    rule_id: str, name: str, phrase: str, text: str, past: Heard, start_ms: int
) -> NearMiss | None:
    heard, wanted = normalise(text), normalise(phrase).text
    least = max(LIKE, LIKE_CHARACTERS / max(1, len(wanted)))
    match = best_match(wanted, heard.text, least) if least <= 1 else None
    if match is None:
        return None
    start, end = heard.span(match.start, match.end)
    said = _whole(text, start, end, 2 * len(phrase))
    return NearMiss(rule_id, name, phrase, match.similarity, said, past.contact.file, start_ms)


def _whole(text: str, start: int, end: int, most: int) -> str:
    """The clauses around ``text[start:end]``, or just that where they are longer than ``most``."""
    borders = [0, *(match.end() for match in _BORDER.finditer(text)), len(text)]
    first = max(at for at in borders if at <= start)
    last = min(at for at in borders if at >= end)
    whole = _BORDER.sub("", text[first:last])
    return whole if len(whole) <= most else _BORDER.sub("", text[start:end])


# ---------------------------------------------------------------- all calls


def _grouped(misses: Iterable[NearMiss]) -> tuple[Group, ...]:
    groups: list[list[NearMiss]] = []
    for miss in sorted(misses, key=lambda one: (-one.likeness, one.text, one.file, one.start_ms)):
        for group in groups:
            if group[0].phrases == miss.phrases and _are_alike(group[0].text, miss.text):
                group.append(miss)
                break
        else:
            groups.append([miss])
    found = [Group(tuple(group)) for group in groups]
    return tuple(sorted(found, key=lambda one: (-one.calls, -one.best.likeness)))


def _are_alike(one: str, other: str) -> bool:
    """Each is in the other, so that neither is a small part of the other."""
    texts = normalise(one).text, normalise(other).text
    return all(best_match(a, b, ALIKE) is not None for a, b in (texts, reversed(texts)))


def _unused(rule_set: RuleSet, hits: Mapping[tuple[str, str], int]) -> dict[str, tuple[str, ...]]:
    unused = {
        one.name: tuple(
            phrase.text
            for phrase in one.phrases
            if not phrase.perhaps and not hits.get((one.name, phrase.text))
        )
        for one in rule_set.phrases
    }
    return {name: phrases for name, phrases in unused.items() if phrases}


def _prompted(
    rule_set: RuleSet,
    hits: Mapping[tuple[str, str], int],
    recorded: Mapping[tuple[str, str], int],
) -> tuple[tuple[str, str, int, int], ...]:
    """Of sets that no rule looks for in recordings."""
    meant = {
        name
        for rule in rule_set.rules
        for condition in rule.conditions()
        for use in condition.phrase_uses(rule_set)
        if Role.RECORDED in use.roles
        for name in use.names
    }
    return tuple(
        (*key, count, hits[key])
        for key, count in sorted(recorded.items())
        if key[1] and key[0] not in meant and count >= PROMPTED and 2 * count > hits[key]
    )


# ---------------------------------------------------------------- on the terminal


def told(found: Suggestions, rulebook: Rulebook) -> Iterator[str]:
    """What the terminal shows, a line each, with lines to be pasted into the rule files."""
    for rule_id, groups in found.groups.items():
        yield from _told_rule(found, rulebook, rule_id, groups)
    if not found.groups:
        yield _("no sentence is like a phrase that was looked for in vain")
    if found.unused:
        yield ""
        yield _("phrases that were found in none of {count} calls:").format(count=found.calls)
        most = None if len(found.unused) == 1 else _MOST_UNUSED
        for name, phrases in found.unused.items():
            yield f"  {name} ({len(phrases)})"
            yield from (f"    - {phrase}" for phrase in phrases[:most])
            if phrases[_MOST_UNUSED:] and most:
                yield "    …"
    if found.prompted:
        yield ""
        yield _("phrases that were found mostly in recordings, which count for no agent:")
        for name, phrase, recorded, hits in found.prompted:
            place = _("{recorded} of {hits} times").format(recorded=recorded, hits=hits)
            yield f"  {name}  {phrase}  {place}"


def _told_rule(
    found: Suggestions, rulebook: Rulebook, rule_id: str, groups: tuple[Group, ...]
) -> Iterator[str]:
    near = len({miss.file for group in groups for miss in group.misses})
    yield _("{name} ({id}): not found in {missed} calls, something like it in {near}").format(
        name=rulebook.rule_set.rule(rule_id).name,
        id=rule_id,
        missed=found.missed[rule_id],
        near=near,
    )
    for group in groups[:_MOST_GROUPS]:
        best = group.best
        yield "  " + _("{count} calls: {text} (like “{phrase}”, {likeness} %)").format(
            count=group.calls,
            text=best.text,
            phrase=best.phrase,
            likeness=round(100 * best.likeness),
        )
        places = [f"{miss.file} {clock(miss.start_ms)}" for miss in group.misses[:_MOST_PLACES]]
        yield "      " + "  ".join(places)
    yield _("listen first, write what was really said, then put it among the phrases:")
    for name in dict.fromkeys(group.best.phrases for group in groups[:_MOST_GROUPS]):
        yield f"  # {name}  {_place(rulebook, name)}"
        for group in groups[:_MOST_GROUPS]:
            if group.best.phrases == name:
                yield f"      - {group.best.text}"
    yield ""


def _place(rulebook: Rulebook, name: str) -> str:
    """``phrases.yaml:6``: where a phrase set stands."""
    for file, content in rulebook.files.items():
        tree = parse(file, content)
        if ("phrases", name) in tree.keys:
            return f"{file}:{tree.keys['phrases', name][0]}"
    return ""
