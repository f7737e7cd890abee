"""``autoqa rules suggest``: what the phrases miss, and which of them are of no use."""

from __future__ import annotations

from pathlib import Path

from autoqa.rulebook.past_calls import PastCalls
from autoqa.rulebook.rulebook import of_folder
from autoqa.rulebook.suggesting import Suggestions, suggest, told
from tests.rulebook.stores import RULES, fill, write_rules

CALLS = {
    "polite": "坐席 0.0-2.5 您好，很高兴为您服务。\n客户 3.0-5.0 我想查一下账单。",
    "near": "坐席 0.0-2.5 喂，很乐意为您服务啊。\n客户 3.0-5.0 我想查一下账单。",
    "nearer": "坐席 0.0-2.5 很乐意为您服务。\n客户 3.0-5.0 我想查一下账单。",
    "customer": "坐席 0.0-2.5 什么事，快点说。\n客户 3.0-5.0 你们不是很高兴为您服务吗？",
    "far": "坐席 0.0-2.5 卡号报一下。\n客户 3.0-5.0 我想查一下账单。",
    "other": "坐席 0.0-2.5 请您稍等，马上为您服务。\n客户 3.0-5.0 我想查一下账单。",
}
WITH_OTHERS = RULES.replace("promise: [", "wait: [请您稍等马上为您服务]\n  promise: [") + ""


def found(tmp_path: Path, text: str = RULES, rule: str = "") -> Suggestions:
    rules = write_rules(tmp_path / "rules", text)
    results = fill(tmp_path / "qa", rules, CALLS)
    return suggest(of_folder(rules), PastCalls(str(results)), rule)


def test_near_misses_are_grouped_and_say_where_to_hear_them(tmp_path: Path) -> None:
    groups = found(tmp_path).groups["greeting"]
    first = groups[0]
    assert (first.best.text, first.best.phrase) == ("很乐意为您服务", "很高兴为您服务")
    assert {miss.file for miss in first.misses} == {"near.wav", "nearer.wav"}
    assert first.calls == 2


def test_only_the_party_whose_duty_it_is_counts(tmp_path: Path) -> None:
    files = {m.file for group in found(tmp_path).groups["greeting"] for m in group.misses}
    assert not files & {"customer.wav", "far.wav", "polite.wav"}


def test_what_another_set_says_is_no_near_miss(tmp_path: Path) -> None:
    files = {
        miss.file
        for group in found(tmp_path, WITH_OTHERS).groups["greeting"]
        for miss in group.misses
    }
    assert "other.wav" not in files


def test_phrases_that_were_never_found_are_listed(tmp_path: Path) -> None:
    assert found(tmp_path).unused == {"promise": ("保证收益",)}
    assert found(tmp_path, rule="greeting").unused == {}


def test_phrases_of_recordings_are_listed(tmp_path: Path) -> None:
    recording = (
        "录音 0.0-5.0 您好，欢迎致电某某银行，很高兴为您服务，普通话服务请按一。\n按键 5.5-5.6 1\n"
        "坐席 8.0-10.5 什么事，快点说。\n客户 11.0-13.0 我想查一下账单。"
    )
    rules = write_rules(tmp_path / "rules")
    calls = {f"{number}": f"{recording}{number}" for number in range(3)}
    results = fill(tmp_path / "qa", rules, calls)
    prompted = suggest(of_folder(rules), PastCalls(str(results))).prompted
    assert prompted == (("greeting", "很高兴为您服务", 3, 3),)


def test_the_terminal_shows_lines_to_paste_and_where(tmp_path: Path) -> None:
    rulebook = of_folder(write_rules(tmp_path / "rules"))
    lines = list(told(found(tmp_path), rulebook))
    assert "      - 很乐意为您服务" in lines
    assert any("near.wav 0:00" in line for line in lines)
    assert any(line.startswith("  # greeting  rules.yaml:") for line in lines)
    assert "    - 保证收益" in lines
