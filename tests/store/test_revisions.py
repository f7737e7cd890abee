"""Whatever a store was, it is one of this version once it is opened, and holds what it held."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import autoqa.rulebook.publications  # noqa: F401 (its table, too)
from autoqa.store import Overview, Store, hearing_key
from autoqa.store.database import metadata
from autoqa.store.engine import make_engine
from tests.databases import cluster, execute, url_of
from tests.store.calls import FATAL, GOOD, PERHAPS

BEFORE = Path(__file__).with_name("before_revisions.sql")
"""A store as autoqa made it before there were revisions: ``tests.store.calls.filled``, dumped."""


def test_revisions_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    url = url_of(tmp_path / "qa.db")
    Store(url).close()
    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_store_from_before_revisions_is_opened_with_all_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "qa.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(BEFORE.read_text("utf-8"))
    for _ in range(2):
        with Store(f"sqlite:///{file}") as store:
            assert {row.call_id for row in Overview(store).page().rows} > {FATAL, GOOD, PERHAPS}
            (stored,) = store.stored([GOOD])
            assert stored.call.recording.id == "0" * 64
            assert store.call("0" * 64, hearing_key(stored.call.model, stored.call.stages))


def test_what_came_before_revisions_does_not_open_it_any_more(tmp_path: Path) -> None:
    file = tmp_path / "qa.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(BEFORE.read_text("utf-8"))
        (before,) = connection.execute("SELECT schema_version FROM about").fetchone()
        Store(f"sqlite:///{file}").close()
        (after,) = connection.execute("SELECT schema_version FROM about").fetchone()
    assert after > before


def test_many_who_open_a_new_store_at_once_make_one(tmp_path: Path) -> None:
    url = cluster().make("at-once") if "postgresql" in url_of(tmp_path) else url_of(tmp_path / "q")
    with ThreadPoolExecutor(4) as pool:
        for store in list(pool.map(lambda _: Store(url), range(4))):
            store.close()
    (version,) = execute(url, "SELECT count(*) FROM alembic_version")
    assert version == (1,)
