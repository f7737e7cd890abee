"""What is planted in a month to be alerted, and on which day it is (``bench.month``).

From one day on a team is rude, on another day many customers complain, and in the third week
callers wait too long; from the fourth week on they ask for foreign currency, and those who complain
talk of a fee: each is alerted once, within two days, and nothing else is. Every morning
alerts are looked for as the service does. Lots of its own are drawn, so that the rest of the month
stays as it is.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from autoqa.ledger.alerts import what_rose
from autoqa.scoring.rule import RuleSet
from autoqa.store import Alerts, Store
from autoqa.types import Alert

RUDE_TEAM, RUDE_DAY = "二组", 10
COMPLAINT_DAY = 23
COMPLAINT_ABOUT = "手续费"
"""On that day; on others it is what has no word of its own."""
LATE_DAY = 14
"""Planted by ``bench.month``: the first day of the third week."""
WITHIN_DAYS = 2
TOPIC_DAY = 21
"""Planted by ``bench.month``: from the fourth week on callers ask for foreign currency."""
TOPICS = {"外币": TOPIC_DAY, COMPLAINT_ABOUT: COMPLAINT_DAY}
"""A word of what many talk of, and the day (from 0) on which they begin."""
PLANTED = {
    ("forbidden-words", RUDE_TEAM): RUDE_DAY,
    ("escalation-complaint", ""): COMPLAINT_DAY,
    ("answer-time", ""): LATE_DAY,
}
"""Rule and team, and the day (from 0) on which it begins."""

_RUDE = "坐席: 随便你。"
_COMPLAINT = ("客户: 你们乱扣费，我要投诉你们！", "坐席: 非常抱歉给您带来不便，马上帮您登记。")
_BILL = "坐席: 您这个月的账单是三千二百元。"


@dataclass(slots=True)
class Trouble:
    """Plants it in dialogues. ``complaints``: calls that have one."""

    lot: random.Random = field(default_factory=lambda: random.Random(13))
    complaints: int = 0

    def said(self, dialogue: str, team: str, day: int) -> str:
        """A dialogue of ``team`` on the day of this number."""
        share = 0.6 if team == RUDE_TEAM and day >= RUDE_DAY else 0.04
        if self.lot.random() < share:
            dialogue = dialogue.replace(_BILL, f"{_BILL}\n{_RUDE}")
        if self.lot.random() < (0.3 if day == COMPLAINT_DAY else 0.02):
            self.complaints += 1
            said = "\n".join((_BILL, *_COMPLAINT))
            if day == COMPLAINT_DAY:
                said = said.replace("扣费", f"收{COMPLAINT_ABOUT}")
            dialogue = dialogue.replace(_BILL, said)
        return dialogue


def tell(store: Store, rules: RuleSet, begin: datetime, days: int, planted: int) -> None:
    """Prints what is alerted in so many ``days``. ``planted``: calls with a complaint."""
    alerts = Alerts(store)
    raised: list[Alert] = []
    for day in range(1, days + WITHIN_DAYS):
        now = datetime.combine(begin.date() + timedelta(days=day), time(9), begin.tzinfo)
        raised += alerts.look(rules.watch, now)
    rises = [one for one in raised if one.call_id is None]
    found = 0
    for (rule_id, team), day in PLANTED.items():
        first = begin.date() + timedelta(days=day)
        own = [one for one in rises if (one.rule_id, one.team) == (rule_id, team)]
        on_time = [one for one in own if first <= one.day < first + timedelta(days=WITHIN_DAYS)]
        is_found = len(own) == 1 and len(on_time) == 1
        found += is_found
        shown = ", ".join(f"{what_rose(one)} {one.day}" for one in own) or "not alerted"
        print(f"{'found ' if is_found else 'MISSED'} rise of {rule_id} from {first}: {shown}")
        rises = [one for one in rises if one not in own]
    for word, day in TOPICS.items():
        first = begin.date() + timedelta(days=day)
        own = [one for one in rises if word in one.topic]
        is_found = [one.day for one in own] == [first]
        found += is_found
        shown = ", ".join(f"{what_rose(one)} {one.day}" for one in own) or "not alerted"
        print(f"{'found ' if is_found else 'MISSED'} topic of {word} from {first}: {shown}")
        rises = [one for one in rises if one not in own]
    planted_rises = len(PLANTED) + len(TOPICS)
    print(f"{found} of {planted_rises} planted rises alerted once and in time; {len(rises)} others")
    for one in rises:
        print(f"not planted: {what_rose(one)} {one.day} {one.hits}/{one.count}")
    calls = Counter(one.rule_id for one in raised if one.call_id is not None)
    print(f"{calls.pop('escalation-complaint', 0)} of {planted} complaining calls alerted")
    print(f"{calls.total()} other calls alerted")
