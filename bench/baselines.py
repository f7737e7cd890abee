"""What one gets without autoqa: two baselines, heard from the same recordings.

``whisper``: faster-whisper's own ``BatchedInferencePipeline`` with the same model, each channel by
itself, and exact keywords. ``webrtcvad``: voice activity alone, with thresholds for silence, hold
and talk-over. Both are told which party is on which channel, which autoqa has to find out; neither
decides rules. They give documents of the product's form, so that the same measures count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from autoqa.audio import Audio, load
from autoqa.models import resolve
from autoqa.settings import Settings, read_settings
from bench.measures import RULE_OF_CLASS

Document = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Baseline:
    """``hear``: a recording and its ground truth, of which only the channels' roles may be used.
    ``rows``: the beginnings of the measures that it has anything to say about."""

    hear: Callable[[Path, Mapping[str, Any]], Document]
    rows: tuple[str, ...]


KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "greeting": ("很高兴为您服务", "请问有什么可以帮您", "欢迎致电"),
    "staff_id": ("工号",),
    "hold_request": ("请稍等", "请您稍等", "稍等片刻"),
    "hold_thanks": ("感谢您的耐心等待", "让您久等"),
    "offer_help": ("还有其他可以帮您", "还有什么可以帮您"),
    "closing": ("感谢您的来电", "祝您生活愉快"),
    "apology": ("抱歉", "对不起"),
    "risk_notice": ("产品有风险", "投资须谨慎", "理财非存款"),
    "guarantee": ("保证收益", "稳赚不赔", "绝对没有风险"),
    "forbidden": ("随便你", "不知道", "你自己去问"),
    "agent_pitch": ("推出一款理财", "要不要了解一下"),
}
"""The examples of the ground truth's format, as keywords."""

_FRAME_MS, _AGGRESSIVENESS = 30, 2
_BRIDGE_MS = 300
_SILENCE_MS, _HOLD_MS, _TALK_OVER_MS = 3000, 10_000, 500
_RATE_HZ = 16_000


def whisper(recording: Path, truth: Mapping[str, Any]) -> Document:
    """Text and keywords of one recording."""
    audio = load((recording,), Settings())
    utterances = []
    for channel, role in enumerate(roles_of(audio, truth)):
        samples = audio.clip(channel, 0, audio.duration_ms, _RATE_HZ)
        found, _ = _pipeline().transcribe(samples, language="zh", batch_size=8, beam_size=5)
        utterances += [
            {
                "channel": channel,
                "role": role,
                "start_ms": round(segment.start * 1000),
                "end_ms": round(segment.end * 1000),
                "text": segment.text,
            }
            for segment in found
        ]
    return _document(utterances=utterances, findings=list(keywords(utterances)))


def voice_activity(recording: Path, truth: Mapping[str, Any]) -> Document:
    """Who speaks when, silence, hold and talk-over of one recording."""
    audio = load((recording,), Settings())
    roles = roles_of(audio, truth)
    speech = {role: _speech(audio, channel) for channel, role in enumerate(roles)}
    utterances = [
        {"channel": roles.index(role), "role": role, "start_ms": start, "end_ms": end, "text": ""}
        for role, spans in speech.items()
        for start, end in spans
    ]
    agent, customer = speech.get("agent", []), speech.get("customer", [])
    holds = [span for span in _gaps(agent) if _length(span) >= _HOLD_MS]
    everybody = [span for spans in speech.values() for span in spans]
    silences = [
        span
        for span in _gaps(_merged(everybody))
        if _length(span) >= _SILENCE_MS and not any(_overlap(span, hold) for hold in holds)
    ]
    events = [_event("hold", span) for span in holds]
    events += [_event("dead_air", span) for span in silences]
    events += list(_talk_over(agent, customer))
    return _document(utterances=utterances, events=events)


BASELINES: Mapping[str, Baseline] = {
    "faster-whisper, exact keywords": Baseline(
        whisper, ("calls", "phrase", "courtesy", "all phrases", "character")
    ),
    "webrtcvad, thresholds": Baseline(
        voice_activity, ("calls", "event hold", "event dead", "event talk", "who speaks")
    ),
}


def _document(**parts: Sequence[Any]) -> Document:
    return {
        "call": {"utterances": parts.get("utterances", []), "events": parts.get("events", [])},
        "scorecard": {"findings": parts.get("findings", [])},
    }


def roles_of(audio: Audio, truth: Mapping[str, Any]) -> list[str]:
    roles = list(truth["channel_roles"])
    return roles if len(roles) == audio.channel_count else ["unknown"] * audio.channel_count


@cache
def _pipeline() -> Any:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    settings = read_settings()
    folder = resolve(settings.model, settings.cache_dir)
    model = WhisperModel(str(folder), device=settings.device, compute_type="int8")
    return BatchedInferencePipeline(model)


def keywords(utterances: Sequence[Mapping[str, Any]]) -> Iterator[Document]:
    for name, words in KEYWORDS.items():
        evidence = [
            {"start_ms": one["start_ms"], "end_ms": one["end_ms"], "quote": word, "role": "agent"}
            for one in utterances
            for word in words
            if one["role"] == "agent" and word in one["text"]
        ]
        occurrence = {"evidence": evidence}
        yield {"rule_id": RULE_OF_CLASS[name], "outcome": "", "occurrences": [occurrence]}


def _speech(audio: Audio, channel: int) -> list[Span]:
    detector = webrtcvad.Vad(_AGGRESSIVENESS)
    line: NDArray[np.int16] = audio.samples[channel]
    size = audio.rate_hz * _FRAME_MS // 1000
    frames = line[: len(line) // size * size].reshape(-1, size)
    return _merged(
        [
            (number * _FRAME_MS, (number + 1) * _FRAME_MS)
            for number, frame in enumerate(frames)
            if detector.is_speech(frame.tobytes(), audio.rate_hz)
        ]
    )


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] < _BRIDGE_MS:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _gaps(spans: Sequence[Span]) -> list[Span]:
    return [(before[1], after[0]) for before, after in pairwise(spans)]


def _length(span: Span) -> int:
    return span[1] - span[0]


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _talk_over(agent: Sequence[Span], customer: Sequence[Span]) -> Iterator[Document]:
    for one in agent:
        for other in customer:
            if _overlap(one, other) >= _TALK_OVER_MS:
                second = "agent" if one[0] > other[0] else "customer"
                span = max(one[0], other[0]), min(one[1], other[1])
                yield _event("talk_over", span) | {"measures": {"interrupter": second}}


def _event(kind: str, span: Span) -> Document:
    return {"kind": kind, "start_ms": span[0], "end_ms": span[1], "measures": {}}
