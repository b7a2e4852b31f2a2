"""Find and run the benchmarks of the checkout; each is a file of bench/ with `run() -> list[dict]`."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import typer

FOLDER = Path(__file__).resolve().parents[3] / "bench"


def available() -> list[str]:
    """Names of the benchmarks, alphabetically."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def measure(names: list[str]) -> dict[str, Any]:
    """Run benchmarks one after another: {"figures": [...], "machine": …, "commit": …}."""
    figures: list[dict[str, Any]] = []
    for name in names:
        path = FOLDER / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"bench_{name}", path) if path.exists() else None
        if spec is None or spec.loader is None:
            raise typer.BadParameter(f"no benchmark {name!r}; there are: {', '.join(available())}")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        figures += module.run()
    return {"figures": figures, "machine": machine(), "commit": commit()}


def machine() -> str:
    """Processor, cores and system in one line."""
    return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"


def commit() -> str:
    """The commit of the checkout, or "unknown" outside of one."""
    answer = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"
