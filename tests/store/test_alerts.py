"""Alerts: raised once for what a call failed or what rises, told when quiet hours allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.store import Alerts, Deliveries, Filter, Overview, Recordings, Reviews, Store
from autoqa.store.deletion import delete_calls
from autoqa.types import AlertRule, AlertState, Draft, Level, Outcome, ReviewKind, Watch
from tests.databases import url_of
from tests.rulebook.stores import RULES, write_rules
from tests.store.calls import BEIJING, FATAL, MORNING, filled

FATALLY = AlertRule("fatal", "一票否决", Level.WARNING, fatal=True, within_minutes=120, by="主管")
RISING = Watch((AlertRule("rise", "突然增多", Level.WARNING, rises=True),))
URL = "https://crm.bank/alerts"

WATCHED = (
    RULES.replace(
        "phrases:\n",
        """\
  - id: escalation
    name: 要找监管
    status: 关注
    counts_for: 中心
    passes_if: {does_not_say: regulator, role: 客户}
phrases:
  regulator: [银保监]
""",
    )
    + """
alerts:
  - {id: regulator, name: 要找监管, level: 紧急, rules: [escalation], call_back: 2h, by: 主管}
quiet_hours: {from: 21:00, until: 08:30}
"""
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path) as store:
        yield store


def test_a_fatal_finding_is_alerted_once_and_told_with_ids_only(store: Store) -> None:
    alerts, watch = Alerts(store), Watch((FATALLY,))
    (one,) = alerts.look(watch, MORNING, tell=URL)
    assert (one.call_id, one.rule_name, one.level) == (FATAL, "不承诺收益", Level.WARNING)
    assert one.due_at == MORNING + timedelta(hours=2)
    assert alerts.look(watch, MORNING + timedelta(hours=1), tell=URL) == []
    (told,) = Deliveries(store).newest()
    body = json.loads(told.body)
    assert (body["call_id"], body["rules"], body["level"]) == (FATAL, ["no-promise"], "warning")
    assert [row.call_id for row in Overview(store).page(Filter(alert=2)).rows] == [FATAL]
    assert Overview(store).page(Filter(alert=3)).rows == ()


def test_an_alert_is_acknowledged_and_called_back_by_somebody_once(store: Store) -> None:
    alerts = Alerts(store)
    (one,) = alerts.look(Watch((FATALLY,)), MORNING)
    late = MORNING + timedelta(hours=3)
    assert [got.number for got in alerts.chosen(overdue_at=late)] == [one.number]
    assert alerts.acknowledge(one.number, "王芳", MORNING)
    assert not alerts.acknowledge(one.number, "李明", MORNING)
    assert alerts.done(one.number, "王芳", late)
    assert not alerts.done(one.number, "李明", late)
    found = alerts.find(one.number)
    assert found is not None
    assert (found.state, found.acknowledged_by, found.done_by) == (AlertState.DONE, "王芳", "王芳")
    assert not found.is_overdue(late + timedelta(days=1))
    assert alerts.chosen([AlertState.OPEN]) == []


def test_what_was_corrected_waits_for_nobody(store: Store) -> None:
    alerts, late = Alerts(store), MORNING + timedelta(hours=3)
    (one,) = alerts.look(Watch((FATALLY,)), MORNING)
    assert one.stands
    corrected = Draft(
        FATAL, "no-promise", ReviewKind.CORRECT, "王芳", reason="听错了", outcome=Outcome.PASSED
    )
    Reviews(store).add(corrected)
    found = alerts.find(one.number)
    assert found is not None
    assert not found.stands
    assert not found.is_overdue(late)
    assert alerts.chosen(overdue_at=late) == []
    assert alerts.chosen() == [found]
    assert alerts.look(Watch((FATALLY,)), late) == []


def test_quiet_hours_put_off_all_but_the_urgent(store: Store) -> None:
    night = MORNING.replace(hour=2)
    calm = AlertRule("calm", "提醒", Level.NOTICE, ("no-promise",), within_minutes=60)
    loud = replace(calm, id="loud", level=Level.URGENT)
    alerts, watch = Alerts(store), Watch((calm, loud), (time(21), time(8, 30)))
    raised = alerts.look(watch, night, tell=URL)
    assert {one.alert for one in raised} == {"calm", "loud"}
    said = {json.loads(one.body)["alert"] for one in Deliveries(store).newest()}
    assert said == {"loud"}
    waits = next(one for one in raised if one.alert == "calm")
    assert waits.told_at == night.replace(hour=8, minute=30)
    assert waits.due_at == night.replace(hour=9, minute=30)
    alerts.look(watch, night.replace(hour=9), tell=URL)
    assert len(Deliveries(store).newest()) == len(raised)


def test_an_alert_goes_with_its_call(store: Store) -> None:
    alerts = Alerts(store)
    alerts.look(Watch((FATALLY,)), MORNING)
    recording_id = store.recording_id(FATAL)
    assert recording_id is not None
    delete_calls(store, Recordings(store, Path("nowhere")), {FATAL: recording_id})
    assert alerts.chosen() == []


def test_a_rule_that_watches_costs_nothing_and_raises_an_alert(tmp_path: Path) -> None:
    rules = load_rules(write_rules(tmp_path / "rules", WATCHED))
    call, contact = read_dialogue("坐席: 您好，很高兴为您服务。\n客户: 我去银保监告你们。")
    card, _ = score(call, contact, rules)
    assert card.agent.score == card.centre.applicable + 100  # nothing of the centre applies
    assert [one.outcome for one in card.findings if one.rule_id == "escalation"] == ["failed"]
    with Store(url_of(tmp_path / "qa.db")) as store:
        keep(store, rules, contact=replace(contact, call_id="a", started_at=MORNING), call=call)
        (one,) = Alerts(store).look(rules.watch, MORNING)
        assert (one.call_id, one.rule_id, one.by) == ("a", "escalation", "主管")


def keep(store: Store, rules: RuleSet, contact, call) -> None:
    store.put_call(call)
    store.put_scorecard(contact, call, score(call, contact, rules)[0])


# ---------------------------------------------------------------- rises

GREETED = "坐席: 您好，很高兴为您服务。\n客户: 查一下余额。"
NOT_GREETED = "坐席: 什么事？\n客户: 查一下余额。"
FIRST = datetime(2026, 1, 5, 9, tzinfo=BEIJING)
TEAMS = ("一组", "二组", "三组")


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Store]:
    """Fourteen days of three teams, ten calls each; one in ten is not greeted, and from the
    eleventh day on eight in ten of 二组."""
    rules = load_rules(write_rules(tmp_path / "rules"))
    judged = {}
    for script in (GREETED, NOT_GREETED):
        call, contact = read_dialogue(script)
        judged[script] = (call, contact, score(call, contact, rules)[0])
    with Store(url_of(tmp_path / "qa.db")) as store, store.begin():
        scored = []
        for day in range(14):
            for team in TEAMS:
                for number in range(10):
                    fails = number < (8 if day >= 10 and team == "二组" else 1)
                    call, contact, card = judged[NOT_GREETED if fails else GREETED]
                    name = f"{day:02}-{team}-{number}"
                    moment = FIRST + timedelta(days=day)
                    known = replace(contact, call_id=name, team=team, started_at=moment)
                    store.put_contact(known, call)
                    scored.append((known, call, card))
        store.put_scorecards(scored)
        yield store


def test_what_many_talk_of_at_once_is_one_topic_told_once(tmp_path: Path) -> None:
    rules = load_rules(write_rules(tmp_path / "rules"))
    with Store(url_of(tmp_path / "qa.db")) as store, store.begin():
        scored = []
        for about in ("查一下余额", "外币兑换要怎么办"):
            call, contact = read_dialogue(GREETED + f"\n客户: {about}")
            call = replace(call, recording=replace(call.recording, id=about))
            store.put_call(call)
            card = score(call, contact, rules)[0]
            for day in range(13):
                for number in range(20):
                    if (day >= 10 and number < 12) == (about != "查一下余额"):
                        moment = FIRST + timedelta(days=day)
                        name = f"{day:02}-{number}"
                        known = replace(contact, call_id=name, team="一组", started_at=moment)
                        store.put_contact(known, call)
                        scored.append((known, call, card))
        store.put_scorecards(scored)
        raised = {
            day: [one.topic for one in found]
            for day in range(13)
            if (found := Alerts(store).look(RISING, FIRST + timedelta(days=day + 1)))
        }
    ((day, (topic,)),) = raised.items()
    assert day == 10
    assert {"外币", "兑换"} <= set(topic.split("、"))


def looked(store: Store, days: int) -> dict[int, list[tuple[str, str]]]:
    """What is alerted on the morning after each day."""
    found = {}
    for day in range(days):
        raised = Alerts(store).look(RISING, FIRST + timedelta(days=day + 1))
        if raised:
            found[day] = [(one.rule_id, one.team) for one in raised]
    return found


def test_a_rise_is_alerted_on_its_first_day_for_its_team_and_once(month: Store) -> None:
    assert looked(month, 14) == {10: [("greeting", "二组")]}
    (one,) = Alerts(month).chosen()
    assert (one.hits, one.count, one.usual_hits, one.usual_count) == (8, 10, 10, 100)
    assert one.ended is None
