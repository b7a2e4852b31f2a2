"""Write stretches of history in several processes, each in a transaction of its own, all or none committed."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait

from chengyun.cli.demo.authors import Stretch
from chengyun.cli.demo.loading import write
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database

COMMIT = "commit"


class HistoryFailed(Exception):
    """A process that wrote history died; nothing of what the others wrote is kept."""


def in_parallel(url: str, stretches: Sequence[Stretch]) -> int:
    """Write every stretch in a process of its own; the number of incidents. Raises HistoryFailed."""
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    workers = []
    for stretch in stretches:
        mine, theirs = context.Pipe()
        workers.append(context.Process(target=_work, args=(url, stretch, theirs), daemon=True))
        workers[-1].start()
        theirs.close()
        pipes.append(mine)
    try:
        count = sum(_answers(pipes))
        for pipe in pipes:
            pipe.send(COMMIT)
        _answers(pipes)
        return count
    finally:
        for pipe in pipes:
            pipe.close()
        for worker in workers:
            worker.join(10)
            worker.kill()


def _answers(pipes: Sequence[Connection]) -> list[int]:
    """One number from everybody, in the order in which they come."""
    waiting, found = list(pipes), []
    while waiting:
        for pipe in [pipe for pipe in waiting if pipe in wait(waiting)]:
            try:
                found.append(int(pipe.recv()))
            except EOFError:
                raise HistoryFailed from None
            waiting.remove(pipe)
    return found


def _work(url: str, stretch: Stretch, parent: Connection) -> None:
    """The other process: write, say so, commit when told to; a parent that is gone means rollback."""
    database = Database(url, pool_size=1)
    gc.freeze()
    gc.disable()  # lives refer to each other in one direction only, and there are many
    try:
        with database.begin(system_actor("seed")) as tx:
            parent.send(write(tx, stretch.lives()))
            parent.recv()
        parent.send(0)
    except (EOFError, BrokenPipeError):
        sys.exit(1)
    finally:
        database.dispose()
