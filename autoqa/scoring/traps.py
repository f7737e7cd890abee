"""The mistakes that YAML invites, told by what the writer probably meant.

What a YAML library says of a mistake (“expected <block end>, but found '<scalar>'”) helps nobody
who does not know YAML. ``of_syntax`` looks at the lines themselves; ``of_text`` finds those
mistakes that are good YAML and mean something else: ``says：greeting`` is one word to YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autoqa.i18n import N_
from autoqa.types import Message

_WIDE_COLON = re.compile(r"(?:^|[\s{,-])(?P<key>[a-z][a-z_-]+)：")
_NO_SPACE = re.compile(r"(?:^|[\s{,])(?P<key>[a-z][a-z_-]+):(?=[^ \t\n/])")
_NO_SPACE_AFTER_DASH = re.compile(r"[-－—–](?=[^\s\d.,\-－—–])|[－—–]\s")
_WIDE_COMMA = re.compile("[，、；;]")
_FAR_RIGHT = 10_000
_WIDE_BRACKET = re.compile(r"[｛［](?=\s*[a-z_]+\s*[:：,｝］])")
_WIDE_SPACE = re.compile("[ \t]*[\u3000\u00a0]")
_QUOTED_THEN_TEXT = re.compile(r'^\s*(?:- +|[\w-]+: +)*"[^"]*"\s*[^\s,\]}#:"]')
_ROLE = re.compile(r"\s*(?:坐席|座席|客服|客户|录音|未知|agent|customer)[^:：]*[:：]|\s*[\[【]")
_OPENED = re.compile(r"^\s*(?:- +|[\w-]+: +)?(?:- +)?(?P<key>[\[{])")
_COLON_INSIDE = re.compile(r"^\s*(?:- +)?(?:[a-z][\w-]*:\s+)?+[^\"'\[{|>#\s].*:(?:\s|$)")
_WIDE_QUOTES = re.compile("[“”‘’]")

WIDE_COLON = N_("the colon after “{key}” is a Chinese one; write an English colon and a space")
NO_SPACE = N_("a space is missing after the colon of “{key}”")
NO_DASH_SPACE = N_("a space is missing after the dash that begins an item of a list")
WIDE_COMMA = N_(
    "items inside of brackets are divided by English commas; put a text that holds such a sign in "
    "English double quotes"
)
BRACKET_FIRST = N_(
    "a text that begins with “{key}” goes in English double quotes; without them the bracket opens "
    "a list"
)
INNER_BRACKET = N_(
    "a bracket is not closed, or a text with brackets inside of brackets has no English double "
    "quotes"
)
WIDE_QUOTES = N_(
    "Chinese quotation marks do not hold a text together; write English double quotes around it"
)
COLON_INSIDE = N_(
    "there is a colon with a space in this text; put the whole text in English double quotes"
)
INDENTATION = N_(
    "this line begins at column {column}, line {line} at column {wanted}; lines of one level begin "
    "at the same column"
)
MIXED = N_(
    "items that begin with a dash and keys stand side by side here; what belongs to a key goes "
    "deeper"
)
DEEPER = N_("this line is indented deeper than the one above, which already has its value")
NO_COLON = N_("“{key}” is no key with a colon and a space after it, and no item that begins with -")
QUOTE_OPEN = N_("the quotation mark that opens here is never closed")
QUOTE_INSIDE = N_(
    "after the closing quotation mark comes more text; inside of quotes write Chinese quotation "
    "marks"
)
SIGN = N_("a text that begins with “{key}” goes in English double quotes")
BLOCK = N_("after | or > comes nothing; the text begins on the next line, indented deeper")
TAB = N_("a tab; indent with spaces")
ALIAS = N_("a text that begins with * goes in English double quotes")
WIDE_BRACKET = N_("these brackets are Chinese ones; write English brackets")
WIDE_SPACE = N_("this space is a Chinese or a special one; write ordinary spaces")
TOP = N_("a file begins with “rules:”, “phrases:” or “form:” at the beginning of a line")
NOT_YAML = N_("this cannot be read; compare indentation, colons and quotes with the lines around")
NO_DIALOGUE_BODY = N_("the lines of a dialogue are indented deeper than the dash before them")
DOCUMENTS = N_("only one document is allowed in a file; remove the line of three dashes")
CONTROL = N_("a control character; remove it")
_PLAIN = (
    ("special characters are not allowed", CONTROL),
    ("found another document", DOCUMENTS),
    ("undefined alias", ALIAS),
    ("scanning a block scalar", BLOCK),
)


@dataclass(frozen=True, slots=True)
class Trap:
    """A mistake at its place (line, column, from 1)."""

    place: tuple[int, int]
    message: Message


def of_syntax(
    said: str, place: tuple[int, int], begun: tuple[int, int], lines: Sequence[str]
) -> Trap:
    """Why these lines are no YAML.

    ``said``: what the library said, at ``place`` (line, column) of something that had ``begun``.
    ``lines``: of the whole file.
    """
    if "scanning a quoted scalar" in said:
        return Trap(begun, Message(QUOTE_OPEN))
    for words, template in _PLAIN:
        if words in said:
            return Trap(place, Message(template))
    if "cannot start any token" in said:
        sign = _at(lines, place[0])[place[1] - 1 : place[1]]
        return Trap(place, Message(TAB) if sign == "\t" else Message(SIGN, {"key": sign}))
    # Of what goes over several lines, only brackets and keys begin where the mistake may be.
    first = begun[0] if "flow" in said or "simple key" in said else place[0]
    for number in range(place[0], min(place[0], first) - 1, -1):
        column = place[1] if number == place[0] else 1
        if found := next(_of_line((number, column), _at(lines, number), said), None):
            return found
    if found := _of_above(place[0], lines):
        return found
    return _of_structure(said, place, begun, lines)


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 1 <= number <= len(lines) else ""


def _of_line(place: tuple[int, int], line: str, said: str) -> Iterator[Trap]:
    """What is plainly wrong with a line; the surest first."""
    number, column = place
    indent = len(line) - len(line.lstrip())
    if "\t" in line[:indent]:
        yield Trap((number, line.index("\t") + 1), Message(TAB))
    yield from _of_key(number, line)
    if found := _WIDE_BRACKET.search(line):
        yield Trap((number, found.start() + 1), Message(WIDE_BRACKET))
    if "flow" in said and (found := _WIDE_COMMA.search(line)):
        yield Trap((number, found.start() + 1), Message(WIDE_COMMA))
    opened = _OPENED.match(line)  # and closed where the library is surprised
    if opened and "flow" not in said and line[: column - 1].rstrip()[-1:] in ("]", "}"):
        message = Message(BRACKET_FIRST, {"key": opened["key"]})
        yield Trap((number, opened.start("key") + 1), message)
    if "mapping values" in said and (found := _WIDE_QUOTES.search(line)):
        yield Trap((number, found.start() + 1), Message(WIDE_QUOTES))
    if "mapping values" in said and _COLON_INSIDE.match(line) and line.count(":") > 1:
        yield Trap((number, indent + 1), Message(COLON_INSIDE))
    if _QUOTED_THEN_TEXT.match(line):
        yield Trap((number, indent + 1), Message(QUOTE_INSIDE))
    if _NO_SPACE_AFTER_DASH.match(line.lstrip()):
        yield Trap((number, indent + 1), Message(NO_DASH_SPACE))


def _of_key(number: int, line: str) -> Iterator[Trap]:
    """What is wrong with the key of a line."""
    if found := _WIDE_SPACE.match(line):
        yield Trap((number, found.end()), Message(WIDE_SPACE))
    for search, template in ((_WIDE_COLON, WIDE_COLON), (_NO_SPACE, NO_SPACE)):
        if found := search.search(line):
            message = Message(template, {"key": found["key"]})
            yield Trap((number, found.start("key") + 1), message)


def _of_above(number: int, lines: Sequence[str]) -> Trap | None:
    """A mistake in a line before, which shows only here."""
    above = _level_above(number, lines)
    if above is not None and (found := next(_of_key(above[0], _at(lines, above[0])), None)):
        return found
    odd = [at for at in range(1, number + 1) if _at(lines, at).count('"') % 2]
    if odd and odd[0] < number:
        return Trap((odd[0], _at(lines, odd[0]).rindex('"') + 1), Message(QUOTE_OPEN))
    return None


def _of_structure(
    said: str, place: tuple[int, int], begun: tuple[int, int], lines: Sequence[str]
) -> Trap:
    """Mistakes that no line shows by itself."""
    if "could not find expected ':'" in said:
        return Trap(begun, Message(NO_COLON, {"key": _at(lines, begun[0]).strip()[:30]}))
    if "flow" in said:
        return Trap(begun if place[0] > begun[0] else place, Message(INNER_BRACKET))
    if "document start" in said:
        first = next((at for at in range(1, len(lines) + 1) if _at(lines, at).strip()), 1)
        return Trap((first, 1), Message(TOP))
    if "found '?'" in said and _ROLE.match(_at(lines, place[0])):
        return Trap(place, Message(NO_DIALOGUE_BODY))
    if "block end" in said:
        line, wanted = _level_near(place, lines) or begun
        params = {"column": place[1], "wanted": wanted, "line": line}
        same = wanted == place[1]
        return Trap(place, Message(MIXED) if same else Message(INDENTATION, params))
    template = DEEPER if "mapping values" in said else NOT_YAML
    return Trap(place, Message(template))


def _level_above(number: int, lines: Sequence[str]) -> tuple[int, int] | None:
    """The line before, and the column in which its text (after a dash) begins."""
    for above in range(number - 1, 0, -1):
        line = lines[above - 1]
        if line.strip() and not line.lstrip().startswith("#"):
            return above, len(line) - len(line.lstrip("- ")) + 1
    return None


def _level_near(place: tuple[int, int], lines: Sequence[str]) -> tuple[int, int] | None:
    """Of the levels that are open before ``place``, the one it was probably meant for.

    That is the one whose column is nearest, as (line, column).
    """
    number, column = place
    best: tuple[int, int] | None = None
    lowest = _FAR_RIGHT
    is_item = _at(lines, number).lstrip().startswith("-")
    for above in range(number - 1, 0, -1):
        line = _at(lines, above)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        text, dash = len(line) - len(line.lstrip("- ")) + 1, len(line) - len(line.lstrip()) + 1
        for begins in (text, dash) if is_item else (text,):
            is_open = begins <= lowest
            if is_open and (best is None or abs(begins - column) < abs(best[1] - column)):
                best = above, begins
        lowest = min(lowest, dash)
    return best


def of_text(text: str, *, in_brackets: bool = False, wrapped: bool = False) -> Message | None:
    """What is wrong with a text without quotes that YAML takes as it stands.

    ``wrapped``: it goes over several lines, so that the mistake may be in a later one.
    """
    for pattern, template in ((_WIDE_COLON, WIDE_COLON), (_NO_SPACE, NO_SPACE)):
        if found := pattern.search(text) if wrapped else pattern.match(text):
            return Message(template, {"key": found["key"]})
    if _NO_SPACE_AFTER_DASH.match(text):
        return Message(NO_DASH_SPACE)
    if in_brackets and _WIDE_COMMA.search(text):
        return Message(WIDE_COMMA)
    return None
