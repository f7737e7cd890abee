"""``calls/NAME.EXT.html``: one self-contained page a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autoqa.reports.clips import Clip
from autoqa.reports.pages import page
from autoqa.types import Call, Contact, Scorecard


def call_html(
    call: Call,
    contact: Contact,
    scorecard: Scorecard,
    clips: Sequence[Clip] = (),
    rationales: Mapping[str, str] | None = None,
) -> str:
    """The page. ``clips``: audio for ``clip_spans``; ``rationales``: why a rule is, by its id."""
    return page("call.html", ("common.css",), "call.js", contact=contact)
