"""``menu_depth``: how many keys the caller had to press to reach an agent.

::

    menu_depth: {at_most: 2}

Unit: keys before the agent's first live word. A key counts during a menu prompt or up to 10 s
after it. Four or more keys less than 3 s apart, or keys ended by #, are a number that the caller
typed, not a way through a menu. Does not apply where no prompt plays. Undetermined: a menu but no
key heard, or a prompt that may be a menu, or end in one, would decide.
"""

from __future__ import annotations

from typing import ClassVar

from autoqa.i18n import N_
from autoqa.scoring import evidence
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.result import Result
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import NumberLimit
from autoqa.scoring.window import Scope
from autoqa.types import Event, EventKind, Message, Occurrence, Outcome

_AFTER_MS = 10_000
_NUMBER_GAP_MS = 3000
_NUMBER_KEYS = 4

KEYS = N_("{count} keys to the agent")
NO_KEY = N_("a menu plays, but no key was heard")
UNKNOWN_PROMPT = N_("a recording plays of which it is not known whether it is a menu")


class MenuDepth(Operator):
    """How many keys the caller had to press to reach an agent."""

    key: ClassVar[str] = "menu_depth"

    menu_depth: NumberLimit

    def evaluate(self, view: CallView, scope: Scope) -> Result:
        for kind in (EventKind.RECORDED_PROMPT, EventKind.DTMF):
            if reason := view.unheard(kind):
                return Result(Outcome.UNDETERMINED, reason=reason)
        start_ms = view.agent_start_ms
        if start_ms is None:
            return Result(Outcome.NOT_APPLICABLE)
        prompts = [e for e in view.events(EventKind.RECORDED_PROMPT) if e.start_ms < start_ms]
        if not prompts:
            return Result(Outcome.NOT_APPLICABLE)
        menus = [prompt for prompt in prompts if _label(prompt) == "menu"]
        unknown = [prompt for prompt in prompts if _label(prompt) == "unknown"]
        pressed = [e for e in view.events(EventKind.DTMF) if e.start_ms < start_ms]
        keys = [event for event in choices(pressed) if _belongs(event, menus)]
        # A menu that was heard badly goes with the advertisement before it.
        ads = [prompt for prompt in prompts if _label(prompt) == "ad"]
        perhaps = [event for event in choices(pressed) if _belongs(event, menus + unknown + ads)]
        if (menus and not pressed) or (unknown and not menus and not pressed):
            reason = Message(NO_KEY if menus else UNKNOWN_PROMPT)
            found = tuple(evidence.of_event(event) for event in menus + unknown)
            occurrence = Occurrence(Outcome.UNDETERMINED, found, reason)
            return Result(Outcome.UNDETERMINED, (occurrence,), reason)
        outcome = self.menu_depth.judge(len(keys))
        reason = Message(KEYS, {"count": len(keys)})
        if self.menu_depth.judge(len(perhaps)) != outcome:
            outcome, reason = Outcome.UNDETERMINED, Message(UNKNOWN_PROMPT)
        found = tuple(evidence.of_event(event) for event in [*menus, *perhaps])
        return Result(outcome, (Occurrence(outcome, found, reason),), reason)


def choices(keys: list[Event]) -> list[Event]:
    """The keys that choose from a menu, without those that type a number."""
    runs: list[list[Event]] = []
    for key in sorted(keys, key=lambda event: event.start_ms):
        if runs and key.start_ms - runs[-1][-1].end_ms < _NUMBER_GAP_MS and not _ends(runs[-1]):
            runs[-1].append(key)
        else:
            runs.append([key])
    return [key for run in runs if len(run) < _NUMBER_KEYS and not _ends(run) for key in run]


def _ends(run: list[Event]) -> bool:
    return str(run[-1].measures.get("key")) == "#"


def _label(prompt: Event) -> str:
    return str(prompt.measures.get("label", "unknown"))


def _belongs(key: Event, prompts: list[Event]) -> bool:
    return any(prompt.start_ms <= key.start_ms <= prompt.end_ms + _AFTER_MS for prompt in prompts)
