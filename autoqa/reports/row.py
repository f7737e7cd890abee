"""One recording as the summaries need it: small enough to keep for a whole night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from autoqa.events.channel_roles import is_mixed
from autoqa.survey.answers import Answer, answers_of
from autoqa.survey.facts import CallFacts, facts_of
from autoqa.types import Call, Contact, Event, EventKind, Message, Role, Scorecard


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened in a call, and for how long."""

    count: int
    total_ms: int
    longest_ms: int


@dataclass(frozen=True, slots=True)
class Row:
    """A recording of the night, scored or failed.

    ``scorecard`` has findings without occurrences (those are on the call's page), and is None
    where the recording failed; then ``error`` says why. ``tallies`` has a kind only where the call
    was listened to for it: a kind that is missing is unknown, not zero. ``ads``: recorded
    advertisements. ``facts``, ``answers``: what the call tells of the six problems. ``remarks``:
    what the audit of the recording noticed. ``first_role``: who is on the first of two channels,
    ``UNKNOWN`` where nobody can tell; None: there are no two.
    """

    contact: Contact
    duration_ms: int | None = None
    scorecard: Scorecard | None = None
    tallies: Mapping[EventKind, Tally] = field(default_factory=dict)
    ads: Tally | None = None
    remarks: tuple[Message, ...] = ()
    error: Message | None = None
    first_role: Role | None = None
    facts: CallFacts | None = None
    answers: tuple[Answer, ...] = ()


def row_of(call: Call, contact: Contact, scorecard: Scorecard) -> Row:
    """What the summaries keep of a scored call."""
    kinds = {*call.heard, *(event.kind for event in call.events)}
    prompts = EventKind.RECORDED_PROMPT
    return Row(
        contact=contact,
        duration_ms=_duration_ms(call, contact),
        scorecard=replace(
            scorecard,
            findings=tuple(replace(finding, occurrences=()) for finding in scorecard.findings),
        ),
        tallies={kind: _tally(e for e in call.events if e.kind == kind) for kind in kinds},
        ads=_tally(e for e in call.events if e.kind == prompts and e.measures.get("label") == "ad")
        if prompts in kinds
        else None,
        remarks=tuple(remark.message for remark in call.remarks),
        first_role=call.channels[0].role if _has_two_lines(call) else None,
        facts=facts_of(call, contact),
        answers=answers_of(scorecard, call),
    )


def _has_two_lines(call: Call) -> bool:
    return len(call.channels) == 2 and not is_mixed(call)


def failed_row(contact: Contact, error: Message, duration_ms: int | None = None) -> Row:
    """A recording that could not be scored, with its reason."""
    return Row(contact=contact, duration_ms=duration_ms, error=error)


def document_path(contact: Contact) -> PurePosixPath:
    """Where a call's document lies in the output folder: ``a/b.wav`` → ``a/b.wav.json``; the second
    agent's of a call that was handed on: ``a/b.wav.leg2.json``."""
    return PurePosixPath(_name(contact) + ".json")


def page_path(contact: Contact) -> PurePosixPath:
    """Where a call's page lies in the output folder: ``a/b.wav`` → ``calls/a/b.wav.html``."""
    return PurePosixPath("calls", _name(contact) + ".html")


def page_href(contact: Contact) -> str:
    """The same as a relative link; hostile names are quoted, undecodable bytes kept."""
    return quote(str(page_path(contact)), errors="surrogateescape")


def home_href(contact: Contact) -> str:
    """From a call's page back to ``report.html``."""
    return "../" * (len(page_path(contact).parts) - 1) + "report.html"


def _name(contact: Contact) -> str:
    return contact.file if contact.leg < 2 else f"{contact.file}.leg{contact.leg}"


def _duration_ms(call: Call, contact: Contact) -> int:
    if 0 < contact.leg <= len(call.legs):
        leg = call.legs[contact.leg - 1]
        return leg.end_ms - leg.start_ms
    return call.duration_ms


def _tally(events: Iterable[Event]) -> Tally:
    lengths = [event.duration_ms for event in events]
    return Tally(len(lengths), sum(lengths), max(lengths, default=0))
