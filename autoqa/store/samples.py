"""``Samples``: calls drawn by lot, which people judge before they see what the machine says.

The queue shows what looks wrong, so what people say there tells little of how often the machine is
right. A sample does: every call has a known chance of being drawn, and ``weight`` undoes that some
strata were drawn from more than others.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from random import Random

import sqlalchemy as sa

from autoqa.errors import NothingThere, ReviewRefused
from autoqa.i18n import N_
from autoqa.store import review_rows
from autoqa.store.database import Database, Instant, Number, metadata
from autoqa.store.overview import ALL, Filter, conditions
from autoqa.store.scorecard_rows import current_scorecard
from autoqa.store.standing import hold_calls, overview, overview_findings, put_reviews
from autoqa.types import (
    Finding,
    Outcome,
    Review,
    ReviewKind,
    Sample,
    Sampled,
    SheetLine,
    Strata,
)

MOST_CALLS = 1000
"""In one sample: more than a team judges in a quarter."""

_NO_SAMPLE = N_("there is no sample {number}")
_NOT_DRAWN = N_("the call {call_id} is not in the sample {number}")
_NO_FINDING = N_("the sample asks nothing of the rule {rule_id} in this call")
_JUDGED = N_("you have judged this already; it is done once, before the machine's outcome is seen")
_NONE_CHOSEN = N_("there is no call to draw from; choose other days, teams or agents")
_NO_RULE = N_("say by the outcome of which rule to draw (rule_id)")

_samples = sa.Table(
    "samples",
    metadata,
    sa.Column("number", Number, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("strata", sa.String(16), nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("population", sa.Integer, nullable=False),
)
sample_calls = sa.Table(
    "sample_calls",
    metadata,
    sa.Column("sample", Number, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
)


class Samples:
    """``Samples(store).draw("王芳", 50)``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draw(
        self,
        by: str,
        size: int,
        *,
        strata: Strata = Strata.NONE,
        rule_id: str = "",
        chosen: Filter = ALL,
        seed: int | None = None,
    ) -> Sample:
        """Draws and keeps ``size`` of the chosen calls, or all where there are fewer.

        With ``strata`` equally many from each, as far as it has so many. ``rule_id``: the only rule
        to judge, only calls that it is a finding of. Raises ``ReviewRefused`` where nothing is
        chosen.
        """
        if strata == Strata.OUTCOME and not rule_id:
            raise ReviewRefused(_NO_RULE)
        seed = secrets.randbits(32) if seed is None else seed
        with self._database.begin() as connection:
            groups = _groups(connection, strata, rule_id, chosen)
            if not groups:
                raise ReviewRefused(_NONE_CHOSEN)
            calls = _drawn(groups, min(size, MOST_CALLS), Random(seed))
            row = {
                "at": datetime.now(UTC),
                "by": by,
                "seed": seed,
                "strata": strata.value,
                "rule_id": rule_id,
                "population": sum(map(len, groups.values())),
            }
            made = connection.execute(_samples.insert().values(**row)).inserted_primary_key
            assert made is not None
            number = int(made[0])
            connection.execute(
                sample_calls.insert(),
                [
                    {
                        "sample": number,
                        "position": position,
                        "call_id": one.call_id,
                        "stratum": one.stratum,
                        "weight": one.weight,
                    }
                    for position, one in enumerate(calls)
                ],
            )
            return _sample(connection, number)

    def sample(self, number: int) -> Sample:
        """``NothingThere`` where there is no such sample."""
        with self._database.reading() as connection:
            return _sample(connection, number)

    def samples(self) -> list[Sample]:
        """All samples, the newest first."""
        with self._database.reading() as connection:
            query = sa.select(_samples.c.number).order_by(_samples.c.number.desc())
            return [_sample(connection, number) for number in connection.scalars(query)]

    def sheet(self, number: int, call_id: str, by: str) -> list[SheetLine]:
        """What one person has to judge of a call of the sample, and has.

        The machine's outcomes stay hidden until he has judged every line. ``NothingThere`` where
        the call is not in it.
        """
        with self._database.reading() as connection:
            findings = _asked(connection, _sample(connection, number), call_id)
            own = _judgements(connection, number, call_id, by)
        is_done = all(finding.rule_id in own for finding in findings)
        return [
            SheetLine(
                finding.rule_id,
                finding.name,
                finding.section,
                own.get(finding.rule_id),
                finding.outcome if is_done else None,
            )
            for finding in findings
        ]

    def waiting(self, call_ids: Collection[str] | None, by: str) -> dict[str, tuple[int, int]]:
        """Those of the calls (None: of all) that one person still has to judge, and where: the
        sample's number, the call's place in it from 1. A sample is his if he drew it, or has judged
        something in it."""
        table, judged, asked = sample_calls.c, review_rows.reviews.c, overview_findings.c
        begun = sa.select(judged.sample).where(judged.by == by, judged.sample.is_not(None))
        has_said = sa.exists().where(
            judged.sample == table.sample,
            judged.call_id == table.call_id,
            judged.rule_id == asked.rule_id,
            judged.by == by,
        )
        query = (
            sa.select(table.call_id, table.sample, table.position)
            .join(_samples, _samples.c.number == table.sample)
            .join(overview, overview.c.call_id == table.call_id)
            .join(overview_findings, asked.overview_id == overview.c.id)
            .where((_samples.c.by == by) | table.sample.in_(begun))
            .where(_samples.c.rule_id.in_(("", asked.rule_id)), ~asked.trial, ~has_said)
            .distinct()
            .order_by(table.sample.desc())
        )
        if call_ids is not None:
            query = query.where(table.call_id.in_(call_ids))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {call_id: (number, position + 1) for call_id, number, position in rows}

    def judge(self, number: int, call_id: str, rule_id: str, by: str, outcome: Outcome) -> Review:
        """Keeps what one person says of a finding whose outcome he has not seen.

        It changes no score: where it differs from the machine's, the call goes to the head of the
        queue, for somebody to correct with a reason. ``ReviewRefused`` where he has judged it.
        """
        with self._database.begin() as connection:
            hold_calls(connection, [call_id])
            findings = _asked(connection, _sample(connection, number), call_id)
            finding = next((one for one in findings if one.rule_id == rule_id), None)
            if finding is None:
                raise NothingThere(_NO_FINDING, rule_id=rule_id)
            if rule_id in _judgements(connection, number, call_id, by):
                raise ReviewRefused(_JUDGED)
            review = review_rows.add(
                connection,
                Review(
                    number=0,
                    call_id=call_id,
                    rule_id=rule_id,
                    rule_version=finding.rule_version,
                    kind=ReviewKind.JUDGEMENT,
                    by=by,
                    at=datetime.now(UTC),
                    outcome=outcome,
                    machine=finding.outcome,
                    sample=number,
                ),
            )
            scorecard = current_scorecard(connection, call_id)
            assert scorecard is not None
            put_reviews(connection, call_id, scorecard)
        return review


