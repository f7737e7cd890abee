"""The help of the command line is in the reader's language, every word of it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from typer.main import get_command

import autoqa
from autoqa.cli import app, main
from autoqa.cli_help import TITLES, things

CATALOGUE = Path(autoqa.__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "cli.po"


def test_every_text_is_translated_and_none_is_left_over() -> None:
    entries = read_po(BytesIO(CATALOGUE.read_bytes()))
    translated = {entry.id for entry in entries if entry.id and entry.string}
    said = {thing.help for thing in things(get_command(app))}
    assert translated == said | set(TITLES.values())


@pytest.mark.parametrize(
    ("words", "language", "shown"),
    [
        (["--help"], "", "银行电话客服质检"),
        ([], "", "银行电话客服质检"),
        (["score", "--help"], "", "录音文件夹"),
        (["keys"], "", "使用本服务的程序的密钥"),
        (["score", "--help"], "en", "A folder of recordings"),
        (["score", "--lang", "en", "--help"], "zh_CN", "A folder of recordings"),
    ],
)
def test_help_is_in_the_language_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    language: str,
    shown: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["autoqa", *words])
    monkeypatch.setenv("AUTOQA_LANGUAGE", language)
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr()
    assert shown in said.out + said.err
