"""Processes forked from one that has imported the product already: a start costs a fraction of a second.

How they start from nothing is what tests/cli/test_launch_processes.py tries.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import tests.hashing  # noqa: F401  forks have it from here
from chengyun.cli.main import run

ROOT = Path(__file__).resolve().parents[1]
# As multiprocessing starts its server of forks: with nothing of ours but the environment.
os.environ["PYTHONPATH"] = os.pathsep.join({str(ROOT): "", **dict.fromkeys(sys.path)})
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["chengyun.cli.serving", "chengyun.vitals.live.sensing", "tests.forks"])


def forked(target: Callable[..., None], *given: Any) -> tuple[Any, Connection]:
    """A process that runs `target(*given, alive)`, and our end of `alive`: closed, however we end, it tells the process
    to stop.
    """
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=target, args=(*given, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def command(words: list[str], environment: Mapping[str, str], log: Path, alive: Connection) -> None:
    """What a fork does: `chengyun WORDS`, whatever it says into a file."""
    os.dup2(alive.fileno(), 0)
    with log.open("ab") as out:
        for number in (1, 2):
            os.dup2(out.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(run(words))
