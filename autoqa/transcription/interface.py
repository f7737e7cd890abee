"""What a transcriber takes and gives. No engine's type appears here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from autoqa.types import Segment, Utterance

RATE_HZ = 16_000
"""Of a clip's samples. Speech from the telephone is resampled to it."""

Samples = npt.NDArray[np.float32]


class Sound(Protocol):
    """Samples that are made when they are asked for; an array of them is one, too.

    The speech of a long call is too much to hold at once at this rate.
    """

    def __len__(self) -> int:
        """How many samples there are."""

    def __getitem__(self, stretch: slice, /) -> Samples:
        """These samples: mono float32 at ``RATE_HZ``, the same at each call."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One stretch of speech of one voice line.

    ``key``: the caller's number of the recording. ``samples``: mono float32 at ``RATE_HZ``, full
    scale ±1. ``start_ms``: where the first sample lies in the recording.
    """

    key: int
    channel: int
    start_ms: int
    samples: Sound

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // RATE_HZ

    @property
    def segment(self) -> Segment:
        return Segment(self.start_ms, self.start_ms + self.duration_ms)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one clip.

    ``utterances``: in order of time, with times of the recording; role ``UNKNOWN``. ``unheard``:
    stretches that got no text that can be believed, although they were decoded twice.
    ``language``: another than the transcriber writes (ISO 639-1), where most of the clip's line is
    surely in it; else empty. Of such a line nothing is written: it would be invented.
    """

    key: int
    channel: int
    segment: Segment
    utterances: tuple[Utterance, ...]
    unheard: tuple[Segment, ...] = ()
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(utterance.text for utterance in self.utterances)


class Transcriber(Protocol):
    """Turns speech into text. See ``autoqa.transcription`` for what may be relied on."""

    @property
    def name(self) -> str:
        """Model and arithmetic (``base:int8``): a stored call depends on it."""

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        """One ``Heard`` for each clip, in the order of the clips.

        Clips of the same recording and channel are heard together, in order of time; what else is
        in the batch changes nothing.
        """

    def hear_alone(self, clip: Clip, beam_size: int = 5) -> Heard:
        """The clip in a window of its own, with a wider search: for the second listen."""

    def likelihoods(self, clip: Clip, texts: Sequence[str]) -> list[float]:
        """The log likelihood in nats of each text, given the clip (≤ 0).

        Compare texts that differ only where the question is: length and punctuation count. The
        clip is no longer than a window.
        """
