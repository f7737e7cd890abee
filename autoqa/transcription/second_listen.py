"""The second listen: was a phrase said after all?

Before a phrase that an agent owes counts as missing, the stretch where it belongs is heard again,
in two ways, and both must miss it:

- in other windows: stretches that follow each other closely are heard as one, by themselves, with a
  wider search;
- by likelihood: the phrase is put in the place of what sounds most like it in the best text, and
  the model says how much less likely (in nats) the sentence has become. Whole sentences are
  compared that differ in that one place, so length and punctuation count alike. Where the text is
  not sure of itself the phrase is tried in its least sure place too, whatever that sounds like.

On a noisy line an unsure text proves nothing: what was said there lies as far below the best
text as what was not. There the question stays open, and for speech that got no text at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from autoqa.text import normalise
from autoqa.transcription.guards import spoken_length
from autoqa.transcription.interface import RATE_HZ, Clip, Heard, Transcriber
from autoqa.transcription.likeness import Place, filled, places, without_slots
from autoqa.transcription.trial import Trial
from autoqa.transcription.windows import SPEECH_MS, cut
from autoqa.types import Word

NO_MARGIN = -99.0

JOIN_MS = 1_000
"""Stretches with less silence between them are one sentence with a breath in it."""
MOST_PLACES, MOST_UNSURE = 10, 10
"""So many places are tried for a question by their sound, the most alike first, and by how unsure
their text is: each costs a fiftieth of a second."""
FARTHEST = 0.7
"""What sounds less alike than this is not worth trying where the text is sure."""

CLEAR_PROBABILITY = 0.6
"""A text less sure than this was hardly heard: in noise at 5 dB phrases that were said lay 20 to 50
nats below a text that was wrong itself."""
NUMBER_LENGTH = 4
"""Where a phrase needs a number, and none was written, one may be hidden in so many characters
beside it, if they are not sure."""
FASTEST_PER_S = 8.0
"""Syllables of the fastest Mandarin: in less time a phrase cannot be said."""
SLACK_MS = 300
"""The recogniser's word times are good to this; a gap in the text has to be longer by as much."""
ROOM = 2.5
"""Speech without text that takes so many times as long as the phrase at its fastest may hold other
words beside it: the phrase by itself is no fair trial there."""

_MS = RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Listened:
    """What the second listen says of a question.

    ``said``: True, False (both ways missed it), or None (nobody can tell). ``margin_nats``: of the
    likeliest phrase in its likeliest place; 0 where it was written down, ``NO_MARGIN`` where no
    place could be tried. Where it was said, ``phrase`` is which, ``quote`` what was written there
    in this listen, ``start_ms`` and ``end_ms`` when. ``heard``: all that was written, a
    stretch of speech a line.
    """

    said: bool | None
    margin_nats: float
    phrase: str = ""
    quote: str = ""
    start_ms: int = 0
    end_ms: int = 0
    heard: str = ""


