"""The ledger as a workbook that staff edit in Excel, and back.

A hidden first column says which problem a row is, and in which version it was written. Read back,
only cells that were changed are taken over: rows without a number are added, and a cell that
somebody changed in the ledger meanwhile is told and left as it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_, _, render
from autoqa.ledger.effect import effect
from autoqa.scoring.names import day as written_day
from autoqa.spreadsheets import (
    FORMULA,
    HEAD_FILL,
    HEAD_FONT,
    LINE,
    MEDIA,
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
from autoqa.store.database import Database
from autoqa.store.issues import FIELD_NAMES, IssueFilter, Issues, as_texts, checked, from_texts
from autoqa.types import FIELDS, Issue, IssueState, Message

__all__ = ["MEDIA", "Imported", "LedgerFaults", "ledger_book", "read_into"]

STATE_NAMES: Mapping[IssueState, str] = {
    IssueState.OPEN: N_("open"),
    IssueState.IN_WORK: N_("in work"),
    IssueState.DONE: N_("done"),
    IssueState.VERIFIED: N_("verified"),
    IssueState.DROPPED: N_("dropped"),
}
SHEET, HISTORY = N_("Ledger of problems"), N_("History")
_SHOWN = (
    N_("No."),
    N_("Overdue"),
    N_("Effect"),
    N_("Found in call"),
    N_("Opened by"),
    N_("Opened"),
)
_HISTORY = (N_("No."), N_("When"), N_("Who"), N_("Field"), N_("Before"), N_("After"))
_WIDTHS = {"title": 36, "measure": 48, "rule_id": 22}

_NO_SHEET = N_("{file} has no sheet “{sheet}”; export the ledger to see what is read")
_NO_HEADING = N_("the heading “{title}” is missing in the first row")
_NO_DAY = N_("“{value}” is no date; write it like “{example}”")
_NO_STATE = N_("“{value}” is no state; write one of {states}")
_TWICE = N_("the problem {number} is in row {row}, too; delete one of them")
_CONFLICT = N_("{who} changed it to “{now}” meanwhile; it stays so")
_WRONG = N_("{count} faults in {file}; nothing was taken over")


class LedgerFaults(AutoqaError):
    """A workbook has faults; ``faults`` are all of them."""

    def __init__(self, file: str, faults: Sequence[CellFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(_WRONG, file=file, count=len(faults))


@dataclass(frozen=True, slots=True)
class Imported:
    """Numbers of the problems that were added and changed; cells that were not taken over."""

    added: tuple[int, ...]
    changed: tuple[int, ...]
    conflicts: tuple[CellFault, ...]


# ---------------------------------------------------------------- out


def ledger_book(database: Database, chosen: IssueFilter, today: date) -> bytes:
    """An .xlsx file of the chosen problems, with their history on a second sheet."""
    issues = Issues(database)
    found = issues.chosen(chosen)
    book = Workbook()
    sheet = book.active
    sheet.title = _(SHEET)
    sheet.append(["#", *(_(title) for title in (*FIELD_NAMES.values(), *_SHOWN))])
    for issue in found:
        happened = effect(database, issue.plan, today)
        sheet.append(
            [
                _origin(issue),
                *_written(as_texts(issue.plan)),
                issue.number,
                _("overdue") if issue.is_overdue(today) else "",
                str(happened or ""),
                issue.call_id,
                issue.opened_by,
                f"{issue.opened_at:%Y-%m-%d %H:%M}",
            ]
        )
    _dress(sheet, len(FIELD_NAMES))
    history = book.create_sheet(_(HISTORY))
    history.append(list(map(_, _HISTORY)))
    for issue in found:
        for change in issues.history(issue.number):
            for name in FIELDS:
                if name in change.after:
                    before = dict.fromkeys(FIELDS, "") | {"state": ""} | dict(change.before)
                    told = (_shown(name, text) for text in (before[name], change.after[name]))
                    at = f"{change.at:%Y-%m-%d %H:%M}"
                    row = [issue.number, at, change.who, _(FIELD_NAMES[name]), *told]
                    history.append(row)
    _dress(history, 0)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _origin(issue: Issue) -> str:
    """Which problem of which ledger, in which version."""
    return f"{issue.number} {issue.version} {issue.opened_at.isoformat()}"


def _written(texts: Mapping[str, str]) -> list[str]:
    return [_shown(name, texts[name]) for name in FIELD_NAMES]


def _shown(name: str, text: str) -> str:
    return _(STATE_NAMES[IssueState(text)]) if name == "state" and text else text


def _dress(sheet: Any, editable: int) -> None:
    """``editable``: columns after the hidden one that are read back; 0: a sheet to read only."""
    for cell in sheet[1]:
        cell.font, cell.fill = HEAD_FONT, HEAD_FILL
    for cells in sheet.iter_rows(min_row=2):
        for at, cell in enumerate(cells):
            cell.alignment, cell.border = WRAPPED, LINE
            if isinstance(cell.value, str):
                cell.number_format = "@"
                as_text(cell)
            if editable and at > editable:
                cell.fill = PLACE_FILL
    names = ["", *FIELD_NAMES] if editable else []
    for at in range(1, sheet.max_column + 1):
        name = names[at - 1] if at <= len(names) else ""
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 16)
    sheet.freeze_panes = "C2" if editable else "A2"
    if editable:
        sheet.column_dimensions["A"].hidden = True
        letter = get_column_letter(2 + list(FIELD_NAMES).index("state"))
        choices = ",".join(_(label) for label in STATE_NAMES.values())
        rule = DataValidation("list", formula1=f'"{choices}"', allow_blank=True)
        rule.add(f"{letter}2:{letter}{MOST_ROWS}")
        sheet.add_data_validation(rule)


# ---------------------------------------------------------------- back


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet. ``texts``: of the fields whose columns are there."""

    number: int
    origin: str
    texts: Mapping[str, str]


