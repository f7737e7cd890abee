"""From a script to sounds laid out in time: who is heard when, on which line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from bench import signals
from bench.script import Item, Script
from bench.signals import RATE_HZ, SAMPLES_PER_MS, Samples

FRAME_MS = 10
VOICED_BELOW_PEAK_DB = 38  # a frame this far below the loudest one is padding or a closure
CLOSURE_MS = 120  # the silence inside a stop consonant is part of the voice around it
EDGE_MS = 40  # kept around an utterance so that a soft onset is not cut; not counted as voiced
AGENT_DBFS, CUSTOMER_DBFS, RECORDED_DBFS, MUSIC_DBFS = -21.0, -23.0, -20.0, -23.0


class Voice(Protocol):
    """What speaks: ``bench.speech.Speaker``, or a stand-in of the tests."""

    def speak(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """Return float32 samples at 24 kHz."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Something between two moments.  ``kind`` is speech, prompt, music, ring, key, busy, typing,
    or a mark without sound: hold, queue, pause.  ``voiced`` holds its voiced stretches."""

    kind: str
    start_ms: int
    end_ms: int
    line: str = "agent"
    role: str = ""
    text: str = ""
    label: str = ""
    within: str = ""
    item: Item | None = None
    voiced: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Sounds by their start, with their samples (none for marks) and the start of each."""

    script: Script
    sounds: tuple[Sound, ...]
    audio: tuple[tuple[str, int, Samples], ...]  # line, start in ms, samples at 8 kHz
    duration_ms: int


def voiced_stretches(samples: Samples) -> tuple[tuple[int, int], ...]:
    """Find where speech at 8 kHz, clean of noise, is voiced; (start, end) pairs in ms."""
    step = FRAME_MS * SAMPLES_PER_MS
    count = samples.size // step
    frames = samples[: count * step].reshape(count, step).astype(np.float64)
    energy_db = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    stretches: list[tuple[int, int]] = []
    for frame in np.flatnonzero(energy_db > energy_db.max(initial=-120) - VOICED_BELOW_PEAK_DB):
        start = int(frame) * FRAME_MS
        if stretches and start - stretches[-1][1] <= CLOSURE_MS:
            stretches[-1] = (stretches[-1][0], start + FRAME_MS)
        else:
            stretches.append((start, start + FRAME_MS))
    return tuple(stretches)


def lay_out(
    script: Script, voice: Voice, music: Callable[[int], Samples], speed: float = 1.0
) -> Layout:
    """Speak and place every item of ``script``; ``music(duration_ms)`` gives the next hold music.

    ``speed`` above 1 makes both parties (not the recordings) talk faster.
    """
    stage = _Stage(script, voice, music, speed)
    for item in script.items:
        stage.place(item)
    sounds = tuple(sorted(stage.sounds, key=lambda sound: (sound.start_ms, sound.end_ms)))
    return Layout(script, sounds, tuple(stage.audio), stage.end_ms + script.tail_ms)


