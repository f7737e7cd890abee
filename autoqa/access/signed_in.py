"""Sessions of people: from a good sign-in to the sign-out, a pause, or the end of the shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from autoqa.access.tokens import derived, is_same, new_token, token_hash
from autoqa.settings import Settings
from autoqa.store import Database, People, Sessions
from autoqa.types import Person

_SEEN_EVERY = timedelta(minutes=1)


class SignedIn:
    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self._sessions, self._people = Sessions(database), People(database)
        self._clock = clock
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._whole = timedelta(hours=settings.session_hours)

    def begin(self, person: Person) -> str:
        """A new session's token, for the browser alone."""
        token, now = new_token(), self._clock()
        self._sessions.begin(token_hash(token), person.name, now, oldest=now - self._whole)
        return token

    def find(self, token: str) -> Person | None:
        """Who is signed in by it; None after a pause, at the end, or for one that is disabled."""
        hash_, now = token_hash(token), self._clock()
        row = self._sessions.find(hash_)
        if row is None:
            return None
        if now - row.seen_at >= self._idle or now - row.begun_at >= self._whole:
            self._sessions.end(hash_)
            return None
        person = self._people.find(row.person)
        if person is None or person.disabled:
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            self._sessions.touch(hash_, now)
        return person

    def end(self, token: str) -> None:
        self._sessions.end(token_hash(token))


def form_token(token: str) -> str:
    """What a form or a script of ours sends along with the cookie: another site cannot know it."""
    return derived(token, "form")


def is_form_token(sent: str, token: str) -> bool:
    return is_same(sent, form_token(token))
