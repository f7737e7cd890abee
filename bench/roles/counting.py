"""How many agents and customers do what, in dialogues without a wrong character."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autoqa.cue_matching import hear
from autoqa.events.party_acts import ACTS, COURTESY, MOST
from autoqa.types import Role
from bench.roles import Dialogue

SHRINKAGE = 2


def count(some: Iterable[Dialogue]) -> None:
    counted = list(some)
    print(f"{len(counted)} dialogues\n{'act':<16}{'agents':>8}{'customers':>10}{'weight':>8}")
    for act in ACTS:
        agents, customers = (
            sum(
                any(act.does(hear(text)) for role, text in one.turns if role is party)
                for one in counted
            )
            for party in (Role.AGENT, Role.CUSTOMER)
        )
        weight = math.log((agents + SHRINKAGE) / (customers + SHRINKAGE))
        most = COURTESY if act.name in ("thanks", "holds") else MOST
        weight = round(max(-most, min(most, weight)), 1)
        print(f"{act.name:<16}{agents:8}{customers:10}{weight:8.1f}{act.weight:8.1f}")
