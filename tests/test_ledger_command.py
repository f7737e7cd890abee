"""``autoqa ledger`` and ``autoqa alerts``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from autoqa.cli import app
from autoqa.store import Alerts, Audit, AuditFilter, Issues, Store
from autoqa.types import FATAL_ONLY
from tests.databases import url_of
from tests.rulebook.stores import write_rules
from tests.store.calls import MORNING, filled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    filled(tmp_path).close()
    return tmp_path


def run(folder: Path, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words, "--store", url_of(folder / "qa.db"), "--lang", "en"])
    assert result.exit_code == code, result.output
    return result


def test_a_problem_is_added_listed_exported_and_read_back(folder: Path) -> None:
    words = ("漏报工号", "--owner", "王芳", "--due", "2026-01-31")
    assert run(folder, "ledger", "add", *words).stdout == "1\n"
    told = run(folder, "ledger", "list", "--overdue").stdout
    assert "漏报工号" in told
    assert "2026-01-31 overdue" in told
    book = folder / "ledger.xlsx"
    run(folder, "ledger", "export", str(book))
    edited = load_workbook(book)
    edited.worksheets[0]["D2"] = "李明"
    edited.save(book)
    assert "1 changed" in run(folder, "ledger", "import", str(book)).stderr
    with Store(url_of(folder / "qa.db")) as store:
        (issue,) = Issues(store).chosen()
        assert (issue.plan.owner, issue.plan.due) == ("李明", date(2026, 1, 31))
        actions = [line.action.value for line in Audit(store).page(AuditFilter(), limit=9)]
        assert actions == ["ledger.change", "report.export", "ledger.open"]
    edited.worksheets[0]["D2"] = "赵敏"
    edited.save(book)
    assert "李明" in run(folder, "ledger", "import", str(book), code=1).stderr


@pytest.mark.parametrize(
    "words", [("import", "nowhere.xlsx"), ("export", "ledger.csv"), ("add", " ")]
)
def test_what_cannot_be_done_is_one_sentence(folder: Path, words: tuple[str, ...]) -> None:
    assert len(run(folder, "ledger", *words, code=2).stderr.strip().splitlines()) == 1


def test_alerts_are_listed_until_they_are_done(folder: Path) -> None:
    rules = str(write_rules(folder / "rules"))
    with Store(url_of(folder / "qa.db")) as store:
        (one,) = Alerts(store).look(FATAL_ONLY, MORNING)
        assert "不承诺收益" in run(folder, "alerts", "--rules", rules, code=1).stdout
        Alerts(store).done(one.number, "王芳", MORNING)
        run(folder, "alerts", "--rules", rules)
        assert "done by 王芳" in run(folder, "alerts", "--rules", rules, "--all").stdout
