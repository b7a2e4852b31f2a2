"""The web server, as a supervisor runs it."""

from __future__ import annotations

import gc
import logging
import socket
import sys
import threading

import uvicorn

from chengyun.cli.processes import keep_log
from chengyun.cli.supervisor import stop_with_parent
from chengyun.identity.service import check_mode
from chengyun.kernel import migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.territory import service as territory
from chengyun.vitals.lookup import service as lookup
from chengyun.web.app import create_app
from chengyun.web.features import build_bus

log = logging.getLogger(__name__)
COLLECT = (20_000, 20, 20)  # allocations, and younger collections, between two collections
DOORS = 16  # connections that are accepted in one turn of the event loop


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
