"""Passwords: what is good enough, and argon2id to keep and to try them."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from autoqa.errors import UsageError
from autoqa.store.people import folded

LONGEST = 256
"""Nobody types more; somebody may send more to keep the machine busy."""
FEWEST_DIFFERENT = 5

# OWASP's Password Storage Cheat Sheet: 46 MiB, one pass, one lane.
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
_at_once = BoundedSemaphore(4)


def checked(password: str, name: str, shortest: int) -> str:
    """The password, if it is good enough for ``name``; ``UsageError`` says what it lacks."""
    if not shortest <= len(password) <= LONGEST:
        raise UsageError(
            "a password has {shortest} to {longest} characters; take a few words",
            shortest=shortest,
            longest=LONGEST,
        )
    if len(set(password)) < FEWEST_DIFFERENT:
        raise UsageError(
            "a password has at least {count} different characters", count=FEWEST_DIFFERENT
        )
    if folded(name) in folded(password):
        raise UsageError("a password does not contain the name of its owner")
    return password


def hashed(password: str) -> str:
    with _at_once:
        return _hasher.hash(_plain(password))


def fits(password: str, kept: str) -> bool:
    """Whether ``kept`` was made of it. As much work where nothing is kept, so that the time a try
    takes does not tell whether somebody exists."""
    with _at_once:
        try:
            _hasher.verify(kept or _nobody(), _plain(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with less work than is done now."""
    return _hasher.check_needs_rehash(kept)


def _plain(password: str) -> str:
    """The same letters typed on another keyboard are the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _hasher.hash("")