class _Stage:
    def __init__(
        self, script: Script, voice: Voice, music: Callable[[int], Samples], speed: float
    ) -> None:
        self.script, self.voice, self.music, self.speed = script, voice, music, speed
        self.random = np.random.default_rng(script.seed)
        self.sounds: list[Sound] = []
        self.audio: list[tuple[str, int, Samples]] = []
        self.start_ms = self.end_ms = script.lead_ms
        self.previous = ""

    def place(self, item: Item) -> None:
        start_ms = self._start(item)
        end_ms = self._put(item, start_ms)
        self.start_ms = start_ms
        self.end_ms = max(end_ms, self.end_ms) if item.kind != "background" else self.end_ms
        self.previous = item.kind

    def _start(self, item: Item) -> int:
        if item.during_ms is not None:
            return self.start_ms + item.during_ms
        gap_ms = int(self.random.integers(250, 850))  # drawn always: one item never moves another's
        if item.after_ms is not None:
            gap_ms = item.after_ms
        elif not self.previous or "pause" in (item.kind, self.previous):
            gap_ms = 0
        elif item.kind == "keys":
            gap_ms += 400
        return max(0, self.end_ms + gap_ms)

    def _put(self, item: Item, start_ms: int, within: str = "") -> int:
        if item.kind == "prompt":
            return self._put_prompt(item, start_ms, within)
        kinds = {
            "agent": self._put_speech,
            "customer": self._put_speech,
            "hold": self._put_wait,
            "queue": self._put_wait,
            "keys": self._put_keys,
            "pause": self._put_pause,
            "background": self._put_background,
            "ring": self._put_tone,
            "busy": self._put_tone,
        }
        return kinds[item.kind](item, start_ms)

    def _put_background(self, item: Item, start_ms: int) -> int:
        line = item.line or "customer"
        samples = signals.level(self.music(item.duration_ms), MUSIC_DBFS - 10 - item.quiet_db)
        return self._sound("music", line, start_ms, samples, within="background", item=item)

    def _put_tone(self, item: Item, start_ms: int) -> int:
        ring = item.kind == "ring"
        tone = signals.ringing(item.count) if ring else signals.busy(item.duration_ms)
        return self._sound(item.kind, self.script.prompt_line, start_ms, tone, item=item)

    def _sound(
        self,
        kind: str,
        line: str,
        start_ms: int,
        samples: Samples,
        within: str = "",
        item: Item | None = None,
    ) -> int:
        end_ms = start_ms + samples.size // SAMPLES_PER_MS
        self.audio.append((line, start_ms, samples))
        self.sounds.append(Sound(kind, start_ms, end_ms, line, within=within, item=item))
        return end_ms

    def _put_speech(self, item: Item, start_ms: int) -> int:
        name = item.voice or item.kind
        speed = item.speed * self.speed * self.script.rates.get(name, 1.0)
        samples, voiced = self._spoken(item, self.script.voices[name], speed)
        base = AGENT_DBFS if item.kind == "agent" else CUSTOMER_DBFS
        samples = signals.level(samples, base - item.quiet_db + float(self.random.uniform(-1, 1)))
        return self._speech_sound("speech", item.kind, item, start_ms, samples, voiced)

    def _put_prompt(self, item: Item, start_ms: int, within: str) -> int:
        name = item.voice or "recorded"
        speed = item.speed * self.script.rates.get(name, 1.0)
        samples, voiced = self._spoken(item, self.script.voices[name], speed)
        samples = signals.level(samples, RECORDED_DBFS)
        line = self.script.prompt_line
        return self._speech_sound("prompt", line, item, start_ms, samples, voiced, within)

    def _speech_sound(
        self,
        kind: str,
        line: str,
        item: Item,
        start_ms: int,
        samples: Samples,
        voiced: tuple[tuple[int, int], ...],
        within: str = "",
    ) -> int:
        start_ms = max(start_ms, 0)
        shifted = tuple((start_ms + a, start_ms + b) for a, b in voiced)
        self.audio.append((line, start_ms - EDGE_MS, samples))
        role = "recorded" if kind == "prompt" else item.kind
        text = item.text if item.said is None else item.said
        sound = Sound(
            kind, start_ms, shifted[-1][1], line, role, text, item.label, within, item, shifted
        )
        self.sounds.append(sound)
        return sound.end_ms

    def _spoken(
        self, item: Item, voice: str, speed: float
    ) -> tuple[Samples, tuple[tuple[int, int], ...]]:
        """Speak; trim to the voiced part with EDGE_MS around it; clock from its start."""
        import soxr

        from bench.speech import SPEECH_RATE_HZ

        wide = self.voice.speak(item.text, voice, round(speed, 3))
        samples = np.asarray(soxr.resample(wide, SPEECH_RATE_HZ, RATE_HZ), dtype=np.float32)
        samples = np.concatenate([signals.silence(EDGE_MS), samples, signals.silence(EDGE_MS)])
        stretches = voiced_stretches(samples)
        start, end = stretches[0][0], stretches[-1][1]
        if item.cut_ms is not None:
            end = min(end, start + item.cut_ms)
            samples = samples[: end * SAMPLES_PER_MS]
        kept = samples[(start - EDGE_MS) * SAMPLES_PER_MS : (end + EDGE_MS) * SAMPLES_PER_MS]
        voiced = tuple((a - start, min(b, end) - start) for a, b in stretches if a < end)
        return kept, voiced

    def _put_keys(self, item: Item, start_ms: int) -> int:
        end_ms = start_ms
        for key in item.text:
            press = signals.key_press(key, int(self.random.integers(70, 151)))
            pressed = replace(item, text=key)
            end_ms = self._sound("key", self.script.key_line, start_ms, press, item=pressed)
            start_ms = end_ms + int(self.random.integers(120, 420))
        return end_ms

    def _put_pause(self, item: Item, start_ms: int) -> int:
        end_ms = start_ms + item.duration_ms
        self.sounds.append(Sound("pause", start_ms, end_ms, item=item))
        if item.cause == "typing":
            clicks = signals.typing(item.duration_ms - 600, self.random)
            self._sound("typing", "agent", start_ms + 300, clicks)
        return end_ms

    def _put_wait(self, item: Item, start_ms: int) -> int:
        """Lay out a hold or a queue: music, broken by announcements, and whoever speaks in it."""
        end_ms = start_ms + item.duration_ms
        self.sounds.append(Sound(item.kind, start_ms, end_ms, item=item))
        prompts = [inner for inner in item.inside if inner.kind == "prompt"]
        if item.text:
            label = "queue" if item.kind == "queue" else "notice"
            announced = Item(kind="prompt", text=item.text, label=label)
            prompts += [
                replace(announced, at_ms=at_ms)
                for at_ms in range(min(4000, item.every_ms), item.duration_ms - 2000, item.every_ms)
            ]
        position_ms = start_ms
        for inner in sorted(prompts, key=lambda prompt: prompt.at_ms):
            if item.music:
                self._put_music(position_ms, start_ms + inner.at_ms, item.kind)
            position_ms = self._put(inner, start_ms + inner.at_ms, item.kind) + 300
        if item.music:
            self._put_music(position_ms, end_ms, item.kind)
        for inner in item.inside:
            if inner.kind != "prompt":
                end_ms = max(end_ms, self._put(inner, start_ms + inner.at_ms, item.kind))
        return max(end_ms, position_ms - 300)

    def _put_music(self, start_ms: int, end_ms: int, within: str) -> None:
        if end_ms - start_ms < 500:
            return
        samples = signals.level(self.music(end_ms - start_ms), MUSIC_DBFS)
        self._sound("music", self.script.prompt_line, start_ms, samples, within=within)
