"""Recordings in, samples out.

``load(paths, settings)`` decodes one file, or the two files of a pair, to an ``Audio``: 16-bit
samples at 8 or 16 kHz, one row a channel. ``probe(path)`` looks at a file's header only, and
``encode_clip`` makes a small copy of a stretch for a browser to play.

Files come from anyone: whatever they hold, the only errors raised are ``RecordingError``s. PyAV
(FFmpeg) decodes and soxr resamples; no type of theirs leaves this package.
"""

from autoqa.audio.container import Probe
from autoqa.audio.loading import content_id, load, probe
from autoqa.audio.playback import encode_clip
from autoqa.audio.raw import RawFormat
from autoqa.audio.samples import Audio

__all__ = ["VERSION", "Audio", "Probe", "RawFormat", "content_id", "encode_clip", "load", "probe"]

VERSION = 1
"""Stage ``decode`` of a stored call: raised when the same bytes give other samples."""
