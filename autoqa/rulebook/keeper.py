"""The rules of a running service: what is edited takes effect, what is broken does not.

::

    keeper = RuleKeeper(Path("rules/retail-bank"))
    score(call, contact, keeper.rule_set)     # for every call; reloads when the folder has changed
    keeper.kept.error                         # why the files as they are now are not used, or None

The last good version goes on scoring while the files have faults, are being saved, or are gone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet

log = logging.getLogger(__name__)

SETTLED_S = 2.0
"""Files that changed less than this ago may still be being saved: half a file can be good rules."""

_UNREADABLE = N_("the rules in {folder} cannot be read ({reason})")

_Marks = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """``error``: why the files as they were last looked at are not what scores; a ``RuleError``
    has every fault."""

    rule_set: RuleSet
    error: AutoqaError | None = None


class RuleKeeper:
    """Safe for several threads: one reloads, the others go on with what there is."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Loads the folder; ``RuleError`` or ``UsageError`` where there is nothing good to keep."""
        self.folder = folder
        self._clock = clock
        self._lock = Lock()
        self._marks = _marks(folder)
        self._kept = Kept(load_rules(folder))

    @property
    def rule_set(self) -> RuleSet:
        """The last good version; looks whether the folder has changed."""
        return self.kept.rule_set

    @property
    def kept(self) -> Kept:
        """The last good version, and what is wrong with the files since."""
        if self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._kept

    def _look(self) -> None:
        marks = _marks(self.folder)
        if marks == self._marks or not self._is_settled(marks):
            return
        kept = self._loaded()
        if marks != _marks(self.folder):
            return  # changed while it was read: the next call looks again
        self._marks, self._kept = marks, kept
        if kept.error is None:
            log.info("rules reloaded, version %s", kept.rule_set.version)
        else:
            log.warning("rules not reloaded, version %s stays", kept.rule_set.version)

    def _is_settled(self, marks: _Marks) -> bool:
        newest_s = max((changed_ns for _, changed_ns, _ in marks), default=0) / 1e9
        now = self._clock()
        return not now - SETTLED_S < newest_s <= now

    def _loaded(self) -> Kept:
        try:
            return Kept(load_rules(self.folder))
        except AutoqaError as error:
            return replace(self._kept, error=error)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            told = UsageError(_UNREADABLE, folder=str(self.folder), reason=reason)
            return replace(self._kept, error=told)


def _marks(folder: Path) -> _Marks:
    """What tells whether a folder has changed: name, time and size of every file."""
    found = []
    for path in sorted(folder.rglob("*")):
        try:
            stat = path.stat()
        except OSError:  # gone since it was listed
            continue
        if path.is_file():
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
