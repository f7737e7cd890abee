"""Phrase sets that are learned from sentences: what is said in other words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.i18n import language
from autoqa.scoring.finder import Finder
from autoqa.scoring.learned import Learned
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.rule import PhraseSet, Taught
from autoqa.text import normalise
from tests.scoring.packs import RETAIL_BANK, finding, pack, write_pack

RUDE = [
    who + what
    for who in ("你自己", "这事儿你", "关我什么事你", "爱办不办你")
    for what in ("想办法去吧", "看着弄吧", "找别人问去", "上网查去呀", "慢慢等着吧")
]
KIND = [
    who + what
    for who in ("我来帮您", "麻烦您稍微", "您看我给您", "这边马上替您")
    for what in ("查一下明细", "核实一遍信息", "登记这个问题", "转给专员处理", "看到账没有")
]
SAID = "坐席: 这事儿你找别人问去，爱办不办"
TEXTS = st.text(alphabet="你我您自己想办法查一下登记0123，。 \n𠮷", max_size=120)


def taught(is_: list[str], is_not: list[str], phrases: str = "[死鸭子嘴硬]") -> str:
    lines = ["phrases:", f"  rude: {phrases}", "sentences:", "  rude:", "    is: |"]
    lines += [f"      {one}" for one in is_] + ["    is_not: |"]
    return "\n".join([*lines, *(f"      {one}" for one in is_not)]) + "\n"


@pytest.mark.parametrize(
    ("body", "dialogue", "outcome"),
    [
        # in other words: earns, and never costs
        ("{says: rude}", SAID, "passed"),
        ("{does_not_say: rude}", SAID, "undetermined"),
        ("{not: {says: rude}}", SAID, "undetermined"),
        ("{says: rude}", "坐席: 我来帮您登记这个问题，您看到账没有", "failed"),
        ("{does_not_say: rude}", "坐席: 我来帮您登记这个问题，您看到账没有", "passed"),
        # too short to learn anything of
        ("{does_not_say: rude}", "坐席: 你自己去", "passed"),
        # somebody else's
        ("{does_not_say: rude}", "客户: 这事儿你找别人问去，爱办不办\n坐席: 好的", "passed"),
        # a phrase is a phrase, unless the sentence is like those that only look so
        ("{does_not_say: rude}", "坐席: 死鸭子嘴硬", "failed"),
        (
            "{does_not_say: rude}",
            "坐席: 我来帮您查一下明细，您看这边马上替您登记这个问题。死鸭子嘴硬。",
            "failed",
        ),
        ("{does_not_say: rude}", "坐席: 我来帮您查一下明细，您看死鸭子嘴硬这边马上替您登记这个问题",
         "undetermined"),
    ],
)  # fmt: skip
def test_what_is_learned_earns_and_never_costs(
    tmp_path: Path, body: str, dialogue: str, outcome: str
) -> None:
    (tmp_path / "more.yaml").write_text(taught(RUDE, KIND), "utf-8")
    assert finding(pack(tmp_path, f"passes_if: {body}"), dialogue).outcome.value == outcome


def test_a_set_that_needs_a_number_is_not_said_without_one(tmp_path: Path) -> None:
    of_it = [one.replace("你", "工号八零二六") for one in RUDE]
    (tmp_path / "more.yaml").write_text(taught(of_it, KIND, "['{数字}号']"), "utf-8")
    rules = pack(tmp_path, "passes_if: {says: rude}")
    assert finding(rules, "坐席: 这事儿工号八零二六找别人问去").outcome.value == "passed"
    assert finding(rules, "坐席: 这事儿工号找别人问去，爱办不办").outcome.value == "failed"


def test_a_set_of_regular_expressions_learns_as_well(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(taught(RUDE, KIND, "[{regex: 死鸭子}]"), "utf-8")
    rules = pack(tmp_path, "passes_if: {says: rude}")
    assert finding(rules, SAID).outcome.value == "passed"


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_is_found_may_be_found(texts: list[str]) -> None:
    finder = Finder([PhraseSet("rude", (), (), taught=Taught("rude", tuple(RUDE), tuple(KIND)))])
    may = finder.may_find([normalise(text).text for text in (SAID, *texts)])
    found = finder.find_all([SAID, *texts])
    assert found[0]
    assert all(likely or not hits for likely, hits in zip(may, found, strict=True))


def test_evidence_says_that_the_words_were_others(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(taught(RUDE, KIND), "utf-8")
    found = finding(pack(tmp_path, "passes_if: {says: rude}"), SAID)
    (evidence,) = [one for case in found.occurrences for one in case.evidence]
    assert evidence.how == "learned"
    assert evidence.quote in SAID
    with language("en"):
        assert "in other words" in str(evidence.message)


def test_sentences_change_the_version_and_comments_do_not(tmp_path: Path) -> None:
    write_pack(tmp_path, "passes_if: {says: rude}")
    more = tmp_path / "more.yaml"
    versions = []
    for text in (
        taught(RUDE, KIND),
        taught(RUDE[::-1], KIND) + "# a comment\n",
        taught([*RUDE[1:], "你爱上哪儿告上哪儿告"], KIND),
    ):
        more.write_text(text, "utf-8")
        rules = load_rules(tmp_path)
        versions.append((rules.version, next(one.version for one in rules.rules if one.id == "it")))
    assert versions[0] == versions[1]
    assert versions[0][0] != versions[2][0]
    assert versions[0][1] != versions[2][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (taught(RUDE[:3], KIND), "more.yaml:4:3: “rude” has 3 sentences that are of it and 20"),
        (taught(RUDE, [*KIND, RUDE[4] + "。"]), "more.yaml:47:7: this sentence is said to be of"),
        (taught(RUDE, KIND).replace("\n  rude:\n", "\n  rud:\n"),
         "more.yaml:4:3: there is no phrase set “rud”"),
        (taught(RUDE, KIND) + "    nor: [sory]\n", "there is no phrase set “sory”; did you mean"),
        (taught(["好" * 201, *RUDE], KIND), "is longer than 200 characters; one sentence a line"),
        ("ordinary: 5\n", "more.yaml:1:11: write sentences as text, one a line"),
        ("ordinary: [[a]]\n", "more.yaml:1:11: write sentences as text, one a line"),
        (taught(RUDE, KIND).replace("is_not:", "isnt:"), "“isnt”"),
    ],
)  # fmt: skip
def test_faults_of_sentences_name_their_place(tmp_path: Path, text: str, expected: str) -> None:
    write_pack(tmp_path, "passes_if: {says: sorry}")
    (tmp_path / "more.yaml").write_text(text, "utf-8")
    with language("en"):
        lines = [str(one) for one in check_rules(tmp_path)]
    assert any(expected in line for line in lines), lines


def test_the_shipped_sentences_are_told_as_they_were_taught() -> None:
    """Every third of 31,000: none that only looks so is said so for sure, and of those that are
    said so, one in a hundred may be missed."""
    sets = load_rules(RETAIL_BANK).phrases
    finder = Finder(sets)
    named: list[bool] = []
    for one in sets:
        if one.taught is None:
            continue
        others, own = one.taught.others[::3], one.taught.sentences[::3]
        for hits in finder.find_all(others):
            assert not [
                hit
                for hit in hits
                if (hit.key, hit.how) == (one.name, "learned") and not hit.phrase.perhaps
            ]
        named += [
            any(hit.key == one.name and hit.how != "unlike" for hit in hits)
            for hits in finder.find_all(own)
        ]
    assert sum(named) > 0.99 * len(named) > 900


def test_several_files_may_teach_one_set(tmp_path: Path) -> None:
    write_pack(tmp_path, "passes_if: {says: rude}")
    (tmp_path / "more.yaml").write_text(taught(RUDE[:10], KIND[:10]), "utf-8")
    rest = taught(RUDE[10:], KIND[10:]).split("\n", 2)[2]
    (tmp_path / "rest.yaml").write_text(rest + "ordinary: |\n  您的卡还有两年到期\n", "utf-8")
    learned = load_rules(tmp_path).phrase_set("rude").taught
    assert learned is not None
    assert sorted(learned.sentences) == sorted(RUDE)
    assert set(learned.others) == {*KIND, "您的卡还有两年到期"}


@given(st.permutations(RUDE), st.permutations(KIND), TEXTS)
@settings(max_examples=30, deadline=None)
def test_the_order_of_sentences_never_matters(
    of_it: list[str], others: list[str], text: str
) -> None:
    plain = normalise(text).text
    first = Learned([Taught("rude", tuple(RUDE), tuple(KIND))]).likenesses([plain, RUDE[0]])
    again = Learned([Taught("rude", tuple(of_it), tuple(others))]).likenesses([plain, RUDE[0]])
    assert (first == again).all()


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_else_is_asked_for_never_matters(texts: list[str]) -> None:
    learned = Learned([Taught("rude", tuple(RUDE), tuple(KIND))])
    plain = [normalise(text).text for text in texts]
    together = learned.likenesses(plain)
    assert together.shape == (len(texts), 1)
    for text, values in zip(plain, together, strict=True):
        assert learned.likenesses([text])[0] == pytest.approx(values)
        place = learned.place(text, 0)
        assert place.value == pytest.approx(values[0])
        assert 0 <= place.start <= place.end <= len(text)


def test_what_was_collected_is_like_itself() -> None:
    learned = Learned([Taught("rude", tuple(RUDE), tuple(KIND))])
    assert (learned.likenesses([normalise(one).text for one in RUDE]) > 2).all()
    assert (learned.likenesses([normalise(one).text for one in KIND]) < -2).all()
    assert learned.likenesses(["", "完全无关"]).tolist()[0] == [0.0]
