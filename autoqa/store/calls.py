"""What was heard and scored, kept.

Four kinds of rows. A *call* is what was heard in a recording by one hearing (model and stage
versions), so the same bytes are never heard twice by the same ears; personal data is masked in it
and in what scorecards quote, and the original lies apart (``store.originals``). An *answer* is one
second listen. A *contact* is the call as the bank knows it: the same recording under two agents is
two contacts. A *scorecard* is never changed: another rule set, another contact or another hearing
makes another row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from autoqa.codec import Later, decode, digest, encode, packed, plain
from autoqa.sealing import name_of
from autoqa.store.database import Database, Instant, metadata, upsert
from autoqa.store.listens import answers_of, answers_to, put_answers
from autoqa.store.originals import heard, heard_in, put_original
from autoqa.store.scorecard_rows import add, current_scorecard, scorecards
from autoqa.store.standing import Before, Put, put_calls
from autoqa.types import Answer, Call, Contact, Question, Scorecard

if TYPE_CHECKING:  # it knows sounds, and few who read the store need it
    from autoqa.privacy import Masks

STORE = "autoqa.db"
"""The store in a folder of results."""

_calls = sa.Table(
    "calls",
    metadata,
    sa.Column("recording_id", sa.String(64), primary_key=True),
    sa.Column("hearing", sa.String(64), primary_key=True),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    sa.Column("heard_at", Instant, nullable=False),
    sa.Column("call", sa.LargeBinary, nullable=False),
)
_contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("call_id", sa.Text, primary_key=True),
    sa.Column("recording_id", sa.String(64), nullable=False, index=True),
    sa.Column("agent_id", sa.Text, index=True),
    sa.Column("team", sa.Text, index=True),
    sa.Column("started_at", sa.DateTime(timezone=True), index=True),
    sa.Column("contact", sa.LargeBinary, nullable=False),
)


_STANDS_BY = "recording_id", "hearing", "scored_at"
"""What is told of a scorecard beside its id."""


def hearing_key(model: str, stages: Mapping[str, int]) -> str:
    """Names the ears: the same model and stage versions hear the same things."""
    return digest([model, sorted(stages.items())])


@dataclass(frozen=True, slots=True)
class Said:
    """As much of an utterance as tells it from others, and its words for ``decode_part``."""

    channel: int
    start_ms: int
    end_ms: int
    text: str
    words: Later


@dataclass(frozen=True, slots=True)
class _Words:
    utterances: list[Said]


def said_in(data: bytes) -> list[Said]:
    """The words of a call that ``Store.words`` gave, of which nothing else is read."""
    return decode(_Words, data).utterances


@dataclass(frozen=True, slots=True)
class Stored:
    """A contact, what was heard in its recording, and all that was answered about it."""

    contact: Contact
    call: Call
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A contact, which ears heard its recording last, and all that was answered about it.

    ``version``: of the contact and of what was heard; another where either is.
    """

    contact: Contact
    recording_id: str
    hearing: str
    version: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """How many recordings were heard, and their length together."""

    count: int
    duration_ms: int


