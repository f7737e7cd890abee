"""``autoqa rules rescore``: new scorecards beside the old ones, which stay."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from autoqa.cli import app
from autoqa.rulebook.past_calls import open_store
from tests.rulebook.stores import RULES, fill, write_rules


def test_old_scorecards_stay_and_no_new_one_is_made_twice(tmp_path: Path) -> None:
    old = write_rules(tmp_path / "old")
    new = write_rules(tmp_path / "new", RULES.replace("greeting: 10", "greeting: 20"))
    results = fill(tmp_path / "qa", old)
    for _ in range(2):
        run = CliRunner().invoke(app, ["rules", "rescore", str(new), "--store", str(results)])
        assert run.exit_code == 0, run.stderr
        assert "4 通电话" in run.stderr
    with open_store(str(results)) as store:
        cards = store.scorecards("rude")
    assert [card.findings[0].points_possible for card in cards] == [10, 20]
    assert len({card.rule_set_version for card in cards}) == 2


def test_an_unknown_version_scores_nothing(tmp_path: Path) -> None:
    results = fill(tmp_path / "qa", write_rules(tmp_path / "old"))
    run = CliRunner().invoke(app, ["rules", "rescore", "abc", "--store", str(results)])
    assert run.exit_code == 2
    assert "abc" in run.stderr
