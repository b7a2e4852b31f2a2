"""numba behind one typed door.

Compiled code is kept beside the source. numba looks at the file of a function only, not at those of the functions
it calls: whatever is compiled calls nothing compiled from another file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., object])
# `_nrt`: nothing is allocated in compiled code, so references are not counted, which would be half of the time.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_TO_WRITE = (1, 3, 1)  # of LLVM's prefetch: for writing, to be kept, data


def jit(function: F) -> F:
    """Compiled at the first call, kept on disk, without the interpreter's lock."""
    return cast(F, numba.njit(cache=True, **_OPTIONS)(function))


def part(function: F) -> F:
    """A part of compiled functions of the same file, put in where it is called: a call hands over every array."""
    return cast(F, numba.njit(inline="always", **_OPTIONS)(function))


@intrinsic
def _near(_: Any, array: Any, index: Any) -> Any:
    """`near`, as LLVM has it."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        content = context.make_array(signature.args[0])(context, builder, value=given[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        size = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
        skipped = builder.mul(given[1], ir.Constant(given[1].type, size))
        place = builder.gep(builder.bitcast(content.data, byte), [skipped])
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = cast(Any, cgutils).get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(ask, [place, *(ir.Constant(number, one) for one in _TO_WRITE)])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


# near(array, index): ask for the line of memory in which `array[index]` begins, and do not wait for it.
near: Callable[[Any, Any], None] = cast(Any, _near)
