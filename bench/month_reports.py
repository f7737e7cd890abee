"""What is planted in a month for its weekly reports to tell (``bench.month``).

In the last week many ask about foreign exchange; some ask about funds in every week alike. The
report of each week is held against what is planted for it, here and by the other modules. Lots of
its own are drawn, so that the rest of the month stays as it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autoqa.reporting import report
from autoqa.reports.period import Complaints
from autoqa.reports.span import Length, Of
from autoqa.store import Store
from bench.month_alerts import COMPLAINT_ABOUT

RISES, RISES_DAY, ALWAYS = "外币兑换", 21, "理财产品"
COMPLAINT_WEEK, COMPLAINT_RULES = 3, ("apology",)
ZONE = "Asia/Shanghai"
_ASKED = "客户: 帮我查一下这个月的账单。"
_RUDE = {"随便你": {"随便"}}
_COMPLAINT = {
    "投诉",
    COMPLAINT_ABOUT,
    "乱收",
    "登记",
    "抱歉",
    "带来",
    "不便",
    "你们",
    "非常",
    "马上",
}
TOPICS = {1: _RUDE, 2: _RUDE, 3: {RISES: {"外币", "兑换"}, "投诉": _COMPLAINT}}
"""By week: what is said more often, by whatever is planted, and all words of it."""
PLANTED_RULES = {1: {"forbidden-words"}, 2: {"forbidden-words", "answer-time"}}
"""By week: what fails more often than in the week before."""


@dataclass(slots=True)
class Topics:
    """Plants them in dialogues."""

    lot: random.Random = field(default_factory=lambda: random.Random(17))

    def said(self, dialogue: str, day: int) -> str:
        share = 0.2 if day >= RISES_DAY else 0.01
        for topic, chance in ((RISES, share), (ALWAYS, 0.1)):
            if self.lot.random() < chance:
                dialogue = dialogue.replace(_ASKED, f"{_ASKED}\n客户: 还想问一下{topic}。")
        return dialogue


def tell(store: Store, begin: datetime, weeks: int = 4) -> None:
    """Prints what the reports of the second week and those after it say has changed."""
    for week in range(1, weeks):
        found = report(
            store,
            Of.MANAGEMENT,
            Length.WEEK,
            (begin + timedelta(weeks=week)).date(),
            zone=ZONE,
            complaint_rules=COMPLAINT_RULES,
        )
        words = {one.word for one in found.words if one.kind in ("new", "up")}
        rules = {one.rule_id for one in found.rules if one.change.told == "up"}
        topics, wanted_rules = TOPICS.get(week, {}), PLANTED_RULES.get(week, set())
        name = f"report of week {week + 1}"
        for topic, about in topics.items():
            hit = ", ".join(sorted(about & words))
            print(f"{'found ' if hit else 'MISSED'} {name}: {topic} rises: {hit}")
        for rule in sorted(wanted_rules):
            print(f"{'found ' if rule in rules else 'MISSED'} {name}: {rule} fails more often")
        others = sorted(words.difference(*topics.values()) | (rules - wanted_rules))
        print(f"{name}: not planted: {', '.join(others) or 'nothing'}")
        _tell_complaints(name, found.complaints, week == COMPLAINT_WEEK)


def _tell_complaints(name: str, found: Complaints | None, is_planted: bool) -> None:
    """Whether more complained where that is planted, and about what in which words."""
    if found is None:
        print(f"MISSED {name}: nobody complains")
        return
    words = {one.name for one in found.words}
    hit = (found.change.told == "up") == is_planted == (COMPLAINT_ABOUT in words)
    print(
        f"{'found ' if hit else 'MISSED'} {name}: complaints {found.change.told}"
        f" {found.before.hits} → {found.now.hits}: {', '.join(one.name for one in found.words)}"
    )
    for queue in found.queues:
        print(f"    {queue.name}: {queue.before.hits} → {queue.now.hits} of {queue.now.calls}")
