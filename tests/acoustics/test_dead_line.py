"""A line on which there is nothing at all."""

import numpy as np
import pytest

from tests.acoustics.signals import hear, noise, sentence, silence

QUIET = 0.00025
"""Noise at -72 dBFS."""


def line(*parts):
    return np.concatenate(parts)


def dead(signal):
    (channel,) = hear(signal).channels
    return [(one.start_ms, one.end_ms) for one in channel.dead]


def test_nothing_after_noise_is_a_dead_line():
    signal = line(noise(5, QUIET), silence(4), noise(2, QUIET))
    assert dead(signal) == [(5000, 9000)]


def test_it_may_stay_dead():
    assert dead(line(noise(5, QUIET), silence(4))) == [(5000, 9000)]


def test_it_may_die_twice():
    signal = line(noise(5, QUIET), silence(4), noise(2, QUIET), silence(2))
    assert dead(signal) == [(5000, 9000), (11_000, 13_000)]


@pytest.mark.parametrize("constant", [8 / 32768, -8 / 32768, 0.01])
def test_a_codecs_silence_need_not_be_zero(constant):
    assert dead(line(noise(5), silence(4) + constant, noise(2))) == [(5000, 9000)]


def test_noise_however_quiet_is_none():
    toggling = np.where(np.arange(32_000) // 5 % 2, 8, -8) / 32768
    assert dead(line(noise(5), toggling, noise(2))) == []


def test_less_than_a_second_is_none():
    assert dead(line(noise(5), silence(0.98), noise(2))) == []


def test_a_line_that_never_had_noise_is_not_dead():
    assert dead(silence(10)) == []
    assert dead(gated(0)) == []


@pytest.mark.parametrize("hangover_s", [0.1, 0.3, 0.5])
def test_a_gate_that_mutes_pauses_kills_no_line(hangover_s):
    assert dead(gated(hangover_s)) == []


def gated(hangover_s):
    """Somebody talks; a gate lets through his voice and a little of the noise around it."""
    words = np.concatenate([silence(2), sentence(0, 0, 15_000), silence(5)])
    loud = np.convolve(np.abs(words), np.ones(1600) / 1600, "same") > 0.002
    hangover = np.ones(1 + round(2 * hangover_s * 8000))
    is_open = np.convolve(loud, hangover, "same") > 0.5
    return (words + noise(len(words) / 8000, QUIET)) * is_open


def test_lines_are_heard_each_by_itself():
    channels = hear(line(noise(5), silence(5)), noise(10, seed=2)).channels
    assert [len(one.dead) for one in channels] == [1, 0]


def test_an_empty_recording_has_none():
    assert hear(silence(0)).channels[0].dead == ()
