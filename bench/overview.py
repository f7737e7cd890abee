"""How fast lists, queues and figures answer over many calls: ``python -m bench.overview``.

Writes a store of generated rows (100,000 calls of 10 rules unless told otherwise), asks each
question a few times, and prints the slowest answer in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from autoqa.store import Filter, Overview, Sort, Store, store_url
from autoqa.store.figures import By, Figures, Measure
from autoqa.store.standing import overview, overview_findings, overview_rules
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
    for span, chosen in (("month", month), ("all", Filter())):
        for by in By:
            asked[f"figures by {by.value}, {span}"] = (
                lambda b=by, c=chosen: figures.by(b, c)  # type: ignore[misc]
            )
        asked[f"figures of rules, {span}"] = lambda c=chosen: figures.rules(c)  # type: ignore[misc]
        asked[f"spread of holds, {span}"] = (
            lambda c=chosen: figures.distribution(Measure.HOLD, c)  # type: ignore[misc]
        )
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=10)
    parser.add_argument("--store", help="SQLAlchemy URL; default: a new SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.store or store_url(str(Path(folder) / "autoqa.db"))
        with Store(url) as store:
            fill(store, options.calls, options.rules)
            for name, ask in questions(store).items():
                print(f"{name:28} {_slowest_ms(ask):8.1f} ms", flush=True)


def _slowest_ms(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(4):
        begin = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begin)
    return 1000 * max(times[1:])


if __name__ == "__main__":
    main()
