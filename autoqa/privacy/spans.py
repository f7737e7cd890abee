"""What personal data is, and where some of it was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """``CARD``: a number of a card or an account, or a long number nobody said the kind of;
    ``CODE``: a one-time code or a password."""

    CARD = "card"
    IDENTITY = "identity"
    PHONE = "phone"
    CODE = "code"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``start`` to ``end`` of utterance number ``utterance``, half-open, and when they
    were said: by their words, else by their share of the utterance."""

    utterance: int
    start: int
    end: int
    start_ms: int
    end_ms: int
    kind: Kind
