"""What every operator is: words in a rule file that can be asked of a call.

To add one, copy a neighbour: a class whose ``key`` is the word that staff write, whose fields are
its options and whose ``evaluate`` answers; then name it in ``operators.REGISTRY``. Its docstring
is its manual.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autoqa.scoring.place import Place
from autoqa.scoring.result import Result
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.spoken import FLOOR
from autoqa.scoring.view import CallView
from autoqa.scoring.vocabulary import Words
from autoqa.scoring.window import Scope
from autoqa.types import Role


@dataclass(frozen=True, slots=True)
class PhraseUse:
    """The phrases that an operator is about: hits that decide nothing are its mentions.

    ``place``: where mentions are looked for; None: in the whole call. ``sound_floor``: how sure a
    hit by sound alone has to be. ``always``: also where the rule does not apply; what is forbidden
    on some calls only is nothing to mention on others.
    """

    names: tuple[str, ...]
    roles: tuple[Role, ...]
    place: Place | None = None
    sound_floor: float = FLOOR
    always: bool = True


class Operator(Words):
    """A condition. ``key``: the word by which staff name it."""

    key: ClassVar[str]

    @abstractmethod
    def evaluate(self, view: CallView, scope: Scope) -> Result:
        """What this condition says of the call."""

    def members(self) -> Iterator[Operator]:
        """The conditions inside this one."""
        yield from ()

    @property
    def has_place(self) -> bool:
        """Whether it says where in the call it was found, so that others can hang on it."""
        return any(member.has_place for member in self.members())

    def is_by_case(self, rule_set: RuleSet) -> bool:
        """Whether one occurrence that failed fails it, and it passes where none did: then a
        person's word on one of several tells what they come to."""
        return all(member.is_by_case(rule_set) for member in self.members())

    def phrase_uses(self, rule_set: RuleSet) -> Iterator[PhraseUse]:
        """The phrases of this condition, of those inside it and of those it names."""
        for member in self.members():
            yield from member.phrase_uses(rule_set)
