"""Formulas of signs: compiled, checked for unknown names and circles, put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chengyun.vitals.contracts import Input, Sign
from chengyun.vitals.engine.expression import ExpressionError, Program, program
from chengyun.vitals.engine.tree import PlanError

_ITSELF = Program((), ())


@dataclass(frozen=True, slots=True)
class Formulas:
    """By place of the sign: its program (empty: the value is x), its depth, the places of its inputs."""

    programs: tuple[Program, ...]
    depth: tuple[int, ...]  # 0, or one more than the deepest input
    inputs: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]  # inputs before what is made of them


def compiled(signs: Sequence[Sign]) -> Formulas:
    """Of all signs together. Raises PlanError with the code of the sign."""
    place = {sign.code: number for number, sign in enumerate(signs)}
    if len(place) < len(signs):
        raise PlanError("two signs have the same code")
    inputs = tuple(_inputs(sign, place) for sign in signs)
    depth = _depths(signs, inputs)
    order = tuple(sorted(range(len(signs)), key=lambda number: (depth[number], number)))
    return Formulas(tuple(_program(sign) for sign in signs), depth, inputs, order)


def _inputs(sign: Sign, place: Mapping[str, int]) -> tuple[int, ...]:
    if sign.input is not Input.SIGNS:
        return ()
    unknown = [code for code in sign.inputs.values() if code not in place]
    if unknown or not sign.inputs:
        raise PlanError(f"{sign.code}: unknown input {', '.join(unknown) or '(none named)'}")
    return tuple(place[code] for code in sign.inputs.values())


def _program(sign: Sign) -> Program:
    composite = sign.input is Input.SIGNS
    if not composite and sign.expression.strip() == "x":
        return _ITSELF
    try:
        return program(sign.expression, tuple(sign.inputs) if composite else ("x",))
    except ExpressionError as error:
        raise PlanError(f"{sign.code}: {error}") from error


def _depths(signs: Sequence[Sign], inputs: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Rounds until nothing rises; more rounds than signs would need a circle."""
    depth = [0] * len(signs)
    waiting = [number for number in range(len(signs)) if inputs[number]]
    settled = {number for number in range(len(signs)) if not inputs[number]}
    while waiting:
        ready = [number for number in waiting if settled.issuperset(inputs[number])]
        if not ready:
            raise PlanError(f"signs are made of each other: {', '.join(signs[n].code for n in waiting)}")
        for number in ready:
            depth[number] = 1 + max(depth[one] for one in inputs[number])
        settled.update(ready)
        waiting = [number for number in waiting if number not in settled]
    return tuple(depth)
