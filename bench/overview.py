"""How fast lists, queues and figures answer over many calls: ``python -m bench.overview``.

Writes a store of generated rows (100,000 calls of 10 rules unless told otherwise) and asks each
question a few times. Printed, in milliseconds: the first answer, the slowest of the next three, and
what the first of them takes after a call of the last day has changed. ``--store`` is a database
that is new; with ``--again`` one that this bench has filled before.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from autoqa.store import Filter, Overview, Sort, Store, store_url
from autoqa.store.days import forget_days
from autoqa.store.figures import By, Figures, Measure
from autoqa.store.offered import Offered
from autoqa.store.rule_names import overview_rules
from autoqa.store.standing import overview, overview_findings
from autoqa.store.survey import Survey
from autoqa.store.survey_rows import answers, facts, holds, played
from autoqa.survey.sums import By as SurveyBy
from autoqa.types import AppealState, Outcome, ReviewState, Worth

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90
BATCH = 5_000


def fill(store: Store, calls: int, rules: int) -> None:
    """Calls of 200 agents in 12 teams over 90 days."""
    lot = random.Random(1)
    names: list[dict[str, Any]] = [
        {
            "rule_id": f"rule-{number:02}",
            "name": f"规则 {number}",
            "section": f"部分 {number % 4}",
            "counts_for": "agent",
            "fatal": number == 0,
        }
        for number in range(rules)
    ]
    with store.begin() as connection:
        connection.execute(overview_rules.insert(), names)
    for start in range(0, calls, BATCH):
        numbers = range(start, min(start + BATCH, calls))
        rows = [_call(number, lot) for number in numbers]
        found = [_finding(row, name["rule_id"], lot) for row in rows for name in names]
        with store.begin() as connection:
            connection.execute(overview.insert(), rows)
            connection.execute(overview_findings.insert(), found)
            for table, told in _told(rows, lot).items():
                connection.execute(table.insert(), told)
            forget_days(connection, {row["day"] for row in rows})


def _call(number: int, lot: random.Random) -> dict[str, Any]:
    at = BEGIN + timedelta(seconds=lot.randrange(DAYS * 86_400))
    agent = lot.randrange(200)
    score = lot.choice([100.0, 95.0, 88.5, 70.0, 0.0])
    worth = lot.choices(list(Worth), weights=[70, 5, 1, 12, 6, 4, 1, 1])[0]
    return {
        "id": number + 1,
        "call_id": f"{at:%Y-%m-%d}/{number:07}.wav",
        "file": f"{number}.wav",
        "recording_id": f"{number:064}",
        "hearing": "0" * 64,
        "scorecard_id": number,
        "rule_set_version": "0" * 16,
        "at": at,
        "day": at.date(),
        "started_at": at,
        "scored_at": at,
        "agent_id": f"{8000 + agent}",
        "agent_name": f"坐席 {agent}",
        "team": f"{agent % 12} 组",
        "direction": "inbound",
        "queue": None,
        "form": "inquiry",
        "form_name": "咨询",
        "duration_ms": lot.randrange(20_000, 900_000),
        **dict.fromkeys(("machine_score", "machine_low", "machine_high"), score),
        **dict.fromkeys(("score", "low", "high", "score_order"), score),
        "passed": score >= 80,
        "provisional": worth in (Worth.UNDETERMINED, Worth.DECISIVE),
        "fatal": score == 0,
        "failed": lot.randrange(4),
        "undetermined": int(worth in (Worth.UNDETERMINED, Worth.DECISIVE)),
        "certainty": 1.0,
        "alert": 0,
        "reviewed": lot.choices(list(ReviewState), weights=[90, 5, 5])[0].value,
        "appeal": lot.choices(list(AppealState), weights=[98, 1, 1])[0].value,
        "worth": worth.value,
        **dict.fromkeys(("hold_count", "dead_air_count", "talk_over_count"), lot.randrange(5)),
        **dict.fromkeys(("hold_ms", "dead_air_ms", "talk_over_ms"), lot.randrange(200_000)),
        **dict.fromkeys(("longest_hold_ms", "longest_dead_air_ms"), lot.randrange(90_000)),
    }


def _finding(call: dict[str, Any], rule_id: str, lot: random.Random) -> dict[str, Any]:
    outcome = lot.choices(list(Outcome), weights=[80, 2, 14, 4])[0].value
    return {
        "overview_id": call["id"],
        "rule_id": rule_id,
        "day": call["day"],
        "machine_outcome": outcome,
        "outcome": outcome,
        "lost": 5.0 if outcome == Outcome.FAILED else 0.0,
        "trial": False,
    }


def _told(calls: list[dict[str, Any]], lot: random.Random) -> dict[sa.Table, list[dict[str, Any]]]:
    """What the calls tell of the six problems: a menu, perhaps an advertisement, holds, answers."""
    told: dict[sa.Table, list[dict[str, Any]]] = {facts: [], holds: [], played: [], answers: []}
    for call in calls:
        key = {"overview_id": call["id"]}
        held = [1000 * lot.randrange(3, 120) for _ in range(call["hold_count"])]
        ads = lot.randrange(2)
        told[facts].append(
            key
            | {
                "bank": f"热线 {call['id'] % 3}",
                "answer_ms": lot.randrange(2_000, 120_000),
                "in_time": lot.random() < 0.8,
                "key_count": lot.randrange(5),
                "shallow": lot.random() < 0.7,
                "menu_ms": lot.randrange(5_000, 40_000),
                "ad_count": ads,
                "ad_ms": 12_000 * ads,
                "hold_count": len(held),
                "hold_ms": sum(held),
                "long_holds": sum(one > 60_000 for one in held),
            }
        )
        told[holds] += [
            key | {"number": n, "duration_ms": one, "cause": lot.choice(["asked", "silent"])}
            for n, one in enumerate(held)
        ]
        sounds = [("menu", "主菜单", str(lot.randrange(9))), ("ad", "分期", "")][: 1 + ads]
        told[played] += [
            key
            | {
                **{"number": n, "label": label, "name": name, "path": path},
                **{"options": "[]", "duration_ms": 12_000, "key_ms": None},
            }
            for n, (label, name, path) in enumerate(sounds)
        ]
        told[answers].append(
            key
            | {
                **{"number": 0, "entry": "fee", "topic": f"主题 {lot.randrange(12)}"},
                **{"outcome": lot.choice(["passed", "failed"]), "kind": "given", "away_ms": 5_000},
            }
        )
    return told


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """What is asked, by name."""
    calls, figures = Overview(store), Figures(store)
    week = Filter(first_day=date(2026, 2, 1), last_day=date(2026, 2, 7))
    month = Filter(first_day=date(2026, 2, 1), last_day=date(2026, 2, 28))
    asked: dict[str, Callable[[], object]] = {
        f"page by {sort.value}": lambda sort=sort: calls.page(sort=sort)  # type: ignore[misc]
        for sort in Sort
    }
    filters = {
        "week": week,
        "team": Filter(teams=["3 组"]),
        "agent": Filter(agent_ids=["8017"]),
        "failed rule": Filter(failed_rule="rule-07"),
        "undetermined": Filter(undetermined=True),
        "appeal": Filter(appeal=AppealState.OPEN),
        "reviewed": Filter(reviewed=[ReviewState.PART]),
        "low score": Filter(highest=10),
        "text": Filter(text="0099999"),
        "queue": Filter(worth=Worth.UNSURE),
    }
    for name, chosen in filters.items():
        sort = Sort.WORTH if name == "queue" else Sort.TIME
        asked[f"page of {name}"] = lambda c=chosen, s=sort: calls.page(c, sort=s)  # type: ignore[misc]
        asked[f"count of {name}"] = lambda c=chosen: calls.count(c)  # type: ignore[misc]
    far = calls.page(limit=1000)
    for _ in range(20):
        far = calls.page(limit=1000, after=far.next)
    asked["page 400"] = lambda: calls.page(after=far.next)
    asked["count of all"] = calls.count
    asked["teams"], asked["agents"] = calls.teams, calls.agent_ids
    offered, survey = Offered(store), Survey(store)
    asked["directions"], asked["forms"] = offered.directions, offered.forms
    asked["last day"], asked["hotlines"] = offered.last_day, survey.banks
    for span, chosen in (("month", month), ("all", Filter())):
        for by in By:
            asked[f"figures by {by.value}, {span}"] = (
                lambda b=by, c=chosen: figures.by(b, c)  # type: ignore[misc]
            )
        asked[f"figures of rules, {span}"] = lambda c=chosen: figures.rules(c)  # type: ignore[misc]
        for measure in (Measure.HOLD, Measure.DURATION, Measure.SCORE):
            asked[f"spread of {measure.value}, {span}"] = (
                lambda m=measure, c=chosen: figures.distribution(m, c)  # type: ignore[misc]
            )
        for one in SurveyBy:
            asked[f"survey by {one.value}, {span}"] = (
                lambda b=one, c=chosen: survey.sums(b, c)  # type: ignore[misc]
            )
        hotline = replace(chosen, bank="热线 1")
        asked[f"menus of a hotline, {span}"] = lambda c=hotline: survey.heard(c)  # type: ignore[misc]
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=10)
    parser.add_argument("--store", help="SQLAlchemy URL; default: a new SQLite file")
    parser.add_argument("--again", action="store_true", help="the store is filled already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.store or store_url(str(Path(folder) / "autoqa.db"))
        with Store(url) as store:
            if not options.again:
                fill(store, options.calls, options.rules)
                store.scrub()
            for name, ask in questions(store).items():
                first, *more = (_ms(ask) for _ in range(4))
                with store.begin() as connection:
                    forget_days(connection, [(BEGIN + timedelta(days=DAYS - 1)).date()])
                print(f"{name:28} {first:8.1f} {max(more):8.1f} {_ms(ask):8.1f} ms", flush=True)


def _ms(ask: Callable[[], object]) -> float:
    begin = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