@dataclass(frozen=True)
class Stretch:
    """A clip and what this listen heard in it."""

    clip: Clip
    heard: Heard

    @property
    def text(self) -> str:
        return self.heard.text

    @cached_property
    def sureness(self) -> list[float]:
        """The probability of each character of the text."""
        words = (word for utterance in self.heard.utterances for word in utterance.words)
        return [word.probability for word in words for _ in word.text]

    def voice_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of a part is speech, and not the silence that joins two clips."""
        first, last = (max(0, at - self.clip.start_ms) * _MS for at in (start_ms, end_ms))
        return int(np.count_nonzero(self.clip.samples[first:last])) // _MS

    def could_hold(self, phrase: str) -> bool:
        return self.clip.duration_ms >= _fastest_ms(phrase)


def listen_again(
    transcriber: Transcriber,
    clips: Sequence[Clip],
    phrases: Sequence[str],
    *,
    is_clear: bool = True,
) -> Listened:
    """Hear the clips again, for the phrases, any of which answers.

    ``clips``: the speech of one channel in the stretch where the phrase belongs; none: nobody
    spoke, so it was not said. ``phrases``: texts as they are spoken; ``{数字}`` in one is a number.
    ``is_clear``: the line is without noise that could hide a phrase.
    """
    phrases = _shortest(phrases)
    stretches = []
    for clip in join(clips):
        heard = transcriber.hear_alone(clip)
        for phrase in phrases:
            if written := _written(phrase, heard):
                return written
        stretches.append(Stretch(clip, heard))
    text = "\n".join(stretch.text for stretch in stretches)
    near, far = _by_sound(stretches, phrases), _by_doubt(stretches, phrases)
    tried = _try(transcriber, stretches, near)
    if any(trial.is_said or not trial.is_unsaid(is_clear=is_clear) for trial in tried):
        return replace(_verdict(tried, is_open=True, is_clear=is_clear), heard=text)
    tried += _try(transcriber, stretches, far)
    is_open = any(
        _may_hide(transcriber, stretch, phrases, is_clear=is_clear) for stretch in stretches
    )
    return replace(_verdict(tried, is_open=is_open, is_clear=is_clear), heard=text)


def _shortest(phrases: Sequence[str]) -> tuple[str, ...]:
    """The phrases that hold none of the others: who says a longer one has said the shorter."""
    return tuple(
        dict.fromkeys(
            phrase
            for phrase in phrases
            if not any(other != phrase and other in phrase for other in phrases)
        )
    )


def _try(
    transcriber: Transcriber,
    stretches: Sequence[Stretch],
    wanted: Sequence[tuple[int, Place]],
) -> list[Trial]:
    return [
        trial
        for index, stretch in enumerate(stretches)
        if (here := [place for at, place in wanted if at == index])
        for trial in trials(transcriber, stretch, here)
    ]


def join(clips: Sequence[Clip]) -> list[Clip]:
    """Clips of one channel, in order of time, close neighbours as one clip; each fits a window."""
    joined: list[Clip] = []
    for clip in sorted(_fitting(clips), key=lambda one: one.start_ms):
        before = joined[-1] if joined else None
        if before is None or not _is_close(before, clip):
            joined.append(clip)
            continue
        pause = np.zeros(max(0, clip.start_ms - before.segment.end_ms) * _MS, np.float32)
        samples = np.concatenate([before.samples[:], pause, clip.samples[:]])
        joined[-1] = Clip(clip.key, clip.channel, before.start_ms, samples)
    return joined


def trials(transcriber: Transcriber, stretch: Stretch, wanted: Sequence[Place]) -> list[Trial]:
    """Each place tried in the text of the stretch."""
    text = stretch.text
    words = [word for utterance in stretch.heard.utterances for word in utterance.words]
    spliced = [text[: one.start] + one.phrase + text[one.end :] for one in wanted]
    best, *others = transcriber.likelihoods(stretch.clip, [text, *spliced])
    result = []
    for place, likelihood in zip(wanted, others, strict=True):
        start_ms, end_ms = _times(words, place)
        quote = text[place.start : place.end]
        result.append(Trial(place, likelihood - best, quote, start_ms, end_ms))
    return result


def _by_sound(stretches: Sequence[Stretch], phrases: Sequence[str]) -> list[tuple[int, Place]]:
    """(index of the stretch, place) for the places that sound most alike."""
    found = [
        (index, replace(place, is_sure=_is_sure(stretch, place)))
        for index, stretch in enumerate(stretches)
        for phrase in phrases
        for place in places(phrase, stretch.text)
        if place.is_whole or not _is_sure(stretch, place, around=NUMBER_LENGTH)
    ]
    found.sort(key=lambda one: (one[1].distance, one[0], one[1].start, one[1].phrase))
    return [one for one in found[:MOST_PLACES] if one[1].distance <= FARTHEST]


def _by_doubt(stretches: Sequence[Stretch], phrases: Sequence[str]) -> list[tuple[int, Place]]:
    """The place of each phrase in each stretch where the text is least sure, if it is not sure;
    and wherever speech got no text."""
    gaps = [
        (0.0, index, place)
        for index, stretch in enumerate(stretches)
        for phrase in phrases
        for place in _gaps(stretch, without_slots(phrase))
    ]
    found = gaps + [
        (place_sureness, index, place)
        for index, stretch in enumerate(stretches)
        for phrase in phrases
        if stretch.could_hold(phrase)
        if (unsure := _least_sure(stretch, phrase)) is not None
        for place_sureness, place in (unsure,)
    ]
    found.sort(key=lambda one: (one[0], one[1], one[2].start, one[2].phrase))
    return [(index, place) for _, index, place in found[:MOST_UNSURE]]


def _least_sure(stretch: Stretch, phrase: str) -> tuple[float, Place] | None:
    """(its mean probability, the least sure place as long as the phrase), where it is not sure."""
    sureness, text = stretch.sureness, stretch.text
    if not text or len(sureness) != len(text):
        return None
    syllables = spoken_length(without_slots(phrase))
    phrase = without_slots(phrase)
    length = min(len(phrase), len(text))
    sums = np.convolve(sureness, np.ones(length) / length, mode="valid")
    start = int(sums.argmin())
    place = Place(phrase, start, start + length, 1.0, syllables, is_sure=False)
    return (float(sums[start]), place) if sums[start] < CLEAR_PROBABILITY else None


def _gaps(stretch: Stretch, phrase: str) -> Iterator[Place]:
    """Where the phrase could have been said between two words, or before or after all."""
    words = [word for utterance in stretch.heard.utterances for word in utterance.words]
    begin_ms, at = stretch.clip.start_ms, 0
    for word in (*words, None):
        end_ms = word.start_ms if word else stretch.clip.segment.end_ms
        if words and stretch.voice_ms(begin_ms, end_ms) >= _fastest_ms(phrase) + SLACK_MS:
            yield Place(phrase, at, at, 1.0, spoken_length(phrase), is_sure=False)
        if word:
            begin_ms, at = word.end_ms, at + len(word.text)


def _is_sure(stretch: Stretch, place: Place, around: int = 0) -> bool:
    here = stretch.sureness[max(0, place.start - around) : place.end + around]
    return bool(here) and sum(here) / len(here) >= CLEAR_PROBABILITY


def _may_hide(
    transcriber: Transcriber, stretch: Stretch, phrases: Sequence[str], *, is_clear: bool
) -> bool:
    """Whether a phrase may have been said here although no trial can tell."""
    needed_ms = min((_fastest_ms(phrase) for phrase in phrases), default=0)
    if not is_clear and any(
        utterance.end_ms - utterance.start_ms >= needed_ms
        for utterance in stretch.heard.utterances
        if utterance.probability < CLEAR_PROBABILITY
    ):
        return True
    lost = [part for part in stretch.heard.unheard if part.duration_ms >= needed_ms]
    if not lost:
        return False
    if stretch.text or not is_clear:
        return True
    fitting = [phrase for phrase in phrases if stretch.could_hold(phrase)]
    if any(stretch.clip.duration_ms > ROOM * _fastest_ms(phrase) for phrase in fitting):
        return True
    bare = dict.fromkeys(without_slots(phrase) for phrase in fitting)
    whole = [Place(phrase, 0, 0, 1.0, spoken_length(phrase), is_sure=False) for phrase in bare]
    return not all(trial.is_unsaid(is_clear=True) for trial in trials(transcriber, stretch, whole))


def _fastest_ms(phrase: str) -> int:
    """The least time in which the phrase can be said."""
    return int(1000 * spoken_length(without_slots(phrase)) / FASTEST_PER_S)


def _verdict(tried: Sequence[Trial], *, is_open: bool, is_clear: bool) -> Listened:
    """``is_open``: a phrase may have been where nothing could be tried."""
    said = [trial for trial in tried if trial.is_said]
    best = max(said or tried, key=lambda one: one.margin_nats, default=None)
    if best is None:
        return Listened(None if is_open else False, NO_MARGIN)
    if said:
        return Listened(
            True, best.margin_nats, best.place.phrase, best.quote, best.start_ms, best.end_ms
        )
    unsaid = not is_open and all(trial.is_unsaid(is_clear=is_clear) for trial in tried)
    return Listened(False if unsaid else None, best.margin_nats)


def _fitting(clips: Sequence[Clip]) -> Iterator[Clip]:
    """The clips, those too long for a window in parts."""
    for clip in clips:
        if clip.duration_ms <= SPEECH_MS:
            yield clip
            continue
        for piece in cut(0, clip.samples):
            yield Clip(clip.key, clip.channel, clip.start_ms + piece.offset_ms, piece.samples)


def _written(phrase: str, heard: Heard) -> Listened | None:
    """The phrase as this listen wrote it, character for character."""
    text = normalise(heard.text)
    for way in filled(phrase, heard.text):
        wanted = normalise(way).text
        at = text.text.find(wanted) if wanted else -1
        if at >= 0 and (way != without_slots(phrase) or way == phrase):
            start, end = text.span(at, at + len(wanted))
            place = Place(way, start, end, 0.0, 0)
            words = [word for utterance in heard.utterances for word in utterance.words]
            return Listened(True, 0.0, way, heard.text[start:end], *_times(words, place))
    return None


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
