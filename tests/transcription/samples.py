"""Real speech from the examples, and sounds that are none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autoqa.audio import load
from autoqa.settings import Settings
from autoqa.transcription import RATE_HZ, Clip
from autoqa.transcription.interface import Samples

EXAMPLES = Path(__file__).parents[2] / "examples"
SECOND = RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    clip: Clip
    text: str


def said_in(file: str, key: int = 0) -> list[Said]:
    """The agent's turns of an example, of a second and more, with what was said in them."""
    truth = json.loads((EXAMPLES / file).with_suffix(".truth.json").read_text(encoding="utf-8"))
    audio = load([EXAMPLES / file], Settings())
    channel = truth["channel_roles"].index("agent")
    return [
        Said(
            Clip(
                key,
                channel,
                turn["start_ms"],
                audio.clip(channel, turn["start_ms"], turn["end_ms"], RATE_HZ),
            ),
            turn["text"],
        )
        for turn in truth["turns"]
        if turn["role"] == "agent" and turn["end_ms"] - turn["start_ms"] >= 1000
    ]


def noise(seconds: float, level: float, seed: int = 3) -> Samples:
    samples = np.random.default_rng(seed).standard_normal(int(seconds * SECOND))
    return (samples * level).astype(np.float32)
