"""What an agent would gain most by: his three rules, where he failed them, and how others do it.

A rule is worth what his mean score would rise by had it passed wherever it failed: counted call by
call with the form's own weights and limits, so a rule behind a fatal one is worth nothing until
that one passes. What people decided counts; what an appeal is open about does not, either way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

from autoqa.i18n import render
from autoqa.reports import wording
from autoqa.reports.figures import Rate
from autoqa.reports.intervals import FEW, mean_interval
from autoqa.reports.pages import COMMON, data_uri, page
from autoqa.reports.result import plain
from autoqa.types import Evidence, Finding, Message, Outcome

MOST_RULES = 3
MOST_MOMENTS = 3
"""Of his own calls, for each rule."""
MOST_EXAMPLES = 2
"""Of colleagues, for each rule."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a call where a rule passed or failed. ``quote``: what was said, or empty where
    ``message`` says what was looked for; ``instead``: what the agent said there then.
    ``certainty``: of the words, 0 to 1."""

    call_id: str
    at: datetime
    start_ms: int
    end_ms: int
    quote: str
    message: Message | None
    certainty: float
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A case of the library. ``agent``: whose call it is, where that may be told."""

    number: int
    note: str
    tags: tuple[str, ...]
    agent: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class Advice:
    """``gain`` in [``low``, ``high``] (None: too few calls): points of the mean score, 0 to 100.
    ``failed``: of his calls in which the rule was decided. ``candidates``: calls of colleagues that
    surely passed it and are not in the library, for those who may put them there."""

    rule_id: str
    name: str
    section: str
    fatal: bool
    rationale: str
    gain: float
    low: float | None
    high: float | None
    failed: Rate
    moments: tuple[Moment, ...]
    examples: tuple[Example, ...]
    candidates: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class Coaching:
    """``calls``: of the agent with a score; ``score``: their mean. ``appealed``: findings that were
    left out since an appeal waits. ``is_few``: too few to say more than a direction."""

    agent_id: str
    name: str
    calls: int
    score: float | None
    appealed: int
    advice: tuple[Advice, ...]

    @property
    def is_few(self) -> bool:
        return self.calls < FEW


def gained(gains: Sequence[float], calls: int) -> tuple[float, float | None, float | None]:
    """Mean gain over ``calls``, of which those not in ``gains`` gain nothing, and its interval."""
    mean = sum(gains) / calls
    spread = sqrt(max(sum(one * one for one in gains) / calls - mean**2, 0.0))
    low, high = mean_interval(mean, spread, calls) or (None, None)
    return mean, low, high


def moment_of(call_id: str, at: datetime, finding: Finding, wanted: Outcome) -> Moment | None:
    """Where ``finding`` is what is ``wanted``: the surest evidence of it; None without any."""
    pieces = [
        piece for case in finding.occurrences if case.outcome == wanted for piece in case.evidence
    ]
    if not pieces:
        return None
    one = max(pieces, key=_weight)
    message = None if one.quote else one.message
    return Moment(call_id, at, one.start_ms, one.end_ms, one.quote, message, one.certainty)


def _weight(piece: Evidence) -> tuple[bool, float, int]:
    return bool(piece.quote), piece.certainty, -piece.start_ms


# ---------------------------------------------------------------- as a page


def told(one: Moment) -> str:
    """What was said there, or what was looked for."""
    return one.quote or (render(one.message) if one.message else "")


def drawn(
    found: Coaching,
    *,
    call_href: Callable[[str, str], str] | None = None,
    sounds: Mapping[tuple[str, int], str] | None = None,
    example_sound: Callable[[int], str] | None = None,
    put_href: Callable[[str, str], str] | None = None,
) -> dict[str, Any]:
    """What ``coaching_board.html`` needs, in whatever page it is part of.

    ``call_href``: (call, rule) → where the finding is shown. ``sounds``: (call, start) → an address
    to hear it from; ``example_sound``: the same by a case's number. ``put_href``: (call, rule) →
    where it is put into the library.
    """
    return {
        "found": found,
        "told": told,
        "number": number,
        "few": FEW,
        "most": max((one.high or one.gain for one in found.advice), default=0.0) or 1.0,
        "call_href": call_href,
        "sounds": sounds or {},
        "example_sound": example_sound,
        "put_href": put_href,
    }


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def sound_uri(data: bytes, mime: str) -> str:
    """A clip that lies in the page."""
    return data_uri(data, mime)


def coaching_html(
    found: Coaching,
    *,
    title: str = "",
    made_at: datetime | None = None,
    sounds: Mapping[tuple[str, int], str] | None = None,
) -> str:
    """The page. ``title``: which days."""
    return page(
        "coaching.html",
        (*COMMON, "coaching.css"),
        "",
        title=title,
        made_at=wording.moment(made_at) if made_at else "",
        **drawn(found, sounds=sounds),
    )


def coaching_json(found: Coaching) -> str:
    return json.dumps(plain(found), ensure_ascii=False, indent=2)
