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

from autoqa.settings import Settings
from autoqa.transcription.interface import RATE_HZ, Clip, Heard, Transcriber

__all__ = ["RATE_HZ", "WORDS_VERSION", "Clip", "Heard", "Transcriber", "load_transcriber"]

WORDS_VERSION = 1
"""Stage ``words`` of a stored call: raised when the same clips give other text or times."""


def load_transcriber(settings: Settings) -> Transcriber:
    """The recogniser that the settings name, ready to hear.

    Raises ``ModelMissing`` where there are no weights for it, ``UsageError`` where the device or
    the compute type does not fit this machine.
    """
    from autoqa.transcription.loading import load

    return load(settings)
