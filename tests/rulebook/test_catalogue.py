"""Every sentence of the commands about rules is translated, and the compiled catalogue current."""

from __future__ import annotations

from importlib import resources
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import autoqa
from autoqa.i18n import _

ROOT = Path(autoqa.__file__).parent
CATALOGUE = resources.files("autoqa") / "locale" / "zh_CN" / "LC_MESSAGES"
KEYWORDS = {"_": None, "N_": None}


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    own = {found[2] for found in extract_from_dir(ROOT / "rulebook", keywords=KEYWORDS)}
    own |= {
        found[1] for found in extract_from_file("python", ROOT / "cli_rules.py", keywords=KEYWORDS)
    }
    untranslated = {sentence for sentence in own if _(str(sentence)) == sentence}
    assert untranslated == set()
    catalogue = read_po(BytesIO((CATALOGUE / "rulebook.po").read_bytes()))
    assert {message.id for message in catalogue if message.id} <= own


def test_compiled_catalogue_is_current() -> None:
    written = BytesIO()
    write_mo(written, read_po(BytesIO((CATALOGUE / "rulebook.po").read_bytes())))
    fresh = read_mo(BytesIO(written.getvalue()))
    compiled = read_mo(BytesIO((CATALOGUE / "rulebook.mo").read_bytes()))
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in fresh if m.id}
