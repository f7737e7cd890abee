"""What breaks in a night over a folder: every recording once, nothing lost, one sentence.

Most run the program, for which the ordinary suite has no time: they are run where PostgreSQL is,
on the database whose promises they lean on, or on both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
import sqlalchemy as sa

from autoqa.audio import content_id
from autoqa.errors import StoreError
from autoqa.store import Jobs, Overview, Store, calls, hearing_key, jobs
from autoqa.store.figures import By, Figures
from autoqa.types import Contact, JobKind, Order
from tests.builders import dialogue
from tests.builders_service import call_files, until
from tests.databases import POSTGRES, SQLITE, url_of
from tests.postgres import Cluster
from tests.scoring.packs import write_pack
from tests.store.test_jobs import Clock, claimed

ROOT = Path(__file__).parents[1]
both = pytest.mark.usefixtures("on_both")
on_postgres = pytest.mark.parametrize("on_both", [POSTGRES], indirect=True)
on_sqlite = pytest.mark.parametrize("on_both", [SQLITE], indirect=True)


@dataclass
class Night:
    """A folder of four recordings, and runs over it."""

    folder: Path
    url: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def calls(self) -> Path:
        return self.folder / "calls"

    @property
    def moments(self) -> Path:
        return self.folder / "moments"

    def start(self, *options: str) -> subprocess.Popen[str]:
        own = {"TEST_MOMENTS": str(self.moments), "PYTHONPATH": str(ROOT)}
        command = [
            *(sys.executable, "-m", "tests.builders_service", "score", str(self.calls)),
            *("--rules", str(self.folder / "rules"), "--out", str(self.folder / "qa")),
            *("--store", self.url, "--workers", "1", "--lang", "en", *options),
        ]
        self.started.append(
            subprocess.Popen(
                command, cwd=ROOT, env=os.environ | own, stderr=subprocess.PIPE, text=True
            )
        )
        return self.started[-1]

    def hold(self) -> None:
        (self.moments / "wait").touch()

    def listens(self, count: int = 1) -> None:
        """Returns when so many runs listen, and can go no further."""
        until(lambda: len(list(self.moments.glob("waits-*"))) == count)

    def go_on(self) -> None:
        (self.moments / "wait").unlink()

    def is_whole(self) -> bool:
        """Every file is one call, scored once, with a document and a page and a line."""
        files = sorted(path.name for path in self.calls.glob("*.wav"))
        with Store(self.url) as store:
            rows = Overview(store).page(limit=100).rows
            assert sorted(row.file for row in rows) == files
            (figures,) = Figures(store).by(By.ALL)
            assert (figures.calls, figures.scored) == (len(files), len(files))
            for row in rows:
                assert row.recording_id == content_id([self.calls / row.file])
                assert len(store.scorecards(row.call_id)) == 1
        out = self.folder / "qa"
        assert sorted(path.name for path in out.glob("*.json")) == [f"{one}.json" for one in files]
        assert len(list((out / "calls").iterdir())) == len(files)
        lines = (out / "summary.csv").read_text("utf-8-sig").splitlines()
        assert [line.partition(",")[0] for line in lines[1:]] == files
        assert list(out.glob(".*.part")) == []
        return True


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    for name in ("moments", "rules", "qa"):
        (tmp_path / name).mkdir()
    write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    call_files(tmp_path / "calls", 4)
    night = Night(tmp_path, url_of(tmp_path / "qa" / "autoqa.db"))
    yield night
    for run in night.started:
        run.kill()
        run.communicate()


@both
@pytest.mark.postgres
def test_two_runs_over_a_folder_that_grows_with_a_file_under_two_names(night: Night) -> None:
    night.hold()
    runs = [night.start(), night.start()]
    night.listens(2)
    whole = (night.calls / "000.wav").read_bytes()
    (night.calls / "twice.wav").write_bytes(whole)
    (night.calls / "comes.wav").write_bytes(whole[: len(whole) // 2])  # it is still being written
    night.go_on()
    assert [run.wait(120) for run in runs] == [0, 0]
    assert night.start().wait(120) in (0, 1)
    (night.calls / "comes.wav").write_bytes(call_files(night.folder / "more", 6)[5].read_bytes())
    with Store(night.url) as store:  # what was half there is scored once more, as it is now
        store.put_contact(Contact("comes.wav", "comes.wav"), dialogue("坐席 0.0-1.0 喂"))
        half = store.scorecards("comes.wav")
    assert night.start().wait(120) == 0
    with Store(night.url) as store:
        assert len(store.scorecards("comes.wav")) == len(half) + 1
        (row,) = (one for one in Overview(store).page().rows if one.call_id == "comes.wav")
    assert row.recording_id == content_id([night.calls / "comes.wav"])
    names = {one.name for one in night.calls.iterdir()}
    with Store(night.url) as store:
        assert {one.file for one in Overview(store).page().rows} == names
        assert {len(store.scorecards(one)) for one in names - {"comes.wav"}} == {1}


@both
@on_postgres
@pytest.mark.postgres
def test_a_worker_that_is_killed_costs_nothing(night: Night) -> None:
    for moment in ("hearing", "heard", "judged"):
        (night.moments / moment).touch()
    run = night.start()
    assert run.wait(120) == 0
    assert not any((night.moments / moment).exists() for moment in ("hearing", "heard", "judged"))
    assert night.is_whole()


@both
@on_sqlite
@pytest.mark.postgres
def test_a_run_that_is_killed_is_taken_up_by_the_next(night: Night) -> None:
    night.hold()
    run = night.start()
    night.listens()
    run.kill()
    run.wait()
    night.go_on()
    assert night.start().wait(120) == 0
    assert night.is_whole()


@pytest.mark.postgres
def test_a_run_waits_for_a_database_that_is_gone(tmp_path: Path) -> None:
    cluster = Cluster()
    try:
        for name in ("moments", "rules", "qa"):
            (tmp_path / name).mkdir()
        write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
        call_files(tmp_path / "calls", 4)
        night = Night(tmp_path, cluster.make("qa"))
        night.hold()
        run = night.start()
        night.listens()
        cluster.stop()
        night.go_on()
        cluster.start()
        assert run.wait(120) == 0
        assert night.is_whole()
    finally:
        for run in night.started:
            run.kill()
            run.communicate()
        cluster.close()


@pytest.mark.postgres
def test_a_disk_that_is_full_is_told_and_the_next_run_finishes(night: Night) -> None:
    Store(night.url).close()
    place = night.folder / "qa" / "calls"
    place.symlink_to("/dev/full")  # no page can be written
    run = night.start()
    _, told = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "Traceback" not in told
    place.unlink()
    assert night.start().wait(120) == 0
    assert night.is_whole()


# ---------------------------------------------------------------- without the program


def test_a_store_that_is_full_keeps_all_of_a_call_or_nothing(tmp_path: Path) -> None:
    """SQLite's, which is a file on a disk."""
    url = f"sqlite:///{tmp_path / 'qa.db'}"
    Store(url).close()

    def limit(connection: sa.PoolProxiedConnection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    call = dialogue("坐席 0.0-2.0 " + "".join(map(chr, range(0x4E00, 0x4E00 + 9000))))
    key = call.recording.id, hearing_key(call.model, call.stages)
    sa.event.listen(sa.Engine, "connect", limit)
    try:
        with Store(url) as store:
            with pytest.raises(StoreError, match="full"), store.begin():
                store.put_contact(Contact("a", "a.wav"), call)
                store.put_call(call)
            assert store.call(*key) is None
            assert store.contacts(["a"]) == []
    finally:
        sa.event.remove(sa.Engine, "connect", limit)
    with Store(url) as store:
        store.put_call(call)
        assert store.call(*key) is not None


@both
def test_a_clock_that_is_set_back_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Back(datetime):
        """An hour earlier each time it is asked."""

        hours = 0

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Back:
            Back.hours += 1
            return datetime.now(tz) - timedelta(hours=Back.hours)  # type: ignore[return-value]

    monkeypatch.setattr(jobs, "datetime", Back)
    monkeypatch.setattr(calls, "datetime", Back)
    with Store(url_of(tmp_path / "qa.db")) as store:
        clock = Clock()
        queue = Jobs(store, lease_s=30, clock=clock)
        for name in ("first", "second"):
            queue.submit(Order(JobKind.SCORE, name, Contact(name, name)))
        held = claimed(queue)
        assert held.job.call_id == "first"
        clock.now_s += 20
        queue.beat(held)  # who beats lives, whatever the clock on the wall says
        assert claimed(queue, "other").job.call_id == "second"
        queue.finish(held)
        for words in ("喂", "你好"):
            heard = dialogue(f"坐席 0.0-1.0 {words}")
            store.put_contact(Contact("a", "a"), heard)
            store.put_call(replace(heard, model=words))
        (stored,) = store.stored(["a"])
        assert stored.call.utterances[0].text == "你好"  # what was heard last
