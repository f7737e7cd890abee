"""What a run over a folder and the jobs of the service have in common: recordings in, calls and
scorecards out, and nothing heard twice.

Whatever a recording does, the others get their result: its error is one sentence (``or_fault``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from traceback import format_tb
from typing import TypeVar

from autoqa import pipeline
from autoqa.audio import Audio, RawFormat, load
from autoqa.errors import AutoqaError, ModelMissing, StoreError
from autoqa.i18n import N_
from autoqa.prompts import known_prompts
from autoqa.readings import Reader
from autoqa.scoring.rule import RuleSet
from autoqa.settings import Settings
from autoqa.store import Store, hearing_key
from autoqa.types import Answer, Call, Contact, Message, Question

T = TypeVar("T")

Writing = Callable[[], AbstractContextManager[object]]
"""Opens a transaction of the store in which what was heard is written."""

log = logging.getLogger(__name__)


class Scorer:
    """Loads the known recordings at once, the model when the first recording needs it.

    ``writing``: for those to whom the store may be closed meanwhile; by default ``store.begin``.
    Methods raise ``ModelMissing`` and ``StoreError``, which stop every recording alike.
    """

    def __init__(self, settings: Settings, store: Store, writing: Writing | None = None) -> None:
        self._settings = settings
        self._store = store
        self._writing = writing or store.begin
        self._library = known_prompts(settings)
        self._reader = Reader(store, self._library)
        self._loaded: pipeline.Models | None = None

    def load_models(self) -> pipeline.Models:
        """Now, rather than with the first recording."""
        if self._loaded is None:
            self._loaded = pipeline.load_models(self._settings, self._library)
        return self._loaded

    def load(self, paths: Sequence[Path], raw: RawFormat | None = None) -> Audio | Message:
        """The sound of one recording."""
        return or_fault(lambda: load(paths, self._settings, raw))

    def hear(self, audios: Iterable[Audio]) -> dict[str, Call | Message]:
        """Calls by recording id; the same bytes under two names are heard once."""
        once = {audio.recording.id: audio for audio in audios}
        calls: dict[str, Call | Message] = {}
        for id_ in once:
            if (known := self.known(id_)) is not None:
                calls[id_] = known
        unheard = [audio for id_, audio in once.items() if id_ not in calls]
        if not unheard:
            return calls
        models = self.load_models()
        heard = or_fault(partial(pipeline.analyze, unheard, models))
        for number, audio in enumerate(unheard):
            if isinstance(heard, list):
                one: Call | Message = heard[number]
            else:  # one of them spoils it for all: find out which
                alone = or_fault(partial(pipeline.analyze, [audio], models))
                one = alone[0] if isinstance(alone, list) else alone
            calls[audio.recording.id] = one
            if isinstance(one, Call):
                with self._writing():
                    self._store.put_call(one)
        return calls

    def judge(
        self, call: Call, contact: Contact, rules: RuleSet, audio: Callable[[], Audio | None]
    ) -> tuple[pipeline.Judged, ...]:
        """See ``pipeline.judge``. ``audio`` is asked for where something has to be heard again."""

        def answers(call: Call, questions: Sequence[Question]) -> list[Answer]:
            return self._answers(call, questions, audio)

        return pipeline.judge(call, contact, rules, answers, self._library)

    def keep(self, judged: pipeline.Judged) -> None:
        """Stores a scorecard, and what rescoring would have to find out again."""
        contact, call = judged.contact, judged.call
        with self._store.begin():
            made = self._store.put_scorecard(contact, call, judged.scorecard)
            self._reader.keep_first(contact, call, judged.sets, judged.found, made)

    def known(self, recording_id: str) -> Call | None:
        """What these ears have heard in it before."""
        plain = pipeline.hearing(self._settings, self._library)
        mixed = pipeline.hearing_mixed(self._settings, self._library)
        call = self._store.call(recording_id, mixed)
        if call is None and mixed != plain:
            call = self._store.call(recording_id, plain)
            return None if call is None or call.is_mixed else call
        return call

    def _answers(
        self, call: Call, questions: Sequence[Question], audio: Callable[[], Audio | None]
    ) -> list[Answer]:
        """Answers from the store, and by a second listen where nobody has asked before."""
        recording_id, hearing = call.recording.id, hearing_key(call.model, call.stages)
        known = self._store.answers(recording_id, hearing, questions)
        asked = {answer.question for answer in known}
        new = [question for question in questions if question not in asked]
        sound = audio() if new else None
        if sound is None:
            return known
        fresh = pipeline.hear_again(sound, call, new, self.load_models())
        with self._writing():
            self._store.put_answers(recording_id, hearing, fresh)
        return [*known, *fresh]


def or_fault(work: Callable[[], T]) -> T | Message:
    """What ``work`` returns, or in one sentence why this recording has no result."""
    try:
        return work()
    except (ModelMissing, StoreError):
        raise
    except AutoqaError as error:
        return error.message
    except OSError as error:
        return Message(
            N_("a file could not be read or written: {reason}; check the disk and its rights"),
            {"reason": error.strerror or type(error).__name__},
        )
    except MemoryError:
        return Message(N_("not enough memory to hear it; use fewer workers or split the recording"))
    except Exception as error:  # noqa: BLE001 (one recording must never cost the others theirs)
        # Where it happened, but not the exception's words: they may quote a transcript.
        log.error(
            "a recording failed: %s\n%s",
            type(error).__name__,
            "".join(format_tb(error.__traceback__)),
        )
        return Message(
            N_("autoqa failed on it ({error}); please report this with the log"),
            {"error": type(error).__name__},
        )
