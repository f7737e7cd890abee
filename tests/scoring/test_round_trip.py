"""What a rule file says, written again, says the same."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from autoqa.scoring.documents import RuleFile, plain
from autoqa.scoring.load import load_rules
from autoqa.scoring.source import parse
from autoqa.scoring.vocabulary import duration_ms, duration_text
from tests.scoring.packs import RETAIL_BANK

MANUAL = Path(__file__).parents[2] / "docs" / "manual.zh-CN.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
FILES = [path.read_text("utf-8") for path in sorted(RETAIL_BANK.rglob("*.yaml"))] + BLOCKS


def read(text: str) -> RuleFile:
    tree = parse("file.yaml", text.encode())
    assert not [fault for fault in tree.faults if fault.severity == "error"]
    return RuleFile.model_validate(tree.data)


def written(document: RuleFile) -> str:
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(plain(document), text)
    return text.getvalue()


@pytest.mark.parametrize("text", FILES)
def test_a_file_written_again_reads_the_same(text: str) -> None:
    document = read(text)
    again = read(written(document))
    assert again == document
    assert written(again) == written(document)


def test_a_folder_written_again_has_the_same_version(tmp_path: Path) -> None:
    for path in RETAIL_BANK.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(RETAIL_BANK)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(written(read(path.read_text("utf-8"))), "utf-8")
    first, again = load_rules(RETAIL_BANK), load_rules(tmp_path)
    assert again.version == first.version
    assert again.phrases == first.phrases
    assert again.forms == first.forms
    assert [rule.conditions() for rule in again.rules] == [
        rule.conditions() for rule in first.rules
    ]


def test_what_is_said_anyway_is_the_same_version(tmp_path: Path) -> None:
    for path in RETAIL_BANK.rglob("*.yaml"):
        text = path.read_text("utf-8").replace(
            "says: offer_help", "says: offer_help\n      times: 1"
        )
        again = tmp_path / path.relative_to(RETAIL_BANK)
        again.parent.mkdir(exist_ok=True)
        again.write_text(text, "utf-8")
    assert load_rules(tmp_path).version == load_rules(RETAIL_BANK).version


@given(st.integers(0, 24 * 3_600_000))
def test_a_duration_written_again_is_the_same(milliseconds: int) -> None:
    assert duration_ms(duration_text(milliseconds)) == milliseconds


# ---------------------------------------------------------------- any rule

durations = st.integers(1, 600_000).map(duration_text)
counts = st.integers(1, 9)
names = st.sampled_from(["greeting", "closing", "告知年费"])
parties = st.sampled_from(["坐席", "客户", "agent", "customer"])
percents = st.integers(60, 100).map(lambda number: f"{number}%")


def options(**some: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these keys."""
    return st.fixed_dictionaries({}, optional=some)


def limits(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.sampled_from(["at_least", "at_most", "more_than"])
    return st.dictionaries(bounds, values, min_size=1, max_size=1)


anchors = st.one_of(
    st.builds(lambda name, more: {"says": name, **more}, names, options(role=parties, nth=counts)),
    st.builds(
        lambda kind, more: {"event": kind, **more},
        st.sampled_from(["持线", "hold", "播报"]),
        options(nth=st.sampled_from([1, "最后"]), lasting=limits(durations)),
    ),
    parties.map(lambda role: {"speaks": role}),
    st.just({"condition": "named"}),
)
places = st.one_of(
    st.just({}),
    options(within_first=durations, within_first_turns=counts),
    percents.map(lambda share: {"within_last": share}),
    st.builds(
        lambda where, anchor, more: {where: anchor, **more},
        st.sampled_from(["before", "after", "near"]),
        anchors,
        options(within=durations, within_turns=counts),
    ),
    anchors.map(lambda anchor: {"during": anchor}),
)
simple = st.one_of(
    st.builds(lambda name, place: {"says": name, **place}, names, places),
    st.builds(
        lambda some, role: {"says_all": some, "role": role}, st.lists(names, min_size=1), parties
    ),
    st.builds(lambda name, place: {"does_not_say": name, **place}, names, places),
    st.builds(
        lambda limit, place: {"event": "持线", **limit, **place},
        st.sampled_from([{"count": {"at_most": 2}}, {"longest": {"at_most": "1分30秒"}}]),
        places,
    ),
    st.builds(lambda place: {"no_event": "dead_air", "where": {"原因": "打字"}, **place}, places),
    st.builds(lambda role, alike: {"repeats": role, "similarity": alike}, parties, percents),
    limits(durations).map(lambda limit: {"answer_time": limit}),
    limits(durations).map(lambda limit: {"answer_delay": limit, "each": "是"}),
    limits(st.integers(-60, 0)).map(lambda limit: {"loudness": limit}),
    st.just({"metadata": {"呼叫方向": "呼出", "技能组": ["*催收*"]}}),
    st.just({"call_time": {"from": "08:00", "until": "21:00"}}),
    st.just({"call_ends": ["客户先挂", "in_hold"]}),
    st.just({"recording_cut": "开头"}),
    st.just({"condition": "named"}),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: {"some": some, "at_least": 1}),
        inner.map(lambda one: {"not": one}),
        st.builds(
            lambda case, inner: {"for_each": case, "require": inner},
            anchors.filter(lambda anchor: "speaks" not in anchor),
            inner,
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(conditions, st.none() | conditions)
def test_any_rule_written_again_reads_the_same(
    passes: dict[str, Any], applies: dict[str, Any] | None
) -> None:
    rule = {"id": "any", "name": "规则", "passes_if": passes}
    if applies is not None:
        rule["applies_if"] = applies
    document = RuleFile.model_validate({"rules": [rule], "conditions": {"named": passes}})
    again = read(written(document))
    assert again == document
    assert written(again) == written(document)
