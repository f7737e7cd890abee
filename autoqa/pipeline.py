"""The straight line from recordings to scorecards; the command line, the service and every worker
run these functions::

    analyze   Audio → acoustics → clips of speech → words → Call          seconds to minutes
    judge     Call → interpret → score → (listen again → score)           milliseconds, but for the
                                                                          second listen
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autoqa import acoustics, audio, diarization, transcription
from autoqa.acoustics import Acoustics
from autoqa.acoustics.noise import Noise, noises
from autoqa.audio import Audio
from autoqa.clarity import is_clear
from autoqa.diarization import Diarizer, load_diarizer
from autoqa.events import by_leg, interpret
from autoqa.i18n import N_
from autoqa.prompts import Library, live_speech, replayed, with_prompts
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import PhraseSet, RuleSet
from autoqa.scoring.spoken import Found, find_spoken
from autoqa.scoring.view import Known
from autoqa.settings import Settings
from autoqa.store import hearing_key
from autoqa.transcription import (
    RATE_HZ,
    Clip,
    Heard,
    Transcriber,
    listen_again,
    load_transcriber,
)
from autoqa.transcription.interface import Samples
from autoqa.types import (
    Answer,
    Call,
    Channel,
    Contact,
    EventKind,
    Measures,
    Message,
    PlayedPrompt,
    Question,
    Remark,
    Role,
    Scorecard,
    Segment,
)

STAGES = {
    "decode": audio.VERSION,
    "acoustics": acoustics.VERSION,
    "replayed": replayed.VERSION,
    "words": transcription.WORDS_VERSION,
}
"""The version of each stage of hearing; a stage raises its own when its result changes."""

_WITHOUT_AGENT = (EventKind.RECORDED_PROMPT, EventKind.HOLD)
"""In these the agent says nothing himself: a hold ends where he speaks, but for one whose times the
metadata gives, whose clock may be another."""

_FOREIGN = N_("Channel {number} is in another language ({language}); it was not transcribed")
_NO_WORDS = N_("Not one word could be made out in this recording")


@dataclass(frozen=True, slots=True)
class Models:
    """What is loaded once a process: the recogniser, and the known recordings and the diarizer if
    there are any."""

    transcriber: Transcriber
    library: Library | None = None
    diarizer: Diarizer | None = None


def hearing(settings: Settings, library: Library | None = None) -> str:
    """Names the ears that these settings give; known without loading a model."""
    return hearing_key(transcription.name(settings), _stages(library))


def hearing_mixed(settings: Settings, library: Library | None = None) -> str:
    """The same, for recordings that hold both parties on one line."""
    told_apart = diarization.is_wanted(settings)
    return hearing_key(transcription.name(settings), _stages(library, told_apart))


def load_models(settings: Settings, library: Library | None = None) -> Models:
    """Loads the models; ``ModelMissing`` where their weights are not to be had."""
    return Models(load_transcriber(settings), library, load_diarizer(settings))


def _stages(library: Library | None, told_apart: bool = False) -> dict[str, int]:
    """Who knows other recordings, or tells the voices of a mixed line apart, hears other things."""
    prompts = {} if library is None else {"prompts": library.version}
    return STAGES | prompts | ({"speakers": diarization.VERSION} if told_apart else {})


def analyze(audios: Sequence[Audio], models: Models) -> list[Call]:
    """Hears recordings together, so that the speech of all fills the model's batches.

    A call never depends on what else was in the batch; one call is the case of one.
    """
    heard = [acoustics.listen(recording) for recording in audios]
    library = models.library
    played = [_played(*both, library) for both in zip(audios, heard, strict=True)]
    voices = [
        diarization.voices_of(recording, sounds.channels, models.diarizer)
        for recording, sounds in zip(audios, heard, strict=True)
    ]
    clips = [
        clip
        for number, (recording, sounds) in enumerate(zip(audios, heard, strict=True))
        for clip in clips_of(
            number,
            recording,
            diarization.cut(_speech(sounds.channels, played[number], library), voices[number]),
            noises(recording, sounds.channels, sounds.events),
        )
    ]
    words: list[list[Heard]] = [[] for _ in audios]
    for one in models.transcriber.transcribe(clips):
        words[one.key].append(one)
    return [
        Call(
            recording=recording.recording,
            channels=tuple(_with_unheard(channel, said) for channel in sounds.channels),
            utterances=diarization.with_speakers(
                sorted(
                    (utterance for one in said for utterance in one.utterances),
                    key=lambda one: (one.start_ms, one.channel),
                ),
                parts,
            ),
            events=sounds.events,
            remarks=(*sounds.remarks, *_foreign(said), *_wordless(said)),
            heard=sounds.heard,
            model=models.transcriber.name,
            stages=_stages(library, models.diarizer is not None and len(sounds.channels) == 1),
            prompts=prompts,
        )
        for recording, sounds, said, prompts, parts in zip(
            audios, heard, words, played, voices, strict=True
        )
    ]


Listener = Callable[[Call, Sequence[Question]], Sequence[Answer]]
"""Answers questions about a call: from the store, or by hearing the recording again."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A contact, the interpreted call (or his leg of it) and its scorecard.

    ``found``: what was found in it of the phrase sets ``sets``.
    """

    contact: Contact
    call: Call
    scorecard: Scorecard
    sets: tuple[PhraseSet, ...]
    found: Found


def judge(
    call: Call,
    contact: Contact,
    rule_set: RuleSet,
    hear_again: Listener,
    library: Library | None = None,
) -> tuple[Judged, ...]:
    """The interpreted call and its scorecard, after a second listen where one is wanted; where the
    call was handed on and its agents are known, one for each of them.

    ``library``: has the labels of the known recordings in ``call`` as they are now.
    """
    heard = call if library is None else with_prompts(call, library)
    whole = interpret(heard, contact)
    return tuple(
        _judged(interpret(heard, one) if one.leg else whole, one, rule_set, hear_again)
        for one in by_leg(whole, contact)
    )


def _judged(call: Call, contact: Contact, rule_set: RuleSet, hear_again: Listener) -> Judged:
    (found,) = find_spoken([call], rule_set.phrases)
    known = Known(found)
    scorecard, questions = score(call, contact, rule_set, known=known)
    if questions:
        answers = tuple(hear_again(call, questions))
        scorecard, _ = score(call, contact, rule_set, answers, known=known)
    return Judged(contact, call, scorecard, rule_set.phrases, found)


def hear_again(
    recording: Audio, call: Call, questions: Sequence[Question], models: Models
) -> list[Answer]:
    """The second listen: one answer for each question, in their order.

    ``call`` is interpreted. Only live speech on the lines of the role that was asked for is heard:
    a recorded voice cannot answer for the agent.
    """
    ears = _Remembering(models.transcriber)
    noise = noises(recording, call.channels, call.events)
    answers = []
    for question in questions:
        clips = clips_of(0, recording, _live_speech(call, question), noise)
        clear = is_clear(call, question.role)
        heard = listen_again(ears, clips, question.phrases, is_clear=clear)
        answers.append(
            Answer(
                question,
                heard.said,
                heard.margin_nats,
                heard.phrase,
                heard.quote,
                heard.start_ms,
                heard.end_ms,
                heard.heard,
            )
        )
    return answers


def _live_speech(call: Call, question: Question) -> list[tuple[int, Segment]]:
    """(channel, speech) of the role's lines that meets the question's stretch."""
    asked = Segment(question.start_ms, question.end_ms)
    recorded = [
        event.segment
        for event in call.events
        if event.kind in _WITHOUT_AGENT and event.measures.get("source") != "metadata"
    ]
    return [
        (channel, speech)
        for channel, speech in _speech_of(call, question.role)
        if speech.overlap_ms(asked)
        and not any(speech.overlap_ms(prompt) > speech.duration_ms // 2 for prompt in recorded)
    ]


def _speech_of(call: Call, role: Role) -> list[tuple[int, Segment]]:
    """(channel, speech) of a role: of its lines, on a mixed line of what it surely said."""
    if call.is_mixed:
        own = [one for one in call.utterances if one.role is role]
        return [(one.channel, Segment(one.start_ms, one.end_ms)) for one in own]
    lines = (one for one in call.channels if one.role is role)
    return [(channel.index, speech) for channel in lines for speech in channel.speech]


def _played(
    recording: Audio, sounds: Acoustics, library: Library | None
) -> tuple[PlayedPrompt, ...]:
    music = [(one.channel, one.segment) for one in sounds.events if one.kind is EventKind.MUSIC]
    known = library.find(recording, sounds.channels, music) if library else ()
    again = replayed.played_again(recording, sounds.channels, music)
    return (*known, *(one for one in again if not _is_among(one, known)))


def _is_among(one: PlayedPrompt, known: Iterable[PlayedPrompt]) -> bool:
    return any(
        one.channel == other.channel and one.segment.overlap_ms(other.segment) for other in known
    )


def _speech(
    channels: Sequence[Channel], played: Sequence[PlayedPrompt], library: Library | None
) -> list[tuple[int, Segment]]:
    """(channel, speech) to be transcribed: what a known recording says is known."""
    return [
        (channel.index, speech)
        for channel in channels
        for speech in (live_speech(channel, played, library) if library else channel.speech)
    ]


def _with_unheard(channel: Channel, words: Sequence[Heard]) -> Channel:
    own = (part for one in words if one.channel == channel.index for part in one.unheard)
    return replace(channel, unheard=tuple(sorted(own)))


def _foreign(words: Sequence[Heard]) -> Iterator[Remark]:
    """One for each line in another language: what was written there, nobody said."""
    for channel, language in sorted({(one.channel, one.language) for one in words if one.language}):
        params: Measures = {"number": channel + 1, "language": language}
        yield Remark("language", Message(_FOREIGN, params), channel, judgeable=False)


def _wordless(words: Sequence[Heard]) -> Iterator[Remark]:
    """What passes for speech may be a note of the music, or a cough, where it never has a word."""
    if words and not any(one.utterances or one.language for one in words):
        yield Remark("no_words", Message(_NO_WORDS), judgeable=False)


def clips_of(
    key: int,
    recording: Audio,
    stretches: Sequence[tuple[int, Segment]],
    noise: Mapping[int, Noise] | None = None,
) -> list[Clip]:
    """(channel, speech) as clips, whose samples are made when they are asked for.

    ``noise``: of the channels on which it is to be turned down.
    """
    reader = _Reader(recording, noise or {})
    return [
        Clip(key, channel, speech.start_ms, _Stretch(reader, channel, speech))
        for channel, speech in stretches
    ]


class _Reader:
    """Stretches of a recording at the recogniser's rate: one at a time, since speech takes four
    times as much memory there."""

    def __init__(self, recording: Audio, noise: Mapping[int, Noise]) -> None:
        self._recording = recording
        self._noise = noise
        self._last: tuple[int, Segment] | None = None
        self._samples = np.zeros(0, np.float32)

    def read(self, channel: int, part: Segment) -> Samples:
        if (channel, part) != self._last:
            samples = self._recording.clip(channel, part.start_ms, part.end_ms, RATE_HZ)
            noise = self._noise.get(channel)
            self._samples = noise.turned_down(samples) if noise else samples
            self._last = channel, part
        return self._samples

    def count(self, part: Segment) -> int:
        """How many samples ``read`` gives, without reading."""
        rate_hz, frames = self._recording.rate_hz, self._recording.samples.shape[1]
        first, last = (min(at * rate_hz // 1000, frames) for at in (part.start_ms, part.end_ms))
        return round(int(last - first) * RATE_HZ / rate_hz)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of speech as a ``Sound``."""

    reader: _Reader
    channel: int
    segment: Segment

    def __len__(self) -> int:
        return self.reader.count(self.segment)

    def __getitem__(self, part: slice, /) -> Samples:
        return self.reader.read(self.channel, self.segment)[part]


class _Remembering:
    """A transcriber that hears a stretch alone once, however many questions are about it."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self._heard: dict[tuple[int, Segment, int], Heard] = {}
        self.name = transcriber.name
        self.transcribe = transcriber.transcribe
        self.likelihoods = transcriber.likelihoods

    def hear_alone(self, clip: Clip, beam_size: int = 5) -> Heard:
        key = (clip.channel, clip.segment, beam_size)
        if key not in self._heard:
            self._heard[key] = self._transcriber.hear_alone(clip, beam_size)
        return self._heard[key]
