"""The second listen: was a phrase said after all?

Before a phrase that an agent owes counts as missing, the stretch where it belongs is heard again,
in two ways, and both must miss it:

- in other windows: stretches that follow each other closely are heard as one, by themselves, with a
  wider search;
- by likelihood: the phrase is put in the place of what sounds most like it in the best text, and
  the model says how much less likely (in nats) the sentence has become. Whole sentences are
  compared that differ in that one place, so length and punctuation count alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from autoqa.text import normalise, pinyin
from autoqa.transcription.guards import MOST_CHARACTERS_PER_S, spoken_length
from autoqa.transcription.interface import RATE_HZ, Clip, Heard, Transcriber
from autoqa.transcription.windows import SPEECH_MS
from autoqa.types import Word

NO_MARGIN = -99.0

JOIN_MS = 1_000
"""Stretches with less silence between them are one sentence with a breath in it."""
MOST_PLACES = 12
"""So many places are tried for a question, those that sound most alike first: each costs as much
as hearing a second of speech."""

SAID_NATS, SAID_NATS_PER_SYLLABLE, SAID_DISTANCE = -8.0, -1.25, 0.5
"""Said: no less likely than this, in all and for each syllable, and alike in sound. On calls
synthesized for telephone the phrases that were said but misheard scored 4 to -8.4 nats (-1.2 and
more a syllable), those that were not said -9 and less (-1.9 and less a syllable)."""
UNSAID_NATS, UNSAID_NATS_PER_SYLLABLE = -12.0, -1.75
"""Not said: less likely than this, in all and for each syllable. Between the two: nobody knows."""
CLEAR_PROBABILITY = 0.6
"""A stretch whose text is less sure than this was hardly heard: in noise at 5 dB phrases that were
said lay 20 to 50 nats below a text that was wrong itself. Nothing is missing there for certain."""
SHORTEST_SYLLABLES = 3
"""A phrase of fewer syllables fits too many places: likelihood alone does not prove it."""

_HAN_RUN = re.compile(r"[㐀-鿿]+")
_MS = RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Listened:
    """What the second listen says of a question.

    ``said``: True, False (both ways missed it), or None (nobody can tell). ``margin_nats``: of the
    likeliest phrase in its likeliest place; 0 where it was written down, ``NO_MARGIN`` where no
    place could be tried. Where it was said, ``phrase`` is which, ``quote`` what was written there
    in this listen, ``start_ms`` and ``end_ms`` when.
    """

    said: bool | None
    margin_nats: float
    phrase: str = ""
    quote: str = ""
    start_ms: int = 0
    end_ms: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of a text that sound most like a phrase.

    ``distance``: 0 the same sounds, 1 nothing in common, for each syllable of the phrase.
    """

    phrase: str
    start: int
    end: int
    distance: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A phrase tried in a place: ``margin_nats`` is the log likelihood of the text with the phrase
    less that of the best text."""

    place: Place
    margin_nats: float
    quote: str
    start_ms: int
    end_ms: int

    @property
    def is_said(self) -> bool:
        length = spoken_length(self.place.phrase)
        return (
            length >= SHORTEST_SYLLABLES
            and self.margin_nats >= max(SAID_NATS, SAID_NATS_PER_SYLLABLE * length)
            and self.place.distance <= SAID_DISTANCE
        )

    @property
    def is_unsaid(self) -> bool:
        length = spoken_length(self.place.phrase)
        return self.margin_nats < min(UNSAID_NATS, UNSAID_NATS_PER_SYLLABLE * length)


def listen_again(
    transcriber: Transcriber, clips: Sequence[Clip], phrases: Sequence[str]
) -> Listened:
    """Hear the clips again, for the phrases, any of which answers.

    ``clips``: the speech of one channel in the stretch where the phrase belongs; none: nobody
    spoke, so it was not said. ``phrases``: texts as they are spoken, without slots.
    """
    stretches = [(clip, transcriber.hear_alone(clip)) for clip in join(clips)]
    for _, heard in stretches:
        for phrase in phrases:
            if written := _written(phrase, heard):
                return written
    wanted = sorted(
        (
            (place.distance, index, place)
            for index, (_, heard) in enumerate(stretches)
            for phrase in phrases
            for place in places(phrase, heard.text)
        ),
        key=lambda one: (one[0], one[1], one[2].start, one[2].phrase),
    )[:MOST_PLACES]
    tried = [
        trial
        for index, (clip, heard) in enumerate(stretches)
        if (here := [place for _, at, place in wanted if at == index])
        for trial in trials(transcriber, clip, heard, here)
    ]
    needed_ms = min((_shortest_ms(phrase) for phrase in phrases), default=0)
    return _verdict(tried, is_clear=all(_is_clear(heard, needed_ms) for _, heard in stretches))


def join(clips: Sequence[Clip]) -> list[Clip]:
    """Clips of one channel, in order of time, close neighbours as one clip of one window."""
    joined: list[Clip] = []
    for clip in sorted(clips, key=lambda one: one.start_ms):
        before = joined[-1] if joined else None
        if before is None or not _is_close(before, clip):
            joined.append(clip)
            continue
        pause = np.zeros(max(0, clip.start_ms - before.segment.end_ms) * _MS, np.float32)
        samples = np.concatenate([before.samples, pause, clip.samples])
        joined[-1] = Clip(clip.key, clip.channel, before.start_ms, samples)
    return joined


def places(phrase: str, text: str, most: int = 2) -> list[Place]:
    """Where in ``text`` the phrase might have been heard as something else, the likeliest first."""
    wanted, _ = _syllables(phrase)
    given, at = _syllables(text)
    if not wanted or not given:
        return []
    found: list[Place] = []
    for start, end, cost in _alignments(wanted, given):
        first, last = at[start], at[end - 1] + 1
        if all(last <= other.start or other.end <= first for other in found):
            found.append(Place(phrase, first, last, cost / len(wanted)))
        if len(found) == most:
            break
    return found


def trials(
    transcriber: Transcriber, clip: Clip, heard: Heard, wanted: Sequence[Place]
) -> list[Trial]:
    """Each place tried in the text of ``heard``."""
    text = heard.text
    words = [word for utterance in heard.utterances for word in utterance.words]
    spliced = [text[: one.start] + one.phrase + text[one.end :] for one in wanted]
    best, *others = transcriber.likelihoods(clip, [text, *spliced])
    result = []
    for place, likelihood in zip(wanted, others, strict=True):
        start_ms, end_ms = _times(words, place)
        quote = text[place.start : place.end]
        result.append(Trial(place, likelihood - best, quote, start_ms, end_ms))
    return result


def _shortest_ms(phrase: str) -> int:
    """The least time in which the phrase can be said."""
    return int(1000 * spoken_length(phrase) / MOST_CHARACTERS_PER_S)


def _is_clear(heard: Heard, needed_ms: int) -> bool:
    """No part long enough for a phrase is without text, or has text that is not sure."""
    unsure_ms = [
        utterance.end_ms - utterance.start_ms
        for utterance in heard.utterances
        if utterance.probability < CLEAR_PROBABILITY
    ]
    unheard_ms = [part.duration_ms for part in heard.unheard]
    return all(length_ms < needed_ms for length_ms in (*unsure_ms, *unheard_ms))


def _verdict(tried: Sequence[Trial], is_clear: bool) -> Listened:
    """``is_clear``: wherever a phrase could have been the text is sure; if not, who knows."""
    said = [trial for trial in tried if trial.is_said]
    best = max(said or tried, key=lambda one: one.margin_nats, default=None)
    if best is None:
        return Listened(False if is_clear else None, NO_MARGIN)
    if said:
        return Listened(
            True, best.margin_nats, best.place.phrase, best.quote, best.start_ms, best.end_ms
        )
    unsaid = is_clear and all(trial.is_unsaid for trial in tried)
    return Listened(False if unsaid else None, best.margin_nats)


def _written(phrase: str, heard: Heard) -> Listened | None:
    """The phrase as this listen wrote it, character for character."""
    wanted, text = normalise(phrase).text, normalise(heard.text)
    at = text.text.find(wanted) if wanted else -1
    if at < 0:
        return None
    start, end = text.span(at, at + len(wanted))
    place = Place(phrase, start, end, 0.0)
    words = [word for utterance in heard.utterances for word in utterance.words]
    return Listened(True, 0.0, phrase, heard.text[start:end], *_times(words, place))


def _is_close(before: Clip, clip: Clip) -> bool:
    end_ms = clip.segment.end_ms
    return (
        clip.start_ms - before.segment.end_ms <= JOIN_MS
        and clip.start_ms >= before.segment.end_ms
        and end_ms - before.start_ms <= SPEECH_MS
    )


def _times(words: Sequence[Word], place: Place) -> tuple[int, int]:
    """When the characters of the place were spoken."""
    spans, at = [], 0
    for word in words:
        if at < place.end and at + len(word.text) > place.start:
            spans.append(word)
        at += len(word.text)
    return (spans[0].start_ms, spans[-1].end_ms) if spans else (0, 0)


def _syllables(text: str) -> tuple[list[str], list[int]]:
    """Toneless syllables and other characters, with the index of each in the text."""
    sounds: list[str] = []
    at: list[int] = []
    runs = {match.start(): match[0] for match in _HAN_RUN.finditer(text)}
    index = 0
    while index < len(text):
        run = runs.get(index)
        if run is not None:
            read = pinyin(run)
            if len(read) == len(run):
                sounds.extend(syllable.rstrip("12345") for syllable in read)
                at.extend(range(index, index + len(run)))
            index += len(run)
        else:
            if text[index].isalnum():
                sounds.append(text[index])
                at.append(index)
            index += 1
    return sounds, at


def _alignments(wanted: Sequence[str], given: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Spans of ``given`` by their distance from ``wanted``, the nearest first."""
    row = [(0.0, start) for start in range(len(given) + 1)]
    for sound in wanted:
        new = [(row[0][0] + 1, row[0][1])]
        for index, other in enumerate(given):
            new.append(
                min(
                    (row[index][0] + _distance(sound, other), row[index][1]),
                    (row[index + 1][0] + 1, row[index + 1][1]),
                    (new[index][0] + 1, new[index][1]),
                )
            )
        row = new
    ends = sorted(range(1, len(row)), key=lambda end: (row[end][0], end))
    return ((row[end][1], end, row[end][0]) for end in ends if row[end][1] < end)


def _distance(one: str, other: str) -> float:
    """Between two syllables: 0 the same, a half where beginning or rhyme are shared, else 1."""
    if one == other:
        return 0.0
    onset, rhyme = _parts(one)
    other_onset, other_rhyme = _parts(other)
    return 0.5 if onset == other_onset or rhyme == other_rhyme else 1.0


def _parts(syllable: str) -> tuple[str, str]:
    """Onset and rhyme; what accents and telephones do not tell apart is the same."""
    rhyme = syllable.lstrip("bpmfdtnlgkhjqxrzcsyw")
    onset = syllable[: len(syllable) - len(rhyme)].removesuffix("h")
    onset = {"l": "n", "f": "h", "r": "n"}.get(onset, onset)
    return onset, rhyme.removesuffix("g")
