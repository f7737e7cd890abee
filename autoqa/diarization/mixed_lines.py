"""What the pipeline does with a diarizer: cut a mixed line's speech where another begins to speak,
and give each utterance its speaker.

Speech is cut before it is transcribed. A stretch of one voice has its text to itself, so that no
word's time, which is good to 0.3 s, decides whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from autoqa.audio import Audio
from autoqa.diarization.interface import RATE_HZ, Diarizer, Voice
from autoqa.types import Channel, Segment, Utterance


def voices_of(
    recording: Audio, channels: Sequence[Channel], diarizer: Diarizer | None
) -> tuple[Voice, ...]:
    """Who speaks when, by time; empty where each party has a line, or nobody can tell."""
    if diarizer is None or len(channels) != 1:
        return ()
    [line] = channels
    return tuple(
        diarizer.tell_apart(
            line.speech,
            lambda part: recording.clip(line.index, part.start_ms, part.end_ms, RATE_HZ),
        )
    )


def cut(
    stretches: Iterable[tuple[int, Segment]], voices: Sequence[Voice]
) -> list[tuple[int, Segment]]:
    """(channel, speech), cut where the voice changes; as they are where there are no voices."""
    if not voices:
        return list(stretches)
    return [
        (channel, Segment(max(speech.start_ms, part.start_ms), min(speech.end_ms, part.end_ms)))
        for channel, speech in stretches
        for part in (voice.segment for voice in voices)
        if speech.overlap_ms(part)
    ]


def with_speakers(
    utterances: Iterable[Utterance], voices: Sequence[Voice]
) -> tuple[Utterance, ...]:
    """Each with the speaker of the voice that it lies in."""
    if not voices:
        return tuple(utterances)
    return tuple(_with_speaker(one, voices) for one in utterances)


def _with_speaker(one: Utterance, voices: Sequence[Voice]) -> Utterance:
    span = Segment(one.start_ms, one.end_ms)
    voice = max(voices, key=lambda other: other.segment.overlap_ms(span))
    if voice.speaker is None or not voice.segment.overlap_ms(span):
        return one
    return replace(one, speaker=voice.speaker, speaker_certainty=voice.certainty)
