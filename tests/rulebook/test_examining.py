"""What stands in rule files that are being edited, and what their examples say meanwhile."""

from __future__ import annotations

from autoqa.rulebook.drafting import faults_of_texts
from autoqa.rulebook.examining import tried_examples
from autoqa.rulebook.outline import entries, outline, points
from tests.rulebook.stores import RULES

FILE = "rules.yaml"


def test_the_tree_lists_what_stands_where() -> None:
    found = outline({FILE: RULES})[FILE]
    listed = [(one.kind, one.key, one.name, one.count) for one in found]
    assert listed == [
        ("rules", "greeting", "开头问候", 0),
        ("rules", "no-promise", "不承诺收益", 0),
        ("phrases", "greeting", "greeting", 1),
        ("phrases", "promise", "promise", 1),
        ("forms", "form", "质检表", 2),
    ]
    lines = RULES.splitlines()
    for one in found:
        assert one.key in lines[one.line - 1] or one.key in lines[one.line]
        assert one.line <= one.last_line <= len(lines)
    assert points({FILE: RULES}) == {"greeting": ("10",), "no-promise": ("5",)}


def test_the_tree_lists_sentences_knowledge_and_alerts() -> None:
    text = (
        "sentences:\n  rude:\n    is: |\n      你自己看\n    is_not: |\n      您看\n      您瞧\n"
        "ordinary: |\n  您好\nknowledge:\n  - id: fee\nalerts:\n  - {id: fatal, name: 一票否决}\n"
    )
    found = [(one.kind, one.key, one.name, one.line, one.count) for one in entries("a.yaml", text)]
    assert found == [
        ("sentences", "rude", "rude", 2, 3),
        ("sentences", "ordinary", "ordinary", 8, 1),
        ("knowledge", "fee", "fee", 11, 0),
        ("alerts", "fatal", "一票否决", 13, 0),
    ]
    assert entries("a.yaml", "sentences: [x]\nordinary: [x]\nalerts: {}\nknowledge: 3\n") == ()


def test_the_tree_of_what_is_half_typed_is_what_can_be_read() -> None:
    assert entries("a.yaml", "") == ()
    assert entries("a.yaml", "rules: [") == ()
    assert entries("a.yaml", "rules: 3\nphrases: [x]\nforms: {}\nconditions:\n") == ()
    (one,) = entries("a.yaml", "rules:\n  - status: 啥\n")
    assert (one.key, one.status) == ("", None)


def test_examples_of_a_rule_run_while_it_is_edited() -> None:
    good = tried_examples({FILE: RULES}, "rules", "greeting")
    assert [one.fault for one in good] == [None, None]
    wrong = RULES.replace("[很高兴为您服务]", "[请多关照]")
    first, second = tried_examples({FILE: wrong}, "rules", "greeting")
    assert first.fault is not None
    assert first.fault.notes
    assert second.fault is None
    of_set = tried_examples({FILE: wrong}, "phrases", "greeting")
    assert {one.rule_id for one in of_set} == {"greeting"}
    assert tried_examples({FILE: RULES}, "rules", "nowhere") == ()


def test_with_faults_examples_wait() -> None:
    broken = RULES.replace("says: greeting", "says: greting")
    assert [one.file for one in faults_of_texts({FILE: broken}) if one.severity == "error"] == [
        FILE
    ]
    assert tried_examples({FILE: broken}, "rules", "greeting") == ()
