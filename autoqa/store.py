"""What was heard and scored, kept: SQLAlchemy Core on SQLite by default.

Four kinds of rows. A *call* is what was heard in a recording by one hearing (model and stage
versions), so the same bytes are never heard twice by the same ears. An *answer* is one second
listen. A *contact* is the call as the bank knows it: the same recording under two agents is two
contacts. A *scorecard* is never changed: another rule set, another contact or another hearing makes
another row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from autoqa.codec import decode, encode
from autoqa.errors import StoreError
from autoqa.types import Answer, Call, Contact, Question, Scorecard

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 60
STORE = "autoqa.db"
"""The store in a folder of results."""

_metadata = sa.MetaData()
_about = sa.Table("about", _metadata, sa.Column("schema_version", sa.Integer, primary_key=True))
_calls = sa.Table(
    "calls",
    _metadata,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("call", sa.LargeBinary, nullable=False),
)
_answers = sa.Table(
    "answers",
    _metadata,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("answer", sa.LargeBinary, nullable=False),
)
_contacts = sa.Table(
    "contacts",
    _metadata,
    sa.Column("call_id", sa.String(512), primary_key=True),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("agent_id", sa.String(128), index=True),
    sa.Column("team", sa.String(128), index=True),
    sa.Column("started_at", sa.DateTime(timezone=True), index=True),
    sa.Column("contact", sa.LargeBinary, nullable=False),
)
_SCORED = "call_id", "recording_id", "hearing", "rule_set_version", "digest"
_scorecards = sa.Table(
    "scorecards",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("call_id", sa.String(512), nullable=False, index=True),
    sa.Column("recording_id", sa.String(64), nullable=False),
    sa.Column("hearing", sa.String(64), nullable=False),
    sa.Column("rule_set_version", sa.String(64), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("scorecard", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint(*_SCORED),
)


def store_url(store: str) -> str:
    """``store`` as a URL; a plain path is a SQLite file."""
    return store if "://" in store else f"sqlite:///{Path(store).resolve()}"


def hearing_key(model: str, stages: Mapping[str, int]) -> str:
    """Names the ears: the same model and stage versions hear the same things."""
    return _digest([model, sorted(stages.items())])


@dataclass(frozen=True, slots=True)
class Stored:
    """A contact, what was heard in its recording, and all that was answered about it."""

    contact: Contact
    call: Call
    answers: tuple[Answer, ...]


class Store:
    """``with Store(url) as store``. Safe for several processes at once."""

    def __init__(self, url: str) -> None:
        """Opens or creates the store; ``StoreError`` where it cannot, or is of another version."""
        try:
            self._engine = _engine(url)
            with self._engine.begin() as connection:
                _metadata.create_all(connection)
                version = connection.scalar(sa.select(_about.c.schema_version))
                if version is None:
                    connection.execute(_about.insert().values(schema_version=SCHEMA_VERSION))
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(
                "the store {url} cannot be opened ({reason}); check the path, or give another "
                "with --store",
                url=_shown(url),
                reason=_reason(error),
            ) from None
        if version not in (None, SCHEMA_VERSION):
            raise StoreError(
                "the store {url} was made by another version of autoqa ({found}, this one knows "
                "{known}); give another with --store",
                url=_shown(url),
                found=version,
                known=SCHEMA_VERSION,
            )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    # ------------------------------------------------------------ heard

    def call(self, recording_id: str, hearing: str) -> Call | None:
        """What these ears heard in this recording, or None where they have not yet."""
        query = sa.select(_calls.c.call).where(
            _calls.c.recording_id == recording_id, _calls.c.hearing == hearing
        )
        with self.begin() as connection:
            data = connection.scalar(query)
        return None if data is None else decode(Call, data)

    def put_call(self, call: Call) -> None:
        row = {
            "recording_id": call.recording.id,
            "hearing": hearing_key(call.model, call.stages),
            "duration_ms": call.duration_ms,
            "heard_at": datetime.now(UTC),
            "call": encode(call),
        }
        self._replace(_calls, row, ("recording_id", "hearing"))

    def answers(
        self, recording_id: str, hearing: str, questions: Sequence[Question]
    ) -> list[Answer]:
        """The stored answers among those of ``questions``, in their order."""
        keys = [_question_key(question) for question in questions]
        query = sa.select(_answers.c.question, _answers.c.answer).where(
            _answers.c.recording_id == recording_id,
            _answers.c.hearing == hearing,
            _answers.c.question.in_(keys),
        )
        with self.begin() as connection:
            found = {row.question: row.answer for row in connection.execute(query)}
        return [decode(Answer, found[key]) for key in keys if key in found]

    def put_answers(self, recording_id: str, hearing: str, answers: Sequence[Answer]) -> None:
        for answer in answers:
            row = {
                "recording_id": recording_id,
                "hearing": hearing,
                "question": _question_key(answer.question),
                "answer": encode(answer),
            }
            self._replace(_answers, row, ("recording_id", "hearing", "question"))

    # ------------------------------------------------------------ scored

    def put_contact(self, contact: Contact, call: Call) -> None:
        """Keeps the contact as it is known now."""
        self._replace(
            _contacts,
            {
                "call_id": contact.call_id,
                "recording_id": call.recording.id,
                "agent_id": contact.agent_id,
                "team": contact.team,
                "started_at": contact.started_at,
                "contact": encode(contact),
            },
            ("call_id",),
        )

    def put_scorecard(self, contact: Contact, call: Call, scorecard: Scorecard) -> None:
        """Keeps the contact as it is known now, and the scorecard unless it is there already."""
        self.put_contact(contact, call)
        self.put_scorecards([(contact, call, scorecard)])

    def put_scorecards(self, scored: Sequence[tuple[Contact, Call, Scorecard]]) -> None:
        """Keeps the scorecards of contacts that are known, but for those there already."""
        rows = [_scorecard_row(*one) for one in scored]
        same = sa.and_(*(_scorecards.c[name] == sa.bindparam(f"_{name}") for name in _SCORED))
        with self.begin() as connection:
            known = sa.select(_scorecards.c.id).where(same)
            new = [
                row
                for row in rows
                if connection.scalar(known, {f"_{name}": row[name] for name in _SCORED}) is None
            ]
            if new:
                connection.execute(_scorecards.insert(), new)

    def scorecards(self, call_id: str) -> list[Scorecard]:
        """All scorecards of a call, oldest first."""
        query = (
            sa.select(_scorecards.c.scorecard)
            .where(_scorecards.c.call_id == call_id)
            .order_by(_scorecards.c.id)
        )
        with self.begin() as connection:
            return [decode(Scorecard, data) for data in connection.scalars(query)]

    # ------------------------------------------------------------ all of it

    def call_ids(self, since: datetime | None = None) -> list[str]:
        """Contacts whose recording was heard, by id; those that began at ``since`` or later."""
        query = (
            sa.select(_contacts.c.call_id)
            .where(_contacts.c.recording_id.in_(sa.select(_calls.c.recording_id)))
            .order_by(_contacts.c.call_id)
        )
        if since is not None:
            query = query.where(_contacts.c.started_at >= since)
        with self.begin() as connection:
            return list(connection.scalars(query))

    def stored(self, call_ids: Sequence[str]) -> list[Stored]:
        """These contacts with what was heard last in their recordings, by id."""
        same = _calls.alias()
        newest = (
            sa.select(same.c.hearing)
            .where(same.c.recording_id == _contacts.c.recording_id)
            .order_by(same.c.heard_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            sa.select(_contacts.c.contact, _calls.c.call, _calls.c.recording_id, _calls.c.hearing)
            .join(_calls, _calls.c.recording_id == _contacts.c.recording_id)
            .where(_contacts.c.call_id.in_(call_ids), _calls.c.hearing == newest)
            .order_by(_contacts.c.call_id)
        )
        with self.begin() as connection:
            rows = connection.execute(query).all()
            heard = {(row.recording_id, row.hearing) for row in rows}
            answers = _answers_of(connection, heard)
        return [
            Stored(
                decode(Contact, row.contact),
                decode(Call, row.call),
                tuple(decode(Answer, one) for one in answers[row.recording_id, row.hearing]),
            )
            for row in rows
        ]

    # ------------------------------------------------------------ inside

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction; whatever the database says against it becomes a ``StoreError``."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                "the store {url} failed ({reason}); nothing of this recording was kept, "
                "run the command again",
                url=_shown(str(self._engine.url)),
                reason=_reason(error),
            ) from None

    def _replace(self, table: sa.Table, row: dict[str, Any], key: tuple[str, ...]) -> None:
        same = sa.and_(*(table.c[name] == row[name] for name in key))
        with self.begin() as connection:
            changed = connection.execute(table.update().where(same).values(**row)).rowcount
            if not changed:
                connection.execute(table.insert().values(**row))


def _answers_of(
    connection: sa.Connection, heard: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[bytes]]:
    """The second listens to these recordings by these ears."""
    query = sa.select(_answers.c.recording_id, _answers.c.hearing, _answers.c.answer).where(
        _answers.c.recording_id.in_({recording_id for recording_id, _ in heard})
    )
    found: dict[tuple[str, str], list[bytes]] = {key: [] for key in heard}
    for row in connection.execute(query):
        if (row.recording_id, row.hearing) in found:
            found[row.recording_id, row.hearing].append(row.answer)
    return found


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args=_connect_args(url))
    if engine.dialect.name == "sqlite":
        # The driver's own transactions begin late and lose concurrent updates without an error:
        # take the write lock at once, and let readers go on beside the writer (WAL).
        @sa.event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_TIMEOUT_S} if url.startswith("sqlite") else {}


def _scorecard_row(contact: Contact, call: Call, scorecard: Scorecard) -> dict[str, Any]:
    data = encode(scorecard)
    return {
        "call_id": contact.call_id,
        "recording_id": call.recording.id,
        "hearing": hearing_key(call.model, call.stages),
        "rule_set_version": scorecard.rule_set_version,
        "digest": hashlib.sha256(data).hexdigest(),
        "scored_at": datetime.now(UTC),
        "scorecard": data,
    }


def _question_key(question: Question) -> str:
    return _digest([sorted(question.phrases), question.role, question.start_ms, question.end_ms])


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(url: str) -> str:
    """The URL without its password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "…"


def _reason(error: Exception) -> str:
    """The driver's own words, without the statement and its parameters (personal data)."""
    return str(getattr(error, "orig", None) or type(error).__name__)
