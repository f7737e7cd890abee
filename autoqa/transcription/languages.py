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
    """The languages of the lines of a batch."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._heard: dict[Line, list[tuple[int, Mapping[str, float]]]] = defaultdict(list)

    def ask(self, windows: Sequence[Window], clips: Sequence[Clip]) -> set[tuple[int, int]]:
        """Which windows are worth asking, by their ``first``."""
        lines: dict[Line, list[Window]] = defaultdict(list)
        for window in windows:
            lines[_line(window, clips)].append(window)
        return {
            own[step * (len(own) - 1) // (MOST_ASKED - 1)].first
            for own in lines.values()
            for step in range(MOST_ASKED)
        }

    def hear(
        self, window: Window, clips: Sequence[Clip], probabilities: Mapping[str, float]
    ) -> None:
        """Take down what a window holds."""
        self._heard[_line(window, clips)].append((window.speech_ms, probabilities))

    def foreign(self) -> dict[Line, str]:
        """The lines on which surely another language is spoken, and which."""
        found = {line: self._foreign(heard) for line, heard in self._heard.items()}
        return {line: language for line, language in found.items() if language}

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


def _line(window: Window, clips: Sequence[Clip]) -> Line:
    clip = clips[window.places[0].piece.clip]
    return clip.key, clip.channel
