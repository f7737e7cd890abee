from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autoqa.access import Access
from autoqa.settings import Settings
from autoqa.store import Database, store_url
from tests.access.clock import Clock

SETTINGS = Settings(sign_in_tries=4, address_tries=8)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "autoqa.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with Database(store_url(str(file))) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    return Access(SETTINGS, database, clock)
