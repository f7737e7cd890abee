"""A broken file never takes down a running service: the last good version goes on scoring."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autoqa.errors import UsageError
from autoqa.rulebook.keeper import SETTLED_S, RuleKeeper
from autoqa.scoring.faults import RuleError
from tests.rulebook.stores import RULES, write_rules

NEXT = RULES.replace("greeting: 10", "greeting: 20")
BROKEN = RULES.replace("says: greeting", "say: greeting")


class Clock:
    """A time that only the test moves on."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


class Folder:
    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self.clock = path, clock
        self.write(RULES)

    def write(self, text: str) -> None:
        """Saved now, and looked at when it has settled."""
        write_rules(self.path, text)
        os.utime(self.path / "rules.yaml", (self.clock.now_s, self.clock.now_s))
        self.clock.now_s += 2 * SETTLED_S


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "rules", Clock())


@pytest.fixture
def keeper(folder: Folder) -> RuleKeeper:
    return RuleKeeper(folder.path, folder.clock)


def test_an_edit_takes_effect(folder: Folder, keeper: RuleKeeper) -> None:
    first = keeper.rule_set
    assert keeper.rule_set is first
    folder.write(NEXT)
    assert keeper.rule_set.version != first.version
    assert keeper.kept.error is None


@pytest.mark.parametrize("text", [BROKEN, "", "\0", "a: &a [*a, *a]", "rules:\n\t- id: x"])
def test_what_is_broken_does_not(folder: Folder, keeper: RuleKeeper, text: str) -> None:
    first = keeper.rule_set
    folder.write(text)
    assert keeper.rule_set is first
    error = keeper.kept.error
    assert isinstance(error, RuleError)
    assert error.faults
    folder.write(NEXT)
    assert keeper.kept.error is None
    assert keeper.rule_set is not first


def test_a_folder_that_goes_away_is_told_and_the_rules_stay(
    folder: Folder, keeper: RuleKeeper
) -> None:
    first = keeper.rule_set
    shutil.rmtree(folder.path)
    assert keeper.rule_set is first
    assert isinstance(keeper.kept.error, UsageError)


def test_a_file_that_is_being_saved_is_not_read_yet(folder: Folder, keeper: RuleKeeper) -> None:
    first = keeper.rule_set
    folder.write(NEXT)
    folder.clock.now_s -= 2 * SETTLED_S
    assert keeper.rule_set is first
    assert keeper.kept.error is None
    folder.clock.now_s += SETTLED_S
    assert keeper.rule_set is not first


def test_there_has_to_be_something_good_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(RuleError):
        RuleKeeper(write_rules(tmp_path / "broken", BROKEN))
    with pytest.raises(UsageError):
        RuleKeeper(tmp_path / "nowhere")
