"""What plays twice amid the music is a recording, without any library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from autoqa.prompts.replayed import played_again
from autoqa.types import Channel, Role, Segment
from tests.acoustics.signals import noise, tune
from tests.prompts.sounds import RATE_HZ, Signal, again, audio, silence, voice

GAP_S = 0.15
LONG, SHORT, OTHER = voice(3, seed=1), voice(1.3, seed=2), voice(3, seed=3)


def heard(
    voices: Sequence[Signal], *, music: bool = True, snr_db: float | None = None
) -> list[int]:
    """The voices, each between stretches of 5 s (of music): starts in ms of what is a recording."""
    parts: list[Signal] = []
    speech: list[Segment] = []
    tunes: list[tuple[int | None, Segment]] = []

    def now_ms() -> int:
        return sum(map(len, parts)) * 1000 // RATE_HZ

    for number, one in enumerate((*voices, None)):
        start_ms = now_ms()
        parts.append(tune(5, seed=10 + number) if music else silence(5))
        tunes += [(0, Segment(start_ms, now_ms()))] * music
        if one is not None:
            parts.append(silence(GAP_S))
            start_ms = now_ms()
            parts.append(one)
            speech.append(Segment(start_ms, now_ms()))
            parts.append(silence(GAP_S))
    whole = np.concatenate(parts)
    if snr_db is not None:
        level = np.sqrt(np.mean(voices[0] ** 2)) * 10 ** (-snr_db / 20)
        whole = whole + noise(len(whole) / RATE_HZ, level)[: len(whole)]
    found = played_again(audio(whole), [Channel(0, Role.AGENT, tuple(speech))], tunes)
    assert all(one.prompt == "" and one.channel == 0 for one in found)
    return [
        at
        for at, one in enumerate(speech)
        if any(2 * one.overlap_ms(other.segment) > one.duration_ms for other in found)
    ]


@pytest.mark.parametrize("announcement", [LONG, SHORT])
def test_what_is_heard_again_is_a_recording(announcement: Signal) -> None:
    assert heard([announcement, OTHER, announcement]) == [0, 2]


def test_noise_hides_no_announcement() -> None:
    assert heard([LONG, LONG, OTHER], snr_db=10) == [0, 1]


def test_who_says_the_same_twice_is_a_person() -> None:
    assert heard([LONG, again(LONG, 1.03)]) == []
    assert heard([SHORT, again(SHORT, 1.03)]) == []


def test_without_music_nobody_waits() -> None:
    assert heard([LONG, LONG], music=False) == []


def test_one_voice_alone_is_nothing_again() -> None:
    assert heard([LONG]) == []
    assert heard([]) == []
