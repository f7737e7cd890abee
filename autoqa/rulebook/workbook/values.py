"""The cells of a row as values of a rule file."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from autoqa.i18n import N_, render
from autoqa.rulebook.workbook.sheets import SheetRow
from autoqa.rulebook.workbook.tables import ANSWERS, CONDITIONS, EXAMPLES, NO, TABLES, YES, Column
from autoqa.rulebook.workbook.yaml_text import Flow, Source
from autoqa.scoring.source import parse
from autoqa.spreadsheets import CellFault
from autoqa.types import Message, Value

_NO_NUMBER = N_("“{value}” is no number; write digits only, without a unit")
_NO_YES = N_("write “是” or “否”")
_IN_LINE = N_("line {line} of this cell: {told}")
_ONLY_TEXT = N_("only the phrase itself can stand in this row")
_FLAGS = {YES: True, NO: False, "true": True, "false": False, "yes": True, "no": False}


class Values:
    """Tells ``faults`` of what is no value."""

    def __init__(self, faults: list[CellFault]) -> None:
        self._faults = faults

    def fields(self, one: SheetRow) -> dict[str, Any]:
        """Every cell that says something, by its key."""
        return {
            column.key: self.of(one, column)
            for column in TABLES[one.row.table].values
            if one.row.cells.get(column.key, "").strip()
        }

    def whole(self, one: SheetRow) -> Any:
        """The one value that a row of a ``whole`` table is, as short as it can be written."""
        fields = self.fields(one)
        if one.row.table in (EXAMPLES, ANSWERS):
            return str(fields.get("dialogue", "")).strip("\n") + "\n"
        if one.row.table == CONDITIONS:
            return fields.get("condition", "")
        short = "points" if "points" in fields else "text"
        if one.row.cells.get("kind", "phrases") != "phrases" and fields.keys() != {"text"}:
            self._faults.append(one.fault("text", Message(_ONLY_TEXT)))
        return fields[short] if fields.keys() == {short} else Flow(fields)

    def of(self, one: SheetRow, column: Column) -> Any:
        """The value of a cell."""
        text = one.row.cells.get(column.key, "")
        if column.kind == "yaml":
            return self._yaml(one, column, text)
        if column.kind == "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        text = text.strip()
        if column.kind == "number":
            return self._number(one, column, text)
        if column.kind == "flag":
            if text.lower() not in _FLAGS:
                self._faults.append(one.fault(column.key, Message(_NO_YES)))
            return _FLAGS.get(text.lower(), False)
        return text

    def _number(self, one: SheetRow, column: Column, text: str) -> Decimal | int:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > 10**9:
            self._faults.append(one.fault(column.key, Message(_NO_NUMBER, {"value": text[:40]})))
            return 0
        return int(number) if number == number.to_integral_value() else number

    def _yaml(self, one: SheetRow, column: Column, text: str) -> Source:
        tree = parse("", text.encode("utf-8", "replace"))
        for fault in tree.faults:
            if fault.severity == "error":
                params: dict[str, Value] = {"line": fault.line, "told": render(fault.message)}
                self._faults.append(one.fault(column.key, Message(_IN_LINE, params)))
        return Source("\n".join(line.rstrip() for line in text.strip("\n").splitlines()))
