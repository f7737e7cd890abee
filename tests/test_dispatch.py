"""A folder that others hear: every recording once, whoever hears, dies, or is asked again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autoqa import dispatch, pipeline
from autoqa.dispatch import score_elsewhere
from autoqa.folder import Source, find_sources
from autoqa.i18n import language, render
from autoqa.jobs_worker import JobsWorker
from autoqa.pipeline import Models
from autoqa.rulebook.keeper import RuleKeeper
from autoqa.settings import Settings
from autoqa.store import Jobs, Store, store_url
from autoqa.types import JobState
from autoqa.worker import Plan, Scored
from tests.builders_service import Ears, call_files, ears_of
from tests.databases import url_of
from tests.scoring.packs import write_pack

pytestmark = pytest.mark.usefixtures("on_both")

COUNT = 5


@dataclass(slots=True)
class Place:
    plan: Plan
    store: Store
    ears: Ears
    sources: Sequence[Source]

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.store)

    def score(self) -> dict[str, Scored]:
        """Of a run over the folder, which yields everything once."""
        done = list(score_elsewhere(self.sources, self.plan))
        files = {scored.row.contact.file: scored for scored in done}
        assert len(files) == len(done) == len(self.sources)
        return files

    def work(self) -> None:
        """A worker elsewhere, which goes when nothing is left."""
        with Store(self.plan.store) as store:
            settings = replace(self.plan.settings, data_dir=Path("not here"))
            worker = JobsWorker(settings, store, RuleKeeper(self.plan.rules), "w")
            while (held := worker.jobs.claim("w")) is not None:
                worker.work(held)

    @contextmanager
    def worked_on(self) -> Iterator[None]:
        """Somebody hears meanwhile whatever is posted."""
        is_over = threading.Event()

        def work() -> None:
            while not is_over.wait(0.02):
                self.work()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(dispatch, "POLL_S", 0.02)
    (tmp_path / "rules").mkdir()
    rules = write_pack(tmp_path / "rules", "passes_if: {says: greeting}")
    url = store_url(url_of(tmp_path / "qa.db"))
    settings = Settings(data_dir=tmp_path / "qa", store=url, language="en", max_waiting=4)
    ears = ears_of(settings)
    monkeypatch.setattr(pipeline, "load_models", lambda _, library: Models(ears, library))
    call_files(tmp_path / "calls", COUNT)
    sources, _ = find_sources(tmp_path / "calls", settings)
    with Store(url) as store:
        yield Place(Plan(settings, rules, url, tmp_path / "out"), store, ears, sources)


def told(scored: Scored) -> str:
    assert scored.row.error is not None
    with language("en"):
        return render(scored.row.error)


def test_what_others_hear_is_written_here(place: Place) -> None:
    with place.worked_on():
        done = place.score()
    assert all(one.row.scorecard is not None for one in done.values())
    assert place.ears.heard == COUNT
    for file in done:
        assert (place.plan.out / f"{file}.json").is_file()
        assert (place.plan.out / "calls" / f"{file}.html").is_file()
        assert len(place.store.scorecards(file)) == 1


def test_a_run_that_is_done_again_asks_nobody(place: Place) -> None:
    with place.worked_on():
        first = place.score()
    assert place.score() == first
    assert place.jobs.counts()[JobState.DONE] == COUNT


def test_a_run_that_was_broken_off_goes_on(place: Place) -> None:
    run = score_elsewhere(place.sources, place.plan)
    with place.worked_on():
        next(run)
    del run  # some are heard, some are posted, some are not
    with place.worked_on():
        place.score()
    assert place.ears.heard == COUNT
    assert place.jobs.counts()[JobState.DONE] == COUNT


def test_what_nobody_could_hear_is_told_and_tried_again_by_the_next_run(place: Place) -> None:
    letter = place.sources[0].paths[0]
    sound = letter.read_bytes()
    letter.write_bytes(b"Dear Sir or Madam, " * 100)
    with place.worked_on():
        done = place.score()
    assert told(done[letter.name]).startswith(letter.name)
    assert sum(one.row.error is not None for one in done.values()) == 1
    letter.write_bytes(sound)
    with place.worked_on():
        assert all(one.row.error is None for one in place.score().values())


def test_a_call_that_is_deleted_meanwhile_is_told(place: Place) -> None:
    done: list[Scored] = []
    run = threading.Thread(
        target=lambda: done.extend(score_elsewhere(place.sources[:1], place.plan))
    )
    run.start()
    while run.is_alive():
        place.jobs.delete(place.sources[0].file)
        run.join(0.02)
    assert "deleted" in told(done[0])


def test_what_was_heard_with_other_ears_is_not_taken(place: Place) -> None:
    other = replace(place.plan, settings=replace(place.plan.settings, model="large-v3"))
    with place.worked_on():
        done = list(score_elsewhere(place.sources[:1], other))
    assert "same settings" in told(done[0])
