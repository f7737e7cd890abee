"""Alerts as staff write them: read, and told what is wrong with them by line and column."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from autoqa.i18n import language
from autoqa.scoring.load import check_rules, load_rules
from autoqa.types import FATAL_ONLY, Level, Watch
from tests.rulebook.stores import RULES, write_rules
from tests.store.calls import BEIJING

GOOD = """
alerts:
  - {id: promise, name: 承诺收益, level: 紧急, rules: [no-promise], call_back: 2小时, by: 主管}
  - {id: fatal, name: 一票否决, level: warning, fatal: 是, call_back: 3天}
  - {id: rise, name: 突然增多, level: 提醒, rises: true}
quiet_hours: {from: 21:00, until: 08:30}
"""


def test_alerts_are_read_as_written(tmp_path: Path) -> None:
    watch = load_rules(write_rules(tmp_path, RULES + GOOD)).watch
    promise, fatal, rise = watch.alerts
    assert (promise.level, promise.rule_ids, promise.by) == (Level.URGENT, ("no-promise",), "主管")
    assert (promise.within_minutes, fatal.within_minutes, rise.within_minutes) == (120, 4320, None)
    assert (fatal.fatal, rise.rises) == (True, True)
    assert watch.quiet == (time(21), time(8, 30))


def test_without_any_fatal_rules_are_alerted(tmp_path: Path) -> None:
    assert load_rules(write_rules(tmp_path)).watch == FATAL_ONLY


def test_alerts_change_no_version(tmp_path: Path) -> None:
    before = load_rules(write_rules(tmp_path / "a")).version
    assert load_rules(write_rules(tmp_path / "b", RULES + GOOD)).version == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rules: [no-promise]", "rules: [no-promis]", "did you mean “no-promise”"),
        ("rules: [no-promise], ", "", "say when it is raised"),
        ("rises: true", "rises: true, fatal: true", "an alert of its own"),
        ("id: fatal", "id: promise", "already an alert “promise”"),
        ("level: 紧急", "level: 特急", "does not fit here"),
        ("2小时", "20秒", "less than a minute"),
        ("2小时", "马上", "is no duration"),
        ("21:00", "25:00", "is no time of day"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    faults = check_rules(write_rules(tmp_path, RULES + GOOD.replace(old, new)))
    with language("en"):
        assert [told in str(fault) for fault in faults] == [True], list(map(str, faults))
    assert faults[0].line > RULES.count("\n")


@pytest.mark.parametrize(
    ("clock", "told"),
    [(20, 20), (21, 32.5), (23, 32.5), (3, 8.5), (8.5, 8.5), (12, 12)],
)
def test_what_is_raised_in_quiet_hours_is_told_after_them(clock: float, told: float) -> None:
    """Hours since midnight."""
    watch = Watch(quiet=(time(21), time(8, 30)))
    midnight = datetime(2026, 2, 4, tzinfo=BEIJING)
    raised = midnight + timedelta(hours=clock)
    assert watch.told_at(Level.WARNING, raised) == midnight + timedelta(hours=told)
    assert watch.told_at(Level.URGENT, raised) == raised
    assert Watch().told_at(Level.NOTICE, raised) == raised
    noon = Watch(quiet=(time(12), time(14)))
    assert noon.told_at(Level.NOTICE, midnight.replace(hour=13)) == midnight.replace(hour=14)
