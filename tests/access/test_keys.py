"""A key opens what it was made for, as long as it is good, and its secret is nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoqa.access import Access
from autoqa.errors import UsageError
from autoqa.types import Scope
from tests.access.clock import Clock
from tests.databases import kept


def test_a_key_tells_who_asks(access: Access) -> None:
    _key, text = access.keys.make("crm", [Scope.SUBMIT, Scope.READ])
    caller = access.keys.caller(text)
    assert caller is not None
    assert (caller.name, caller.agent_ids) == ("key:crm", None)
    assert caller.scopes == {Scope.SUBMIT, Scope.READ}


def test_a_key_that_is_not_whole_opens_nothing(access: Access) -> None:
    key, text = access.keys.make("crm", [Scope.READ])
    other, _text = access.keys.make("other", [Scope.READ])
    secret = text.removeprefix(f"aqa_{key.id}_")
    forged = [
        "",
        "aqa",
        "aqa__",
        secret,
        f"aqa_{key.id}_",
        f"aqa_{key.id}_{secret[:-1]}",
        f"aqa_{key.id}_{secret}x",
        f"aqa_{other.id}_{secret}",
        f"aqa_{'0' * 12}_{secret}",
        f"key_{key.id}_{secret}",
        f"aqa_' OR 1=1 --_{secret}",
    ]
    assert [text for text in forged if access.keys.caller(text)] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text())
def test_no_text_breaks_it(access: Access, text: str) -> None:
    assert access.keys.caller(text) is None
    assert access.keys.caller(f"aqa_{text}") is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(access: Access) -> None:
    key, text = access.keys.make("crm", [Scope.READ])
    access.keys.revoke(key.id)
    assert access.keys.caller(text) is None
    assert [one.id for one in access.keys.all()] == [key.id]
    with pytest.raises(UsageError):
        access.keys.revoke(key.id)


def test_a_key_ends_when_it_was_said_to(access: Access, clock: Clock) -> None:
    _key, text = access.keys.make("crm", [Scope.READ], clock.now + timedelta(days=1))
    clock.wait(hours=23)
    assert access.keys.caller(text) is not None
    clock.wait(hours=1)
    assert access.keys.caller(text) is None


def test_the_last_use_is_known_to_the_minute(access: Access, clock: Clock) -> None:
    _key, text = access.keys.make("crm", [Scope.READ])
    assert access.keys.all()[0].used_at is None
    first = clock.now
    access.keys.caller(text)
    clock.wait(seconds=30)
    access.keys.caller(text)
    assert access.keys.all()[0].used_at == first
    clock.wait(seconds=30)
    access.keys.caller(text)
    assert access.keys.all()[0].used_at == clock.now


def test_the_store_does_not_hold_the_secret(access: Access, file: Path) -> None:
    _key, text = access.keys.make("crm", [Scope.READ])
    _prefix, _id, secret = text.split("_", 2)
    found = kept(file)
    assert b"crm" in found
    assert secret.encode() not in found


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("", [Scope.READ]),
        (" ", [Scope.READ]),
        ("x" * 101, [Scope.READ]),
        ("a\nb", [Scope.READ]),
        ("crm", []),
        ("crm", [Scope.DECIDE]),
        ("crm", [Scope.READ, Scope.APPEAL]),
    ],
)
def test_a_key_needs_a_name_and_scopes_of_programs(
    access: Access, name: str, scopes: list[Scope]
) -> None:
    with pytest.raises(UsageError):
        access.keys.make(name, scopes)
    assert access.keys.all() == []


def test_secrets_are_compared_in_constant_time(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hmac

    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    key, text = access.keys.make("crm", [Scope.READ])
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert access.keys.caller(text) is not None
    assert access.keys.caller(f"aqa_{key.id}_wrong") is None
    assert access.keys.caller("aqa_unknown_wrong") is None
    assert len(compared) == 3
