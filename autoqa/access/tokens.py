"""Random secrets, and what is kept of them.

32 random bytes cannot be guessed, so a plain SHA-256 is enough to keep; passwords can, and have a
module of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(one: str, other: str) -> bool:
    """In a time that does not tell how much of it is the same."""
    return hmac.compare_digest(token_hash(one), token_hash(other))


def derived(token: str, purpose: str) -> str:
    """Another secret that only who has ``token`` can make, and that does not give it away."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()
