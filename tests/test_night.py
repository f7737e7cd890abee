"""A run over a folder: every recording once, and what the others tell of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from autoqa import night
from autoqa.errors import UsageError
from autoqa.folder import Source
from autoqa.reports.row import Row, row_of
from autoqa.settings import Settings
from autoqa.types import Contact, Role
from autoqa.worker import Scored
from tests.reports.samples import samples
from tests.scoring.packs import write_pack


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


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And ends neither in a heap of Python nor in half a table."""
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "a.wav").touch()
    (tmp_path / "qa").mkdir()
    (tmp_path / "qa" / "summary.csv").symlink_to("/dev/full")
    rows = [row_of(*sample) for sample in samples().values()]
    monkeypatch.setattr(night, "score_all", lambda *_, **__: map(Scored, rows))
    monkeypatch.setattr(night, "resolve", lambda *_: Path())
    with pytest.raises(UsageError, match="No space left on device"):
        night.score_night(
            tmp_path / "calls",
            write_pack(tmp_path, "passes_if: {says: greeting}"),
            tmp_path / "qa",
            settings=Settings(language="en"),
            console=Console(quiet=True),
        )
    assert sorted(path.name for path in (tmp_path / "qa").iterdir()) == ["autoqa.db", "summary.csv"]


def test_where_the_others_tell_nothing_it_stays_unknown() -> None:
    recorder = _Recorder({"a.wav": Role.AGENT, "b.wav": Role.CUSTOMER})
    sources = [_source(file) for file in ("a.wav", "b.wav", "unclear.wav")]
    rows = [one.row for one in night.scored_once(sources, recorder)]
    assert [row.first_role for row in rows] == [Role.AGENT, Role.CUSTOMER, Role.UNKNOWN]
    assert recorder.asked == ["a.wav", "b.wav", "unclear.wav"]
