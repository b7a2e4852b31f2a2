"""numba behind one typed door.

Compiled code is kept beside the source. numba looks at the file of a function only, not at those of the functions
it calls: whatever is compiled calls nothing compiled from another file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def jit(function: F) -> F:
    """Compiled at the first call, kept on disk, without the interpreter's lock."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
