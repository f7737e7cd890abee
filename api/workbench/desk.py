"""What one window of the rules page edits: a file of the folder with its reader's draft over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api.service import Service
from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.rulebook.drafting import as_written, edited, known_name, texts_of
from autoqa.rulebook.outline import Entry, entries
from autoqa.store import Draft, Drafts, Edit
from autoqa.types import Caller

_NO_FILE = N_("there is no rule file {file}")


@dataclass(slots=True)
class Desk:
    """``in_force``: the file in the folder when the page was opened; None: it is new.

    ``texts``: of all files, with his drafts; ``drafted``: other files that have one.
    ``base``: what the draft was begun from. ``revision``: of the draft that this window knows.
    """

    service: Service
    person: str
    file: str
    in_force: str | None
    base: str | None
    text: str
    revision: int
    texts: dict[str, str] = field(default_factory=dict)
    drafted: frozenset[str] = frozenset()
    item: tuple[str, str] = ("", "")
    known: tuple[Entry, ...] = ()
    at_work: int = 0
    """Raised by each change, so that what was begun before it is not shown any more."""

    @property
    def is_changed(self) -> bool:
        return self.text != self.in_force

    @property
    def has_moved(self) -> bool:
        """Whether somebody else's change of this file came into force since this one was begun."""
        return self.base != self.in_force and self.is_changed

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Of the text; while half a line keeps it from being read, those of before."""
        self.known = entries(self.file, self.text) or self.known
        return self.known

    @property
    def entry(self) -> Entry | None:
        """The one that is looked at."""
        return next((one for one in self.entries if (one.kind, one.key) == self.item), None)

    def all_texts(self) -> Mapping[str, str]:
        return self.texts | {self.file: self.text}

    def keep(self, text: str) -> None:
        """Keeps what was typed; raises ``UsageError`` where another window kept something later."""
        text = as_written(text, self.in_force if self.in_force is not None else self.base)
        drafts = Drafts(self.service.store)
        if text == self.text and (self.revision or text == self.in_force):
            return
        edit = Edit(self.base, text)
        self.revision = drafts.keep(self.person, self.file, edit, self.revision).revision
        self.text = text

    def discard(self) -> None:
        Drafts(self.service.store).drop(self.person, self.file)

    def rebase(self) -> None:
        """The draft is what its reader wants of the file as it is in force now."""
        self.base = self.in_force
        edit = Edit(self.base, self.text)
        drafts = Drafts(self.service.store)
        self.revision = drafts.keep(self.person, self.file, edit, self.revision).revision

    def others(self) -> list[Draft]:
        """Who else has a draft of this file that differs from what is in force."""
        found = Drafts(self.service.store).others(self.person, self.file)
        return [one for one in found if one.edit.after != self.in_force]

    def choose(self, line: int) -> bool:
        """Looks at what stands in a line; whether that is something else than before."""
        found = [one for one in self.entries if one.line <= line]
        item = (found[-1].kind, found[-1].key) if found else ("", "")
        if item == self.item:
            return False
        self.item = item
        return True


def open_desk(service: Service, caller: Caller, file: str, item: str) -> Desk:
    """The window of a reader on a file, else on the first that has rules. ``item``: kind:key."""
    folder: Path = service.rules.folder
    in_force = texts_of(folder)
    drafts = Drafts(service.store).of(caller.name)
    texts = edited(in_force, {name: one.edit for name, one in drafts.items()})
    if not file:
        with_rules = (n for n, t in texts.items() if any(e.kind == "rules" for e in entries(n, t)))
        file = next(with_rules, next(iter(texts), ""))
    file = known_name(file)
    draft = drafts.get(file)
    if file not in texts and draft is None:
        raise UsageError(_NO_FILE, file=file)
    kind, _, key = item.partition(":")
    now = in_force.get(file)
    desk = Desk(
        service,
        caller.name,
        file,
        now,
        draft.edit.before if draft else now,
        texts.get(file, ""),
        draft.revision if draft else 0,
        texts,
        frozenset(name for name, text in texts.items() if text != in_force.get(name)) - {file},
        (kind, key),
        entries(file, now or ""),
    )
    if desk.entry is None and desk.entries:
        first = next((one for one in desk.entries if one.kind == "rules"), desk.entries[0])
        desk.item = first.kind, first.key
    return desk
