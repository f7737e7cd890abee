"""A service with the rules that ship, for tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from autoqa.settings import Settings
from tests.api.clients import local
from tests.databases import url_of

RULES = Path(__file__).parents[2] / "rules" / "retail-bank"


def settings_in(folder: Path, **changes: object) -> Settings:
    """Of a service that keeps everything in a folder."""
    values = {"store": url_of(folder / "autoqa.db"), "data_dir": folder, "chore_processes": 1}
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="session", autouse=True)
def _on_both(on_both: None) -> None: ...


@pytest.fixture(scope="session")
def app(on_both: None, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(settings_in(tmp_path_factory.mktemp("service"), language="en"), RULES)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with local(app) as client:
        yield client
