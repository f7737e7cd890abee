"""Dashboards: how the floor is doing, on one page. Each figure leads to the calls behind it.

Who sees only the calls of some agents sees the figures of these, beside the mean of the centre.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode

from nicegui import events, ui

from api.workbench.assets import asset_url
from api.workbench.calls import SAMPLES
from api.workbench.charts import Chart, course, spread
from api.workbench.choosing import Choice, choice
from api.workbench.frame import ENTRIES, HOME, Entry, Viewer, draw, frame, page
from api.workbench.standings import (
    Card,
    GroupRow,
    Scale,
    cards,
    group_rows,
    most,
    rule_rows,
    trust_rows,
)
from autoqa.fairness import fairness
from autoqa.i18n import N_, _
from autoqa.reports import wording
from autoqa.reports.agreement import agreements
from autoqa.reports.fairness import drawn
from autoqa.reports.intervals import FEW
from autoqa.reports.span import Length, Of
from autoqa.store import Filter, Overview, Store
from autoqa.store.figures import By, Distribution, Figures, GroupFigures, Measure, RuleFigures
from autoqa.store.offered import Offered
from autoqa.store.pairs import pairs
from autoqa.types import Caller, EventKind, Scope

BOARD = "/ui/dashboards"
ENTRIES.append(Entry("dashboards", N_("Dashboards"), BOARD, Scope.READ))

PERIODS = {
    "7": N_("7 days"),
    "30": N_("30 days"),
    "90": N_("90 days"),
    "all": N_("all days"),
}
LENGTHS = {
    Length.DAY: N_("Report of the day"),
    Length.WEEK: N_("of the week"),
    Length.MONTH: N_("of the month"),
}
_USUAL = "30"
_FIELDS = ("first", "last", "team", "direction", "form")
_MEASURES = {
    Measure.HOLD: EventKind.HOLD,
    Measure.DEAD_AIR: EventKind.DEAD_AIR,
    Measure.TALK_OVER: EventKind.TALK_OVER,
}
_FEWEST_AGENTS = 10
"""Of whom a mean tells an agent nothing about any single colleague."""


@dataclass(frozen=True, slots=True)
class Board:
    """What is shown. ``period``: of ``PERIODS``, empty where two days were chosen.

    ``centre``: all calls of the same days, for who sees only some; None where it would tell on
    single colleagues.
    """

    chosen: Choice
    period: str
    total: GroupFigures | None
    centre: GroupFigures | None
    days: list[GroupFigures]
    teams: list[GroupFigures]
    agents: list[GroupFigures]
    rules: list[RuleFigures]
    spreads: list[Distribution]


@page("/dashboards", Scope.READ, scripts=("dashboards.js",))
async def dashboards_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.READ)
    for sheet in ("dashboards.css", "fairness.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{asset_url(sheet)}">')
    query = viewer.request.url.query
    board = await asyncio.to_thread(board_of, viewer.service.store, query, caller)
    form = await asyncio.to_thread(_form, viewer, caller, board)
    trust = "" if caller.agent_ids is not None else await asyncio.to_thread(_trust, viewer, caller)
    lines = "" if caller.agent_ids is not None else await asyncio.to_thread(_lines, viewer, board)
    with frame(viewer, "dashboards", _("Dashboards")):
        ui.html(form, sanitize=False)
        with ui.element("div").classes("board"):
            if board.total is None:
                _html(draw("problem.html", **_nothing(board)))
            else:
                _draw(board, board.total, caller)
            _html(lines)
            _html(trust)


def _draw(board: Board, total: GroupFigures, caller: Caller) -> None:
    chosen = board.chosen
    shown: list[Card] = cards(total, board.centre, chosen, HOME)
    _html(draw("board_cards.html", cards=shown))
    _chart(course(board.days, total), _csv(board, "overview"), _days_behind(board))
    if caller.agent_ids is None:
        with ui.element("div").classes("two"):
            rows = group_rows(board.teams, total, lambda key: _calls(chosen, team=key))
            _groups(_("By team"), _("Team"), rows, total.score, _csv(board, "teams"))
            rows = group_rows(board.agents, total, lambda key: _calls(chosen, agent=key))
            _groups(_("By agent"), _("Agent"), rows, total.score, _csv(board, "agents"))
    with ui.element("div").classes("two"):
        failed = rule_rows(board.rules, lambda key: _calls(chosen, rule=key), is_failed=True)
        left = rule_rows(board.rules, lambda key: _calls(chosen, undecided=key), is_failed=False)
        csv = _csv(board, "rules")
        for kind, rules in (("failed", failed), ("left", left)):
            _html(draw("board_rules.html", kind=kind, rows=rules, most=most(rules), csv=csv))
    with ui.element("div").classes("three"):
        for one in board.spreads:
            _chart(spread(one, wording.event_name(_MEASURES[one.measure])), "", None)


def _html(text: str) -> None:
    ui.html(text, sanitize=False)


def _groups(
    title: str, what: str, rows: Sequence[GroupRow], centre: float | None, csv: str
) -> None:
    _html(
        draw(
            "board_groups.html",
            title=title,
            what=what,
            rows=rows,
            scale=Scale.of(rows),
            centre=centre,
            csv=csv,
            few=FEW,
        )
    )


def _chart(chart: Chart, csv: str, behind: Callable[[int], str] | None) -> None:
    """A chart, and its numbers as a table. ``behind``: where the calls of the n-th point are."""

    def opened(event: events.EChartPointClickEventArguments) -> None:
        if behind is not None:
            ui.navigate.to(behind(event.data_index).removeprefix("/ui"))  # it puts /ui before it

    with ui.element("section").classes("card").props(f"id={chart.name}"):
        _html(draw("board_head.html", title=chart.title, note=chart.note, csv=csv))
        drawn = ui.echart(chart.options, on_point_click=opened, renderer="svg")
        drawn.classes("chart").props["role"] = "img"
        drawn.props["aria-label"] = f"{chart.title}: {chart.note}"
        addresses = [behind(at) for at in range(len(chart.rows))] if behind else []
        _html(draw("board_numbers.html", chart=chart, addresses=addresses))


# ---------------------------------------------------------------- what is chosen


def _chosen(store: Store, query: str) -> tuple[Choice, str]:
    """The calls that the address asks for, days and all, and by which period."""
    asked = choice(query)
    values = {name: asked[name] for name in _FIELDS if asked[name]}
    if "first" in values or "last" in values:
        return Choice(values), ""
    period = parse_qs(query[:8192]).get("period", [_USUAL])[-1]
    period = period if period in PERIODS else _USUAL
    newest = None if period == "all" else Offered(store).last_day()
    if newest is not None:
        first = newest - timedelta(days=int(period) - 1)
        values |= {"first": first.isoformat(), "last": newest.isoformat()}
    return Choice(values), period


def board_of(store: Store, query: str, caller: Caller) -> Board:
    """What an address shows ``caller``. ``query``: its part after the question mark."""
    chosen, period = _chosen(store, query)
    wanted, figures = chosen.filter(caller), Figures(store)
    total = next(iter(figures.by(By.ALL, wanted)), None)
    is_whole = caller.agent_ids is None
    return Board(
        chosen,
        period,
        total,
        None if is_whole else _centre(figures, wanted),
        figures.by(By.DAY, wanted),
        figures.by(By.TEAM, wanted) if is_whole else [],
        figures.by(By.AGENT, wanted) if is_whole else [],
        figures.rules(wanted),
        [figures.distribution(measure, wanted) for measure in _MEASURES],
    )


def _centre(figures: Figures, wanted: Filter) -> GroupFigures | None:
    everybody = replace(wanted, agent_ids=None, teams=())
    agents = [one for one in figures.by(By.AGENT, everybody) if one.key and one.scored]
    if len(agents) < _FEWEST_AGENTS:
        return None
    return next(iter(figures.by(By.ALL, everybody)), None)


def _form(viewer: Viewer, caller: Caller, board: Board) -> str:
    store = viewer.service.store
    offered, chosen = Offered(store), board.chosen
    kept = {name: chosen[name] for name in _FIELDS[2:] if chosen[name]}
    return draw(
        "board_form.html",
        chosen=chosen,
        periods=[
            (_(label), "?" + urlencode({**kept, "period": name}), name == board.period)
            for name, label in PERIODS.items()
        ],
        teams=Overview(store).teams() if caller.agent_ids is None else [],
        directions=[(one, wording.direction_name(one)) for one in offered.directions()],
        forms=offered.forms(),
        is_own=caller.agent_ids is not None,
        reports=_reports(caller, chosen),
    )


def _reports(caller: Caller, chosen: Choice) -> list[tuple[str, str]]:
    """The day, the week and the month that the last chosen day is in, as pages to print."""
    asked = {"day": chosen["last"]} if chosen["last"] else {}
    if caller.agent_ids is not None:
        if len(caller.agent_ids) != 1:
            return []
        asked |= {"of": Of.AGENT.value, "agent_id": next(iter(caller.agent_ids))}
    elif chosen["team"]:
        asked |= {"of": Of.TEAM.value, "team": chosen["team"]}
    return [
        (_(label), "/v1/reports/period.html?" + urlencode({"length": length.value, **asked}))
        for length, label in LENGTHS.items()
    ]


def _nothing(board: Board) -> dict[str, str]:
    is_chosen = bool(board.chosen.values)
    chosen = _("No call is like that; choose less narrowly.")
    empty = _("No call has been scored yet. Figures come with the first.")
    return {
        "title": _("No calls"),
        "text": chosen if is_chosen else empty,
        "href": f"{BOARD}?period=all" if is_chosen else HOME,
        "label": _("all days") if is_chosen else _("Call list"),
    }


def _lines(viewer: Viewer, board: Board) -> str:
    """Whether failures follow the line instead of the agent."""
    found = fairness(viewer.service.store, board.chosen.filter(viewer.caller(Scope.READ)))
    return draw("board_fairness.html", **drawn(found), csv=_csv(board, "fairness"))


def _trust(viewer: Viewer, caller: Caller) -> str:
    store = viewer.service.store
    found, names = agreements(pairs(store)), Overview(store).rules()
    blind = {one.rule_id for one in found if one.is_blind}
    return draw(
        "board_trust.html",
        blind=trust_rows([one for one in found if one.is_blind], names),
        seen=trust_rows([one for one in found if not one.is_blind], names),
        unjudged=[one.name for one in names if one.rule_id not in blind],
        csv="/v1/reports/agreement.csv",
        samples=SAMPLES if caller.may(Scope.REVIEW) else "",
    )


# ---------------------------------------------------------------- addresses


def _calls(chosen: Choice, **more: str) -> str:
    """The calls behind a figure. Those without a team or agent cannot be chosen: all are shown."""
    return f"{HOME}?{chosen.query(**more)}"


def _days_behind(board: Board) -> Callable[[int], str]:
    days = [one.key for one in board.days]
    return lambda at: _calls(board.chosen, first=days[at], last=days[at])


def _csv(board: Board, report: str) -> str:
    """The same figures for a spreadsheet."""
    names = {"first": "first_day", "last": "last_day"}
    chosen = board.chosen
    days = {names[name]: chosen[name] for name in names if _is_day(chosen[name])}
    rest = {name: chosen[name] for name in _FIELDS[2:] if chosen[name]}
    return f"/v1/reports/{report}.csv?{urlencode({**days, **rest})}"


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
