"""``summary.csv``: one row a recording, for Excel.

UTF-8 with a byte order mark, so that Excel shows Chinese; text that Excel would run as a formula
gets a leading apostrophe. An empty cell is "not known" or "does not apply", never zero.

Rows are written as recordings finish, so that the file can be looked at during the night; on
``close`` it is written once more, complete, sorted by file and put in place at once. In between,
rows wait on disk: memory does not grow with their number but for a name and an offset each.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from autoqa.cells import harmless
from autoqa.i18n import _, render
from autoqa.reports.row import Row, Tally
from autoqa.reports.wording import direction_name, outcome_name, verdict_name
from autoqa.types import EventKind, Outcome, Party, Scorecard, Total

Cell: TypeAlias = str | int | float

SECTION, RULE = "section:", "rule:"


class SummaryWriter:
    """Writes ``path`` row by row; a context manager.

    Columns of rules and sections come from the first scored row while the night runs, and from all
    rows in the final file. Raises ``OSError`` where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spool = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (closed by close)
        self._places: list[tuple[str, int]] = []
        self._titles: dict[str, str] = {}
        self._live: _Sheet | None = None
        self._waiting: list[dict[str, Cell]] = []

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
            return
        with suppress(OSError):  # what stopped the run is to be told
            self.close()

    def add(self, row: Row) -> None:
        """One more recording; it can be read in the file once a first call was scored."""
        cells = _cells(row)
        self._places.append((row.contact.file, self._spool.seek(0, io.SEEK_END)))
        self._spool.write(json.dumps(cells).encode() + b"\n")
        self._waiting.append(cells)
        if row.scorecard is not None:
            self._titles |= _titles(row.scorecard)
            if self._live is None:
                self._live = _Sheet(self._path, self._titles)
        if self._live is not None:
            self._live.write(self._waiting)
            self._waiting.clear()

    def close(self) -> None:
        """The final file: every row, sorted by file, all columns."""
        if self._spool.closed:
            return
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        with self._spool:
            if self._live is not None:
                self._live.close()
            try:
                with closing(_Sheet(part, self._titles)) as sheet:
                    sheet.write(self._sorted_cells())
                part.replace(self._path)
            finally:
                part.unlink(missing_ok=True)

    def _sorted_cells(self) -> Iterator[dict[str, Cell]]:
        for _file, place in sorted(self._places):
            self._spool.seek(place)
            yield json.loads(self._spool.readline())


def write_summary(rows: Iterable[Row], path: Path) -> None:
    """The whole of ``summary.csv`` from rows in any order."""
    with SummaryWriter(path) as writer:
        for row in rows:
            writer.add(row)


class _Sheet:
    """A CSV file with its header; columns stay as they are when it is opened."""

    def __init__(self, path: Path, titles: Mapping[str, str]) -> None:
        head, tail = _fixed_titles()
        sections = {key: title for key, title in titles.items() if key.startswith(SECTION)}
        rules = {key: title for key, title in titles.items() if key.startswith(RULE)}
        columns = head | sections | rules | tail
        self._file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        self._writer = csv.DictWriter(self._file, list(columns), extrasaction="ignore")
        self._writer.writerow({key: harmless(title) for key, title in columns.items()})

    def write(self, rows: Iterable[Mapping[str, Cell]]) -> None:
        self._writer.writerows(rows)
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _fixed_titles() -> tuple[dict[str, str], dict[str, str]]:
    """Columns before and after those of sections and rules: key → title."""
    head = {
        "file": _("File"),
        "call_id": _("Call ID"),
        "agent_id": _("Agent ID"),
        "agent_name": _("Agent"),
        "team": _("Team"),
        "direction": _("Direction"),
        "queue": _("Queue"),
        "started_at": _("Started at"),
        "duration_s": _("Duration (s)"),
        "score": _("Score"),
        "low": _("Score, lowest"),
        "high": _("Score, highest"),
        "result": _("Result"),
        "grade": _("Grade"),
        "form": _("Form"),
        "fatal": _("Fatal rules"),
        "provisional": _("Provisional"),
        "centre": _("Centre's score"),
        "hold_count": _("Holds"),
        "hold_total_s": _("Hold, total (s)"),
        "hold_longest_s": _("Hold, longest (s)"),
        "dead_air_count": _("Dead air, times"),
        "dead_air_total_s": _("Dead air, total (s)"),
        "dead_air_longest_s": _("Dead air, longest (s)"),
        "talk_over_count": _("Talk-over, times"),
        "talk_over_total_s": _("Talk-over, total (s)"),
        "ad_total_s": _("Advertisements (s)"),
    }
    tail = {
        "failed": _("What failed"),
        "undetermined": _("To review"),
        "remarks": _("About the recording"),
        "error": _("Why it could not be scored"),
    }
    return head, tail


