"""What is kept for how long, and how it goes: on its day, or when somebody asks for it.

Audio, words (transcripts) and scores each have an age. What goes, goes from the store, from the
folder of recordings and from the folder of results, and a line of the audit log says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from autoqa.errors import StoreError, UsageError
from autoqa.i18n import N_
from autoqa.reports.row import document_path, page_path
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Audit, Recordings, Store
from autoqa.store.ageing import Ageing
from autoqa.store.deletion import delete_calls, delete_words
from autoqa.types import Action, Contact

_AGE = re.compile(r"([1-9]\d{0,4})([dwy])")
_DAYS = {"d": 1, "w": 7, "y": 365}
_NO_AGE = N_("{text} is no age; write 90d for days, 12w for weeks, 5y for years")
_NOT_REMOVED = N_("{path} cannot be removed ({reason}); check its rights, and run it again")


class Kind(StrEnum):
    """What has an age of its own."""

    AUDIO = "audio"
    WORDS = "transcripts"
    SCORES = "scores"


def age(text: str) -> timedelta:
    """``90d``, ``12w`` or ``5y``. Raises ``UsageError``."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise UsageError(_NO_AGE, text=text)
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def ages_of(settings: Settings) -> dict[Kind, timedelta]:
    """How long things are kept; a kind that is not there is kept for ever."""
    days = {
        Kind.AUDIO: settings.keep_audio_days,
        Kind.WORDS: settings.keep_transcript_days,
        Kind.SCORES: settings.keep_score_days,
    }
    return {kind: timedelta(days=count) for kind, count in days.items() if count > 0}


@dataclass(frozen=True, slots=True)
class Retention:
    """``folder``: of recordings and results, ``Settings.data_dir``."""

    store: Store
    folder: Path

    @property
    def _recordings(self) -> Recordings:
        return Recordings(self.store, self.folder / RECORDINGS)

    def delete(self, calls: Mapping[str, str]) -> None:
        """Everything of calls and their legs. ``calls``: as ``delete_calls`` wants them."""
        known = Ageing(self.store).contacts(list(calls.values()), list(calls))
        mine = [one for one in known if one.call_id.rpartition("-leg")[0] in calls]
        mine += [one for one in known if one.call_id in calls]
        with self.store.begin():
            delete_calls(self.store, self._recordings, calls)
            self._remove_results(mine)

    def purge(self, ages: Mapping[Kind, timedelta], now: datetime, who: str) -> dict[Kind, int]:
        """Removes what is older; how many recordings or calls it was. ``who``: for the audit log.

        Goes in small transactions: whoever breaks it off loses nothing and goes on next time.
        Raises ``StoreError``.
        """
        ageing = Ageing(self.store)
        # Scores first: with them goes the rest.
        steps: dict[Kind, Callable[[datetime], int]] = {
            Kind.SCORES: lambda before: self._calls(ageing.calls(before)),
            Kind.WORDS: lambda before: self._words(ageing.words(before)),
            Kind.AUDIO: lambda before: self._audio(ageing.recordings(before)),
        }
        done = dict.fromkeys(ages, 0)
        for kind in (one for one in steps if one in ages):
            before = now - ages[kind]
            while count := self._step(kind, steps[kind], before, who):
                done[kind] += count
        if Kind.SCORES in ages:
            ageing.delete_deliveries(now - ages[Kind.SCORES])
        if any(done.values()):
            self.store.scrub()
        return done

    def _step(self, kind: Kind, step: Callable[[datetime], int], before: datetime, who: str) -> int:
        with self.store.begin():
            self.store.hold("retention")
            if count := step(before):
                detail = {"count": str(count), "before": before.isoformat(timespec="seconds")}
                Audit(self.store).add(who, Action.PURGE, kind.value, detail=detail)
        return count

    def _calls(self, calls: Mapping[str, str]) -> int:
        if calls:
            self.delete(calls)
        return len(calls)

    def _words(self, recording_ids: list[str]) -> int:
        """Pages and documents tell what was said."""
        delete_words(self.store, self._recordings, recording_ids)
        self._remove_results(Ageing(self.store).contacts(recording_ids, []))
        return len(recording_ids)

    def _audio(self, recording_ids: list[str]) -> int:
        """Pages have clips to hear."""
        for recording_id in recording_ids:
            self._recordings.delete(recording_id)
        self._remove_results(Ageing(self.store).contacts(recording_ids, []), only_pages=True)
        return len(recording_ids)

    def _remove_results(self, contacts: Iterable[Contact], *, only_pages: bool = False) -> None:
        """What ``autoqa score`` wrote of these calls, where it wrote into this folder."""
        for contact in contacts:
            document = self.folder / document_path(contact)
            if not _is_of(document, contact):
                continue
            _remove([self.folder / page_path(contact)])
            if not only_pages:
                _remove([document])


def _is_of(document: Path, contact: Contact) -> bool:
    """Whether the document tells of this call, and not of a file that is called the same."""
    try:
        told = json.loads(document.read_bytes())
        return bool(told["contact"]["call_id"] == contact.call_id)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _remove(paths: Collection[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(_NOT_REMOVED, path=str(path), reason=reason) from None
