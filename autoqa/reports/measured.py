"""The measures of a call as its page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.types import Call, CallMeasures, EventKind, VoiceMeasures

COUNTED = (
    EventKind.HOLD,
    EventKind.DEAD_AIR,
    EventKind.TALK_OVER,
    EventKind.RAISED_VOICE,
    EventKind.RECORDED_PROMPT,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """``voices``: (label, agent's, customer's); ``facts``: (label, value). What is not known is a
    dash in the first and left out of the second."""

    voices: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]


def measured(call: Call) -> Measured | None:
    """None where nothing was measured."""
    measures = call.measures
    if measures is None:
        return None
    found = Measured(tuple(_voices(measures)), tuple(_facts(measures)))
    return found if found.voices or found.facts else None


def _voices(measures: CallMeasures) -> list[tuple[str, str, str]]:
    shown: list[tuple[str, Callable[[VoiceMeasures], str]]] = [
        (_("Spoke for"), lambda one: wording.clock(one.speech_ms)),
        (_("Characters a minute"), lambda one: _number(one.characters_per_minute, 0)),
        (_("Loudness, dBFS"), lambda one: _number(one.loudness_dbfs, 1)),
    ]
    parties = (measures.agent, measures.customer)
    rows = [(label, *(show(one) if one else "–" for one in parties)) for label, show in shown]
    return [(label, own, other) for label, own, other in rows if {own, other} != {"–"}]


def _facts(measures: CallMeasures) -> list[tuple[str, str]]:
    rows = []
    if measures.answer_delay_ms is not None:
        seconds = wording.seconds(measures.answer_delay_ms)
        rows.append((_("Agent answers after"), _("{seconds} s").format(seconds=seconds)))
    for kind in COUNTED:
        if often := measures.per_minute.get(kind):
            name = wording.event_name(kind)
            rows.append((name, _("{times} a minute").format(times=_number(often, 2))))
    return rows


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
