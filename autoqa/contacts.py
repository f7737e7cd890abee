"""Calls as the bank knows them: metadata beside the recordings.

``NAME.meta.json`` (or ``NAME.EXT.meta.json``) beside a recording, else a row of ``calls.csv`` or
``calls.xlsx`` in the folder. Column names are English or the Chinese that a telephone system's
export uses (``COLUMNS``). All are optional but ``file``, which names the recording by its path in
the folder or by its bare name.

A value that does not fit is dropped with a warning that says which, where and what would fit: one
bad cell must not cost a night. Where two rows tell different things of one recording, neither is
believed: whose call it was decides whose score it is. A file that cannot be read at all raises
``MetadataError``.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from autoqa import cells
from autoqa.errors import MetadataError
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.types import Contact, Message, Value

TABLES = ("calls.csv", "calls.xlsx")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "call_id": ("通话编号", "通话id", "流水号", "录音流水号"),
    "file": ("文件", "文件名", "录音文件", "录音文件名"),
    "agent_id": ("坐席工号", "工号", "坐席编号"),
    "agent_ids": ("经手坐席", "经手工号"),
    "agent_name": ("坐席", "坐席姓名"),
    "team": ("班组", "团队", "小组"),
    "direction": ("呼叫方向", "方向", "呼叫类型"),
    "queue": ("技能组", "队列"),
    "product": ("产品", "业务类型"),
    "started_at": ("开始时间", "通话开始时间", "呼叫时间"),
    "queue_seconds": ("排队秒数", "排队时长", "等待时长"),
    "caller": ("主叫号码", "客户号码", "来电号码"),
    "channel_roles": ("声道角色", "声道"),
    "holds": ("持线", "持线时段", "持线区间"),
}
"""Each field with the other names it goes by, in lower case."""

DIRECTIONS = {
    "inbound": "inbound",
    "呼入": "inbound",
    "来电": "inbound",
    "进线": "inbound",
    "in": "inbound",
    "outbound": "outbound",
    "呼出": "outbound",
    "外呼": "outbound",
    "去电": "outbound",
    "out": "outbound",
}

_BOTH = N_("both {first} and {second} are here; {second} wins")
_SAME_CALL = N_("{file}: the call id “{call_id}” is already that of {other}; its path is taken")
_TWICE = N_("{place}: {file} is already in {first}")
_DIFFERS = N_("{place}: {file} is already in {first}, and {columns} differ; they are left out")
_AMBIGUOUS = N_("{file} in the table could be any of {count} recordings; write its folder, too")
_LOST = N_("{count} rows of the table name no recording of this folder, first {first}; check them")
_LEFT_OUT = {
    "direction": N_("{place}: {column} “{value}” is left out; it should be inbound or outbound"),
    "started_at": N_(
        "{place}: {column} “{value}” is left out; it should be like 2026-01-31 09:30:00"
    ),
    "queue_seconds": N_("{place}: {column} “{value}” is left out; it should be seconds like 12.5"),
    "channel_roles": N_("{place}: {column} “{value}” is left out; it should be agent,customer"),
    "holds": N_(
        "{place}: {column} “{value}” is left out; it should be from and to in seconds, like "
        "10~35;60~80"
    ),
}
_UNKNOWN = N_("{file}: the column {column} is not known; it is kept as it is")
_NO_FILE = N_("{place}: no file named, the row is left out")

MAX_TABLE_BYTES = 200_000_000
_NAMES = {other: name for name, others in COLUMNS.items() for other in (name, *others)}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a folder says of its recordings: ``rows`` by file, and what was odd about it.

    ``ambiguous``: bare names that several recordings have, so that they name none of them.
    """

    rows: Mapping[str, Contact]
    warnings: tuple[Message, ...]
    ambiguous: frozenset[str] = frozenset()

    def contact(self, file: str) -> Contact:
        """The contact of the recording with this path in the folder, known or not."""
        bare = _bare(file)
        for name in (file,) if bare in self.ambiguous else (file, bare):
            if (found := self.rows.get(name)) is not None:
                call_id = file if found.call_id == found.file else found.call_id
                return replace(found, file=file, call_id=call_id)
        return Contact(call_id=file, file=file)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that does not fit: the field's name, and its column and value as they stand."""

    name: str
    column: str
    value: str


