"""The ledger of published rules: which version, whose, approved by whom, when, why, and all of it.

Rows are added and never changed. A version may be published again (after an older one was tried);
it keeps every entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from pydantic import ConfigDict

from autoqa.codec import decode, encode
from autoqa.rulebook.past_calls import open_store
from autoqa.store.database import Instant, Number, metadata

_table = sa.Table(
    "publications",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("version", sa.String(64), nullable=False, index=True),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("publication", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Publication:
    """``version``: of the rule set. ``files``: contents by path in the folder of rules."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    version: str
    author: str
    approver: str
    reason: str
    published_at: datetime
    files: Mapping[str, bytes]


def publications(store: str) -> list[Publication]:
    """All of them, oldest first."""
    with open_store(store) as opened, opened.begin() as connection:
        rows = connection.scalars(sa.select(_table.c.publication).order_by(_table.c.id))
        return [decode(Publication, row) for row in rows]


def add_publication(store: str, published: Publication) -> None:
    """One more entry of the ledger."""
    row = {
        "version": published.version,
        "published_at": published.published_at,
        "publication": encode(published),
    }
    with open_store(store) as opened, opened.begin() as connection:
        connection.execute(_table.insert().values(**row))
