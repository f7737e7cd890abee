"""``autoqa rules export`` and ``autoqa rules import``: a folder of rules as a workbook, and back.

An import writes all or nothing: the files are made, checked as any rule files are, and only put in
place when they can be used. Faults are told by the cells that they come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as Folder
from tempfile import TemporaryDirectory

from autoqa.errors import AutoqaError, UsageError
from autoqa.files import write_whole
from autoqa.i18n import N_, _
from autoqa.rulebook.folder import rule_files, write_files
from autoqa.rulebook.workbook.manuscript import Manuscript
from autoqa.rulebook.workbook.merging import NO_ITEMS, merge
from autoqa.rulebook.workbook.rows import rows_of
from autoqa.rulebook.workbook.sentences import sentence_at
from autoqa.rulebook.workbook.sheets import Book, SheetRow, book_bytes, read_book
from autoqa.rulebook.workbook.tables import SECTIONS, TABLES, Row, Table
from autoqa.scoring.faults import Fault, RuleError
from autoqa.scoring.load import check_rules
from autoqa.scoring.source import Path, Tree, decoded, parse
from autoqa.spreadsheets import CellFault
from autoqa.types import Message

_NO_XLSX = N_("{file} does not end in .xlsx; give a name that does")
_CHANGED = N_(
    "{files} changed since the workbook was made, maybe by your own import; export again, so that "
    "no change is undone"
)
_FOREIGN = N_(
    "{file} was not made from the files in {folder}; import it into a folder of its own, or export "
    "first"
)
_WRONG = N_("{count} faults in {file}; nothing was written")
_DONE = {
    "added": N_("{table}: {count} rows added"),
    "changed": N_("{table}: {count} rows changed"),
    "deleted": N_("{table}: {count} rows deleted"),
}


class BookError(AutoqaError):
    """A workbook has faults; ``faults`` are all of them, a line each."""

    def __init__(self, file: str, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(_WRONG, file=file, count=len(faults))


@dataclass(frozen=True, slots=True)
class Imported:
    """``files``: those that were written. ``counts``: of rows by (table, what was done).
    ``warnings``: what is worth knowing of the rules as they are now, a line each."""

    files: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    warnings: tuple[str, ...]

    def told(self) -> Iterator[str]:
        """What was done, a line for each kind."""
        for (table, what), count in sorted(self.counts.items()):
            yield _(_DONE[what]).format(table=_(TABLES[table].title), count=count)


def export_rules(folder: Folder, file: Folder) -> int:
    """Writes the workbook; returns how many rows it has.

    Raises ``RuleError`` where a file of the folder is no YAML, ``UsageError`` for its name.
    """
    if file.suffix.lower() != ".xlsx":
        raise UsageError(_NO_XLSX, file=file.name)
    files = rule_files(folder)
    rows = rows_of(_manuscripts(folder, files))
    write_whole(file, book_bytes(rows, _digests(files)))
    return len(rows)


def import_rules(file: Folder, folder: Folder) -> Imported:
    """Changes the folder's files as the workbook was changed; a folder that is empty is filled.

    Raises ``BookError`` with every fault, ``UsageError`` where the workbook does not belong here.
    Then nothing is written.
    """
    book = read_book(file)
    files = rule_files(folder) if folder.is_dir() else {}
    if files:
        _must_belong(book, file, folder, files)
    manuscripts = _manuscripts(folder, files)
    made = merge(manuscripts, rows_of(manuscripts), book)
    if made.faults:
        raise BookError(file.name, list(dict.fromkeys(map(str, sorted(made.faults)))))
    if not made.texts:
        return Imported((), made.counts, ())
    after = {name: text.encode() for name, text in made.texts.items()}
    told = _told_by_cell(files | after, book)
    if wrong := [line for severity, line in told if severity == "error"]:
        raise BookError(file.name, wrong)
    for name, content in after.items():
        write_whole(folder / name, content)
    return Imported(tuple(sorted(after)), made.counts, tuple(line for _, line in told))


def _manuscripts(folder: Folder, files: Mapping[str, bytes]) -> dict[str, Manuscript]:
    manuscripts: dict[str, Manuscript] = {}
    faults: list[Fault] = []
    for name, content in files.items():
        tree = parse(name, content)
        if tree.data is None:
            faults += tree.faults
        else:
            manuscripts[name] = Manuscript(decoded(content)[0])
    if faults:
        raise RuleError(str(folder), faults)
    return manuscripts


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _must_belong(book: Book, file: Folder, folder: Folder, files: Mapping[str, bytes]) -> None:
    now = _digests(files)
    if not book.digests.keys() & now.keys():
        raise UsageError(_FOREIGN, file=file.name, folder=str(folder))
    names = sorted(
        name for name in now.keys() | book.digests.keys() if now.get(name) != book.digests.get(name)
    )
    if names:
        raise UsageError(_CHANGED, files=_(", ").join(names))


# ---------------------------------------------------------------- which cell it was


def _told_by_cell(files: Mapping[str, bytes], book: Book) -> list[tuple[str, str]]:
    """Severity and sentence of each fault of the files, with its cell in front where one is found
    that it comes from."""
    with TemporaryDirectory() as folder:
        write_files(Folder(folder), files)
        faults = check_rules(Folder(folder))
    trees = {name: parse(name, files[name]) for name in {fault.file for fault in faults}}
    readable = {
        name: Manuscript(decoded(files[name])[0])
        for name, tree in trees.items()
        if tree.data is not None
    }
    rows = rows_of(readable)
    return [(fault.severity, _told(fault, trees[fault.file], rows, book)) for fault in faults]


def _told(fault: Fault, tree: Tree, rows: list[Row], book: Book) -> str:
    path = path_at(tree, fault.line, fault.column)
    owners = [
        (len(row.path), row)
        for row in rows
        if row.path and row.file == fault.file and path[: len(row.path)] == row.path
    ]
    line = tree.lines[fault.line - 1] if 0 < fault.line <= len(tree.lines) else ""
    if (said := sentence_at(book.rows, path, line)) is not None:
        return str(said.fault("sentence", fault.message))
    if not owners:
        return str(fault)
    length, owner = max(owners, key=lambda one: one[0])
    one = _in_book(owner, book)
    if one is None:
        return str(fault)
    table = TABLES[owner.table]
    key = str(path[length]) if len(path) > length else ""
    if table.whole and tree.keys.get(path) == (fault.line, fault.column):
        key = table.places[-1].key  # it is about what the row is, not about what is in it
    elif key not in one.columns:
        key = table.values[0].key
    message = _of_column(fault.message, table)
    if message is not fault.message:
        key = next((k for k in (str(fault.message.params["key"]), "name") if k in one.columns), key)
    column = one.columns.get(key, 2)
    sentence = str(CellFault(one.sheet, one.number, column, message))
    begins = tree.place(path[: length + 1])[0] + (tree.styles.get(path, "") == "|")
    if fault.line > begins:
        return _("{sentence} (line {line})").format(sentence=sentence, line=fault.line - begins + 1)
    return sentence


def _of_column(message: Message, table: Table) -> Message:
    """A sentence about a key, which the workbook calls by the title of its column."""
    key = message.params.get("key")
    if table.name == SECTIONS and key == "rules":
        return Message(NO_ITEMS)
    titles = {column.key: column.title for column in table.columns}
    if key not in titles:
        return message
    return Message(message.template, {**message.params, "key": _(titles[str(key)])})


def path_at(tree: Tree, line: int, column: int) -> Path:
    """What is written there, the innermost that begins no later."""
    places = [(place, path) for path, place in (*tree.values.items(), *tree.keys.items())]
    before = [(place, len(path), path) for place, path in places if place <= (line, column)]
    return max(before, key=lambda one: one[:2], default=((0, 0), 0, ()))[2]


def _in_book(owner: Row, book: Book) -> SheetRow | None:
    """The row of the workbook that says the same; where it belongs it may leave out."""
    shown = {column.key for column in TABLES[owner.table].columns if column.shown}

    def said(row: Row) -> set[tuple[str, str]]:
        return {
            (key, " ".join(text.split()))
            for key, text in row.cells.items()
            if key not in shown and key != "file" and text.strip()
        }

    wanted = said(owner)
    rows = [one for one in book.rows if one.row.table == owner.table and said(one.row) <= wanted]
    return max(rows, key=lambda one: len(said(one.row)), default=None)
