"""A real worker in threads of the test, and waiting for what it does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chengyun.kernel import jobs
from chengyun.kernel.transactions import Database


def until(condition: Callable[[], object], limit: float = 20.0) -> None:
    """Wait until `condition()` holds."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@contextmanager
def worker(db: Database, *sweepers: str, recover_after: float = 10.0) -> Iterator[None]:
    """A worker on connections of its own, with only the named sweepers."""
    own = Database(db.url, db.bus, pool_size=6)
    stop = threading.Event()
    thread = threading.Thread(
        target=jobs.run_worker,
        args=(own, stop),
        kwargs={"only": lambda name: name in sweepers, "recover_after": recover_after},
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        own.dispose()
        assert not thread.is_alive()
