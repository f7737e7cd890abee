"""What the processes of the service write down: a line of JSON each on stderr, for whatever
collects logs. No transcript is among it: of an exception its type and where it happened, not its
words, which may quote one."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from traceback import format_tb

TOLD = "told"
"""``log.info("answered", extra={TOLD: {…}})``: fields of the line beside the usual ones."""

QUIET = ("httpx", "httpcore", "uvicorn.access", "asyncio")
"""They repeat at length what others say, URLs with all their parameters among it."""


def set_up() -> None:
    """For the whole process."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "from": record.name,
            "process": os.getpid(),
            "message": record.getMessage(),
        }
        told = getattr(record, TOLD, None)
        if isinstance(told, Mapping):
            line |= told
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = "".join(format_tb(record.exc_info[2]))
        return json.dumps(line, ensure_ascii=False, default=str)
