"""The lists of ``bench/phrases``: what is of a class and what only looks like it.

Half of them, by the hash of the sentence, is held out: patterns are mended on the other half.
A finder is asked about a sentence's own class only; an ordinary sentence belongs to no class.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import corruption

FOLDER = Path(__file__).parent / "phrases"
CONDITIONS: dict[str, Callable[[str], str]] = {
    "clean": str,
    "by sound": corruption.by_sound,
    "by script": corruption.by_script,
}
TUNED, HELD_OUT = "tuned", "held out"


def lines(folder: Path = FOLDER) -> Iterator[dict[str, Any]]:
    """As ``bench.phrases`` reads them, with ``about``: the class in question (all, if empty)."""
    from ruamel.yaml import YAML

    for path in sorted(folder.glob("*.yaml")):
        for name, sets in YAML(typ="safe").load(path).items():
            about = "" if name == "ordinary" else name
            for is_one, sentences in ((True, sets.get("is", ())), (False, sets["is_not"])):
                for sentence in map(str, sentences):
                    for condition, spoil in CONDITIONS.items():
                        yield {
                            "truth": sentence,
                            "about": about,
                            "classes": [about] if is_one else [],
                            "text": spoil(sentence),
                            "condition": condition,
                            "half": half(sentence),
                        }


def half(sentence: str) -> str:
    """Which half a sentence is in."""
    return HELD_OUT if hashlib.sha256(sentence.encode()).digest()[0] & 1 else TUNED
