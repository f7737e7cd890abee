"""Evidence as people read it: when, who, and the sentence around what was found."""

from __future__ import annotations

from collections.abc import Iterator

from autoqa.i18n import _, render
from autoqa.privacy import Masks
from autoqa.reports.wording import clock, role_name
from autoqa.types import Call, Evidence, Finding, Role

_LONGEST = 60
"""Characters of what was said in a stretch that was searched in vain."""


def quoted(call: Call, piece: Evidence) -> str:
    """``0:05 agent: “您好，【很高兴为您服务】”``; of a stretch, what was said in it instead."""
    said = sentence(call, piece)
    if piece.quote:
        marked = said.replace(piece.quote, f"【{piece.quote}】", 1)
        if piece.quote not in said:
            marked = f"【{piece.quote}】"
        told = _("{at} {role}: {quote}").format(
            at=clock(piece.start_ms), role=role_name(piece.role), quote=marked
        )
        return told if piece.how == "exact" else f"{told} ({render(piece.message)})"
    place = f"{clock(piece.start_ms)}–{clock(piece.end_ms)}"
    told = f"{place} {render(piece.message)}"
    if not said or piece.role is Role.UNKNOWN:
        return told
    return _("{told}; there the {role} said: {quote}").format(
        told=told, role=role_name(piece.role), quote=_shortened(said)
    )


def sentence(call: Call, piece: Evidence) -> str:
    """What the evidence's role said from its start to its end, whole utterances."""
    said = (
        one.text.strip()
        for one in call.utterances
        if one.role is piece.role and one.start_ms < piece.end_ms and piece.start_ms < one.end_ms
    )
    return " ".join(text for text in said if text)


def evidence_lines(call: Call, finding: Finding) -> Iterator[str]:
    """A finding's reason and evidence, what decided it first; mentions say that they are some.

    Without personal data: these are lines for people.
    """
    masks = Masks(call)
    finding = masks.finding(finding)
    if finding.reason is not None:
        yield render(finding.reason)
    decided = [one for one in finding.occurrences if one.outcome == finding.outcome]
    others = [one for one in finding.occurrences if one.outcome != finding.outcome]
    for occurrence in (*decided, *others):
        for piece in occurrence.evidence:
            line = masks.text(quoted(call, piece))
            if occurrence.reason is None or occurrence.reason == finding.reason:
                yield line
            else:
                yield f"{line} ({render(occurrence.reason)})"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
