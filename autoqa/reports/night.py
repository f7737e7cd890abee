"""``report.html``: the night at a glance.

Figures and charts are in the page as it is; the table of calls is drawn in the browser from
embedded JSON, a page of rows at a time, so that thousands of calls stay quick. Bars, bins, teams
and agents are filters of the table: every figure opens the calls behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from autoqa.i18n import _, render
from autoqa.reports import wording
from autoqa.reports.figures import BIN, figures
from autoqa.reports.pages import COMMON, embedded, page
from autoqa.reports.problems import problems
from autoqa.reports.row import Row, page_href
from autoqa.reports.survey_board import interval, shown
from autoqa.survey.summing import Told, sums_of
from autoqa.types import Message, Outcome, Scorecard

LETTERS = {
    Outcome.PASSED: "p",
    Outcome.FAILED: "f",
    Outcome.UNDETERMINED: "u",
    Outcome.NOT_APPLICABLE: "n",
}
NOT_ON_FORM = "-"
RULES_BEHIND = {
    "through": "answer-time",
    "menus": "menu-depth",
    "ads": "forced-ad",
    "holds": "hold-length",
}
"""The rule whose failures show what is behind a problem, where it is on the form."""
MOST_FAILURES = 200
"""Failed recordings listed by name in each reason; the table has them all."""


def night_html(rows: Iterable[Row], *, title: str = "", made_at: datetime | None = None) -> str:
    """The page for all recordings of a run, scored and failed, in any order.

    ``title``: what was scored, such as the folder's name; ``made_at``: when.
    """
    rows = sorted(rows, key=lambda row: row.contact.file)
    cards = [row.scorecard for row in rows if row.scorecard]
    rules = list(dict.fromkeys(f.rule_id for card in cards for f in card.counted))
    found = figures(rows, _reason)
    told = [
        Told(row.facts, row.scorecard, row.answers)
        for row in rows
        if row.facts is not None and row.scorecard is not None
    ]
    return page(
        "night.html",
        (*COMMON, "night.css"),
        "night.js",
        title=title,
        made_at=wording.moment(made_at) if made_at else "",
        figures=found,
        problems=problems(sums_of(told)),
        rules_behind=RULES_BEHIND,
        shown=shown,
        ends=interval,
        bin=BIN,
        highest_bin=max((sum(bar.values()) for bar in found.bins), default=0),
        pass_marks=sorted({card.pass_mark for card in cards}),
        most_failures=MOST_FAILURES,
        versions=sorted({f"{card.form} {card.rule_set_version[:12]}" for card in cards}),
        page_href=page_href,
        data=embedded(_script_data(rows, rules, cards)),
    )


def _reason(row: Row) -> str:
    """Why a recording failed, without its name, so that like failures stand together."""
    if row.error is None:
        return _("no reason given")
    params = {name: "…" if name == "file" else v for name, v in row.error.params.items()}
    return render(Message(row.error.template, params)).strip("… :：,，")


def _script_data(
    rows: Sequence[Row], rules: Sequence[str], cards: Sequence[Scorecard]
) -> dict[str, object]:
    names = {f.rule_id: f.name for card in cards for f in card.counted}
    return {
        "rules": [[rule_id, names[rule_id]] for rule_id in rules],
        "rows": [_script_row(row, rules) for row in rows],
        "words": {
            **{name: _(word) for name, word in wording.VERDICTS.items()},
            "error": _("could not be scored"),
            "matches": _("{count} of {total}"),
            "nothing": _("No call matches. Loosen a filter."),
            "page": _("page {page} of {pages}"),
            "review": _("to review"),
            "comma": _(", "),
        },
    }


def _script_row(row: Row, rules: Sequence[str]) -> list[object]:
    """As ``night.js`` reads it; the order is written there too."""
    contact, card = row.contact, row.scorecard
    outcomes = {f.rule_id: LETTERS[f.outcome] for f in card.counted} if card else {}
    total = card.agent if card else None
    return [
        contact.file,
        page_href(contact) if card else "",
        contact.call_id if contact.call_id != contact.file else "",
        contact.agent_id or contact.agent_name or "",
        contact.agent_name or "",
        contact.team or "",
        contact.started_at.isoformat(sep=" ", timespec="minutes")[:16]
        if contact.started_at
        else "",
        None if row.duration_ms is None else round(row.duration_ms / 1000),
        _tenths(total.score if total else None),
        _tenths(total.low if total else None),
        _tenths(total.high if total else None, up=bool(total and total.high != total.low)),
        wording.verdict(card) if card else "error",
        "".join(outcomes.get(rule, NOT_ON_FORM) for rule in rules),
        render(row.error) if row.error else "",
        card.form if card else "",
        (card.grade or "") if card else "",
    ]


def _tenths(value: Decimal | None, *, up: bool = False) -> float | None:
    """As shown: see ``wording.score``."""
    return None if value is None else float(wording.score(value, up=up))
