"""Whatever is stored comes back as it was, and what is no such thing is said in one sentence."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from pydantic import TypeAdapter

from autoqa.codec import decode, encode
from autoqa.errors import StoreError
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.types import Call, Contact, Scorecard, Settled, Word
from bench.made_calls import made_call
from tests.scoring.packs import RETAIL_BANK


def test_a_call_its_contact_and_its_scorecard_come_back() -> None:
    call, contact = made_call(0)
    contact = replace(contact, started_at=datetime(2026, 3, 1, 8, tzinfo=UTC), extra={"岗": "一"})
    card, _ = score(call, contact, load_rules(RETAIL_BANK))
    assert decode(Call, encode(call)) == call
    assert decode(Contact, encode(contact)) == contact
    assert decode(Scorecard, encode(card)) == card
    assert card.findings and isinstance(decode(Scorecard, encode(card)).pass_mark, Decimal)


def test_what_older_versions_stored_is_read() -> None:
    call, _ = made_call(0)
    assert decode(Call, zlib.compress(TypeAdapter(Call).dump_json(call), 6)) == call


def test_numbers_of_libraries_are_stored_as_numbers() -> None:
    word = Word(0, 10, "好", np.float64(0.5))
    assert decode(Word, encode(word)) == Word(0, 10, "好", 0.5)


@pytest.mark.parametrize("data", [b"", b"nothing", encode("a text"), encode({"outcome": "lost"})])
def test_other_bytes_are_no_value(data: bytes) -> None:
    with pytest.raises(StoreError, match="Settled"):
        decode(Settled, data)
