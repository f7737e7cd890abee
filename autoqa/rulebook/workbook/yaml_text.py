"""Values as YAML text, laid out as staff lay it out.

>>> print(block({"id": "fee", "passes_if": Source("{says: fee}"), "points": Flow(points=5)}))
id: fee
passes_if: {says: fee}
points: {points: 5}
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO
from textwrap import indent
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, ScalarNode

from autoqa.scoring import traps
from autoqa.scoring.source import parse


class Source(str):
    """YAML as somebody wrote it, put in as it is."""

    __slots__ = ()


class Flow(dict[str, Any]):
    """A mapping that is written on one line, in braces."""


def block(value: Any) -> str:
    """A value in lines of its own."""
    if isinstance(value, Source):
        return value.strip("\n")
    if isinstance(value, dict) and not isinstance(value, Flow):
        return "\n".join(entry(key, item) for key, item in value.items())
    if isinstance(value, list):
        return "\n".join(item(one) for one in value)
    return inline(value)


def entry(key: str, value: Any) -> str:
    """``key: value``, the value below where it has lines of its own."""
    return f"{scalar(key)}:{_after(value)}"


def item(value: Any) -> str:
    """``- value``; what has several lines goes on below, indented."""
    if isinstance(value, str) and not isinstance(value, Source) and "\n" in value:
        return "-" + _after(value)
    return "- " + indent(block(value), "  ").lstrip(" ")


def _after(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Source) and "\n" in value:
        return " |\n" + indent(value.strip("\n"), "  ")
    text = block(value)
    is_nested = isinstance(value, dict | list) and not isinstance(value, Flow)
    is_nested |= isinstance(value, Source) and _is_block(value)
    return "\n" + indent(text, "  ") if is_nested or "\n" in text else f" {text}"


def _is_block(text: Source) -> bool:
    """Whether it is written without brackets, and so cannot stand behind a key."""
    node = composed(text)
    return isinstance(node, CollectionNode) and not node.flow_style


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Source):
        is_block = _is_block(value)
        return inline(parse("", value.encode()).data) if is_block else " ".join(value.split())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {_inside(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inside, value)) + "]"
    return scalar(value)


def _inside(value: Any) -> str:
    return scalar(value, flow=True) if isinstance(value, str) else inline(value)


def scalar(value: Any, *, flow: bool = False) -> str:
    """A text without quotes where it is read as that text, else in double quotes; numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = str(value)
    return text if _is_plain(text, flow) else json.dumps(text, ensure_ascii=False)


def _is_plain(text: str, flow: bool) -> bool:
    if "\n" in text or traps.of_text(text, in_brackets=flow) is not None:
        return False
    node = composed(f"[{text}]" if flow else f"- {text}")
    children: Iterable[Any] = node.value if node is not None else ()
    found = [
        one.value
        for one in children
        if isinstance(one, ScalarNode) and str(one.tag).endswith(":str") and not one.style
    ]
    return found == [text]


def composed(text: str) -> Any:
    """The nodes of a text, or None where it is no YAML."""
    try:
        return YAML(typ="safe", pure=True).compose(StringIO(text))
    except (YAMLError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        return None  # the library answers some malformed input with errors of Python's own
