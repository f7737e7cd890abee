"""The same sound is found wherever it plays; the same words said again are not the same sound."""

from __future__ import annotations

import numpy as np
import pytest

from autoqa.acoustics.fingerprints import Fingerprint, fingerprint
from autoqa.acoustics.repeats import Index, Repeat
from tests.prompts.sounds import RATE_HZ, Signal, again, audio, silence, voice

AD, MENU = voice(6, seed=1), voice(5, seed=2)
EDGE_MS = 400


def of(sound: Signal) -> Fingerprint:
    return fingerprint(audio(sound), 0)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index([of(AD), of(MENU)])


def noisy(sound: Signal, snr_db: float) -> Signal:
    power = float(np.mean(sound[sound != 0] ** 2)) / 10 ** (snr_db / 10)
    return sound + np.random.default_rng(7).normal(0, np.sqrt(power), len(sound))


def mu_law(sound: Signal) -> Signal:
    """Through G.711 and back."""
    squeezed = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
    back = np.round(squeezed * 127) / 127
    return np.asarray(np.sign(back) * (256 ** np.abs(back) - 1) / 255)


def near(one: Repeat, start_ms: int, end_ms: int) -> bool:
    return abs(one.start_ms - start_ms) <= EDGE_MS and abs(one.end_ms - end_ms) <= EDGE_MS


def test_nothing_is_found_in_nothing(index: Index) -> None:
    assert len(of(silence(3))) == 0
    assert index.find(of(silence(3))) == []
    assert index.find(fingerprint(audio(silence(0.01)), 0)) == []
    assert Index([]).find(of(AD)) == []


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(lambda sound: sound, id="as it is"),
        pytest.param(lambda sound: 0.03 * sound, id="30 dB quieter"),
        pytest.param(mu_law, id="through mu-law"),
        pytest.param(lambda sound: noisy(sound, 10), id="in noise at 10 dB"),
    ],
)
@pytest.mark.parametrize("late_s", [1.0, 2.3017])
def test_a_recording_is_found_where_it_plays(index: Index, line, late_s: float) -> None:
    call = np.concatenate([silence(late_s), AD, silence(1), voice(8, seed=9), MENU])
    found = index.find(of(line(call)))
    late_ms = round(late_s * 1000)
    assert [one.number for one in found] == [0, 1]
    assert near(found[0], late_ms, late_ms + 6_000)
    assert near(found[1], late_ms + 15_000, late_ms + 20_000)


def test_it_is_found_as_far_as_it_was_played(index: Index) -> None:
    begun, ended = AD[: 3 * RATE_HZ], MENU[2 * RATE_HZ :]
    call = np.concatenate([silence(1), begun, voice(6, seed=4), ended])
    first, last = index.find(of(call))
    assert near(first, 1_000, 4_000)
    assert near(last, 10_000, 13_000)
    assert abs(last.offset_ms - 8_000) <= EDGE_MS


def test_each_time_it_plays_counts(index: Index) -> None:
    first, second = index.find(of(np.concatenate([AD, silence(2), AD])))
    assert near(first, 0, 6_000)
    assert near(second, 8_000, 14_000)


@pytest.mark.parametrize("pace", [0.94, 0.97, 1.03])
def test_the_same_words_said_again_are_not_it(index: Index, pace: float) -> None:
    assert index.find(of(again(AD, pace))) == []


def test_other_speech_is_not_it(index: Index) -> None:
    assert index.find(of(voice(30, seed=11))) == []


def test_tones_are_no_recordings() -> None:
    time_s = np.arange(8 * RATE_HZ) / RATE_HZ
    ringing = 0.1 * np.sin(2 * np.pi * 450 * time_s) * (time_s % 5 < 1)
    assert Index([of(ringing)]).find(of(ringing)) == []


def test_sounds_can_be_left_out(index: Index) -> None:
    call = np.concatenate([AD, MENU])
    assert [one.number for one in index.find(of(call), frozenset({0}))] == [1]


def test_blocks_do_not_show() -> None:
    """A line of minutes has the same hashes as its parts have, but for the edges."""
    call = np.tile(voice(7, seed=5), 10)
    whole, part = of(call), of(call[60 * RATE_HZ :])
    late = whole.times_ms >= 61_000
    here = (part.times_ms >= 1_000) & (part.times_ms < 9_000)
    known = {*zip(whole.hashes[late].tolist(), whole.times_ms[late].tolist(), strict=True)}
    moved = {*zip(part.hashes[here].tolist(), (part.times_ms[here] + 60_000).tolist(), strict=True)}
    assert len(moved & known) >= 0.99 * len(moved) > 0
