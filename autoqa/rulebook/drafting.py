"""Rule files that are being edited, as texts that lie in no folder yet.

What is asked of them (faults, examples, rules) is asked of a folder that is written for it and
gone afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.rulebook.checking import check_folder
from autoqa.rulebook.folder import rule_files, write_files
from autoqa.rulebook.rulebook import Rulebook
from autoqa.scoring.check import Trial, try_examples
from autoqa.scoring.faults import Fault
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.source import MAX_BYTES, decoded
from autoqa.store.drafts import Edit

Texts = Mapping[str, str]
"""Contents of rule files by their path in the folder."""

_BAD_NAME = N_("“{name}” is no name of a rule file; write one such as greeting.yaml")
_TOO_LONG = N_("{name} would be larger than {limit} bytes")


def texts_of(folder: Path) -> dict[str, str]:
    """The files of a folder. Raises ``UsageError`` where there is none."""
    return {name: decoded(content)[0] for name, content in rule_files(folder).items()}


def edited(texts: Texts, edits: Mapping[str, Edit]) -> dict[str, str]:
    """The texts after these edits."""
    after = {name: texts.get(name) for name in texts} | {
        name: edit.after for name, edit in edits.items()
    }
    return {name: text for name, text in sorted(after.items()) if text is not None}


def as_written(text: str, before: str | None) -> str:
    """``text`` with the line ends of the file before; editors in browsers know only one kind."""
    plain = text.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if before is not None and "\r\n" in before else plain


def known_name(name: str) -> str:
    """``name`` of a rule file in a folder; ``UsageError`` where it is none, or leads elsewhere."""
    path = Path(name)
    is_good = (
        path.suffix.lower() in (".yaml", ".yml")
        and not path.is_absolute()
        and ".." not in path.parts
        and not any(part.startswith(".") for part in path.parts)
        and len(name) <= 200
        and name.isprintable()
        and not set(name) & set('\\:*?"<>|')
    )
    if not is_good:
        raise UsageError(_BAD_NAME, name=name)
    return path.as_posix()


def faults_of_texts(texts: Texts, *, thorough: bool = False) -> list[Fault]:
    """Every fault and warning, in order of place. ``thorough``: phrases of no use, too, which
    takes seconds."""
    with _folder(texts) as folder:
        return check_folder(folder) if thorough else check_rules(folder)


def rules_of_texts(texts: Texts) -> RuleSet:
    """What the texts say; raises ``RuleError`` with every fault."""
    with _folder(texts) as folder:
        return load_rules(folder)


def rulebook_of(name: str, texts: Texts) -> Rulebook:
    """The texts as a version of the rules called ``name``; raises ``RuleError``."""
    return Rulebook(name, as_bytes(texts), rules_of_texts(texts))


def examples_of_texts(texts: Texts) -> Trial:
    """What comes of all examples; raises ``RuleError``."""
    return try_examples(rules_of_texts(texts))


def as_bytes(texts: Texts) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}


@contextmanager
def _folder(texts: Texts) -> Iterator[Path]:
    for name, text in texts.items():
        known_name(name)
        if len(text) > MAX_BYTES:
            raise UsageError(_TOO_LONG, name=name, limit=MAX_BYTES)
    with TemporaryDirectory() as folder:
        write_files(Path(folder), as_bytes(texts))
        yield Path(folder)