@dataclass(slots=True)
class _Sheet:
    name: str
    columns: dict[str, int] = field(default_factory=dict)
    lines: list[_Line] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    def fault(self, row: int, name: str, template: str, **params: Any) -> None:
        self.faults.append(self.told(row, name, template, **params))

    def told(self, row: int, name: str, template: str, **params: Any) -> CellFault:
        return CellFault(self.name, row, self.columns.get(name, 1), Message(template, params))


def read_into(
    database: Database, data: bytes, by: str, at: datetime, file: str = "ledger.xlsx"
) -> Imported:
    """Takes over what was changed in a workbook, all of it or nothing.

    Raises ``LedgerFaults`` with every cell that cannot be read, ``UsageError`` for what is no
    workbook of a ledger.
    """
    sheet = _read(data, file)
    added: list[int] = []
    changed: list[int] = []
    conflicts: list[CellFault] = []
    with database.begin():
        issues = Issues(database)
        for line in sheet.lines:
            issue = _issue_of(issues, line)
            texts = {"state": IssueState.OPEN.value} | {k: v for k, v in line.texts.items() if v}
            if issue is None:
                texts = dict.fromkeys(FIELDS, "") | texts
                if (plan := _checked(sheet, line, texts)) is not None:
                    added.append(issues.open(plan, by, at=at).number)
                continue
            now, base = as_texts(issue.plan), _base(issues, issue, line)
            told = {name: text for name, text in line.texts.items() if text or name != "state"}
            edited = {name: text for name, text in told.items() if text != base[name]}
            meant = dict(now)
            for name, text in edited.items():
                if now[name] not in (base[name], text):
                    who = issues.history(issue.number)[-1].who
                    params = {"who": who, "now": _shown(name, now[name])}
                    conflicts.append(sheet.told(line.number, name, _CONFLICT, **params))
                else:
                    meant[name] = text
            plan = _checked(sheet, line, meant)
            if plan is not None and meant != now:
                issues.change(issue.number, plan, by, version=issue.version, at=at)
                changed.append(issue.number)
        if sheet.faults:
            raise LedgerFaults(file, sorted(sheet.faults))
    return Imported(tuple(added), tuple(changed), tuple(conflicts))


def _checked(sheet: _Sheet, line: _Line, texts: Mapping[str, str]) -> Any:
    """The plan, or None where a cell has a fault."""
    try:
        return checked(from_texts(texts))
    except UsageError as error:
        told = error.message.params.get("field")
        name = next((key for key, title in FIELD_NAMES.items() if _(title) == told), "title")
        column = sheet.columns.get(name, 1)
        sheet.faults.append(CellFault(sheet.name, line.number, column, error.message))
    except ValueError:
        pass  # the cell was told when it was read
    return None


