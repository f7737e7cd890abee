"""The straight line from recordings to scorecards; the command line, the service and every worker
run these functions::

    analyze   Audio → acoustics → clips of speech → words → Call          seconds to minutes
    judge     Call → interpret → score → (listen again → score)           milliseconds, but for the
                                                                          second listen
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autoqa import acoustics, audio, transcription
from autoqa.audio import Audio
from autoqa.events import interpret
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import RuleSet
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
    Contact,
    EventKind,
    Question,
    Scorecard,
    Segment,
    Utterance,
)

STAGES = {
    "decode": audio.VERSION,
    "acoustics": acoustics.VERSION,
    "words": transcription.WORDS_VERSION,
}
"""The version of each stage of hearing; a stage raises its own when its result changes."""


@dataclass(frozen=True, slots=True)
class Models:
    """What is loaded once a process: the recogniser."""

    transcriber: Transcriber


def hearing(settings: Settings) -> str:
    """Names the ears that these settings give; known without loading a model."""
    return hearing_key(transcription.name(settings), STAGES)


def load_models(settings: Settings) -> Models:
    """Loads the models; ``ModelMissing`` where their weights are not to be had."""
    return Models(load_transcriber(settings))


def analyze(audios: Sequence[Audio], models: Models) -> list[Call]:
    """Hears recordings together, so that the speech of all fills the model's batches.

    A call never depends on what else was in the batch; one call is the case of one.
    """
    heard = [acoustics.listen(recording) for recording in audios]
    clips = [
        Clip(
            key=number,
            channel=channel.index,
            start_ms=speech.start_ms,
            samples=_samples(recording, channel.index, speech),
        )
        for number, (recording, sounds) in enumerate(zip(audios, heard, strict=True))
        for channel in sounds.channels
        for speech in channel.speech
    ]
    utterances: list[list[Utterance]] = [[] for _ in audios]
    for words in models.transcriber.transcribe(clips):
        utterances[words.key].extend(words.utterances)
    return [
        Call(
            recording=recording.recording,
            channels=sounds.channels,
            utterances=tuple(sorted(said, key=lambda one: (one.start_ms, one.channel))),
            events=sounds.events,
            remarks=sounds.remarks,
            heard=sounds.heard,
            model=models.transcriber.name,
            stages=STAGES,
        )
        for recording, sounds, said in zip(audios, heard, utterances, strict=True)
    ]


Listener = Callable[[Call, Sequence[Question]], Sequence[Answer]]
"""Answers questions about a call: from the store, or by hearing the recording again."""


def judge(
    call: Call, contact: Contact, rule_set: RuleSet, hear_again: Listener
) -> tuple[Call, Scorecard]:
    """The interpreted call and its scorecard, after a second listen where one is wanted."""
    call = interpret(call, contact)
    scorecard, questions = score(call, contact, rule_set)
    if questions:
        scorecard, _ = score(call, contact, rule_set, tuple(hear_again(call, questions)))
    return call, scorecard


def hear_again(
    recording: Audio, call: Call, questions: Sequence[Question], models: Models
) -> list[Answer]:
    """The second listen: one answer for each question, in their order.

    ``call`` is interpreted. Only live speech on the lines of the role that was asked for is heard:
    a recorded voice cannot answer for the agent.
    """
    ears = _Remembering(models.transcriber)
    answers = []
    for question in questions:
        clips = [
            Clip(0, index, speech.start_ms, _samples(recording, index, speech))
            for index, speech in _live_speech(call, question)
        ]
        heard = listen_again(ears, clips, question.phrases)
        answers.append(
            Answer(
                question,
                heard.said,
                heard.margin_nats,
                heard.phrase,
                heard.quote,
                heard.start_ms,
                heard.end_ms,
            )
        )
    return answers


def _live_speech(call: Call, question: Question) -> list[tuple[int, Segment]]:
    """(channel, speech) of the role's lines that meets the question's stretch."""
    asked = Segment(question.start_ms, question.end_ms)
    recorded = [event.segment for event in call.events if event.kind is EventKind.RECORDED_PROMPT]
    return [
        (channel.index, speech)
        for channel in call.channels
        if channel.role is question.role
        for speech in channel.speech
        if speech.overlap_ms(asked)
        and not any(speech.overlap_ms(prompt) > speech.duration_ms // 2 for prompt in recorded)
    ]


def _samples(recording: Audio, channel: int, speech: Segment) -> Samples:
    return recording.clip(channel, speech.start_ms, speech.end_ms, RATE_HZ)


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
