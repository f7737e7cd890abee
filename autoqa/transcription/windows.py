"""Windows of speech: what the encoder hears at once.

The encoder pays for a whole window, so short stretches share one. Measured on telephone Mandarin
with the base model: windows of 15 s that hold at most 12 s of speech cost a third of single
stretches and err less (0.14 against 0.17 on read sentences), since neighbours give context;
windows under 10 s loop. Only stretches of the same recording and channel share a window, so that
no call ever depends on another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from autoqa.transcription.interface import RATE_HZ, Clip, Samples, Sound
from autoqa.types import Segment

WINDOWS_MS = (10_000, 11_000, 12_000, 13_000, 14_000, 15_000)
"""Lengths a window may have: few, since only windows of one length are decoded together."""
ROOM_MS = 1_000
"""Silence after the speech, in which the decoder comes to an end: with 2 s as many characters of
telephone Mandarin were wrong, with 0.5 s more."""
SPEECH_MS = 13_000
"""Most speech in a window, gaps included."""
GAP_MS = 300
"""Silence between two stretches in a window: the shortest pause between turns."""

_FRAME_MS = 10
_SMOOTH_FRAMES = 15
_MS = RATE_HZ // 1000


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A clip, or a part of a long one.

    ``clip``: its index; ``sound``: its samples, of which the piece is ``duration_ms`` from
    ``offset_ms`` on.
    """

    clip: int
    offset_ms: int
    duration_ms: int
    sound: Sound

    @property
    def samples(self) -> Samples:
        return self.sound[self.offset_ms * _MS : (self.offset_ms + self.duration_ms) * _MS]

    def part(self, stretch: Segment) -> Piece:
        """A stretch of it, in milliseconds from its start, as a piece of its own."""
        return Piece(self.clip, self.offset_ms + stretch.start_ms, stretch.duration_ms, self.sound)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A piece in a window; ``start_ms``: from the window's start."""

    piece: Piece
    start_ms: int

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.piece.duration_ms


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Pieces of one recording and channel, in order of time, with silence between them."""

    places: tuple[Place, ...]

    @property
    def first(self) -> tuple[int, int]:
        """Clip and offset of the first piece: no other window begins there."""
        return self.places[0].piece.clip, self.places[0].piece.offset_ms

    @property
    def speech_ms(self) -> int:
        return sum(place.piece.duration_ms for place in self.places)

    @property
    def duration_ms(self) -> int:
        return _window_ms(self.places[-1].end_ms)

    @property
    def samples(self) -> Samples:
        """The window's audio: ``duration_ms`` long, silent where there is no piece."""
        audio = np.zeros(self.duration_ms * _MS, np.float32)
        for place in self.places:
            start = place.start_ms * _MS
            audio[start : start + place.piece.duration_ms * _MS] = place.piece.samples
        return audio


def pack(clips: Sequence[Clip]) -> list[Window]:
    """Windows that together hold every clip once; clips longer than ``SPEECH_MS`` are cut."""
    order = sorted(
        range(len(clips)), key=lambda i: (clips[i].key, clips[i].channel, clips[i].start_ms, i)
    )
    return [
        window
        for _, line in groupby(order, key=lambda i: (clips[i].key, clips[i].channel))
        for window in _packed(
            [piece for index in line for piece in cut(index, clips[index].samples)]
        )
    ]


def _packed(pieces: Sequence[Piece]) -> list[Window]:
    """The pieces of a line in windows whose lengths add up to the least, as few as that takes.

    Filling one window after the other would leave the last one, and each before a long piece, half
    empty.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    """For the first pieces: (length of their windows, their number, where the last one starts)."""
    for end in range(1, len(pieces) + 1):
        last_ms = -GAP_MS
        choices: list[tuple[int, int, int]] = []
        for start in range(end - 1, -1, -1):
            last_ms += GAP_MS + pieces[start].duration_ms
            if choices and last_ms > SPEECH_MS:
                break
            length_ms, count, _ = best[start]
            choices.append((length_ms + _window_ms(last_ms), count + 1, start))
        best.append(min(choices))
    windows: list[Window] = []
    end = len(pieces)
    while end:
        start = best[end][2]
        windows.append(_together(pieces[start:end]))
        end = start
    return windows[::-1]


def _together(pieces: Sequence[Piece]) -> Window:
    places: list[Place] = []
    for piece in pieces:
        places.append(Place(piece, places[-1].end_ms + GAP_MS if places else 0))
    return Window(tuple(places))


def _window_ms(last_ms: int) -> int:
    """The shortest of ``WINDOWS_MS`` that holds speech up to this moment, and room after it."""
    return next((size for size in WINDOWS_MS if size >= last_ms + ROOM_MS), WINDOWS_MS[-1])


def alone(piece: Piece) -> Window:
    return Window((Place(piece, 0),))


def cut(index: int, sound: Sound) -> list[Piece]:
    """The clip in pieces of at most ``SPEECH_MS``, cut where it is quietest.

    Each cut lies in the second half of the longest possible piece, so that pieces stay long.
    Samples beyond the last whole millisecond are left off.
    """
    pieces = []
    start_ms, end_ms = 0, len(sound) // _MS
    while end_ms - start_ms > SPEECH_MS:
        low_ms = start_ms + SPEECH_MS // 2
        at_ms = low_ms + _quietest_ms(sound[low_ms * _MS : (start_ms + SPEECH_MS) * _MS])
        pieces.append(Piece(index, start_ms, at_ms - start_ms, sound))
        start_ms = at_ms
    if end_ms > start_ms:
        pieces.append(Piece(index, start_ms, end_ms - start_ms, sound))
    return pieces


def _quietest_ms(samples: Samples) -> int:
    """The middle of the 150 ms with the least energy."""
    size = _FRAME_MS * _MS
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    energy = np.convolve((frames**2).mean(axis=1), np.ones(_SMOOTH_FRAMES), mode="valid")
    return (int(energy.argmin()) + _SMOOTH_FRAMES // 2) * _FRAME_MS