def read_metadata(folder: Path, files: Iterable[str], settings: Settings) -> Metadata:
    """Reads the folder's table and the ``.meta.json`` of each of ``files`` (paths in the folder).

    The file beside a recording wins over the table. Raises ``MetadataError`` for a table that
    cannot be read.
    """
    files = list(files)
    warnings: list[Message] = []
    tables = [folder / name for name in TABLES if (folder / name).is_file()]
    if len(tables) > 1:
        warnings.append(Message(_BOTH, dict(zip(("first", "second"), TABLES, strict=True))))
    rows: dict[str, Contact] = {}
    for table in tables:
        rows |= _rows(table, settings, warnings)
    ambiguous = frozenset(name for name, count in Counter(map(_bare, files)).items() if count > 1)
    warnings += _unmatched(rows, files, ambiguous)
    for file in files:
        recording = folder / file
        for stem in (recording.name, recording.stem):
            beside = recording.with_name(stem + ".meta.json")
            if beside.is_file():
                row = {"file": file} | _read_json(beside)
                contact = _contact(row | {"file": file}, beside.name, settings, warnings)
                if contact is not None:
                    rows[file] = contact
                break
    once = {(warning.template, str(warning.params)): warning for warning in warnings}
    return Metadata(rows, tuple(once.values()), ambiguous)


def distinct(contacts: Iterable[Contact]) -> tuple[list[Contact], tuple[Message, ...]]:
    """The same with a call id of its own each: what is kept by call id must not be overwritten.

    Of two recordings with one id the first keeps it, the other is known by its path.
    """
    owners: dict[str, str] = {}
    told, kept = [], []
    for contact in contacts:
        owner = owners.setdefault(contact.call_id, contact.file)
        if owner != contact.file:
            params = {"call_id": contact.call_id, "file": contact.file, "other": owner}
            told.append(Message(_SAME_CALL, params))
        own = contact.call_id if owner == contact.file else contact.file
        kept.append(replace(contact, call_id=own))
    return kept, tuple(told)


def _rows(table: Path, settings: Settings, warnings: list[Message]) -> dict[str, Contact]:
    """The rows of a table by file; those that name one twice as far as they agree."""
    rows: dict[str, Contact] = {}
    places: dict[str, str] = {}
    for place, row in _read_table(table):
        contact = _contact(row, place, settings, warnings)
        if contact is None:
            continue
        file = contact.file
        if file in rows:
            contact, differing = _agreed(rows[file], contact)
            params = {"place": place, "file": file, "first": places[file]}
            headers = {_NAMES.get(name.strip().lower(), name): name for name in row}
            columns = " ".join(f"“{headers.get(name, name)}”" for name in differing)
            if differing:
                warnings.append(Message(_DIFFERS, {**params, "columns": columns}))
            else:
                warnings.append(Message(_TWICE, params))
        rows[file] = contact
        places.setdefault(file, place)
    return rows


def _agreed(first: Contact, second: Contact) -> tuple[Contact, list[str]]:
    """What two rows of one recording both say, and the columns in which they differ."""
    nothing = Contact(first.file, first.file)
    names = {field.name for field in fields(Contact)} - {"extra"}
    differing = sorted(name for name in names if getattr(first, name) != getattr(second, name))
    extra = {key: value for key, value in first.extra.items() if second.extra.get(key) == value}
    unlike = {*first.extra, *second.extra} - extra.keys()
    changes: dict[str, Any] = {name: getattr(nothing, name) for name in differing}
    renamed = ["queue_seconds" if name == "queue_ms" else name for name in differing]
    return replace(first, **changes, extra=extra), [*renamed, *sorted(unlike)]


def _unmatched(
    rows: Mapping[str, Contact], files: list[str], ambiguous: frozenset[str]
) -> list[Message]:
    """Rows that no recording gets."""
    warnings = [
        Message(_AMBIGUOUS, {"file": name, "count": sum(_bare(file) == name for file in files)})
        for name in rows
        if name in ambiguous and name not in files
    ]
    known = {*files, *map(_bare, files)}
    lost = [name for name in rows if name not in known]
    if lost and len(files) > 1:  # else only one of the folder's recordings is asked for
        warnings.append(Message(_LOST, {"count": len(lost), "first": lost[0]}))
    return warnings


def _bare(file: str) -> str:
    return file.rsplit("/", 1)[-1]


# ---------------------------------------------------------------- files


