"""Speech to text, and the second listen.

::

    transcriber = load_transcriber(settings)
    for heard in transcriber.transcribe(clips):      # clips of any number of recordings
        heard.utterances, heard.unheard

What may be relied on: results come in the order of the clips; they are the same whatever else is in
the batch (clips of one recording and channel belong together, and are best given together: they
share windows); the same samples give the same text, always; text is written only where there is
speech; every character has a time; nothing was prompted.
"""

from __future__ import annotations

from pathlib import Path

from autoqa.settings import Settings
from autoqa.transcription.interface import RATE_HZ, Clip, Heard, Transcriber
from autoqa.transcription.second_listen import Listened, listen_again

__all__ = [
    "RATE_HZ",
    "WORDS_VERSION",
    "Clip",
    "Heard",
    "Listened",
    "Transcriber",
    "listen_again",
    "load_transcriber",
    "name",
]

WORDS_VERSION = 7
"""Stage ``words`` of a stored call: raised when the same clips give other text or times,
or the same question another answer."""


def name(settings: Settings) -> str:
    """What the transcriber of these settings is called, known without loading it."""
    return f"{Path(settings.model).name}:{compute_type(settings)}"


def compute_type(settings: Settings) -> str:
    """CTranslate2's. The default suits a processor; a graphics card gets half floats instead."""
    if settings.device == "cuda" and settings.compute_type == "int8":
        return "float16"
    return settings.compute_type


def load_transcriber(settings: Settings) -> Transcriber:
    """The recogniser that the settings name, ready to hear.

    Raises ``ModelMissing`` where there are no weights for it, ``UsageError`` where the device or
    the compute type does not fit this machine.
    """
    from autoqa.transcription.loading import load

    return load(settings, name(settings), compute_type(settings))
