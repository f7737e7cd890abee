"""Who may listen where: a service that others reach knows who asks, and nobody reads along."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.serving import check_door, check_line, is_loopback
from autoqa.errors import UsageError
from autoqa.settings import Settings

HERE = Settings()
OUTSIDE = Settings(host="0.0.0.0")
TLS = {"tls_certificate": Path("a.pem"), "tls_key": Path("a.key")}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_needs_neither_key_nor_tls(host: str) -> None:
    settings = Settings(host=host)
    assert is_loopback(host)
    assert not check_line(settings)
    check_door(settings, is_open=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "qa.bank.example", ""])
def test_others_need_a_key_and_tls_or_a_proxy(host: str) -> None:
    settings = Settings(host=host)
    with pytest.raises(UsageError, match="AUTOQA_TLS_CERTIFICATE"):
        check_line(settings)
    with pytest.raises(UsageError, match="autoqa keys make"):
        check_door(settings, is_open=True)
    check_door(settings, is_open=False)
    assert check_line(replace(settings, **TLS))  # type: ignore[arg-type]
    assert not check_line(replace(settings, trusted_proxies="10.0.0.1"))


@pytest.mark.parametrize("half", TLS)
def test_half_of_tls_is_none(half: str) -> None:
    with pytest.raises(UsageError, match="both"):
        check_line(replace(HERE, **{half: TLS[half]}))  # type: ignore[arg-type]
