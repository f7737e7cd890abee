"""A run over a folder: every recording once, and what the others tell of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from autoqa import night
from autoqa.folder import Source
from autoqa.reports.row import Row
from autoqa.types import Contact, Role
from autoqa.worker import Scored


def _source(file: str) -> Source:
    return Source(Contact(file, file), (Path(file),))


class _Recorder:
    """Knows who is first in ``known``, and in the rest once it is told what is usual."""

    def __init__(self, known: dict[str, Role | None]) -> None:
        self.known = known
        self.asked: list[str] = []

    def __call__(self, sources: Sequence[Source]) -> Iterator[Scored]:
        for source in sources:
            self.asked.append(source.file)
            usual = source.contact.usual_odds
            told = Role.AGENT if usual > 0 else Role.CUSTOMER if usual < 0 else Role.UNKNOWN
            yield Scored(Row(source.contact, first_role=self.known.get(source.file, told)))


@pytest.mark.parametrize("order", [Role.AGENT, Role.CUSTOMER])
def test_the_order_of_the_others_is_tried_where_words_do_not_tell(order: Role) -> None:
    recorder = _Recorder({f"{n}.wav": order for n in range(9)} | {"mono.wav": None})
    sources = [_source(file) for file in ("unclear.wav", *recorder.known)]
    rows = {one.row.contact.file: one.row for one in night.scored_once(sources, recorder)}
    assert sorted(rows) == sorted(source.file for source in sources)
    assert rows["unclear.wav"].first_role is order
    assert recorder.asked.count("unclear.wav") == 2
    assert len(recorder.asked) == len(sources) + 1


def test_where_the_others_tell_nothing_it_stays_unknown() -> None:
    recorder = _Recorder({"a.wav": Role.AGENT, "b.wav": Role.CUSTOMER})
    sources = [_source(file) for file in ("a.wav", "b.wav", "unclear.wav")]
    rows = [one.row for one in night.scored_once(sources, recorder)]
    assert [row.first_role for row in rows] == [Role.AGENT, Role.CUSTOMER, Role.UNKNOWN]
    assert recorder.asked == ["a.wav", "b.wav", "unclear.wav"]
