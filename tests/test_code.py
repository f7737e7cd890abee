"""The code's own rules, kept by the tools that know them, and what a start may cost."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))

HEAVY = {
    "av",
    "ctranslate2",
    "faster_whisper",
    "librosa",
    "numba",
    "numpy",
    "onnxruntime",
    "scipy",
    "sqlalchemy",
}
"""Each takes longer to import than a person likes to wait for a word."""

LOADED = """
import sys
from autoqa.cli import app
try:
    app(sys.argv[1:])
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize(
    "command",
    ["ruff check --quiet", "ruff format --check --diff --quiet", "mypy", "lint-imports"],
)
def test_the_tools_find_nothing(command: str) -> None:
    name, *options = command.split()
    done = subprocess.run(
        [SCRIPTS / name, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{command}\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.mark.parametrize(
    ("command", "wanted", "unwanted"),
    [
        ("--help", "autoqa.cli", HEAVY | {"jieba", "opencc", "pydantic", "pypinyin", "ruamel"}),
        ("rules check rules/retail-bank", "autoqa.scoring.load", HEAVY | {"jieba", "pypinyin"}),
    ],
)
def test_a_command_loads_only_what_it_needs(command: str, wanted: str, unwanted: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert wanted in loaded, done.stderr
    assert loaded.isdisjoint(unwanted), sorted(loaded.intersection(unwanted))
