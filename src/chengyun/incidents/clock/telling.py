"""What a deadline that came due tells, and to which centres. Pure; shared by sweeper and simulated history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chengyun.incidents.life import Running


def told_args(running: Running, move: str, step: int, line: Sequence[int]) -> dict[str, Any]:
    """The args of the step, after `fire`. `step` is the rung of the ladder it stood on before, `line` the centre
    that is responsible and those above it."""
    return {
        "stage": running.stage,
        "position": running.position,
        "lamp": running.lamp,
        "next_at": running.next_at.isoformat(),
        "alert": rings(move, step, line),
    }


def rings(move: str, step: int, line: Sequence[int]) -> list[int]:
    """Which centres hear: near the end nobody, then the owner, then up the ladder, then owner and city daily."""
    if move == "lamp_yellow":
        return []
    if move == "escalated":
        return [line[min(step + 1, len(line) - 1)]]
    return [line[0], line[-1]] if move == "reminded" and step >= 0 else [line[0]]


def told_words(move: str, running: Running) -> str:
    """The text of the step."""
    if move == "reminded" and running.lamp == "yellow":
        return "签收后没有进展"
    return running.stage
