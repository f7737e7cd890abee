"""Every sentence of the service is translated, and its catalogue has none that nobody says."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import api
import autoqa
from autoqa import errors

API = Path(api.__file__).parent
AUTOQA = Path(autoqa.__file__).parent
CATALOGUES = AUTOQA / "locale" / "zh_CN" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
ERRORS = [name for name in dir(errors) if isinstance(getattr(errors, name), type)]
KEYWORDS = dict.fromkeys(["_", "N_", "Message", *ERRORS])


def said(folder: Path) -> set[str]:
    """What is said there in plain words; a sentence in a variable is marked where it is made."""
    found = extract_from_dir(folder, METHODS, keywords=KEYWORDS)
    return {sentence for _, _, sentence, *_ in found if isinstance(sentence, str)}


def translated(path: Path) -> set[str]:
    entries = read_po(BytesIO(path.read_bytes()))
    return {str(entry.id) for entry in entries if entry.id and entry.string}


def test_every_sentence_of_the_service_is_translated() -> None:
    known = set().union(*map(translated, CATALOGUES.glob("*.po")))
    assert said(API) - known == set()


def test_no_translation_is_left_over() -> None:
    assert translated(CATALOGUES / "service.po") - said(API) - said(AUTOQA) == set()
