"""Which calls a list shows: what stands in its address, so that a view can be sent to a colleague.

A value that makes no sense is passed over; an address that was cut shows more, never a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from autoqa.store import Filter, Sort, Trouble
from autoqa.types import AppealState, Caller, ReviewState, Worth

FIELDS = (
    "view",
    "text",
    "first",
    "last",
    "team",
    "agent",
    "direction",
    "form",
    "bank",
    "problem",
    "verdict",
    "lowest",
    "highest",
    "rule",
    "undecided",
    "left",
    "reviewed",
    "appeal",
    "sort",
    "up",
    "after",
)
_PLACE = ("after",)
_ORDER = ("sort", "up", *_PLACE)
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Choice:
    """``values``: the fields that are set, by name."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def is_queue(self) -> bool:
        return self["view"] == "queue"

    @property
    def sort(self) -> Sort:
        usual = Sort.WORTH if self.is_queue else Sort.TIME
        return Sort(self["sort"]) if self["sort"] in set(Sort) else usual

    @property
    def is_filtered(self) -> bool:
        return any(name not in (*_ORDER, "view") for name in self.values)

    def query(self, **changes: str) -> str:
        """The address's query with these fields changed; an empty one is left out.

        Another choice or order begins at its first page.
        """
        values = {**self.values, **changes}
        if not set(changes) <= set(_PLACE):
            values.pop("after", None)
        return urlencode({name: values[name] for name in FIELDS if values.get(name)})

    def filter(self, caller: Caller) -> Filter:
        """What is asked for, of what ``caller`` may see."""
        own, agent = caller.agent_ids, self["agent"]
        asked = frozenset({agent}) if agent else None
        verdict = {"passed": True, "failed": False}.get(self["verdict"])
        return Filter(
            first_day=_day(self["first"]),
            last_day=_day(self["last"]),
            teams=(self["team"],) if self["team"] else (),
            agent_ids=asked if own is None else own if asked is None else own & asked,
            lowest=_number(self["lowest"]),
            highest=_number(self["highest"]),
            failed_rule=self["rule"],
            undetermined_rule=self["undecided"],
            undetermined=True if self["left"] else None,
            fatal=True if self["verdict"] == "fatal" else None,
            passed=verdict,
            reviewed=(ReviewState(self["reviewed"]),)
            if self["reviewed"] in set(ReviewState)
            else (),
            appeal=AppealState(self["appeal"]) if self["appeal"] in set(AppealState) else None,
            worth=Worth.UNSURE if self.is_queue else Worth.NOTHING,
            text=self["text"],
            directions=(self["direction"],) if self["direction"] else (),
            forms=(self["form"],) if self["form"] else (),
            bank=self["bank"],
            problem=Trouble(self["problem"]) if self["problem"] in set(Trouble) else None,
        )

    def without_place(self) -> Choice:
        return replace(self, values={n: v for n, v in self.values.items() if n not in _PLACE})


def choice(query: str) -> Choice:
    """What an address asks for. ``query``: its part after the question mark."""
    pairs = parse_qsl(query[:8192])
    return Choice(
        {n: v.strip() for n, v in pairs if n in FIELDS and 0 < len(v.strip()) <= _LONGEST}
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= 100 else None
