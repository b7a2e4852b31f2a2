"""What benchmarks share."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from pathlib import Path
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


def used() -> Counter[str]:
    """Seconds of processor time of what this process has started, by name: of a command of ours its first word."""
    found: Counter[str] = Counter()
    for process in _descendants(os.getpid()):
        try:
            told = (process / "stat").read_text().rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
            name = (process / "comm").read_text().strip()
        except OSError:  # it has just ended
            continue
        own = words[words.index(b"chengyun.cli") + 1].decode() if b"chengyun.cli" in words else name
        found[own] += sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


def _descendants(above: int) -> list[Path]:
    found = []
    for task in Path(f"/proc/{above}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [Path("/proc", child), *_descendants(int(child))]
    return found


def resident(process: int) -> tuple[float, float]:
    """Memory of a process now and at most so far, MB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return tuple(int(lines[name].split()[0]) / 1e3 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]
