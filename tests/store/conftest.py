"""Every test here runs on both databases."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _on_both(on_both: None) -> None: ...
