"""The processes that a supervisor runs: the web server and the worker."""

from __future__ import annotations

import signal
import threading

import uvicorn

from chengyun.cli.supervisor import stop_with_parent
from chengyun.identity.service import check_mode
from chengyun.kernel import migrations
from chengyun.kernel.jobs import run_worker
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.web.app import create_app
from chengyun.web.features import build_bus


def serve(settings: Settings, certificate: tuple[str, str] | None) -> None:
    """Answer HTTP until asked to stop."""
    stop_with_parent()
    database = Database(settings.require_database_url(), build_bus())
    app = create_app(settings, database)
    migrations.check_application(settings.require_database_url())
    check_mode(database, demo=settings.demo)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    database.dispose()


def work(settings: Settings) -> None:
    """Run jobs, sweepers, the audit sealer and the outbox sequencer until asked to stop."""
    stop_with_parent()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.require_database_url(), build_bus())
    run_worker(database, stop)
    database.dispose()
