"""The report of a period as a workbook for Excel, with a sheet for each table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from autoqa.cells import harmless
from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.reports.period import TOLD, WORDS, Report
from autoqa.reports.problems import Figure
from autoqa.reports.survey_board import shown

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell(text: str) -> str:
    """Text that a workbook may hold, and that is no formula."""
    return harmless(_CONTROL.sub("", text))


def period_xlsx(found: Report) -> bytes:
    """A workbook with a sheet for each table. No cell is run as a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, head, rows in _sheets(found):
        sheet = book.create_sheet(title)
        sheet.append(head)
        for row in rows:
            sheet.append([cell(one) if isinstance(one, str) else one for one in row])
            for place, one in zip(sheet[sheet.max_row], row, strict=True):
                if isinstance(one, _Share):
                    place.number_format = "0.0%"
        sheet.freeze_panes = "A2"
        for column in sheet.columns:
            widest = max(_width(place.value) for place in column)
            sheet.column_dimensions[column[0].column_letter].width = min(widest + 3, 60)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


_Sheet = tuple[str, list[str], Iterable[Sequence[Any]]]


def _sheets(found: Report) -> Iterable[_Sheet]:
    told = {key: _(text) for key, text in TOLD.items()}
    yield (
        _("Summary"),
        [_("Figure"), _("Value"), _("Period before")],
        [
            (_("Period"), found.period.name, found.before.name),
            (_("Calls"), found.calls, found.calls_before),
            (_("Mean score"), _rounded(found.score.now), _rounded(found.score.before)),
            (_("Pass rate"), _share(found.passed.now), _share(found.passed.before)),
            (_("Fatal"), found.fatal, None),
            (_("Left to a person"), found.waiting, None),
            *(
                (figure.label, _value(figure), None if before is None else _value(before))
                for _name, figure, before, _told in found.problems
            ),
        ],
    )
    if found.groups:
        head = [_("Group"), _("Calls"), _("Mean score"), _("Low"), _("High")]
        rows = [
            (
                one.name,
                one.calls,
                _rounded(one.score),
                _rounded(one.low),
                _rounded(one.high),
                told[one.stands],
                _rounded(one.change.before),
                told[one.change.told],
            )
            for one in found.groups
        ]
        yield (
            _("Groups"),
            [*head, _("Beside the mean of all"), _("Period before"), _("How it changed")],
            rows,
        )
    yield (
        _("Rules"),
        [
            _("Rule"),
            _("Section"),
            _("Calls failed"),
            _("Decided"),
            _("Share"),
            _("Period before"),
            _("How it changed"),
        ],
        [
            (
                one.name,
                one.section,
                one.failed.hits,
                one.failed.calls,
                _share(one.change.now),
                _share(one.change.before),
                told[one.change.told],
            )
            for one in found.rules
        ],
    )
    if found.words:
        yield (
            _("Topics"),
            [_("Word"), _("Kind"), _("Calls"), _("Period before")],
            [(w.word, _(WORDS[w.kind]), w.now.hits, w.before.hits) for w in found.words],
        )
    if found.complaints:
        head = [_("Calls"), _("Of so many"), _("Share"), _("Period before"), _("How it changed")]
        parts = (_("Queue"), found.complaints.queues), (_("Word"), found.complaints.words)
        yield (
            _("Complaints"),
            [_("Kind"), _("Queue or word"), *head, _("Calls to hear")],
            [
                (
                    kind,
                    one.name or _("not known"),
                    one.now.hits,
                    one.now.calls,
                    _share(one.change.now),
                    _share(one.change.before),
                    told[one.change.told],
                    " ".join(one.calls),
                )
                for kind, rows in parts
                for one in rows
            ],
        )
    yield (
        _("Calls"),
        [_("Call"), _("Agent"), _("Time"), _("Score"), _("Noteworthy for")],
        [
            (one.call_id, one.agent, wording.moment(one.at), _rounded(one.score), one.why)
            for one in found.outstanding
        ],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


class _Share(float):
    """Shown in per cent, and a number to reckon with."""


def _share(value: float | None) -> _Share | None:
    return None if value is None else _Share(value)


def _value(figure: Figure) -> str:
    return shown(figure, figure.value)


def _width(value: Any) -> int:
    """Of a cell; a Chinese character takes the room of two."""
    return sum(2 if char > "\u2e7f" else 1 for char in str(value or ""))
