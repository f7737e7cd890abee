"""Keys, people and the audit log from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autoqa.access import Access
from autoqa.cli import app
from autoqa.settings import Settings
from autoqa.store import Audit, AuditFilter, Database
from autoqa.types import Duty, Scope
from tests.databases import execute, url_of

GOOD = "correct horse battery"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not there yet."""
    folder = tmp_path / "new" / "qa"
    monkeypatch.setenv("AUTOQA_DATA_DIR", str(folder))
    if not (url := url_of(folder / "autoqa.db")).startswith("sqlite"):
        monkeypatch.setenv("AUTOQA_STORE", url)
    monkeypatch.setenv("AUTOQA_LANGUAGE", "en")
    return folder


def run(*words: str, typed: str = "", code: int = 0) -> Result:
    result = CliRunner().invoke(app, words, input=typed)
    assert result.exit_code == code, result.output
    return result


def access(data: Path) -> tuple[Access, Database]:
    opened = Database(url_of(data / "autoqa.db"))
    return Access(Settings(), opened), opened


def test_a_key_is_printed_once_and_works(data: Path) -> None:
    result = run("keys", "make", "crm", "--scope", "submit", "--scope", "read", "--days", "30")
    text = result.stdout.strip()
    opened, database = access(data)
    caller = opened.keys.caller(text)
    assert caller is not None
    assert caller.scopes == {Scope.SUBMIT, Scope.READ}
    id_ = text.split("_")[1]
    listed = run("keys", "list").stdout
    assert f"{id_}\tcrm\tread,submit\tends on" in listed
    assert text.split("_", 2)[2].strip() not in listed
    run("keys", "revoke", id_)
    assert opened.keys.caller(text) is None
    assert "revoked on" in run("keys", "list").stdout
    assert "no key" in run("keys", "revoke", id_, code=2).stderr
    actions = [line.action.value for line in Audit(database).page(AuditFilter(), limit=9)]
    assert actions == ["key.revoke", "key.make"]
    database.close()


def test_a_key_has_no_scope_of_people(data: Path) -> None:
    assert "at least one scope" in run("keys", "make", "x", "--scope", "decide", code=2).stderr


def test_somebody_is_added_gets_a_password_and_is_kept_out_again(data: Path) -> None:
    run("people", "add", "王芳", "--duty", "reviewer")
    assert "王芳\treviewer\t\tnot yet" in run("people", "list").stdout
    run("people", "set-password", "王芳", typed=GOOD + "\n")
    opened, database = access(data)
    assert opened.staff.by_password("王芳", GOOD, "192.0.2.1").duties == {Duty.REVIEWER}
    run("people", "change", "王芳", "--duty", "agent", "--agent-id", "A1", "--agent-id", "A2")
    assert "王芳\tagent\tA1,A2\tby password" in run("people", "list").stdout
    run("people", "disable", "王芳")
    assert "王芳\tagent\tA1,A2\tdisabled" in run("people", "list").stdout
    run("people", "enable", "王芳")
    lines = Audit(database).page(AuditFilter(), limit=9)
    assert [line.action.value for line in reversed(lines)] == [
        "person.add",
        "person.password",
        "person.change",
        "person.disable",
        "person.change",
    ]
    assert all(line.who.startswith("cli") and line.target == "王芳" for line in lines)
    database.close()


@pytest.mark.parametrize(
    "words",
    [
        ("add", "王芳", "--duty", "agent"),
        ("add", "a:b", "--duty", "reviewer"),
        ("set-password", "nobody"),
        ("disable", "nobody"),
        ("change", "nobody", "--duty", "admin"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_written_down(
    data: Path, words: tuple[str, ...]
) -> None:
    result = run("people", *words, typed=GOOD + "\n", code=2)
    assert len(result.stderr.splitlines()) == 1
    _access, database = access(data)
    assert Audit(database).last()[0] == 0
    database.close()


def test_a_weak_password_is_refused(data: Path) -> None:
    run("people", "add", "王芳", "--duty", "reviewer")
    assert "12 to 256" in run("people", "set-password", "王芳", typed="short\n", code=2).stderr


def test_the_log_is_verified(data: Path) -> None:
    run("keys", "make", "crm", "--scope", "read")
    first = run("audit", "verify").stdout.strip()
    run("people", "add", "王芳", "--duty", "reviewer")
    second = run("audit", "verify", "--known", first).stdout.strip()
    assert second != first
    execute(url_of(data / "autoqa.db"), "UPDATE audit SET who = 'x' WHERE number = 1")
    assert "line 1 is missing or not as it was written" in run("audit", "verify", code=1).stderr


def test_a_log_that_was_written_anew_is_found_out(data: Path) -> None:
    run("keys", "make", "crm", "--scope", "read")
    known = run("audit", "verify").stdout.strip()
    for table in ("audit", "audit_head"):
        execute(url_of(data / "autoqa.db"), f"DELETE FROM {table}")
    run("audit", "verify")
    assert "no line has the hash" in run("audit", "verify", "--known", known, code=1).stderr
