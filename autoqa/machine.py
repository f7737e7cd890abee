"""What this machine can do at once.

One process of one thread for each processor hears twice as much as one process of two threads
(``bench.speed``), and the processes share nothing. A graphics card is filled by one process that
hands it much at once.
"""

from __future__ import annotations

import os
from pathlib import Path

from autoqa.settings import Settings

WORKER_MB = 1_500
"""What a process that hears may take, with the model base and a few calls of ten minutes."""
BATCH = {"cpu": 16, "cuda": 64}
"""Windows decoded together. On a processor more are no faster: what one step reads for each of them
does not fit its caches."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For the environment of a process that hears: each of its libraries would start a thread for each
processor, and the processes would stand in each other's way."""

_INSTRUCTIONS = "CT2_FORCE_CPU_ISA"
_WIDE = "avx512_vbmi2"
"""A processor that has it (Intel's from 2019, AMD's from 2022 on) does not slow down for the widest
instructions, which CTranslate2 therefore leaves alone unless it is told: a tenth of its time."""

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MEMORY = Path("/sys/fs/cgroup/memory.max")
"""What a container may use, where it is one."""
_CPUINFO = Path("/proc/cpuinfo")


def worker_count(settings: Settings) -> int:
    """Processes that hear: as the settings say, else as many as there are processors and memory
    for; one where a graphics card does the work."""
    if settings.workers:
        return settings.workers
    if settings.device == "cuda":
        return 1
    return max(1, min(processor_count(), memory_mb() // WORKER_MB))


def batch_size(settings: Settings) -> int:
    """Windows decoded together: as the settings say, else what suits the device."""
    return settings.batch_size or BATCH.get(settings.device, BATCH["cpu"])


def allow_wide_instructions(cpuinfo: Path = _CPUINFO) -> None:
    """Lets CTranslate2 use them from now on, if it is not loaded yet and nobody has chosen."""
    if _WIDE in _read(cpuinfo).split():
        os.environ.setdefault(_INSTRUCTIONS, "AVX512")


def count_in_one_thread() -> None:
    """Keeps numpy's products of matrices to one thread of this process, as far as it is loaded.

    Some processors' sums differ in the last bit with the number of threads, and now and then a
    word with them: what is heard may depend on the recording alone.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def processor_count(quota: Path = _QUOTA) -> int:
    """Those that this process may use, by its affinity and its container's quota; at least 1."""
    count = len(os.sched_getaffinity(0))
    most, _, period = _read(quota).partition(" ")
    if most.isdigit() and period.isdigit():
        count = min(count, int(most) // int(period))
    return max(1, count)


def memory_mb(limit: Path = _MEMORY) -> int:
    """That of the machine, or of its container."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = _read(limit)
    return (min(whole, int(most)) if most.isdigit() else whole) >> 20


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
