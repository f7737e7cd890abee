"""``facts_of``: what one call tells of the six problems; None for what nobody could hear.

How long the caller waited and how many keys he pressed is asked of the same operators that the
rules use, so that a figure never says another thing than the finding behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from autoqa import cues
from autoqa.cue_matching import hear
from autoqa.scoring.operators.answer_time import AnswerTime
from autoqa.scoring.operators.base import Operator
from autoqa.scoring.operators.menu_depth import MenuDepth, choices
from autoqa.scoring.result import Result
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import DurationLimit, NumberLimit
from autoqa.scoring.window import Scope
from autoqa.survey.menus import options
from autoqa.types import Call, Contact, Event, EventKind, Outcome, Role, Value

IN_TIME_MS = 20_000
"""The survey's own limit, and the usual one of call centres: 80 per cent within 20 s."""
MOST_KEYS = 2
"""To an agent: the shipped rule's."""
LONG_HOLD_MS = 60_000
"""The shipped rule's for one hold."""
BANK = ("bank", "hotline", "银行", "热线", "行名", "所属机构", "接入号")
"""Columns of the metadata that say whose hotline it was."""
_BEFORE_MS = 15_000
"""Why somebody is put on hold is said so shortly before."""
_LONGEST, _LONGEST_PATH = 128, 32
"""Characters that are kept; PostgreSQL refuses longer ones."""

_NO_RULES = RuleSet((), (), (), "")
_ASKED = Scope("survey")
_ANSWER = AnswerTime(answer_time=DurationLimit.model_validate({"at_most": "20s"}))
_DEPTH = MenuDepth(menu_depth=NumberLimit(at_most=MOST_KEYS))
_YES_NO = {Outcome.PASSED: True, Outcome.FAILED: False}


@dataclass(frozen=True, slots=True)
class Hold:
    """``cause``: ``look_up``, ``work`` or empty where it was not said."""

    duration_ms: int
    cause: str


@dataclass(frozen=True, slots=True)
class Played:
    """A recording before the agent. ``label``: menu or ad. ``name``: as QA staff call it, or empty.

    ``path``: the keys pressed before it, one character each. ``options``: of a menu, what it offers
    by key (``options``). ``key_ms``: from its beginning to the next key, None without one.
    """

    label: str
    name: str
    path: str
    options: tuple[tuple[str, str], ...]
    duration_ms: int
    key_ms: int | None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """``answer_ms``: waited for the agent; ``in_time``: within ``IN_TIME_MS``. ``keys``: pressed in
    menus on the way to the agent; ``shallow``: at most ``MOST_KEYS``. ``played``: None where
    recordings were not listened for or none could come; ``holds``: None where they were not."""

    bank: str
    answer_ms: int | None
    in_time: bool | None
    keys: int | None
    shallow: bool | None
    played: tuple[Played, ...] | None
    holds: tuple[Hold, ...] | None

    @property
    def menu_ms(self) -> int | None:
        """In menus; None also where there was none."""
        lengths = self._lengths("menu")
        return sum(lengths) if lengths else None

    @property
    def ad_count(self) -> int | None:
        lengths = self._lengths("ad")
        return None if lengths is None else len(lengths)

    @property
    def ad_ms(self) -> int | None:
        lengths = self._lengths("ad")
        return None if lengths is None else sum(lengths)

    @property
    def hold_count(self) -> int | None:
        return None if self.holds is None else len(self.holds)

    @property
    def hold_ms(self) -> int | None:
        return None if self.holds is None else sum(one.duration_ms for one in self.holds)

    @property
    def long_holds(self) -> int | None:
        if self.holds is None:
            return None
        return sum(one.duration_ms > LONG_HOLD_MS for one in self.holds)

    def _lengths(self, label: str) -> list[int] | None:
        if self.played is None:
            return None
        return [one.duration_ms for one in self.played if one.label == label]


def facts_of(call: Call, contact: Contact) -> CallFacts:
    """``call``: as it was interpreted."""
    view = CallView(call, contact, _NO_RULES)
    waited, pressed = _ask(_ANSWER, view), _ask(_DEPTH, view)
    seconds, count = _told(waited, "seconds"), _told(pressed, "count")
    if waited.outcome not in _YES_NO:
        seconds = None
    return CallFacts(
        bank=_bank(contact),
        answer_ms=None if seconds is None else round(seconds * 1000),
        in_time=_YES_NO.get(waited.outcome),
        keys=None if count is None or pressed.outcome not in _YES_NO else round(count),
        shallow=_YES_NO.get(pressed.outcome),
        played=_played(view),
        holds=_holds(call),
    )


def _ask(operator: Operator, view: CallView) -> Result:
    return operator.evaluate(view, _ASKED)


def _told(result: Result, name: str) -> float | None:
    value: Value | None = result.reason.params.get(name) if result.reason else None
    return float(value) if isinstance(value, int | float) else None


def _bank(contact: Contact) -> str:
    columns = {name.strip().lower(): value for name, value in contact.extra.items()}
    return next((columns[name].strip()[:_LONGEST] for name in BANK if columns.get(name)), "")


def _played(view: CallView) -> tuple[Played, ...] | None:
    """Menus and advertisements on the way to the agent; a call that begins with him has none to
    judge by."""
    if view.unheard(EventKind.RECORDED_PROMPT) or view.agent_start_ms is None:
        return None
    start_ms = view.agent_start_ms
    prompts = [one for one in view.events(EventKind.RECORDED_PROMPT) if one.start_ms < start_ms]
    keys = [one for one in view.events(EventKind.DTMF) if one.start_ms < start_ms]
    if not prompts and not keys and not view.events(EventKind.RINGBACK):
        return None
    if any(one.measures.get("label") == "unknown" for one in prompts):
        return None
    return tuple(
        _one(prompt, keys)
        for prompt in prompts
        if prompt.measures.get("label") in ("menu", "ad") and prompt.measures.get("certain", True)
    )


def _one(prompt: Event, keys: Sequence[Event]) -> Played:
    label, text = str(prompt.measures["label"]), str(prompt.measures.get("text", ""))
    name = str(prompt.measures.get("name", ""))
    before = choices([key for key in keys if key.start_ms < prompt.start_ms])
    after = [key.start_ms - prompt.start_ms for key in keys if key.start_ms >= prompt.start_ms]
    return Played(
        label,
        "" if label == "menu" else name[:_LONGEST],
        "".join(str(key.measures.get("key", "?"))[:1] for key in before)[:_LONGEST_PATH],
        options(text or name) if label == "menu" else (),
        prompt.duration_ms,
        min(after, default=None),
    )


def _holds(call: Call) -> tuple[Hold, ...] | None:
    holds = [one for one in call.events if one.kind == EventKind.HOLD]
    if EventKind.HOLD not in call.heard and not holds:
        return None
    ends = [0, *(one.end_ms for one in holds)]
    return tuple(
        Hold(one.duration_ms, _cause(call, max(end_ms, one.start_ms - _BEFORE_MS), one.start_ms))
        for one, (end_ms, _) in zip(holds, pairwise([*ends, 0]), strict=False)
    )


def _cause(call: Call, from_ms: int, to_ms: int) -> str:
    """What the agent said he would do."""
    said = "，".join(
        one.text
        for one in call.utterances
        if one.role is Role.AGENT and from_ms <= one.end_ms and one.start_ms < to_ms
    )
    heard = hear(said)
    if cues.LOOK_UP.any(heard):
        return "look_up"
    return "work" if cues.WORK.any(heard) else ""
