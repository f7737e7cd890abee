"""Who is on which channel, on dialogues that mislead and are misheard."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from bench.roles import Hearing, counted, kept
from bench.roles.__main__ import judge

SERVICE_DESKS = {"customer-is-agent", "hotel-desk"}
"""The bank calls another firm's staff, who greet as its agents do."""


@pytest.mark.parametrize("share", [0.0, 0.15, 0.3])
def test_nobody_is_swapped_and_few_are_unknown(share: float) -> None:
    verdicts: Counter[str] = Counter()
    for dialogue in kept():
        if dialogue.name in SERVICE_DESKS:
            continue
        draw = random.Random(f"{dialogue.name} {share}")
        verdicts[judge(dialogue, Hearing(share, share, share / 4), draw)[0]] += 1
    assert verdicts["wrong"] == 0
    assert verdicts["right"] >= 0.75 * verdicts.total()


def test_what_is_measured_was_not_counted() -> None:
    assert not {one.name for one in counted()} & {one.name for one in kept()}
