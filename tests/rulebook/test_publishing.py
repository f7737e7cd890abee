"""Publishing needs two people, sound rules and a reason, and nothing published is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autoqa.cli import app
from autoqa.errors import UsageError
from autoqa.rulebook.folder import rule_files
from autoqa.rulebook.publications import publications
from autoqa.rulebook.publishing import publish, restore
from autoqa.rulebook.rulebook import open_rulebook
from autoqa.scoring.faults import RuleError
from tests.databases import url_of
from tests.rulebook.stores import RULES, write_rules

pytestmark = pytest.mark.usefixtures("on_both")

NEXT = RULES.replace("greeting: 10", "greeting: 20")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return url_of(tmp_path / "qa.db")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


def run(*options: object) -> Result:
    return CliRunner().invoke(app, ["rules", *map(str, options)])


def test_published_by_two_listed_and_restored_byte_for_byte(
    tmp_path: Path, rules: Path, store: str
) -> None:
    (rules / "deep").mkdir()
    (rules / "deep" / "more.yaml").write_bytes("# 注释\r\ncolumns: [渠道]\r\n".encode("gb18030"))
    names = ["--author", "王芳", "--approved-by", "李强", "--reason", "新规上线"]
    done = run("publish", rules, "--store", store, *names)
    assert done.exit_code == 0, done.stderr
    (made,) = publications(store)
    listed = run("history", "--store", store)
    assert made.version in listed.stdout
    assert "王芳 修改，李强 复核" in listed.stdout
    assert "新规上线" in listed.stdout
    assert run("restore", made.version[:6], tmp_path / "back", "--store", store).exit_code == 0
    assert rule_files(tmp_path / "back") == rule_files(rules)


@pytest.mark.parametrize(
    ("author", "approver", "reason", "told"),
    [
        ("王芳", "王 芳", "原因", "另一个人"),
        ("Wang", "ｗＡＮＧ", "原因", "另一个人"),
        ("王芳", " ", "原因", "谁复核"),
        ("王芳", "李强", " ", "原因"),
    ],
)
def test_one_person_or_no_reason_is_refused(
    rules: Path, store: str, author: str, approver: str, reason: str, told: str
) -> None:
    done = run(
        *("publish", rules, "--store", store, "--author", author),
        *("--approved-by", approver, "--reason", reason),
    )
    assert done.exit_code == 2
    assert told in done.stderr
    assert publications(store) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("passes_if: {says: greeting", "passes_if: {say: greeting"), ("什么事？", "很高兴为您服务。")],
)
def test_faults_and_failing_examples_are_refused(
    tmp_path: Path, store: str, right: str, wrong: str
) -> None:
    folder = write_rules(tmp_path / "rules", RULES.replace(right, wrong))
    with pytest.raises(RuleError) as caught:
        publish(folder, store, author="a", approver="b", reason="c")
    assert caught.value.faults
    assert publications(store) == []


def test_the_same_files_are_not_published_twice_running(rules: Path, store: str) -> None:
    publish(rules, store, author="a", approver="b", reason="first")
    with pytest.raises(UsageError):
        publish(rules, store, author="a", approver="b", reason="again")
    write_rules(rules, NEXT)
    publish(rules, store, author="a", approver="b", reason="next")
    write_rules(rules)
    publish(rules, store, author="b", approver="a", reason="back to the first")
    assert [one.reason for one in publications(store)] == ["first", "next", "back to the first"]


def test_a_published_version_loads_as_its_folder_did(rules: Path, store: str) -> None:
    made = publish(rules, store, author="a", approver="b", reason="c")
    before = open_rulebook(str(rules), store)
    write_rules(rules, NEXT)
    published = open_rulebook(made.version[:8], store)
    assert published.rule_set.version == before.rule_set.version == made.version
    assert published.rule_set == before.rule_set
    assert published.files == before.files


def test_nothing_is_overwritten_and_unknown_versions_are_named(
    tmp_path: Path, rules: Path, store: str
) -> None:
    made = publish(rules, store, author="a", approver="b", reason="c")
    with pytest.raises(UsageError):
        restore(made.version, store, rules)
    for version in ("", "zz"):
        with pytest.raises(UsageError):
            restore(version, store, tmp_path / "new")


def test_a_store_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = run("history", "--store", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "没有数据库" in done.stderr
    assert not (tmp_path / "nowhere").exists()
