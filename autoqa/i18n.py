"""What people read, in their language: Simplified Chinese by default, English by setting.

Keys are the English sentences themselves (``_("{file} is empty")``). Catalogues are the ``*.po``
files in ``locale/LANGUAGE/LC_MESSAGES``, one for each part of the program, compiled to ``*.mo``
beside them by ``pybabel compile -d autoqa/locale -D PART``; all of them are searched.

The language is a context variable, so that each request and each report has its own::

    with language("en"):
        print(_("hold"))
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources

from autoqa.types import Message

LANGUAGES = ("zh_CN", "en")
DEFAULT_LANGUAGE = "zh_CN"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


@contextmanager
def language(name: str) -> Iterator[None]:
    """Speak ``name`` (one of ``LANGUAGES``) inside the block."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


def current_language() -> str:
    return _current.get()


def _(sentence: str) -> str:
    """``sentence`` in the current language, or itself where nobody has translated it."""
    return _catalogue(_current.get()).gettext(sentence) if sentence else ""


def N_(sentence: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark a sentence for the catalogue without translating it here."""
    return sentence


def render(message: Message) -> str:
    """A message in the current language, its parameters filled in."""
    return _(message.template).format(**message.params)


@cache
def _catalogue(name: str) -> _gettext.NullTranslations:
    first: _gettext.NullTranslations | None = None
    folder = resources.files("autoqa") / "locale" / name / "LC_MESSAGES"
    if not folder.is_dir():
        return _gettext.NullTranslations()
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".mo"):
            with entry.open("rb") as file:
                catalogue = _gettext.GNUTranslations(file)
            if first is None:
                first = catalogue
            else:
                first.add_fallback(catalogue)
    return first or _gettext.NullTranslations()
