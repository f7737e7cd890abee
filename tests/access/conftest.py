from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.access import Access
from autoqa.settings import Settings
from autoqa.store import Database
from tests.access.clock import Clock
from tests.databases import url_of

SETTINGS = Settings(sign_in_tries=4, address_tries=8)


@pytest.fixture(scope="session", autouse=True)
def _on_both(on_both: None) -> None: ...


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "autoqa.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with Database(url_of(file)) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    return Access(SETTINGS, database, clock)
