"""Keys for programs: ``aqa_ID_SECRET``, shown once when it is made."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from autoqa.access.tokens import is_same, new_token, token_hash
from autoqa.errors import UsageError
from autoqa.store import Database, Keys
from autoqa.types import Caller, Key, Scope

KEY_SCOPES = (Scope.SUBMIT, Scope.READ, Scope.REVIEW, Scope.RULES, Scope.ADMIN)
"""Appeals are made and decided by people."""

_PREFIX = "aqa"
_USED_EVERY = timedelta(minutes=1)


class KeyRing:
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._keys, self._clock = Keys(database), clock

    def make(
        self, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
    ) -> tuple[Key, str]:
        """A new key and its whole text, which cannot be had again.

        Raises ``UsageError`` without a name or scopes, or with a scope that only people have.
        """
        name, scopes = name.strip(), frozenset(scopes)
        if not name or len(name) > 100 or not name.isprintable():
            raise UsageError("give the key a name of 1 to 100 characters, of the program it is for")
        if not scopes or not scopes <= set(KEY_SCOPES):
            raise UsageError(
                "a key needs at least one scope out of {known}", known=", ".join(KEY_SCOPES)
            )
        secret = new_token()
        key = Key(secrets.token_hex(6), name, scopes, self._clock(), expires_at)
        self._keys.add(key, token_hash(secret))
        return key, f"{_PREFIX}_{key.id}_{secret}"

    def all(self) -> list[Key]:
        return self._keys.all()

    def revoke(self, id_: str) -> None:
        """From now on it opens nothing. ``UsageError`` where no good key has this id."""
        if not self._keys.revoke(id_, self._clock()):
            raise UsageError(
                "there is no key {id} that could be revoked; autoqa keys list shows them", id=id_
            )

    def caller(self, text: str) -> Caller | None:
        """Whose key it is; None for one that is forged, revoked or expired."""
        prefix, _, rest = text.partition("_")
        id_, _, secret = rest.partition("_")
        found = self._keys.find(id_) if prefix == _PREFIX else None
        key, secret_hash = found or (None, token_hash(""))
        good = is_same(token_hash(secret), secret_hash)
        now = self._clock()
        if not good or key is None or not key.is_good(now):
            return None
        if key.used_at is None or now - key.used_at >= _USED_EVERY:
            self._keys.touch(key.id, now)
        return key.caller
