"""Calls that were heard before, for rules to be tried on without hearing anything again.

``--on`` names a store (a file or a URL), the folder of results in which ``autoqa score`` keeps one,
or a folder of result documents (``*.json``). Documents hold no answers of the second listen: what
was not found in them is undetermined, since nobody knows any more that it was heard twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from autoqa.errors import UsageError
from autoqa.i18n import N_, current_language, language
from autoqa.readings import Heard
from autoqa.reports.result import parse_result
from autoqa.rescore import each_call, judged
from autoqa.scoring.rule import RuleSet
from autoqa.settings import Settings
from autoqa.store import STORE, Store, store_url
from autoqa.types import Question, Scorecard

if TYPE_CHECKING:  # it knows sounds, which takes long to import and is seldom needed here
    from autoqa.prompts import Library

T = TypeVar("T")

_NOTHING = N_("{path} is no store, no folder of results and no folder of result documents")
_NO_STORE = N_("there is no store {path}; give a file, a folder of results or a URL")
_EMPTY = N_("{path} holds no scored call; score some recordings first")


@dataclass(frozen=True, slots=True)
class PastCalls:
    """The calls in ``on``. ``library``: has the labels of known recordings as they are now.

    ``workers``: processes, 0 for one a core. ``since``: only calls that began then or later.
    """

    on: str
    library: Library | None = None
    workers: int = 0
    since: datetime | None = None

    def each(self, work: Callable[[Heard], T]) -> Iterator[T]:
        """What ``work`` says of each call, by call id; memory does not grow with their number.

        ``work`` may run in other processes: it and its results have to be such as can be pickled.
        It speaks the language of whoever asks. Raises ``UsageError`` where there are no calls.
        """
        batched = _Batched(work, current_language())
        if is_store(self.on):
            url = store_url_of(self.on)
            found = each_call(
                url, batched, workers=self.workers, since=self.since, library=self.library
            )
        else:
            past = (one for one in _documented(Path(self.on)) if self._is_meant(one))
            found = (made for one in past for made in batched([one]))
        nothing = True
        for one in found:
            nothing = False
            yield one
        if nothing:
            raise UsageError(_EMPTY, path=self.on)

    def _is_meant(self, one: Heard) -> bool:
        began = one.contact.started_at
        return self.since is None or (began is not None and began >= self.since)


@dataclass(frozen=True, slots=True)
class _Batched(Generic[T]):
    """One piece of work for many calls, in the language of another process."""

    work: Callable[[Heard], T]
    lang: str

    def __call__(self, calls: Sequence[Heard]) -> list[T]:
        with language(self.lang):
            return [self.work(one) for one in calls]


def scored(past: Heard, rule_set: RuleSet) -> tuple[Scorecard, tuple[Question, ...]]:
    """What a rule set says of a call, and what only a second listen could settle."""
    (found,) = judged([past], rule_set)
    return found


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


def store_url_of(on: str) -> str:
    """Of the store that ``on`` names, or that lies in it; a file that ends in .db may be new."""
    path = Path(on)
    if path.is_dir():
        return store_url(str(path / STORE))
    if "://" not in on and not path.is_file() and path.suffix != ".db":
        raise UsageError(_NO_STORE, path=on)
    return store_url(on)


def open_store(on: str) -> Store:
    return Store(store_url_of(on))


def _documented(folder: Path) -> Iterator[Heard]:
    """Documents are interpreted already. Other JSON files are not ours, and left alone."""
    for path in sorted(folder.rglob("*.json")):
        try:
            document = parse_result(path.read_bytes())
        except (ValueError, OSError):
            continue
        if document.call is not None:
            yield Heard(document.contact, document.call)
