"""One cell of a call's metadata → a value, as banks' systems and Excel write it.

A value that does not fit raises ``ValueError``, ``KeyError``, ``TypeError`` or ``OverflowError``;
``contacts`` says which cell it was. And the way back: text → a cell that no spreadsheet runs.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from autoqa.types import Role, Segment

ROLES = {
    "agent": Role.AGENT,
    "坐席": Role.AGENT,
    "customer": Role.CUSTOMER,
    "caller": Role.CUSTOMER,
    "客户": Role.CUSTOMER,
    "unknown": Role.UNKNOWN,
    "mixed": Role.UNKNOWN,
}

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes Excel (and others) read a cell as a formula: OWASP, "CSV Injection"; the wide forms
count in East Asian versions."""

NO_HOLDS = ("无", "没有", "none", "0")
_TO = re.compile(r"\s*[-–—~～至]\s*")
_AND = re.compile(r"[;；,，、/]")


def harmless(text: str) -> str:
    """Text that no spreadsheet reads as a formula."""
    text = text.replace("\0", "")
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def plain(text: str) -> str:
    """What ``harmless`` made a cell of."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def text(value: Any) -> str | None:
    """Without blanks around it; None where nothing is left."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel gives 8026.0 for a staff number
    return str(value).strip() or None


def moment(value: Any, zone: str) -> datetime:
    """In ``zone``, the bank's; a moment of another zone as the clock shows it there."""
    read = value if isinstance(value, datetime) else _read_moment(str(value).strip())
    own = ZoneInfo(zone)
    return read.astimezone(own) if read.tzinfo else read.replace(tzinfo=own)


def _read_moment(written: str) -> datetime:
    """ISO 8601, or 2026/1/31 9:30[:05], as Excel writes a date into CSV."""
    if "/" not in written:
        return datetime.fromisoformat(written)
    form = "%Y/%m/%d %H:%M:%S" if written.count(":") == 2 else "%Y/%m/%d %H:%M"
    return datetime.strptime(written, form)


def milliseconds(value: Any) -> int:
    """From seconds (12.5), or from hours, minutes and seconds (00:00:12), as exports have them."""
    seconds = 0.0
    for part in str(value).strip().split(":"):
        seconds = seconds * 60 + float(part)
    if seconds < 0:
        raise ValueError(value)
    return round(seconds * 1000)


def names(value: Any) -> tuple[str, ...]:
    """From ``["8026", "8031"]`` or ``8026;8031``."""
    several = value if isinstance(value, list) else _AND.split(str(text(value) or ""))
    return tuple(name for one in several if (name := text(one)))


def roles(value: Any) -> tuple[Role, ...]:
    """From ``坐席,客户``: the role on each channel."""
    names = value if isinstance(value, list) else str(value).replace("，", ",").split(",")
    return tuple(ROLES[str(name).strip().lower()] for name in names)


def caller(value: Any, key: str) -> str | None:
    """The keyed hash of a customer's number; without a key the number is dropped at once."""
    number = text(value)
    if number is None or not key:
        return None
    return hmac.new(key.encode(), number.encode(), hashlib.sha256).hexdigest()


def holds(value: Any) -> tuple[Segment, ...]:
    """From ``[[10, 35], [60, 80]]`` or ``10-35;60-80``: seconds, or clocks as for ``milliseconds``.

    Joined where they meet; ``()``: the bank knows that nobody was held.
    """
    if not isinstance(value, list):
        written = str(value).strip().lower()
        parts = [] if written in NO_HOLDS else _AND.split(written)
        value = [_TO.split(part.strip()) for part in parts if part.strip()]
    intervals = [tuple(milliseconds(at) for at in one) for one in value]
    if any(len(one) != 2 or one[0] >= one[1] for one in intervals):
        raise ValueError(value)
    return _joined(Segment(*one) for one in intervals)


def _joined(intervals: Iterable[Segment]) -> tuple[Segment, ...]:
    joined: list[Segment] = []
    for one in sorted(intervals):
        if joined and one.start_ms <= joined[-1].end_ms:
            joined[-1] = Segment(joined[-1].start_ms, max(joined[-1].end_ms, one.end_ms))
        else:
            joined.append(one)
    return tuple(joined)
