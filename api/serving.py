"""``autoqa serve``: the application under uvicorn, on the loopback unless it is told otherwise."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from api.app import create_app
from autoqa.settings import Settings


def serve(settings: Settings, rules: Path) -> None:
    """Serves until it is told to stop. Raises ``AutoqaError`` where there is nothing to serve."""
    app = create_app(settings, rules)
    uvicorn.run(app, host=settings.host, port=settings.port, server_header=False, log_config=None)
