"""``report.html``: the night at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from autoqa.reports.pages import page
from autoqa.reports.row import Row


def night_html(rows: Iterable[Row], *, title: str = "", made_at: datetime | None = None) -> str:
    """The page for all recordings of a run, scored and failed, in any order.

    ``title``: what was scored, such as the folder's name; ``made_at``: when.
    """
    return page("night.html", ("common.css",), "night.js", rows=list(rows))
