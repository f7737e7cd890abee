"""What is planted in a month of its people: lines, habits and customers (``bench.month``).

One agent sits at a noisy line, and of whoever speaks into noise the greeting is lost more often;
one forgets his number; the customers of one team call again. Lots of its own are drawn, so that the
rest of the month stays as it is.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from autoqa.coaching import coaching
from autoqa.fairness import fairness
from autoqa.reports.solved import board
from autoqa.reports.survey_board import shown
from autoqa.store import Overview, Store
from autoqa.store.solved import Solved
from autoqa.types import Call, Contact, Role

NOISY, FORGETS, AGAIN = "8024", "8015", "二组"
FORGOTTEN, UNHEARD = "staff-id", "greeting"
_NOISY_DB, _QUIET_DB = 8.0, 32.0
PRODUCTS = ("账单", "额度", "积分", "还款")
WORDS = {True: ("满意", "非常满意"), False: ("不满意", "一般")}


@dataclass(slots=True)
class People:
    """Draws for each call what its agent, line and customer are like. ``owed``: customers who will
    call again, and when."""

    lot: random.Random = field(default_factory=lambda: random.Random(11))
    owed: list[tuple[datetime, str, str]] = field(default_factory=list)
    made: int = 0

    def said(self, dialogue: str, agent: str) -> tuple[str, float]:
        """What is said in the call, and how far the agent's voice is above the noise (dB)."""
        is_noisy = self.lot.random() < (0.8 if agent == NOISY else 0.15)
        number = f"工号{agent}，"
        if is_noisy and self.lot.random() < 0.45:
            greeting = f"您好，{number}很高兴为您服务，请问有什么可以帮您？"
            dialogue = dialogue.replace(greeting, f"{number[:-1]}。")
        if agent == FORGETS and self.lot.random() < 0.75:
            dialogue = dialogue.replace(number, "")
        return dialogue, (_NOISY_DB if is_noisy else _QUIET_DB) + self.lot.gauss(0, 2)

    def known(self, call: Call, contact: Contact, snr_db: float) -> tuple[Call, Contact]:
        """With the line, the customer and what he keyed at the end."""
        channels = tuple(
            replace(one, speech_dbfs=-20.0, noise_dbfs=-20.0 - snr_db)
            if one.role is Role.AGENT
            else one
            for one in call.channels
        )
        began = contact.started_at
        assert began is not None
        customer, product = self._customer(began)
        is_solved = self.lot.random() > (0.3 if contact.team == AGAIN else 0.08)
        if not is_solved:
            due = began + timedelta(hours=self.lot.randrange(20, 140))
            self.owed.append((due, customer, product))
        words = WORDS[self.lot.random() < (0.9 if is_solved else 0.5)]
        extra = {**contact.extra, "满意度": self.lot.choice(words)}
        contact = replace(contact, caller=customer, product=product, extra=extra)
        return replace(call, channels=channels), contact

    def _customer(self, began: datetime) -> tuple[str, str]:
        for one in self.owed:
            if one[0] <= began:
                self.owed.remove(one)
                return one[1], one[2]
        self.made += 1
        name = hashlib.sha256(f"customer {self.made}".encode()).hexdigest()
        return name, self.lot.choice(PRODUCTS)


def tell(store: Store) -> None:
    """Prints which of what was planted is found, and what else is."""
    for line in (*_coached(store), *_fair(store), *_helped(store)):
        print(line)


def _coached(store: Store) -> Iterator[str]:
    first: Counter[str] = Counter()
    for agent in Overview(store).agent_ids():
        found = coaching(store, agent)
        sure = [one for one in found.advice if one.low] if found else []
        if sure:
            first[sure[0].rule_id] += 1
        if agent == FORGETS:
            is_first = bool(sure) and sure[0].rule_id == FORGOTTEN
            gain = f"{sure[0].gain:.1f} points" if sure else "nothing"
            yield f"{_word(is_first)} agent {FORGETS} forgets {FORGOTTEN}: coached first, {gain}"
    told = ", ".join(f"{rule} {count}" for rule, count in first.most_common())
    yield f"first advice of agents: {told}"


def _fair(store: Store) -> Iterator[str]:
    found = fairness(store)
    rules = {
        (table.factor, one.rule_id) for table in found.tables for one in table.trends if one.follows
    }
    yield f"{_word(('noise', UNHEARD) in rules)} {UNHEARD} fails more in noise"
    warned = {(one.agent_id, one.rule_id) for one in found.warnings}
    yield f"{_word((NOISY, UNHEARD) in warned)} agent {NOISY}: {UNHEARD} follows the line"
    for factor, rule_id in sorted(rules - {("noise", UNHEARD)}):
        yield f"not planted, or follows: {rule_id} fails more by {factor}"
    for agent, rule_id in sorted(warned - {(NOISY, UNHEARD)}):
        yield f"not planted: {rule_id} of agent {agent} follows the line"


def _helped(store: Store) -> Iterator[str]:
    """Teams and topics whose customers call again more or less than the others'."""
    asked = Solved(store)
    found = board(asked.sums(), asked.seconds())
    solved, *_ = found.figures
    told = {side.key: (side.beside[0], side.beside[0].standing) for side in found.sides}
    one, standing = told.pop(f"team:{AGAIN}")
    value, rest = (shown(one.figure, each.value) for each in (one.figure, one.rest))
    yield f"{_word(standing == 'worse')} {AGAIN}: solved at once {value}, others {rest}"
    yield f"solved at once {shown(solved, solved.value)} of {found.judged}, {found.young} too young"
    for key, (one, standing) in told.items():
        if standing in ("worse", "better"):
            value = shown(one.figure, one.figure.value)
            yield f"not planted, or follows: {key}, solved at once {value} is {standing}"


def _word(is_found: bool) -> str:
    return "found " if is_found else "MISSED"
