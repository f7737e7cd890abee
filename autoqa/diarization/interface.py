"""What a diarizer takes and gives. No engine's type appears here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from autoqa.types import Segment

RATE_HZ = 16_000
"""Of the samples that a diarizer hears; speech from the telephone is resampled to it."""

Floats = npt.NDArray[np.float32]

Reader = Callable[[Segment], Floats]
"""The samples of a stretch: mono float32 at ``RATE_HZ``, full scale ±1; the same at each call."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of speech that is one speaker's.

    ``speaker``: numbered from 0 by when they are first heard; None where there was too little
    speech to tell anybody from anybody. ``certainty``: 0 to 1, how much nearer the voice is to this
    speaker than to the next, 1 being usual for speech of one's own; see ``SURE``.
    """

    segment: Segment
    speaker: int | None
    certainty: float = 0.0


class Diarizer(Protocol):
    """Tells apart who speaks on one line that carries several voices."""

    @property
    def name(self) -> str:
        """Engine and version: what was heard depends on it."""

    def tell_apart(self, speech: Sequence[Segment], read: Reader) -> list[Voice]:
        """The speech, cut where another begins to speak; by time.

        ``speech``: stretches without music and tones, by time, none overlapping. The voices cover
        them exactly. Who speaks at the same time as another is not told: a stretch has one voice.
        The same samples give the same voices, always.
        """
