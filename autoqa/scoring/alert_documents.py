"""Alerts as they are written: when staff are told, how pressing it is, who calls back by when.

::

    alerts:
      - id: regulator
        name: 客户要找监管
        level: 紧急
        rules: [escalation-regulator]
        call_back: 2h
        by: 投诉专席
    quiet_hours: {from: 21:00, until: 08:30}

What is said is a rule's business, so that it has examples; one that is there for alerts only has
``status: 关注``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from autoqa.i18n import N_
from autoqa.scoring.faults import Fault
from autoqa.scoring.names import Identifier
from autoqa.scoring.operators.call_time import Hours
from autoqa.scoring.source import Tree
from autoqa.scoring.vocabulary import Flag, Words, choice, duration_ms, duration_text, fault, guess
from autoqa.types import USUAL, AlertRule, Level, Message, Watch

_LEVELS = {
    "提醒": Level.NOTICE,
    "警示": Level.WARNING,
    "紧急": Level.URGENT,
    **{level.value: level for level in Level},
}
_DAYS = re.compile(r"(\d{1,2}) ?(?:天|d)")
_MINUTE_MS = 60_000
_DAY_MINUTES = 24 * 60

NO_OCCASION = N_("say when it is raised: “rules”, “fatal” or “rises”")
TWO_OCCASIONS = N_("“rises” is about many calls; write an alert of its own for it")
ALERT_TWICE = N_("there is already an alert “{name}” in “{place}”")
QUIET_TWICE = N_("there are already quiet hours in “{place}”")
NO_RULE = N_("there is no rule “{name}”")
NO_RULE_MEANT = N_("there is no rule “{name}”; did you mean “{meant}”?")


def _minutes(value: object) -> int:
    days = _DAYS.fullmatch(value.strip()) if isinstance(value, str) else None
    if days is not None:
        return int(days[1]) * _DAY_MINUTES
    minutes = duration_ms(value) // _MINUTE_MS
    if not minutes:
        raise fault(N_("nobody can call back within less than a minute"))
    return minutes


def _written(minutes: int) -> str:
    days, rest = divmod(minutes, _DAY_MINUTES)
    return f"{days}d" if days and not rest else duration_text(minutes * _MINUTE_MS)


Minutes = Annotated[
    int,
    BeforeValidator(_minutes),
    PlainSerializer(_written),
    WithJsonSchema({"type": "string", "examples": ["30m", "2h", "3d"]}),
]
LevelName = Annotated[
    Level,
    BeforeValidator(choice(_LEVELS)),
    WithJsonSchema({"type": "string", "enum": list(_LEVELS)}),
]


class AlertDocument(Words):
    """When somebody is told at once."""

    id: Identifier
    name: str = Field(min_length=1, max_length=60, description="what lists show")
    level: LevelName = Field(description="提醒, 警示 or 紧急; quiet hours put off all but 紧急")
    rules: tuple[str, ...] = Field(default=(), description="a call fails one of these")
    fatal: Flag = Field(default=False, description="a call fails a fatal rule")
    rises: Flag = Field(
        default=False, description="a rule or a team fails far more often than in the days before"
    )
    call_back: Minutes | None = Field(default=None, description="how soon, such as 2h or 3d")
    by: str = Field(default="", max_length=60, description="who calls back or looks into it")

    @model_validator(mode="after")
    def _occasion(self) -> AlertDocument:
        if not (self.rules or self.fatal or self.rises):
            raise fault(NO_OCCASION)
        if self.rises and (self.rules or self.fatal):
            raise fault(TWO_OCCASIONS)
        return self


def watch_of(alerts: Sequence[AlertDocument], quiet: Sequence[Hours]) -> Watch:
    """The alerts of all files; where there are none, of fatal rules."""
    found = tuple(
        AlertRule(
            one.id, one.name, one.level, one.rules, one.fatal, one.rises, one.call_back, one.by
        )
        for one in alerts
    )
    hours = (quiet[0].first, quiet[0].last) if quiet else None
    return Watch(found or (USUAL,), hours)


def faults_of_alerts(trees: Sequence[tuple[str, Tree]], rule_ids: Iterable[str]) -> Iterable[Fault]:
    """Alerts that name a rule that nobody wrote, and what is there twice."""
    known = set(rule_ids)
    places: dict[str, str] = {}
    quiet = ""
    for name, tree in trees:
        data = tree.data if isinstance(tree.data, dict) else {}
        if "quiet_hours" in data:
            if quiet:
                place = tree.place(("quiet_hours",), prefer_key=True)
                yield Fault(name, *place, Message(QUIET_TWICE, {"place": quiet}))
            quiet = quiet or name
        for number, one in enumerate(_listed(data.get("alerts"))):
            if not isinstance(one, Mapping):
                continue
            alert_id = str(one.get("id"))
            place = tree.place(("alerts", number, "id"))
            if alert_id in places:
                params = {"name": alert_id, "place": places[alert_id]}
                yield Fault(name, *place, Message(ALERT_TWICE, params))
            places.setdefault(alert_id, f"{name}:{place[0]}")
            for at, rule_id in enumerate(_listed(one.get("rules"))):
                if rule_id not in known:
                    where = tree.place(("alerts", number, "rules", at))
                    yield Fault(name, *where, _no_rule(str(rule_id), known))


def _no_rule(rule_id: str, known: Iterable[str]) -> Message:
    if meant := guess(rule_id, known):
        return Message(NO_RULE_MEANT, {"name": rule_id, "meant": meant})
    return Message(NO_RULE, {"name": rule_id})


def _listed(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list) else ()
