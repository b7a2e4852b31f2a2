"""Find and run the benchmarks of the checkout; each is a file of bench/ with `run() -> list[dict]`.

A figure is {"name", "value", "unit", "target", "better" ("higher" or "lower"), "peer", "n"}; target and peer may be null.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chengyun.kernel.errors import FieldError, Invalid, NotFound

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = CHECKOUT / "bench"
RUN = re.compile(r"^def run\(", re.MULTILINE)


def available() -> list[str]:
    """Names of the benchmarks, alphabetically. Raises NotFound outside of a checkout."""
    if not FOLDER.is_dir():
        raise NotFound("cli.no_checkout")
    return sorted(
        path.stem
        for path in FOLDER.glob("*.py")
        if not path.stem.startswith("_") and RUN.search(path.read_text(encoding="utf-8"))
    )


def measure(name: str, files: Mapping[str, Path]) -> dict[str, Any]:
    """Run one benchmark, or those of `all`: {"figures": [...], "machine": …, "commit": …}; what they print goes to
    standard error. `files`: option → path, for those that measure on somebody's data; `all` leaves out what lacks
    its data and says so. Raises NotFound for a name that is none, Invalid for a missing or foreign option.
    """
    known = available()
    if name not in (*known, "all"):
        raise NotFound("cli.no_bench", name=name, found=", ".join(known))
    sys.path.insert(0, str(CHECKOUT))
    figures: list[dict[str, Any]] = []
    with contextlib.redirect_stdout(sys.stderr):
        for one in known if name == "all" else [name]:
            run = importlib.import_module(f"bench.{one}").run
            parameters = inspect.signature(run).parameters.values()
            wanted = {each.name for each in parameters if each.default is each.empty}
            if name == "all" and not wanted <= set(files):
                print(f"{one}: left out, needs {_options(wanted)}")
                continue
            figures += run(**_chosen(one, wanted, files, strict=name != "all"))
    return {"figures": figures, "machine": machine(), "commit": commit()}


def _chosen(name: str, wanted: set[str], files: Mapping[str, Path], strict: bool) -> dict[str, Path]:
    """The options of one benchmark. Raises Invalid unless exactly those are given that it wants."""
    if strict and wanted != set(files):
        needs = _options(wanted) or "–"
        raise Invalid(
            [
                FieldError(word, "cli.bench_options", {"name": name, "needs": needs})
                for word in sorted(wanted ^ set(files))
            ]
        )
    return {word: files[word] for word in wanted}


def _options(words: Iterable[str]) -> str:
    return " ".join(f"--{word}" for word in sorted(words))


def shown(figure: dict[str, Any]) -> str:
    """One figure as a line."""
    line = f"{figure['name']}: {figure['value']:,.3f} {figure['unit']}"
    if figure.get("target") is not None:
        sign = "≥" if figure.get("better") == "higher" else "≤"
        line += f"  target {sign} {figure['target']:,g}"
    if figure.get("peer") is not None:
        line += f"  peer {figure['peer']:,.3f}"
    return f"{line}  n={figure['n']:,}"


def machine() -> str:
    """Processor, cores and system in one line."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.platform()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit() -> str:
    """The commit of the checkout, "+" when files differ from it, or "unknown" outside of one."""
    found = _git("rev-parse", "--short", "HEAD")
    if not found:
        return "unknown"
    return f"{found}+" if _git("status", "--porcelain", "--untracked-files=no") else found


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return answer.stdout.strip()
