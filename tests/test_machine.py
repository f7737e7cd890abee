"""What is chosen from the machine, and what was set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autoqa import machine
from autoqa.machine import (
    allow_wide_instructions,
    batch_size,
    memory_mb,
    processor_count,
    worker_count,
)
from autoqa.settings import Settings

CHOICE = "CT2_FORCE_CPU_ISA"


def test_what_is_set_is_taken() -> None:
    settings = Settings(workers=7, batch_size=5)
    assert worker_count(settings) == 7
    assert batch_size(settings) == 5


def test_a_graphics_card_gets_one_worker_and_large_batches() -> None:
    settings = Settings(device="cuda")
    assert worker_count(settings) == 1
    assert batch_size(settings) > batch_size(Settings())


@pytest.mark.parametrize(
    ("cores", "memory", "workers"), [(4, 64_000, 4), (64, 4_000, 2), (1, 1, 1)]
)
def test_a_worker_for_each_processor_as_far_as_there_is_memory(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory: int, workers: int
) -> None:
    monkeypatch.setattr(machine, "processor_count", lambda: cores)
    monkeypatch.setattr(machine, "memory_mb", lambda: memory)
    assert worker_count(Settings()) == workers


def test_a_container_gives_what_it_may(tmp_path: Path) -> None:
    quota = tmp_path / "limit"
    assert processor_count(quota) == len(os.sched_getaffinity(0))
    quota.write_text("max 100000\n", "ascii")
    assert processor_count(quota) == len(os.sched_getaffinity(0))
    quota.write_text("50000 100000\n", "ascii")
    assert processor_count(quota) == 1
    whole = memory_mb(quota)
    quota.write_text(str(100 << 20), "ascii")
    assert memory_mb(quota) == 100 < whole


@pytest.mark.parametrize(
    ("flags", "before", "after"),
    [
        ("flags : avx2 avx512f avx512_vbmi2 fma", "", "AVX512"),
        ("flags : avx2 avx512f fma", "", ""),
        ("flags : avx512_vbmi2", "AVX2", "AVX2"),
    ],
)
def test_wide_instructions_are_used_where_they_cost_nothing_and_nobody_has_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, before: str, after: str
) -> None:
    monkeypatch.setenv(CHOICE, before)
    if not before:
        monkeypatch.delenv(CHOICE)
    (tmp_path / "cpuinfo").write_text(flags, "ascii")
    allow_wide_instructions(tmp_path / "cpuinfo")
    assert os.environ.get(CHOICE, "") == after
