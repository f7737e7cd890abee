"""The bench of speed runs, and counts what it says it counts; how long anything takes is not
judged."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pytest

from autoqa.audio import load
from autoqa.settings import Settings
from bench.material import copies, joined, material
from bench.race import Run
from bench.speed import Ear, race
from bench.stopwatch import REST, Stopwatch

ROOT = Path(__file__).parents[2]


def test_the_short_form_runs() -> None:
    command = [sys.executable, "-m", "bench.speed", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for row in ("autoqa", "batched", "model, encoding", "second listens", "the limit"):
        assert row in done.stdout
    assert "whisper-ctranslate2 is left out" in done.stdout


def test_ears_take_turns(tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(name: str) -> Run:
        heard.append(name)
        return Run(1.0, 1.0, 0.0, 0.0, {}, {})

    ears = [Ear(name, 1, lambda out: hear(out.name)) for name in ("a", "b")]
    race(ears, 2, tmp_path)
    assert heard == ["a-1-0", "b-1-0", "a-1-1", "b-1-1"]


def test_what_a_stage_does_inside_another_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("timed")
    now_s = 0.0

    def spend(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    def outer() -> None:
        spend(1)
        module.inner()
        spend(1)

    def whole() -> None:
        spend(4)
        module.inner()

    vars(module).update(inner=lambda: spend(2), outer=outer, whole=whole)
    monkeypatch.setitem(sys.modules, "timed", module)
    monkeypatch.setattr("bench.stopwatch.time.process_time", lambda: now_s)
    watch = Stopwatch()
    watch.start({"in": ("timed:inner",), "out": ("timed:outer",)}, {"all": ("timed:whole",)})
    watch.reset()
    module.outer()
    module.whole()
    spend(0.5)
    assert watch.read() == {"in": 2, "out": 2, "all": 6, REST: 0.5}


def test_no_two_calls_are_the_same_and_none_is_too_short(tmp_path: Path) -> None:
    heard = material(ROOT / "examples", tmp_path / "material", short=True)
    made = copies(heard, tmp_path / "copies", 3)
    calls = [load((made.folder / file,), Settings()).recording for file in made.files]
    assert len({call.id for call in calls}) == 3
    assert made.seconds == pytest.approx(sum(call.duration_ms for call in calls) / 1000, abs=0.01)
    long = joined(heard, tmp_path / "joined", 30)
    [call] = (load((long.folder / file,), Settings()).recording for file in long.files)
    assert call.duration_ms == 30_000
