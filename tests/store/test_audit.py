"""The audit log keeps every line in its place, and shows where one was tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoqa.store import Audit, AuditFilter, Database
from autoqa.types import Action
from tests.databases import execute, url_of

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "autoqa.db"


@pytest.fixture
def audit(file: Path) -> Iterator[Audit]:
    with Database(url_of(file)) as database:
        yield Audit(database)


def write(audit: Audit, count: int) -> None:
    for number in range(count):
        audit.add("王芳", Action.REVIEW, f"call-{number}", at=START + timedelta(minutes=number))


def test_an_empty_log_is_whole(audit: Audit) -> None:
    assert list(audit.faults()) == []
    assert audit.page(AuditFilter(), limit=10) == []
    assert audit.last()[0] == 0


def test_lines_are_numbered_and_come_latest_first(audit: Audit) -> None:
    write(audit, 5)
    assert [entry.number for entry in audit.page(AuditFilter(), limit=3)] == [5, 4, 3]
    assert [entry.number for entry in audit.page(AuditFilter(), limit=3, below=3)] == [2, 1]
    assert list(audit.faults()) == []
    number, last = audit.last()
    assert number == 5
    assert audit.has_hash(last)
    assert not audit.has_hash("0" * 64)


def test_lines_are_chosen_by_who_what_and_when(audit: Audit) -> None:
    write(audit, 3)
    audit.add("李强", Action.CALL_DELETE, "call-1", detail={"bytes": "12"}, request_id="r-1")
    (line,) = audit.page(AuditFilter(who="李强"), limit=10)
    assert (line.action, line.target, line.request_id) == (Action.CALL_DELETE, "call-1", "r-1")
    assert line.detail == {"bytes": "12"}
    assert len(audit.page(AuditFilter(target="call-1"), limit=10)) == 2
    assert len(audit.page(AuditFilter(action="review.add"), limit=10)) == 3
    window = AuditFilter(since=START + timedelta(minutes=1), before=START + timedelta(minutes=2))
    assert [entry.target for entry in audit.page(window, limit=10)] == ["call-1"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE number = 2", 2),
        ('UPDATE audit SET detail = \'{"a":"b"}\' WHERE number = 3', 3),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 4", 4),
        ("DELETE FROM audit", 1),
    ],
)
def test_what_was_changed_or_taken_out_is_found(
    audit: Audit, file: Path, change: str, fault: int
) -> None:
    write(audit, 4)
    execute(url_of(file), change)
    assert next(audit.faults()) == fault


def test_writers_at_the_same_time_make_one_chain(audit: Audit) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: write(audit, 10), range(4)))
    assert audit.last()[0] == 40
    assert list(audit.faults()) == []


def test_whatever_somebody_typed_the_log_stays_whole(audit: Audit) -> None:
    audit.add("a\0b", Action.REVIEW, "\0" * 600, request_id="\0", detail={"\0": "\0"})
    assert list(audit.faults()) == []
