"""The recogniser's engine: CTranslate2's Whisper with faster-whisper's features and tokenizer.

Everything that knows the engine is here, and every option that the results depend on is stated.
Temperature 0 throughout: what is decoded depends on the window's samples alone. Each window is
encoded by itself and decoded with windows of its own length, so nothing is padded to a neighbour's
size; on a processor the scores of a window are the same to the last bit whatever shares its batch.

No prompt and no hotwords, ever: with the prompt 以下是银行客服的电话录音 the base model writes
银行客服的电话录音 over noise and hold music; without, it writes single characters at a mean log
probability under -2.7, which is easily told from speech (over -1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autoqa.machine import allow_wide_instructions, count_in_one_thread
from autoqa.transcription.interface import RATE_HZ, Samples

Features = npt.NDArray[np.float32]
"""Logarithms of 80 bands (mel) every 10 ms: (80, frames)."""
Encoded = npt.NDArray[Any]
"""Encoder output of one window: (1, steps of 20 ms, width)."""

_FRAME_SAMPLES = RATE_HZ // 100
_FRAMES_PER_STEP = 2
_TOKEN_STEP_MS = 20
_MAX_TOKENS = 200
"""Longest text of a window: 12 s of the fastest speech (8 syllables a second, 2 tokens each)."""
_TINY = 1e-10


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """``log_probability``: mean over tokens and the end of the text, in nats (≤ 0).

    ``no_speech``: the model's probability that nobody speaks in the window, 0 to 1.
    """

    tokens: tuple[int, ...]
    log_probability: float
    no_speech: float


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest run of tokens that is whole characters. Times from the window's start.

    A pause belongs to the unit after it, so ``end_ms`` says more about where it was spoken than
    ``start_ms``. ``log_probability``: summed over its ``token_count`` tokens.
    """

    text: str
    start_ms: int
    end_ms: int
    log_probability: float
    token_count: int


class Engine:
    """The model. ``threads`` of a processor: a second one gains little, a second process double.

    ``together``: whether windows are encoded and aligned many at once. A graphics card wants that;
    a processor, whose caches hold one, is faster one by one.
    """

    def __init__(
        self,
        folder: Path,
        language: str,
        device: str,
        compute_type: str,
        threads: int = 1,
        together: bool | None = None,
    ) -> None:
        if device == "cpu":
            allow_wide_instructions()
        import ctranslate2
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        count_in_one_thread()
        model = WhisperModel(
            str(folder),
            device=device,
            compute_type=compute_type,
            cpu_threads=threads,
            num_workers=1,
        )
        self._together = device != "cpu" if together is None else together
        self._view = ctranslate2.StorageView.from_array
        self._model = model.model
        self._extractor = model.feature_extractor
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        self.language = language
        """What it writes (ISO 639-1), whatever it hears."""
        self._start = list(self._tokenizer.sot_sequence)
        self._prompt = [*self._start, self._tokenizer.no_timestamps]

    def encode(self, audio: Samples) -> Encoded:
        """Hear one window of at most 30 s."""
        return self.encoded(self.features(audio)[None])

    def encode_all(self, windows: Sequence[Samples]) -> list[Encoded]:
        """The same, of windows of one length."""
        features = (self.features(window)[None] for window in windows)
        if not self._together:
            return [self.encoded(one) for one in features]
        return np.split(self.encoded(np.concatenate(list(features))), len(windows))

    def features(self, audio: Samples) -> Features:
        """What the encoder hears of a window."""
        frames = len(audio) // _FRAME_SAMPLES
        mel = self._extractor(audio, padding=_FRAME_SAMPLES)[:, :frames]
        return np.ascontiguousarray(mel, dtype=np.float32)

    def encoded(self, features: Features) -> Encoded:
        """The encoder's work alone, on (windows, 80, frames)."""
        return np.array(self._model.encode(self._view(features), to_cpu=True))

    def decode(self, windows: Sequence[Encoded], beam_size: int = 1) -> list[Hypothesis]:
        """The most likely text of each window, all decoded together; all of one length."""
        if not windows:
            return []
        results = self._model.generate(
            self._view(np.concatenate(windows)),
            [self._prompt] * len(windows),
            beam_size=beam_size,
            patience=1,
            num_hypotheses=1,
            length_penalty=1,
            repetition_penalty=1,
            no_repeat_ngram_size=0,
            max_length=len(self._prompt) + _MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
            sampling_topk=1,
            sampling_temperature=0,
        )
        return [
            Hypothesis(
                tuple(self._text_tokens(result.sequences_ids[0])),
                float(result.scores[0]),
                float(result.no_speech_prob),
            )
            for result in results
        ]

    def align_all(
        self, windows: Sequence[Encoded], texts: Sequence[Sequence[int]]
    ) -> list[list[Unit]]:
        """When each character of each window's text was spoken, and how likely it was."""
        units: list[list[Unit]] = [[] for _ in windows]
        written = [number for number, tokens in enumerate(texts) if tokens]
        size = len(written) if self._together else 1
        for first in range(0, len(written), max(1, size)):
            part = written[first : first + size]
            results = self._aligned([windows[at] for at in part], [texts[at] for at in part])
            for at, result in zip(part, results, strict=True):
                units[at] = self._units(texts[at], result)
        return units

    def _aligned(self, windows: Sequence[Encoded], texts: Sequence[Sequence[int]]) -> list[Any]:
        results: list[Any] = self._model.align(
            self._view(np.concatenate(windows)),
            self._start,
            [list(tokens) for tokens in texts],
            [_frames(window) for window in windows],
            median_filter_width=7,
        )
        return results

    def _units(self, tokens: Sequence[int], result: Any) -> list[Unit]:
        steps = np.array(result.alignments, dtype=np.int64).reshape(-1, 2)
        first = np.concatenate([[True], np.diff(steps[:, 0]) > 0])
        times = dict(zip(steps[first, 0].tolist(), steps[first, 1].tolist(), strict=True))
        last = int(steps[-1, 1])
        logs = np.log(np.maximum(np.array(result.text_token_probs), _TINY))
        units, at, end = [], 0, 0
        for text, group in zip(*self._tokenizer.split_to_word_tokens(list(tokens)), strict=True):
            start, at = at, at + len(group)
            begin, end = max(end, times.get(start, last)), times.get(at, last)
            end = max(begin, end)
            total = float(logs[start:at].sum())
            units.append(
                Unit(text, begin * _TOKEN_STEP_MS, end * _TOKEN_STEP_MS, total, len(group))
            )
        return units

    def log_likelihood(self, window: Encoded, text: str) -> float:
        """Of all tokens of a text, in nats. Not that it ends there: texts that differ in one place
        end alike, and asking for the end took three times as long as all the rest."""
        tokens = self._tokenizer.encode(text)
        if not tokens:
            return 0.0
        [result] = self._aligned([window], [tokens])
        return float(np.log(np.maximum(np.array(result.text_token_probs), _TINY)).sum())

    def languages(self, window: Encoded) -> dict[str, float]:
        """The probability of each language (ISO 639-1) the model knows; empty if it knows one."""
        if not self._model.is_multilingual:
            return {}
        [ranking] = self._model.detect_language(self._view(window))
        return {token.strip("<|>"): float(probability) for token, probability in ranking}

    def _text_tokens(self, tokens: Sequence[int]) -> list[int]:
        return [token for token in tokens if token < self._tokenizer.eot]


def _frames(window: Encoded) -> int:
    return int(window.shape[1]) * _FRAMES_PER_STEP
