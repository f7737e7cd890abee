"""A transcriber that hears what a test tells it, through the real interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autoqa.transcription import RATE_HZ, Clip, Heard
from autoqa.types import Role, Utterance, Word


def clip_of(duration_ms: int, start_ms: int = 0, key: int = 0, channel: int = 0) -> Clip:
    """A clip of a buzz that no two lines share, so that tests can tell where samples went."""
    count = duration_ms * RATE_HZ // 1000
    first = (key * 2 + channel) * 100_000 + start_ms
    samples = (np.arange(first, first + count) % 9973).astype(np.float32) / 1e6
    return Clip(key, channel, start_ms, samples)


class FakeTranscriber:
    """Hears ``texts[key, channel, start_ms]`` in the clip that begins there; nothing elsewhere.

    Each character takes an equal share of its clip. ``likelihoods_of`` gives log likelihoods by
    text; a text that is not there is impossible.
    """

    name = "fake:test"

    def __init__(
        self,
        texts: Mapping[tuple[int, int, int], str],
        likelihoods_of: Mapping[str, float] | None = None,
        probability: float = 0.9,
    ) -> None:
        self._probability = probability
        self._texts = dict(texts)
        self._likelihoods = dict(likelihoods_of or {})

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        return [self._hear(clip) for clip in clips]

    def hear_alone(self, clip: Clip, beam_size: int = 5) -> Heard:
        return self._hear(clip)

    def likelihoods(self, clip: Clip, texts: Sequence[str]) -> list[float]:
        return [self._likelihoods.get(text, -99.0) for text in texts]

    def _hear(self, clip: Clip) -> Heard:
        text = self._texts.get((clip.key, clip.channel, clip.start_ms), "")
        segment = clip.segment
        if not text:
            return Heard(clip.key, clip.channel, segment, (), (segment,))
        share_ms = segment.duration_ms / len(text)
        words = tuple(
            Word(
                segment.start_ms + round(at * share_ms),
                segment.start_ms + round((at + 1) * share_ms),
                character,
                self._probability,
            )
            for at, character in enumerate(text)
        )
        said = Utterance(
            channel=clip.channel,
            role=Role.UNKNOWN,
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            text=text,
            words=words,
            probability=self._probability,
        )
        return Heard(clip.key, clip.channel, segment, (said,))
