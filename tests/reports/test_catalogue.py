"""Every sentence of the reports is in the Chinese catalogue, and the compiled one is current."""

from __future__ import annotations

from importlib import resources
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import autoqa

REPORTS = Path(autoqa.__file__).parent / "reports"
CATALOGUE = resources.files("autoqa") / "locale" / "zh_CN" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/*.html", "jinja2")]


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    catalogue = read_po(BytesIO((CATALOGUE / "reports.po").read_bytes()))
    translated = {message.id for message in catalogue if message.id and message.string}
    used = {
        found[2] for found in extract_from_dir(REPORTS, METHODS, keywords={"_": None, "N_": None})
    }
    assert used == translated


def test_compiled_catalogue_is_current() -> None:
    written = BytesIO()
    write_mo(written, read_po(BytesIO((CATALOGUE / "reports.po").read_bytes())))
    fresh = read_mo(BytesIO(written.getvalue()))
    compiled = read_mo(BytesIO((CATALOGUE / "reports.mo").read_bytes()))
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in fresh if m.id}
