"""What benchmarks share."""

from __future__ import annotations

import socket
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


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
