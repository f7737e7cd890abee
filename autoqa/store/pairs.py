"""What machine and people said of the same findings, for measuring how far they agree."""

from __future__ import annotations

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.review_rows import reviews
from autoqa.store.samples import sample_calls
from autoqa.types import Outcome, Pair, ReviewKind

_WORDS = (ReviewKind.CONFIRM, ReviewKind.CORRECT, ReviewKind.DECISION)


def pairs(database: Database) -> list[Pair]:
    """Every blind judgement, and the last word on each finding or occurrence that has one."""
    table, drawn = reviews.c, sample_calls.c
    query = (
        sa.select(
            table.call_id,
            table.rule_id,
            table.rule_version,
            table.occurrence,
            table.kind,
            table.machine,
            table.outcome,
            drawn.weight,
        )
        .join(
            sample_calls,
            sa.and_(drawn.sample == table.sample, drawn.call_id == table.call_id),
            isouter=True,
        )
        .where(table.machine.is_not(None), table.outcome.is_not(None))
        .order_by(table.number)
    )
    blind: list[Pair] = []
    last: dict[tuple[str, ...], Pair] = {}
    with database.reading() as connection:
        for row in connection.execute(query):
            is_blind = row.kind == ReviewKind.JUDGEMENT.value
            machine, person = Outcome(row.machine), Outcome(row.outcome)
            weight = 1.0 if row.weight is None else row.weight
            pair = Pair(row.rule_id, row.rule_version, machine, person, is_blind, weight)
            if is_blind:
                blind.append(pair)
            elif row.kind in _WORDS:
                last[row.call_id, row.rule_id, row.rule_version, row.occurrence] = pair
    return [*blind, *last.values()]
