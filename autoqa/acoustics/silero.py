"""Silero's voice activity model, as it ships inside faster-whisper: the word on what is speech.

Nothing of onnxruntime or faster-whisper gets out. The model reads 16 kHz in windows of 32 ms and
costs ten times what webrtcvad does, so it looks only at stretches where that fired.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from autoqa.acoustics.frames import Floats

RATE_HZ = 16_000
WINDOW = 512
WINDOW_MS = WINDOW * 1000 // RATE_HZ

_CONTEXT = 64
_BATCH = 512
"""Windows a run: 16 s keep its memory at 20 MB, and are no slower than thousands."""


def speech_probability(samples: Floats) -> Floats:
    """Probability of speech, 0 to 1, for each window of 32 ms of 16 kHz mono samples in [-1, 1].

    The last window is padded with silence; no samples give no windows.
    """
    if not len(samples):
        return np.zeros(0, np.float32)
    session = _session()
    windows = np.pad(samples, (0, -len(samples) % WINDOW)).reshape(-1, WINDOW)
    before = np.zeros((len(windows), _CONTEXT), np.float32)
    before[1:] = windows[:-1, -_CONTEXT:]
    windows = np.concatenate([before, windows], axis=1).astype(np.float32)
    memory = cell = np.zeros((1, 1, 128), np.float32)
    parts = []
    for at in range(0, len(windows), _BATCH):
        batch = {"input": windows[at : at + _BATCH], "h": memory, "c": cell}
        part, memory, cell = session.run(None, batch)
        parts.append(np.asarray(part, np.float32).reshape(-1))
    return np.concatenate(parts)


@cache
def _session() -> Any:
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session
