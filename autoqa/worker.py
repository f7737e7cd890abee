"""One process that hears, scores and writes recordings.

Whatever a recording does, the others of its group get their result: its error becomes its own row
and document, with one sentence that says what is wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from traceback import format_tb
from typing import TypeVar

from autoqa import pipeline
from autoqa.audio import Audio, RawFormat, encode_clip, load
from autoqa.errors import AutoqaError, ModelMissing, StoreError
from autoqa.files import write_whole
from autoqa.folder import Source
from autoqa.i18n import N_, language
from autoqa.prompts import known_prompts
from autoqa.reports.call_page import call_html
from autoqa.reports.clips import Clip, clip_spans
from autoqa.reports.result import error_json, result_json
from autoqa.reports.row import Row, document_path, failed_row, page_path, row_of
from autoqa.scoring.evaluate import day_of
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import Store, hearing_key
from autoqa.types import Answer, Call, Message, Question, Scorecard

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker needs to know.

    ``out``: the folder for documents and pages. ``want_json``: whether the document is also handed
    back in one line.
    """

    settings: Settings
    rules: Path
    store: str
    out: Path
    raw: RawFormat | None = None
    want_json: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """A recording's row for the summaries and, where it was wanted, its document in one line.

    ``others``: the same of the further agents of a call that was handed on.
    """

    row: Row
    document: str = ""
    others: tuple[Scored, ...] = ()


class Worker:
    """Loads rules and store at once, the model when the first recording needs it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rule_set = load_rules(plan.rules)
        self._store = Store(plan.store)
        self._library = known_prompts(plan.settings)
        self._loaded: pipeline.Models | None = None

    def score(self, sources: Sequence[Source]) -> list[Scored]:
        """One result for each source, in their order.

        Raises ``ModelMissing`` and ``StoreError``, which stop every recording alike.
        """
        with language(self._plan.settings.language):
            audios = {source.file: self._load(source) for source in sources}
            calls = self._hear([audio for audio in audios.values() if isinstance(audio, Audio)])
            return [self._finish(source, audios[source.file], calls) for source in sources]

    def _load(self, source: Source) -> Audio | Message:
        if source.fault is not None:
            return source.fault
        return _or_fault(lambda: load(source.paths, self._plan.settings, self._plan.raw))

    def _hear(self, audios: Iterable[Audio]) -> dict[str, Call | Message]:
        """Calls by recording id; the same bytes under two names are heard once."""
        once = {audio.recording.id: audio for audio in audios}
        calls: dict[str, Call | Message] = {}
        for id_ in once:
            if (known := self._known(id_)) is not None:
                calls[id_] = known
        unheard = [audio for id_, audio in once.items() if id_ not in calls]
        if not unheard:
            return calls
        models = self._models()
        heard = _or_fault(partial(pipeline.analyze, unheard, models))
        for number, audio in enumerate(unheard):
            if isinstance(heard, list):
                one: Call | Message = heard[number]
            else:  # one of them spoils it for all: find out which
                alone = _or_fault(partial(pipeline.analyze, [audio], models))
                one = alone[0] if isinstance(alone, list) else alone
            calls[audio.recording.id] = one
            if isinstance(one, Call):
                self._store.put_call(one)
        return calls

    def _known(self, recording_id: str) -> Call | None:
        """What these ears have heard in it before."""
        plain = pipeline.hearing(self._plan.settings, self._library)
        mixed = pipeline.hearing_mixed(self._plan.settings, self._library)
        call = self._store.call(recording_id, mixed)
        if call is None and mixed != plain:
            call = self._store.call(recording_id, plain)
            return None if call is None or call.is_mixed else call
        return call

    def _finish(
        self, source: Source, audio: Audio | Message, calls: dict[str, Call | Message]
    ) -> Scored:
        if isinstance(audio, Message):
            return write_failure(source, audio, self._plan)
        call = calls[audio.recording.id]
        if isinstance(call, Message):
            return write_failure(source, call, self._plan)
        done = _or_fault(lambda: self._judge_and_write(source, audio, call))
        return write_failure(source, done, self._plan) if isinstance(done, Message) else done

    def _judge_and_write(self, source: Source, audio: Audio, call: Call) -> Scored:
        judged = pipeline.judge(
            call,
            source.contact,
            self._rule_set,
            lambda call, asked: self._answer(audio, call, asked),
            self._library,
        )
        first, *others = [self._write(audio, one) for one in judged]
        return replace(first, others=tuple(others))

    def _write(self, audio: Audio, judged: pipeline.Judged) -> Scored:
        contact, call, scorecard = judged.contact, judged.call, judged.scorecard
        out = self._plan.out
        clips = _clips(audio, scorecard)
        rationales = self._rule_set.rationales(day_of(contact))
        page = call_html(call, contact, scorecard, clips, rationales)
        write_whole(
            out / document_path(contact), result_json(call, contact, scorecard, pretty=True)
        )
        write_whole(out / page_path(contact), page)
        self._store.put_scorecard(contact, call, scorecard)
        document = result_json(call, contact, scorecard) if self._plan.want_json else ""
        return Scored(row_of(call, contact, scorecard), document)

    def _answer(self, audio: Audio, call: Call, questions: Sequence[Question]) -> list[Answer]:
        """Answers from the store, and by a second listen where nobody has asked before."""
        recording_id, hearing = audio.recording.id, hearing_key(call.model, call.stages)
        known = self._store.answers(recording_id, hearing, questions)
        asked = {answer.question for answer in known}
        new = [question for question in questions if question not in asked]
        fresh = pipeline.hear_again(audio, call, new, self._models()) if new else []
        self._store.put_answers(recording_id, hearing, fresh)
        return [*known, *fresh]

    def _models(self) -> pipeline.Models:
        if self._loaded is None:
            self._loaded = pipeline.load_models(self._plan.settings, self._library)
        return self._loaded


def write_failure(source: Source, reason: Message, plan: Plan) -> Scored:
    """The row and document of a recording that could not be scored."""
    try:
        document = error_json(source.contact, reason, pretty=True)
        write_whole(plan.out / document_path(source.contact), document)
        # Of an earlier, luckier run:
        (plan.out / page_path(source.contact)).unlink(missing_ok=True)
    except OSError:
        log.warning("the document of a failed recording could not be written")
    document = error_json(source.contact, reason) if plan.want_json else ""
    return Scored(failed_row(source.contact, reason), document)


def _clips(audio: Audio, scorecard: Scorecard) -> list[Clip]:
    return [
        Clip(span.start_ms, span.end_ms, *encode_clip(audio, span.start_ms, span.end_ms))
        for span in clip_spans(scorecard, audio.duration_ms)
    ]


def _or_fault(work: Callable[[], T]) -> T | Message:
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
