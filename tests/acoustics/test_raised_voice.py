"""Speech over the usual level of its line."""

import numpy as np
import pytest

from tests.acoustics.signals import hear, noise, sentence, silence


def raised(signal):
    (channel,) = hear(signal).channels
    return [(one.start_ms, one.end_ms) for one in channel.raised]


def talk(times=3):
    """One voice of one effort, half a minute or so."""
    words = [sentence(0) for _ in range(times)]
    whole = np.concatenate([silence(1), *words, silence(1)])
    return whole + noise(len(whole) / 8000, 0.0002)


def louder(signal, gain_db):
    """The same with its last third at another level."""
    gain = np.ones(len(signal))
    gain[2 * len(signal) // 3 :] = 10 ** (gain_db / 20)
    return signal * gain


def test_a_voice_of_one_effort_is_not_raised():
    assert raised(talk()) == []


@pytest.mark.parametrize("level_db", [-15, 0, 6])
def test_it_is_measured_against_the_speakers_own_level(level_db):
    assert raised(talk() * 10 ** (level_db / 20)) == []
    found = raised(louder(talk() * 0.5, 12) * 10 ** (level_db / 20))
    assert found
    third_ms = len(talk()) / 8 * 2 / 3
    assert all(start_ms > third_ms - 1000 for start_ms, _ in found)
    assert all(end_ms - start_ms >= 2000 for start_ms, end_ms in found)


def test_a_quieter_voice_is_not_raised():
    assert raised(louder(talk(), -12)) == []


def test_who_has_said_little_has_no_usual_level():
    assert raised(louder(talk(1) * 0.3, 20)) == []


def test_noise_and_silence_are_no_voice():
    assert raised(louder(noise(30, 0.01), 12)) == []
    assert raised(silence(0)) == []
