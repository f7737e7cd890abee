"""In how many calls a word was said: counted once for a day, until one of its calls changes.

Masked text only, so that no word is a name or a number of somebody's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from autoqa.store.calls import said_in
from autoqa.store.database import Database, metadata
from autoqa.store.days import Rows, kept_by_day
from autoqa.store.standing import overview
from autoqa.text import tokens

LONGEST = 8
"""Characters of a word; what is longer is a slip of the dictionary."""
_WHAT = "words 2"
"""Another number where they are counted in another way."""
_HIDDEN = re.compile(r"〔[^〕]*〕")
_WORD = re.compile(rf"[\u4e00-\u9fff]{{2,{LONGEST}}}")
_NUMBER = re.compile(r"[零〇一二三四五六七八九十百千万亿两几元块角分点号年月日天个]+")
"""Amounts and dates are nobody's topic."""
_WEEK = timedelta(days=6)
_READ = 200
"""Calls at a time."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """``calls``: all that have words. ``counts``: word → calls in which it was said."""

    calls: int
    counts: Counter[str]


class SpokenWords:
    """``SpokenWords(store).of(first_day, last_day)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, first: date, last: date) -> Spoken:
        """Of the calls of these days, both included.

        A week at a time is counted and kept, so that nobody reads the store for long, and who
        breaks off a first count goes on there next time.
        """
        every = self.by_day(first, last).values()
        counts = Counter[str]()
        for one in every:
            counts.update(one.counts)
        return Spoken(sum(one.calls for one in every), counts)

    def by_day(self, first: date, last: date) -> dict[date, Spoken]:
        """The same, each day by itself; days without calls are missing."""
        found: dict[date, Spoken] = {}
        while first <= last:
            until = min(first + _WEEK, last)
            kept = kept_by_day(self._database, _WHAT, _count, first, until)
            for day, rows in kept.items():
                counts = Counter[str](dict(rows))
                if calls := counts.pop("", 0):
                    found[day] = Spoken(calls, counts)
            first = until + timedelta(days=1)
        return found

    def said_on(self, day: date, words: Collection[str]) -> dict[str, set[str]]:
        """The calls of a day in which each of these words was said, by their ids; in the order of
        the words."""
        wanted = set(words)
        found: dict[str, set[str]] = {word: set() for word in words}
        with self._database.reading() as connection:
            for call_id, said in _words_of_day(connection, day):
                for word in said & wanted:
                    found[word].add(call_id)
        return found


def words_of(text: str) -> set[str]:
    """What of a text may be a topic: words of two Chinese characters or more."""
    cut = tokens(_HIDDEN.sub("，", text))
    words = {one.text for one in cut if _WORD.fullmatch(one.text)}
    return {word for word in words if not _NUMBER.fullmatch(word)}


def _count(connection: sa.Connection, missing: Sequence[date]) -> dict[date, Rows]:
    return {day: _of_day(connection, day) for day in missing}


def _of_day(connection: sa.Connection, day: date) -> Rows:
    """The number of calls stands with an empty word."""
    counts: Counter[str] = Counter()
    for _, words in _words_of_day(connection, day):
        counts.update({"", *words})
    return [[word, count] for word, count in counts.items()]


def _words_of_day(connection: sa.Connection, day: date) -> Iterator[tuple[str, set[str]]]:
    """Each call of a day, and the words that are said in it."""
    calls = metadata.tables["calls"]
    heard = sa.and_(
        calls.c.recording_id == overview.c.recording_id, calls.c.hearing == overview.c.hearing
    )
    query = sa.select(overview.c.call_id, calls.c.call).join(overview, heard)
    query = query.where(overview.c.day == day)
    rows: Any = connection.execute(query, execution_options={"yield_per": _READ})
    for call_id, data in rows:
        yield call_id, {word for one in said_in(data) for word in words_of(one.text)}
