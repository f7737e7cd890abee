"""A window on a rule file: what is typed is kept, and no window overwrites another unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.service import Service, open_service
from api.workbench.desk import open_desk
from api.workbench.rule_views import STATUS_NAMES, completion, growth
from autoqa.errors import UsageError
from autoqa.rulebook.form import changed
from autoqa.scoring.rule import Status
from autoqa.scoring.source import parse
from autoqa.types import Caller, Scope
from tests.api.conftest import settings_in
from tests.rulebook.stores import RULES, write_rules

WANG = Caller("王芳", frozenset({Scope.READ, Scope.RULES}))
LI = Caller("李强", frozenset({Scope.READ, Scope.RULES}))
NEXT = RULES.replace("greeting: 10", "greeting: 20")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = open_service(settings_in(tmp_path), write_rules(tmp_path / "rules"))
    yield opened
    opened.close()


def test_what_was_typed_is_there_after_a_restart(tmp_path: Path, service: Service) -> None:
    open_desk(service, WANG, "rules.yaml", "").keep(NEXT)
    service.close()
    again = open_service(settings_in(tmp_path), tmp_path / "rules")
    desk = open_desk(again, WANG, "", "rules:no-promise")
    assert (desk.text, desk.is_changed, desk.has_moved) == (NEXT, True, False)
    assert desk.entry is not None
    assert desk.entry.name == "不承诺收益"
    assert not open_desk(again, LI, "", "").is_changed
    again.close()


def test_the_older_window_is_told(service: Service) -> None:
    first, second = (open_desk(service, WANG, "", "") for _ in range(2))
    second.keep(NEXT)
    with pytest.raises(UsageError):
        first.keep(RULES + "# 另一个窗口\n")
    assert open_desk(service, WANG, "", "").text == NEXT


def test_two_people_see_each_other_and_keep_their_own(service: Service) -> None:
    hers, his = open_desk(service, WANG, "", ""), open_desk(service, LI, "", "")
    hers.keep(NEXT)
    his.keep(RULES + "# 李强\n")
    assert [one.person for one in his.others()] == ["王芳"]
    assert open_desk(service, WANG, "", "").text == NEXT
    his.discard()
    assert hers.others() == []


def test_a_draft_on_rules_that_changed_meanwhile_says_so(tmp_path: Path, service: Service) -> None:
    open_desk(service, WANG, "", "").keep(NEXT)
    (tmp_path / "rules" / "rules.yaml").write_text(RULES + "# 新版\n", "utf-8")
    desk = open_desk(service, WANG, "", "")
    assert desk.has_moved
    desk.rebase()
    assert not open_desk(service, WANG, "", "").has_moved


def test_line_ends_of_windows_stay(tmp_path: Path, service: Service) -> None:
    windows = RULES.replace("\n", "\r\n")
    (tmp_path / "rules" / "rules.yaml").write_bytes(windows.encode())
    desk = open_desk(service, WANG, "", "")
    desk.keep(RULES)
    assert not desk.is_changed
    desk.keep(NEXT)
    assert desk.text == NEXT.replace("\n", "\r\n")


@pytest.mark.parametrize("file", ["../x.yaml", "/etc/passwd", "nowhere.yaml", "x"])
def test_only_rule_files_are_opened(service: Service, file: str) -> None:
    with pytest.raises(UsageError):
        open_desk(service, WANG, file, "")


def test_half_a_line_does_not_empty_the_tree(service: Service) -> None:
    desk = open_desk(service, WANG, "", "rules:greeting")
    desk.keep(RULES + "  wi")
    assert parse("", desk.text.encode()).data is None
    assert [one.key for one in desk.entries][:2] == ["greeting", "no-promise"]


def test_new_rules_are_drafts_with_names_of_their_own(service: Service) -> None:
    desk = open_desk(service, WANG, "", "rules:greeting")
    text = changed(desk.text, growth(desk, "rules", "fee-told", "说明年费"))
    desk.keep(text)
    desk.item = "rules", "fee-told"
    assert desk.entry is not None
    assert desk.entry.status == "draft"
    for key in ("", "greeting", "年费", "A b", "fee-told"):
        with pytest.raises(UsageError):
            growth(desk, "rules", key, "x")
    desk.keep(changed(desk.text, growth(desk, "gone", "", "")))
    assert desk.entry is None


def test_completion_knows_the_names_of_all_files() -> None:
    found = completion({"a.yaml": RULES, "b.yaml": "phrases:\n  fee: [年费]\n"})
    assert found["names"]["phrases"] == ["fee", "greeting", "promise"]
    assert "$defs" in found["schema"]


def test_every_status_of_a_rule_has_a_name_on_the_page() -> None:
    assert set(STATUS_NAMES) == set(Status)
