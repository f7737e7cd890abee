"""What staff wrote of one question that customers ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from autoqa.knowledge.quantities import Quantity, quantity

Ways: TypeAlias = tuple[str, ...]
"""Ways to say one word, any of which will do."""


@dataclass(frozen=True, slots=True)
class Fact:
    """``value``: an amount, as it was written (300元); ``about``: the words it is told with.
    ``says``: phrases, any of which tells it. ``required``: whether an answer must have it."""

    name: str
    value: str = ""
    about: Ways = ()
    says: tuple[str, ...] = ()
    required: bool = True

    @property
    def quantity(self) -> Quantity | None:
        return quantity(self.value) if self.value else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One question, what its answer must hold and must not, and the days on which that is so.

    ``words``: what a question must hold, each in any of its ways. ``not_about``: with one of these
    it is another question. ``must_not_say``: phrases. Both days are included; None: open.
    """

    id: str
    name: str
    words: tuple[Ways, ...]
    questions: tuple[str, ...]
    answer: str
    facts: tuple[Fact, ...] = ()
    must_not_say: tuple[str, ...] = ()
    not_about: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""

    def holds_on(self, day: date) -> bool:
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )

    @property
    def own_text(self) -> str:
        """Everything that the answer says, in the bank's words."""
        told = [
            part for fact in self.facts for part in (fact.name, fact.value, *fact.about, *fact.says)
        ]
        return "".join((self.name, self.answer, *told))
