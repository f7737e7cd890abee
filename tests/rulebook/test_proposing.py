"""What one person drafts another approves; nobody's work is overwritten on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.errors import UsageError
from autoqa.rulebook.drafting import as_written, edited, faults_of_texts, known_name, texts_of
from autoqa.rulebook.folder import rule_files
from autoqa.rulebook.proposing import (
    approve,
    edits_back,
    find_proposal,
    pending,
    propose,
    redraft,
    return_proposal,
    withdraw,
)
from autoqa.rulebook.publications import publications
from autoqa.scoring.faults import RuleError
from autoqa.store import Database, Drafts, Edit, ProposalState, store_url
from tests.databases import url_of
from tests.rulebook.stores import RULES, write_rules

pytestmark = pytest.mark.usefixtures("on_both")

FILE = "rules.yaml"
NEXT = RULES.replace("greeting: 10", "greeting: 20")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return url_of(tmp_path / "qa.db")


@pytest.fixture
def database(store: str) -> Iterator[Database]:
    with Database(store_url(store)) as opened:
        yield opened


def draft(database: Database, text: str | None, person: str = "王芳", file: str = FILE) -> None:
    Drafts(database).keep(person, file, Edit(RULES if file == FILE else None, text), None)


def proposed(rules: Path, database: Database, text: str | None = NEXT) -> int:
    draft(database, text)
    return propose(rules, database, person="王芳", author="王芳", reason="加分").id


def test_approved_by_another_it_is_published_and_in_force(
    rules: Path, database: Database, store: str
) -> None:
    draft(database, "columns: [渠道]\n", file="deep/more.yaml")
    made = approve(rules, database, store, proposed(rules, database), approver="李强")
    assert texts_of(rules) == {FILE: NEXT, "deep/more.yaml": "columns: [渠道]\n"}
    (ledger,) = publications(store)
    assert ledger == made
    assert (ledger.author, ledger.approver, ledger.reason) == ("王芳", "李强", "加分")
    assert ledger.files == rule_files(rules)
    assert find_proposal(database, 1).state is ProposalState.APPROVED
    assert pending(rules, database, "王芳") == {}


def test_nobody_approves_his_own(rules: Path, database: Database, store: str) -> None:
    made = proposed(rules, database)
    for name in ("王芳", " 王 芳", ""):
        with pytest.raises(UsageError):
            approve(rules, database, store, made, approver=name)
    assert texts_of(rules) == {FILE: RULES}
    assert publications(store) == []


def test_without_a_change_or_a_reason_there_is_nothing_to_propose(
    rules: Path, database: Database
) -> None:
    draft(database, RULES)
    with pytest.raises(UsageError):
        propose(rules, database, person="王芳", author="王芳", reason="为什么")
    draft(database, NEXT)
    for author, reason in (("", "为什么"), ("王芳", " ")):
        with pytest.raises(UsageError):
            propose(rules, database, person="王芳", author=author, reason=reason)
    assert set(pending(rules, database, "王芳")) == {FILE}


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(
    rules: Path, database: Database, store: str
) -> None:
    made = proposed(rules, database)
    (rules / FILE).write_text(RULES + "# 别人改过\n", "utf-8")
    with pytest.raises(UsageError):
        approve(rules, database, store, made, approver="李强")
    assert (rules / FILE).read_text("utf-8").endswith("# 别人改过\n")


def test_rules_with_faults_never_come_into_force(
    rules: Path, database: Database, store: str
) -> None:
    made = proposed(rules, database, RULES.replace("does_not_say", "does_not_sya"))
    with pytest.raises(RuleError):
        approve(rules, database, store, made, approver="李强")
    assert texts_of(rules) == {FILE: RULES}
    assert find_proposal(database, made).state is ProposalState.OPEN


def test_approving_again_finishes_what_was_interrupted(
    rules: Path, database: Database, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(rules, database)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("autoqa.rulebook.proposing.write_whole", broken)
        with pytest.raises(OSError, match="disk full"):
            approve(rules, database, store, made, approver="李强")
    approve(rules, database, store, made, approver="李强")
    assert texts_of(rules) == {FILE: NEXT}
    assert len(publications(store)) == 1


def test_returned_with_a_remark_it_can_be_taken_up_again(rules: Path, database: Database) -> None:
    made = proposed(rules, database)
    with pytest.raises(UsageError):
        return_proposal(database, made, by="李强", remark="")
    return_proposal(database, made, by="李强", remark="分值太高")
    back = find_proposal(database, made)
    assert (back.state, back.remark) == (ProposalState.RETURNED, "分值太高")
    redraft(database, "王芳", dict(back.edits))
    assert pending(rules, database, "王芳") == {FILE: Edit(RULES, NEXT)}


def test_only_its_author_withdraws_it(rules: Path, database: Database, store: str) -> None:
    made = proposed(rules, database)
    with pytest.raises(UsageError):
        withdraw(database, made, by="李强")
    withdraw(database, made, by="王芳")
    with pytest.raises(UsageError):
        approve(rules, database, store, made, approver="李强")


def test_an_older_version_comes_back_as_a_draft(
    rules: Path, database: Database, store: str
) -> None:
    draft(database, "columns: [渠道]\n", file="more.yaml")
    approve(rules, database, store, proposed(rules, database), approver="李强")
    draft(database, None, file="more.yaml")
    Drafts(database).keep("李强", "more.yaml", Edit("columns: [渠道]\n", None), None)
    again = propose(rules, database, person="李强", author="李强", reason="不要了")
    approve(rules, database, store, again.id, approver="王芳")
    assert set(texts_of(rules)) == {FILE}
    assert edits_back(rules, publications(store)[0]) == {
        "more.yaml": Edit(None, "columns: [渠道]\n")
    }


@pytest.mark.parametrize(
    "name", ["../a.yaml", "/a.yaml", "a.txt", ".a.yaml", "", "a\n.yaml", "b\\..\\a.yaml", "C:a.yml"]
)
def test_names_that_lead_elsewhere_are_none(name: str) -> None:
    with pytest.raises(UsageError):
        known_name(name)
    with pytest.raises(UsageError):
        faults_of_texts({name: RULES})


def test_texts_keep_their_line_ends_and_edits_their_files() -> None:
    assert as_written("a\nb\n", "x\r\n") == "a\r\nb\r\n"
    assert as_written("a\r\nb\n", "x\n") == "a\nb\n"
    assert as_written("a\n", None) == "a\n"
    texts = {"a.yaml": "1", "b.yaml": "2"}
    edits = {"a.yaml": Edit("1", None), "c.yaml": Edit(None, "3")}
    assert edited(texts, edits) == {"b.yaml": "2", "c.yaml": "3"}
