"""``GET /v1/reports/…``: what many calls come to, as JSON, or as CSV by ``Accept`` or ``.csv``.

Whoever sees only the calls of some agents gets the figures of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audited import audited
from api.documents import answer, shows
from api.guard import needs
from api.service import Service, TheService
from api.tables import CSV, table
from autoqa.fairness import fairness
from autoqa.reports.agreement import Agreement, agreements
from autoqa.reports.fairness import Report as Fairness
from autoqa.reports.fairness import Row as FairnessRow
from autoqa.reports.fairness import rows as fairness_rows
from autoqa.reports.solved import Board as SolvedBoard
from autoqa.reports.solved import Row as SolvedRow
from autoqa.reports.solved import board as solved_board
from autoqa.reports.solved import rows as solved_rows
from autoqa.store import Filter
from autoqa.store.figures import By, Distribution, Figures, GroupFigures, Measure, RuleFigures
from autoqa.store.pairs import pairs
from autoqa.store.solved import Solved
from autoqa.types import Action, Caller, Scope

router = APIRouter(tags=["reports"])

Reader = Annotated[Caller, needs(Scope.READ)]
Names = Annotated[list[str] | None, Query(description="Any of these.")]


@dataclass(frozen=True, slots=True)
class OverviewDocument:
    """All chosen calls together (null without any), by day, and how their measures are spread."""

    total: GroupFigures | None
    days: tuple[GroupFigures, ...]
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True)
class GroupsDocument:
    """Teams or agents, by key."""

    groups: tuple[GroupFigures, ...]


@dataclass(frozen=True, slots=True)
class RulesDocument:
    """Rules, those failed in the largest share of the calls decided first."""

    rules: tuple[RuleFigures, ...]


@dataclass(frozen=True, slots=True)
class AgreementDocument:
    """Each version of a rule that people judged; what they judged blindly (samples) apart from what
    they said after seeing the machine's outcome (queue), which says less: see ``is_blind``."""

    rules: tuple[Agreement, ...]


def chosen(
    caller: Reader,
    first_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    last_day: Annotated[date | None, Query(description="Of the call, included.")] = None,
    team: Names = None,
    agent_id: Names = None,
    direction: Names = None,
    form: Names = None,
) -> Filter:
    """The calls that a report is about, of those that the caller may see."""
    own = caller.agent_ids
    asked = None if agent_id is None else frozenset(agent_id)
    return Filter(
        first_day=first_day,
        last_day=last_day,
        teams=tuple(team or ()),
        agent_ids=asked if own is None else own if asked is None else own & asked,
        directions=tuple(direction or ()),
        forms=tuple(form or ()),
    )


Chosen = Annotated[Filter, Depends(chosen)]


@dataclass(frozen=True, slots=True)
class _Report:
    """``make``: the document, and the rows of its table, which are of ``kind``."""

    name: str
    summary: str
    document: type
    kind: type
    make: Callable[[Service, Filter], tuple[Any, Sequence[Any]]]


def _overview(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    figures = Figures(service.store)
    total, days = figures.by(By.ALL, wanted), tuple(figures.by(By.DAY, wanted))
    spread = tuple(figures.distribution(measure, wanted) for measure in Measure)
    return OverviewDocument(total[0] if total else None, days, spread), days


def _teams(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    groups = tuple(Figures(service.store).by(By.TEAM, wanted))
    return GroupsDocument(groups), groups


def _agents(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    groups = tuple(Figures(service.store).by(By.AGENT, wanted))
    return GroupsDocument(groups), groups


def _rules(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    rules = tuple(Figures(service.store).rules(wanted))
    return RulesDocument(rules), rules


def _agreement(service: Service, _wanted: Filter) -> tuple[Any, Sequence[Any]]:
    rules = tuple(agreements(pairs(service.store)))
    return AgreementDocument(rules), rules


def _fairness(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    found = fairness(service.store, wanted)
    return found, fairness_rows(found)


def _solved(service: Service, wanted: Filter) -> tuple[Any, Sequence[Any]]:
    asked, keys = Solved(service.store), service.settings.satisfied_keys
    found = solved_board(asked.sums(wanted), asked.seconds(wanted), keys)
    return found, solved_rows(found)


REPORTS = (
    _Report("overview", "All calls, by day", OverviewDocument, GroupFigures, _overview),
    _Report("teams", "By team", GroupsDocument, GroupFigures, _teams),
    _Report("agents", "By agent", GroupsDocument, GroupFigures, _agents),
    _Report("rules", "By rule", RulesDocument, RuleFigures, _rules),
    _Report("fairness", "Failures and lines", Fairness, FairnessRow, _fairness),
    _Report("solved", "Solved at once", SolvedBoard, SolvedRow, _solved),
    _Report("agreement", "Machine and people", AgreementDocument, Agreement, _agreement),
)


def _add(report: _Report) -> None:
    as_table = {"content": {CSV: {"schema": {"type": "string"}}}}

    def both(request: Request, service: TheService, caller: Reader, wanted: Chosen) -> Response:
        document, rows = report.make(service, wanted)
        if CSV in request.headers.get("accept", ""):
            return _exported(request, caller, report, rows)
        return answer(document)

    def file(request: Request, service: TheService, caller: Reader, wanted: Chosen) -> Response:
        _document, rows = report.make(service, wanted)
        return _exported(request, caller, report, rows)

    described = shows(report.document, "The figures.")
    described[200]["content"] |= as_table["content"]
    path = f"/v1/reports/{report.name}"
    router.add_api_route(
        path,
        both,
        summary=report.summary,
        responses=described,
        operation_id=f"report_{report.name}",
    )
    router.add_api_route(
        path + ".csv",
        file,
        summary=f"{report.summary}, for a spreadsheet",
        response_class=Response,
        responses={200: {"description": "A table.", **as_table}},
        operation_id=f"report_{report.name}_csv",
    )


def _exported(request: Request, caller: Caller, report: _Report, rows: Sequence[Any]) -> Response:
    audited(request, caller, Action.EXPORT, f"reports/{report.name}")
    return table(rows, report.kind, report.name)


for _one in REPORTS:
    _add(_one)
