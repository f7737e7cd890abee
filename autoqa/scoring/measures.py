"""What ``where`` can ask of an event, by kind: its measures, and their values in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autoqa.i18n import N_
from autoqa.scoring.vocabulary import EVENT_NAMES, first_names, guess, listed
from autoqa.types import EventKind, Message, Role, Value

_YES_NO: Mapping[str, Value] = {
    "是": True, "有": True, "true": True, "yes": True, "on": True,
    "否": False, "没有": False, "无": False, "false": False, "no": False, "off": False,
}  # fmt: skip
_ANSWERS: Mapping[str, Value] = {
    "同意": "yes", "是": "yes", "yes": "yes", "true": "yes",
    "不同意": "no", "否": "no", "no": "no", "false": "no",
    "没回答": "none", "无": "none", "none": "none",
}  # fmt: skip
_PARTIES: Mapping[str, Value] = {
    "坐席": "agent", "座席": "agent", "客户": "customer", "agent": "agent", "customer": "customer",
}  # fmt: skip
_CAUSES: Mapping[str, Value] = {
    "客户查找": "customer_searching",
    "打字": "typing",
    "断线": "line_dead",
    "原因不明": "unexplained",
    **{name: name for name in ("customer_searching", "typing", "line_dead", "unexplained")},
}
_LABELS: Mapping[str, Value] = {
    "菜单": "menu",
    "广告": "ad",
    "公告": "notice",
    "排队提示": "queue",
    "不知道": "unknown",
    **{name: name for name in ("menu", "ad", "notice", "queue", "unknown")},
}
_PRESSED: Mapping[str, Value] = {key: key for key in "0123456789*#ABCD"}
_BEGAN: Mapping[str, Value] = {**_PARTIES, "分不清": "none", "none": "none"}

_ANY_TEXT: Mapping[str, Value] = {}
"""Of a measure that may be anything, such as a name."""

MEASURES: Mapping[EventKind, Mapping[str, Mapping[str, Value]]] = {
    EventKind.HOLD: {
        "music": _YES_NO,
        "asked": _YES_NO,
        "consent": _ANSWERS,
        "thanked": _YES_NO,
    },
    EventKind.QUEUE: {"music": _YES_NO},
    EventKind.DEAD_AIR: {"cause": _CAUSES, "owed_by": _PARTIES},
    EventKind.TALK_OVER: {"interrupter": _BEGAN},
    EventKind.RECORDED_PROMPT: {
        "label": _LABELS,
        "name": _ANY_TEXT,
        "prompt": _ANY_TEXT,
    },
    EventKind.DTMF: {"key": _PRESSED},
    EventKind.TRANSFER: {"completed": _YES_NO},
}
"""By kind and measure: the words for each value."""

NAMES = {
    "音乐": "music",
    "请求": "asked",
    "客户同意": "consent",
    "致谢": "thanked",
    "原因": "cause",
    "该谁说话": "owed_by",
    "谁插话": "interrupter",
    "类别": "label",
    "名称": "name",
    "编号": "prompt",
    "按键": "key",
    "转成": "completed",
}
"""The measures in Chinese."""

ROLES: Mapping[EventKind, tuple[Role, ...]] = {
    EventKind.TALK_OVER: (Role.AGENT, Role.CUSTOMER),
    EventKind.RAISED_VOICE: (Role.AGENT, Role.CUSTOMER),
    EventKind.DEAD_AIR: (Role.AGENT, Role.CUSTOMER),
    EventKind.HOLD: (Role.AGENT,),
    EventKind.TRANSFER: (Role.AGENT,),
    EventKind.RECORDED_PROMPT: (Role.RECORDED,),
    **dict.fromkeys(
        (
            EventKind.QUEUE,
            EventKind.DTMF,
            EventKind.RINGBACK,
            EventKind.MUSIC,
            EventKind.BUSY_TONE,
            EventKind.FAX_TONE,
        ),
        (),
    ),
}
"""Whose an event can be. Of those that are nobody's, asking for a role would never find one."""

