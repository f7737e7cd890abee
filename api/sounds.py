"""What is made of a recording for a browser: a copy that it can play, and the report of a call.

Both decode, so they run in processes of their own (``api.chores``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autoqa.audio import Audio, RawFormat, encode_clip, load
from autoqa.audio.bleep import bleeped
from autoqa.errors import AutoqaError
from autoqa.files import write_whole
from autoqa.reports.call_page import call_html
from autoqa.reports.clips import Clip, clip_spans
from autoqa.settings import Settings
from autoqa.sounding import span_of
from autoqa.types import Call, Contact, Scorecard, Segment


def make_copy(
    paths: Sequence[Path],
    raw: str,
    channel: int | None,
    copy: Path,
    settings: Settings,
    bleeps: Sequence[Segment] = (),
) -> bool:
    """Writes a copy of a recording that browsers play; all channels mixed, or one of them.

    ``bleeps``: stretches that nobody is to hear. False where there is no such channel. Raises
    ``RecordingError``.
    """
    audio = bleeped(_load(paths, raw, settings), bleeps)
    if channel is not None and not channel < audio.channel_count:
        return False
    data, _mime = encode_clip(audio, 0, audio.duration_ms, channel)
    write_whole(copy, data, sealed=True)
    return True


def make_clip(
    paths: Sequence[Path],
    raw: str,
    start_ms: int,
    end_ms: int,
    settings: Settings,
    bleeps: Sequence[Segment] = (),
) -> bytes:
    """A place in a recording with a little around it. Raises ``RecordingError``."""
    audio = bleeped(_load(paths, raw, settings), bleeps)
    return encode_clip(audio, *span_of(start_ms, end_ms))[0]


def make_report(
    call: Call,
    contact: Contact,
    scorecard: Scorecard,
    rationales: dict[str, str],
    paths: Sequence[Path],
    raw: str,
    settings: Settings,
    bleeps: Sequence[Segment] = (),
) -> str:
    """The page of a call, with clips to hear where its recording is still there."""
    clips: list[Clip] = []
    try:
        if paths:
            audio = bleeped(_load(paths, raw, settings), bleeps)
            spans = clip_spans(scorecard, audio.duration_ms)
            clips = [
                Clip(one.start_ms, one.end_ms, *encode_clip(audio, one.start_ms, one.end_ms))
                for one in spans
            ]
    except AutoqaError:
        clips = []  # the scorecard is worth reading without them
    return call_html(call, contact, scorecard, clips, rationales)


def _load(paths: Sequence[Path], raw: str, settings: Settings) -> Audio:
    return load(paths, settings, RawFormat.parse(raw) if raw else None)
