"""The processes that a supervisor runs beside the web server: the worker, and the live process."""

from __future__ import annotations

import logging
import logging.handlers
import os
import signal
import sys
import threading
from pathlib import Path

from chengyun.cli.supervisor import stop_with_parent
from chengyun.kernel.jobs import run_worker
from chengyun.kernel.log_masking import MaskingFormatter
from chengyun.kernel.personal import masked
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.web.features import build_bus

LOG_BYTES, LOG_FILES = 5_000_000, 3
BROKEN = 70  # exit status: a thread has ended that must not

log = logging.getLogger(__name__)


def work(settings: Settings) -> None:
    """Run jobs, sweepers, the audit sealer and the outbox sequencer until asked to stop."""
    keep_log(settings, "worker")
    stop_with_parent()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.require_database_url(), build_bus(), settings.database_pool)
    run_worker(database, stop)
    database.dispose()


def sense(settings: Settings) -> None:
    """Take readings in from MQTT and run the live engine of vital signs until asked to stop."""
    from chengyun.vitals.live.sensing import run  # numba and its compiled kernels are for this process alone

    keep_log(settings, "sense")
    stop_with_parent()
    threading.excepthook = give_up
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.require_database_url(), build_bus(), settings.database_pool)
    run(database, settings, stop)
    database.dispose()


def give_up(ended: threading.ExceptHookArgs) -> None:
    """A thread that ends by an error ends the process: half a live process would look alive. The supervisor starts it
    again, and it lives through what was not kept.
    """
    name = ended.thread.name if ended.thread else "?"
    log.critical("thread %s has ended", name, exc_info=ended.exc_value)
    os._exit(BROKEN)


def keep_log(settings: Settings, name: str) -> None:
    """Everything goes to HOME/logs/NAME.log; warnings also to the terminal, one line each."""
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        folder / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    file.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(OneLine(name, folder / f"{name}.log"))
    logging.basicConfig(level=settings.log.upper(), handlers=[file, terminal])
    logging.raiseExceptions = False  # a log that cannot be written must not bury the terminal


class OneLine(logging.Formatter):
    """A message of process `name` without its traceback, which is in `file`."""

    def __init__(self, name: str, file: Path) -> None:
        super().__init__()
        self.name = name
        self.file = file

    def format(self, record: logging.LogRecord) -> str:
        line = masked(f"{self.name}: {' '.join(record.getMessage().split())}")
        return f"{line} ({self.file})" if record.exc_info else line