def _read_table(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """(place, row) for each row; ``place`` is for messages, such as ``calls.csv:3``."""
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise MetadataError(
            "{file} is larger than {limit} MB; split the folder",
            file=path.name,
            limit=MAX_TABLE_BYTES // 1_000_000,
        )
    lines = _read_xlsx(path) if path.suffix == ".xlsx" else _read_csv(path)
    if not lines:
        return []
    header = [str(cell or "").strip() for cell in lines[0]]
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        row = {name: cell for name, cell in zip(header, line, strict=False) if name}
        if any(cell not in (None, "") for cell in row.values()):
            rows.append((f"{path.name}:{number}", row))
    return rows


def _read_csv(path: Path) -> list[list[Any]]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # Excel on Chinese Windows saves the second
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise MetadataError(
            "{file} is neither UTF-8 nor GBK text; save it from Excel as “CSV UTF-8”",
            file=path.name,
        )
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise MetadataError(
            "{file} is not a CSV table ({reason}); save it from Excel as “CSV UTF-8”",
            file=path.name,
            reason=str(error),
        ) from None


def _read_xlsx(path: Path) -> list[list[Any]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    except Exception as error:  # noqa: BLE001 (openpyxl raises whatever its XML and ZIP raise)
        raise MetadataError(
            "{file} cannot be read as an Excel workbook ({reason}); save it again as .xlsx or .csv",
            file=path.name,
            reason=type(error).__name__,
        ) from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise MetadataError(
            "{file} is not JSON ({reason}); correct it or remove it",
            file=path.name,
            reason=str(error),
        ) from None
    if not isinstance(row, dict):
        raise MetadataError(
            '{file} must hold one object, such as {{"agent_id": "8026"}}', file=path.name
        )
    return row


# ---------------------------------------------------------------- one row


def read_contact(row: Mapping[str, Any], settings: Settings) -> tuple[Contact, tuple[Misfit, ...]]:
    """What one row says, and the values in it that do not fit and are left out.

    Columns nobody knows are kept in ``extra``. Without a ``file`` the contact has an empty one.
    """
    known: dict[str, Any] = {}
    columns: dict[str, str] = {}
    extra: dict[str, str] = {}
    for column, value in row.items():
        name = _NAMES.get(column.strip().lower())
        if name is not None:
            known[name], columns[name] = value, column
        elif value not in (None, ""):
            extra[column] = str(value)
    misfits: list[Misfit] = []

    def fit(name: str, convert: Any) -> Any:
        value = known.get(name)
        if value in (None, ""):
            return None
        try:
            return convert(value)
        except (ValueError, KeyError, TypeError, OverflowError):
            misfits.append(Misfit(name, columns[name], str(value)[:80]))
            return None

    file = (cells.text(known.get("file")) or "").replace("\\", "/").removeprefix("./")
    contact = Contact(
        call_id=cells.text(known.get("call_id")) or file,
        file=file,
        agent_id=cells.text(known.get("agent_id")),
        agent_name=cells.text(known.get("agent_name")),
        team=cells.text(known.get("team")),
        direction=fit("direction", lambda value: DIRECTIONS[str(value).strip().lower()]),
        queue=cells.text(known.get("queue")),
        product=cells.text(known.get("product")),
        started_at=fit("started_at", lambda value: cells.moment(value, settings.time_zone)),
        queue_ms=fit("queue_seconds", cells.milliseconds),
        caller=cells.caller(known.get("caller"), settings.caller_key),
        channel_roles=fit("channel_roles", cells.roles) or (),
        holds=fit("holds", cells.holds),
        agent_ids=fit("agent_ids", cells.names) or (),
        extra=extra,
    )
    return contact, tuple(misfits)


def _contact(
    row: Mapping[str, Any], place: str, settings: Settings, warnings: list[Message]
) -> Contact | None:
    """A row of a folder's metadata; None, and a warning, where it names no file."""
    contact, misfits = read_contact(row, settings)
    table = place.split(":", maxsplit=1)[0]
    warnings += [Message(_UNKNOWN, {"file": table, "column": column}) for column in contact.extra]
    if not contact.file:
        warnings.append(Message(_NO_FILE, {"place": place}))
        return None
    for one in misfits:
        params: dict[str, Value] = {"place": place, "column": one.column, "value": one.value}
        warnings.append(Message(_LEFT_OUT[one.name], params))
    return contact
