"""Topics that rise suddenly: words that are said in more calls of a day than chance explains.

Words that rise in the same calls are one topic (``word_groups``), counted by its strongest word and
known by its name from then on. Every word of the day is a comparison of its own, so that with
thousands of words one has to stand out far.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from autoqa.rises import LEAST_FACTOR, LEAST_HITS, Series, compared
from autoqa.store.database import Database
from autoqa.store.rises import days_before
from autoqa.store.spoken_words import Spoken, SpokenWords
from autoqa.word_groups import BETWEEN, topics_of


def topic_series(
    database: Database, days: Sequence[date], told: Collection[str]
) -> dict[str, Series]:
    """By topic, in how many calls of each day its strongest word was said.

    ``days``: on which rises are looked for. ``told``: topics that were told of before, by name:
    their words are theirs, and make no other topic.
    """
    words = SpokenWords(database)
    counted = words.by_day(days_before(min(days)), max(days))
    found = {name: _series(counted, name.split(BETWEEN)[0]) for name in told}
    taken = {word for name in told for word in name.split(BETWEEN)}
    for day in sorted(days):
        rising = _rising(counted, day)
        for topic in topics_of(words.said_on(day, rising)) if rising else ():
            if taken.isdisjoint(topic.words):
                found[topic.name] = _series(counted, topic.words[0])
            taken.update(topic.words)
    return found


def _rising(counted: Mapping[date, Spoken], day: date) -> list[str]:
    """Words that rise on a day by themselves; those that were the least usual first."""
    if day not in counted:
        return []
    today = counted[day]
    often = [word for word, hits in today.counts.items() if hits >= LEAST_HITS]
    before = {of: one for of, one in counted.items() if of < day}
    calls = sum(one.calls for one in before.values())
    usually: dict[str, int] = {}
    for word in often:
        usual = sum(one.counts[word] for one in before.values())
        if today.counts[word] * calls >= LEAST_FACTOR * usual * today.calls:
            how = compared(_series(counted, word), day)
            if how is not None and how.is_rise(len(often)):
                usually[word] = usual
    return sorted(usually, key=lambda word: (usually[word], -today.counts[word], word))


def _series(counted: Mapping[date, Spoken], word: str) -> Series:
    return {day: (one.counts[word], one.calls) for day, one in counted.items()}
