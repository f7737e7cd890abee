"""The people of the service: who there is, what they are here for, and how they come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from autoqa.access import passwords
from autoqa.access.oidc import Identity
from autoqa.access.tokens import token_hash
from autoqa.errors import SignInLocked, SignInRefused, UsageError
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.store import Database, People, Sessions, Tries
from autoqa.store.people import folded
from autoqa.types import Duty, Person

_WRONG = N_("name or password is wrong")
_LOCKED = N_("there were too many wrong tries; try again in {minutes} minutes")
_NO_SUCH = N_("there is nobody called {name}; autoqa people list shows everybody")
_NOT_HERE = N_("you are known to the bank's sign-in, but have no duty here; ask your administrator")
_TAKEN = N_("somebody else is called {name} here; ask your administrator")
_RESERVED = ("local", "system")


class Staff:
    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self._settings, self._clock = settings, clock
        self._people, self._sessions = People(database), Sessions(database)
        self._tries = Tries(database)

    # ------------------------------------------------------------ kept by administrators

    def add(self, name: str, duties: Iterable[Duty], agent_ids: Iterable[str] = ()) -> Person:
        """Somebody new, without a password. ``UsageError`` says what is wrong."""
        person = _fitting(Person(_name(name), frozenset(duties), frozenset(agent_ids)))
        if not self._people.add(person):
            raise UsageError("there is somebody called {name} already", name=person.name)
        return person

    def change(self, name: str, duties: Iterable[Duty], agent_ids: Iterable[str] = ()) -> Person:
        """Another duty, from the next request on."""
        person = replace(self.find(name), duties=frozenset(duties), agent_ids=frozenset(agent_ids))
        self._people.change(_fitting(person))
        return person

    def disable(self, name: str) -> Person:
        """He cannot come in any more, and is signed out everywhere."""
        person = replace(self.find(name), disabled=True)
        self._people.change(person)
        self._sessions.end_all(person.name)
        return person

    def enable(self, name: str) -> Person:
        person = replace(self.find(name), disabled=False)
        self._people.change(person)
        self._tries.clear(_whose_name(person.name))
        return person

    def set_password(self, name: str, password: str) -> Person:
        """He is signed out everywhere. ``UsageError`` where the password is too weak."""
        person = self.find(name)
        good = passwords.checked(password, person.name, self._settings.password_length)
        self._people.set_password_hash(person.name, passwords.hashed(good))
        self._sessions.end_all(person.name)
        self._tries.clear(_whose_name(person.name))
        return person

    def find(self, name: str) -> Person:
        person = self._people.find(name)
        if person is None:
            raise UsageError(_NO_SUCH, name=name)
        return person

    def known_name(self, name: str) -> str:
        """The name as it is kept, or empty for nobody's."""
        person = self._people.find(name) if name.isprintable() else None
        return person.name if person else ""

    def all(self) -> list[Person]:
        return self._people.all()

    def has_password(self, name: str) -> bool:
        return bool(self._people.password_hash(name))

    # ------------------------------------------------------------ coming in

    def by_password(self, name: str, password: str, address: str) -> Person:
        """Who it is. ``SignInRefused`` for a wrong name and a wrong password alike,
        ``SignInLocked`` for a name or an address with too many of them."""
        name = name if name.isprintable() else ""
        whose_name, whose_address = _whose_name(name), f"address:{address}"[:64]
        self._take(whose_address, self._settings.address_tries)
        self._take(whose_name, self._settings.sign_in_tries)
        kept = self._people.password_hash(name)
        fits = passwords.fits(password, kept)
        person = self._people.find(name)
        if not fits or person is None or person.disabled:
            raise SignInRefused(_WRONG)
        self._tries.clear(whose_name)
        self._tries.give_back(whose_address)
        if passwords.is_outdated(kept):
            self._people.set_password_hash(name, passwords.hashed(password))
        return person

    def by_identity(self, identity: Identity) -> Person:
        """Who the bank's own sign-in says it is; somebody new is added.

        Duties and agent ids are what the bank says today. ``SignInRefused`` for who has none, is
        disabled here, or has the name of somebody else.
        """
        known = self._people.find_subject(identity.subject)
        if known is not None and known.disabled:
            raise SignInRefused(_NOT_HERE)
        try:
            name = known.name if known else _name(identity.name)
            person = _fitting(Person(name, identity.duties, identity.agent_ids, identity.subject))
        except UsageError:
            raise SignInRefused(_NOT_HERE) from None
        if known is not None:
            self._people.change(person)
        elif not self._people.add(person):
            raise SignInRefused(_TAKEN, name=person.name)
        return person

    def _take(self, whose: str, limit: int) -> None:
        now, pause = self._clock(), timedelta(minutes=self._settings.lockout_minutes)
        again = self._tries.take(whose, limit, pause, now)
        if again is not None:
            wait_s = max(1, ceil((again - now).total_seconds()))
            raise SignInLocked(_LOCKED, wait_s=wait_s, minutes=ceil(wait_s / 60))


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 64 or not name.isprintable() or ":" in name:
        raise UsageError("a name has 1 to 64 characters, without a colon")
    if folded(name) in _RESERVED:
        raise UsageError("the name {name} stands for the service itself; take another", name=name)
    return name


def _fitting(person: Person) -> Person:
    """``UsageError`` where duties and agent ids do not go together."""
    if not person.duties:
        raise UsageError("{name} needs a duty", name=person.name)
    if Duty.AGENT in person.duties and len(person.duties) > 1:
        raise UsageError("an agent has no other duty here: he would judge his own calls")
    if (Duty.AGENT in person.duties) != bool(person.agent_ids):
        raise UsageError("an agent needs agent ids, and nobody else has any")
    return person


def _whose_name(name: str) -> str:
    """Names that nobody has are counted, too, so they are not kept as they were typed."""
    return token_hash(folded(name))
