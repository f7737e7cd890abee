from __future__ import annotations

import pytest

from autoqa.settings import Settings
from autoqa.transcription import Transcriber, load_transcriber


@pytest.fixture(scope="session")
def transcriber() -> Transcriber:
    """The real recogniser, loaded once."""
    return load_transcriber(Settings())
