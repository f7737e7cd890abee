"""``prompts.csv``: the table of known recordings, edited in Excel.

Columns, in Chinese or English, in any order; others are kept as they are:

====  =======  ====================================================================
编号    id       names the recording in events and evidence; unique
标签    label    what QA staff say it is: a word of ``LABELS``; empty: not yet labelled
猜测    guess    what its words and its place in the calls suggest; never counts as a label
名称    name     what it advertises or is about, for evidence (金秋分期)
文字    text     what is said in it; may be corrected
秒     seconds  its length
通话数   calls    in how many calls of the folder searched last it was heard
文件    file     the clip, relative to the folder
====  =======  ====================================================================

UTF-8 with a byte order mark, so that Excel shows Chinese; as Excel saves it (GB 18030) it is read
as well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autoqa.cells import harmless, plain
from autoqa.errors import UsageError
from autoqa.files import write_whole
from autoqa.i18n import current_language

TABLE = "prompts.csv"
MUSIC, AGENT = "music", "agent"

LABELS: Mapping[str, str] = {
    "菜单": "menu",
    "广告": "ad",
    "通知": "notice",
    "排队": "queue",
    "音乐": MUSIC,
    "其他": "other",
    "坐席": AGENT,
}
"""What a recording can be, in Chinese and as it is kept. ``agent``: no recording, an agent's own
words that sound the same each time (his recorded greeting, a synthetic voice): never looked for."""

_OTHER_NAMES = {
    "公告": "notice",
    "排队提示": "queue",
    "其它": "other",
    "座席": AGENT,
    "不是录音": AGENT,
}
_COLUMNS = {
    "id": "编号",
    "label": "标签",
    "guess": "猜测",
    "name": "名称",
    "text": "文字",
    "seconds": "秒",
    "calls": "通话数",
    "file": "文件",
}
_LABELLED = ("label", "guess")
_MAX_BYTES = 20_000_000
"""Excel would run such a text; an apostrophe before it says that it is one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row. ``label`` and ``guess`` are values of ``LABELS`` or empty."""

    id: str
    label: str = ""
    guess: str = ""
    name: str = ""
    text: str = ""
    seconds: float = 0.0
    calls: int = 0
    file: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether it is looked for: not what is an agent's own, or seems so and is unlabelled."""
        return bool(self.file) and (self.label or self.guess) != AGENT


def read_table(folder: Path) -> list[Entry]:
    """The rows of the folder's table, in its order; none where there is no table yet.

    Raises ``UsageError`` for a table that cannot be read, an unknown label, or a number given
    twice, naming row and column.
    """
    path = folder / TABLE
    if not path.is_file():
        return []
    lines = list(csv.reader(io.StringIO(_decoded(path), newline="")))
    if not lines:
        return []
    names = {chinese: name for name, chinese in _COLUMNS.items()} | {n: n for n in _COLUMNS}
    header = [names.get(cell.strip().lower(), cell.strip()) for cell in lines[0]]
    if "id" not in header:
        raise UsageError(
            "{file} has no column 编号 (id); the first row must name the columns", file=str(path)
        )
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = {name: cell.strip() for name, cell in zip(header, line, strict=False) if name}
        if not any(cells.values()):
            continue
        entry = _entry(cells, f"{path}:{number}")
        if not entry.id or entry.id in entries:
            raise UsageError(
                "{place}: 编号 (id) “{value}” is empty or given twice; each recording has its own",
                place=f"{path}:{number}",
                value=entry.id,
            )
        entries[entry.id] = entry
    return list(entries.values())


def write_table(folder: Path, entries: Iterable[Entry]) -> None:
    """Writes the table, in the reader's language, whole or not at all."""
    rows = list(entries)
    extra = list(dict.fromkeys(name for row in rows for name in row.extra))
    chinese = current_language() == "zh_CN"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*(_COLUMNS.values() if chinese else _COLUMNS), *extra])
    for row in rows:
        known = [getattr(row, name) for name in _COLUMNS]
        said = [
            shown(value) if name in _LABELLED else value
            for name, value in zip(_COLUMNS, known, strict=True)
        ]
        cells: Sequence[object] = [*said, *(row.extra.get(name, "") for name in extra)]
        writer.writerow([harmless(one) if isinstance(one, str) else one for one in cells])
    write_whole(folder / TABLE, "\ufeff" + text.getvalue())


def shown(label: str) -> str:
    """A value of ``LABELS`` in the reader's language."""
    if current_language() != "zh_CN":
        return label
    return next((word for word, value in LABELS.items() if value == label), label)


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            "{file} cannot be read ({reason}); is it open in another program?",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        ) from None
    for encoding in ("utf-8-sig", "gb18030"):
        if len(data) <= _MAX_BYTES:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise UsageError("{file} is not a CSV table; save it from Excel as “CSV UTF-8”", file=str(path))


def _entry(cells: Mapping[str, str], place: str) -> Entry:
    return Entry(
        id=cells.get("id", ""),
        label=_label(cells.get("label", ""), place),
        guess=_label(cells.get("guess", ""), place),
        name=plain(cells.get("name", "")),
        text=plain(cells.get("text", "")),
        seconds=_number(cells.get("seconds", "")),
        calls=int(_number(cells.get("calls", ""))),
        file=cells.get("file", "").replace("\\", "/"),
        extra={name: cell for name, cell in cells.items() if name not in _COLUMNS},
    )


def _label(word: str, place: str) -> str:
    value = LABELS.get(word) or _OTHER_NAMES.get(word) or word.lower()
    if value and value not in LABELS.values():
        raise UsageError(
            "{place}: the label “{value}” is not known; it should be one of {known}",
            place=place,
            value=word,
            known=" ".join(LABELS),
        )
    return value


def _number(text: str) -> float:
    """0 for what is no number: these columns are for people."""
    try:
        return max(0.0, float(text))
    except (ValueError, OverflowError):
        return 0.0
