"""Which language is spoken on a line.

The recogniser writes one language, whatever it hears: over English it writes Chinese that nobody
said. So a few windows of each line are asked which language they hold. Over the telephone the base
model gave Mandarin 0.73 and more in street noise at 5 dB (0.95 and more in most windows), and
English at most 0.006 for Mandarin; Cantonese counts as Chinese with models before large-v3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from autoqa.transcription.interface import Clip
from autoqa.transcription.windows import Window

MOST_ASKED = 4
"""Windows of a line that are asked, evenly spread: each costs a step of the decoder."""
LEAST_SPEECH_MS = 5_000
"""A line with less is not judged: hello and bye are said in every language."""
FOREIGN, EXPECTED = 0.5, 0.1
"""Another language, surely: its mean probability is at least the one, and that of the expected
language at most the other. Means are weighted by the speech of each window."""

Line = tuple[int, int]
"""Key and channel of clips."""


class Languages:
    """The languages of the lines of a batch, whose windows and clips these are."""

    def __init__(self, expected: str, windows: Sequence[Window], clips: Sequence[Clip]) -> None:
        self._expected = expected
        self._clips = clips
        self._heard: dict[Line, list[tuple[int, Mapping[str, float]]]] = defaultdict(list)
        lines: dict[Line, list[Window]] = defaultdict(list)
        for window in windows:
            lines[self._line(window)].append(window)
        asked = {line: _spread(own) for line, own in lines.items()}
        self._asked = {window.first for own in asked.values() for window in own}
        self._asked_ms = {
            line: sum(window.speech_ms for window in own) for line, own in asked.items()
        }

    def wants(self, window: Window) -> bool:
        """Whether it is worth asking which language a window holds: it is one of those that were
        chosen, and it can still matter. A line on which the expected language is heard is settled
        by a window or two, whatever the others hold."""
        line = self._line(window)
        asked_ms = self._asked_ms[line]
        expected_ms = sum(
            length_ms * probabilities.get(self._expected, 0.0)
            for length_ms, probabilities in self._heard[line]
        )
        is_open = asked_ms >= LEAST_SPEECH_MS and expected_ms <= EXPECTED * asked_ms
        return is_open and window.first in self._asked

    def hear(self, window: Window, probabilities: Mapping[str, float]) -> None:
        """Take down what a window holds."""
        self._heard[self._line(window)].append((window.speech_ms, probabilities))

    def foreign(self) -> dict[Line, str]:
        """The lines on which surely another language is spoken, and which."""
        found = {line: self._foreign(heard) for line, heard in self._heard.items()}
        return {line: language for line, language in found.items() if language}

    def _line(self, window: Window) -> Line:
        clip = self._clips[window.places[0].piece.clip]
        return clip.key, clip.channel

    def _foreign(self, heard: Sequence[tuple[int, Mapping[str, float]]]) -> str:
        speech_ms = sum(length_ms for length_ms, _ in heard)
        if speech_ms < LEAST_SPEECH_MS:
            return ""
        means: dict[str, float] = defaultdict(float)
        for length_ms, probabilities in heard:
            for language, probability in probabilities.items():
                means[language] += probability * length_ms / speech_ms
        best = max(means, key=lambda language: (means[language], language), default="")
        is_sure = means.get(best, 0.0) >= FOREIGN and means.get(self._expected, 0.0) <= EXPECTED
        return best if is_sure and best != self._expected else ""


def _spread(windows: Sequence[Window]) -> list[Window]:
    """So many of a line's windows, from its first to its last."""
    last = len(windows) - 1
    return [
        windows[at]
        for at in sorted({step * last // (MOST_ASKED - 1) for step in range(MOST_ASKED)})
    ]
