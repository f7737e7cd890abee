"""Encryption at rest, with a key of the bank's: of what the store holds, and of sound on disk.

``values``: small things, whole in memory; the same value is always the same bytes, as the store
expects. ``files``: recordings and their copies, piece by piece, read from anywhere. ``keys``: what
both take. Without a key everything is written as it is; what was written so stays readable.
"""

from autoqa.sealing.files import PIECE_BYTES, create, opened, read_whole
from autoqa.sealing.keys import KEY, KEY_FILE
from autoqa.sealing.values import name_of, sealed, unsealed

__all__ = [
    "KEY",
    "KEY_FILE",
    "PIECE_BYTES",
    "create",
    "name_of",
    "opened",
    "read_whole",
    "sealed",
    "unsealed",
]
