"""How reports say things: names of roles, outcomes and events; numbers, times and dates.

The Chinese words are those of the field: 坐席, 客户, 持线, 静默, 抢话, 合格, 待复核, 一票否决.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from autoqa.i18n import N_, _, current_language
from autoqa.types import Event, EventKind, Outcome, Party, Role, Scorecard, Value

ROLES = {
    Role.AGENT: N_("agent"),
    Role.CUSTOMER: N_("customer"),
    Role.RECORDED: N_("recording"),
    Role.UNKNOWN: N_("not known who"),
}
OUTCOMES = {
    Outcome.PASSED: N_("passed"),
    Outcome.FAILED: N_("failed"),
    Outcome.UNDETERMINED: N_("to review"),
    Outcome.NOT_APPLICABLE: N_("not applicable"),
}
PARTIES = {Party.AGENT: N_("agent"), Party.CENTRE: N_("centre")}
EVENTS = {
    EventKind.HOLD: N_("hold"),
    EventKind.QUEUE: N_("queueing"),
    EventKind.DEAD_AIR: N_("dead air"),
    EventKind.TALK_OVER: N_("talk-over"),
    EventKind.RAISED_VOICE: N_("raised voice"),
    EventKind.RECORDED_PROMPT: N_("recorded prompt"),
    EventKind.TRANSFER: N_("transfer"),
    EventKind.MUSIC: N_("music"),
    EventKind.RINGBACK: N_("ringing"),
    EventKind.DTMF: N_("key"),
    EventKind.BUSY_TONE: N_("busy tone"),
    EventKind.FAX_TONE: N_("fax tone"),
}
MEASURES = {
    "menu": N_("menu"),
    "ad": N_("advertisement"),
    "notice": N_("notice"),
    "queue": N_("queue announcement"),
    "customer_searching": N_("the customer is looking for something"),
    "typing": N_("typing"),
    "line_dead": N_("the line is dead"),
    "unexplained": N_("unexplained"),
}

WAITING: tuple[tuple[tuple[str, Value], str], ...] = (
    (("music", True), N_("with music")),
    (("source", "metadata"), N_("by the metadata")),
    (("asked", True), N_("asked to wait")),
    (("consent", "yes"), N_("the customer agreed")),
    (("consent", "no"), N_("the customer refused")),
    (("thanked", True), N_("thanked for waiting")),
)
"""What is told of a hold or a queue. What was not said is for the rules to tell."""


def role_name(role: Role) -> str:
    return _(ROLES[role])


def outcome_name(outcome: Outcome) -> str:
    return _(OUTCOMES[outcome])


def party_name(party: Party) -> str:
    return _(PARTIES[party])


def event_name(kind: EventKind) -> str:
    return _(EVENTS[kind])


def verdict(card: Scorecard) -> str:
    """``fatal``, ``passed``, ``failed``, ``open`` (the range straddles the mark) or ``none``."""
    if card.fatal_rule_ids and card.passed is not True:
        return "fatal"
    if card.passed is None:
        return "none" if card.agent.score is None else "open"
    return "passed" if card.passed else "failed"


def verdict_name(card: Scorecard) -> str:
    return _(VERDICTS[verdict(card)])


VERDICTS = {
    "passed": N_("passed"),
    "failed": N_("failed"),
    "fatal": N_("failed (fatal rule)"),
    "open": N_("open until reviewed"),
    "none": N_("nothing to score"),
}


def event_words(event: Event) -> str:
    """``hold 0:35, with music``: an event's name, length and what was measured of it."""
    said = [event_name(event.kind)]
    match event.kind:
        case EventKind.DTMF:
            return _("key {key}").format(key=event.measures.get("key", "?"))
        case EventKind.RECORDED_PROMPT:
            said = [measure_name(event.measures.get("label", "unknown"), said[0])]
    said.append(_("{seconds} s").format(seconds=seconds(event.duration_ms)))
    match event.kind:
        case EventKind.HOLD | EventKind.QUEUE:
            said += [_(words) for fact, words in WAITING if event.measures.get(fact[0]) == fact[1]]
        case EventKind.DEAD_AIR:
            if cause := event.measures.get("cause"):
                said.append(measure_name(cause))
            if owed_by := event.measures.get("owed_by"):
                said.append(_("{role} should speak").format(role=_role_word(owed_by)))
        case EventKind.RAISED_VOICE:
            said.append(role_name(event.role))
        case EventKind.TALK_OVER:
            who = event.measures.get("interrupter", event.role.value)
            if who in (Role.AGENT, Role.CUSTOMER):
                said.append(_("begun by {role}").format(role=_role_word(who)))
    return _(", ").join(said)


def measure_name(value: Value, otherwise: str = "") -> str:
    """A word of ``Event.measures`` in the reader's language."""
    name = MEASURES.get(str(value))
    return _(name) if name else otherwise or str(value)


def _role_word(value: Value) -> str:
    return role_name(Role(value)) if value in set(Role) else str(value)


def clock(time_ms: int) -> str:
    """``1:05``, ``1:02:03``: a place in the recording."""
    minutes, second = divmod(time_ms // 1000, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def seconds(duration_ms: int) -> str:
    """``3.2``, ``45``: a length to a tenth, without an idle zero."""
    return f"{duration_ms / 1000:.1f}".removesuffix(".0")


def points(value: Decimal) -> str:
    """``5``, ``2.5``: points without idle zeros."""
    return f"{value.normalize():f}" if value else "0"


def score(value: Decimal | None, *, up: bool = False) -> str:
    """A score to a tenth, towards the edge of its range: what is shown never promises more.

    Rounded down (``up``: up, for the top of a range), so that 89.96 does not look like a pass at
    90.
    """
    if value is None:
        return "–"
    tenth = value.quantize(Decimal("0.1"), ROUND_CEILING if up else ROUND_FLOOR)
    return points(tenth)


def percent(part: float, whole: float) -> str:
    """``93.4%``; a dash where there is nothing to divide."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def moment(value: datetime) -> str:
    """A date and time as the reader writes it."""
    if current_language() == "en":
        return f"{value.day} {value:%b %Y, %H:%M}"
    return f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}"


DIRECTIONS = {"inbound": N_("inbound"), "outbound": N_("outbound")}


def direction_name(direction: str) -> str:
    """Of the known directions; any other as the bank wrote it."""
    name = DIRECTIONS.get(direction.lower())
    return _(name) if name else direction
