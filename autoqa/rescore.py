"""Stored calls scored again: by another rule set, without hearing anything twice.

``each_call`` runs any work on all stored calls, in worker processes; ``rescore`` makes new
scorecards. Answers of earlier second listens count; no new ones are asked for, so a required phrase
that nobody has listened for twice is undetermined.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from autoqa.readings import Heard, Reader, found_in
from autoqa.scoring.evaluate import asks_again, score
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import Known
from autoqa.store import Before, Store
from autoqa.types import Question, Scorecard

if TYPE_CHECKING:  # it knows sounds, which takes long to import and is seldom needed here
    from autoqa.prompts import Library

T = TypeVar("T")
U = TypeVar("U")

BATCH = 250
"""Calls that a worker holds at a time: a query and a transaction each, of which 100 calls take a
fifth longer; words of more would only fill memory."""

_COLLECT_AFTER = 1_000_000
"""Objects. Calls and scorecards are trees, of which nothing is left for a collector to find; by
default it looks at all of them several times a batch."""

Work = Callable[[Sequence[Heard]], Sequence[T]]
"""What is done to a batch of calls: one result for each, in their order."""
_Batch = Callable[[Reader, Sequence[str]], Sequence[T]]
"""The same, of calls that are to be read first, by their ids."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """A call that has a new scorecard; ``provisional`` as there."""

    call_id: str
    provisional: bool


def rescore(
    store_url: str,
    rule_set: RuleSet,
    *,
    workers: int = 0,
    since: datetime | None = None,
    library: Library | None = None,
) -> Iterator[Rescored]:
    """Scores every stored call by ``rule_set``, keeps each scorecard, and yields what it is.

    Scorecards are never overwritten: one that is there already stays as it is. Options are those
    of ``each_call``. Raises ``StoreError``.
    """
    yield from _in_batches(store_url, partial(_rescored, rule_set), workers, since, library)


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
    yield from _in_batches(store_url, partial(_worked, work), workers, since, library)


def judged(
    calls: Sequence[Heard], rule_set: RuleSet
) -> list[tuple[Scorecard, tuple[Question, ...]]]:
    """The scorecards of calls, in their order, and what only a second listen could settle."""
    found = found_in(calls, rule_set.phrases)
    return [
        score(one.call, one.contact, rule_set, one.answers, known=Known(its, one.worded))
        for one, its in zip(calls, found, strict=True)
    ]


def judged_again(
    calls: Sequence[Heard], rule_set: RuleSet, before: Sequence[Before]
) -> list[Scorecard]:
    """The same scorecards, made of what rules said of these very calls ``before`` where they are as
    they were; such a call is not searched for anything."""
    fresh = [
        one
        for one, said in zip(calls, before, strict=True)
        if asks_again(rule_set, one.contact, said.findings)
    ]
    found = dict(zip(map(id, fresh), found_in(fresh, rule_set.phrases), strict=True))
    cards = []
    for one, said in zip(calls, before, strict=True):
        known = Known(found.get(id(one), {}), one.worded, said.findings)
        cards.append(score(one.call, one.contact, rule_set, one.answers, known=known)[0])
    return cards


def _worked(work: Work[T], reader: Reader, call_ids: Sequence[str]) -> Sequence[T]:
    heard = reader.read(call_ids)
    done = work(heard)
    reader.keep(heard)
    return done


def _rescored(rule_set: RuleSet, reader: Reader, call_ids: Sequence[str]) -> list[Rescored]:
    calls = reader.read(call_ids)
    before = reader.before(calls)
    cards = judged_again(calls, rule_set, before)
    both = list(zip(calls, cards, strict=True))
    scored = [(one.contact, one.call, card) for one, card in both]
    masks = [one.masks for one in calls]
    reader.store.put_scorecards(scored, before, masks, and_then=reader.keeping(calls))
    return [Rescored(one.contact.call_id, card.provisional) for one, card in both]


# ---------------------------------------------------------------- in batches


def _in_batches(
    store_url: str,
    work: _Batch[T],
    workers: int,
    since: datetime | None,
    library: Library | None,
) -> Iterator[T]:
    with Store(store_url) as store:
        batches = list(_batches(store.call_ids(since), BATCH))
        workers = min(workers or os.cpu_count() or 1, len(batches))
        if workers <= 1:
            reader = Reader(store, library)
            yield from chain.from_iterable(work(reader, batch) for batch in batches)
            return
    given = store_url, work, library
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, given) as pool:
        # A few batches ahead of whoever reads the results, so that they do not pile up.
        for ahead in _batches(batches, 4 * workers):
            yield from chain.from_iterable(pool.map(_do, ahead))


_here: list[Callable[[Sequence[str]], Sequence[Any]]] = []
"""What this process is for."""
_open = ExitStack()
"""Its store, as long as it runs."""


def _begin(store_url: str, work: _Batch[Any], library: Library | None) -> None:
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    _here[:] = [partial(work, Reader(_open.enter_context(Store(store_url)), library))]


def _do(call_ids: Sequence[str]) -> Sequence[Any]:
    return _here[0](call_ids)


def _batches(items: Sequence[U], size: int) -> Iterator[Sequence[U]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
