"""What the bench of rescoring measures is what it says."""

from __future__ import annotations

from pathlib import Path

from bench.heard_lines import lines
from bench.made_calls import CHARACTERS, made_call
from bench.made_rules import made_rules


def test_so_many_rules_are_made_and_read(tmp_path: Path) -> None:
    rule_set = made_rules(40, tmp_path)
    assert len(rule_set.rules) == len(rule_set.phrases) == 40


def test_calls_are_long_enough_and_no_two_alike() -> None:
    texts = ["".join(one.text for one in made_call(number)[0].utterances) for number in range(3)]
    assert min(map(len, texts)) >= CHARACTERS
    assert len(set(texts)) == 3
    assert made_call(1) == made_call(1)


def test_what_was_heard_belongs_to_what_was_said_on_its_line_at_its_time() -> None:
    truth = {
        "channel_roles": ["agent", "customer"],
        "turns": [
            {"role": "agent", "start_ms": 0, "end_ms": 1000, "text": "请您稍等。"},
            {"role": "customer", "start_ms": 500, "end_ms": 1500, "text": "好的。"},
            {"role": "agent", "start_ms": 2000, "end_ms": 3000, "text": "没有写下来。"},
        ],
        "phrases": [{"phrase": "hold_request", "role": "agent", "start_ms": 0, "end_ms": 1000}],
    }
    call = {
        "utterances": [
            {"channel": 1, "start_ms": 450, "end_ms": 1400, "text": "好的"},
            {"channel": 0, "start_ms": 100, "end_ms": 900, "text": "请您少等"},
        ]
    }
    found = [(one["role"], one["text"], one["classes"]) for one in lines(truth, call, "x", "clean")]
    assert found == [("agent", "请您少等", ["hold_request"]), ("customer", "好的", [])]
