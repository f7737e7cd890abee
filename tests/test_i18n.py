"""Everything that people read has a Chinese sentence, with the same places to fill.

After changing a sentence: put it into the catalogue of its part (``autoqa/locale/zh_CN/
LC_MESSAGES/PART.po``) and run ``pybabel compile -d autoqa/locale -D PART``.
"""

import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import autoqa
from autoqa import errors
from autoqa.i18n import _, current_language, language, render
from autoqa.types import Message

ROOT = Path(autoqa.__file__).parent
CATALOGUES = sorted((ROOT / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
ERRORS = [name for name in dir(errors) if isinstance(getattr(errors, name), type)]
KEYWORDS = dict.fromkeys(("_", "N_", "gettext", "Message", "PhraseError", *ERRORS))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def sentences() -> Iterator[tuple[str, str]]:
    """(sentence, where) for all that the program may say."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = extract_from_dir(str(ROOT), method_map=methods, keywords=KEYWORDS)
    for file, line, sentence, *_rest in found:
        if isinstance(sentence, str):
            yield sentence, f"{file}:{line}"


def places(sentence: str) -> set[str | None]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


def test_every_sentence_has_a_translation() -> None:
    known = {entry.id for path in CATALOGUES for entry in read(path) if entry.string}
    missing = [f"{where}: {sentence}" for sentence, where in sentences() if sentence not in known]
    assert missing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_fill_the_same_places(path: Path) -> None:
    for entry in read(path):
        if entry.id and entry.string:
            assert places(str(entry.string)) == places(str(entry.id)), entry.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_compiled_catalogue_is_current(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    written = {entry.id: entry.string for entry in read(path) if entry.id and not entry.fuzzy}
    assert {entry.id: entry.string for entry in compiled if entry.id} == written


def test_nothing_is_translated_twice_in_different_words() -> None:
    said: dict[object, object] = {}
    for path in CATALOGUES:
        for entry in read(path):
            if entry.id:
                assert said.setdefault(entry.id, entry.string) == entry.string, entry.id


def test_the_language_is_of_the_block() -> None:
    message = Message("no faults")
    with language("en"):
        assert render(message) == "no faults"
        with language("zh_CN"):
            assert render(message) == "没有错误"
        assert current_language() == "en"
    assert _("") == ""
