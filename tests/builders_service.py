"""``python -m tests.builders_service score|worker|serve …``: the program, whose ears need no model.

They hear the same words in every stretch of speech, and take ``TEST_HEARING_S`` for a call. In the
folder ``TEST_MOMENTS`` a file may be named after a moment of a job (``MOMENTS``): whoever reaches
it takes the file away and is killed as by ``kill -9``. As long as there is a file ``wait``, nothing
is heard, and whoever listens leaves a file ``waits-…``. ``TEST_LEASE_S``: after which a worker that
does not beat is given up.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from autoqa import cli, crew, jobs_worker, models, night, pipeline, transcription
from autoqa.audio import content_id
from autoqa.pipeline import Models
from autoqa.settings import Settings
from autoqa.store import Jobs, Recordings, Store
from autoqa.transcription import Clip, Heard
from autoqa.types import Contact, Job, JobKind, Order
from tests.acoustics.signals import audio, sentence
from tests.audio.sounds import write_wav
from tests.builders_transcriber import FakeTranscriber

MOMENTS = ("claimed", "hearing", "heard", "judged", "finished")
WORDS = "您好请问有什么可以帮您"


class Ears(FakeTranscriber):
    """Hears ``WORDS`` everywhere, after ``meanwhile``."""

    def __init__(self, name: str, meanwhile: Callable[[], object]) -> None:
        super().__init__({})
        self.name = name
        self.meanwhile = meanwhile
        self.heard = 0

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        self.heard += 1
        self.meanwhile()
        for clip in clips:
            self._texts[clip.key, clip.channel, clip.start_ms] = WORDS
        return super().transcribe(clips)


def ears_of(settings: Settings, meanwhile: Callable[[], object] = lambda: None) -> Ears:
    return Ears(transcription.name(settings), meanwhile)


def call_files(folder: Path, count: int) -> list[Path]:
    """Recordings of two seconds, no two the same."""
    folder.mkdir(exist_ok=True)
    files = []
    for number in range(count):
        sound = audio(sentence(0, 500, 2500), sentence(1, 10 * number, 2000 + 10 * number))
        files.append(folder / f"{number:03}.wav")
        write_wav(files[-1], sound.samples)
    return files


def post(store: Store, settings: Settings, file: Path, **fields: Any) -> Job:
    """What the service does with a posted call."""
    id_ = content_id([file])
    recordings = Recordings(store, settings.data_dir / "recordings")
    with recordings.incoming() as folder:
        part = folder / file.name
        part.write_bytes(file.read_bytes())
        recordings.keep(id_, [part])
    order = Order(JobKind.SCORE, id_, Contact(file.stem, file.name), **fields)
    return Jobs(store).submit(order)


def until(is_so: Callable[[], bool], patience_s: float = 120.0) -> None:
    """Returns when it is so; fails where it has not come to that in time."""
    last_s = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < last_s, "it never came to that"
        signal.sigtimedwait([], 0.05)


def _moments() -> Path:
    return Path(os.environ.get("TEST_MOMENTS", os.devnull))


def _meet(moment: str) -> None:
    file = _moments() / moment
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _wait() -> None:
    _meet("hearing")
    time.sleep(float(os.environ.get("TEST_HEARING_S", "0")))
    while (_moments() / "wait").exists():
        (_moments() / f"waits-{os.getpid()}").touch()
        time.sleep(0.05)


def _then(method: Callable[..., Any], moment: str) -> Callable[..., Any]:
    @wraps(method)
    def and_then(*args: Any, **options: Any) -> Any:
        done = method(*args, **options)
        if done is not None or moment != "claimed":
            _meet(moment)
        return done

    return and_then


def give_ears() -> None:
    patched: Any = pipeline
    patched.load_models = lambda settings, library: Models(ears_of(settings, _wait), library)
    for kind, name, moment in (
        (Jobs, "claim", "claimed"),
        (Store, "put_call", "heard"),
        (Store, "put_scorecards", "judged"),
        (jobs_worker.JobsWorker, "work", "finished"),
    ):
        setattr(kind, name, _then(getattr(kind, name), moment))
    if lease_s := os.environ.get("TEST_LEASE_S"):
        patched = Jobs.__init__
        patched.__kwdefaults__["lease_s"] = float(lease_s)
    for module, name, value in (
        (models, "resolve", lambda *_: Path()),
        (night, "resolve", lambda *_: Path()),
        (jobs_worker, "GRACE_S", 0.5),
        (crew, "COMMAND", (sys.executable, "-m", "tests.builders_service")),
        (crew, "FIRST_PAUSE_S", 0.05),
    ):
        setattr(module, name, value)


if __name__ in ("__main__", "__mp_main__"):  # here, and in processes that it starts
    give_ears()
if __name__ == "__main__":
    cli.main()
