"""``autoqa rules publish``: rules go live with two names, a reason, and every example passing.

Names are taken as they are given: who may publish is for the system around to say. What is
published can be shown, scored with and compared for ever; scorecards keep the version that made
them, and nothing is scored again by publishing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.reports.wording import moment
from autoqa.rulebook.folder import write_files
from autoqa.rulebook.publications import Publication, add_publication, publications
from autoqa.rulebook.rulebook import find_publication, of_folder
from autoqa.scoring.check import try_examples
from autoqa.scoring.faults import RuleError

_NO_ONE = N_("say who wrote the change (--author) and who approves it (--approved-by)")
_SAME = N_("“{name}” cannot approve what is his own; a second person has to")
_NO_REASON = N_("say why in a few words (--reason)")
_NOTHING_NEW = N_("these files are what {author} published on {day} as {version}; nothing is new")
_NOT_EMPTY = N_("{folder} is not empty; restore into a folder of its own, nothing is overwritten")


def publish(folder: Path, store: str, *, author: str, approver: str, reason: str) -> Publication:
    """Adds the folder's rules to the store's ledger.

    Raises ``UsageError`` for one name, no reason or nothing new, ``RuleError`` for rules with
    faults or with examples that are not as they should be.
    """
    author, approver, reason = author.strip(), approver.strip(), reason.strip()
    if not (author and approver):
        raise UsageError(_NO_ONE)
    if is_same_person(author, approver):
        raise UsageError(_SAME, name=author)
    if not reason:
        raise UsageError(_NO_REASON)
    rulebook = of_folder(folder)
    if faults := try_examples(rulebook.rule_set).faults:
        raise RuleError(str(folder), faults)
    last = next(reversed(publications(store)), None)
    if last is not None and last.files == rulebook.files:
        day = f"{last.published_at:%Y-%m-%d}"
        raise UsageError(_NOTHING_NEW, author=last.author, day=day, version=last.version)
    now = datetime.now().astimezone()
    version = rulebook.rule_set.version
    published = Publication(version, author, approver, reason, now, rulebook.files)
    add_publication(store, published)
    return published


def history(store: str) -> Iterator[str]:
    """A line for each publication, the latest first."""
    for one in reversed(publications(store)):
        names = _("{author}, approved by {approver}").format(
            author=one.author, approver=one.approver
        )
        yield f"{one.version}  {moment(one.published_at)}  {names}  {one.reason}"


def restore(version: str, store: str, folder: Path) -> Publication:
    """Writes the files of a published version into an empty or new folder."""
    published = find_publication(version, store)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(_NOT_EMPTY, folder=str(folder))
    write_files(folder, published.files)
    return published


def is_same_person(one: str, other: str) -> bool:
    return _person(one) == _person(other)


def _person(name: str) -> str:
    """The same for one name however it is typed."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
