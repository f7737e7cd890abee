"""What the bank knows of a call, as lines of a dialogue say it: ``[方向 呼出]``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autoqa import cells
from autoqa.contacts import DIRECTIONS
from autoqa.errors import AutoqaError
from autoqa.i18n import N_
from autoqa.scoring.vocabulary import duration_ms, guess, listed
from autoqa.types import Contact, Value

_ZONE = "Asia/Shanghai"
"""Of times in dialogues; any would do, since only the clock is asked for."""

INFORMATION = {
    "方向": "direction",
    "队列": "queue",
    "技能组": "queue",
    "产品": "product",
    "团队": "team",
    "班组": "team",
    "工号": "agent_id",
    "排队时长": "queue_seconds",
    "开始时间": "started_at",
    "信息": "extra",
}
"""What the bank knows, by the word for it; ``[信息 COLUMN VALUE]``: a column of its own."""

_MEANT = N_("“{word}” is not known in a dialogue; did you mean “{meant}”?")
_NO_DURATION = N_("“{word}” is no duration; write it with its unit, such as “20s” or “20秒”")
_NO_METADATA = N_("write the value after “{word}”, such as “[方向 呼出]”")
_NO_DIRECTION = N_("“{word}” is no direction; write “呼入” or “呼出”")
_NO_MOMENT = N_("“{word}” is no date and time; write such as “[开始时间 2026-01-31 20:30]”")


class DialogueError(AutoqaError):
    """A line of a dialogue that nobody understands; ``line``: which of the dialogue's, from 1."""

    def __init__(self, template: str, line: int, **params: Value) -> None:
        super().__init__(template, **params)
        self.line = line


def error(template: str, number: int, word: str = "", known: Iterable[str] = ()) -> DialogueError:
    """``word``: what was not understood; ``known``: what could stand there instead."""
    known = list(known)
    if meant := guess(word, known):
        return DialogueError(_MEANT, number, word=word, meant=meant)
    return DialogueError(template, number, word=word, known=listed(known))


def duration(text: str, number: int) -> int:
    """Milliseconds. Raises ``DialogueError``."""
    try:
        return duration_ms(text)
    except ValueError:
        raise error(_NO_DURATION, number, text) from None


def informed(contact: Contact, name: str, rest: list[str], number: int) -> Contact:
    """The contact with what a line says of it besides. Raises ``DialogueError``."""
    field, value = INFORMATION[name], " ".join(rest)
    if not value:
        raise error(_NO_METADATA, number, name)
    if field == "queue_seconds":
        return replace(contact, queue_ms=duration(value, number))
    if field == "direction":
        if value not in DIRECTIONS:
            raise error(_NO_DIRECTION, number, value)
        return replace(contact, direction=DIRECTIONS[value])
    if field == "started_at":
        try:
            return replace(contact, started_at=cells.moment(value, _ZONE))
        except ValueError:
            raise error(_NO_MOMENT, number, value) from None
    if field == "extra":
        if len(rest) < 2:
            raise error(_NO_METADATA, number, name)
        return replace(contact, extra={**contact.extra, rest[0]: " ".join(rest[1:])})
    changes: dict[str, str] = {field: value}
    return replace(contact, **changes)  # type: ignore[arg-type]
