"""What a store on PostgreSQL does that no other can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from autoqa.errors import StoreError
from autoqa.i18n import language, render
from autoqa.store import Store
from tests.databases import POSTGRES, cluster, running_on, url_of

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _on_postgres() -> Iterator[None]:
    with running_on(POSTGRES):
        yield


def test_who_may_not_come_in_is_told_so_in_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught, language("en"):
        Store(cluster().place("postgres", password="wrong-secret"))
    with language("en"):
        told = render(caught.value.message)
    assert "password authentication failed" in told
    assert "wrong-secret" not in told
    assert "\n" not in told


@pytest.mark.parametrize("query", ["", "?password=wrong-secret"])
def test_where_there_is_no_server_it_says_so(query: str) -> None:
    with pytest.raises(StoreError, match="refused") as caught:
        Store(f"postgresql://autoqa:wrong-secret@127.0.0.1:9/qa{query}")
    assert "wrong-secret" not in str(caught.value)


def test_what_reads_sees_one_state_and_writes_nothing(tmp_path: Path) -> None:
    with Store(url_of(tmp_path / "qa.db")) as store:
        kind = sa.text("SHOW transaction_isolation")
        with store.reading() as connection:
            assert connection.scalar(kind) == "repeatable read"
            assert connection.scalar(sa.text("SHOW transaction_read_only")) == "on"
        with store.begin() as connection:
            assert connection.scalar(kind) == "read committed"
