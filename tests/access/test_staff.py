"""People: who they are, what they may do, and how a guesser is stopped."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autoqa.access import Access, passwords
from autoqa.errors import SignInLocked, SignInRefused, UsageError
from autoqa.settings import Settings
from autoqa.store import Database
from autoqa.types import Duty, Scope
from tests.access.clock import Clock
from tests.access.conftest import SETTINGS
from tests.databases import kept

GOOD = "correct horse battery"
TRIES = SETTINGS.sign_in_tries


@pytest.fixture
def staffed(access: Access) -> Access:
    access.staff.add("王芳", [Duty.REVIEWER])
    access.staff.set_password("王芳", GOOD)
    return access


def guess(access: Access, name: str, password: str = "wrong", address: str = "192.0.2.1") -> str:
    """What the one who guesses gets to see."""
    try:
        access.staff.by_password(name, password, address)
    except SignInLocked as error:
        return f"locked: {error}"
    except SignInRefused as error:
        return str(error)
    return "in"


def test_duties_give_scopes(staffed: Access) -> None:
    caller = staffed.staff.find("王芳").caller
    assert caller.scopes == {Scope.READ, Scope.REVIEW}
    assert caller.agent_ids is None
    both = staffed.staff.change("王芳", [Duty.REVIEWER, Duty.RULE_EDITOR]).caller
    assert both.scopes == {Scope.READ, Scope.REVIEW, Scope.RULES}


def test_an_agent_is_his_ids(access: Access) -> None:
    caller = access.staff.add("张三", [Duty.AGENT], ["A1", "A2"]).caller
    assert caller.agent_ids == frozenset({"A1", "A2"})
    assert caller.scopes == {Scope.READ, Scope.APPEAL}


@pytest.mark.parametrize(
    ("name", "duties", "agent_ids"),
    [
        ("", [Duty.REVIEWER], []),
        ("x" * 65, [Duty.REVIEWER], []),
        ("key:crm", [Duty.REVIEWER], []),
        ("a\x00b", [Duty.REVIEWER], []),
        ("LOCAL", [Duty.REVIEWER], []),
        ("李强", [], []),
        ("李强", [Duty.AGENT], []),
        ("李强", [Duty.REVIEWER], ["A1"]),
        ("李强", [Duty.AGENT, Duty.REVIEWER], ["A1"]),
    ],
)
def test_who_makes_no_sense_is_not_added(
    access: Access, name: str, duties: list[Duty], agent_ids: list[str]
) -> None:
    with pytest.raises(UsageError):
        access.staff.add(name, duties, agent_ids)
    assert access.staff.all() == []


@pytest.mark.parametrize("name", ["LI Qiang", "li qiang ", "ｌｉ　ｑｉａｎｇ"])
def test_names_that_look_alike_are_one(access: Access, name: str) -> None:
    access.staff.add("Li Qiang", [Duty.REVIEWER])
    with pytest.raises(UsageError):
        access.staff.add(name, [Duty.ADMIN])
    assert access.staff.find(name).name == "Li Qiang"


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 257, "aaaaaaaaaaaaaaaa", "ababcdcdabab", "请让王芳进来看看今天的录音"],
)
def test_a_weak_password_is_refused(staffed: Access, password: str) -> None:
    with pytest.raises(UsageError):
        staffed.staff.set_password("王芳", password)
    assert guess(staffed, "王芳", GOOD) == "in"


def test_a_password_is_kept_as_argon2id(staffed: Access, file: Path) -> None:
    found = kept(file)
    assert b"$argon2id$" in found
    assert GOOD.encode() not in found


def test_the_same_letters_in_another_form_are_the_same_password() -> None:
    kept = passwords.hashed(unicodedata.normalize("NFD", "crème brûlée façade"))
    assert passwords.fits(unicodedata.normalize("NFC", "crème brûlée façade"), kept)
    assert not passwords.fits("creme brulee facade", kept)


def test_a_wrong_name_and_a_wrong_password_look_the_same(
    staffed: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.staff.add("李强", [Duty.REVIEWER])
    staffed.staff.add("赵敏", [Duty.REVIEWER])
    staffed.staff.set_password("赵敏", GOOD)
    staffed.staff.disable("赵敏")
    worked: list[str] = []
    fits = passwords.fits

    def watched(password: str, kept: str) -> bool:
        worked.append(kept)
        return fits(password, kept)

    monkeypatch.setattr(passwords, "fits", watched)
    said = {
        guess(staffed, "王芳"),
        guess(staffed, "nobody"),
        guess(staffed, "李强", ""),
        guess(staffed, "赵敏", GOOD),
        guess(staffed, "a\x00b"),
    }
    assert len(said) == 1
    assert len(worked) == 5


@pytest.mark.parametrize("name", ["王芳", "nobody"])
def test_a_name_is_locked_whether_it_exists_or_not(
    staffed: Access, clock: Clock, name: str
) -> None:
    wrong = {guess(staffed, name, address=f"192.0.2.{one}") for one in range(TRIES)}
    assert len(wrong) == 1
    locked = guess(staffed, name, GOOD)
    assert locked.startswith("locked")
    assert "15" in locked
    clock.wait(minutes=14)
    assert guess(staffed, name, GOOD).startswith("locked")
    clock.wait(minutes=1)
    assert guess(staffed, name, GOOD) == ("in" if name == "王芳" else wrong.pop())


def test_tries_at_the_same_time_are_all_counted(staffed: Access) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: guess(staffed, "王芳"), range(TRIES + 5)))
    assert sum(one.startswith("locked") for one in said) == 5


def test_a_good_sign_in_forgets_the_wrong_ones(staffed: Access) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            guess(staffed, "王芳", address="192.0.2.2")
        assert guess(staffed, "王芳", GOOD, address="192.0.2.3") == "in"


def test_an_address_that_guesses_names_is_locked_and_others_are_not(staffed: Access) -> None:
    tries = SETTINGS.address_tries
    for one in range(tries):
        guess(staffed, f"name-{one}")
    assert guess(staffed, "王芳", GOOD).startswith("locked")
    assert guess(staffed, "王芳", GOOD, address="192.0.2.9") == "in"


def test_good_sign_ins_do_not_lock_an_address(access: Access, database: Database) -> None:
    few = Access(Settings(address_tries=2), database)
    few.staff.add("王芳", [Duty.REVIEWER])
    few.staff.set_password("王芳", GOOD)
    assert [guess(few, "王芳", GOOD) for _ in range(4)] == ["in"] * 4


def test_a_new_password_or_an_administrator_frees_a_locked_name(staffed: Access) -> None:
    for _ in range(TRIES + 1):
        guess(staffed, "王芳")
    staffed.staff.set_password("王芳", GOOD + "!")
    assert guess(staffed, "王芳", GOOD + "!") == "in"
    for _ in range(TRIES + 1):
        guess(staffed, "王芳", address="192.0.2.2")
    staffed.staff.enable("王芳")
    assert guess(staffed, "王芳", GOOD + "!") == "in"


def test_nobody_there_means_that_this_machine_may_do_all(
    access: Access, database: Database
) -> None:
    assert access.is_open()
    key, _text = access.keys.make("crm", [Scope.READ])
    assert not access.is_open()
    access.keys.revoke(key.id)
    assert not Access(Settings(), database).is_open()


def test_who_was_disabled_keeps_the_service_closed(access: Access, database: Database) -> None:
    access.staff.add("王芳", [Duty.ADMIN])
    access.staff.disable("王芳")
    assert not Access(Settings(), database).is_open()