AFTER_AGENT = (EventKind.HOLD, EventKind.DEAD_AIR, EventKind.TALK_OVER, EventKind.TRANSFER)
"""Kinds that only happen once there is an agent."""

NOTHING_TO_ASK = N_("a “{kind}” has nothing that “where” could ask")
NO_MEASURE = N_("“where” cannot ask “{value}” of a “{kind}”; it can ask {known}")
NO_MEASURE_MEANT = N_("“where” cannot ask “{value}” of a “{kind}”; did you mean “{meant}”?")
NO_VALUE = N_("“{name}” is never “{value}”; write one of {known}")
NO_VALUE_MEANT = N_("“{name}” is never “{value}”; did you mean “{meant}”?")
NO_VALUES = N_("“{name}” needs a value here, one of {known}")


def normal(kind: EventKind | None, where: Mapping[Any, Any]) -> dict[str, Any]:
    """``where`` in the words of the events; what nobody knows stays as it is."""
    known = MEASURES.get(kind, {}) if kind else {}
    normalised = {}
    for name, values in where.items():
        measure = NAMES.get(str(name), str(name))
        words = known.get(measure, {})
        several = values if isinstance(values, list | tuple) else [values]
        normalised[measure] = [words.get(_word(value), value) for value in several]
    return normalised


def _word(value: object) -> str:
    return str(value).strip().lower() if not isinstance(value, str) or len(value) > 1 else value


def faults(kind: EventKind, where: Mapping[Any, Any]) -> Iterator[tuple[tuple[str, ...], Message]]:
    """What is wrong with ``where``: (path below it, sentence)."""
    known = MEASURES.get(kind, {})
    shown = next(word for word, meant in EVENT_NAMES.items() if meant == kind)
    for name, values in where.items():
        measure = NAMES.get(str(name), str(name))
        if measure in known:
            yield from _of_values(str(name), values, known[measure])
            continue
        params: dict[str, Value] = {"kind": shown, "value": str(name), "known": listed(known)}
        if not known:
            template = NOTHING_TO_ASK
        elif meant := guess(str(name), [*known, *_chinese(known)]):
            template, params["meant"] = NO_MEASURE_MEANT, meant
        else:
            template = NO_MEASURE
        yield (str(name),), Message(template, params)


def _of_values(
    name: str, values: object, words: Mapping[str, Value]
) -> Iterator[tuple[tuple[str, ...], Message]]:
    several = values if isinstance(values, list) else [values]
    known = listed(first_names(words))
    if not several:
        yield (name,), Message(NO_VALUES, {"name": name, "known": known})
    for value in several if words else ():
        if _word(value) in words or value is None:
            continue
        params: dict[str, Value] = {"name": name, "value": str(value), "known": known}
        if meant := guess(str(value), words):
            yield (name,), Message(NO_VALUE_MEANT, {**params, "meant": meant})
        else:
            yield (name,), Message(NO_VALUE, params)


def _chinese(measures: Iterable[str]) -> list[str]:
    return [word for word, measure in NAMES.items() if measure in measures]


def schema() -> dict[str, Any]:
    """The JSON Schema of ``where``: every measure of every kind."""
    properties: dict[str, Any] = {}
    for measures in MEASURES.values():
        for name, words in measures.items():
            digits = range(10) if words is _PRESSED else ()  # without quotes a digit is a number
            known = list(dict.fromkeys([*words, *words.values(), *digits]))
            one: dict[str, Any] = {"enum": known} if known else {"type": "string"}
            other = [word for word, measure in NAMES.items() if measure == name]
            for key in (name, *other):
                several = {"type": "array", "items": one, "minItems": 1}
                properties[key] = {"anyOf": [one, several]}
    return {"type": "object", "properties": properties, "additionalProperties": False}
