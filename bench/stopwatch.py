"""Where the time of a process goes: processor seconds by stage, measured at functions that are
there anyway.

A stage's seconds are its own: what another stage took meanwhile is that one's. A *whole* stage
keeps what happens within it, so that a second listen is not mistaken for hearing.
"""

from __future__ import annotations

import functools
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MODEL = "model"
"""Stages that begin so are the recogniser's own work."""
SECOND = "second listens"
REST = "the rest"

Stages = Mapping[str, tuple[str, ...]]
"""Functions by stage, as ``module:name`` or ``module:Class.name``."""

STAGES: Stages = {
    "decoding files": ("autoqa.scorer:load",),
    "acoustics": ("autoqa.acoustics:listen",),
    "acoustics, tracks": ("autoqa.acoustics.frames:measure",),
    "acoustics, Silero": ("autoqa.acoustics.silero:speech_probability",),
    "known recordings": ("autoqa.prompts.library:Library.find",),
    "noise": ("autoqa.pipeline:noises", "autoqa.acoustics.noise:Noise.turned_down"),
    "voices of mixed lines": ("autoqa.diarization:voices_of",),
    "resampling": ("autoqa.audio.samples:resample",),
    "windows, guards, spelling": ("autoqa.transcription.whisper:WhisperTranscriber.transcribe",),
    "features": ("faster_whisper.feature_extractor:FeatureExtractor.__call__",),
    "model, encoding": ("ctranslate2.models:Whisper.encode",),
    "model, decoding": ("ctranslate2.models:Whisper.generate",),
    "model, alignment": ("ctranslate2.models:Whisper.align",),
    "model, language": ("ctranslate2.models:Whisper.detect_language",),
    "events and rules": ("autoqa.pipeline:interpret", "autoqa.pipeline:score"),
    "pages and clips": (
        "autoqa.worker:call_html",
        "autoqa.worker:encode_clip",
        "autoqa.worker:result_json",
        "autoqa.worker:write_whole",
    ),
    "store": (
        "autoqa.store.calls:Store.call",
        "autoqa.store.calls:Store.answers",
        "autoqa.store.calls:Store.put_call",
        "autoqa.store.calls:Store.put_answers",
        "autoqa.store.calls:Store.put_scorecard",
    ),
}
WHOLE: Stages = {SECOND: ("autoqa.pipeline:hear_again",)}


@dataclass(slots=True)
class Stopwatch:
    """``seconds`` by stage since ``reset``; one for each process, not shared between threads."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _stages: list[str] = field(default_factory=lambda: [REST])
    _since_s: float = field(default_factory=time.process_time)
    _inside_whole: bool = False

    def start(self, stages: Stages = STAGES, whole: Stages = WHOLE) -> None:
        """From now on these functions are measured, for good."""
        for named, is_whole in ((stages, False), (whole, True)):
            for stage, names in named.items():
                for name in names:
                    self._measure(stage, name, whole=is_whole)

    def reset(self) -> None:
        """What was measured until now does not count."""
        self.seconds.clear()
        self._since_s = time.process_time()

    def read(self) -> dict[str, float]:
        """The seconds of each stage until now."""
        self._charge()
        return dict(self.seconds)

    def _charge(self) -> None:
        now_s = time.process_time()
        self.seconds[self._stages[-1]] += now_s - self._since_s
        self._since_s = now_s

    def _measure(self, stage: str, name: str, *, whole: bool) -> None:
        module, _, path = name.partition(":")
        *outer, last = path.split(".")
        owner: Any = functools.reduce(getattr, outer, importlib.import_module(module))
        function: Callable[..., Any] = getattr(owner, last)

        @functools.wraps(function)
        def measured(*given: Any, **named: Any) -> Any:
            if self._inside_whole:
                return function(*given, **named)
            self._charge()
            self._stages.append(stage)
            self._inside_whole = whole
            try:
                return function(*given, **named)
            finally:
                self._charge()
                self._stages.pop()
                self._inside_whole = False

        setattr(owner, last, measured)
