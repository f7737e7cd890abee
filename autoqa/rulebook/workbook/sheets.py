"""Rows as an .xlsx workbook that staff can work in, and back.

Every cell but a number is text: Excel makes no date of 1-2 and runs no formula; what begins like
one is marked as text. A hidden first column says where each row came from, a hidden sheet of which
files. Read back, a workbook is somebody else's file: its size is limited, macros and old formats
are refused with what to do, formulas are faults of their cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from autoqa.errors import UsageError
from autoqa.i18n import N_, _
from autoqa.rulebook.workbook.tables import LABELS, TABLES, Column, Row, Table, shown
from autoqa.spreadsheets import (
    FORMULA,
    HEAD_FILL,
    HEAD_FONT,
    LINE,
    MOST_ROWS,
    PLACE_FILL,
    UNKNOWN_HEADING,
    WRAPPED,
    CellFault,
    as_text,
    in_every_language,
    opened,
    plain,
)
from autoqa.types import Message

_MARK, _VERSION = "autoqa rules", 1
_HIDDEN = "autoqa"
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
_HELP = (
    N_("These sheets are the rule files. Change cells, add rows at the bottom, delete whole rows."),
    N_("Save as .xlsx and read it back: autoqa rules import FILE.xlsx FOLDER"),
    N_("Only what you change is changed in the files; comments and order stay."),
    N_("If anything is wrong, nothing is written, and each fault is told by sheet and cell."),
    N_("Grey columns say where a row belongs; the column “not read” is there for reading only."),
    N_("Conditions are written as in the rule files (manual, chapters 6 to 9); Alt+Enter breaks a "
       "line, and two blanks indent it."),
    N_("Do not delete the hidden first column: it says which row is which. New rows have none."),
    N_("Somebody changed the files since? Then export again: the workbook would undo that."),
)  # fmt: skip

_NO_FILE = N_("{file} cannot be opened ({reason})")
_NO_SHEETS = N_("{file} has none of the sheets {sheets}; export the rules to see what is read")
_NO_HEADING = N_("the heading “{title}” is missing in the first row")
_NO_CHOICE = N_("“{value}” is none of {choices}")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a workbook. ``columns``: in which column each key is."""

    row: Row
    sheet: str
    number: int
    columns: Mapping[str, int]

    def fault(self, key: str, message: Message) -> CellFault:
        first = next(iter(self.columns.values()), 1)
        return CellFault(self.sheet, self.number, self.columns.get(key, first), message)


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook says. ``digests``: of the files that it was made from, by name."""

    rows: tuple[SheetRow, ...]
    digests: Mapping[str, str]
    tables: frozenset[str]
    faults: tuple[CellFault, ...]


# ---------------------------------------------------------------- out


def book_bytes(rows: Iterable[Row], digests: Mapping[str, str]) -> bytes:
    """An .xlsx file with a sheet for each table, in the reader's language."""
    rows = list(rows)
    book = Workbook()
    _write_help(book.active)
    for table in TABLES.values():
        sheet = book.create_sheet(_(table.title))
        _write_table(sheet, table, [row for row in rows if row.table == table.name])
    hidden = book.create_sheet(_HIDDEN)
    hidden.sheet_state = "veryHidden"
    hidden.append([_MARK, _VERSION])
    for line in digests.items():
        hidden.append(line)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _write_help(sheet: Any) -> None:
    sheet.title = _("about this workbook")
    sheet.column_dimensions["A"].width = 110
    sheet.append([_("Rules of quality assurance")])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in _HELP:
        sheet.append([_(line)])
    for (cell,) in sheet.iter_rows(min_row=2):
        cell.alignment = WRAPPED


def _write_table(sheet: Worksheet, table: Table, rows: Sequence[Row]) -> None:
    sheet.append(["#", *(_(column.title) for column in table.columns)])
    for row in rows:
        key = "" if row.path is None else json.dumps([row.file, *row.path], ensure_ascii=False)
        cells = (_label(column, row.cells.get(column.key, "")) for column in table.columns)
        sheet.append([key, *cells])
    for cells in sheet.iter_rows(min_row=2, max_row=len(rows) + 1, min_col=2):
        for cell, column in zip(cells, table.columns, strict=True):
            _dress(cell, column)
            if column.kind == "number" and _NUMBER.fullmatch(cell.value or ""):
                cell.value = float(cell.value) if "." in cell.value else int(cell.value)
            if isinstance(cell.value, str):
                as_text(cell)
    _lay_out(sheet, table, len(rows))


def _dress(cell: Any, column: Column) -> None:
    """How a cell looks, or those of a column that nobody has filled in yet."""
    cell.number_format = "General" if column.kind == "number" else "@"
    cell.alignment = WRAPPED
    cell.border = LINE
    if column.place or column.shown:
        cell.fill = PLACE_FILL


