"""``Offered``: what there is to choose calls by, for the forms of pages."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from autoqa.store.database import Database
from autoqa.store.overview import distinct
from autoqa.store.standing import overview


class Offered:
    """Reads what calls have, without counting them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_day(self) -> date | None:
        """Of the newest call; None without calls."""
        with self._database.reading() as connection:
            newest: date | None = connection.scalar(sa.select(sa.func.max(overview.c.day)))
        return newest

    def directions(self) -> list[str]:
        """Every direction that calls have, as the bank writes it."""
        found = distinct(self._database, overview.c.direction)
        return [direction for (direction,) in found if direction is not None]

    def forms(self) -> list[tuple[str, str]]:
        """Id and name of every form that calls were scored by."""
        found = distinct(self._database, overview.c.form, overview.c.form_name)
        return sorted({row[0]: row[1] for row in found}.items())
