"""All tables, as they were when revisions began.

Stores that are older have most of them; those that lack one get it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

tables = sa.MetaData()
Instant = sa.DateTime(timezone=True)
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNS = sa.text("state = 'running'")


def upgrade() -> None:
    connection = op.get_bind()
    known = set(sa.inspect(connection).get_table_names())
    tables.create_all(connection, [t for t in tables.sorted_tables if t.name not in known], False)
    for name in known & tables.tables.keys():
        for index in tables.tables[name].indexes:
            index.create(connection, checkfirst=True)
    if "about" in known:
        # What came before revisions must not open the store any more.
        op.execute("UPDATE about SET schema_version = 4")
        op.execute("DROP TABLE IF EXISTS readings")  # what is in ``derived`` now


sa.Table(
    "answers",
    tables,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("answer", sa.LargeBinary, nullable=False),
)
sa.Table(
    "audit",
    tables,
    sa.Column("number", Number, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False, index=True),
    sa.Column("action", sa.String(32), nullable=False, index=True),
    sa.Column("target", sa.Text, nullable=False, index=True),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
sa.Table(
    "audit_head",
    tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", Number, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
sa.Table(
    "calls",
    tables,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("heard_at", Instant, nullable=False),
    sa.Column("call", sa.LargeBinary, nullable=False),
)
sa.Table(
    "contacts",
    tables,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("agent_id", sa.Text, index=True),
    sa.Column("team", sa.Text, index=True),
    sa.Column("started_at", Instant, index=True),
    sa.Column("contact", sa.LargeBinary, nullable=False),
)
sa.Table(
    "deliveries",
    tables,
    sa.Column("number", Number, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("trouble", sa.Text, nullable=False),
    sa.Column("ended_at", Instant),
)
sa.Table(
    "derived",
    tables,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("basis", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
sa.Table(
    "jobs",
    tables,
    sa.Column("number", Number, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("contact", sa.LargeBinary, nullable=False),
    sa.Column("raw", sa.String(64), nullable=False),
    sa.Column("notify", sa.Text, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("submitted_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Column("token", sa.String(32)),
    sa.Column("beats", sa.Integer, nullable=False),
    sa.Column("step", sa.String(16)),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("error", sa.LargeBinary),
    sa.UniqueConstraint("submitter", "key"),
    sa.Index("ix_jobs_queue", "state", "priority", "number"),
    sa.Index(
        "ix_jobs_running_call_id", "call_id", unique=True, sqlite_where=RUNS, postgresql_where=RUNS
    ),
    sa.Index(
        "ix_jobs_running_recording_id",
        "recording_id",
        unique=True,
        sqlite_where=RUNS,
        postgresql_where=RUNS,
    ),
)
sa.Table(
    "keys",
    tables,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("used_at", Instant),
)
sa.Table(
    "overview",
    tables,
    sa.Column("id", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, unique=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("hearing", sa.String(64), nullable=False),
    sa.Column("scorecard_id", Number, nullable=False),
    sa.Column("rule_set_version", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("scored_at", Instant, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("agent_name", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("direction", sa.String(32)),
    sa.Column("queue", sa.Text),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("form_name", sa.Text, nullable=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("machine_score", sa.Float),
    sa.Column("machine_low", sa.Float),
    sa.Column("machine_high", sa.Float),
    sa.Column("score", sa.Float),
    sa.Column("low", sa.Float),
    sa.Column("high", sa.Float),
    sa.Column("score_order", sa.Float, nullable=False),
    sa.Column("passed", sa.Boolean),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("fatal", sa.Boolean, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("undetermined", sa.Integer, nullable=False),
    sa.Column("certainty", sa.Float, nullable=False),
    sa.Column("alert", sa.Integer, nullable=False),
    sa.Column("reviewed", sa.String(8), nullable=False),
    sa.Column("appeal", sa.String(8), nullable=False),
    sa.Column("worth", sa.Integer, nullable=False),
    sa.Column("hold_count", sa.Integer),
    sa.Column("hold_ms", sa.Integer),
    sa.Column("longest_hold_ms", sa.Integer),
    sa.Column("dead_air_count", sa.Integer),
    sa.Column("dead_air_ms", sa.Integer),
    sa.Column("longest_dead_air_ms", sa.Integer),
    sa.Column("talk_over_count", sa.Integer),
    sa.Column("talk_over_ms", sa.Integer),
    sa.Index("overview_by_agent", "agent_id", "at", "id"),
    sa.Index("overview_by_appeal", "appeal", "at", "id"),
    sa.Index("overview_by_day", "day"),
    sa.Index("overview_by_duration", "duration_ms", "id"),
    sa.Index("overview_by_review", "reviewed", "at", "id"),
    sa.Index("overview_by_score", "score_order", "id"),
    sa.Index("overview_by_team", "team", "at", "id"),
    sa.Index("overview_by_time", "at", "id"),
    sa.Index("overview_by_undetermined", "undetermined", "at", "id"),
    sa.Index("overview_by_worth", "worth", "at", "id"),
)
sa.Table(
    "overview_findings",
    tables,
    sa.Column("overview_id", Number, primary_key=True),
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("machine_outcome", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("lost", sa.Float, nullable=False),
    sa.Column("trial", sa.Boolean, nullable=False),
    sa.Index(
        "overview_findings_by_day", "day", "rule_id", "outcome", "machine_outcome", "trial", "lost"
    ),
    sa.Index(
        "overview_findings_by_rule",
        "rule_id",
        "outcome",
        "day",
        "overview_id",
        "machine_outcome",
        "trial",
        "lost",
    ),
)
sa.Table(
    "overview_rules",
    tables,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("counts_for", sa.String(16), nullable=False),
    sa.Column("fatal", sa.Boolean, nullable=False),
)
sa.Table(
    "people",
    tables,
    sa.Column("folded", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("duties", sa.Text, nullable=False),
    sa.Column("agent_ids", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, unique=True),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
)
sa.Table(
    "publications",
    tables,
    sa.Column("id", Number, primary_key=True),
    sa.Column("version", sa.String(64), nullable=False, index=True),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("publication", sa.LargeBinary, nullable=False),
)
sa.Table(
    "recordings",
    tables,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("path", sa.LargeBinary, nullable=False),
    sa.Column("is_own", sa.Boolean, nullable=False),
)
sa.Table(
    "reviews",
    tables,
    sa.Column("number", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("occurrence", sa.String(32), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("machine", sa.String(16)),
    sa.Column("reason", sa.LargeBinary, nullable=False),
    sa.Column("appeal", Number, unique=True),
    sa.Column("upheld", sa.Boolean),
    sa.Column("sample", Number, index=True),
    sa.Column("settled", sa.LargeBinary),
    sa.Index("reviews_by_kind", "kind", "number"),
    sa.Index("reviews_by_rule", "rule_id", "kind", "at"),
)
sa.Table(
    "rule_drafts",
    tables,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("edit", sa.LargeBinary, nullable=False),
)
sa.Table(
    "rule_proposals",
    tables,
    sa.Column("id", Number, primary_key=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("remark", sa.LargeBinary, nullable=False),
)
sa.Table(
    "sample_calls",
    tables,
    sa.Column("sample", Number, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
)
sa.Table(
    "samples",
    tables,
    sa.Column("number", Number, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("strata", sa.String(16), nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("population", sa.Integer, nullable=False),
)
sa.Table(
    "scorecards",
    tables,
    sa.Column("id", Number, primary_key=True),
    sa.Column("call_id", sa.Text, nullable=False, index=True),
    sa.Column("recording_id", sa.String(64), nullable=False),
    sa.Column("hearing", sa.String(64), nullable=False),
    sa.Column("rule_set_version", sa.String(64), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("scored_at", Instant, nullable=False),
    sa.Column("scorecard", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("call_id", "recording_id", "hearing", "rule_set_version", "digest"),
)
sa.Table(
    "sessions",
    tables,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("begun_at", Instant, nullable=False, index=True),
    sa.Column("seen_at", Instant, nullable=False),
)
sa.Table(
    "sign_in_tries",
    tables,
    sa.Column("whose", sa.String(64), primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", Instant, nullable=False, index=True),
)
sa.Table(
    "unsent",
    tables,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
)
sa.Table(
    "workers",
    tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("done", sa.Text, nullable=False),
)
