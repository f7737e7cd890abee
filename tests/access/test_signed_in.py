"""A session lasts from the sign-in to its end, and its token is the browser's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoqa.access import Access
from autoqa.access.signed_in import form_token, is_form_token
from autoqa.settings import Settings
from autoqa.store import Database
from autoqa.types import Duty, Person
from tests.access.clock import Clock


@pytest.fixture
def person(access: Access) -> Person:
    return access.staff.add("王芳", [Duty.REVIEWER])


def is_in(access: Access, token: str) -> bool:
    return access.signed_in.find(token) is not None


def test_a_token_tells_who_is_signed_in(access: Access, person: Person) -> None:
    assert access.signed_in.find(access.signed_in.begin(person)) == person


def test_every_session_has_a_token_of_its_own(access: Access, person: Person) -> None:
    tokens = {access.signed_in.begin(person) for _ in range(5)}
    assert len(tokens) == 5
    access.signed_in.end(tokens.pop())
    assert [is_in(access, token) for token in tokens] == [True] * 4


@pytest.mark.parametrize("token", ["", "x", "'; --", "\ud800"])
def test_a_forged_token_is_nobodys(access: Access, person: Person, token: str) -> None:
    access.signed_in.begin(person)
    assert not is_in(access, token)


def test_who_works_stays_and_who_pauses_is_out(
    access: Access, person: Person, clock: Clock
) -> None:
    token = access.signed_in.begin(person)
    for _ in range(4):
        clock.wait(minutes=59)
        assert is_in(access, token)
    clock.wait(minutes=60)
    assert not is_in(access, token)


def test_a_session_ends_with_the_shift(access: Access, person: Person, clock: Clock) -> None:
    token = access.signed_in.begin(person)
    for _ in range(23):
        clock.wait(minutes=30)
        assert is_in(access, token)
    clock.wait(minutes=30)
    assert not is_in(access, token)


def test_signing_out_ends_it(access: Access, person: Person) -> None:
    token = access.signed_in.begin(person)
    access.signed_in.end(token)
    assert not is_in(access, token)


def test_disabling_and_a_new_password_end_every_session(access: Access, person: Person) -> None:
    tokens = [access.signed_in.begin(person) for _ in range(2)]
    access.staff.set_password(person.name, "correct horse battery")
    assert not any(is_in(access, token) for token in tokens)
    token = access.signed_in.begin(person)
    access.staff.disable(person.name)
    assert not is_in(access, token)
    access.staff.enable(person.name)
    assert not is_in(access, token)


def test_a_change_of_duty_counts_at_once(access: Access, person: Person) -> None:
    token = access.signed_in.begin(person)
    access.staff.change(person.name, [Duty.AGENT], ["A1"])
    found = access.signed_in.find(token)
    assert found is not None
    assert found.caller.agent_ids == frozenset({"A1"})


def test_the_store_does_not_hold_the_token(access: Access, person: Person, file: Path) -> None:
    token = access.signed_in.begin(person)
    kept = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert token.encode() not in kept


def test_a_session_lives_on_when_the_service_starts_again(
    access: Access, person: Person, database: Database, clock: Clock
) -> None:
    token = access.signed_in.begin(person)
    assert is_in(Access(Settings(), database, clock), token)


def test_the_form_token_belongs_to_the_session_and_does_not_give_it_away() -> None:
    assert is_form_token(form_token("a"), "a")
    assert not is_form_token(form_token("a"), "b")
    assert not is_form_token("", "a")
    assert not is_form_token("a", "a")
