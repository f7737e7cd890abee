"""Windows hold every clip once, in order of time, and never two recordings."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.transcription import RATE_HZ, Clip
from autoqa.transcription.windows import GAP_MS, ROOM_MS, SPEECH_MS, WINDOWS_MS, cut, pack
from tests.builders_transcriber import clip_of

Shape = tuple[int, int, int, int]
shapes = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 1), st.integers(0, 20), st.sampled_from((5, 40, 130, 310))
    ),
    max_size=6,
    unique_by=lambda shape: shape[:3],
)


def clips_of(found: list[Shape]) -> list[Clip]:
    return [
        clip_of(tenths * 100, start_ms=seconds * 1000, key=key, channel=channel)
        for key, channel, seconds, tenths in found
    ]


@settings(deadline=None, max_examples=50)
@given(shapes)
def test_every_sample_is_heard_once_and_at_its_place(found: list[Shape]) -> None:
    clips = clips_of(found)
    heard: dict[int, list[tuple[int, np.ndarray]]] = {}
    for window in pack(clips):
        audio = window.samples
        assert len(audio) * 1000 // RATE_HZ in WINDOWS_MS
        for place in window.places:
            samples = audio[place.start_ms * 16 : place.end_ms * 16]
            heard.setdefault(place.piece.clip, []).append((place.piece.offset_ms, samples))
    assert sorted(heard) == list(range(len(clips)))
    for index, pieces in heard.items():
        whole = np.concatenate([samples for _, samples in sorted(pieces, key=lambda one: one[0])])
        assert np.array_equal(whole, clips[index].samples[:])


@settings(deadline=None, max_examples=50)
@given(shapes)
def test_a_window_is_of_one_line_and_in_order(found: list[Shape]) -> None:
    clips = clips_of(found)
    for window in pack(clips):
        inside = [clips[place.piece.clip] for place in window.places]
        assert len({(clip.key, clip.channel) for clip in inside}) == 1
        assert [clip.start_ms for clip in inside] == sorted(clip.start_ms for clip in inside)
        assert window.places[-1].end_ms <= SPEECH_MS


@settings(deadline=None, max_examples=50)
@given(shapes, st.randoms())
def test_other_recordings_and_order_change_no_window(found: list[Shape], random: object) -> None:
    clips = clips_of(found)
    shuffled = clips.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    together = {window.samples.tobytes() for window in pack(shuffled)}
    apart = {
        window.samples.tobytes()
        for line in {(clip.key, clip.channel) for clip in clips}
        for window in pack([clip for clip in clips if (clip.key, clip.channel) == line])
    }
    assert together == apart


def test_a_long_clip_is_cut_in_its_pause() -> None:
    voice = clip_of(20_000).samples[:].copy()
    voice += 0.01
    voice[9_000 * 16 : 9_400 * 16] = 0
    first, second = cut(0, voice)
    assert 9_000 <= first.duration_ms <= 9_400
    assert second.offset_ms == first.duration_ms


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(3, 130), min_size=1, max_size=8))
def test_no_other_way_to_pack_a_line_is_shorter(tenths: list[int]) -> None:
    clips = [clip_of(100 * length, start_ms=20_000 * at) for at, length in enumerate(tenths)]
    windows = pack(clips)
    ours = sum(window.duration_ms for window in windows), len(windows)
    assert ours == min(
        (sum(ways), len(ways)) for ways in _lengths([clip.duration_ms for clip in clips])
    )


def _lengths(durations_ms: list[int]) -> list[list[int]]:
    """The lengths of windows, for every way to part a line."""
    if not durations_ms:
        return [[]]
    found = []
    for count in range(1, len(durations_ms) + 1):
        last_ms = sum(durations_ms[:count]) + GAP_MS * (count - 1)
        if count > 1 and last_ms > SPEECH_MS:
            break
        length_ms = next((size for size in WINDOWS_MS if size >= last_ms + ROOM_MS), WINDOWS_MS[-1])
        found += [[length_ms, *rest] for rest in _lengths(durations_ms[count:])]
    return found


def test_nothing_needs_no_window() -> None:
    assert pack([]) == []
    assert pack([clip_of(0)]) == []
