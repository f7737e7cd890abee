"""Figures as CSV for spreadsheets: in the reader's language, and no cell that runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from fastapi import Response

from autoqa.cells import harmless
from autoqa.i18n import N_, _
from autoqa.reports.wording import party_name
from autoqa.types import Party

CSV = "text/csv"

TITLES = {
    "key": N_("Key"),
    "name": N_("Name"),
    "calls": N_("Calls"),
    "scored": N_("Calls with a score"),
    "score": N_("Mean score"),
    "spread": N_("Standard deviation"),
    "low": N_("Lowest"),
    "high": N_("Highest"),
    "passed": N_("Passed"),
    "failed": N_("Failed"),
    "open": N_("Open until reviewed"),
    "fatal": N_("Fatal"),
    "waiting": N_("Waiting for a person"),
    "rule_id": N_("Rule"),
    "rule_version": N_("Version of the rule"),
    "section": N_("Section"),
    "counts_for": N_("Counts for"),
    "undetermined": N_("Undetermined"),
    "not_applicable": N_("Not applicable"),
    "overturned": N_("Changed by people"),
    "lost": N_("Points lost"),
    "is_blind": N_("Judged blindly"),
    "count": N_("Judgements"),
    "precision": N_("Precision"),
    "recall": N_("Recall"),
    "kappa": N_("Kappa"),
    "is_trusted": N_("May be trusted alone"),
    "value": N_("value"),
    "factor": N_("Kind of line"),
    "level": N_("Line"),
    "share": N_("Share"),
    "p": N_("p, corrected"),
    "of": N_("Which calls"),
    "figure": N_("Figure"),
    "mean": N_("Value"),
    "rest": N_("Other calls"),
    "standing": N_("Compared"),
}
"""What columns are called, by the fields of the figures."""


def table(rows: Sequence[Any], kind: type, name: str) -> Response:
    """``rows`` of one ``kind`` of dataclass as a file to save."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_titled(*path) for path in _paths(kind)])
    for row in rows:
        writer.writerow([_cell(path[-1], _at(row, path)) for path in _paths(kind)])
    # With a byte order mark, so that Excel shows Chinese.
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _paths(kind: type) -> list[tuple[str, ...]]:
    """Fields of a row; those of an estimate inside it have two names."""
    from autoqa.reports.agreement import Estimate

    inner = [("value",), ("low",), ("high",)]
    return [
        (item.name, *more)
        for item in fields(kind)
        for more in (inner if item.type in (Estimate, "Estimate") else [()])
    ]


def _titled(first: str, second: str = "") -> str:
    return f"{_(TITLES[first])} ({_(TITLES[second])})" if second else _(TITLES[first])


def _at(row: Any, path: Sequence[str]) -> Any:
    for name in path:
        row = getattr(row, name)
    assert not is_dataclass(row)
    return row


def _cell(field: str, value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, int):
        return value
    if field == "counts_for":
        return party_name(Party(value))
    return harmless(value.value if isinstance(value, StrEnum) else str(value))
