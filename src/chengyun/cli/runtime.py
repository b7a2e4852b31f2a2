"""Open an installation: its settings, its database server (own or given) and a connection to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chengyun.kernel import migrations
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database


@dataclass(frozen=True, slots=True)
class Installation:
    """A running database of an installation, with the addresses of its two roles."""

    settings: Settings
    owner_url: str
    app_url: str
    server: Embedded | None  # None when the server is not ours

    def database(self) -> Database:
        """A connection pool of the application role with every feature's subscriptions."""
        from chengyun.web.features import build_bus

        return Database(self.app_url, build_bus())

    def environment(self) -> dict[str, str]:
        """What child processes need to find the same installation."""
        return {
            **os.environ,
            **self.settings.environment(),
            "CHENGYUN_DATABASE_URL": self.app_url,
            "CHENGYUN_OWNER_DATABASE_URL": self.owner_url,
        }


@contextmanager
def installation(settings: Settings, *, keep_running: bool = False) -> Iterator[Installation]:
    """The installation that `settings` describe; an own server is started and, unless kept, stopped again."""
    if settings.database_url:
        owner = settings.owner_database_url or settings.database_url
        yield Installation(settings, owner, settings.database_url, None)
        return
    server = Embedded(settings.home, user=settings.postgres_user)
    was_running = server.running() is not None
    running = server.start()
    try:
        yield Installation(settings, running.owner_url, running.app_url, server)
    finally:
        if not (was_running or keep_running):
            server.stop()


def migrate(where: Installation) -> None:
    """Bring the schema up to this code; a schema newer than the code is refused."""
    migrations.check_not_newer(where.owner_url)
    migrations.upgrade(where.owner_url)
