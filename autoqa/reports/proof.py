"""What a page of a call has below it when it is evidence: hashes, and the rules as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Written:
    """A rule, or an entry of the knowledge, as it stands in ``place`` (FILE:LINE)."""

    name: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """``facts``: label and value; ``data``: JSON that is safe inside of a script."""

    facts: tuple[tuple[str, str], ...]
    rules: tuple[Written, ...]
    data: Markup


def written_in(files: Mapping[str, bytes], name: str, source: str) -> Written:
    """The item of a list that begins in a line of a file, without its examples. ``source``:
    FILE:LINE:COLUMN."""
    file, line, _column = source.rsplit(":", 2)
    lines = files.get(file, b"").decode("utf-8", "replace").splitlines()
    first = int(line) - 1
    own = lines[first : first + 1]
    depth = len(own[0]) - len(own[0].lstrip()) if own else 0
    for text in lines[first + 1 :]:
        if text.strip() and len(text) - len(text.lstrip()) <= depth:
            break
        own.append(text)
    while own and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
        own.pop()
    shown = next((n for n, text in enumerate(own) if text.strip() == "examples:"), None)
    if shown is not None:  # they are long, and decide nothing
        own = [*own[:shown], own[shown] + " …"]
    cut = "\n".join(text[depth:] for text in own)
    return Written(name, f"{file}:{line}", cut)
