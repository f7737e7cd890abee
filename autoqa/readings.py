"""What follows from a stored call and from no rule, worked out once and kept beside the call.

A reading is the interpreted call without its words, and its text ready to be searched. Beside it
lies what was found in it of each phrase set that was ever looked for, and which scorecard was made
of it last: so another rule costs the search for its own phrases, words are read only where
something is found, and rules that are as they were are not asked again. All of it follows from the
call, its contact, the labels of known recordings and this very code; when any of them is another,
it is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from autoqa.codec import Later, decode, decode_part, encode
from autoqa.events import interpret
from autoqa.privacy import Masks, Span
from autoqa.scoring.rule import PhraseSet
from autoqa.scoring.speech import Passage, passages_of
from autoqa.scoring.spoken import Found, Spoken, find_spoken, may_be_spoken, text_of
from autoqa.store import Before, Kept, Readings, Store, hearing_key
from autoqa.store.calls import Said, said_in
from autoqa.store.readings import Kind, Row
from autoqa.types import Answer, Call, Contact, Utterance, Word

if TYPE_CHECKING:  # it knows sounds, which takes long to import and is seldom needed here
    from autoqa.prompts import Library

_MOST_SETS = 2_000
"""Of which it is kept what was found; those of old rules go first."""
_MOST_RECENT = 20
"""Of these, so many lie apart, so that an edited phrase is kept without the others being written
again."""
_HEARD = Kind.READING, Kind.FOUND, Kind.RECENT
_LIBRARIES = ("jieba", "opencc", "pypinyin")
"""These decide what words and sounds are, as this code does."""


@dataclass(frozen=True, slots=True)
class _Found:
    of: dict[str, Later]


@dataclass(frozen=True, slots=True)
class _Recent:
    """``earlier``: the phrase sets of ``_Found``."""

    earlier: tuple[str, ...]
    of: dict[str, Later]


class Hits(Mapping[str, tuple[Spoken, ...]]):
    """What was found in a call, by ``key_of`` the phrase set, where somebody has looked for it;
    read when it is wanted."""

    def __init__(self, found: bytes | None = None, recent: bytes | None = None) -> None:
        self._rows = found
        kept = _Recent((), {}) if recent is None else decode(_Recent, recent)
        self._earlier = dict.fromkeys(kept.earlier)
        self._recent: dict[str, Later | tuple[Spoken, ...]] = dict(kept.of)
        self.is_new = False
        """Whether anything was added since."""

    @cached_property
    def _found(self) -> dict[str, Later]:
        return {} if self._rows is None else decode(_Found, self._rows).of

    def __getitem__(self, key: str) -> tuple[Spoken, ...]:
        hits = self._recent[key] if key in self._recent else self._found[key]
        return hits if isinstance(hits, tuple) else decode_part(tuple[Spoken, ...], hits)

    def __contains__(self, key: object) -> bool:
        return key in self._recent or key in self._earlier

    def __iter__(self) -> Iterator[str]:
        return chain(self._earlier, self._recent)

    def __len__(self) -> int:
        return len(self._earlier) + len(self._recent)

    def add(self, key: str, hits: tuple[Spoken, ...]) -> None:
        """What was found of a set that nobody had looked for."""
        self._recent[key] = hits
        self.is_new = True

    def rows(self) -> dict[Kind, bytes]:
        """What is to be kept of it, by kind."""
        if self._earlier and len(self._recent) <= _MOST_RECENT:
            return {Kind.RECENT: encode({"earlier": list(self._earlier), "of": self._recent})}
        every = self._found | self._recent
        found = dict(islice(every.items(), max(0, len(every) - _MOST_SETS), None))
        recent = _Recent(tuple(found), {})
        return {Kind.FOUND: encode({"of": found}), Kind.RECENT: encode(recent)}


@dataclass(frozen=True)
class Heard:
    """A stored call as it is interpreted now, ready to be scored.

    ``passages``: what is said in it, with ``texts`` ready to be searched, where they are known.
    ``words``: gives the same call with the words of these utterances, by index, where ``call`` is
    without. ``spans``: of personal data in it, where they are known.
    """

    contact: Contact
    call: Call
    answers: tuple[Answer, ...] = ()
    passages: tuple[Passage, ...] = ()
    texts: tuple[str, ...] = ()
    words: Callable[[Iterable[int]], Call] | None = None
    spans: tuple[Span, ...] | None = None
    hits: Hits = field(default_factory=Hits)

    def worded(self) -> Call:
        """The call with all of its words."""
        return self.call if self.words is None else self.words(range(len(self.call.utterances)))

    @cached_property
    def masks(self) -> Masks:
        """What hides personal data in the call and in what quotes it."""
        return Masks(self.call, self.spans)


@dataclass(frozen=True, slots=True)
class _Reading:
    call: Call
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    spans: tuple[Span, ...]


def found_in(calls: Sequence[Heard], sets: tuple[PhraseSet, ...]) -> list[Found]:
    """What each call has of each of these phrase sets; only what nobody has looked for yet is
    searched, for all calls in one pass. Words are read of calls in which something may be found."""
    keys = dict(zip((one.name for one in sets), _keys_of(sets), strict=True))
    lacking = [one for one in calls if not all(key in one.hits for key in keys.values())]
    missing = tuple(one for one in sets if any(keys[one.name] not in call.hits for call in lacking))
    if missing:
        for one, found in zip(lacking, _searched(lacking, missing), strict=True):
            for each in missing:
                one.hits.add(keys[each.name], found[each.name])
    return [_Named(keys, one.hits) for one in calls]


class _Named(Mapping[str, tuple[Spoken, ...]]):
    """What a call has of phrase sets, by their name."""

    def __init__(self, keys: Mapping[str, str], hits: Hits) -> None:
        self._keys = keys
        self._hits = hits
        self._read: dict[str, tuple[Spoken, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Spoken, ...]:
        if name not in self._read:
            self._read[name] = self._hits[self._keys[name]]
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _searched(calls: Sequence[Heard], sets: tuple[PhraseSet, ...]) -> Iterator[Found]:
    """What calls have of phrase sets. Most passages have nothing, which their texts tell; of the
    others words are read, to know when it was said."""
    likely = iter(may_be_spoken([text for one in calls for text in one.texts], sets))
    worded, chosen = [], []
    for one in calls:
        passages = [each for each in one.passages if next(likely)]
        call = one.call
        if one.words is None:
            passages = list(passages_of(call))
        elif passages:
            call = one.words(index for each in passages for index in each.utterances)
        worded.append(call)
        chosen.append(passages)
    yield from find_spoken(worded, sets, chosen)


def key_of(phrases: PhraseSet) -> str:
    """Names a phrase set by its content."""
    return _keys_of((phrases,))[0]


@lru_cache(maxsize=2 * _MOST_SETS)
def _keys_of(sets: tuple[PhraseSet, ...]) -> tuple[str, ...]:
    if len(sets) == 1:
        return (hashlib.sha256(repr(sets[0]).encode()).hexdigest()[:16],)
    return tuple(map(key_of, sets))


class Reader:
    """Reads calls of a store, and keeps what they came to for whoever asks next.

    ``library``: has the labels of known recordings as they are now.
    """

    def __init__(self, store: Store, library: Library | None = None) -> None:
        self.store = store
        self._readings = Readings(store)
        self._library = library
        self._labels = "" if library is None else labels_of(library)
        self._bases: dict[str, tuple[str, bool]] = {}
        """By call: what its reading follows from, and whether it is kept."""
        self._batch: set[tuple[str, str]] = set()
        self._unread: dict[tuple[str, str], bytes] = {}
        """Calls with their words, all of a batch as soon as anybody needs one's."""

    def read(self, call_ids: Sequence[str]) -> list[Heard]:
        """These calls, by id, with what is known of them."""
        rows = self._readings.of(call_ids, tuple(_HEARD))
        kept = self.store.kept(call_ids)
        self._bases, self._unread = {}, {}
        self._batch = {(one.recording_id, one.hearing) for one in kept}
        return [self._heard(one, rows) for one in kept]

    def keep_first(
        self, contact: Contact, call: Call, sets: tuple[PhraseSet, ...], found: Found, made: int
    ) -> None:
        """Keeps what a call came to that was scored for the first time, so that scoring it again
        begins there. ``call``: interpreted; ``made``: its scorecard's id."""
        for kept in self.store.kept([contact.call_id]):
            if kept.hearing == hearing_key(call.model, call.stages):
                self._bases = {contact.call_id: (self._basis(kept), False)}
                one = Heard(contact, call, kept.answers)
                for key, of in zip(_keys_of(sets), sets, strict=True):
                    one.hits.add(key, found[of.name])
                self.keep([one], [made])

    def before(self, calls: Sequence[Heard]) -> list[Before]:
        """What rules said last of calls that were just read; nothing of a call that was another
        then, or of which more is known since."""
        ids = [one.contact.call_id for one in calls]
        rows = self._readings.of(ids, (Kind.JUDGED,))
        made = {
            call_id: decode(int, row.content)
            for call_id, one in zip(ids, calls, strict=True)
            if (row := rows.get((call_id, Kind.JUDGED))) and row.basis == self._judged(one)
        }
        cards = self.store.scorecards_by_id(list(made.values()))
        return [
            Before({one.rule_id: one for one in cards[made[call_id]].findings}, made[call_id])
            if made.get(call_id) in cards
            else Before()
            for call_id in ids
        ]

    def keep(self, calls: Sequence[Heard], scorecard_ids: Sequence[int] = ()) -> None:
        """Keeps what these calls came to since they were read, and the scorecards made of them."""
        self.keeping(calls)(scorecard_ids)

    def keeping(self, calls: Sequence[Heard]) -> Callable[[Sequence[int]], None]:
        """The same, ready to be written as soon as the ids of the scorecards are known: nobody else
        can write meanwhile."""
        rows = [row for one in calls for row in self._rows(one)]
        judged = [(one.contact.call_id, self._judged(one)) for one in calls]

        def write(scorecard_ids: Sequence[int]) -> None:
            made = zip(judged, scorecard_ids, strict=False)
            self._readings.put(
                [*rows, *(Row(id_, Kind.JUDGED, basis, encode(at)) for (id_, basis), at in made)]
            )

        return write

    def _rows(self, one: Heard) -> Iterator[Row]:
        call_id = one.contact.call_id
        basis, is_kept = self._bases[call_id]
        if not is_kept:
            passages = passages_of(one.call)
            texts = tuple(text_of(one.call, each) for each in passages)
            reading = _Reading(_wordless(one.call), passages, texts, one.masks.spans)
            yield Row(call_id, Kind.READING, basis, encode(reading))
        if one.hits.is_new:
            for kind, content in one.hits.rows().items():
                yield Row(call_id, kind, basis, content)

    def _judged(self, one: Heard) -> str:
        """What a scorecard follows from, but for the rules."""
        basis, _ = self._bases[one.contact.call_id]
        return hashlib.sha256(f"{basis} {one.answers!r}".encode()).hexdigest()

    def _heard(self, kept: Kept, rows: Mapping[tuple[str, Kind], Row]) -> Heard:
        call_id = kept.contact.call_id
        basis = self._basis(kept)
        known = {
            kind: row.content
            for kind in _HEARD
            if (row := rows.get((call_id, kind))) is not None and row.basis == basis
        }
        if Kind.READING not in known:
            self._bases[call_id] = basis, False
            return Heard(kept.contact, interpret(self._stored(kept), kept.contact), kept.answers)
        self._bases[call_id] = basis, True
        reading = decode(_Reading, known[Kind.READING])
        words = partial(self._worded, kept, reading.call)
        hits = Hits(known.get(Kind.FOUND), known.get(Kind.RECENT))
        parts = reading.passages, reading.texts, words, reading.spans, hits
        return Heard(kept.contact, reading.call, kept.answers, *parts)

    def _basis(self, kept: Kept) -> str:
        """What a reading follows from."""
        names = f"{code_version()} {self._labels} {kept.version}"
        return hashlib.sha256(names.encode()).hexdigest()

    def _stored(self, kept: Kept) -> Call:
        call = self.store.call(kept.recording_id, kept.hearing)
        assert call is not None, "a contact is kept with a call that is there"
        if self._library is None:
            return call
        from autoqa.prompts import with_prompts

        return with_prompts(call, self._library)

    def _worded(self, kept: Kept, call: Call, indexes: Iterable[int]) -> Call:
        """Utterances that are known recordings' were never heard, and have no words."""
        key = kept.recording_id, kept.hearing
        if key not in self._unread:
            self._unread = self.store.words(self._batch | {key})
        words = {_place(one): one.words for one in said_in(self._unread[key])}
        utterances = list(call.utterances)
        for index in indexes:
            if later := words.get(_place(utterances[index])):
                own = decode_part(tuple[Word, ...], later)
                utterances[index] = replace(utterances[index], words=own)
        return replace(call, utterances=tuple(utterances))


def labels_of(library: Library) -> str:
    """Names all that the library says of its recordings."""
    lengths = [library.length_ms(one.id) for one in library.entries]
    return hashlib.sha256(repr((library.entries, lengths)).encode()).hexdigest()


def _place(one: Utterance | Said) -> tuple[int, int, int, str]:
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
