"""The bank's key, from the environment or a file, and the keys that follow from it.

The key is 64 hexadecimal digits in ``AUTOQA_STORE_KEY``, or in the file that
``AUTOQA_STORE_KEY_FILE`` names; it is read here, from the environment, because every process that
opens a store needs it and no settings hold it.
"""

from __future__ import annotations

import hmac
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from autoqa.errors import StoreError, UsageError
from autoqa.i18n import N_

KEY, KEY_FILE = "AUTOQA_STORE_KEY", "AUTOQA_STORE_KEY_FILE"
_NO_FILE = N_("the key of the store cannot be read from {path}; check {name}")
_NO_KEY_AT_ALL = N_("the store is encrypted; give its key in {name} or {file}")
_BAD_KEY = N_("the key of the store is not 64 hexadecimal digits; make one: openssl rand -hex 32")
_OTHER_KEY = N_("the store was encrypted with another key, or was damaged; check {name}")


@dataclass(frozen=True, slots=True)
class Keys:
    """One for each purpose: no two of them ever encrypt with the same."""

    content: bytes = field(repr=False)
    nonces: bytes = field(repr=False)
    files: bytes = field(repr=False)
    names: bytes = field(repr=False)


def keys() -> Keys | None:
    """None where the bank has given none. ``UsageError``: it is no good."""
    return _keys_of(os.environ.get(KEY, ""), os.environ.get(KEY_FILE, ""))


def needed_keys() -> Keys:
    """``StoreError`` where there is none."""
    found = keys()
    if found is None:
        raise StoreError(_NO_KEY_AT_ALL, name=KEY, file=KEY_FILE)
    return found


def other_key() -> StoreError:
    return StoreError(_OTHER_KEY, name=KEY)


@lru_cache(maxsize=8)
def _keys_of(text: str, file: str) -> Keys | None:
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
    purposes = b"content", b"nonce", b"files", b"names"
    return Keys(*(hmac.digest(key, purpose, "sha256") for purpose in purposes))
