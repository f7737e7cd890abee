"""What all workbooks share that staff edit and give back: opened safely, faults by their cells.

A workbook that comes back is somebody else's file: its size is limited, macros and old formats are
refused with what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Side
from openpyxl.styles.borders import Border
from openpyxl.utils import get_column_letter

from autoqa.errors import UsageError
from autoqa.i18n import LANGUAGES, N_, _, language, render
from autoqa.types import Message

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 20_000
HEAD_FILL = PatternFill("solid", fgColor="FF2A66B0")
PLACE_FILL = PatternFill("solid", fgColor="FFF0F2F6")
HEAD_FONT = Font(bold=True, color="FFFFFFFF")
WRAPPED = Alignment(wrap_text=True, vertical="top")
LINE = Border(bottom=Side("thin", color="FFE2E6EC"))

FORMULA = N_("this is a formula; write its result, or begin with a character that is none")
UNKNOWN_HEADING = N_("nobody knows the heading “{title}”; put notes into another sheet")

_MOST_BYTES, _MOST_UNPACKED = 20_000_000, 200_000_000
_OLD = N_("{file} is an old or protected workbook; save it in Excel as .xlsx, without a password")
_MACROS = N_("{file} holds macros; save it in Excel as .xlsx, which has none")
_NO_BOOK = N_("{file} is no .xlsx workbook; save it in Excel as .xlsx")
_TOO_LARGE = N_("{file} is too large for a workbook")


@dataclass(frozen=True, slots=True, order=True)
class CellFault:
    """What is wrong with a cell; ``str()`` is ``SHEET!B12: sentence`` in the current language."""

    sheet: str
    row: int
    column: int
    message: Message = field(compare=False)

    @property
    def cell(self) -> str:
        return f"{self.sheet}!{get_column_letter(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.cell}: {render(self.message)}"


def opened(data: bytes, name: str) -> Any:
    """The workbook in these bytes. Raises ``UsageError`` where it is none that is read."""
    if len(data) > _MOST_BYTES:
        raise UsageError(_TOO_LARGE, file=name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(_OLD, file=name)
    try:
        with ZipFile(BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            has_macros = any(one.lower().endswith("vbaproject.bin") for one in parts.namelist())
        is_good = unpacked <= _MOST_UNPACKED and not has_macros
        book = load_workbook(BytesIO(data)) if is_good else None
    except Exception:  # noqa: BLE001 (openpyxl raises whatever its XML and ZIP raise)
        raise UsageError(_NO_BOOK, file=name) from None
    if book is None:
        raise UsageError(_MACROS if has_macros else _TOO_LARGE, file=name)
    return book


def as_text(cell: Any) -> None:
    """No text is run as a formula."""
    if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
        cell.data_type, cell.quotePrefix = "s", True


def plain(title: str) -> str:
    """A heading as it is compared."""
    return "".join(title.split()).casefold()


def in_every_language(sentence: str) -> list[str]:
    names = []
    for name in LANGUAGES:
        with language(name):
            names.append(_(sentence))
    return names
