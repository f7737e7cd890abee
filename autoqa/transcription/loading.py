"""A ready transcriber from settings."""

from __future__ import annotations

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.machine import batch_size
from autoqa.models import resolve
from autoqa.settings import Settings
from autoqa.transcription.engine import Engine
from autoqa.transcription.whisper import WhisperTranscriber

_NOT_LOADED = N_(
    "the model {model} cannot be used on {device} with {compute_type} ({reason}): choose another "
    "--device or AUTOQA_COMPUTE_TYPE, or another model"
)


def load(settings: Settings, name: str, compute_type: str) -> WhisperTranscriber:
    """See ``autoqa.transcription.load_transcriber``."""
    folder = resolve(settings.model, settings.cache_dir)
    try:
        engine = Engine(
            folder, settings.speech_language, settings.device, compute_type, settings.threads
        )
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(
            _NOT_LOADED,
            model=settings.model,
            device=settings.device,
            compute_type=compute_type,
            reason=reason,
        ) from error
    return WhisperTranscriber(engine, name, batch_size(settings))