def _lay_out(sheet: Worksheet, table: Table, count: int) -> None:
    for cell in sheet[1]:
        cell.font = HEAD_FONT
        cell.fill = HEAD_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].height = 30
    sheet.column_dimensions["A"].hidden = True
    for number, column in enumerate(table.columns, start=2):
        letter = get_column_letter(number)
        _dress(sheet.column_dimensions[letter], column)
        sheet.column_dimensions[letter].width = column.width or 18
        if column.choices:
            choices = ",".join(_label(column, one) for one in column.choices)
            rule = DataValidation("list", formula1=f'"{choices}"', allow_blank=True)
            rule.errorStyle = "warning"
            rule.add(f"{letter}2:{letter}{MOST_ROWS}")
            sheet.add_data_validation(rule)
    places = sum(column.place or column.shown for column in table.columns)
    sheet.freeze_panes = sheet.cell(2, 2 + min(places, 3))
    sheet.auto_filter.ref = f"B1:{get_column_letter(len(table.columns) + 1)}{count + 1}"


def _label(column: Column, value: str) -> str:
    return _(LABELS[value]) if column.is_labelled and value in LABELS else value


# ---------------------------------------------------------------- back


def read_book(path: Path) -> Book:
    """The rows of a workbook, with the faults of its cells. Raises ``UsageError``."""
    book = _opened(path)
    sheets = {plain(sheet.title): sheet for sheet in book.worksheets}
    rows: list[SheetRow] = []
    faults: list[CellFault] = []
    found = []
    for table in TABLES.values():
        names = [plain(name) for name in in_every_language(table.title)]
        sheet = next((sheets[name] for name in names if name in sheets), None)
        if sheet is not None:
            found.append(table.name)
            rows += _read_table(sheet, table, faults)
    if not found:
        known = " ".join(f"“{_(table.title)}”" for table in TABLES.values())
        raise UsageError(_NO_SHEETS, file=path.name, sheets=known)
    return Book(tuple(rows), _digests(book), frozenset(found), tuple(faults))


def _opened(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(_NO_FILE, file=path.name, reason=error.strerror or "?") from None
    return opened(data, path.name)


def _read_table(sheet: Worksheet, table: Table, faults: list[CellFault]) -> Iterator[SheetRow]:
    columns = _columns(sheet, table, faults)
    name = str(sheet.title)
    last = min(sheet.max_row, MOST_ROWS)
    for number, cells in enumerate(sheet.iter_rows(min_row=2, max_row=last), start=2):
        values: dict[str, str] = {}
        for column in table.columns:
            at = columns.get(column.key)
            if at is None or column.shown or at > len(cells):
                continue
            cell = cells[at - 1]
            if cell.data_type in {"f", "e"}:
                faults.append(CellFault(name, number, at, Message(FORMULA)))
            elif text := shown(cell.value):
                values[column.key] = _choice(column, text, name, number, at, faults)
        if values:
            file, path = _origin(cells[0].value)
            row = Row(table.name, file, path, values)
            yield SheetRow(row, name, number, columns)


def _columns(sheet: Worksheet, table: Table, faults: list[CellFault]) -> dict[str, int]:
    titles = {
        plain(title): column.key
        for column in table.columns
        for title in in_every_language(column.title)
    }
    found: dict[str, int] = {}
    for number, cell in enumerate(next(sheet.iter_rows(max_row=1), ()), start=1):
        title = shown(cell.value)
        if number == 1 or not title:
            continue
        if (key := titles.get(plain(title))) is None:
            message = Message(UNKNOWN_HEADING, {"title": title})
            faults.append(CellFault(str(sheet.title), 1, number, message))
        else:
            found.setdefault(key, number)
    for column in table.columns:
        if column.place and column.key not in found:
            message = Message(_NO_HEADING, {"title": _(column.title)})
            faults.append(CellFault(str(sheet.title), 1, 1, message))
    return found


def _choice(
    column: Column, text: str, sheet: str, row: int, at: int, faults: list[CellFault]
) -> str:
    """Of labels the key that they stand for; anything else as it is."""
    if not column.is_labelled:
        return text
    for key in column.choices:
        if plain(text) in {plain(name) for name in (key, *in_every_language(LABELS[key]))}:
            return key
    choices = " ".join(f"“{_(LABELS[key])}”" for key in column.choices)
    faults.append(
        CellFault(sheet, row, at, Message(_NO_CHOICE, {"value": text, "choices": choices}))
    )
    return text


def _origin(value: Any) -> tuple[str, tuple[str | int, ...] | None]:
    try:
        file, *path = json.loads(str(value))
    except (ValueError, TypeError):
        return "", None
    return str(file), tuple(path)


def _digests(book: Any) -> dict[str, str]:
    if _HIDDEN not in book.sheetnames:
        return {}
    lines = list(book[_HIDDEN].iter_rows(values_only=True))
    if not lines or lines[0][0] != _MARK:
        return {}
    return {str(line[0]): str(line[1]) for line in lines[1:] if line[0]}
