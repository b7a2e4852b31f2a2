"""numba behind one typed door.

Compiled code is kept beside the source. numba looks at the file of a function only, not at those of the functions
it calls: whatever is compiled calls nothing compiled from another file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])
# `_nrt`: nothing is allocated in compiled code, so references are not counted, which would be half of the time.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def jit(function: F) -> F:
    """Compiled at the first call, kept on disk, without the interpreter's lock."""
    return cast(F, numba.njit(cache=True, **_OPTIONS)(function))


def part(function: F) -> F:
    """A part of compiled functions of the same file, put in where it is called: a call hands over every array."""
    return cast(F, numba.njit(inline="always", **_OPTIONS)(function))
