"""``autoqa rules questions``: what customers ask that the knowledge has no entry for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from autoqa.cli import app as command
from autoqa.errors import UsageError
from autoqa.rulebook.asking import Questions, questions
from autoqa.rulebook.past_calls import PastCalls
from autoqa.scoring.load import load_rules
from tests.rulebook.stores import RULES, fill, write_rules

KNOWLEDGE = """
knowledge:
  - id: sms-fee
    name: 短信提醒收费
    words: [短信提醒, "多少钱|收费"]
    questions: [短信提醒一个月多少钱, 短信提醒怎么收费]
    answer: 每月三元。
    facts: [{name: 月费, value: 3元, about: "每月|短信"}]
  - id: gold-fee
    name: 金卡年费
    words: [金卡, 年费]
    questions: [金卡年费是多少, 金卡收不收年费]
    answer: 每年三百元。
    facts: [{name: 年费, value: 300元, about: "每年|年费"}]
"""
CALLS = {
    "known": "客户 0.0-2.0 短信提醒一个月多少钱？\n坐席 2.5-4.0 每月三元。",
    "one": "客户 0.0-2.0 社保卡到期了怎么换新的？\n坐席 2.5-4.0 我查一下，请稍等。\n"
    "音乐 4.2-34.2\n坐席 34.5-36.0 去网点换。",
    "two": "客户 0.0-2.0 你好，我社保卡到期怎么换新的呀？\n坐席 2.5-4.0 去网点换。",
    "misheard": "客户 0.0-2.0 社包卡到期了怎么换新的？\n坐席 2.5-4.0 去网点换。",
    "near": "客户 0.0-2.0 手机上的短信提醒怎么关掉？\n坐席 2.5-4.0 回复TD。",
    "talk": "客户 0.0-2.0 喂，听得到吗？\n坐席 2.5-4.0 你想问什么业务？\n客户 4.5-6.0 是吗？",
    "agent": "坐席 0.0-2.0 您的社保卡到期了怎么不换新的？\n客户 2.5-4.0 嗯。",
    "private": "客户 0.0-4.0 我的手机号一三八零零一三八零零零能不能换成别的号码？",
}


def _rules(folder: Path) -> Path:
    return write_rules(folder / "rules", RULES + KNOWLEDGE)


def _found(folder: Path, calls: dict[str, str] = CALLS, **options: object) -> Questions:
    rules = _rules(folder)
    past = PastCalls(str(fill(folder / "qa", rules, calls)))
    return questions(load_rules(rules), past, **options)  # type: ignore[arg-type]


def test_questions_without_an_entry_are_told_the_commonest_first(tmp_path: Path) -> None:
    found = _found(tmp_path)
    assert (found.calls, found.known, found.left_out) == (len(CALLS), 1, 0)
    first = found.groups[0]
    assert {one.file for one in first.asked} == {"one.wav", "two.wav", "misheard.wav"}
    assert first.calls == 3
    assert first.away_ms == 10_167
    assert sum(len(group.asked) for group in found.groups) == 5  # neither small talk nor agents


def test_the_nearest_entry_is_named(tmp_path: Path) -> None:
    near = {group.text: group.near and group.near.id for group in _found(tmp_path).groups}
    assert near["手机上的短信提醒怎么关掉？"] == "sms-fee"
    assert near["社保卡到期了怎么换新的？"] is None


def test_personal_data_is_masked(tmp_path: Path) -> None:
    told = [one.text for group in _found(tmp_path).groups for one in group.asked]
    assert any("〔电话〕" in text for text in told)
    assert not any("一三八" in text for text in told)


def test_the_order_of_calls_changes_nothing(tmp_path: Path) -> None:
    turned = dict(reversed(CALLS.items()))
    assert _found(tmp_path / "a").groups == _found(tmp_path / "b", turned).groups


class _Topics:
    """A model to which whatever has one of these words means the same."""

    words = ("到期", "过期", "短信", "年费")

    def vectors(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        rows = [[word in one for word in self.words] + [0.1] for one in sentences]
        made = np.array(rows, np.float32)
        made[:, 1] += made[:, 0]
        made[:, 0] = 0
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


def test_with_a_model_what_means_alike_is_together(tmp_path: Path) -> None:
    calls = {
        "one": "客户 0.0-2.0 社保卡到期了怎么办理？",
        "two": "客户 0.0-2.0 我这张医保的卡好像过期了还能不能使？",
        "three": "客户 0.0-2.0 金色那种的年费你们是怎么扣的？",
    }
    found = _found(tmp_path, calls, model=_Topics())
    assert [group.calls for group in found.groups] == [2, 1]
    assert [group.near and group.near.id for group in found.groups] == [None, "gold-fee"]


def test_without_calls_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        _found(tmp_path, {})


def test_the_command_tells_what_to_write(tmp_path: Path) -> None:
    rules = _rules(tmp_path)
    results = fill(tmp_path / "qa", rules, CALLS)
    arguments = ["rules", "questions", "--rules", str(rules), "--on", str(results)]
    told = CliRunner().invoke(command, arguments)
    assert told.exit_code == 0, told.output
    assert told.output.startswith("8 通电话：客户问到知识库里有的问题 1 次，没有的 5 次")
    assert "1. 3 通，平均让客户等 10 秒：社保卡到期了怎么换新的？" in told.output
    refused = CliRunner().invoke(command, [*arguments, "--meaning", str(tmp_path)])
    assert refused.exit_code == 2
    assert "model.onnx" in refused.stderr
