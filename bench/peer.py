"""``whisper-ctranslate2`` as its own command, in an environment of its own.

It mixes channels, so it is handed one file for each. What it needs to start (with its model, and a
second of silence to hear) is measured first and taken off.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from autoqa.machine import ONE_THREAD
from autoqa.models import resolve
from autoqa.settings import read_settings
from bench.ears import BATCH, Documents, document
from bench.material import Material, channels, write
from bench.race import Run

OPTIONS = (
    *("--device", "cpu", "--compute_type", "int8", "--threads", "1", "--language", "zh"),
    *("--batched", "True", "--batch_size", str(BATCH), "--beam_size", "1"),
    *("--output_format", "json", "--verbose", "False"),
)


def run_peer(command: str, heard: Material, workers: int, out: Path) -> Run:
    """Every channel of the material, in so many processes."""
    settings = read_settings()
    model = ("--model_directory", str(resolve(settings.model, settings.cache_dir)))
    given = [command, *model, *OPTIONS, "--output_dir", str(out)]
    folder = out / "channels"
    files = channels(heard, folder)
    silence = folder / "silence.wav"
    write(silence, np.zeros((1, 8_000), np.int16), 8_000)
    start_s, start_cpu_s = _timed([[*given, str(silence)]])
    every = [str(folder / name) for names in files.values() for name in names]
    shares = [every[number::workers] for number in range(workers)]
    wall_s, cpu_s = _timed([[*given, *share] for share in shares])
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    documents: Documents = {file: document(_said(out, names)) for file, names in files.items()}
    cpu_s -= workers * start_cpu_s
    return Run(wall_s - start_s, cpu_s, start_s, peak_mb, {}, documents)


def _timed(commands: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Seconds and processor seconds of commands that run side by side."""
    before, began_s = _cpu_s(), time.monotonic()
    running = [
        subprocess.Popen(
            one, stdout=subprocess.DEVNULL, env=os.environ | ONE_THREAD | {"TQDM_DISABLE": "1"}
        )
        for one in commands
    ]
    for process in running:
        if process.wait():
            raise RuntimeError(f"{process.args!r:.80} ended with {process.returncode}")
    return time.monotonic() - began_s, _cpu_s() - before


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _said(out: Path, names: Sequence[str]) -> Iterator[tuple[int, float, float, str]]:
    for channel, name in enumerate(names):
        heard = json.loads((out / f"{Path(name).stem}.json").read_text("utf-8"))
        for one in heard["segments"]:
            yield channel, one["start"], one["end"], one["text"]
