"""Stored calls scored again: by another rule set, without hearing anything twice.

``each_call`` runs any work on all stored calls, in worker processes; ``rescore`` is the work of
making new scorecards. Answers of earlier second listens count; no new ones are asked for, so a
required phrase that nobody has listened for twice is undetermined.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from autoqa.readings import Heard, Reader, found_in
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import RuleSet
from autoqa.store import Store
from autoqa.types import Call, Contact, Question, Scorecard

if TYPE_CHECKING:  # it knows sounds, which takes long to import and is seldom needed here
    from autoqa.prompts import Library

T = TypeVar("T")
U = TypeVar("U")

BATCH = 100
"""Calls that a worker holds at a time."""


Work = Callable[[Sequence[Heard]], Sequence[T]]
"""What is done to a batch of calls: one result for each, in their order."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """A call and its new scorecard."""

    contact: Contact
    scorecard: Scorecard


def rescore(
    store_url: str,
    rule_set: RuleSet,
    *,
    workers: int = 0,
    since: datetime | None = None,
    library: Library | None = None,
) -> Iterator[Rescored]:
    """Scores every stored call by ``rule_set``, keeps each scorecard, and yields it.

    Scorecards are never overwritten: one that is there already stays as it is. Options are those
    of ``each_call``. Raises ``StoreError``.
    """
    work = partial(_rescore, store_url, rule_set)
    return each_call(store_url, work, workers=workers, since=since, library=library)


def each_call(
    store_url: str,
    work: Work[T],
    *,
    workers: int = 0,
    since: datetime | None = None,
    library: Library | None = None,
) -> Iterator[T]:
    """What ``work`` makes of every stored call, in the order of their ids; memory stays flat.

    ``workers``: processes, 0 for one a core, 1 for none but this one; with more, ``work`` and its
    results have to be such as can be pickled. ``since``: only calls that began then or later.
    ``library``: has the labels of known recordings as they are now. Raises ``StoreError``.
    """
    with Store(store_url) as store:
        batches = list(_batches(store.call_ids(since), BATCH))
    run = partial(_run, store_url, work, library)
    workers = min(workers or os.cpu_count() or 1, len(batches))
    if workers <= 1:
        yield from chain.from_iterable(map(run, batches))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        # A few batches ahead of whoever reads the results, so that they do not pile up.
        for ahead in _batches(batches, 4 * workers):
            yield from chain.from_iterable(pool.map(run, ahead))


def judged(
    calls: Sequence[Heard], rule_set: RuleSet
) -> list[tuple[Scorecard, tuple[Question, ...]]]:
    """The scorecards of calls, in their order, and what only a second listen could settle."""
    found = found_in(calls, rule_set.phrases)
    return [
        score(one.call, one.contact, rule_set, one.answers, found=its)
        for one, its in zip(calls, found, strict=True)
    ]


def _batches(items: Sequence[U], size: int) -> Iterator[Sequence[U]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _run(
    store_url: str, work: Work[T], library: Library | None, call_ids: Sequence[str]
) -> Sequence[T]:
    with Store(store_url) as store:
        reader = Reader(store)
        if library is not None:
            reader = Reader(store, partial(_labelled, library), labels_of(library))
        heard = reader.read(call_ids)
        done = work(heard)
        reader.keep(heard)
    return done


def _labelled(library: Library, call: Call) -> Call:
    from autoqa.prompts import with_prompts

    return with_prompts(call, library)


def labels_of(library: Library) -> str:
    """Names all that the library says of its recordings."""
    lengths = [library.length_ms(one.id) for one in library.entries]
    return hashlib.sha256(repr((library.entries, lengths)).encode()).hexdigest()


def _rescore(store_url: str, rule_set: RuleSet, calls: Sequence[Heard]) -> list[Rescored]:
    scorecards = [card for card, _ in judged(calls, rule_set)]
    with Store(store_url) as store:
        store.put_scorecards(
            [
                (one.contact, one.call, scorecard)
                for one, scorecard in zip(calls, scorecards, strict=True)
            ]
        )
    return [
        Rescored(one.contact, scorecard) for one, scorecard in zip(calls, scorecards, strict=True)
    ]
