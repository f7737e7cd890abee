"""Functions as machine code, for the matcher's inner loops, and the arrays that they take.

Compiled code is kept beside the file that it comes from, or in the user's cache where that may not
be written.
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
