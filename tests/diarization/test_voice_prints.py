"""The engine itself, on calls of the examples mixed down: ``pytest -m mono``.

It needs the extra ``mono``, which is no part of the extra ``test``: what most package indexes give
for torch is a build for graphics cards of some gigabytes. ``.ci/run`` installs it and runs this.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autoqa import acoustics
from autoqa.audio import load
from autoqa.diarization import RATE_HZ, load_diarizer
from autoqa.settings import Settings
from autoqa.types import Segment

pytestmark = pytest.mark.mono

EXAMPLES = Path(__file__).parents[2] / "examples"
FRAME_MS = 10


@pytest.mark.parametrize("name", ["wrong-number.amr", "complaint-apology.opus"])
def test_agent_and_customer_are_told_apart(name: str) -> None:
    recording = load([EXAMPLES / name], Settings())
    speech = [one for line in acoustics.listen(recording).channels for one in line.speech]
    stretches = _without_overlap(speech)
    diarizer = load_diarizer(Settings())
    assert diarizer is not None
    voices = diarizer.tell_apart(
        stretches,
        lambda part: np.asarray(
            sum(
                recording.clip(index, part.start_ms, part.end_ms, RATE_HZ)
                for index in range(len(recording.samples))
            )
        ),
    )
    truth = json.loads((EXAMPLES / name).with_suffix(".truth.json").read_text("utf-8"))
    spoken: dict[tuple[int | None, str], int] = {}
    for voice in voices:
        for turn in truth["turns"]:
            key = voice.speaker, turn["role"]
            shared_ms = voice.segment.overlap_ms(Segment(turn["start_ms"], turn["end_ms"]))
            spoken[key] = spoken.get(key, 0) + shared_ms
    speakers = {speaker for speaker, _ in spoken}
    right = sum(max(ms for (own, _), ms in spoken.items() if own == one) for one in speakers)
    assert right >= 0.95 * sum(spoken.values())
    assert None not in speakers


def _without_overlap(speech: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for one in sorted(speech):
        if joined and one.start_ms <= joined[-1].end_ms:
            before = joined.pop()
            joined.append(Segment(before.start_ms, max(before.end_ms, one.end_ms)))
        else:
            joined.append(one)
    return joined
