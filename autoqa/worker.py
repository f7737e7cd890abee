"""One process that hears, scores and writes recordings.

Whatever a recording does, the others of its group get their result: its error becomes its own row
and document, with one sentence that says what is wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autoqa import pipeline
from autoqa.audio import Audio, RawFormat, encode_clip
from autoqa.audio.bleep import AROUND_MS, bleeped
from autoqa.files import write_whole
from autoqa.folder import Source
from autoqa.i18n import N_, language
from autoqa.privacy import Masks
from autoqa.reports.call_page import call_html
from autoqa.reports.clips import Clip, clip_spans
from autoqa.reports.result import error_json, result_json
from autoqa.reports.row import Row, document_path, failed_row, page_path, row_of
from autoqa.scorer import Scorer, or_fault
from autoqa.scoring.load import load_rules
from autoqa.scoring.view import day_of
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Recordings, Store, StoreGone
from autoqa.types import Call, Contact, Message, Scorecard

log = logging.getLogger(__name__)

_OTHER_EARS = N_(
    "workers heard it with another model or other known recordings than this run is told of; give "
    "them all the same settings"
)


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
    """Loads rules and store at once, the model when the first recording needs it.

    ``hears``: no where others have heard, and their results are only written down here.
    """

    def __init__(self, plan: Plan, *, hears: bool = True) -> None:
        self._plan = plan
        self._hears = hears
        self._rule_set = load_rules(plan.rules)
        self._store = Store(plan.store, wait_s=plan.settings.store_wait_s)
        self._recordings = Recordings(self._store, plan.settings.data_dir / RECORDINGS)
        self._scorer = Scorer(plan.settings, self._store)

    def score(self, sources: Sequence[Source]) -> list[Scored]:
        """One result for each source, in their order.

        Raises ``ModelMissing`` and ``StoreError``, which stop every recording alike.
        """
        try:
            return self._score(sources)
        except StoreGone:  # the second try waits for it, and hears nothing that was kept
            return self._score(sources)

    def _score(self, sources: Sequence[Source]) -> list[Scored]:
        with language(self._plan.settings.language):
            audios = {source.file: self._load(source) for source in sources}
            loaded = [one for one in audios.values() if isinstance(one, Audio)]
            heard = self._scorer.hear(loaded) if self._hears else self._recalled(loaded)
            return [self._finish(source, audios[source.file], heard) for source in sources]

    def has_scored(self, contact: Contact, recording_id: str) -> bool:
        """Whether the store has what these ears hear in it, and its scorecard by these rules."""
        is_scored = self._store.is_scored(contact, recording_id, self._rule_set.version)
        return is_scored and self._scorer.known(recording_id) is not None

    def _recalled(self, audios: Sequence[Audio]) -> dict[str, Call | Message]:
        ids = {audio.recording.id for audio in audios}
        return {id_: self._scorer.known(id_) or Message(_OTHER_EARS) for id_ in ids}

    def _load(self, source: Source) -> Audio | Message:
        return source.fault or self._scorer.load(source.paths, self._plan.raw)

    def _finish(
        self, source: Source, audio: Audio | Message, calls: dict[str, Call | Message]
    ) -> Scored:
        if isinstance(audio, Message):
            return write_failure(source, audio, self._plan)
        call = calls[audio.recording.id]
        if isinstance(call, Message):
            return write_failure(source, call, self._plan)
        done = or_fault(lambda: self._judge_and_write(source, audio, call))
        return write_failure(source, done, self._plan) if isinstance(done, Message) else done

    def _judge_and_write(self, source: Source, audio: Audio, call: Call) -> Scored:
        self._recordings.note(call.recording.id, source.paths)

        def sound() -> Audio | None:
            return audio if self._hears else None

        judged = self._scorer.judge(call, source.contact, self._rule_set, sound)
        first, *others = [self._write(audio, one) for one in judged]
        return replace(first, others=tuple(others))

    def _write(self, audio: Audio, judged: pipeline.Judged) -> Scored:
        contact, call, scorecard = judged.contact, judged.call, judged.scorecard
        self._scorer.keep(judged)
        if self._plan.settings.mask:
            masks = Masks(call)
            call, scorecard = masks.call, masks.scorecard(scorecard)
            audio = bleeped(audio, masks.unheard(AROUND_MS))
        out = self._plan.out
        clips = _clips(audio, scorecard)
        rationales = self._rule_set.rationales(day_of(contact))
        page = call_html(call, contact, scorecard, clips, rationales)
        write_whole(
            out / document_path(contact), result_json(call, contact, scorecard, pretty=True)
        )
        write_whole(out / page_path(contact), page)
        document = result_json(call, contact, scorecard) if self._plan.want_json else ""
        return Scored(row_of(call, contact, scorecard), document)


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
