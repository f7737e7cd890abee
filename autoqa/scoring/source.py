"""A YAML file as plain data, with the line and column of everything in it.

Reads what people send without trusting it: size, depth and aliases are limited, duplicate keys are
faults, GBK from Windows is read and said. Values are YAML 1.2's: ``12:30`` and ``no`` are text.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from autoqa.i18n import N_
from autoqa.scoring.faults import Fault
from autoqa.types import Message

Path: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 500_000
"""A rule file of half a megabyte holds more rules than anybody can read."""
MAX_DEPTH = 40
MAX_NODES = 40_000
"""Values after aliases are followed: ten lines of YAML can mean a billion."""

_DASHES = re.compile(r"(?:- +){40}")
_BRACKETS = re.compile(r"[\[\]{}]")
_PREFIX = "tag:yaml.org,2002:"
_SENTENCES = (
    (
        "cannot start any token",
        N_("a tab or a sign that YAML does not allow here"),
    ),
    ("tab", N_("a tab; indent with spaces")),
    (
        "mapping values are not allowed here",
        N_("unexpected colon; put such text in quotes"),
    ),
    ("could not find expected ':'", N_("a colon is missing after the key")),
    ("while scanning a quoted scalar", N_("a quotation mark is not closed")),
    ("undefined alias", N_("this alias (*name) is not defined")),
    ("expected <block end>", N_("wrong indentation here")),
    ("did not find expected", N_("wrong indentation here, or a bracket is not closed")),
    ("expected ',' or", N_("a bracket is not closed")),
    ("but found another document", N_("only one document is allowed in a file; remove ---")),
    ("special characters are not allowed", N_("a control character; remove it")),
)
_TOO_MUCH = N_("too many values")
_TOO_DEEP = N_("nested too deeply")
_SAVED_AS = N_("saved as {encoding}; save it as UTF-8")
_TWICE = N_("{key} stands here twice; first in line {line}")
_NOT_YAML = N_("this is not valid YAML: {problem}")


@dataclass(frozen=True, slots=True)
class Tree:
    """``data``: dicts, lists and scalars; ``values``, ``keys``: (line, column), from 1."""

    data: Any
    values: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    keys: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def place(self, path: Path, prefer_key: bool = False) -> tuple[int, int]:
        """Where ``path`` stands, or the nearest thing around it."""
        first, second = (self.keys, self.values) if prefer_key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            part = path[:length]
            if found := first.get(part) or second.get(part):
                return found
        return (1, 1)


def parse(name: str, content: bytes) -> Tree:
    """The file ``name`` with this content; faults instead of errors, whatever it holds."""
    faults: list[Fault] = []
    if len(content) > MAX_BYTES:
        message = Message(N_("larger than {limit} bytes"), {"limit": MAX_BYTES})
        return Tree(None, faults=(Fault(name, 1, 1, message),))
    text, notice = _decode(content)
    if notice is not None:
        serious = not text
        faults.append(Fault(name, 1, 1, notice, "error" if serious else "warning"))
        if serious:
            return Tree(None, faults=tuple(faults))
    if _is_deep(text) or sum(map(text.count, ",:\n")) > MAX_NODES:
        template = _TOO_DEEP if _is_deep(text) else _TOO_MUCH
        return Tree(None, faults=(*faults, Fault(name, 1, 1, Message(template))))
    return _composed(name, text, faults)


def _composed(name: str, text: str, faults: list[Fault]) -> Tree:
    reader = _Reader(name, faults)
    try:
        node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        data = reader.read(node, (), 0) if node is not None else None
    except MarkedYAMLError as error:
        return Tree(None, faults=(*faults, _syntax(name, error)))
    except RecursionError:
        return Tree(None, faults=(*faults, Fault(name, 1, 1, Message(_TOO_DEEP))))
    except (YAMLError, ValueError, AttributeError, TypeError, KeyError, IndexError) as error:
        # The library answers some malformed input with errors of Python's own.
        message = Message(_NOT_YAML, {"problem": str(error).splitlines()[0] if str(error) else ""})
        return Tree(None, faults=(*faults, Fault(name, 1, 1, message)))
    return Tree(data, reader.values, reader.keys, tuple(faults))


def _decode(content: bytes) -> tuple[str, Message | None]:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            text = content.decode(encoding, errors="replace")
            return text, Message(_SAVED_AS, {"encoding": "UTF-16"})
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return "", Message(N_("neither UTF-8 nor GBK; save it as UTF-8"))
    return text, Message(_SAVED_AS, {"encoding": "GBK"})


def _is_deep(text: str) -> bool:
    """Whether brackets or dashes nest so deeply that reading them would take forever."""
    if _DASHES.search(text):
        return True
    depth = 0
    for char in _BRACKETS.findall(text):
        depth = depth + 1 if char in "[{" else max(0, depth - 1)
        if depth > 5 * MAX_DEPTH:
            return True
    return False


def _syntax(name: str, error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(error, _TooMuch):
        return Fault(name, line, column, Message(error.problem or ""))
    said = f"{error.context or ''} {error.problem or ''}"
    for part, sentence in _SENTENCES:
        if part in said:
            return Fault(name, line, column, Message(sentence))
    return Fault(name, line, column, Message(_NOT_YAML, {"problem": error.problem or ""}))


class _TooMuch(MarkedYAMLError):
    """A limit was passed; told like a fault of syntax, at its place."""


class _Reader:
    """Turns nodes into data and remembers where they stood."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = faults
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.count = 0

    def read(self, node: Node, path: Path, depth: int) -> Any:
        self.count += 1
        if depth > MAX_DEPTH:
            raise _TooMuch(problem=_TOO_DEEP, problem_mark=node.start_mark)
        if self.count > MAX_NODES:
            raise _TooMuch(problem=_TOO_MUCH, problem_mark=node.start_mark)
        self.values[path] = _place(node)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, N_("a key is one word"))
                continue
            key = str(key_node.value)
            inner = (*path, key)
            if key in data:
                line = self.keys[inner][0]
                self._fault(key_node, _TWICE, key, line)
                continue
            data[key] = self.read(value_node, inner, depth + 1)
            self.keys[inner] = _place(key_node)
        return data

    def _scalar(self, node: Node) -> Any:
        tag, text = str(node.tag).removeprefix(_PREFIX), str(node.value)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        if tag == "int":
            return _whole(text)
        if tag == "float":
            return _broken(text)
        if not tag.startswith("!") and tag in ("str", "timestamp", "merge", "value"):
            return text
        self._fault(node, N_("tags such as {key} are not allowed"), str(node.tag), 0)
        return text

    def _fault(self, node: Node, template: str, key: str = "", line: int = 0) -> None:
        message = Message(template, {"key": key, "line": line})
        self.faults.append(Fault(self.name, *_place(node), message))


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _whole(text: str) -> int | str:
    bare = text.replace("_", "")
    if len(bare) > 18:  # no number that staff write; a longer one could only be an attack
        return text
    try:
        return int(bare, 0) if not bare.lstrip("+-0").isdigit() else int(bare)
    except ValueError:
        return text


def _broken(text: str) -> float | str:
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        return text
    return value if math.isfinite(value) else text
