"""For all tests: none judges how fast the machine is."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("autoqa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("autoqa")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compiles the matcher's loops once, before processes with a time limit need them."""
    if not hasattr(session.config, "workerinput"):
        from autoqa.scoring.phrases import Matcher, Phrase

        Matcher([("warm", Phrase("请您稍等"))]).find("好的请您少等一下")
