"""Alerts in words."""

from __future__ import annotations

from autoqa.i18n import N_, _
from autoqa.reports.wording import percent
from autoqa.types import Alert, AlertState, Level

LEVEL_NAMES = {
    Level.NOTICE: N_("reminder"),
    Level.WARNING: N_("warning"),
    Level.URGENT: N_("urgent"),
}
_STATES = {
    AlertState.OPEN: N_("waits for somebody"),
    AlertState.ACKNOWLEDGED: N_("{who} sees to it"),
    AlertState.DONE: N_("done by {who}"),
}
_ROSE = N_("{what}: {now} on {day}, {usual} in the days before")
_OVER = N_("{rose}; down again on {ended}")


def name_of(alert: Alert) -> str:
    """As staff called it."""
    return alert.name or _("fatal rule failed")


def about(alert: Alert) -> str:
    """What it is about, in a sentence."""
    if alert.call_id is not None:
        return alert.rule_name or alert.rule_id
    rose = _(_ROSE).format(
        what=what_rose(alert),
        now=f"{percent(alert.hits, alert.count)} ({alert.hits}/{alert.count})",
        day=alert.day,
        usual=percent(alert.usual_hits, alert.usual_count),
    )
    return _(_OVER).format(rose=rose, ended=alert.ended) if alert.ended else rose


def what_rose(alert: Alert) -> str:
    """A rule, a team, both, or what else is counted."""
    if alert.topic:
        return _("topic “{name}”").format(name=alert.topic)
    rule = alert.rule_name or alert.rule_id
    if rule and alert.team:
        return _("“{rule}” in {team}").format(rule=rule, team=alert.team)
    return _("“{rule}” in several teams").format(rule=rule) if rule else alert.team


def state_of(alert: Alert) -> str:
    """How far it was seen to, and by whom."""
    who = alert.done_by or alert.acknowledged_by
    state = _(_STATES[alert.state]).format(who=who)
    return (
        state if alert.stands else _("{state}; the rule is not failed any more").format(state=state)
    )
