"""How well a call was heard and scored, against its ground truth: pure functions on plain JSON.

Definitions:

* Events: the largest one-to-one matching within a kind; a pair matches when its overlap is at least
  half of its union (``dtmf``: the same key within 150 ms; ``talk_over``: any overlap and the same
  interrupter). Dead air and hold of 2.7 to 3.3 s and talk-over of 400 to 600 ms count neither way.
* Phrases: hits of a class in one turn merge; a pair matches when it overlaps. A hit is evidence
  with a quote, by the agent, of the class's rule.
* Outcomes: the share of rules with the expected outcome; wrongly ``failed`` apart, since it costs
  an agent money.
* Text: character error rate for each role over the whole call.
* Who speaks: F1 over (10 ms frame, role) pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from autoqa.text import normalise

RULE_OF_CLASS: Mapping[str, str] = {
    "greeting": "greeting",
    "staff_id": "staff-id",
    "hold_request": "hold-requested",
    "hold_thanks": "hold-thanked",
    "offer_help": "offer-help",
    "closing": "closing",
    "apology": "apology",
    "risk_notice": "risk-notice",
    "guarantee": "no-guarantee",
    "forbidden": "forbidden-words",
    "agent_pitch": "agent-pitch",
}

COURTESY = (
    "greeting",
    "staff_id",
    "hold_request",
    "hold_thanks",
    "offer_help",
    "closing",
    "apology",
)

BORDERLINE_MS: Mapping[str, tuple[int, int]] = {
    "hold": (2700, 3300),
    "dead_air": (2700, 3300),
    "talk_over": (400, 600),
}

EVENT_KINDS = (
    "hold",
    "dead_air",
    "talk_over",
    "recorded_prompt",
    "queue",
    "dtmf",
    "ringback",
    "music",
    "busy_tone",
)

FRAME_MS = 10
DTMF_TOLERANCE_MS = 150

Json = Mapping[str, Any]


@dataclass(slots=True)
class Counts:
    """Right, invented and missed; adds up over calls."""

    right: int = 0
    invented: int = 0
    missed: int = 0

    def __iadd__(self, other: Counts) -> Counts:
        self.right += other.right
        self.invented += other.invented
        self.missed += other.missed
        return self

    @property
    def precision(self) -> float | None:
        return _share(self.right, self.right + self.invented)

    @property
    def recall(self) -> float | None:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.right, 2 * self.right + self.invented + self.missed)


@dataclass(slots=True)
class Measures:
    """Everything measured over some calls."""

    calls: int = 0
    failed_recordings: int = 0
    events: dict[str, Counts] = field(default_factory=dict)
    event_ms: dict[str, list[int]] = field(default_factory=dict)
    labels: Counts = field(default_factory=Counts)
    phrases: dict[str, Counts] = field(default_factory=dict)
    outcomes: dict[str, Counts] = field(default_factory=dict)
    otherwise: dict[str, int] = field(default_factory=dict)
    """How often which outcome was given that was not expected."""
    wrongly_failed: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    edits: dict[str, list[int]] = field(default_factory=dict)
    frames: Counts = field(default_factory=Counts)

    def add(self, name: str, result: Json, truth: Json) -> None:
        """Counts one call: the product's document against its truth."""
        self.calls += 1
        if result.get("call") is None:
            self.failed_recordings += 1
            return
        self._add_events(name, result["call"]["events"], truth["events"])
        self._add_phrases(name, result["scorecard"], truth)
        self._add_outcomes(name, result["scorecard"], truth.get("outcomes", {}))
        self._add_text(result["call"]["utterances"], truth)
        self.frames += frame_counts(_spoken(result["call"]), _voices(truth), truth["duration_ms"])

    def _add_events(self, name: str, heard: Sequence[Json], truth: Sequence[Json]) -> None:
        for kind in EVENT_KINDS:
            ours = [event for event in heard if event["kind"] == kind]
            theirs = [event for event in truth if event["kind"] == kind]
            counts, invented, missed = event_counts(kind, ours, theirs)
            self.events.setdefault(kind, Counts())
            self.events[kind] += counts
            sums = self.event_ms.setdefault(kind, [0, 0])
            sums[0] += sum(map(_length, ours))
            sums[1] += sum(map(_length, theirs))
            self.mistakes += [f"{name}: invented {_event(event)}" for event in invented]
            self.mistakes += [f"{name}: missed {_event(event)}" for event in missed]

    def _add_phrases(self, name: str, scorecard: Json, truth: Json) -> None:
        for phrase, rule in RULE_OF_CLASS.items():
            hits = _merge_in_turns(_hits(scorecard, rule), truth["turns"])
            said = [entry for entry in truth["phrases"] if entry["phrase"] == phrase]
            pairs = _match(hits, said, lambda hit, one: 1.0 if _overlap(hit, one) > 0 else 0.0)
            found = {index for index, _ in pairs}
            heard = {index for _, index in pairs}
            self.phrases.setdefault(phrase, Counts())
            self.phrases[phrase] += Counts(
                len(pairs), len(hits) - len(pairs), len(said) - len(pairs)
            )
            for index, hit in enumerate(hits):
                if index not in found:
                    self.mistakes.append(
                        f"{name}: invented {phrase} at {hit['start_ms']}: {hit['quote']}"
                    )
            for index, one in enumerate(said):
                if index not in heard:
                    self.mistakes.append(f"{name}: missed {phrase} at {one['start_ms']}")

    def _add_outcomes(self, name: str, scorecard: Json, expected: Mapping[str, str]) -> None:
        found = {finding["rule_id"]: finding["outcome"] for finding in scorecard["findings"]}
        for rule, outcome in expected.items():
            counts = self.outcomes.setdefault(rule, Counts())
            got = found.get(rule, "undetermined")
            if got == outcome:
                counts.right += 1
                continue
            counts.missed += 1
            self.otherwise[got] = self.otherwise.get(got, 0) + 1
            self.mistakes.append(f"{name}: {rule} is {outcome}, was scored {got}")
            if got == "failed":
                self.wrongly_failed.append(f"{name}: {rule}")

    def _add_text(self, utterances: Sequence[Json], truth: Json) -> None:
        for role in ("agent", "customer"):
            said = _text(turn for turn in truth["turns"] if turn["role"] == role)
            heard = _text(one for one in utterances if one["role"] == role)
            sums = self.edits.setdefault(role, [0, 0])
            sums[0] += Levenshtein.distance(said, heard)
            sums[1] += len(said)
        self._add_whole_text(utterances, truth)

    def _add_whole_text(self, utterances: Sequence[Json], truth: Json) -> None:
        """Everything heard, whoever is thought to have said it: the ears without the roles."""
        voices = [*truth["turns"], *_prompts(truth)]
        said = _text(sorted(voices, key=lambda one: int(one["start_ms"])))
        heard = _text(sorted(utterances, key=lambda one: int(one["start_ms"])))
        sums = self.edits.setdefault("everyone", [0, 0])
        sums[0] += Levenshtein.distance(said, heard)
        sums[1] += len(said)


