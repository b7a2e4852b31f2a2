"""What benchmarks share."""

from __future__ import annotations

import socket
import time
from typing import Any

Figure = dict[str, Any]


def figure(name: str, value: float, unit: str, target: float | None, better: str, n: int) -> Figure:
    """One line of the scoreboard; `better` is "higher" or "lower"."""
    return {
        "name": name,
        "value": round(float(value), 2),
        "unit": unit,
        "target": target,
        "better": better,
        "peer": None,
        "n": n,
    }


def core_speed() -> Figure:
    """How fast one core is just now: shared machines vary by half within a day, and figures with them."""
    began, total, steps = time.perf_counter(), 0, 10_000_000
    for step in range(steps):
        total += step * step
    return figure(
        "core_speed", steps / (time.perf_counter() - began) / 1e6, "million steps/s", None, "higher", 1
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
