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
from autoqa.scoring import traps
from autoqa.scoring.faults import Fault
from autoqa.types import Message, Value

Path: TypeAlias = tuple[str | int, ...]

MAX_BYTES = 500_000
"""A rule file of half a megabyte holds more rules than anybody can read."""
MAX_DEPTH = 40
MAX_NODES = 40_000
"""Values after aliases are followed: ten lines of YAML can mean a billion."""

_DASHES = re.compile(r"(?:- +){40}")
_BRACKETS = re.compile(r"[\[\]{}]")
_PREFIX = "tag:yaml.org,2002:"
_TOO_MUCH = N_("too many values")
_TOO_DEEP = N_("nested too deeply")
_SAVED_AS = N_("saved as {encoding}; save it as UTF-8")
_TWICE = N_("“{key}” stands here and in line {line}; remove one of them")
_NO_VALUE = N_("“{key}” has no value; write it after the colon, or on the next line and deeper")
_NO_VALUE_INSIDE = N_(
    "“{key}” has no value; where several things stand after one colon, put them in square brackets"
)
_CUT = N_("what follows # is left out as a comment; if it is part of the text, use double quotes")
_COMMENT = re.compile(r"\s+#[^\s#]")
_NO_ITEM = N_("an item of this list is empty; write something after the dash, or remove it")


@dataclass(frozen=True, slots=True)
class Tree:
    """``data``: dicts, lists and scalars; ``values``, ``keys``: (line, column), from 1.

    ``styles``: of each text, how it is written: ``|``, ``>``, a quotation mark, or nothing;
    ``wrapped``: texts without quotes that go over several lines. ``broken``: what ``faults`` tell
    of, so that nobody tells of it again. ``lines``: of the file.
    """

    data: Any
    values: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    keys: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    styles: Mapping[Path, str] = field(default_factory=dict)
    wrapped: frozenset[Path] = frozenset()
    broken: frozenset[Path] = frozenset()
    lines: tuple[str, ...] = ()

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
    text, notice = decoded(content)
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
    lines = tuple(text.splitlines())
    reader = _Reader(name, faults, lines)
    try:
        node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        data = reader.read(node, (), 0) if node is not None else None
    except _TooMuch as error:
        return Tree(None, faults=(*faults, Fault(name, *error.place, error.message)))
    except MarkedYAMLError as error:
        trap = _trap(error, lines)
        return Tree(None, faults=(*faults, Fault(name, *trap.place, trap.message)))
    except RecursionError:
        return Tree(None, faults=(*faults, Fault(name, 1, 1, Message(_TOO_DEEP))))
    except (YAMLError, ValueError, AttributeError, TypeError, KeyError, IndexError):
        # The library answers some malformed input with errors of Python's own.
        return Tree(None, faults=(*faults, Fault(name, 1, 1, Message(traps.NOT_YAML))))
    return Tree(
        data,
        reader.values,
        reader.keys,
        tuple(faults),
        reader.styles,
        frozenset(reader.wrapped),
        frozenset(reader.broken),
        lines,
    )


def _trap(error: MarkedYAMLError, lines: tuple[str, ...]) -> traps.Trap:
    mark = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    start = error.context_mark or mark
    begun = (start.line + 1, start.column + 1) if start else place
    return traps.of_syntax(f"{error.context or ''} {error.problem or ''}", place, begun, lines)


def decoded(content: bytes) -> tuple[str, Message | None]:
    """The text of a file, and what there is to say of how it was saved; no text: nobody knows."""
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


class _TooMuch(Exception):
    """A limit was passed at ``place``."""

    def __init__(self, template: str, node: Node) -> None:
        super().__init__(template)
        self.message, self.place = Message(template), _place(node)


class _Reader:
    """Turns nodes into data and remembers where they stood."""

    def __init__(self, name: str, faults: list[Fault], lines: tuple[str, ...]) -> None:
        self.name = name
        self.lines = lines
        self.faults = faults
        self.values: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.styles: dict[Path, str] = {}
        self.wrapped: set[Path] = set()
        self.broken: set[Path] = set()
        self.count = 0

    def read(self, node: Node, path: Path, depth: int, in_brackets: bool = False) -> Any:
        self.count += 1
        if depth > MAX_DEPTH:
            raise _TooMuch(_TOO_DEEP, node)
        if self.count > MAX_NODES:
            raise _TooMuch(_TOO_MUCH, node)
        self.values[path] = _place(node)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            flow = bool(node.flow_style)
            items = enumerate(node.value)
            return [self._item(item, (*path, i), depth + 1, flow) for i, item in items]
        return self._scalar(node, path, in_brackets) if isinstance(node, ScalarNode) else None

    def _item(self, node: Node, path: Path, depth: int, in_brackets: bool) -> Any:
        data = self.read(node, path, depth, in_brackets)
        if data is None:
            self._fault(node, Message(_NO_ITEM), path)
        return data

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        flow = bool(node.flow_style)
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, Message(N_("a key is one word")), path)
                continue
            key = str(key_node.value)
            inner = (*path, key)
            if key in data:
                params: dict[str, Value] = {"key": key, "line": self.keys[inner][0]}
                self._fault(key_node, Message(_TWICE, params), inner)
                continue
            self.keys[inner] = _place(key_node)
            data[key] = self.read(value_node, inner, depth + 1, flow)
            if data[key] is None:
                trap = traps.of_text(key, in_brackets=flow)
                template = _NO_VALUE_INSIDE if flow else _NO_VALUE
                self._fault(key_node, trap or Message(template, {"key": key}), inner)
        return data

    def _scalar(self, node: ScalarNode, path: Path, in_brackets: bool) -> Any:
        tag, text = str(node.tag).removeprefix(_PREFIX), str(node.value)
        self.styles[path] = node.style or ""
        wrapped = not node.style and node.end_mark.line > node.start_mark.line
        if wrapped:
            self.wrapped.add(path)
        self._warn_of_comment(node)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        if tag == "int":
            return _whole(text)
        if tag == "float":
            return _broken(text)
        if tag.startswith("!") or tag not in ("str", "timestamp", "merge", "value"):
            self._fault(node, Message(traps.SIGN, {"key": str(node.tag)}), path)
        elif not node.style and (
            trap := traps.of_text(text, in_brackets=in_brackets, wrapped=wrapped)
        ):
            self._fault(node, trap, path)
        return text

    def _warn_of_comment(self, node: ScalarNode) -> None:
        """``按 #键``: YAML takes what follows the sign for a comment."""
        end = node.end_mark
        rest = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        if not node.style and node.value and _COMMENT.match(rest):
            place = end.line + 1, end.column + 1
            self.faults.append(Fault(self.name, *place, Message(_CUT), "warning"))

    def _fault(self, node: Node, message: Message, path: Path) -> None:
        self.faults.append(Fault(self.name, *_place(node), message))
        self.broken.add(path)


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
