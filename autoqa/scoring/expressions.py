"""Regular expressions that cannot run away: RE2 searches in time linear in the text.

Whatever needs more (back references, looking ahead or behind) RE2 refuses, and so do the limits
here: a rule file may come from anybody, and a service must go on whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from autoqa.errors import AutoqaError
from autoqa.i18n import N_

MAX_LENGTH = 300
"""Characters. What is longer nobody can read; it is several."""
_MAX_MEMORY = 1 << 18
"""Bytes of a compiled expression: room for some thousands of characters and ranges."""

_TROUBLES = (
    ("missing )", N_("the regular expression “{text}” has a bracket ( that is never closed")),
    ("unexpected )", N_("the regular expression “{text}” has a bracket ) that was never opened")),
    ("missing ]", N_("the regular expression “{text}” has a bracket [ that is never closed")),
    (
        "no argument for repetition",
        N_("in the regular expression “{text}” nothing stands before one of * + ?"),
    ),
    (
        "bad repetition operator",
        N_("in the regular expression “{text}” two signs of repetition follow each other"),
    ),
    (
        "invalid repetition size",
        N_("the regular expression “{text}” repeats more than 1000 times, or backwards"),
    ),
    (
        "invalid perl operator",
        N_("the regular expression “{text}” looks ahead or behind with (?…), which is not done"),
    ),
    ("invalid escape", N_("the regular expression “{text}” has a \\ before what needs none")),
    ("trailing", N_("the regular expression “{text}” ends with a \\")),
    (
        "invalid character class",
        N_("the regular expression “{text}” has a range [ ] that does not exist"),
    ),
    ("pattern too large", N_("the regular expression “{text}” is too large; make it two")),
)
_TOO_LONG = N_("the regular expression “{text}” has more than {limit} characters; make it two")
_EMPTY = N_("the regular expression “{text}” fits where nothing at all is said")
_OTHER = N_("“{text}” is no regular expression")


class ExpressionError(AutoqaError):
    """A regular expression that cannot be used."""


class Expression:
    """A compiled expression. Raises ``ExpressionError`` for one that is wrong, or too large."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(_TOO_LONG, text=text[:20] + "…", limit=MAX_LENGTH)
        self._compiled = _compiled(text)
        if self._compiled.search(""):
            raise ExpressionError(_EMPTY, text=text)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The half-open stretches of ``text`` that fit, which do not overlap."""
        for match in self._compiled.finditer(text):
            if match.end() > match.start():
                yield match.span()


@lru_cache(maxsize=1000)
def _compiled(text: str) -> Any:
    import re2

    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        said = str(error)
        template = next((sentence for words, sentence in _TROUBLES if words in said), _OTHER)
        raise ExpressionError(template, text=text) from None
