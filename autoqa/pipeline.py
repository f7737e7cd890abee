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
from autoqa.transcription import Clip, Transcriber, load_transcriber
from autoqa.types import Answer, Call, Contact, Question, Scorecard, Utterance

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
            samples=recording.clip(channel.index, speech.start_ms, speech.end_ms, 16_000),
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
