"""The six problems of all calls and of groups of them, for a page, a spreadsheet and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from typing import Any

from autoqa.cells import harmless
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.pages import COMMON, page
from autoqa.reports.problems import Figure, Problem, Unit, level, problems, standing
from autoqa.reports.solved import Board as Solved
from autoqa.survey.menus import Level
from autoqa.survey.sums import By, Sums

HEADS = ("in-time", "within-two-keys", "ad", "held", "hold-mean", "courtesy")
"""Figures that groups are compared by."""
FIELDS: Mapping[By, str] = {By.BANK: "bank", By.TEAM: "team", By.AGENT: "agent"}
"""The field of the calls' list that a group is chosen by."""
GROUPINGS = {
    By.BANK: N_("By hotline"),
    By.TEAM: N_("By team"),
    By.AGENT: N_("By agent"),
    By.WEEK: N_("By week"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a group. ``standing``: to all calls (``problems.standing``). ``scale``: the right
    end of the axis that all groups share."""

    figure: Figure
    standing: str
    scale: float


@dataclass(frozen=True, slots=True)
class Group:
    """``link``: what the calls' list is to be narrowed to."""

    key: str
    name: str
    calls: int
    cells: tuple[Cell, ...]
    link: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Board:
    """``tree``: the menus. ``by``: how calls are grouped."""

    calls: int
    problems: tuple[Problem, ...]
    tree: tuple[Level, ...]
    by: By
    groups: tuple[Group, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(cell.label for cell in _heads(self.problems))


def board(
    total: Sums, tree: Sequence[Level] = (), by: By = By.ALL, groups: Sequence[Sums] = ()
) -> Board:
    """``total``: of all calls, of which ``groups`` are parts."""
    found = problems(total, tree)
    whole = _heads(found)
    parts = [_heads(problems(one)) for one in groups]
    # Compared at a level corrected for how many comparisons are made, shown at 95 %.
    strict = level(len(groups) * len(HEADS))
    apart = [_heads(problems(one, z=strict)) for one in groups]
    scales = [_scale([*column]) for column in zip(whole, *parts, strict=True)]
    made = tuple(
        Group(
            one.key,
            _name(one, by),
            one.calls,
            tuple(
                Cell(figure, standing(sure, all_calls), scale)
                for figure, sure, all_calls, scale in zip(own, surely, whole, scales, strict=True)
            ),
            {FIELDS[by]: one.key} if by in FIELDS and one.key else {},
        )
        for one, own, surely in zip(groups, parts, apart, strict=True)
    )
    return Board(total.calls, found, tuple(tree), by, made)


def _name(one: Sums, by: By) -> str:
    if not one.key:
        return _("not known")
    if by is By.WEEK:
        return _("week of {day}").format(day=one.key)
    return f"{one.name} {one.key}" if one.name else one.key


def _heads(found: Sequence[Problem]) -> list[Figure]:
    by_key = {figure.key: figure for problem in found for figure in problem.figures}
    return [by_key[key] for key in HEADS]


def _scale(figures: Sequence[Figure]) -> float:
    """Shares reach to 1; what else there is to the next ten above all of it and its standard."""
    if figures[0].unit is Unit.SHARE:
        return 1.0
    most = max(
        end for one in figures for end in (one.high or one.value or 0.0, one.standard or 0.0)
    )
    return max(ceil(most / 10) * 10, 10)


def shown(figure: Figure, value: float | None) -> str:
    """A value of this figure, with its unit."""
    if value is None:
        return "–"
    if figure.unit is Unit.SHARE:
        return wording.percent(value, 1)
    if figure.unit is Unit.SECONDS:
        return _("{seconds} s").format(seconds=f"{value:.1f}".removesuffix(".0"))
    return f"{value:.2f}".rstrip("0").rstrip(".")


def interval(figure: Figure) -> str:
    """``41.2–48.0 %`` with its unit once; empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = shown(figure, figure.low), shown(figure, figure.high)
    return f"{low.rstrip('% 秒s')}–{high}"


# ---------------------------------------------------------------- as a page


def survey_html(
    found: Board,
    solved: Solved | None = None,
    *,
    title: str = "",
    made_at: datetime | None = None,
) -> str:
    """The page. ``solved``: whose customers were helped at once. ``title``: which calls;
    ``made_at``: when it was made."""
    return page(
        "survey.html",
        (*COMMON, "survey.css"),
        "",
        title=title,
        made_at=wording.moment(made_at) if made_at else "",
        **drawn(found, solved),
    )


def drawn(found: Board, solved: Solved | None = None) -> dict[str, Any]:
    """What ``survey_board.html`` needs, in the page or in the workbench's."""
    return {
        "board": found,
        "solved": solved,
        "shown": shown,
        "interval": interval,
        "groupings": GROUPINGS,
        "scale_of": lambda figure: _scale([figure]),
    }


# ---------------------------------------------------------------- for other programs


def survey_json(found: Board, solved: Solved | None = None) -> str:
    """``calls``, ``problems`` with their figures, ``menus``, ``groups``, ``solved``."""
    return json.dumps(
        {
            "calls": found.calls,
            "problems": [asdict(one) for one in found.problems],
            "menus": [
                {
                    "path": one.path,
                    "calls": one.calls,
                    "mean_ms": round(one.mean_ms),
                    "options": dict(one.options),
                }
                for one in found.tree
            ],
            "by": found.by.value,
            "groups": [
                {
                    "key": one.key,
                    "name": one.name,
                    "calls": one.calls,
                    "figures": [{**asdict(c.figure), "standing": c.standing} for c in one.cells],
                }
                for one in found.groups
            ],
            "solved": solved and asdict(solved),
        },
        ensure_ascii=False,
        indent=2,
    )


def survey_csv(found: Board, solved: Solved | None = None) -> str:
    """A row a figure: of all calls, then of each group. No cell is run as a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    heads = (_("Group"), _("Problem"), _("Figure"), _("Value"), _("Unit"), _("Low"), _("High"))
    writer.writerow((*heads, _("Calls"), _("Survey")))
    for problem in found.problems:
        if problem.missing:
            note = problem.missing
            row = ("", problem.name, _("not measured"), note, "", "", "", "", problem.surveyed)
            writer.writerow([harmless(one) for one in row])
            continue
        for figure in problem.figures:
            writer.writerow(_row(_("all calls"), problem.name, figure, problem.surveyed))
    names = {figure.key: one.name for one in found.problems for figure in one.figures}
    for group in found.groups:
        for cell in group.cells:
            writer.writerow(_row(group.name, names[cell.figure.key], cell.figure, ""))
    if solved:
        about = _("Solved at once")
        for figure in solved.figures:
            writer.writerow(_row(_("all calls"), about, figure, ""))
        for side in solved.sides:
            for one in side.beside:
                writer.writerow(_row(side.name, about, one.figure, ""))
    return file.getvalue()


def _row(group: str, problem: str, figure: Figure, surveyed: str) -> list[str | float]:
    numbers = [
        "" if one is None else round(one, 4) for one in (figure.value, figure.low, figure.high)
    ]
    words = [harmless(one) for one in (group, problem, figure.label)]
    return [*words, numbers[0], figure.unit.value, *numbers[1:], figure.count, harmless(surveyed)]
