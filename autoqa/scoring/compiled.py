"""Functions as machine code, for the matcher's inner loops, and the arrays that they take.

Compiled code is kept beside the file that it comes from, or in the user's cache where that may not
be written.

Why not plain numpy, which needs nothing compiled: a call of 2,000 characters and 60 rules make
5,400 stretches to align, 14 million cells of scores. Machine code leaves a stretch off as soon as
it is too dear and took 50 ms; taking all stretches of many texts at once, a step at a time, numpy
took 23 ns a cell for the recurrence alone, 330 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Singles: TypeAlias = NDArray[np.float32]
Classes: TypeAlias = NDArray[np.int32]
"""Numbers of sounds or characters."""
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """``function`` as machine code, made when it is first called and kept for the next process."""
    try:
        made: Any = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep it
        made = numba.njit(nogil=True)(function)
    return cast(Function, made)
