"""Clips of single places of stored calls, as far as the store has their recordings: bleeped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from autoqa.errors import AutoqaError
from autoqa.events import interpret
from autoqa.privacy import Masks
from autoqa.reports.clips import LEAD_MS, MARGIN_MS, MAX_CLIP_MS
from autoqa.reports.coaching import Moment
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Recordings, Store
from autoqa.types import Segment


def span_of(start_ms: int, end_ms: int) -> tuple[int, int]:
    """What is heard of a place: a little around it; of a long one its beginning."""
    if end_ms - start_ms > MAX_CLIP_MS - 2 * MARGIN_MS:
        return max(start_ms - LEAD_MS, 0), start_ms - LEAD_MS + MAX_CLIP_MS
    return max(start_ms - MARGIN_MS, 0), end_ms + MARGIN_MS


def clips_of_moments(
    store: Store, moments: Iterable[Moment], settings: Settings
) -> dict[tuple[str, int], tuple[bytes, str]]:
    """(call, start) → (bytes, MIME type); without those that cannot be heard any more."""
    recordings = Recordings(store, settings.data_dir / RECORDINGS)
    found: dict[tuple[str, int], tuple[bytes, str]] = {}
    by_call: dict[str, list[Moment]] = {}
    for one in moments:
        by_call.setdefault(one.call_id, []).append(one)
    for stored in store.stored(list(by_call)):
        paths = recordings.paths(stored.call.recording.id)
        if not paths or not all(path.is_file() for path in paths):
            continue
        bleeps = _bleeps(Masks(interpret(stored.call, stored.contact)), settings)
        spans = [span_of(one.start_ms, one.end_ms) for one in by_call[stored.contact.call_id]]
        clips = _cut(paths, bleeps, spans, settings)
        for one, clip in zip(by_call[stored.contact.call_id], clips, strict=False):
            found[one.call_id, one.start_ms] = clip
    return found


def _bleeps(masks: Masks, settings: Settings) -> Sequence[Segment]:
    from autoqa.audio.bleep import AROUND_MS

    return masks.unheard(AROUND_MS) if settings.mask else ()


def _cut(
    paths: Sequence[Path],
    bleeps: Sequence[Segment],
    spans: Sequence[tuple[int, int]],
    settings: Settings,
) -> list[tuple[bytes, str]]:
    from autoqa.audio import encode_clip, load
    from autoqa.audio.bleep import bleeped

    try:
        audio = bleeped(load(paths, settings), bleeps)
        return [encode_clip(audio, *span) for span in spans]
    except AutoqaError:
        return []  # what was said is to be read without them
