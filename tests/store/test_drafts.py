"""Drafts outlive the process, and no window overwrites another unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.errors import UsageError
from autoqa.store import Database, Drafts, Edit, Proposals, ProposalState
from tests.databases import url_of


@pytest.fixture
def url(tmp_path: Path) -> str:
    return url_of(tmp_path / "autoqa.db")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as opened:
        yield opened


def test_a_draft_is_there_after_a_restart(url: str, database: Database) -> None:
    kept = Drafts(database).keep("王芳", "礼仪/a.yaml", Edit("rules: []\r\n", "rules: # 改\r\n"), 0)
    database.close()
    with Database(url) as again:
        assert Drafts(again).of("王芳") == {"礼仪/a.yaml": kept}
        assert Drafts(again).of("李强") == {}


def test_the_older_of_two_windows_is_told_and_overwrites_nothing(database: Database) -> None:
    drafts = Drafts(database)
    first = drafts.keep("王芳", "a.yaml", Edit("1", "2"), 0)
    second = drafts.keep("王芳", "a.yaml", Edit("1", "3"), first.revision)
    for stale in (0, first.revision):
        with pytest.raises(UsageError):
            drafts.keep("王芳", "a.yaml", Edit("1", "4"), stale)
    assert drafts.of("王芳")["a.yaml"] == second
    assert drafts.keep("王芳", "a.yaml", Edit("1", None), None).edit.after is None


def test_others_are_seen_and_stay_when_mine_are_dropped(database: Database) -> None:
    drafts = Drafts(database)
    for person in ("王芳", "李强", "赵敏"):
        drafts.keep(person, "a.yaml", Edit(None, person), 0)
        drafts.keep(person, "b.yaml", Edit(None, person), 0)
    assert [one.person for one in drafts.others("王芳", "a.yaml")] == ["赵敏", "李强"]
    drafts.drop("王芳", "a.yaml")
    assert set(drafts.of("王芳")) == {"b.yaml"}
    drafts.drop("王芳")
    assert drafts.of("王芳") == {}
    assert set(drafts.of("李强")) == {"a.yaml", "b.yaml"}


def test_a_proposal_is_decided_once(database: Database) -> None:
    proposals = Proposals(database)
    made = proposals.add("王芳", "新规", {"a.yaml": Edit(None, "rules: []\n")})
    other = proposals.add("李强", "错字", {})
    assert proposals.find(made.id) == made
    assert proposals.find(99) is None
    assert [one.id for one in proposals.all()] == [other.id, made.id]
    assert proposals.decide(made.id, ProposalState.RETURNED, "李强", "分值不对")
    assert not proposals.decide(made.id, ProposalState.APPROVED, "赵敏")
    found = proposals.find(made.id)
    assert found is not None
    assert (found.state, found.decided_by, found.remark) == ("returned", "李强", "分值不对")
    assert proposals.all(ProposalState.OPEN) == [other]
    assert proposals.count(ProposalState.OPEN) == 1
