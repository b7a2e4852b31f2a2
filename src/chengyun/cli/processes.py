"""The processes that a supervisor runs: the web server and the worker."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from chengyun.cli.supervisor import stop_with_parent
from chengyun.identity.service import check_mode
from chengyun.kernel import migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.jobs import run_worker
from chengyun.kernel.log_masking import MaskingFormatter
from chengyun.kernel.personal import masked
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.territory import service as territory
from chengyun.vitals.lookup import service as lookup
from chengyun.web.app import create_app
from chengyun.web.features import build_bus

log = logging.getLogger(__name__)
COLLECT = (20_000, 20, 20)  # allocations, and younger collections, between two collections
DOORS = 16  # connections that are accepted in one turn of the event loop
LOG_BYTES, LOG_FILES = 5_000_000, 3


def serve(settings: Settings, listener: int | None, certificate: tuple[str, str] | None) -> None:
    """Answer HTTP until asked to stop, on the supervisor's open socket (a descriptor), or on host and port."""
    keep_log(settings, "web")
    stop_with_parent()
    url = settings.require_database_url()
    database = Database(url, build_bus(), settings.database_pool)
    migrations.check_application(url)
    check_mode(database, demo=settings.demo)
    app = create_app(settings, database)
    threading.Thread(target=warm, args=[database], name="warm", daemon=True).start()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    server = uvicorn.Server(config)
    server.run(doors(config.bind_socket() if listener is None else socket.socket(fileno=listener)))
    database.dispose()
    if not server.started:
        sys.exit(3)


def doors(listener: socket.socket) -> list[socket.socket]:
    """The listening socket and duplicates of it: the event loop (libuv) accepts one connection of each in a turn, and
    when thousands come at once those that wait to be accepted would wait until the others have gone.
    """
    return [listener, *(listener.dup() for _ in range(DOORS - 1))]


def warm(database: Database) -> None:
    """Load the territory and the index of signs while the first pages are served; who needs it before waits for this very loading."""
    try:
        with database.begin(system_actor("territory.warm")) as tx:
            territory.warm(tx)
            lookup.warm(tx)
    except AppError as error:  # no territory yet, or the database is away: the first request will tell
        log.info("territory not loaded: %s", error)
    # What is loaded stays for good: walking it at every collection held requests up for tens of milliseconds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


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
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.require_database_url(), build_bus(), settings.database_pool)
    run(database, settings, stop)
    database.dispose()


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
