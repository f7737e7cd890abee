"""All that decides who comes in, on one store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from autoqa.access.keys import KeyRing
from autoqa.access.oidc import BankSignIn
from autoqa.access.signed_in import SignedIn
from autoqa.access.staff import Staff
from autoqa.settings import Settings
from autoqa.store import Database


def _now() -> datetime:
    return datetime.now(UTC)


class Access:
    """``clock``: for tests."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime] = _now
    ) -> None:
        self.keys = KeyRing(database, clock)
        self.staff = Staff(settings, database, clock)
        self.signed_in = SignedIn(settings, database, clock)
        self.bank = BankSignIn(settings, clock) if settings.oidc_issuer else None
        self._open = self.bank is None

    def is_open(self) -> bool:
        """Whether nobody was ever given a key or an account: then this machine may do all.

        Keys and people are never deleted, so what was closed once stays so.
        """
        if self._open and (self.keys.all() or self.staff.all()):
            self._open = False
        return self._open
