"""What each rule should come to, worked out from the truth: a second opinion on the scripts.

Only what times and marks decide is worked out; where a measure lies too near a limit to say (the
product may fairly differ by some tens of milliseconds), the answer is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bench.layout import Sound
from bench.truth import Span, speech

PASSED, FAILED, NOT_APPLICABLE, UNDETERMINED = "passed", "failed", "not_applicable", "undetermined"
Event = dict[str, Any]


def expected_outcomes(
    sounds: Sequence[Sound], events: Sequence[Event], duration_ms: int, meta: Mapping[str, Any]
) -> dict[str, str | None]:
    """Return the outcome of every rule; None where it is too close to call."""
    facts = _Facts(sounds, events, duration_ms, meta)
    return {
        "answer-time": facts.answer_time(),
        "menu-depth": facts.menu_depth(),
        "forced-ad": facts.forced_ad(),
        "agent-pitch": facts.agent_pitch(),
        "greeting": facts.greeting(),
        "staff-id": facts.staff_id(),
        "hold-requested": facts.hold_requested(),
        "hold-thanked": facts.hold_thanked(),
        "hold-length": _below(max(facts.hold_lengths, default=0), 60_000, 3_000),
        "hold-total": _below(sum(facts.hold_lengths), 120_000, 5_000),
        "offer-help": facts.parting("offer_help"),
        "closing": facts.parting("closing"),
        "apology": facts.apology(),
        "interruption": facts.interruption(),
        "dead-air": facts.unexplained_dead_air(),
        "forbidden-words": facts.unsaid("forbidden"),
        "no-guarantee": facts.unsaid("guarantee"),
        "speech-rate": facts.speech_rate(),
        "risk-notice": facts.risk_notice(),
    }


def _below(value: float, limit: float, margin: float) -> str | None:
    if abs(value - limit) < margin:
        return None
    return PASSED if value < limit else FAILED


def _all(outcomes: Sequence[str | None]) -> str | None:
    if FAILED in outcomes:
        return FAILED
    if None in outcomes:
        return None
    return PASSED if outcomes else NOT_APPLICABLE


class _Facts:
    def __init__(
        self,
        sounds: Sequence[Sound],
        events: Sequence[Event],
        duration_ms: int,
        meta: Mapping[str, Any],
    ) -> None:
        self.sounds, self.events = sounds, events
        self.duration_ms, self.meta = duration_ms, meta
        self.agent, self.customer = speech(sounds, "agent"), speech(sounds, "customer")
        self.first_ms = self.agent[0].start_ms if self.agent else duration_ms
        self.holds: list[Span] = [(e["start_ms"], e["end_ms"]) for e in self._of("hold")]
        self.hold_lengths = [end - start for start, end in self.holds]

    def _of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["kind"] == kind]

    def says(self, phrase: str) -> list[Sound]:
        return [turn for turn in self.agent if turn.item and phrase in turn.item.classes]

    def unsaid(self, phrase: str) -> str:
        quoted = any(turn.item and phrase in turn.item.quoted for turn in self.agent)
        return FAILED if self.says(phrase) else UNDETERMINED if quoted else PASSED

    def answer_time(self) -> str | None:
        if "queue_seconds" in self.meta:
            return _below(float(self.meta["queue_seconds"]), 20, 1)
        if self.first_ms < 5000:
            return NOT_APPLICABLE
        ends = [e["end_ms"] for e in self._menu_keys()] or [
            e["end_ms"] for e in self._of("ringback") if e["end_ms"] < self.first_ms
        ]
        return _below(self.first_ms - max(ends), 20_000, 1_000) if ends else UNDETERMINED

    def _menu_keys(self) -> list[Event]:
        """Return the keys before the agent that choose in a menu: no long number, a prompt near."""
        keys = [e for e in self._of("dtmf") if e["start_ms"] < self.first_ms]
        runs: list[list[Event]] = []
        for key in keys:
            if runs and key["start_ms"] - runs[-1][-1]["end_ms"] < 3000:
                runs[-1].append(key)
            else:
                runs.append([key])
        menus = [e for e in self._of("recorded_prompt") if e["label"] == "menu"]
        return [
            key
            for run in runs
            if len(run) < 4 and run[-1]["key"] != "#"
            for key in run
            if any(m["start_ms"] <= key["start_ms"] <= m["end_ms"] + 10_000 for m in menus)
        ]

    @property
    def is_outbound(self) -> bool:
        return bool(self.meta.get("direction") == "outbound")

    def _prompts_before(self) -> list[Event]:
        return [e for e in self._of("recorded_prompt") if e["start_ms"] < self.first_ms]

    def menu_depth(self) -> str | None:
        prompts = self._prompts_before()
        if not prompts or self.is_outbound:
            return NOT_APPLICABLE
        keys = len(self._menu_keys())
        if not keys and any(prompt["label"] == "menu" for prompt in prompts):
            return UNDETERMINED
        return PASSED if keys <= 2 else FAILED

    def forced_ad(self) -> str | None:
        if self.is_outbound:
            return NOT_APPLICABLE
        labels = {prompt["label"] for prompt in self._prompts_before()}
        if "ad" in labels:
            return FAILED
        if "unknown" in labels:
            return UNDETERMINED
        return NOT_APPLICABLE if self.first_ms < 5000 and not labels else PASSED

    def agent_pitch(self) -> str | None:
        if self.is_outbound or self.meta.get("queue") == "sales":
            return NOT_APPLICABLE
        return FAILED if self.says("agent_pitch") else PASSED

    def greeting(self) -> str | None:
        spoken_ms, early = 0, []
        for number, turn in enumerate(self.agent):
            if number < 2 or spoken_ms < 15_000:
                early.append(turn)
            spoken_ms += turn.end_ms - turn.start_ms
        if any(turn in early for turn in self.says("greeting")):
            return PASSED
        return UNDETERMINED if self.agent and self.agent[0].start_ms < 300 else FAILED

    def staff_id(self) -> str | None:
        announced = any("工号" in s.text for s in self.sounds if s.kind == "prompt")
        return PASSED if announced or self.says("staff_id") else FAILED

    def hold_requested(self) -> str | None:
        requests = [turn.end_ms for turn in self.says("hold_request")]
        return _all([
            PASSED if any(start - 10_000 <= end <= start for end in requests) else FAILED
            for start, end_ms in self.holds
            if end_ms - start >= 10_000
        ])  # fmt: skip

    def hold_thanked(self) -> str | None:
        thanks = [turn.start_ms for turn in self.says("hold_thanks")]
        return _all([
            PASSED if any(end <= start <= end + 10_000 for start in thanks) else FAILED
            for start_ms, end in self.holds
            if end - start_ms >= 10_000 and end < self.duration_ms
        ])  # fmt: skip

    def parting(self, phrase: str) -> str | None:
        last = self.agent[-1] if self.agent else None
        if last and last.item and last.item.cut_ms is not None and not self.says(phrase):
            return UNDETERMINED
        left_ms = self.duration_ms - max((turn.end_ms for turn in self.customer), default=0)
        in_hold = any(end >= self.duration_ms for _, end in self.holds)
        transferred = last is not None and "转接" in last.text
        took_leave = last is not None and any(word in last.text for word in ("再见", "拜拜"))
        if in_hold or transferred or (left_ms < 2800 and not took_leave):
            return NOT_APPLICABLE
        if left_ms < 3200 and not took_leave:
            return None
        return PASSED if self.says(phrase) else FAILED

    def apology(self) -> str | None:
        sorry = self.says("apology")
        outcomes: list[str | None] = []
        for complaint in self.customer:
            if complaint.item and complaint.item.complaint:
                later = [turn for turn in self.agent if turn.end_ms > complaint.start_ms]
                near = later[:3] + [t for t in later if t.start_ms < complaint.end_ms + 30_000]
                outcomes.append(PASSED if any(turn in near for turn in sorry) else FAILED)
        return _all(outcomes)

    def interruption(self) -> str | None:
        outcomes: list[str | None] = []
        for event in self._of("talk_over"):
            if event["interrupter"] != "agent":
                continue
            talking = [
                turn for turn in self.customer if turn.start_ms <= event["start_ms"] < turn.end_ms
            ]
            if any(event["start_ms"] - turn.start_ms >= 1000 for turn in talking):
                outcomes.append(_below(event["end_ms"] - event["start_ms"], 1000, 150))
        return PASSED if not outcomes else _all(outcomes)

    def unexplained_dead_air(self) -> str | None:
        outcomes = [
            _below(event["end_ms"] - event["start_ms"], 5000, 300)
            for event in self._of("dead_air")
            if event["cause"] == "unexplained" and event["owed_by"] == "agent"
        ]
        return _all(outcomes) if outcomes else PASSED

    def speech_rate(self) -> str | None:
        """Judge both by whole turns and by voiced stretches; they must agree."""
        characters = sum(len(re.findall("[㐀-鿿]", turn.text)) for turn in self.agent)
        if abs(characters - 100) < 8:
            return None
        if characters < 100:
            return NOT_APPLICABLE
        whole_ms = sum(turn.end_ms - turn.start_ms for turn in self.agent)
        voiced_ms = sum(end - start for turn in self.agent for start, end in turn.voiced)
        rates = [60_000 * characters / length for length in (whole_ms, voiced_ms)]
        if all(125 <= rate <= 285 for rate in rates):
            return PASSED
        return FAILED if all(rate > 315 or rate < 115 for rate in rates) else None

    def risk_notice(self) -> str | None:
        if not any(turn.item and turn.item.recommends for turn in self.agent):
            return NOT_APPLICABLE
        return PASSED if self.says("risk_notice") else FAILED
