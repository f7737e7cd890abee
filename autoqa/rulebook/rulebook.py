"""A folder of rules, or a version of one that was published: its files and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.rulebook.folder import rule_files, write_files
from autoqa.rulebook.publications import Publication, publications
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet

_NEITHER = N_("{name} is neither a folder of rules nor a version published in {store}")
_SEVERAL = N_("{count} versions published in {store} begin with {name}; give more of it")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """``name``: as people know it. ``files``: contents by path in the folder."""

    name: str
    files: Mapping[str, bytes]
    rule_set: RuleSet


def open_rulebook(name: str, store: str) -> Rulebook:
    """The folder ``name``, else the version published in ``store`` that begins so.

    Raises ``RuleError`` with every fault of the folder, ``UsageError`` where there is neither.
    """
    if Path(name).is_dir():
        return of_folder(Path(name))
    return of_publication(find_publication(name, store))


def of_folder(folder: Path) -> Rulebook:
    rule_set = load_rules(folder)
    return Rulebook(f"{folder} {rule_set.version}", rule_files(folder), rule_set)


def of_publication(published: Publication) -> Rulebook:
    with TemporaryDirectory() as folder:
        write_files(Path(folder), published.files)
        rule_set = load_rules(Path(folder))
    name = _("{version}, published by {author} and {approver} on {day}").format(
        version=published.version,
        author=published.author,
        approver=published.approver,
        day=f"{published.published_at:%Y-%m-%d}",
    )
    return Rulebook(name, published.files, rule_set)


def find_publication(version: str, store: str) -> Publication:
    """The latest publication of the only version that begins with ``version``."""
    found = [one for one in publications(store) if version and one.version.startswith(version)]
    versions = {one.version for one in found}
    if len(versions) > 1:
        raise UsageError(_SEVERAL, name=version, store=store, count=len(versions))
    if not found:
        raise UsageError(_NEITHER, name=version, store=store)
    return found[-1]