def _issue_of(issues: Issues, line: _Line) -> Issue | None:
    """The problem that a row was written of; None for a new one, or one of another ledger."""
    parts = line.origin.split()
    if len(parts) != 3 or not parts[0].isdecimal() or len(parts[0]) > 9:
        return None
    issue = issues.find(int(parts[0]))
    return issue if issue is not None and issue.opened_at.isoformat() == parts[2] else None


def _base(issues: Issues, issue: Issue, line: _Line) -> dict[str, str]:
    """The fields as they were when the row was written."""
    version = line.origin.split()[1]
    plan = issues.plan_at(issue.number, int(version)) if version.isdecimal() else None
    return as_texts(plan or issue.plan)


def _read(data: bytes, file: str) -> _Sheet:
    book = opened(data, file)
    names = {plain(name) for name in in_every_language(SHEET)}
    found = next((one for one in book.worksheets if plain(one.title) in names), None)
    if found is None:
        raise UsageError(_NO_SHEET, file=file, sheet=_(SHEET))
    sheet = _Sheet(str(found.title))
    _read_heading(sheet, next(found.iter_rows(max_row=1), ()))
    seen: dict[str, int] = {}
    rows = found.iter_rows(min_row=2, max_row=min(found.max_row, MOST_ROWS))
    for number, cells in enumerate(rows, start=2):
        texts = {
            name: _text(sheet, number, name, cells[at - 1])
            for name, at in sheet.columns.items()
            if at <= len(cells)
        }
        if not any(texts.values()):
            continue
        origin = str(cells[0].value or "")
        if origin and origin in seen:
            params = {"number": origin.split(maxsplit=1)[0], "row": seen[origin]}
            sheet.fault(number, "title", _TWICE, **params)
        seen.setdefault(origin, number)
        sheet.lines.append(_Line(number, origin, texts))
    return sheet


def _read_heading(sheet: _Sheet, cells: Iterable[Any]) -> None:
    titles = {
        plain(one): name for name, title in FIELD_NAMES.items() for one in in_every_language(title)
    }
    only_shown = {plain(one) for title in _SHOWN for one in in_every_language(title)}
    for at, cell in enumerate(cells, start=1):
        title = str(cell.value or "")
        if at == 1 or not title or plain(title) in only_shown:
            continue
        if (name := titles.get(plain(title))) is None:
            message = Message(UNKNOWN_HEADING, {"title": title[:60]})
            sheet.faults.append(CellFault(sheet.name, 1, at, message))
        else:
            sheet.columns.setdefault(name, at)
    if "title" not in sheet.columns:
        heading = FIELD_NAMES["title"]
        message = Message(_NO_HEADING, {"title": _(heading)})
        sheet.faults.append(CellFault(sheet.name, 1, 1, message))


def _text(sheet: _Sheet, row: int, name: str, cell: Any) -> str:
    """What a cell says, as history keeps it; what cannot be read is a fault."""
    if cell.data_type in {"f", "e"}:
        sheet.fault(row, name, FORMULA)
        return ""
    value = cell.value
    if value is None:
        return ""
    if name in ("measured_from", "due"):
        return _day(sheet, row, name, value)
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    return _state(sheet, row, text) if name == "state" and text else text


def _day(sheet: _Sheet, row: int, name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    text = str(value).strip()
    found = value if isinstance(value, date) else written_day(text)
    if found is None and text:
        sheet.fault(row, name, _NO_DAY, value=text[:40], example="2026-01-31")
    return found.isoformat() if found else ""


def _state(sheet: _Sheet, row: int, text: str) -> str:
    for state, label in STATE_NAMES.items():
        if plain(text) in {plain(one) for one in (state.value, *in_every_language(label))}:
            return state.value
    states = " ".join(f"“{_(label)}”" for label in STATE_NAMES.values())
    sheet.fault(row, "state", _NO_STATE, value=text[:40], states=states)
    return ""


def told(done: Imported) -> Iterable[str]:
    """What was taken over, a line for each kind, and then what was not."""
    yield _("{added} problems added, {changed} changed, {conflicts} cells left as they are").format(
        added=len(done.added), changed=len(done.changed), conflicts=len(done.conflicts)
    )
    yield from (f"{one.cell}: {render(one.message)}" for one in done.conflicts)