def event_counts(
    kind: str, heard: Sequence[Json], truth: Sequence[Json]
) -> tuple[Counts, list[Json], list[Json]]:
    """(counts, invented events, missed events) of one kind in one call."""
    pairs = _match(heard, truth, _event_likeness(kind))
    found = {index for index, _ in pairs}
    met = {index for _, index in pairs}
    right = sum(not (_borderline(kind, heard[a]) and _borderline(kind, truth[b])) for a, b in pairs)
    invented = [
        event
        for index, event in enumerate(heard)
        if index not in found and not _borderline(kind, event)
    ]
    missed = [
        event
        for index, event in enumerate(truth)
        if index not in met and not _borderline(kind, event)
    ]
    return Counts(right, len(invented), len(missed)), invented, missed


def frame_counts(
    heard: Iterable[tuple[str, int, int]], truth: Iterable[tuple[str, int, int]], duration_ms: int
) -> Counts:
    """(frame, role) pairs of 10 ms; intervals are (role, start_ms, end_ms)."""
    ours, theirs = _frames(heard, duration_ms), _frames(truth, duration_ms)
    counts = Counts()
    for role in ours.keys() | theirs.keys():
        blank = np.zeros(duration_ms // FRAME_MS + 1, bool)
        mine, real = ours.get(role, blank), theirs.get(role, blank)
        counts += Counts(
            int((mine & real).sum()), int((mine & ~real).sum()), int((real & ~mine).sum())
        )
    return counts


def _frames(intervals: Iterable[tuple[str, int, int]], duration_ms: int) -> dict[str, Any]:
    frames: dict[str, Any] = {}
    for role, start_ms, end_ms in intervals:
        line = frames.setdefault(role, np.zeros(duration_ms // FRAME_MS + 1, bool))
        line[start_ms // FRAME_MS : end_ms // FRAME_MS] = True
    return frames


def _spoken(call: Json) -> list[tuple[str, int, int]]:
    return [(one["role"], one["start_ms"], one["end_ms"]) for one in call["utterances"]]


def _voices(truth: Json) -> list[tuple[str, int, int]]:
    voices = [(turn["role"], turn["start_ms"], turn["end_ms"]) for turn in truth["turns"]]
    prompts = _prompts(truth)
    return voices + [("recorded", event["start_ms"], event["end_ms"]) for event in prompts]


def _prompts(truth: Json) -> list[Json]:
    """The recordings that are not listed among the turns already."""
    turns = [turn for turn in truth["turns"] if turn["role"] == "recorded"]
    return [
        event
        for event in truth["events"]
        if event["kind"] == "recorded_prompt" and not any(_overlap(event, turn) for turn in turns)
    ]


def _match(
    ours: Sequence[Json], theirs: Sequence[Json], likeness: Callable[[Json, Json], float]
) -> list[tuple[int, int]]:
    """The largest one-to-one matching of pairs whose likeness is above 0, the likest first."""
    if not ours or not theirs:
        return []
    matrix = np.array([[likeness(one, other) for other in theirs] for one in ours])
    rows, columns = linear_sum_assignment(np.where(matrix > 0, 1000 + matrix, 0), maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if matrix[row, column] > 0]


def _event_likeness(kind: str) -> Callable[[Json, Json], float]:
    def intersection_over_union(one: Json, other: Json) -> float:
        overlap = _overlap(one, other)
        union = _length(one) + _length(other) - overlap
        return overlap / union if union and overlap / union >= 0.5 else 0.0

    def same_press(one: Json, other: Json) -> float:
        apart = abs(one["start_ms"] - other["start_ms"])
        same = _measure(one, "key") == _measure(other, "key")
        return 1.0 - apart / 1000 if same and apart <= DTMF_TOLERANCE_MS else 0.0

    def same_interrupter(one: Json, other: Json) -> float:
        same = _measure(one, "interrupter") == _measure(other, "interrupter")
        return float(_overlap(one, other)) if same else 0.0

    special = {"dtmf": same_press, "talk_over": same_interrupter}
    return special.get(kind, intersection_over_union)


def _hits(scorecard: Json, rule: str) -> list[dict[str, Any]]:
    return [
        {"start_ms": one["start_ms"], "end_ms": one["end_ms"], "quote": one["quote"]}
        for finding in scorecard["findings"]
        if finding["rule_id"] == rule
        for occurrence in finding["occurrences"]
        for one in occurrence["evidence"]
        if one["quote"] and one["role"] == "agent"
    ]


def _merge_in_turns(hits: list[dict[str, Any]], turns: Sequence[Json]) -> list[dict[str, Any]]:
    """Hits of one class that lie in the same true turn of the agent become one."""
    merged: dict[object, dict[str, Any]] = {}
    agent = [turn for turn in turns if turn["role"] == "agent"]
    for hit in hits:
        inside = [(_overlap(hit, turn), number) for number, turn in enumerate(agent)]
        best, number = max(inside, default=(0, 0))
        key = number if best > 0 else (hit["start_ms"], hit["end_ms"])
        known = merged.setdefault(key, hit)
        known["start_ms"] = min(known["start_ms"], hit["start_ms"])
        known["end_ms"] = max(known["end_ms"], hit["end_ms"])
    return list(merged.values())


def _measure(event: Json, name: str) -> Any:
    """Truth keeps measures beside the times, the product in ``measures``."""
    return event.get("measures", event).get(name)


def _borderline(kind: str, event: Json) -> bool:
    low, high = BORDERLINE_MS.get(kind, (1, 0))
    return low <= _length(event) <= high


def _length(event: Json) -> int:
    return int(event["end_ms"] - event["start_ms"])


def _overlap(one: Json, other: Json) -> int:
    end_ms = min(int(one["end_ms"]), int(other["end_ms"]))
    return max(0, end_ms - max(int(one["start_ms"]), int(other["start_ms"])))


def _event(event: Json) -> str:
    measures = event.get("measures", event)
    shown = {
        name: measures[name]
        for name in ("key", "label", "music", "cause", "owed_by", "interrupter")
        if name in measures
    }
    return f"{event['kind']} {event['start_ms']}–{event['end_ms']} {shown or ''}".rstrip()


def _text(parts: Iterable[Json]) -> str:
    return "".join(normalise(part.get("text", "")).text for part in parts)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
