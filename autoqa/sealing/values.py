"""What ``autoqa.codec`` makes, encrypted: AES-256-GCM.

The nonce follows from the content (HMAC), so the same value is always the same bytes, as the store
expects; two rows that are alike can be told to be.
"""

from __future__ import annotations

import hashlib
import hmac

from autoqa.sealing.keys import keys, needed_keys, other_key

_MARK = b"\x01"
"""Begins what is encrypted; compressed data never begins so."""
_NONCE_BYTES = 12


def sealed(data: bytes) -> bytes:
    """``data`` encrypted where there is a key, else as it is. ``UsageError``: no good key."""
    found = keys()
    if found is None:
        return data
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = hmac.digest(found.nonces, data, "sha256")[:_NONCE_BYTES]
    return _MARK + nonce + AESGCM(found.content).encrypt(nonce, data, None)


def unsealed(data: bytes) -> bytes:
    """What ``sealed`` was given. ``StoreError`` where the key is missing or another."""
    if data[:1] != _MARK:
        return data
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, content = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    try:
        return AESGCM(needed_keys().content).decrypt(nonce, content, None)
    except InvalidTag:
        raise other_key() from None


def name_of(data: bytes) -> str:
    """SHA-256 in hexadecimal, keyed where there is a key: else who has the store but not the key
    could try whether it is of what he guesses."""
    found = keys()
    if found is None:
        return hashlib.sha256(data).hexdigest()
    return hmac.digest(found.names, data, "sha256").hex()
