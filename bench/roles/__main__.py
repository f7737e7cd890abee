"""``count``: the acts on the counted half; ``report``: right, unknown and wrong on the other."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace

from autoqa.events import channel_roles
from autoqa.types import Contact, Role
from bench.roles import SCENES, Dialogue, Hearing, counted, heard_call, kept

RATES = (0.0, 0.15, 0.3, 0.5)
LOST = {0.0: 0.0, 0.15: 0.03, 0.3: 0.08, 0.5: 0.2}
CONTACT = Contact(call_id="call", file="call.wav")


def judge(dialogue: Dialogue, hearing: Hearing, draw: random.Random) -> tuple[str, float]:
    """``right``, ``unknown`` or ``wrong``; and the log odds for the truth."""
    agent, scene = draw.randrange(2), draw.choice(SCENES)
    call = heard_call(dialogue, hearing, agent, scene, draw)
    direction = dialogue.direction if draw.random() < 0.5 else None
    channels, _ = channel_roles.assign(call, replace(CONTACT, direction=direction))
    odds = channel_roles.log_odds(call, direction)
    found = channels[agent].role
    verdict = "unknown" if found is Role.UNKNOWN else "right" if found is Role.AGENT else "wrong"
    return verdict, odds if agent == 0 else -odds


def report(some: tuple[Dialogue, ...], draws: int) -> None:
    print(f"{len(some)} dialogues, {draws} draws of each; rates of wrong characters, per cent")
    print(f"{'agent':>6} {'cust.':>6} {'calls':>7} {'right':>7} {'unknown':>8} {'wrong':>7}")
    total: Counter[str] = Counter()
    worst: Counter[str] = Counter()
    for agent in RATES:
        for customer in RATES:
            hearing = Hearing(agent, customer, LOST[max(agent, customer)])
            found: Counter[str] = Counter()
            for dialogue in some:
                for turn in range(draws):
                    draw = random.Random(f"{dialogue.name} {agent} {customer} {turn}")
                    verdict, _ = judge(dialogue, hearing, draw)
                    found[verdict] += 1
                    worst[dialogue.name] += verdict == "wrong"
            total += found
            print(f"{100 * agent:6.0f} {100 * customer:6.0f}", _shares(found))
    print(f"{'all':>13}", _shares(total))
    print("wrong:", {name: count for name, count in worst.most_common(12) if count})


def _shares(found: Counter[str]) -> str:
    calls = found.total()
    shares = (100 * found[one] / calls for one in ("right", "unknown", "wrong"))
    return "{:7d} {:7.2f} {:8.2f} {:7.3f}".format(calls, *shares)


def main() -> None:
    command, *options = sys.argv[1:]
    draws = int(options[0]) if options else 10
    if command == "count":
        from bench.roles.counting import count

        count(counted())
    else:
        report(counted() if command == "tune" else kept(), draws)


if __name__ == "__main__":
    main()
