"""What a register's definition says of its simulated numbers: `demo`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chengyun.vitals.catalogue.contracts import Problem, Written
from chengyun.vitals.contracts import LEVELS, Input, Sign, Simulated


def simulated(
    signs: Sequence[Sign], written: Mapping[str, Written]
) -> tuple[dict[str, Simulated], list[Problem]]:
    """How each register's numbers are made, those that say so, and where one is made of what there is not."""
    registers = {sign.of: sign for sign in signs if sign.input is Input.REGISTER}
    told = {
        register: _read(data)
        for register, sign in registers.items()
        if (data := written[sign.code].data.get("demo"))
    }
    wrong = [
        Problem("sign.demo", written[sign.code].origin, "demo", {"sign": sign.code, "value": other})
        for register, one in told.items()
        for sign in (registers[register],)
        for other in one.made_of
        if other not in told
        or LEVELS.index(registers[other].lowest) > LEVELS.index(sign.lowest)
        or register in _below(other, told, (register,))
    ]
    return {} if wrong else told, wrong


def _read(demo: Any) -> Simulated:
    if not isinstance(demo, Mapping):
        return Simulated(float(demo[0]), float(demo[1]))
    if "rest" in demo:
        return Simulated(rest=str(demo["rest"]), others=tuple(map(str, demo["without"])))
    low, high = demo["range"]
    return Simulated(float(low), float(high), per=str(demo["per"]))


def _below(register: str, told: Mapping[str, Simulated], way: tuple[str, ...]) -> Iterator[str]:
    """All that a register is made of, down to a ring's beginning."""
    for other in told[register].made_of if register in told else ():
        yield other
        if other not in way:
            yield from _below(other, told, (*way, other))