class Store(Database):
    """``with Store(url) as store``. Safe for several processes at once."""

    # ------------------------------------------------------------ heard

    def call(self, recording_id: str, hearing: str) -> Call | None:
        """What these ears heard in this recording, or None where they have not yet.

        Personal data is in it, for rules and for those who may see it: whoever shows it masks it.
        """
        query = heard(_calls, recording_id, hearing)
        with self.reading() as connection:
            data = connection.scalar(query)
        return None if data is None else decode(Call, data)

    def words(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """For ``said_in``: calls that are there, by recording and hearing, unread."""
        query = heard_in(_calls, {recording_id for recording_id, _ in keys})
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return {(one, hearing): data for one, hearing, data in rows if (one, hearing) in keys}

    def put_call(self, call: Call) -> None:
        """Keeps what was heard, masked, and the original apart."""
        from autoqa.privacy import masked

        shown = masked(call)
        hearing = hearing_key(call.model, call.stages)
        row = {
            "recording_id": call.recording.id,
            "hearing": hearing,
            "duration_ms": call.duration_ms,
            "call": encode(shown),
        }
        with self.begin() as connection:
            row["heard_at"] = _after_all(connection, call.recording.id)
            upsert(connection, _calls, row, ("recording_id", "hearing"))
            original = None if shown is call else call
            put_original(connection, call.recording.id, hearing, original)

    def heard(self) -> Amount:
        """All that was heard so far."""
        query = sa.select(sa.func.count(), sa.func.sum(_calls.c.duration_ms))
        with self.reading() as connection:
            count, duration_ms = connection.execute(query).one()
        return Amount(count, int(duration_ms or 0))

    def answers(
        self, recording_id: str, hearing: str, questions: Sequence[Question]
    ) -> list[Answer]:
        """The stored answers among those of ``questions``, in their order."""
        with self.reading() as connection:
            return answers_to(connection, recording_id, hearing, questions)

    def put_answers(self, recording_id: str, hearing: str, answers: Sequence[Answer]) -> None:
        with self.begin() as connection:
            put_answers(connection, recording_id, hearing, answers)

    # ------------------------------------------------------------ scored

    def put_contact(self, contact: Contact, call: Call) -> None:
        """Keeps the contact as it is known now."""
        self.replace(
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

    def put_scorecard(self, contact: Contact, call: Call, scorecard: Scorecard) -> int:
        """Keeps the contact as it is known now, and the scorecard unless it is there already; its
        id."""
        self.put_contact(contact, call)
        (made,) = self.put_scorecards([(contact, call, scorecard)])
        return made

    def put_scorecards(
        self,
        scored: Sequence[tuple[Contact, Call, Scorecard]],
        before: Sequence[Before] = (),
        masks: Sequence[Masks] = (),
        and_then: Callable[[Sequence[int]], None] | None = None,
    ) -> list[int]:
        """Keeps the scorecards of contacts that are known, but for those there already; their ids.

        From now on these are what the calls stand by. ``Call``: as it was interpreted, with the
        personal data that is masked in what scorecards quote. ``before``: for each, what some of
        its findings may be taken from. ``masks``: of each call, where they are known.
        ``and_then``: what belongs to it, given the ids and kept or lost with the scorecards.
        """
        before = before or [Before()] * len(scored)
        masks = masks or _masks_of(scored)
        scored = [
            (contact, call, own.scorecard(card, its.findings))
            for (contact, call, card), its, own in zip(scored, before, masks, strict=True)
        ]
        rows = [_scorecard_row(*one) for one in scored]
        with self.begin() as connection:
            ids = add(connection, rows)
            stored = [
                {"scorecard_id": id_} | {name: row[name] for name in _STANDS_BY}
                for id_, row in zip(ids, rows, strict=True)
            ]
            kept = zip(scored, stored, before, strict=True)
            put_calls(connection, [Put(*one, by, its) for one, by, its in kept])
            if and_then is not None:
                and_then(ids)
        return ids

    def current_scorecard(self, call_id: str) -> Scorecard | None:
        """The scorecard that the call stands by, as the machine made it."""
        with self.reading() as connection:
            return current_scorecard(connection, call_id)

    def scorecards(self, call_id: str) -> list[Scorecard]:
        """All scorecards of a call, oldest first."""
        query = (
            sa.select(scorecards.c.scorecard)
            .where(scorecards.c.call_id == call_id)
            .order_by(scorecards.c.id)
        )
        with self.reading() as connection:
            return [decode(Scorecard, data) for data in connection.scalars(query)]

    def scorecards_by_id(self, ids: Sequence[int]) -> dict[int, Scorecard]:
        """Those that there are, by the ids that ``put_scorecards`` gave."""
        query = sa.select(scorecards.c.id, scorecards.c.scorecard)
        with self.reading() as connection:
            rows = connection.execute(query.where(scorecards.c.id.in_(ids)))
            return {id_: decode(Scorecard, data) for id_, data in rows}

    def recording_id(self, call_id: str) -> str | None:
        """Of the recording of a call, or None where there is no such call."""
        query = sa.select(_contacts.c.recording_id).where(_contacts.c.call_id == call_id)
        with self.reading() as connection:
            return connection.scalar(query)

    def is_scored(self, contact: Contact, recording_id: str, rule_set_version: str) -> bool:
        """Whether this contact, as it is, with this recording, has a scorecard by these rules."""
        query = (
            sa.select(_contacts.c.contact)
            .join(scorecards, scorecards.c.call_id == _contacts.c.call_id)
            .where(
                _contacts.c.call_id == contact.call_id,
                _contacts.c.recording_id == recording_id,
                scorecards.c.recording_id == recording_id,
                scorecards.c.rule_set_version == rule_set_version,
            )
            .limit(1)
        )
        with self.reading() as connection:
            stored = connection.scalar(query)
        return stored is not None and decode(Contact, stored) == contact

    def contacts(self, call_ids: Sequence[str]) -> list[Contact]:
        """These calls as the bank knows them, by id; also those whose words are gone."""
        query = sa.select(_contacts.c.contact).where(_contacts.c.call_id.in_(call_ids))
        with self.reading() as connection:
            rows = connection.scalars(query.order_by(_contacts.c.call_id))
            return [decode(Contact, row) for row in rows]

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
        with self.reading() as connection:
            return list(connection.scalars(query))

    def stored(self, call_ids: Sequence[str]) -> list[Stored]:
        """These contacts with what was heard last in their recordings, by id."""
        return [
            Stored(one.contact, call, one.answers)
            for one in self.kept(call_ids)
            if (call := self.call(one.recording_id, one.hearing)) is not None
        ]

    def kept(self, call_ids: Sequence[str]) -> list[Kept]:
        """The same without the calls, which take long to be read."""
        same = _calls.alias()
        newest = (
            sa.select(same.c.hearing)
            .where(same.c.recording_id == _contacts.c.recording_id)
            .order_by(same.c.heard_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            sa.select(
                _contacts.c.contact, _calls.c.recording_id, _calls.c.hearing, _calls.c.heard_at
            )
            .join(_calls, _calls.c.recording_id == _contacts.c.recording_id)
            .where(_contacts.c.call_id.in_(call_ids), _calls.c.hearing == newest)
            .order_by(_contacts.c.call_id)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
            heard = {(row.recording_id, row.hearing) for row in rows}
            answers = answers_of(connection, heard)
        return [
            Kept(
                decode(Contact, row.contact),
                row.recording_id,
                row.hearing,
                digest([row.contact.hex(), row.recording_id, row.hearing, str(row.heard_at)]),
                tuple(decode(Answer, one) for one in answers[row.recording_id, row.hearing]),
            )
            for row in rows
        ]


def _after_all(connection: sa.Connection, recording_id: str) -> datetime:
    """Now, and later than all that was heard in the recording, also where the clock was set back:
    what was heard last counts."""
    latest = sa.select(sa.func.max(_calls.c.heard_at)).where(_calls.c.recording_id == recording_id)
    last = connection.scalar(latest)
    now = datetime.now(UTC)
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _masks_of(scored: Iterable[tuple[Contact, Call, Scorecard]]) -> list[Masks]:
    from autoqa.privacy import Masks

    return [Masks(call) for _, call, _ in scored]


def _scorecard_row(contact: Contact, call: Call, scorecard: Scorecard) -> dict[str, Any]:
    data = plain(scorecard)
    return {
        "call_id": contact.call_id,
        "recording_id": call.recording.id,
        "hearing": hearing_key(call.model, call.stages),
        "rule_set_version": scorecard.rule_set_version,
        "digest": name_of(data),
        "scored_at": datetime.now(UTC),
        "scorecard": packed(data),
    }
