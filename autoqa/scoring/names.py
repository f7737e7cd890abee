"""What rules, forms and phrase sets go by: ids, names, who is meant, status, days."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from autoqa.i18n import N_
from autoqa.scoring.rule import Status
from autoqa.scoring.vocabulary import choice, fault
from autoqa.types import Party

_PARTIES = {
    "坐席": Party.AGENT,
    "agent": Party.AGENT,
    "中心": Party.CENTRE,
    "centre": Party.CENTRE,
}
STATUSES = {
    "草稿": Status.DRAFT,
    "试行": Status.TRIAL,
    "启用": Status.ACTIVE,
    "停用": Status.RETIRED,
    "关注": Status.WATCH,
    **{status.value: status for status in Status},
}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_PHRASE_NAME = re.compile(
    r"[a-z\u4e00-\u9fff][a-z0-9\u4e00-\u9fff]*(?:[-_][a-z0-9\u4e00-\u9fff]+)*"
)
_LONGEST = 60
_DAY = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?")


def _party(value: object) -> Party:
    party = _PARTIES.get(value) if isinstance(value, str) else None
    if party is None:
        raise fault(
            N_("“{value}” is nobody a rule can count for; write “坐席” or “中心”"), value=str(value)
        )
    return party


def _identifier(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if _IDENTIFIER.fullmatch(text) is None or len(text) > _LONGEST:
        template = N_(
            "“{value}” cannot be an id; write small English letters, digits and - or _ between, a "
            "letter first, such as “{example}”"
        )
        raise fault(template, value=str(value)[:_LONGEST], example="annual-fee")
    return text


def _phrase_name(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if _PHRASE_NAME.fullmatch(text) is None or len(text) > _LONGEST:
        template = N_(
            "“{value}” cannot be the name of a phrase set or a condition; write Chinese characters "
            "or small English letters, then digits and - or _ between, too, such as “{example}”"
        )
        raise fault(template, value=str(value)[:_LONGEST], example="告知年费")
    return text


def _day(value: object) -> date:
    match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if match is not None:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise fault(
        N_("“{value}” is no date; write it like “{example}”"),
        value=str(value)[:40],
        example="2026-01-31",
    )


def day(value: object) -> date | None:
    """The day that is written, or None: for those who look before faults are told."""
    try:
        return _day(value)
    except ValueError:
        return None


def _named(pattern: re.Pattern[str]) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern.pattern}$", "maxLength": _LONGEST}


PartyName = Annotated[
    Party,
    BeforeValidator(_party),
    WithJsonSchema({"type": "string", "enum": list(_PARTIES)}),
]
StatusName = Annotated[
    Status,
    BeforeValidator(choice(STATUSES)),
    WithJsonSchema({"type": "string", "enum": list(STATUSES)}),
]
Identifier = Annotated[str, BeforeValidator(_identifier), WithJsonSchema(_named(_IDENTIFIER))]
PhraseName = Annotated[str, BeforeValidator(_phrase_name), WithJsonSchema(_named(_PHRASE_NAME))]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "examples": ["2026-01-31"]}),
]
