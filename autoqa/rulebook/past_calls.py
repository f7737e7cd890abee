"""Calls that were heard before, for rules to be tried on without hearing anything again.

``--on`` names a store (a file or a URL), the folder of results in which ``autoqa score`` keeps one,
or a folder of result documents (``*.json``). Documents hold no answers of the second listen: what
was not found in them is undetermined, since nobody knows any more that it was heard twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoqa.errors import UsageError
from autoqa.events import interpret
from autoqa.i18n import N_
from autoqa.reports.result import parse_result
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import RuleSet
from autoqa.settings import Settings
from autoqa.store import STORE, Store, store_url
from autoqa.types import Answer, Call, Contact, Question, Scorecard

if TYPE_CHECKING:  # it knows sounds, which takes long to import and is seldom needed here
    from autoqa.prompts import Library

_AT_ONCE = 100
"""Calls read from a store together: few enough for memory, many enough for speed."""

_NOTHING = N_("{path} is no store, no folder of results and no folder of result documents")
_NO_STORE = N_("there is no store {path}; give a file, a folder of results or a URL")
_EMPTY = N_("{path} holds no scored call; score some recordings first")


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call, interpreted, with what the second listens to it heard."""

    contact: Contact
    call: Call
    answers: tuple[Answer, ...]

    def score(self, rule_set: RuleSet) -> tuple[Scorecard, tuple[Question, ...]]:
        """What a rule set says of it, and what only a second listen could settle."""
        return score(self.call, self.contact, rule_set, self.answers)


def past_calls(on: str, library: Library | None = None) -> Iterator[PastCall]:
    """The calls in ``on``, by call id; memory does not grow with their number.

    ``library``: has the labels of the known recordings as they are now. Raises ``UsageError``
    where there are none.
    """
    found = None
    for found in _stored(on, library) if is_store(on) else _documented(Path(on)):
        yield found
    if found is None:
        raise UsageError(_EMPTY, path=on)


def library_of(rules: Path, settings: Settings) -> Library | None:
    """The known recordings of the settings, else those beside the folder of rules, if any."""
    if settings.prompts == Path() and not (rules.absolute().parent / "prompts").is_dir():
        return None
    from autoqa.prompts import beside, known_prompts

    return known_prompts(beside(rules, settings))


def is_store(on: str) -> bool:
    """Whether ``on`` is a store; else it is a folder of documents. ``UsageError``: neither."""
    path = Path(on)
    if "://" in on or path.is_file() or (path / STORE).is_file():
        return True
    if not path.is_dir():
        raise UsageError(_NOTHING, path=on)
    return False


def open_store(on: str) -> Store:
    """The store that ``on`` names, or that lies in it; a file that ends in .db may be new."""
    path = Path(on)
    if path.is_dir():
        return Store(store_url(str(path / STORE)))
    if "://" not in on and not path.is_file() and path.suffix != ".db":
        raise UsageError(_NO_STORE, path=on)
    return Store(store_url(on))


def _stored(on: str, library: Library | None) -> Iterator[PastCall]:
    with open_store(on) as store:
        ids = store.call_ids()
        for first in range(0, len(ids), _AT_ONCE):
            for one in store.past_calls(ids[first : first + _AT_ONCE]):
                call = one.call if library is None else _labelled(one.call, library)
                yield PastCall(one.contact, interpret(call, one.contact), one.answers)


def _labelled(call: Call, library: Library) -> Call:
    from autoqa.prompts import with_prompts

    return with_prompts(call, library)


def _documented(folder: Path) -> Iterator[PastCall]:
    """Documents are interpreted already. Other JSON files are not ours, and left alone."""
    for path in sorted(folder.rglob("*.json")):
        try:
            document = parse_result(path.read_bytes())
        except (ValueError, OSError):
            continue
        if document.call is not None:
            yield PastCall(document.contact, document.call, ())
