"""The report of a period as a workbook for Excel: a sheet for each table, and charts of groups and
rules beside the period before."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from autoqa.cells import harmless
from autoqa.i18n import _
from autoqa.reports import wording
from autoqa.reports.period import TOLD, WORDS, Report
from autoqa.reports.problems import Figure
from autoqa.reports.survey_board import shown

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MOST_DRAWN = 12
"""Rows in a chart: more cannot be told apart on a page."""
COLOURS = ("2A66B0", "B8C4D6")
"""The period's, and the one before."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell(text: str) -> str:
    """Text that a workbook may hold, and that is no formula."""
    return harmless(_CONTROL.sub("", text))


def period_xlsx(found: Report) -> bytes:
    """A workbook with a sheet for each table. No cell is run as a formula."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    from autoqa.spreadsheets import HEAD_FILL, HEAD_FONT

    book = Workbook()
    book.remove(book.active)
    for one in _sheets(found):
        sheet = book.create_sheet(one.title)
        sheet.append(one.head)
        for row in one.rows:
            sheet.append([cell(value) if isinstance(value, str) else value for value in row])
            for place, value in zip(sheet[sheet.max_row], row, strict=True):
                if isinstance(value, _Share):
                    place.number_format = "0.0%"
        sheet.freeze_panes = "A2"
        for place in sheet[1]:
            place.font, place.fill = HEAD_FONT, HEAD_FILL
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for column in sheet.columns:
            widest = max(_width(place.value) for place in column)
            sheet.column_dimensions[column[0].column_letter].width = min(widest + 3, 60)
        if one.drawn and sheet.max_row > 1:
            sheet.add_chart(_chart(sheet, one), f"{get_column_letter(len(one.head) + 2)}2")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class _Sheet(NamedTuple):
    """``drawn``: the columns, from 1, that are drawn beside the names in the first."""

    title: str
    head: list[str]
    rows: Iterable[Sequence[Any]]
    drawn: tuple[int, ...] = ()


def _chart(sheet: Any, one: _Sheet) -> Any:
    """Bars of the first rows, each with its number, so that they are read in print as well."""
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.label import DataLabelList

    last = min(sheet.max_row, 1 + MOST_DRAWN)
    chart = BarChart()
    chart.type, chart.title = "bar", f"{one.title} · {one.head[one.drawn[0] - 1]}"
    for column in one.drawn:
        chart.add_data(Reference(sheet, column, 1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, 1, 2, max_row=last))
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, name, False)
    for series, colour in zip(chart.series, COLOURS, strict=False):
        series.graphicalProperties.solidFill = colour
    chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    chart.x_axis.delete, chart.y_axis.delete = False, True  # each bar has its number
    chart.y_axis.scaling.min, chart.y_axis.majorGridlines = 0, None
    chart.gapWidth, chart.legend.position = 60, "b"
    chart.width, chart.height = 22, 3 + 1.1 * (last - 1)
    return chart


def _sheets(found: Report) -> Iterator[_Sheet]:
    told = {key: _(text) for key, text in TOLD.items()}
    yield _Sheet(
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
        yield _Sheet(
            _("Groups"),
            [*head, _("Beside the mean of all"), _("Period before"), _("How it changed")],
            rows,
            drawn=(3, 7),
        )
    yield _Sheet(
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
        drawn=(5, 6),
    )
    if found.words:
        yield _Sheet(
            _("Topics"),
            [_("Word"), _("Kind"), _("Calls"), _("Period before")],
            [(w.word, _(WORDS[w.kind]), w.now.hits, w.before.hits) for w in found.words],
        )
    if found.complaints:
        head = [_("Calls"), _("Of so many"), _("Share"), _("Period before"), _("How it changed")]
        parts = (_("Queue"), found.complaints.queues), (_("Word"), found.complaints.words)
        yield _Sheet(
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
    yield _Sheet(
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
    text = f"{value:.1f}" if isinstance(value, float) else str(value or "")
    return sum(2 if char > "\u2e7f" else 1 for char in text)
