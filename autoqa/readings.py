"""What follows from a stored call and from no rule, worked out once and kept beside the call.

A reading is the interpreted call without its words, and what was found in it of each phrase set
that was ever looked for: so another rule costs the search for its own phrases, and the words are
read only where something has to be searched. It follows from the call, its contact, the labels of
known recordings and this very code; when any of them is another, it is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from autoqa.codec import decode, encode
from autoqa.events import interpret
from autoqa.scoring.rule import PhraseSet
from autoqa.scoring.view import Found, Spoken, find_spoken
from autoqa.store import Kept, Readings, Store
from autoqa.store.readings import Row
from autoqa.types import Answer, Call, Contact, Utterance

_MOST_SETS = 2_000
"""Of which it is kept what was found; those of old rules go first."""
_LIBRARIES = ("jieba", "opencc", "pypinyin")
"""These decide what words and sounds are, as this code does."""

Labelled = Callable[[Call], Call]
"""Gives a call the labels of known recordings as they are now."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stored call as it is interpreted now, ready to be scored.

    ``found``: by ``key_of`` a phrase set; grows. ``worded``: the same call with its words, where
    ``call`` is without.
    """

    contact: Contact
    call: Call
    answers: tuple[Answer, ...] = ()
    found: dict[str, tuple[Spoken, ...]] = field(default_factory=dict)
    worded: Callable[[], Call] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """As it is kept."""

    call: Call
    found: dict[str, tuple[Spoken, ...]]


def found_in(calls: Sequence[Heard], sets: tuple[PhraseSet, ...]) -> list[Found]:
    """What each call has of each of these phrase sets; only what nobody has looked for yet is
    searched, for all calls in one pass. Words are read of calls in which something is found."""
    keys = _keys_of(sets)
    lacking = [one for one in calls if not one.found.keys() >= set(keys)]
    missing = tuple(
        one
        for one, key in zip(sets, keys, strict=True)
        if any(key not in call.found for call in lacking)
    )
    if missing:
        found = find_spoken([one.call for one in lacking], missing)
        for place, one in enumerate(lacking):
            if one.worded is not None and any(found[place].values()):
                (found[place],) = find_spoken([one.worded()], missing)  # when it was said
            one.found.update((key_of(of), found[place][of.name]) for of in missing)
    names = [one.name for one in sets]
    return [{name: one.found[key] for name, key in zip(names, keys, strict=True)} for one in calls]


def key_of(phrases: PhraseSet) -> str:
    """Names a phrase set by its content."""
    return hashlib.sha256(repr(phrases).encode()).hexdigest()[:16]


@lru_cache(maxsize=16)
def _keys_of(sets: tuple[PhraseSet, ...]) -> tuple[str, ...]:
    return tuple(map(key_of, sets))


class Reader:
    """Reads calls of a store, and keeps what they came to for whoever asks next.

    ``labelled`` and ``labels``: how calls are labelled, and what names these labels.
    """

    def __init__(self, store: Store, labelled: Labelled | None = None, labels: str = "") -> None:
        self._store = store
        self._readings = Readings(store)
        self._labelled = labelled
        self._labels = labels
        self._read: dict[str, tuple[str, int]] = {}
        """By call: the basis, and of how many phrase sets it is kept what was found."""

    def read(self, call_ids: Sequence[str]) -> list[Heard]:
        """These calls, by id, with what is known of them."""
        rows = self._readings.of(call_ids)
        return [
            self._heard(one, rows.get(one.contact.call_id)) for one in self._store.kept(call_ids)
        ]

    def keep(self, calls: Sequence[Heard]) -> None:
        """Keeps what was found in these calls since they were read."""
        self._readings.put(self._rows(calls))

    def _rows(self, calls: Sequence[Heard]) -> Iterator[Row]:
        for one in calls:
            basis, known = self._read[one.contact.call_id]
            if len(one.found) != known:
                found = dict(islice(one.found.items(), max(0, len(one.found) - _MOST_SETS), None))
                reading = Reading(_wordless(one.call), found)
                yield Row(one.contact.call_id, basis, encode(reading))

    def _heard(self, kept: Kept, row: Row | None) -> Heard:
        basis = hashlib.sha256(f"{code_version()} {self._labels} {kept.version}".encode())
        if row is not None and row.basis == basis.hexdigest():
            reading = decode(Reading, row.reading)
            worded = partial(self._worded, kept, reading.call)
            heard = Heard(kept.contact, reading.call, kept.answers, reading.found, worded)
            self._read[kept.contact.call_id] = row.basis, len(reading.found)
            return heard
        self._read[kept.contact.call_id] = basis.hexdigest(), -1
        return Heard(kept.contact, interpret(self._stored(kept), kept.contact), kept.answers)

    def _stored(self, kept: Kept) -> Call:
        call = self._store.call(kept.recording_id, kept.hearing)
        assert call is not None, "a contact is kept with a call that is there"
        return call if self._labelled is None else self._labelled(call)

    def _worded(self, kept: Kept, call: Call) -> Call:
        words = {_place(one): one.words for one in self._stored(kept).utterances}
        return replace(
            call,
            utterances=tuple(replace(one, words=words[_place(one)]) for one in call.utterances),
        )


def _place(one: Utterance) -> tuple[int, int, int, str]:
    return one.channel, one.start_ms, one.end_ms, one.text


def _wordless(call: Call) -> Call:
    return replace(call, utterances=tuple(replace(one, words=()) for one in call.utterances))


@cache
def code_version() -> str:
    """Names all code that a reading follows from: no version has to be raised by hand."""
    digest = hashlib.sha256(" ".join(map(version, _LIBRARIES)).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
