"""Encryption at rest of what ``autoqa.codec`` makes, with a key of the bank's.

AES-256-GCM. The nonce follows from the content (HMAC), so the same value is always the same bytes,
as the store expects; two rows that are alike can be told to be. The key is 64 hexadecimal digits in
``AUTOQA_STORE_KEY``, or in the file that ``AUTOQA_STORE_KEY_FILE`` names; it is read here, from the
environment, because every process that opens a store needs it and no settings hold it.
"""

from __future__ import annotations

import hmac
import os
import re
from functools import lru_cache
from pathlib import Path

from autoqa.errors import StoreError, UsageError
from autoqa.i18n import N_

KEY, KEY_FILE = "AUTOQA_STORE_KEY", "AUTOQA_STORE_KEY_FILE"
_MARK = b"\x01"
"""Begins what is encrypted; compressed data never begins so."""
_NONCE_BYTES = 12
_NO_FILE = N_("the key of the store cannot be read from {path}; check {name}")
_NO_KEY_AT_ALL = N_("the store is encrypted; give its key in {name} or {file}")
_BAD_KEY = N_("the key of the store is not 64 hexadecimal digits; make one: openssl rand -hex 32")
_OTHER_KEY = N_("the store was encrypted with another key, or was damaged; check {name}")


def sealed(data: bytes) -> bytes:
    """``data`` encrypted where there is a key, else as it is. ``UsageError``: no good key."""
    keys = _keys()
    if keys is None:
        return data
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret, naming = keys
    nonce = hmac.digest(naming, data, "sha256")[:_NONCE_BYTES]
    return _MARK + nonce + AESGCM(secret).encrypt(nonce, data, None)


def unsealed(data: bytes) -> bytes:
    """What ``sealed`` was given. ``StoreError`` where the key is missing or another."""
    if data[:1] != _MARK:
        return data
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    keys = _keys()
    if keys is None:
        raise StoreError(_NO_KEY_AT_ALL, name=KEY, file=KEY_FILE)
    nonce, content = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
    try:
        return AESGCM(keys[0]).decrypt(nonce, content, None)
    except InvalidTag:
        raise StoreError(_OTHER_KEY, name=KEY) from None


def _keys() -> tuple[bytes, bytes] | None:
    return _keys_of(os.environ.get(KEY, ""), os.environ.get(KEY_FILE, ""))


@lru_cache(maxsize=8)
def _keys_of(text: str, file: str) -> tuple[bytes, bytes] | None:
    """To encrypt, and to make nonces; None where no key is given."""
    if not text and file:
        try:
            text = Path(file).read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise UsageError(_NO_FILE, path=file, name=KEY_FILE) from None
    elif not text:
        return None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text.strip()):
        raise UsageError(_BAD_KEY)
    key = bytes.fromhex(text.strip())
    return hmac.digest(key, b"content", "sha256"), hmac.digest(key, b"nonce", "sha256")