def _titles(scorecard: Scorecard) -> dict[str, str]:
    sections = {_section_key(total): _section_title(total) for total in scorecard.sections}
    rules = {
        RULE + finding.rule_id: f"{finding.name} ({finding.rule_id})"
        for finding in scorecard.findings
    }
    return sections | rules


def _cells(row: Row) -> dict[str, Cell]:
    """A row's cells that are known, safe to open."""
    contact = row.contact
    cells: dict[str, Cell | None] = {
        "file": contact.file,
        "call_id": contact.call_id,
        "agent_id": contact.agent_id,
        "agent_name": contact.agent_name,
        "team": contact.team,
        "direction": direction_name(contact.direction) if contact.direction else None,
        "queue": contact.queue,
        "started_at": contact.started_at.isoformat(sep=" ") if contact.started_at else None,
        "duration_s": _seconds(row.duration_ms),
        "remarks": _joined(render(remark) for remark in row.remarks),
        "error": render(row.error) if row.error else None,
        "ad_total_s": _seconds(row.ads.total_ms) if row.ads else None,
    }
    cells |= _tally_cells("hold", row.tallies.get(EventKind.HOLD))
    cells |= _tally_cells("dead_air", row.tallies.get(EventKind.DEAD_AIR))
    cells |= _tally_cells("talk_over", row.tallies.get(EventKind.TALK_OVER))
    if row.scorecard is None:
        cells["result"] = _("could not be scored")
    else:
        cells |= _score_cells(row.scorecard)
    return {
        key: harmless(cell) if isinstance(cell, str) else cell
        for key, cell in cells.items()
        if cell is not None
    }


def _tally_cells(name: str, tally: Tally | None) -> dict[str, Cell | None]:
    if tally is None:
        return {}
    return {
        f"{name}_count": tally.count,
        f"{name}_total_s": _seconds(tally.total_ms),
        f"{name}_longest_s": _seconds(tally.longest_ms),
    }


def _score_cells(card: Scorecard) -> dict[str, Cell | None]:
    names = {finding.rule_id: finding.name for finding in card.findings}
    cells: dict[str, Cell | None] = {
        "score": _number(card.agent.score),
        "low": _number(card.agent.low),
        "high": _number(card.agent.high),
        "result": verdict_name(card),
        "grade": card.grade,
        "form": card.form_name or card.form,
        "fatal": _joined(names.get(rule_id, rule_id) for rule_id in card.fatal_rule_ids),
        "provisional": _("yes") if card.provisional else _("no"),
        "centre": _number(card.centre.score),
        "failed": _named(card, Outcome.FAILED),
        "undetermined": _named(card, Outcome.UNDETERMINED),
    }
    for total in card.sections:
        cells[_section_key(total)] = _number(total.score)
    for finding in card.findings:
        outcome = outcome_name(finding.outcome)
        cells[RULE + finding.rule_id] = (
            _("without points: {outcome}").format(outcome=outcome) if finding.trial else outcome
        )
    return cells


def _section_key(total: Total) -> str:
    """A section may have rules for the agent and rules for the centre: two totals."""
    return f"{SECTION}{total.counts_for}:{total.name}"


def _section_title(total: Total) -> str:
    if total.counts_for == Party.CENTRE:
        return _("Score: {section} (centre)").format(section=total.name)
    return _("Score: {section}").format(section=total.name)


def _named(card: Scorecard, outcome: Outcome) -> str:
    return _joined(finding.name for finding in card.counted if finding.outcome == outcome)


def _joined(parts: Iterable[str]) -> str:
    return _("; ").join(parts)


def _seconds(duration_ms: int | None) -> float | None:
    return None if duration_ms is None else round(duration_ms / 1000, 1)


def _number(value: Decimal | None) -> Cell | None:
    return None if value is None else float(round(value, 2))
