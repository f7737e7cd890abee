"""Ringing, keys, busy and fax tones: what is heard, and what must not be taken for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.acoustics import DETECTORS, listen
from autoqa.acoustics.dtmf import COLUMNS_HZ, KEYS, ROWS_HZ
from autoqa.audio import load
from autoqa.settings import Settings
from autoqa.types import EventKind
from tests.acoustics.signals import (
    EXAMPLES,
    audio,
    hear,
    keys,
    noise,
    sentence,
    silence,
    spans,
    tone,
    tune,
)

TABLE = [
    (KEYS[row][column], ROWS_HZ[row], COLUMNS_HZ[column]) for row in range(4) for column in range(4)
]


def press(low_hz: float, high_hz: float, seconds: float = 0.1, twist_db: float = 0) -> np.ndarray:
    return tone(seconds, low_hz) + tone(seconds, high_hz) * 10 ** (twist_db / 20)


def ringing(bursts: int, on: float = 1.0, off: float = 4.0, hertz: float = 450) -> np.ndarray:
    return np.concatenate([tone(on, hertz), silence(off)] * bursts)


def rounded(found: list[tuple[int, int]], to_ms: int = 50) -> list[tuple[int, int]]:
    return [(round(a / to_ms) * to_ms, round(b / to_ms) * to_ms) for a, b in found]


@pytest.mark.parametrize(("key", "low_hz", "high_hz"), TABLE)
def test_every_key_of_the_keypad_is_told_from_the_others(key, low_hz, high_hz):
    heard = hear(np.concatenate([silence(0.5), press(low_hz, high_hz), silence(0.5)]))
    assert keys(heard) == key
    assert rounded(spans(heard, EventKind.DTMF), 20) == [(500, 600)]


@pytest.mark.parametrize("change", [0.985, 1.015])
def test_keys_are_accepted_within_the_tolerance_of_q24(change):
    assert keys(hear(np.concatenate([silence(0.2), press(770 * change, 1336 * change)]))) == "5"


@pytest.mark.parametrize("change", [0.96, 1.04])
def test_tones_beyond_the_tolerance_are_no_keys(change):
    assert keys(hear(press(770 * change, 1336 * change))) == ""


@pytest.mark.parametrize("twist_db", [-8, 4])
def test_one_tone_of_a_key_may_be_louder(twist_db):
    assert keys(hear(np.concatenate([silence(0.2), press(852, 1477, twist_db=twist_db)]))) == "9"


def test_a_key_is_no_shorter_than_forty_milliseconds():
    assert keys(hear(np.concatenate([silence(0.2), press(852, 1477, 0.015), silence(0.2)]))) == ""
    assert keys(hear(np.concatenate([silence(0.2), press(852, 1477, 0.06), silence(0.2)]))) == "9"


def test_the_same_key_pressed_twice_is_two_presses():
    one = np.concatenate([press(697, 1209), silence(0.08)])
    assert keys(hear(np.concatenate([silence(0.2), one, one]))) == "11"


def test_keys_are_heard_in_noise():
    pressed = np.concatenate([silence(0.3), press(941, 1336), silence(0.3), press(697, 1477)])
    assert keys(hear(pressed + noise(len(pressed) / 8000, level=0.03))) == "03"


def test_a_key_that_leaks_to_the_other_channel_is_one_press():
    pressed = np.concatenate([silence(0.5), press(941, 1336), silence(0.5)])
    heard = hear(np.roll(pressed, 400) / 10, pressed)
    assert [(event.channel, event.measures["key"]) for event in heard.events] == [(1, "0")]


@pytest.mark.parametrize("name", ["balance-good.wav", "loss-rude-agent.wav"])
def test_voices_press_no_keys_and_ring_no_bells(name):
    heard = listen(load((EXAMPLES / name,), Settings()))
    assert not [event for event in heard.events if event.kind is not EventKind.MUSIC]


def test_a_run_of_ringing_is_one_event_from_first_onset_to_last_end():
    heard = hear(np.concatenate([silence(2), ringing(3)]))
    assert rounded(spans(heard, EventKind.RINGBACK)) == [(2000, 13000)]
    assert heard.events[0].measures["rings"] == 3
    assert heard.channels[0].speech == ()


def test_ringing_that_is_answered_in_mid_burst_ends_there():
    heard = hear(np.concatenate([silence(1), ringing(1), tone(0.4, 450), silence(3)]))
    assert rounded(spans(heard, EventKind.RINGBACK)) == [(1000, 6400)]


def test_two_runs_of_ringing_are_two_events():
    heard = hear(np.concatenate([ringing(2), silence(5), ringing(2)]))
    assert len(spans(heard, EventKind.RINGBACK)) == 2


@pytest.mark.parametrize("hertz", [(425,), (440, 480)])
def test_ringing_of_other_countries_is_ringing(hertz):
    burst = np.concatenate([tone(2, *hertz), silence(4)])
    assert rounded(spans(hear(np.tile(burst, 2)), EventKind.RINGBACK)) == [(0, 8000)]


def test_a_struck_note_is_no_ringing():
    fading = tone(1, 450) * np.exp(-4 * np.arange(8000) / 8000)
    assert spans(hear(np.concatenate([silence(1), fading, silence(1)])), EventKind.RINGBACK) == []


@pytest.mark.parametrize("on", [0.35, 0.7])
def test_busy_tone_is_no_ringing(on):
    heard = hear(np.concatenate([silence(1), ringing(6, on, on)]))
    end_ms = round(1000 * (1 + 11 * on))
    assert rounded(spans(heard, EventKind.BUSY_TONE)) == [(1000, round(end_ms / 50) * 50)]
    assert spans(heard, EventKind.RINGBACK) == []


def test_fax_calling_and_answering():
    calling = np.concatenate([silence(1), np.tile(np.r_[tone(0.5, 1100), silence(3)], 3)])
    heard = hear(calling, np.concatenate([silence(12), tone(3, 2100)]))
    found = [event for event in heard.events if event.kind is EventKind.FAX_TONE]
    assert [(event.measures["tone"], event.channel) for event in found] == [("cng", 0), ("ced", 1)]


def test_a_lone_beep_is_no_fax():
    heard = hear(np.concatenate([silence(1), tone(0.5, 1100), silence(4)]))
    assert spans(heard, EventKind.FAX_TONE) == []


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2000))
def test_what_comes_later_is_heard_later(shift_ms):
    sounds = np.concatenate(
        [ringing(2), press(941, 1336), silence(1), tune(4), silence(1), ringing(4, 0.35, 0.35)]
    )
    first = hear(sounds).events
    later = hear(np.concatenate([silence(shift_ms / 1000), sounds])).events
    assert [event.kind for event in first] == [event.kind for event in later]
    for one, other in zip(first, later, strict=True):
        within = 120 if one.kind is EventKind.MUSIC else 20
        assert abs(other.start_ms - one.start_ms - shift_ms) <= within
        assert abs(other.end_ms - one.end_ms - shift_ms) <= within


def test_every_kind_that_has_a_detector_is_listened_for():
    assert hear(silence(1)).heard == tuple(DETECTORS)
    assert set(DETECTORS) >= {EventKind.DTMF, EventKind.RINGBACK, EventKind.MUSIC}


def test_a_voice_over_a_tone_stays_a_voice():
    words = sentence(0, 500, 5500)
    heard = listen(audio(np.concatenate([press(941, 1336, 0.2), silence(1), words, silence(1)])))
    assert keys(heard) == "0"
    assert sum(part.duration_ms for part in heard.channels[0].speech) > 3500


def test_a_note_that_other_notes_follow_is_no_ring():
    notes = np.concatenate([silence(1), tone(0.9, 440), tone(0.4, 554), tone(0.4, 660), silence(3)])
    assert spans(hear(notes), EventKind.RINGBACK) == []


@pytest.mark.parametrize(("after_s", "expected"), [(0.35, 1), (3, 0)])
def test_two_busy_bursts_count_where_the_recording_ends_with_them(after_s, expected):
    burst = np.concatenate([tone(0.35, 450), silence(0.35)])
    heard = hear(np.concatenate([silence(2), burst, burst, silence(after_s)]))
    assert len(spans(heard, EventKind.BUSY_TONE)) == expected


def test_two_notes_with_a_sentence_between_them_are_no_ringing():
    words = sentence(0, 500, 3500)
    sounds = np.concatenate([silence(1), tone(0.9, 466), words, tone(0.9, 466), words, silence(1)])
    heard = hear(sounds)
    assert spans(heard, EventKind.RINGBACK) == []
    assert sum(part.duration_ms for part in heard.channels[0].speech) > 3500


@pytest.mark.parametrize(("hertz", "expected"), [(450, [(2000, 3000)]), (440, [])])
def test_one_ring_in_noise_is_known_by_its_pitch(hertz, expected):
    ring = np.concatenate([silence(2), tone(1, hertz), silence(2)]) + noise(5, 0.025)
    assert rounded(spans(hear(ring), EventKind.RINGBACK)) == expected


def test_a_busy_tone_may_be_cut_short_by_the_end():
    burst = np.concatenate([tone(0.35, 450), silence(0.35)])
    heard = hear(np.concatenate([silence(2), burst, burst, tone(0.2, 450), silence(0.3)]))
    assert rounded(spans(heard, EventKind.BUSY_TONE)) == [(2000, 3600)]
