"""Who is compared in ``bench.speed``: each hears recordings in a process of one thread.

========== =========================================================================================
autoqa     the whole product: a file in, a scorecard with its page, document and rows out
batched    faster-whisper's own batched pipeline, each channel by itself, greedy
limit      the bare encoder and decoder on the speech that autoqa finds in all recordings, joined
           without a gap, in windows filled to the brim: nothing that hears with this model can be
           faster. Only the model's own seconds count
========== =========================================================================================

All have the same model, arithmetic and language, search greedily (autoqa again with a beam where it
doubts) and decode ``BATCH`` windows together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autoqa import acoustics
from autoqa.audio import load
from autoqa.folder import find_sources
from autoqa.models import resolve
from autoqa.prompts import beside
from autoqa.settings import Settings
from autoqa.store import STORE, store_url
from autoqa.transcription import RATE_HZ
from autoqa.transcription.loading import load as load_recogniser
from autoqa.transcription.windows import ROOM_MS, WINDOWS_MS
from autoqa.worker import Plan, Worker
from bench.stopwatch import Stopwatch

BATCH = 16
RULES = Path("rules/retail-bank")

Documents = dict[str, dict[str, Any]]
"""By file: of the product's form (``bench.baselines``), as far as they hear anything."""


class Ear(Protocol):
    """Loaded when it is made."""

    def hear(self, files: Sequence[str]) -> None:
        """Recordings of the folder, together."""

    def seconds(self) -> dict[str, float]:
        """By stage, of what was heard since ``forget``; empty: nobody measured."""

    def forget(self) -> None:
        """What was heard until now was to warm up."""

    def documents(self) -> Documents:
        """What was heard in each recording."""


class Product:
    """autoqa, as a worker of ``autoqa score`` runs it."""

    def __init__(self, settings: Settings, folder: Path, out: Path) -> None:
        self._out = out
        settings = beside(RULES, settings)
        self._watch = Stopwatch()
        self._watch.start()
        url = store_url(str(out / STORE))
        self._worker = Worker(Plan(settings, RULES, url, out))
        self._sources = {one.file: one for one in find_sources(folder, settings)[0]}
        self._files: list[str] = []

    def hear(self, files: Sequence[str]) -> None:
        self._worker.score([self._sources[file] for file in files])
        self._files += files

    def seconds(self) -> dict[str, float]:
        return self._watch.read()

    def forget(self) -> None:
        self._files.clear()
        self._watch.reset()

    def documents(self) -> Documents:
        return {
            file: json.loads((self._out / f"{file}.json").read_text("utf-8"))
            for file in self._files
        }


class Batched:
    """``BatchedInferencePipeline`` with one thread, a channel at a time."""

    def __init__(self, settings: Settings, folder: Path, out: Path) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        weights = resolve(settings.model, settings.cache_dir)
        model = WhisperModel(
            str(weights),
            device=settings.device,
            compute_type=settings.compute_type,
            cpu_threads=1,
        )
        self._pipeline = BatchedInferencePipeline(model)
        self._settings, self._folder = settings, folder
        self._documents: Documents = {}

    def hear(self, files: Sequence[str]) -> None:
        for file in files:
            audio = load((self._folder / file,), self._settings)
            self._documents[file] = document(
                (channel, segment.start, segment.end, segment.text)
                for channel in range(audio.channel_count)
                for segment in self._pipeline.transcribe(
                    audio.clip(channel, 0, audio.duration_ms, RATE_HZ),
                    language=self._settings.speech_language,
                    batch_size=BATCH,
                    beam_size=1,
                    without_timestamps=True,
                )[0]
            )

    def seconds(self) -> dict[str, float]:
        return {}

    def forget(self) -> None:
        self._documents.clear()

    def documents(self) -> Documents:
        return self._documents


class Limit:
    """Only what the model itself takes, and nothing of it twice."""

    def __init__(self, settings: Settings, folder: Path, out: Path) -> None:
        self._settings, self._folder = settings, folder
        self._engine = load_recogniser(settings, "limit", settings.compute_type).engine
        self._seconds = 0.0

    def hear(self, files: Sequence[str]) -> None:
        speech = np.concatenate([np.zeros(0, np.float32), *map(self._speech, files)])
        full = WINDOWS_MS[-1] * RATE_HZ // 1000
        size = full - ROOM_MS * RATE_HZ // 1000
        parts = [speech[at : at + size] for at in range(0, len(speech), size)]
        features = [self._engine.features(np.pad(part, (0, full - len(part)))) for part in parts]
        for at in range(0, len(features), BATCH):
            began_s = time.process_time()
            self._engine.decode(
                [self._engine.encoded(one[None]) for one in features[at : at + BATCH]]
            )
            self._seconds += time.process_time() - began_s

    def _speech(self, file: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        audio = load((self._folder / file,), self._settings)
        clips = [
            audio.clip(channel.index, part.start_ms, part.end_ms, RATE_HZ)
            for channel in acoustics.listen(audio).channels
            for part in channel.speech
        ]
        return np.concatenate([np.zeros(0, np.float32), *clips])

    def seconds(self) -> dict[str, float]:
        return {"model": self._seconds}

    def forget(self) -> None:
        self._seconds = 0.0

    def documents(self) -> Documents:
        return {}


EARS: Mapping[str, Callable[[Settings, Path, Path], Ear]] = {
    "autoqa": Product,
    "batched": Batched,
    "limit": Limit,
}


def document(said: Iterator[tuple[int, float, float, str]]) -> dict[str, Any]:
    """From (channel, start in s, end in s, text), with nobody known to have said it."""
    utterances = [
        {
            "channel": channel,
            "role": "unknown",  # a reader of the ground truth knows
            "start_ms": round(1000 * start_s),
            "end_ms": round(1000 * end_s),
            "text": text,
        }
        for channel, start_s, end_s, text in said
    ]
    return {"call": {"utterances": utterances, "events": []}, "scorecard": {"findings": []}}
