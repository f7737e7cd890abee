"""For all tests: none judges how fast the machine is."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import databases

settings.register_profile("autoqa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("autoqa")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compiles the matcher's loops once, before processes with a time limit need them."""
    if not hasattr(session.config, "workerinput"):
        from autoqa.scoring.phrases import Matcher, Phrase

        Matcher([("warm", Phrase("请您稍等"))]).find("好的请您少等一下")


@pytest.fixture(
    scope="session",
    params=[
        databases.SQLITE,
        pytest.param(databases.POSTGRES, marks=pytest.mark.postgres),
    ],
)
def on_both(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stores are on SQLite, and then on PostgreSQL; see ``tests/databases.py``."""
    with databases.running_on(request.param):
        yield