def _groups(
    connection: sa.Connection, strata: Strata, rule_id: str, chosen: Filter
) -> Mapping[str, list[str]]:
    """Ids of the chosen calls by stratum, in an order of their own."""
    finding = overview_findings.c
    keys: Mapping[Strata, sa.ColumnElement[str]] = {
        Strata.NONE: sa.literal(""),
        Strata.TEAM: sa.func.coalesce(overview.c.team, ""),
        Strata.AGENT: sa.func.coalesce(overview.c.agent_id, ""),
        Strata.OUTCOME: finding.machine_outcome,
    }
    query = sa.select(overview.c.call_id, keys[strata].label("stratum")).where(*conditions(chosen))
    if rule_id:
        same = sa.and_(finding.overview_id == overview.c.id, finding.rule_id == rule_id)
        query = query.join(overview_findings, same)
    groups: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(overview.c.call_id)):
        groups[row.stratum].append(row.call_id)
    return groups


def _drawn(groups: Mapping[str, Sequence[str]], size: int, random: Random) -> list[Sampled]:
    """In the order in which they were drawn, strata mixed."""
    calls = []
    left, waiting = size, sorted(groups.items(), key=lambda item: (len(item[1]), item[0]))
    while waiting:
        name, ids = waiting.pop(0)
        # What a small stratum does not have is left to the larger ones.
        share = -(-left // (len(waiting) + 1))
        taken = random.sample(ids, min(share, len(ids)))
        left -= len(taken)
        calls += [Sampled(call_id, name, len(ids) / len(taken)) for call_id in taken]
    random.shuffle(calls)
    return calls


def _sample(connection: sa.Connection, number: int) -> Sample:
    row = connection.execute(sa.select(_samples).where(_samples.c.number == number)).first()
    if row is None:
        raise NothingThere(_NO_SAMPLE, number=number)
    table = sample_calls.c
    query = sa.select(table.call_id, table.stratum, table.weight).where(table.sample == number)
    calls = connection.execute(query.order_by(table.position))
    return Sample(
        number=row.number,
        at=row.at,
        by=row.by,
        seed=row.seed,
        strata=Strata(row.strata),
        rule_id=row.rule_id,
        population=row.population,
        calls=tuple(Sampled(*call) for call in calls),
    )


def _asked(connection: sa.Connection, sample: Sample, call_id: str) -> list[Finding]:
    """The findings that are to be judged, as the machine has them now."""
    scorecard = current_scorecard(connection, call_id)
    if scorecard is None or call_id not in {one.call_id for one in sample.calls}:
        raise NothingThere(_NOT_DRAWN, call_id=call_id, number=sample.number)
    return [one for one in scorecard.counted if sample.rule_id in ("", one.rule_id)]


def _judgements(
    connection: sa.Connection, number: int, call_id: str, by: str
) -> dict[str, Outcome]:
    """What one person has judged, by rule."""
    table = review_rows.reviews.c
    query = sa.select(table.rule_id, table.outcome).where(
        table.sample == number, table.call_id == call_id, table.by == by
    )
    return {row.rule_id: Outcome(row.outcome) for row in connection.execute(query)}
