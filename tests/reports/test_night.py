"""``report.html`` shows the night, and hands every call to the table."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from autoqa.i18n import language
from autoqa.reports.night import night_html
from autoqa.reports.row import failed_row, row_of
from autoqa.types import Contact, Message
from tests.reports.html import Element, parse
from tests.reports.samples import night, samples

ROWS = [row_of(*sample) for sample in samples().values()]
BROKEN = [
    failed_row(Contact(name, name), Message("{file} is empty", {"file": name}))
    for name in ("b.wav", "sub/c.wav")
]


def page(*, lang: str = "en") -> Element:
    with language(lang):
        return parse(night_html([*ROWS, *BROKEN], title="evening", made_at=datetime(2024, 3, 6, 7)))


def data(page: Element) -> Any:
    (script,) = [s for s in page.all("script") if "type" in s.attributes]
    return json.loads("".join(child.text for child in script.children))


def test_tiles_tell_the_night() -> None:
    tiles = [tile.words for tile in page().all(css="tile")]
    assert tiles[0] == "Recordings 6 4 scored"
    assert tiles[2] == "Pass rate 0% 0 of 2 decided" or tiles[2].startswith("Pass rate 0.0%")
    assert tiles[5].startswith("Could not be scored 2")


def test_like_failures_stand_together_with_their_files() -> None:
    (failures,) = page().all(css="failures")
    assert [summary.words for summary in failures.all("summary")] == ["is empty 2"]
    assert [item.words for item in failures.all("li")] == ["b.wav", "sub/c.wav"]


def test_every_recording_is_in_the_table_with_its_outcomes() -> None:
    told = data(page())
    assert [row[0] for row in told["rows"]] == sorted(row.contact.file for row in [*ROWS, *BROKEN])
    rich = next(row for row in told["rows"] if row[0].startswith("evening"))
    assert rich[8:12] == [77.8, 64.2, 77.9, "failed"]
    ids = [rule[0] for rule in told["rules"]]
    assert rich[12][ids.index("hold-thanked")] == "f"
    assert rich[12][ids.index("dead-air")] == "u"
    broken = next(row for row in told["rows"] if row[0] == "b.wav")
    assert (broken[1], broken[11], broken[13]) == ("", "error", "b.wav is empty")


def test_figures_are_filters_that_the_form_knows() -> None:
    made = page()
    fields = {e.attributes["name"] for e in made.all() if "name" in e.attributes}
    filters = [e for e in made.all() if "data-filter" in e.attributes]
    assert {e.attributes["data-filter"] for e in filters} <= fields
    options = {e.attributes["value"] for e in made.all("option")}
    for element in filters:
        known = element.attributes["data-filter"] == "bin"
        assert known or element.attributes["data-value"] in options | {"fatal", "error"}


def test_date_is_written_as_the_reader_writes_it() -> None:
    assert "6 Mar 2024, 07:00" in page().words
    assert "2024年3月6日 07:00" in page(lang="zh_CN").words


def test_order_of_rows_does_not_change_the_page() -> None:
    rows = night(50)
    assert night_html(rows) == night_html(reversed(rows))
